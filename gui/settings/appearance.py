"""Theme, text size and language."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QComboBox

from core.app_settings import AppSettings
from gui import theme
from gui.settings.page import SettingsPage
from gui.translations import ENGLISH, list_languages

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class AppearancePage(SettingsPage):
    """How the window looks and which language it speaks."""

    KEY = "appearance"
    TITLE = QT_TRANSLATE_NOOP("AppearancePage", "Appearance")
    ICON = "mdi6.palette-outline"

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.theme, self.scale, self.language = QComboBox(), QComboBox(), QComboBox()
        for value, name in (
            ("system", self.tr("As the system")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        ):
            self.theme.addItem(name, value)
        for percent in window.menus.scales():
            self.scale.addItem(f"{percent} %", percent)
        languages = list_languages()
        for code, name in languages.items():
            self.language.addItem(name, code)
        self._add_row(self.tr("&Theme"), self.theme)
        self._add_row(self.tr("Text &size"), self.scale, self.tr("Ctrl++ and Ctrl+- change it anywhere."))
        only = self.tr("There are no translations yet.")
        after = self.tr("Holds for what is opened from now on, and everywhere after the next start.")
        self._add_row(self.tr("&Language"), self.language, only if len(languages) == 1 else after)
        self._column.addStretch(1)
        self.refresh()
        self.theme.activated.connect(lambda _row: window.menus.set_theme(self.theme.currentData()))
        self.scale.activated.connect(lambda _row: window.menus.set_scale(self.scale.currentData()))
        self.language.activated.connect(lambda _row: self._choose_language())

    def refresh(self) -> None:
        """Shows what is remembered."""
        settings = self._window.workspace.settings
        self.theme.setCurrentIndex(max(0, self.theme.findData(settings.theme)))
        self.scale.setCurrentIndex(max(0, self.scale.findData(theme.scale_of(settings))))
        self.language.setCurrentIndex(max(0, self.language.findData(settings.language or ENGLISH)))

    def _choose_language(self) -> None:
        from gui.translations import install_language

        language = self.language.currentData()

        def change(settings: AppSettings) -> None:
            settings.language = "" if language == ENGLISH else language

        if self._change(change):
            install_language(language)
