"""What a pack of a scenario says and holds: licence, authors, and which playtests go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.interchange.packs import SUFFIX, PackTerms, build_pack, recall_terms, remember_terms
from core.library.playtests import list_playtests
from gui import theme
from gui.widgets.ask import ask_save_file, file_name
from gui.workspace import Workspace

LICENCES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0", "All rights reserved")


@dataclass(frozen=True, slots=True)
class PlaytestChoice:
    """A playtest that may go into the pack."""

    id: str
    text: str


class PackDialog(QDialog):
    """Asks for the terms of a pack."""

    terms_settled = Signal(object)
    """PackTerms: the pack is to be written with these."""

    def __init__(
        self, name: str, terms: PackTerms, playtests: Sequence[PlaytestChoice], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export pack"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        self.authors = QLineEdit(", ".join(terms.authors))
        self.authors.setPlaceholderText(self.tr("Names with commas between them"))
        self.licence = QComboBox()
        self.licence.setEditable(True)
        self.licence.addItems(LICENCES)
        self.licence.setCurrentText(terms.licence)
        edit = self.licence.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(self.tr("None said"))
        self.playtests = QListWidget()
        self.playtests.setAccessibleName(self.tr("Playtests in the pack"))
        theme.set_kind(self.playtests, "card")
        for choice in playtests:
            item = QListWidgetItem(choice.text, self.playtests)
            item.setData(Qt.ItemDataRole.UserRole, choice.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            chosen = choice.id in terms.playtest_ids
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
        self._lay_out(name, bool(playtests))

    def terms(self) -> PackTerms:
        """Returns what was filled in."""
        items = [self.playtests.item(row) for row in range(self.playtests.count())]
        return PackTerms(
            licence=self.licence.currentText().strip(),
            authors=tuple(author for part in self.authors.text().split(",") if (author := part.strip())),
            playtest_ids=tuple(
                str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked
            ),
        )

    def accept(self) -> None:
        """Hands the terms over."""
        self.terms_settled.emit(self.terms())
        super().accept()

    def _lay_out(self, name: str, has_playtests: bool) -> None:
        title = QLabel(name)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        theme.set_kind(title, "subtitle")
        words = QLabel(
            self.tr("One file with the scenario, everybody in its cast with their portraits, and the playtests below.")
        )
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(words)
        self._add_labelled(column, self.tr("&Authors"), self.authors)
        self._add_labelled(column, self.tr("&Licence"), self.licence)
        self._add_labelled(column, self.tr("&Playtests"), self.playtests)
        self.playtests.setVisible(has_playtests)
        if not has_playtests:
            none = QLabel(self.tr("It has not been played yet."))
            theme.set_kind(none, "dim")
            column.addWidget(none)
        column.addSpacing(12)
        export, cancel = QPushButton(self.tr("Export…")), QPushButton(self.tr("Cancel"))
        theme.set_kind(export, "primary")
        export.setDefault(True)
        export.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(export)
        column.addLayout(buttons)

    def _add_labelled(self, column: QVBoxLayout, text: str, editor: QWidget) -> None:
        label = QLabel(text)
        label.setBuddy(editor)
        theme.set_kind(label, "small")
        column.addSpacing(4)
        column.addWidget(label)
        column.addWidget(editor)


class PackExport:
    """Asks for the terms, then for a file, and writes it as a job."""

    def __init__(self, place: QWidget, workspace: Workspace, scenario_id: str, name: str) -> None:
        self._place = place
        self._workspace = workspace
        self._scenario_id = scenario_id
        self._name = name

    def ask(self) -> PackDialog:
        """Opens the dialog."""
        project = self._workspace.project
        choices = [
            PlaytestChoice(playtest.id, playtest.name) for playtest in list_playtests(project, self._scenario_id)
        ]
        dialog = PackDialog(self._name, recall_terms(project, self._scenario_id), choices, self._place)
        dialog.terms_settled.connect(self._ask_file)
        dialog.open()
        return dialog

    def write(self, path: Path, terms: PackTerms) -> None:
        """Writes the pack and remembers its terms; the dialog has asked before another file is replaced."""
        project, scenario_id = self._workspace.project, self._scenario_id

        def work() -> None:
            remember_terms(project, scenario_id, terms)
            build_pack(project, scenario_id, path, terms.playtest_ids, terms.licence, terms.authors, overwrite=True)

        done = self._place.tr("The pack of %1 was written.").replace("%1", self._name)
        self._workspace.jobs.run(work, lambda _result: self._place.note_raised.emit(done, str(path)))  # type: ignore[attr-defined]

    def _ask_file(self, terms: PackTerms) -> None:
        ask_save_file(
            self._place,
            self._place.tr("Export pack"),
            self._place.tr("Scenario pack (*%1)").replace("%1", SUFFIX),
            f"{file_name(self._name)}{SUFFIX}",
            lambda path: self.write(path, terms),
        )
