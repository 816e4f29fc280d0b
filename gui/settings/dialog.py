"""The settings of the app: pages beside a list of their names. What is changed holds at once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from gui import theme
from gui.settings.appearance import AppearancePage
from gui.settings.backups import BackupsPage
from gui.settings.page import SettingsPage
from gui.settings.shortcuts import ShortcutsPage
from gui.settings.weights import WeightsPage

if TYPE_CHECKING:
    from gui.main_window import MainWindow

SIZE = (720, 520)
PAGES: tuple[type[SettingsPage], ...] = (AppearancePage, WeightsPage, BackupsPage, ShortcutsPage)


class SettingsDialog(QDialog):
    """Not modal: what is changed can be looked at."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        room = self.screen().availableSize()
        self.resize(min(theme.text_px(SIZE[0]), room.width()), min(theme.text_px(SIZE[1]), room.height()))
        self.names = QListWidget()
        self.names.setAccessibleName(self.tr("Pages"))
        self.names.setFixedWidth(theme.text_px(210))
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_kind(self.names, "card")
        self._stack = QStackedWidget()
        self.pages: dict[str, SettingsPage] = {}
        for make in PAGES:
            page = make(window)
            self.pages[make.KEY] = page
            self._stack.addWidget(page)
            QListWidgetItem(theme.icon(make.ICON, "dim"), page.tr(make.TITLE), self.names)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        upper = QHBoxLayout()
        upper.setSpacing(20)
        upper.addWidget(self.names)
        upper.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addLayout(upper, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.names.currentRowChanged.connect(self._show_row)
        self.names.setCurrentRow(0)

    def show_page(self, key: str) -> None:
        """Shows a page; the one that is shown stays for an unknown key."""
        if key in self.pages:
            self.names.setCurrentRow(list(self.pages).index(key))

    def _show_row(self, row: int) -> None:
        page = list(self.pages.values())[row]
        self._stack.setCurrentWidget(page)
        page.refresh()
