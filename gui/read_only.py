"""A project that is open to read: says why over the place, and offers what can be done about it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import UserError
from core.project import Project
from core.safekeeping.rescue import Rescued, rescue, rescued_path
from gui.widgets.banner import Banner

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class ReadOnly(QObject):
    """Shows the banner of the open project, makes it writable again, and rescues what is damaged."""

    def __init__(self, window: "MainWindow", banner: Banner) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace
        self._banner = banner
        self._workspace.project_opened.connect(self.refresh)

    def refresh(self) -> None:
        """Shows the banner where nothing can be changed."""
        project = self._workspace.project
        if (why := project.why_read_only) is None:
            self._banner.clear()
            return
        message = self.tr("Open for reading only. %1").replace("%1", why.message)
        copy = (self.tr("Save a copy…"), self._window.projects.ask_copy)
        self._banner.say("mdi6.lock-outline", message, why.hint, [(self.tr("Try again"), self.try_writing), copy])

    def show_fault(self, message: str, hint: str) -> None:
        """Shows a fault. That nothing can be written is a short word: why and what to do stands in the banner."""
        why = self._workspace.project.why_read_only if self._workspace.is_project_open else None
        notices = self._window.notices
        if why is None or not self._banner.message or why.message not in f"{message} {hint}":
            notices.show_fault(message, hint)
        elif not message.endswith(why.message):
            notices.show_fault(message)
        else:
            message = self.tr("Nothing can be changed here.")
            for notice in notices.notices:
                if notice.message == message:
                    notice.dismiss()
            notices.show_note(message)

    def try_writing(self) -> None:
        """Opens the project to write, where that can be done by now; says why where it cannot."""
        before = self._workspace.project
        if self._workspace.attempt(self._workspace.reopen_to_write) and self._workspace.project is not before:
            self._window.notices.show_note(
                self.tr("%1 can be changed now.").replace("%1", self._workspace.project.name)
            )

    def rescue(self, path: Path) -> None:
        """Reads what can be read of a damaged project into a new file, and opens that to read."""
        target = rescued_path(path)
        status, key = self._window.status, f"rescue {path}"
        status.start_job(key, self.tr("rescuing %1 …").replace("%1", path.name))
        self._banner.say(
            "mdi6.alert-outline",
            self.tr("%1 is damaged.").replace("%1", path.name),
            self.tr("What can be read is being copied to %1. The damaged file is left as it is.").replace(
                "%1", target.name
            ),
        )

        def done(rescued: Rescued) -> None:
            status.end_job(key)
            self._open_rescued(path, rescued)

        def fault(error: UserError) -> None:
            status.end_job(key)
            self._say_not_rescued(path, error)

        self._workspace.jobs.run(lambda: rescue(path, target), done, fault)

    def offer_rescue(self, damage: str) -> None:
        """The open project was found to be damaged: nothing is written to it any more."""
        project = self._workspace.project
        message = self.tr("%1 is damaged.").replace("%1", project.path.name)
        project.refuse_writes(UserError(message, self.tr("Rescue what can be read, or restore a backup.")))
        self._window.menus.refresh()
        self._banner.say(
            "mdi6.alert-outline",
            message,
            self.tr("Nothing is written to it any more. Found: %1").replace("%1", damage[:200]),
            [
                (self.tr("Rescue what can be read"), lambda: self.rescue(project.path)),
                (self.tr("Restore a backup…"), self._window.projects.ask_backup),
            ],
        )

    def _open_rescued(self, path: Path, rescued: Rescued) -> None:
        self._window.settle()
        why = UserError(self.tr("This is what could be read of %1.").replace("%1", path.name), rescued.sentence())
        if not self._workspace.attempt(lambda: self._workspace.replace_project(Project(rescued.path, why))):
            return
        self._banner.say(
            "mdi6.lifebuoy",
            why.message,
            self.tr("%1 The damaged file is as it was.").replace("%1", rescued.sentence()),
            [
                (self.tr("Go on with this"), self.try_writing),
                (self.tr("Restore a backup…"), lambda: self._window.projects.ask_backup(path)),
            ],
        )

    def _say_not_rescued(self, path: Path, error: UserError) -> None:
        if self._workspace.is_project_open:
            self.refresh()
        else:
            self._banner.clear()
        self._window.notices.show_fault(error.message, error.hint)
        if not self._workspace.is_project_open:
            self._window.projects.open_demo()
