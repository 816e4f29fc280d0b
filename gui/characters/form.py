"""The form of a character or of a fragment: every field that an author writes, layer by layer."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.characters.fragments import Resolved
from core.characters.lint.finding import Place
from core.characters.prompt import BlockOrigin
from core.interchange.loose_fields import as_table
from gui.characters.autosave import Autosave, Commit
from gui.characters.field import Field, LineField, ListField, TextField
from gui.characters.form_values import draft_character
from gui.characters.fragments.inheritance import find_inherited, own_value
from gui.characters.layers.expressions_field import ExpressionsField
from gui.characters.layers.identity import add_identity
from gui.characters.layers.knowledge import add_boundaries, add_knowledge, add_memories
from gui.characters.layers.life import add_life
from gui.characters.layers.lore_list import BookLine, LoreList
from gui.characters.layers.more import add_lore, add_more
from gui.characters.layers.personality import add_personality
from gui.characters.layers.speech import add_examples, add_voice
from gui.characters.layers.statements import add_statements
from gui.characters.layers.variants import add_variants
from gui.characters.sections import Sections
from gui.widgets.portrait import PictureCache, Portrait
from gui.widgets.token_label import TokenCounter
from models.character import CharacterBase
from models.persona import MAX_ITEMS

PORTRAIT_PX = 132
MAX_LINE_CHARS = 1_000


class CharacterForm(QWidget):
    """All fields of one character, or of one fragment. What is typed is kept by itself."""

    drafted = Signal()
    """What the fields hold has changed, kept or not."""
    origin_entered = Signal(object)
    """The cursor went into the field of a BlockOrigin; None: a field that the weights never read."""
    undo_requested = Signal()
    redo_requested = Signal()
    faulted = Signal(str, str)
    draft_requested = Signal()
    """Statements are to be drafted from prose."""
    lore_requested = Signal(str)
    """Id of a lorebook to go to; empty: to all of them."""
    expression_requested = Signal(str, str)
    """A picture for an emotion: its name and a path, either of which may be empty."""

    def __init__(
        self, counter: TokenCounter, cache: PictureCache, *, is_fragment: bool = False, parent: QWidget | None = None
    ) -> None:
        """Makes an empty form.

        Args:
            is_fragment: It is a part of a persona: without portrait, nickname and what belongs to a card.
        """
        super().__init__(parent)
        self.counter = counter
        self.is_fragment = is_fragment
        self.fields: dict[str, Field] = {}
        """By the path of the value, such as `voice` or `layers.social.age`."""
        self.portrait = Portrait(cache, PORTRAIT_PX, changeable=True)
        self.portrait_fault, self.carried = _words(), _words()
        self.lore = LoreList()
        self.expressions = None if is_fragment else ExpressionsField(self.tr("Expressions, for people"), cache)
        self.sections = Sections()
        self._add_sections()
        self._resolved: Resolved | None = None
        self._autosave = Autosave(self.fields, self)
        self._autosave.drafted.connect(self._on_drafted)
        self._autosave.faulted.connect(self.faulted)
        self._connect()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sections)

    def open(self, values: Mapping[str, Any], commit: Commit) -> None:
        """Shows other values, see `form_values`; `commit` keeps the value of one path."""
        self._autosave.open(values, commit)
        self.sections.go_to(0)
        self._show_carried(values)
        self.set_portrait_fault("")

    def refresh(self, values: Mapping[str, Any]) -> None:
        """The row was changed, here or elsewhere."""
        self._autosave.refresh(values)
        self._show_carried(values)

    def close_row(self) -> None:
        """Keeps what was typed and lets go of the row."""
        self._autosave.close()

    def forget_row(self) -> None:
        """Lets go of a row that is gone."""
        self._autosave.forget()

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def draft(self) -> CharacterBase:
        """Returns the character as it would be kept now: what no field shows is left out."""
        return draft_character(self._autosave.draft())

    def begin(self) -> None:
        """Puts the cursor into the name of a new character, ready to be typed over."""
        self.sections.go_to(0)
        name = self.fields["name"]
        name.focus_editor()
        name.select_all()

    def set_portrait_fault(self, message: str) -> None:
        """Says what is wrong with a picture, or nothing."""
        self.portrait_fault.setText(message)
        self.portrait_fault.setVisible(bool(message))

    def show_inherited(self, resolved: Resolved) -> None:
        """Shows in each field what it has from fragments."""
        self._resolved = resolved
        for path, field in self.fields.items():
            field.set_inherited(find_inherited(resolved, path))

    def show_books(self, books: Sequence[BookLine]) -> None:
        """Shows the lorebooks of the character."""
        self.lore.show_books(books)
        n_entries = sum(book.n_entries for book in books)
        text = self.tr("Lore")
        self.sections.name_tab_of(self.lore, f"{text} {n_entries}" if n_entries else text)

    def light(self, origin: BlockOrigin | None) -> None:
        """Points at the fields that a block comes from."""
        for field in self.fields.values():
            field.set_lit(origin is not None and field.origin == origin)

    def go_to_origin(self, origin: BlockOrigin) -> bool:
        """Puts the cursor into the field that a block comes from, a written one first; returns whether there is one."""
        fields = [field for field in self.fields.values() if field.origin == origin]
        written = [field for field in fields if any(text.strip() for text in field.texts())]
        for field in (*written, *fields):
            self.go_to_field(field)
            return True
        return False

    def go_to_field(self, field: Field) -> None:
        """Scrolls to a field and puts the cursor into it."""
        field.focus_editor()
        self.sections.show_widget(field)

    def go_to_place(self, place: Place) -> bool:
        """Puts the cursor into the text at a place and selects it; returns whether the form has such a field."""
        path = place.path
        while path not in self.fields and "." in path:
            path = path.rpartition(".")[0]
        field = self.fields.get(path)
        if field is not None:
            field.focus_place(place.item, place.span)
            focused = field.focusWidget()
            self.sections.show_widget(field if focused is None else focused)
            self.sections.mark(field)
        return field is not None

    def add(self, path: str, field: Field) -> Field:
        """Takes in a field; returns it."""
        self.fields[path] = field
        return field

    def add_line(self, path: str, label: str, placeholder: str, origin: BlockOrigin | None, **options: Any) -> Field:
        """Adds a field of one line."""
        options.setdefault("counter", self.counter if origin is not None else None)
        limit = {"max_chars": MAX_LINE_CHARS} if path.startswith("layers.") else {}
        return self.add(path, LineField(label, placeholder, origin=origin, **limit, **options))

    def add_text(self, path: str, label: str, placeholder: str, origin: BlockOrigin | None, **options: Any) -> Field:
        """Adds a field for text of any length."""
        options.setdefault("counter", self.counter)
        return self.add(path, TextField(label, placeholder, origin=origin, **options))

    def add_list(self, path: str, label: str, placeholder: str, origin: BlockOrigin | None, **options: Any) -> Field:
        """Adds a field for a numbered list of texts."""
        field = ListField(label, placeholder, counter=self.counter, origin=origin, **options)
        if path.startswith("layers."):
            field.keeps_refused = True
            field.check = self._check_entries
        return self.add(path, field)

    def _add_sections(self) -> None:
        for add in (
            add_identity,
            add_statements,
            add_personality,
            add_variants,
            add_life,
            add_voice,
            add_knowledge,
            add_boundaries,
        ):
            add(self)
        add_examples(self)
        if not self.is_fragment:
            add_lore(self)
        add_memories(self)
        add_more(self)

    def _connect(self) -> None:
        for path, field in self.fields.items():
            field.entered.connect(lambda field=field: self._on_entered(field))
            field.undo_requested.connect(self.undo_requested)
            field.redo_requested.connect(self.redo_requested)
            field.own_requested.connect(lambda path=path: self._make_own(path))
        self.lore.opened.connect(self.lore_requested)
        if self.expressions is not None:
            self.expressions.picture_requested.connect(self.expression_requested)

    def _check_entries(self, value: list[str]) -> str | None:
        if any(len(entry) > MAX_LINE_CHARS for entry in value):
            return self.tr("An entry may have at most %1 characters.").replace("%1", f"{MAX_LINE_CHARS:,}")
        if len(value) > MAX_ITEMS:
            return self.tr("There may be at most %1 entries.").replace("%1", f"{MAX_ITEMS:,}")
        return None

    def _make_own(self, path: str) -> None:
        """Copies what a field inherits into it."""
        field = self.fields[path]
        if self._resolved is None:
            return
        field.set_value(own_value(self._resolved, path))
        field.edited.emit()
        field.left.emit()
        field.count_tokens()
        field.focus_editor()

    def _show_carried(self, values: Mapping[str, Any]) -> None:
        extensions = sorted({*_extension_keys(values["card_extra"])})
        self.carried.setVisible(bool(extensions))
        text = self.tr("The card also carries %1. This is kept for export, and not read by the weights yet.")
        named = self.tr("extensions: %1").replace("%1", ", ".join(extensions))
        self.carried.setText(text.replace("%1", named))

    def _on_drafted(self) -> None:
        self._count_memories()
        self.drafted.emit()

    def _count_memories(self) -> None:
        n_memories = len(self.fields["layers.memories"].value())
        text = self.tr("Memories")
        self.sections.name_tab_of(self.fields["layers.memories"], f"{text} {n_memories}" if n_memories else text)

    def _on_entered(self, field: Field) -> None:
        self.sections.mark(field)
        self.origin_entered.emit(field.origin)


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _extension_keys(card_extra: dict[str, Any]) -> list[str]:
    """The names of everything that an imported card holds and the form does not show."""
    data, top = as_table(card_extra.get("data")), as_table(card_extra.get("top"))
    return [*top, *(key for key in data if key != "extensions"), *as_table(data.get("extensions"))]
