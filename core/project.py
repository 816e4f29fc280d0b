"""A project: one open file, its transactions, and undo. Everything that touches the file goes through here.

Knows nothing of what the rows mean; `core.library` does.
"""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import filelock
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core import ledger
from core.errors import UserError
from core.events import OnEvent, RowsChanged
from models.database import connect_to_read, open_database, open_database_to_read, sweep_log
from models.migrations import NotAProject, SchemaTooNew, SchemaTooOld

SUFFIX = ".tableread"
MAX_CHECKED_BYTES = 32 * 1024**2
"""Files up to this size are checked page by page before they are opened; larger ones are checked by `find_damage`."""


class NotWritable(UserError):
    """The project can be read, but not written: it is open elsewhere, or the file or its folder is read-only."""


class Damaged(UserError):
    """The file is damaged. Nothing was written to it."""


class Project:
    """One project file, open for reading and writing by this process alone, or for reading only.

    Safe to use from several threads: writes are made one after the other.
    """

    def __init__(self, path: Path, read_only: UserError | None = None) -> None:
        """Opens a project file, made if missing.

        Args:
            read_only: Why nothing may be written; every act then raises UserError with these words.

        Raises:
            NotWritable: The file is open elsewhere or cannot be written; it may be opened to read.
            Damaged: Parts of it cannot be read.
            UserError: The file is newer, no project, or cannot be used.
        """
        self.path = path.resolve()
        self._write_lock = threading.RLock()
        self._listeners: list[OnEvent] = []
        self._read_only = read_only
        self.n_commits = 0
        """How often anything was changed since it was opened."""
        self._copy_folder: tempfile.TemporaryDirectory[str] | None = None
        self._file_lock = _lock_file(self.path) if read_only is None else None
        try:
            with world_faults(self.path):
                _refuse_damage(self.path)
                self._database = open_database(self.path) if read_only is None else self._open_to_read()
        except BaseException:
            self._release()
            raise

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    @property
    def is_read_only(self) -> bool:
        """Whether acts are refused."""
        return self._read_only is not None

    @property
    def why_read_only(self) -> UserError | None:
        """Why acts are refused; None when they are not."""
        return self._read_only

    def refuse_writes(self, why: UserError) -> None:
        """Refuses every act from now on, because of damage that was found."""
        with self._write_lock:
            self._read_only = why

    def close(self) -> None:
        """Closes the file and lets others open it."""
        with self._write_lock:
            self._database.dispose()
            self._release()

    def subscribe(self, listener: OnEvent) -> None:
        """Calls `listener` with a RowsChanged after each commit, on the thread that committed."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: OnEvent) -> None:
        """Ends `subscribe`."""
        self._listeners.remove(listener)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yields a session to read with. Rows stay usable after it closes; changes to them are lost."""
        with world_faults(self.path), Session(self._database, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def act(self, label: str) -> Iterator[Session]:
        """Yields a session whose changes become one transaction and one undo step.

        Args:
            label: What the user did, in the words of the undo menu. `session.info["label"]` replaces it.
        """
        with self._transaction() as session:
            recorder = ledger.Recorder(label)
            recorder.attach(session)
            yield session
            recorder.finish(session)

    @contextmanager
    def append(self) -> Iterator[Session]:
        """Yields a session whose changes are one transaction but no undo step, for rows that are only ever added."""
        with self._transaction() as session:
            yield session

    def undo_label(self) -> str | None:
        """Returns what undo would take back, or None."""
        if self.is_read_only:
            return None
        with self.reading() as session:
            action = ledger.last_done(session)
            return action.label if action else None

    def redo_label(self) -> str | None:
        """Returns what redo would do again, or None."""
        if self.is_read_only:
            return None
        with self.reading() as session:
            action = ledger.first_undone(session)
            return action.label if action else None

    def undo(self) -> str | None:
        """Takes the last action back; returns its label, or None when there is none."""
        with self._transaction() as session:
            action = ledger.last_done(session)
            if action is not None:
                ledger.revert(session, action)
            return action.label if action else None

    def redo(self) -> str | None:
        """Does the last undone action again; returns its label, or None when there is none."""
        with self._transaction() as session:
            action = ledger.first_undone(session)
            if action is not None:
                ledger.reapply(session, action)
            return action.label if action else None

    def copy_to(self, path: Path) -> None:
        """Writes a copy of the project, as it is now, to a file that must not exist yet."""
        if path.exists():
            raise UserError(f"{path.name} exists already.", "Choose another name.")
        with world_faults(path), self._database.connect() as connection:
            connection.execute(text("VACUUM INTO :path"), {"path": str(path)})

    def data_version(self) -> int:
        """Returns a number that is another one after somebody else, in another process, changed the file."""
        with world_faults(self.path), self._database.connect() as connection:
            return int(connection.execute(text("PRAGMA data_version")).scalar_one())

    def _open_to_read(self) -> Engine:
        try:
            return open_database_to_read(self.path)
        except SchemaTooOld:
            self._copy_folder = tempfile.TemporaryDirectory(prefix="tableread-")
            copy = Path(self._copy_folder.name) / self.path.name
            with closing(connect_to_read(self.path)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target)
            return open_database(copy)

    def _release(self) -> None:
        if self._copy_folder is not None:
            self._copy_folder.cleanup()
        if self._file_lock is None:
            with suppress(OSError):
                sweep_log(self.path)
            return
        path = Path(self._file_lock.lock_file)
        if os.name == "posix":  # while it is held: nobody takes a file for the lock that is gone a moment later
            path.unlink(missing_ok=True)
        self._file_lock.release()
        with suppress(OSError):
            if os.name != "posix":
                path.unlink(missing_ok=True)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        if self._read_only is not None:
            raise UserError(
                f"Nothing can be changed here. {self._read_only.message}",
                self._read_only.hint or "Save a copy of the project to go on in.",
            )
        with (
            self._write_lock,
            world_faults(self.path),
            Session(self._database, expire_on_commit=False) as session,
        ):
            touched = _watch_tables(session)
            yield session
            session.commit()
            self.n_commits += 1
        for table, entity_id in sorted(touched - {("change", "")}):
            for listener in list(self._listeners):
                listener(RowsChanged(table, entity_id))


def open_to_write_or_read(path: Path) -> Project:
    """Opens a project to write, or else, where the file cannot be written now, to read.

    Raises:
        Damaged: Parts of it cannot be read.
        UserError: It cannot be read at all.
    """
    try:
        return Project(path)
    except NotWritable as why:
        if not path.exists():
            raise
        return Project(path, why)


def find_damage(path: Path) -> str:
    """Reads every page of a project file; returns what is wrong with the first that is damaged, or nothing."""
    try:
        with closing(connect_to_read(path)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "unable to open" in str(error):
            raise
        return str(error)
    return "" if found is None or found[0] == "ok" else str(found[0])


def rename_project(project: Project, name: str) -> Project:
    """Closes a project, gives its file another name in the same folder, and opens it again there.

    Raises:
        UserError: The name is no file name or is taken; the project is then still open.
    """
    if not name.strip() or Path(name).name != name:
        raise UserError(f"“{name}” cannot be a file name.", "Choose a name without slashes.")
    target = project.path.with_name(name.removesuffix(SUFFIX) + SUFFIX)
    if target.exists():
        raise UserError(f"{target.name} exists already.", "Choose another name.")
    project.close()
    with world_faults(project.path):
        project.path.rename(target)
    return Project(target)


@contextmanager
def world_faults(path: Path) -> Iterator[None]:
    """Turns faults of the disk and of the file into one sentence and a next step."""
    try:
        yield
    except SchemaTooNew as error:
        raise UserError(
            f"{path.name} was made by a newer version of Tableread (schema {error}).",
            "Update Tableread to open it; the file was not changed.",
        ) from error
    except NotAProject as error:
        raise UserError(
            f"{path.name} is a database, but not a Tableread project.", "Choose a file that ends in .tableread."
        ) from error
    except (DBAPIError, sqlite3.Error) as error:
        raise _explain_database_fault(path, error) from error
    except OSError as error:
        raise UserError(
            f"{path} cannot be used: {error.strerror or error}.", "Check the disk and the rights."
        ) from error


def _refuse_damage(path: Path) -> None:
    """Raises when a file of moderate size has pages that cannot be read. Not a byte of it is written before."""
    if path.exists() and path.stat().st_size <= MAX_CHECKED_BYTES and (damage := find_damage(path)):
        raise sqlite3.DatabaseError(damage if "not a database" in damage else f"malformed: {damage}")


def _explain_database_fault(path: Path, error: Exception) -> UserError:
    words = str(getattr(error, "orig", error)).lower()
    known = {
        "not a database": (
            f"{path.name} is not a Tableread project, or it is damaged.",
            "Choose another file, or a backup of this one.",
        ),
        "malformed": (f"{path.name} is damaged.", "Rescue what can be read of it; nothing was written to it."),
        "full": ("The disk is full; the last change was not kept.", "Make room and do it again."),
        "readonly": (
            f"{path.name} cannot be written.",
            "Copy it to a folder that you can write to, and open it there.",
        ),
        "unable to open": (
            f"{path.name} cannot be opened or made in {path.parent}.",
            "Check that the folder exists and that you can write to it.",
        ),
        "locked": (f"{path.name} is being used by another program.", "Close it there and try again."),
        "disk i/o": (f"{path.name} cannot be read or written: the disk reported an error.", "Check the disk."),
    }
    for sign, (message, hint) in known.items():
        if sign in words:
            return (Damaged if sign in ("not a database", "malformed") else UserError)(message, hint)
    if isinstance(error, DBAPIError) and not isinstance(error.orig, sqlite3.OperationalError | sqlite3.DatabaseError):
        raise error
    return UserError(f"{path.name} could not be used: {words}.", "Open a copy of it.")


def _lock_file(path: Path) -> filelock.BaseFileLock:
    if path.is_dir():
        raise UserError(f"{path} is a folder.", "Choose a project file.")
    if path.is_file() and path.stat().st_size == 0:
        raise UserError(f"{path.name} is empty.", "Get the file again, or remove it to begin a new project there.")
    if path.exists() and not os.access(path, os.W_OK):
        raise NotWritable(
            f"{path.name} is a file that may only be read.",
            "Copy it to a folder that you can write to, and open it there.",
        )
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise NotWritable(
            f"{path.name} is open in another window of Tableread.", "Close it there, or open a copy."
        ) from error
    except OSError as error:
        raise NotWritable(
            f"The folder {path.parent} cannot be written: {error.strerror}.",
            "Copy the project to a folder that you can write to.",
        ) from error
    return lock


def _watch_tables(session: Session) -> set[tuple[str, str]]:
    touched: set[tuple[str, str]] = set()

    def note(session: Session, _context: object, _instances: object = None) -> None:
        for row in [*session.new, *session.dirty, *session.deleted]:
            touched.add((str(row.__tablename__), str(getattr(row, "id", "") or "")))

    event.listen(session, "before_flush", note)
    session.info["touched"] = touched
    return touched
