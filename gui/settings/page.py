"""What the pages of the settings have in common: rows of a label, an editor and a word of explanation."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from gui import theme

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class SettingsPage(QWidget):
    """One page; what is changed on it holds at once."""

    KEY = ""
    TITLE = ""
    ICON = ""

    def __init__(self, window: "MainWindow", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 0, 12, 0)
        self._column.setSpacing(6)
        title = QLabel(self.tr(self.TITLE))
        theme.set_kind(title, "subtitle")
        self._column.addWidget(title)
        self._column.addSpacing(4)

    def refresh(self) -> None:
        """Reads the settings again. Called when the page is shown."""

    def _add_row(self, text: str, editor: QWidget, explanation: str = "", wide: bool = False) -> None:
        """Adds an editor under its label. `text`: with an ampersand before its mnemonic."""
        label = QLabel(text)
        label.setBuddy(editor)
        editor.setAccessibleName(text.replace("&", ""))
        theme.set_kind(label, "strong")
        self._column.addWidget(label)
        if wide:
            self._column.addWidget(editor, 1)
        else:
            self._column.addWidget(editor, 0, Qt.AlignmentFlag.AlignLeft)
        if explanation:
            self._explain(explanation)
        self._column.addSpacing(10)

    def _explain(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        theme.set_kind(label, "small")
        self._column.addWidget(label)
        return label

    def _change(self, change: Callable[[AppSettings], None]) -> bool:
        workspace = self._window.workspace
        return workspace.attempt(lambda: workspace.change_settings(change))
