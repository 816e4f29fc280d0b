"""What is done for a project in the background a moment after it was opened: check, backup, a small ledger.

On a thread of its own, at the lowest pace: the window never waits for it, and it ends with the window.
"""

from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, QTimer, Signal

from core.app_settings import AppSettings
from core.errors import UserError
from core.history.thinning import thin_ledger
from core.project import MAX_CHECKED_BYTES, Project, find_damage
from core.safekeeping.backups import Rotation, make_backup
from gui.workspace import Workspace

DELAY_MS = 1_500
"""After a project is opened: the first window comes first."""


class Safekeeper(QObject):
    """Keeps the open project safe."""

    damage_found = Signal(str)
    """The project is damaged; what is wrong."""
    backed_up = Signal(str)
    """Path of a new backup."""
    _settled = Signal(object, object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._pool: ThreadPoolExecutor | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.run_now)
        self._settled.connect(self._on_settled)
        workspace.project_opened.connect(self._timer.start)
        workspace.closing.connect(self.close)

    def run_now(self) -> "Future[tuple[str, str]] | None":
        """Begins at once; None where there is nothing to be kept safe."""
        if not self._workspace.is_project_open or self._workspace.project.is_read_only:
            return None
        try:
            settings = self._workspace.settings
        except UserError:
            settings = AppSettings()
        project = self._workspace.project
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="safekeeping")
        future = self._pool.submit(_keep_safe, project, settings)
        future.add_done_callback(lambda settled: self._settled.emit(project, settled))
        return future

    def close(self) -> None:
        """Ends; what is being written is finished first, since the project is closed next."""
        self._timer.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _on_settled(self, project: Project, future: "Future[tuple[str, str]]") -> None:
        is_open = self._workspace.is_project_open and self._workspace.project is project
        if not is_open or future.cancelled():
            return
        error = future.exception()
        if isinstance(error, UserError):
            self._workspace.faulted.emit(error.message, error.hint)
        elif error is not None:
            raise error
        else:
            damage, backup = future.result()
            if damage:
                self.damage_found.emit(damage)
            elif backup:
                self.backed_up.emit(backup)


def _keep_safe(project: Project, settings: AppSettings) -> tuple[str, str]:
    """Checks what was too large to be checked at once, makes a backup, thins the ledger; returns damage and backup."""
    if project.path.stat().st_size > MAX_CHECKED_BYTES and (damage := find_damage(project.path)):
        return damage, ""
    made = None
    if settings.backups:
        rotation = Rotation(n_today=settings.backups_today, max_bytes=settings.backups_mb * 1024**2)
        made = make_backup(project, rotation)
    thin_ledger(project)
    return "", str(made.path) if made else ""
