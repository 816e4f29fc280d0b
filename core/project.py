"""A project: one open file, its transactions, and undo. Everything that touches the file goes through here.

Knows nothing of what the rows mean; `core.library` does.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core import ledger
from core.errors import UserError
from core.events import OnEvent, RowsChanged
from models.database import open_database
from models.migrations import NotAProject, SchemaTooNew

SUFFIX = ".tableread"


class Project:
    """One project file, open for reading and writing by this process alone.

    Safe to use from several threads: writes are made one after the other.
    """

    def __init__(self, path: Path) -> None:
        """Opens a project file, made if missing.

        Raises:
            UserError: The file is open elsewhere, newer, damaged, no project, or cannot be written.
        """
        self.path = path.resolve()
        self._write_lock = threading.RLock()
        self._listeners: list[OnEvent] = []
        self._file_lock = _lock_file(self.path)
        try:
            with world_faults(self.path):
                self._database = open_database(self.path)
        except BaseException:
            self._file_lock.release()
            raise

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    def close(self) -> None:
        """Closes the file and lets others open it."""
        with self._write_lock:
            self._database.dispose()
            self._file_lock.release()
            Path(self._file_lock.lock_file).unlink(missing_ok=True)

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
        with self.reading() as session:
            action = ledger.last_done(session)
            return action.label if action else None

    def redo_label(self) -> str | None:
        """Returns what redo would do again, or None."""
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

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with (
            self._write_lock,
            world_faults(self.path),
            Session(self._database, expire_on_commit=False) as session,
        ):
            touched = _watch_tables(session)
            yield session
            session.commit()
        for table, entity_id in sorted(touched - {("change", "")}):
            for listener in list(self._listeners):
                listener(RowsChanged(table, entity_id))


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


def _explain_database_fault(path: Path, error: Exception) -> UserError:
    words = str(getattr(error, "orig", error)).lower()
    known = {
        "not a database": (
            f"{path.name} is not a Tableread project, or it is damaged.",
            "Choose another file, or a copy of this one.",
        ),
        "malformed": (f"{path.name} is damaged.", "Open a copy of it; nothing was written to it."),
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
            return UserError(message, hint)
    if isinstance(error, DBAPIError) and not isinstance(error.orig, sqlite3.OperationalError | sqlite3.DatabaseError):
        raise error
    return UserError(f"{path.name} could not be used: {words}.", "Open a copy of it.")


def _lock_file(path: Path) -> filelock.BaseFileLock:
    if path.is_dir():
        raise UserError(f"{path} is a folder.", "Choose a project file.")
    if path.is_file() and path.stat().st_size == 0:
        raise UserError(f"{path.name} is empty.", "Get the file again, or remove it to begin a new project there.")
    if path.exists() and not os.access(path, os.W_OK):
        raise UserError(f"{path.name} is read-only.", "Copy it to a folder that you can write to, and open it there.")
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise UserError(
            f"{path.name} is open in another window of Tableread.", "Close it there, or open a copy."
        ) from error
    except OSError as error:
        raise UserError(
            f"The folder {path.parent} cannot be written: {error.strerror}.",
            "Choose a folder that you can write to, or copy the project there.",
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
