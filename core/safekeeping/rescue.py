"""Rescue: what can be read of a damaged project, table by table and row by row, in a new project file.

The damaged file is only ever copied. SQLite reads what it can of the copy; where it cannot, every page is looked at.
"""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import UserError
from core.ledger import TRACKED
from core.project import SUFFIX, world_faults
from core.safekeeping.pages import HEADER_BYTES, USUAL_PAGE_BYTES, Pages
from core.safekeeping.shapes import Shape, read_shapes
from models.database import open_database

MAX_PROBES = 4000
"""Queries that look for rows between damaged pages of one table."""
MAGIC = b"SQLite format 3\x00"
_LEDGER = ("action", "change")
_SAID = {
    "character": ("character", "characters"),
    "scenario": ("scenario", "scenarios"),
    "role": ("role", "roles"),
    "beat": ("beat", "beats"),
    "fragment": ("fragment", "fragments"),
    "relationship": ("relationship", "relationships"),
    "lorebook": ("lorebook", "lorebooks"),
    "lore_entry": ("lore entry", "lore entries"),
    "playtest": ("playtest", "playtests"),
    "turn": ("turn", "turns"),
    "asset": ("picture", "pictures"),
    "version": ("named version", "named versions"),
}
_BASES = {str(model.__tablename__): model.__mro__[1] for model in TRACKED}

Row = dict[str, Any]


@dataclass
class Rescued:
    """What was rescued and what was not."""

    path: Path
    """The new project file."""
    saved: dict[str, int] = field(default_factory=dict)
    """Table -> rows."""
    lost: dict[str, int] = field(default_factory=dict)
    """Table -> rows that are known to have been there."""
    may_lack_more: bool = False
    """Whether rows may be gone that left no trace."""
    has_history: bool = False
    """Whether undo and history go on."""

    def sentence(self) -> str:
        """Says what was saved and what was lost."""
        parts = [f"Rescued: {_count(self.saved) or 'nothing'}."]
        lost = _count(self.lost)
        more = "perhaps more that left no trace" if self.may_lack_more else ""
        if lost or more:
            parts.append(f"Lost: {' and '.join(filter(None, (lost, more)))}.")
        else:
            parts.append("Nothing that an author wrote was lost.")
        if not self.has_history:
            parts.append("Undo begins anew.")
        return " ".join(parts)


def rescued_path(path: Path) -> Path:
    """Returns where what is rescued goes: `NAME rescued` beside the damaged file, under a name that is free."""
    number = 1
    while (found := path.with_name(f"{path.stem} rescued{'' if number == 1 else f' {number}'}{SUFFIX}")).exists():
        number += 1
    return found


