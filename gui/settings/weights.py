"""Which weights play unless a playtest says otherwise, and in which folders weights are looked for."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPushButton, QWidget

from core.app_settings import AppSettings
from gui import theme
from gui.settings.page import SettingsPage
from gui.widgets.ask import ask_folder

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class WeightsPage(SettingsPage):
    """Default weights and the folders that are scanned."""

    KEY = "weights"
    TITLE = QT_TRANSLATE_NOOP("WeightsPage", "Weights and folders")
    ICON = "mdi6.hexagon-outline"

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.playing = QLabel()
        self.choose = QPushButton(self.tr("Choose in Weights"))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._go_to_weights)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self.playing, 1)
        line.addWidget(self.choose)
        self.folders = QListWidget()
        theme.set_kind(self.folders, "card")
        self.add, self.remove = QPushButton(self.tr("&Add a folder…")), QPushButton(self.tr("&Remove"))
        self._add_row(self.tr("Default weights"), row, self.tr("They play, unless a playtest or a role has others."))
        self._add_row(
            self.tr("&Folders scanned for weights"),
            self.folders,
            self.tr("Beside the folders where other tools keep theirs."),
            wide=True,
        )
        buttons = QHBoxLayout()
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._column.addLayout(buttons)
        self.add.clicked.connect(self._ask_folder)
        self.remove.clicked.connect(self._remove_folder)
        self.folders.currentRowChanged.connect(lambda now: self.remove.setEnabled(now >= 0))
        window.workspace.engine_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows what is remembered."""
        self.playing.setText(self._window.workspace.engine_name)
        self.folders.clear()
        self.folders.addItems(self._window.workspace.settings.weights_folders)
        self.remove.setEnabled(False)

    def add_folder(self, folder: Path) -> None:
        """Looks for weights in one more folder."""

        def change(settings: AppSettings) -> None:
            if str(folder) not in settings.weights_folders:
                settings.weights_folders = [*settings.weights_folders, str(folder)]

        self._apply(change)

    def _apply(self, change: object) -> None:
        if self._change(change):  # type: ignore[arg-type]
            self.refresh()
            self._window.reader.refresh()

    def _ask_folder(self) -> None:
        ask_folder(self, self.tr("Folder with weights"), self.add_folder)

    def _remove_folder(self) -> None:
        item = self.folders.currentItem()
        if item is None:
            return
        gone = item.text()

        def change(settings: AppSettings) -> None:
            settings.weights_folders = [one for one in settings.weights_folders if one != gone]

        self._apply(change)

    def _go_to_weights(self) -> None:
        self.window().close()
        self._window.show_place("weights")
