"""Backups: whole copies of a project, made when it is opened, of which fewer are kept the older they are.

They lie in the app's own folder, one folder for each project: beside the project they would go wherever it goes, and
with it.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.app_settings import app_dir
from core.errors import UserError
from core.project import SUFFIX, Project, find_damage, world_faults
from models.database import connect_to_read
from models.migrations import MIGRATIONS

STAMP = "%Y-%m-%d %H.%M.%S"
_COUNTED = ("character", "scenario", "playtest", "turn")
_making = threading.Lock()


@dataclass(frozen=True)
class Backup:
    """One backup."""

    path: Path
    made_at: datetime
    """Local time."""
    n_bytes: int


@dataclass(frozen=True)
class Rotation:
    """What is kept."""

    n_today: int = 8
    """The last ones of the last day on which there are any."""
    days: int = 7
    """Then the last one of each of so many days before,"""
    weeks: int = 4
    """and of each of so many weeks before these."""
    max_bytes: int = 2 * 1024**3
    """Together; the oldest go first, the newest is always kept."""


def backup_folder(path: Path) -> Path:
    """Returns where the backups of a project lie, whether there are any or not."""
    path = path.resolve()
    return app_dir() / "backups" / f"{path.stem[:80]} {hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def list_backups(path: Path) -> list[Backup]:
    """Returns the backups of a project, newest first."""
    found = []
    for file in backup_folder(path).glob(f"*{SUFFIX}"):
        try:
            made_at = datetime.strptime(file.stem, STAMP)
            found.append(Backup(file, made_at, file.stat().st_size))
        except (ValueError, OSError):
            continue  # a file of somebody else
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def make_backup(project: Project, rotation: Rotation | None = None, now: datetime | None = None) -> Backup | None:
    """Makes a backup of an open project where it has changed since the last one, and lets old ones go. Any thread.

    Returns None when nothing has changed.

    Raises:
        UserError: The disk is full, or the project is damaged; the backups that there are stay as they are.
    """
    now = (now or datetime.now()).replace(microsecond=0)
    with _making, world_faults(project.path):
        backups = list_backups(project.path)
        if backups and _fingerprint(backups[0].path) == _fingerprint(project.path):
            return None
        folder = backup_folder(project.path)
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{now.strftime(STAMP)}.part"
        draft.unlink(missing_ok=True)
        try:
            project.copy_to(draft)
            if damage := find_damage(draft):
                raise UserError(f"{project.path.name} could not be backed up: {damage}.", "Rescue what can be read.")
            path = draft.replace(folder / f"{now.strftime(STAMP)}{SUFFIX}")
        finally:
            draft.unlink(missing_ok=True)
        made = Backup(path, now, path.stat().st_size)
        for backup in backups:
            if backup not in choose_kept([made, *backups], rotation or Rotation()):
                backup.path.unlink(missing_ok=True)
    return made


def backup_before_migration(path: Path, now: datetime | None = None) -> Backup | None:
    """Makes a backup of a project of an older version of the app, before this one changes its tables.

    Raises:
        UserError: It cannot be read or the backup not be written; it should then not be opened to write.
    """
    path = path.resolve()
    if not path.is_file() or path.stat().st_size == 0:
        return None
    with _making, world_faults(path):
        with closing(connect_to_read(path)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "schema_migration" not in tables:
                return None
            done = {row[0] for row in connection.execute("SELECT number FROM schema_migration")}
        if done >= set(MIGRATIONS):
            return None
        folder = backup_folder(path)
        folder.mkdir(parents=True, exist_ok=True)
        now = (now or datetime.now()).replace(microsecond=0)
        target = folder / f"{now.strftime(STAMP)}{SUFFIX}"
        backup = Backup(path, now, 0)
        if not target.exists():
            restore_as_copy(backup, target)
    return Backup(target, now, target.stat().st_size)


def choose_kept(backups: Iterable[Backup], rotation: Rotation) -> set[Backup]:
    """Returns which of some backups are kept: see `Rotation`. The newest always is."""
    newest_first = sorted(backups, key=lambda backup: backup.made_at, reverse=True)
    if not newest_first:
        return set()
    today = newest_first[0].made_at.date()
    last_day, last_week = today - timedelta(days=rotation.days), today - timedelta(weeks=rotation.weeks + 1)
    kept: list[Backup] = []
    seen: set[object] = set()
    for backup in newest_first:
        day = backup.made_at.date()
        period: object = day if day >= last_day else tuple(day.isocalendar())[:2]
        has_room = len(kept) < max(rotation.n_today, 1)
        if has_room if day == today else period not in seen and day >= last_week:
            kept.append(backup)
            seen.add(period)
    total = 0
    within: set[Backup] = set()
    for backup in kept:
        total += backup.n_bytes
        if within and total > rotation.max_bytes:
            break
        within.add(backup)
    return within


def restore_as_copy(backup: Backup, target: Path) -> None:
    """Writes a backup to a project file that must not exist yet.

    Raises:
        UserError: It exists, or the backup is gone or cannot be read.
    """
    if target.exists():
        raise UserError(f"{target.name} exists already.", "Choose another name.")
    draft = target.with_name(f".{target.name}.part")
    with world_faults(backup.path):
        draft.unlink(missing_ok=True)
        try:
            with closing(connect_to_read(backup.path)) as source, closing(sqlite3.connect(draft)) as copy:
                source.backup(copy)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def describe_backup(backup: Backup) -> dict[str, int]:
    """Returns how many characters, scenarios, playtests and turns are in a backup. Raises UserError."""
    with world_faults(backup.path), closing(connect_to_read(backup.path)) as connection:
        return {table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in _COUNTED}


def _fingerprint(path: Path) -> list[tuple[str, object]]:
    """What is another one after anything was done: the last action and whether it stands, rows that only grow."""
    marks: list[tuple[str, object]] = []
    with closing(connect_to_read(path)) as connection:
        tables = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        for table in tables:
            if table in ("setting", "change") or table.startswith("sqlite_") or "_fts" in table:
                continue
            marks.append((table, connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]))
        query = "SELECT max(id), sum(undone), max(changed_at) FROM action"
        marks.append(("action", connection.execute(query).fetchone()))
    return marks