def rescue(path: Path, target: Path | None = None) -> Rescued:
    """Reads what can be read of a project into a new one. Any thread; the file itself is never written.

    Raises:
        UserError: There is nothing to be read, or the new file cannot be written.
    """
    target = target or rescued_path(path)
    if target.exists():
        raise UserError(f"{target.name} exists already.", "Choose another name.")
    with world_faults(target), tempfile.TemporaryDirectory(prefix="tableread-") as name:
        folder = Path(name)
        shapes = read_shapes(folder)
        copy = folder / "damaged.sqlite"
        _copy(path, copy, folder)
        tables = _read_everything(copy, shapes)
        if not any(table.rows for table in tables.values() if table.shape.table in _SAID):
            raise UserError(f"Nothing can be read of {path.name}.", "Project, Restore a backup… has earlier copies.")
        made = folder / "rescued.sqlite"
        rescued = _write(made, target, tables)
        draft = target.with_name(f".{target.name}.part")
        try:
            shutil.copyfile(made, draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return rescued


@dataclass
class _Table:
    shape: Shape
    rows: dict[Any, Row] = field(default_factory=dict)
    """Key -> row."""
    is_whole: bool = False
    """Whether it was read from one end to the other, and its index has no more."""
    expected: int | None = None


def _copy(path: Path, copy: Path, folder: Path) -> None:
    """Copies the file and its log, and gives it a header where it has none."""
    shutil.copyfile(path, copy)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
    with copy.open("r+b") as file:
        if file.read(len(MAGIC)) != MAGIC:
            header = bytearray((folder / "shapes.tableread").read_bytes()[:HEADER_BYTES])
            header[28:32] = (copy.stat().st_size // USUAL_PAGE_BYTES).to_bytes(4, "big")
            header[32:40] = bytes(8)
            file.seek(0)
            file.write(header)


def _read_everything(copy: Path, shapes: list[Shape]) -> dict[str, _Table]:
    tables = {shape.table: _Table(shape) for shape in shapes}
    pages = Pages(copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = lambda content: content.decode("utf-8", "strict")
        for table in tables.values():
            _read_by_sqlite(connection, table)
    if not all(table.is_whole for table in tables.values()):
        _read_by_pages(pages, tables)
    return tables


def _read_by_sqlite(connection: sqlite3.Connection, table: _Table) -> None:
    name = table.shape.table
    try:
        connection.execute("PRAGMA writable_schema = ON")
        found = {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')}
        columns = [column.name for column in table.shape.columns if column.name in found]
        if not columns:
            table.is_whole = bool(found)
            return
        with suppress(sqlite3.Error):
            table.expected = int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
        reader = _GapReader(connection, name, columns)
        for values in reader.read_all():
            _keep(table, dict(zip(columns, values, strict=True)))
        table.is_whole = reader.n_faults == 0 and (table.expected is None or len(table.rows) >= table.expected)
    except (sqlite3.Error, UnicodeDecodeError):
        return


def _read_by_pages(pages: Pages, tables: dict[str, _Table]) -> None:
    broken = [table for table in tables.values() if not table.is_whole]
    for found in pages.rows():
        rows = [(table, row) for table in broken if (row := table.shape.read(found.rowid, found.values)) is not None]
        rows.sort(key=lambda pair: len(pair[0].shape.columns) - len(found.values))
        if rows:
            _keep(*rows[0])


class _GapReader:
    """Reads the rows of one table in order; where a page is broken it goes on behind it."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: list[str]) -> None:
        self._connection = connection
        listed = ", ".join(f'"{column}"' for column in columns)
        self._query = f'SELECT rowid, {listed} FROM "{table}" WHERE rowid BETWEEN ? AND ? ORDER BY rowid'
        self._n_probes = 0
        self.n_faults = 0

    def read_all(self) -> Iterator[tuple[Any, ...]]:
        """Yields the values of all rows that can be reached, without their rowids."""
        spans = [(-(2**63), 2**63 - 1)]
        while spans and self._n_probes < MAX_PROBES:
            first, last = spans.pop()
            low, high = first - 1, last + 1
            for low, values in self._read(first, last, ""):  # noqa: B007
                yield values
            if not self._was_cut:
                continue
            self.n_faults += 1
            for high, values in self._read(low + 1, last, " DESC"):  # noqa: B007
                yield values
            if self._was_cut and low + 1 < high - 1:
                middle = _middle(low, high)
                spans += [(low + 1, middle), (middle + 1, high - 1)]

    def _read(self, first: int, last: int, order: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        self._n_probes += 1
        self._was_cut = True
        cursor = self._connection.cursor()
        try:
            for row in cursor.execute(self._query + order, (first, last)):
                yield row[0], row[1:]
            self._was_cut = False
        except (sqlite3.Error, UnicodeDecodeError):
            return
        finally:
            with suppress(sqlite3.Error):
                cursor.close()


def _middle(low: int, high: int) -> int:
    """Halfway; rowids are small, so that an open end is closed in first."""
    if low < 0 < high:
        return 0
    if high > 2**62 and low < 2**31:
        return max(2 * low, 1024)
    return (low + high) // 2


def _keep(table: _Table, row: Row) -> None:
    """Keeps a row that could be of the table; of two with the same key the one that was changed last."""
    for column in table.shape.columns:
        if column.name in row and not column.fits(row[column.name]):
            return
    key = row.get(table.shape.key.name)
    known = table.rows.get(key)
    is_newest = known is None or str(row.get("updated_at", "")) > str(known.get("updated_at", ""))
    if key is not None and is_newest and _is_valid(table.shape, row):
        table.rows[key] = row


def _is_valid(shape: Shape, row: Row) -> bool:
    """Whether the app could have written the row."""
    base = _BASES.get(shape.table)
    if base is None or not hasattr(base, "model_validate") or not getattr(base, "model_fields", None):
        return True
    kinds = {column.name: column.type for column in shape.columns}
    decoded = {
        name: json.loads(value) if kinds[name] == "JSON" and value is not None else value for name, value in row.items()
    }
    try:
        base.model_validate(decoded)
    except (ValidationError, ValueError, RecursionError):
        return False
    return True


def _write(path: Path, target: Path, tables: dict[str, _Table]) -> Rescued:
    open_database(path).dispose()
    tracked = {str(model.__tablename__) for model in TRACKED}
    keeps_history = all(tables[name].is_whole for name in {*_LEDGER, *tracked} if name in tables)
    rescued = Rescued(target, has_history=keeps_history)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in tables.values():
            if keeps_history or table.shape.table not in _LEDGER:
                _insert(connection, table)
        _cut_loose_ends(connection, [table.shape for table in tables.values()])
        connection.commit()
        for name, table in tables.items():
            count = int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            known = max(table.expected or 0, len(table.rows))
            if name not in _LEDGER:
                rescued.saved[name] = count
                rescued.lost[name] = max(0, known - count)
                rescued.may_lack_more |= name in _SAID and not table.is_whole and table.expected is None
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return rescued


def _insert(connection: sqlite3.Connection, table: _Table) -> None:
    for row in table.rows.values():
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        with suppress(sqlite3.Error):  # what breaks a rule of the table is lost, and counted
            connection.execute(
                f'INSERT INTO "{table.shape.table}" ({names}) VALUES ({marks})',
                list(row.values()),
            )


def _cut_loose_ends(connection: sqlite3.Connection, shapes: list[Shape]) -> None:
    """Takes away references to rows that are gone, and rows that are nothing without them, until nothing changes."""
    while True:
        n_before = connection.total_changes
        for shape in shapes:
            for column, target, key in shape.owners:
                is_loose = f'"{column}" IS NOT NULL AND "{column}" NOT IN (SELECT "{key}" FROM "{target}")'
                required = next(one.is_required for one in shape.columns if one.name == column)
                change = f'DELETE FROM "{shape.table}"' if required else f'UPDATE "{shape.table}" SET "{column}" = NULL'
                connection.execute(f"{change} WHERE {is_loose}")
        if connection.total_changes == n_before:
            break
    connection.execute(
        "UPDATE playtest SET head_id = (SELECT max(id) FROM turn WHERE playtest_id = playtest.id) "
        "WHERE head_id IS NOT NULL AND head_id NOT IN (SELECT id FROM turn)"
    )


def _count(counts: dict[str, int]) -> str:
    """Such as `2 characters, 1 scenario and 40 turns`; empty where there is nothing."""
    parts = [f"{counts[table]} {words[counts[table] != 1]}" for table, words in _SAID.items() if counts.get(table)]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""
