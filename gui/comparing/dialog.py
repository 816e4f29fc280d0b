"""Two characters side by side, with what differs marked."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from core.characters.readable import pair_fields
from core.history.differences import Mark, diff_words
from core.library.characters import list_characters
from gui import theme
from gui.widgets.field_names import field_name
from gui.workspace import Workspace
from models.character import Character

EMPTY = "–"


class CompareDialog(QDialog):
    """Chooses two characters and shows their fields in two columns."""

    def __init__(self, workspace: Workspace, character_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare characters"))
        self.resize(1000, 720)
        self._characters: list[Character] = list_characters(workspace.project)
        self.left, self.right = QComboBox(), QComboBox()
        self.left.setAccessibleName(self.tr("First character"))
        self.right.setAccessibleName(self.tr("Second character"))
        for choice in (self.left, self.right):
            for character in self._characters:
                choice.addItem(character.name, character.id)
            choice.currentIndexChanged.connect(self.show_pair)
        self.only_different = QCheckBox(self.tr("Only what differs"))
        self.only_different.toggled.connect(self.show_pair)
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setAccessibleName(self.tr("Both characters"))
        row = QHBoxLayout()
        row.addWidget(self.left, 1)
        row.addWidget(self.right, 1)
        row.addWidget(self.only_different)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addLayout(row)
        column.addWidget(self.page, 1)
        start = max(self.left.findData(character_id), 0)
        self.left.setCurrentIndex(start)
        self.right.setCurrentIndex(1 if start == 0 and self.right.count() > 1 else 0)
        theme.notifier.theme_changed.connect(self.show_pair)
        self.show_pair()

    def show_pair(self) -> None:
        """Lays both out anew."""
        places = self.left.currentIndex(), self.right.currentIndex()
        if min(places) < 0:
            self.page.setPlainText(self.tr("There are no characters yet."))
            return
        one, other = (self._characters[place] for place in places)
        colors = theme.colors()
        rows = []
        for mine, theirs in pair_fields(one, other):
            if self.only_different.isChecked() and mine.text == theirs.text:
                continue
            pieces = diff_words(mine.text, theirs.text)
            cells = [
                self._cell(pieces, Mark.GONE, theme.mix(colors.ground, colors.fault, 0.28)),
                self._cell(pieces, Mark.NEW, theme.mix(colors.ground, colors.good, 0.28)),
            ]
            title = f'<td width="16%" style="color:{colors.dim}">{escape(field_name(mine.path))}</td>'
            rows.append(f"<tr>{title}{cells[0]}{cells[1]}</tr>")
        same = f"<p>{escape(self.tr('Nothing differs.'))}</p>"
        table = f'<table width="100%" cellpadding="6" cellspacing="0">{"".join(rows)}</table>'
        self.page.setHtml(table if rows else same)

    def _cell(self, pieces: list[tuple[Mark, str]], own: Mark, ground: str) -> str:
        text = "".join(
            f'<span style="background-color:{ground}">{_html(piece)}</span>' if mark is own else _html(piece)
            for mark, piece in pieces
            if mark in (Mark.SAME, own)
        )
        return f'<td width="42%">{text or EMPTY}</td>'


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")
