"""What is known about the open character beside its own fields: what it inherits, its lorebooks, and what is wrong."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.authoring.lore_lint import LORE_PATH
from core.characters.fragments import Resolved, resolve
from core.characters.lint.finding import Fix, Place, mend
from core.library.characters import get_character
from core.library.fragments import fragments_of
from core.library.lore import books_of, count_entries
from gui.characters.field import ListField
from gui.characters.form import CharacterForm
from gui.characters.layers.lore_list import BookLine
from gui.characters.lint.lint_pane import LintPane
from gui.characters.lint.lint_runner import LintRunner, Report, Subject
from gui.characters.statements.draft_dialog import DraftDialog
from gui.characters.statements.use_notes import use_notes
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.character import Character
from models.fragment import Fragment

Keep = Callable[[str, Any], None]
"""Writes the value of one path into the row. Raises UserError when it is refused."""


class Inspection(QObject):
    """Looks after one form: shows in it what comes from elsewhere, and has it checked while it is written."""

    book_requested = Signal(str)
    """Id of a lorebook, perhaps with `#` and the id of an entry."""

    def __init__(
        self, workspace: Workspace, counter: TokenCounter, form: CharacterForm, pane: LintPane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._counter = counter
        self._form = form
        self._pane = pane
        self._character_id = ""
        self._keep: Keep | None = None
        self._at: int | None = None
        """The finding that was gone to last."""
        self.fragments: list[Fragment] = []
        """What the open character inherits from, the first counts least."""
        self.linter = LintRunner(workspace, self._subject, self)
        self.linter.reported.connect(self._on_reported)
        counter.counted.connect(self.linter.check_soon)
        form.drafted.connect(self._on_drafted)
        pane.place_chosen.connect(self.go_to)
        pane.fix_chosen.connect(self._mend)

    def open(self, character: Character, keep: Keep) -> None:
        """Another character is opened, whose form is filled next."""
        self._character_id, self._keep, self._at = character.id, keep, None
        self._pane.show_findings(())
        self.read(character)

    def close(self) -> None:
        """Nobody is open any more."""
        self._character_id, self._keep, self.fragments = "", None, []

    def read(self, character: Character) -> None:
        """Reads the fragments and lorebooks of the open character."""
        project = self._workspace.project
        with project.reading() as session:
            self.fragments = fragments_of(session, character.fragment_ids)
            books = books_of(session, character_id=character.id)
        counts = count_entries(project) if books else {}
        self._form.show_books([BookLine(book.id, book.name, counts.get(book.id, 0)) for book in books])

    def resolved(self) -> Resolved:
        """Returns the character as it is typed, with what it inherits."""
        return resolve(self._form.draft(), self.fragments)

    def go_to(self, place: Place) -> None:
        """Goes to the place of a finding: in the form, or in a lorebook."""
        if place.path.startswith(LORE_PATH):
            self.book_requested.emit(place.path.removeprefix(LORE_PATH))
        else:
            self._form.go_to_place(place)

    def step(self, by: int) -> None:
        """Goes to the next (+1) or the previous (-1) finding."""
        findings = self._pane.findings
        if findings:
            self._at = (self._at + by) % len(findings) if self._at is not None else (0 if by > 0 else len(findings) - 1)
            self.go_to(findings[self._at].place)

    def draft_statements(self) -> DraftDialog:
        """Offers the facts in the prose that are no statements yet; each is kept when it is accepted."""
        self._form.flush()
        draft = self._form.draft()
        prose = "\n\n".join(filter(None, (draft.description, draft.personality, draft.knowledge, draft.boundaries)))
        pronouns, known = draft.persona.social.pronouns, self.resolved().character.statements
        dialog = DraftDialog(prose, draft.name, pronouns, known, self._form)
        dialog.fact_accepted.connect(self._add_statement)
        dialog.open()
        return dialog

    def _add_statement(self, fact: str) -> None:
        statements = self._form.fields["statements"]
        statements.set_value([*statements.value(), fact])
        statements.edited.emit()
        statements.left.emit()

    def _subject(self) -> Subject | None:
        if not self._character_id:
            return None
        counts = {
            path: sum(self._counter.find(text) or 0 for text in field.texts())
            for path, field in self._form.fields.items()
            if field.tokens is not None
        }
        return Subject(self._character_id, self.resolved(), counts, self._counter.n_ctx)

    def _mend(self, fix: Fix) -> None:
        """Applies a fix to the row, as one undo step."""
        self._form.flush()
        keep, character = self._keep, get_character(self._workspace.project, self._character_id)
        if character is None or keep is None:
            return
        try:
            path, value = mend(character, fix)
        except LookupError:  # the text went in the meantime; the next report says so
            return
        self._workspace.attempt(lambda: keep(path, value))

    def _on_drafted(self) -> None:
        if self._character_id:
            self._form.show_inherited(self.resolved())
        self.linter.check_soon()

    def _on_reported(self, report: Report) -> None:
        self._pane.show_findings(report.findings)
        statements = self._form.fields["statements"]
        assert isinstance(statements, ListField)
        statements.statement_list.set_notes(use_notes(report.uses))
