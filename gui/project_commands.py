"""What the Project menu does: new, open, rename, copy, backups, export, the demo again, reveal."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from core.errors import UserError
from core.library.characters import list_characters
from core.library.playtests import list_playtests
from core.library.scenarios import list_scenarios
from core.project import SUFFIX, Damaged, rename_project
from core.safekeeping.backups import Backup, restore_as_copy
from gui import theme
from gui.widgets.ask import ask_open_files, ask_save_file, ask_text
from gui.widgets.command_palette import Entry

if TYPE_CHECKING:
    from gui.history.backups import BackupDialog
    from gui.main_window import MainWindow

MAX_ENTITIES = 2000


class ProjectCommands(QObject):
    """Commands on whole projects."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._workspace = window.workspace

    @property
    def _filter(self) -> str:
        return self.tr("Tableread projects (*%1)").replace("%1", SUFFIX)

    def open(self, path: Path) -> bool:
        """Opens a project; returns whether that went well. The open one stays when it did not."""
        if self._workspace.is_project_open and path.resolve() == self._workspace.project.path:
            return True
        self._window.settle()
        try:
            self._workspace.open_project(path)
        except Damaged as error:
            self._workspace.faulted.emit(error.message, error.hint)
            self._window.read_only.rescue(path.resolve())
            return False
        except UserError as error:
            self._workspace.faulted.emit(error.message, error.hint)
            return False
        return True

    def open_at_start(self) -> None:
        """Opens the last project, or the demo when there is none or it cannot be opened."""
        for path in self.recent()[:1]:
            if self.open(path):
                return
        from core.demo import ensure_demo_project, fresh_demo_copy

        if not self._workspace.attempt(lambda: self._workspace.open_project(ensure_demo_project())):
            self._workspace.attempt(lambda: self._workspace.open_project(fresh_demo_copy()))

    def recent(self) -> list[Path]:
        """Returns the projects that were open lately and still exist, without the one that is open now."""
        now = self._workspace.project.path if self._workspace.is_project_open else None
        try:
            paths = [Path(name) for name in self._workspace.settings.recent]
        except UserError:
            return []
        return [path for path in paths if path != now and path.exists()]

    def ask_new(self) -> None:
        """Asks where the new project goes and opens it."""
        from core.demo import free_path, projects_dir

        suggestion = free_path(projects_dir(), self.tr("Untitled"))
        ask_save_file(self._window, self.tr("New project"), self._filter, str(suggestion), self.make)

    def make(self, path: Path) -> None:
        """Makes a project and opens it. A file that exists is never written over."""
        if path.exists():
            hint = self.tr("Choose another name, or open it with Project, Open.")
            self._window.notices.show_fault(self.tr("%1 exists already.").replace("%1", path.name), hint)
        elif self.open(path):
            self._window.show_place("library")

    def ask_open(self) -> None:
        """Asks for a project file and opens it."""
        ask_open_files(self._window, self.tr("Open project"), self._filter, lambda paths: self.open(paths[0]))

    def ask_rename(self) -> None:
        """Asks for another name of the project's file."""
        name = self._workspace.project.name
        ask_text(self._window, self.tr("Rename project"), self.tr("Name of the project"), name, self.rename)

    def rename(self, name: str) -> None:
        """Gives the project's file another name."""
        if name == self._workspace.project.name:
            return
        if (why := self._workspace.project.why_read_only) is not None:
            self._workspace.faulted.emit(why.message, why.hint)
            return
        self._window.settle()
        project = self._workspace.project
        self._workspace.attempt(lambda: self._workspace.adopt_project(rename_project(project, name)))

    def ask_copy(self) -> None:
        """Asks where a copy goes."""
        from core.demo import free_path

        project = self._workspace.project
        suggestion = free_path(project.path.parent, project.name)
        ask_save_file(self._window, self.tr("Save a copy"), self._filter, str(suggestion), self.copy_to)

    def copy_to(self, path: Path) -> None:
        """Writes a copy of the project, as it is now; this one stays open."""
        project = self._workspace.project

        def done(_result: object) -> None:
            message = self.tr("A copy is in %1.").replace("%1", str(path))
            self._window.notices.show_note(message, "", (self.tr("Open it"), lambda: self.open(path)))

        self._run(self.tr("copying"), lambda: project.copy_to(path), done)

    def ask_backup(self, path: Path | None = None) -> "BackupDialog":
        """Shows the backups of a project, of the open one when None, and opens a copy of the chosen one."""
        from gui.history.backups import BackupDialog

        wanted = path or self._workspace.project.path
        dialog = BackupDialog(self._workspace, wanted, self._window)
        dialog.chosen.connect(lambda backup: self.restore_backup(wanted, backup))
        dialog.open()
        return dialog

    def restore_backup(self, path: Path, backup: Backup) -> None:
        """Writes a copy of a backup beside its project, and opens it. The project stays as it is."""
        from core.demo import free_path

        target = free_path(path.parent, f"{path.stem} {backup.made_at:%Y-%m-%d %H.%M}")

        def done(_result: object) -> None:
            if self.open(target):
                message = self.tr("This is a copy of the backup; %1 is as it was.").replace("%1", path.name)
                self._window.notices.show_note(message, str(target))

        self._run(self.tr("restoring"), lambda: restore_as_copy(backup, target), done)

    def export(self) -> None:
        """Exports what is open or chosen in the place that is shown; says so where there is nothing."""
        actions = self._window.place_exports()
        if actions:
            actions[0].trigger()
            return
        self._window.notices.show_note(
            self.tr("There is nothing here to export."),
            self.tr("Open a character, a scenario or a playtest, or choose something in the Library."),
        )

    def open_demo(self) -> None:
        """Makes a fresh copy of the demo and opens it on the Stage."""
        from core.demo import fresh_demo_copy

        def done(path: Path) -> None:
            if self.open(path):
                self._window.show_place("stage")

        self._run(self.tr("making the demo"), fresh_demo_copy, done)

    def reveal(self) -> None:
        """Shows the folder of the project in the system's file browser."""
        folder = self._workspace.project.path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            message = self.tr("This system has no program that shows folders.")
            self._window.notices.show_fault(message, self.tr("The project is in %1.").replace("%1", str(folder)))

    def entity_entries(self) -> list[Entry]:
        """Returns an entry of the command palette for everything in the project."""
        project, show = self._workspace.project, self._window.open_entity
        try:
            rows = [
                ("character", self.tr("Character"), "mdi6.account-outline", list_characters(project)),
                ("scenario", self.tr("Scenario"), "mdi6.graph-outline", list_scenarios(project)),
                ("playtest", self.tr("Playtest"), "mdi6.play-outline", list_playtests(project)),
            ]
        except UserError:
            return []
        return [
            Entry(row.name, group, lambda kind=kind, row_id=row.id: show(kind, row_id), "", theme.icon(icon, "dim"))
            for kind, group, icon, found in rows
            for row in found[:MAX_ENTITIES]
        ]

    def _run(self, text: str, work: Callable[[], object], on_done: Callable[..., object]) -> None:
        status = self._window.status
        key = f"project {text}"
        status.start_job(key, f"{text} …")

        def done(result: object) -> None:
            status.end_job(key)
            on_done(result)

        def fault(error: UserError) -> None:
            status.end_job(key)
            self._window.notices.show_fault(error.message, error.hint)

        self._workspace.jobs.run(work, done, fault)
