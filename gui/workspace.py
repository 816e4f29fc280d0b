"""What the places of the window share: the open project, the engine, jobs, and one signal per kind of news."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.app_settings import AppSettings, change_settings, load_settings, remember_project
from core.errors import UserError
from core.events import Event, Failed, RowsChanged
from core.inference.engine_choice import local_weights, parse_choice, remembered_choice
from core.inference.pool import EnginePool, MakeEngine, open_engine
from core.inference.request import Engine, WeightsSettings
from core.project import Project, open_to_write_or_read
from core.safekeeping.backups import backup_before_migration
from gui.event_pump import EventPump
from gui.jobs import Jobs


class Workspace(QObject):
    """One open project and the weights that play it."""

    project_opened = Signal()
    """Another project is open: read everything again."""
    rows_changed = Signal(str, str)
    """Table name and id of a committed row; the id may be empty."""
    event_received = Signal(object)
    """Every other event of the core, see `core.events`."""
    engine_changed = Signal()
    """Other weights, or other settings of them, will be used from now on."""
    closing = Signal()
    """The window ends: whoever has a thread of its own ends it."""
    faulted = Signal(str, str)
    """A fault of the world to be shown: message and hint."""
    stepped = Signal(str, bool)
    """Something was undone, or done again (True): its label."""

    def __init__(self, make_engine: MakeEngine = open_engine) -> None:
        super().__init__()
        self.jobs = Jobs(self)
        self.jobs.failed.connect(self.faulted)
        self._pump = EventPump(self)
        self._pump.pumped.connect(self._on_pumped)
        self._make_engine = make_engine
        self._project: Project | None = None
        self._pool = EnginePool(self._pump.put, make_engine)

    @property
    def project(self) -> Project:
        """The open project."""
        assert self._project is not None, "no project is open yet"
        return self._project

    @property
    def is_project_open(self) -> bool:
        """Whether a project is open."""
        return self._project is not None

    @property
    def engine(self) -> Engine:
        """What plays unless a playtest says otherwise; it loads at the first request."""
        return self._pool.engine(remembered_choice(self.settings))

    @property
    def engine_name(self) -> str:
        """What people call that: the name of a server, or of a file of weights."""
        settings = self.settings
        return settings.server or weights_settings(settings).path.stem

    def find_engine(self, wanted: str) -> Engine:
        """Returns what plays one part of a playtest, as its settings name it. Any thread; raises UserError."""
        return self._pool.engine(parse_choice(wanted, self.settings))

    @property
    def settings(self) -> AppSettings:
        """What the app remembers on this machine."""
        return load_settings()

    def post(self, event: Event) -> None:
        """Takes an event of the core. Any thread."""
        self._pump.put(event)

    def change_settings(self, change: Callable[[AppSettings], None]) -> None:
        """Changes what the app remembers; other weights take effect with the next request."""
        before = remembered_choice(self.settings)
        if remembered_choice(change_settings(change)) != before:
            self._close_engine()
            self.engine_changed.emit()

    def restart_engine(self) -> None:
        """Loads the same weights anew with the next request."""
        self._close_engine()
        self.engine_changed.emit()

    def open_project(self, path: Path) -> None:
        """Opens another project, to read where it cannot be written.

        Raises:
            Damaged: It can only be rescued. This, and any UserError, leaves open what is open.
        """
        backup_before_migration(path)
        self.replace_project(open_to_write_or_read(path))

    def reopen_to_write(self) -> None:
        """Opens the project, which is open to read, to write. Raises UserError when that still cannot be done."""
        if self.project.is_read_only:
            self.replace_project(Project(self.project.path))

    def replace_project(self, project: Project) -> None:
        """Closes the project that is open, if one is, and takes this one in its place."""
        self.close_project()
        self.adopt_project(project)

    def adopt_project(self, project: Project) -> None:
        """Makes a project that is open already the one of this window."""
        self._project = project
        project.subscribe(self._pump.put)
        remember_project(project.path)
        self.project_opened.emit()

    def close_project(self) -> None:
        """Closes the project, if one is open."""
        if self._project is not None:
            self._project.close()
            self._project = None

    def attempt(self, work: Callable[[], object]) -> bool:
        """Does quick work at once on this thread; a fault of the world is shown. Returns whether it went well."""
        try:
            work()
        except UserError as error:
            self.faulted.emit(error.message, error.hint)
            return False
        return True

    def undo(self) -> None:
        """Takes the last action back, and says which."""
        self._step(self.project.undo, is_redo=False)

    def redo(self) -> None:
        """Does the last undone action again, and says which."""
        self._step(self.project.redo, is_redo=True)

    def close(self) -> None:
        """Ends everything: jobs, engine, project."""
        self.closing.emit()
        self.jobs.close()
        self._close_engine()
        self._pump.close()
        self.close_project()

    def _step(self, step: Callable[[], str | None], *, is_redo: bool) -> None:
        labels: list[str | None] = []
        if self.attempt(lambda: labels.append(step())) and labels[0] is not None:
            self.stepped.emit(labels[0], is_redo)

    def _close_engine(self) -> None:
        self._pool.close()
        self._pool = EnginePool(self._pump.put, self._make_engine)

    def _on_pumped(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, RowsChanged):
                self.rows_changed.emit(event.what, event.entity_id)
            else:
                if isinstance(event, Failed):
                    self.faulted.emit(event.message, event.hint)
                self.event_received.emit(event)


def weights_settings(settings: AppSettings) -> WeightsSettings:
    """Returns the weights on this machine that the engine is asked to load, where no server plays."""
    return local_weights(settings)
