"""Backups of a project to choose one of; it comes back as a copy."""

from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.safekeeping.backups import Backup, backup_folder, describe_backup, list_backups
from gui import theme
from gui.workspace import Workspace

_BACKUP = Qt.ItemDataRole.UserRole


class BackupDialog(QDialog):
    """Lists the backups of one project, newest first, and what is in each."""

    chosen = Signal(object)
    """The Backup that is wanted."""

    def __init__(self, workspace: Workspace, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Restore a backup"))
        self.resize(theme.text_px(560), theme.text_px(440))
        self._workspace = workspace
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Backups, newest first"))
        theme.set_kind(self.list, "card")
        self.restore = QPushButton(self.tr("Open a copy"))
        theme.set_kind(self.restore, "primary")
        self.what = QLabel()
        self._lay_out(path)
        self._fill(list_backups(path))

    def accept(self) -> None:
        """Hands over what is chosen."""
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(item.data(_BACKUP))
            super().accept()

    def _lay_out(self, path: Path) -> None:
        words = QLabel(
            self.tr(
                "%1 is backed up when it is opened and has changed. The backup that you choose is opened as a copy"
                " beside it: nothing is lost, and you can take from it what you miss."
            ).replace("%1", path.stem)
        )
        where = QLabel(self.tr("They lie in %1.").replace("%1", str(backup_folder(path))))
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (words, where, self.what):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            theme.set_kind(label, "small")
        theme.set_kind(self.what, "")
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.restore.setDefault(True)
        self.restore.clicked.connect(self.accept)
        self.list.itemActivated.connect(lambda _item: self.accept())
        self.list.currentRowChanged.connect(lambda _row: self._describe())
        buttons = QHBoxLayout()
        buttons.addWidget(self.what, 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(words)
        column.addWidget(self.list, 1)
        column.addWidget(where)
        column.addLayout(buttons)

    def _fill(self, backups: list[Backup]) -> None:
        locale = QLocale()
        for backup in backups:
            size = locale.formattedDataSize(backup.n_bytes, 0)
            item = QListWidgetItem(f"{backup.made_at:%A, %d %B %Y, %H:%M}   ·   {size}", self.list)
            item.setData(_BACKUP, backup)
        self.restore.setEnabled(bool(backups))
        if backups:
            self.list.setCurrentRow(0)
        else:
            self.what.setText(self.tr("There is no backup of it yet."))

    def _describe(self) -> None:
        """Says what is in the chosen one, once it has been read."""
        item = self.list.currentItem()
        if item is None:
            return
        backup: Backup = item.data(_BACKUP)

        def show(counts: dict[str, int]) -> None:
            if self.list.currentItem() is item:
                parts = [self.tr("Characters"), self.tr("Scenarios"), self.tr("Playtests"), self.tr("Turns")]
                self.what.setText("   ".join(f"{part} {n}" for part, n in zip(parts, counts.values(), strict=True)))

        def fault(error: UserError) -> None:
            self.what.setText(str(error))

        self._workspace.jobs.run(lambda: describe_backup(backup), show, fault)
