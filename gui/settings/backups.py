"""Whether and how many backups are kept."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QPushButton, QSpinBox

from core.app_settings import AppSettings, app_dir
from gui import theme
from gui.settings.page import SettingsPage

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class BackupsPage(SettingsPage):
    """Backups on open."""

    KEY = "backups"
    TITLE = QT_TRANSLATE_NOOP("BackupsPage", "Backups")
    ICON = "mdi6.backup-restore"

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.wanted = QCheckBox(self.tr("&Back up a project when it is opened and has changed"))
        self.today, self.megabytes = QSpinBox(), QSpinBox()
        self.today.setRange(1, 100)
        self.megabytes.setRange(10, 1_000_000)
        self.megabytes.setSingleStep(100)
        self.megabytes.setSuffix(" MB")
        self.show_them = QPushButton(self.tr("Backups of this project…"))
        self.reveal = QPushButton(self.tr("Reveal in folder"))
        self._column.addWidget(self.wanted)
        self._explain(
            self.tr("Everything is saved as you type. Backups are for the day when a file is lost or damaged.")
        )
        self._column.addSpacing(10)
        self._add_row(
            self.tr("Kept of &today"),
            self.today,
            self.tr("Besides these, one of each day for a week, and one of each week for a month."),
        )
        self._add_row(self.tr("&Room for the backups of one project"), self.megabytes, self.tr("The oldest go first."))
        for button in (self.show_them, self.reveal):
            button.setAutoDefault(False)
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        for spin in (self.today, self.megabytes):
            theme.pad_spin_box(spin)
            spin.setMinimumWidth(theme.text_px(120))
        self.refresh()
        self.wanted.toggled.connect(lambda _on: self._keep())
        self.today.editingFinished.connect(self._keep)
        self.megabytes.editingFinished.connect(self._keep)
        self.show_them.clicked.connect(lambda _checked=False: window.projects.ask_backup())
        self.reveal.clicked.connect(self._reveal)

    def refresh(self) -> None:
        """Shows what is remembered."""
        settings = self._window.workspace.settings
        for editor, value in ((self.today, settings.backups_today), (self.megabytes, settings.backups_mb)):
            editor.setValue(value)
        self.wanted.blockSignals(True)
        self.wanted.setChecked(settings.backups)
        self.wanted.blockSignals(False)

    def _keep(self) -> None:
        wanted, today, megabytes = self.wanted.isChecked(), self.today.value(), self.megabytes.value()

        def change(settings: AppSettings) -> None:
            settings.backups, settings.backups_today, settings.backups_mb = wanted, today, megabytes

        self._change(change)

    def _reveal(self) -> None:
        folder = app_dir() / "backups"
        folder.mkdir(exist_ok=True)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._window.notices.show_fault(
                self.tr("This system has no program that shows folders."),
                self.tr("The backups are in %1.").replace("%1", str(folder)),
            )
