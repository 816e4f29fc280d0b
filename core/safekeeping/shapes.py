"""The tables of a project as they ought to be: their columns in the order of the file, and which rows may be theirs."""

import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.database import open_database

DERIVED = frozenset({"schema_migration", "search_document"})
"""Tables that the app fills by itself, from others."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_ID = re.compile(r"[0-9a-zA-Z_.-]{1,64}")


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    type: str
    is_required: bool
    is_key: bool
    default: str | None
    """As SQL."""

    def fits(self, value: Any) -> bool:
        """Whether a value may stand in this column."""
        if value is None:
            return not self.is_required or (self.is_key and self.type == "INTEGER")
        if self.type in ("INTEGER", "BOOLEAN"):
            return isinstance(value, int)
        if self.type == "FLOAT":
            return isinstance(value, int | float)
        if self.type == "BLOB":
            return isinstance(value, bytes)
        if not isinstance(value, str):
            return False
        if self.type == "JSON":
            return _is_json(value)
        if self.name.endswith("_at"):
            return _STAMP.match(value) is not None
        return not (self.is_key or self.name.endswith("_id")) or _ID.fullmatch(value) is not None


@dataclass(frozen=True)
class Shape:
    """One table."""

    table: str
    columns: tuple[Column, ...]
    owners: tuple[tuple[str, str, str], ...]
    """Columns that name rows elsewhere, that table, and its column."""

    @property
    def key(self) -> Column:
        """The column that is the key."""
        return next(column for column in self.columns if column.is_key)

    def read(self, rowid: int, values: Sequence[Any]) -> dict[str, Any] | None:
        """Returns values in the order of the file as a row, or None when they cannot be of this table.

        Rows from before a column was added have fewer values: the rest are defaults.
        """
        if not len(values) <= len(self.columns) or len(values) < len(self.columns) - self.n_optional:
            return None
        row: dict[str, Any] = {}
        for column, value in zip(self.columns, values, strict=False):
            if not column.fits(value):
                return None
            row[column.name] = rowid if value is None and column.is_key and column.type == "INTEGER" else value
        return row

    @property
    def n_optional(self) -> int:
        """How many columns at the end may be missing."""
        missing = 0
        for column in reversed(self.columns):
            if column.is_required and column.default is None:
                break
            missing += 1
        return missing


def read_shapes(folder: Path) -> list[Shape]:
    """Makes an empty project in a folder and reads its tables, those first that others refer to."""
    path = folder / "shapes.tableread"
    open_database(path).dispose()
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [row[0] for row in connection.execute(query)]
        virtual = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'")
        ]
        kept = [
            name
            for name in names
            if name not in DERIVED
            and not name.startswith("sqlite_")
            and not any(name.startswith(f"{one}_") for one in virtual)
        ]
        shapes = {name: _read_shape(connection, name) for name in kept}
    return _sort(shapes)


def _read_shape(connection: sqlite3.Connection, table: str) -> Shape:
    columns = tuple(
        Column(name, kind.split("(")[0].upper(), bool(required) or bool(key), bool(key), default)
        for _number, name, kind, required, default, key in connection.execute(f'PRAGMA table_info("{table}")')
    )
    owners = tuple(
        (row[3], row[2], row[4] or "id") for row in connection.execute(f'PRAGMA foreign_key_list("{table}")')
    )
    return Shape(table, columns, owners)


def _sort(shapes: dict[str, Shape]) -> list[Shape]:
    done: list[Shape] = []
    waiting = list(shapes.values())
    while waiting:
        placed = {shape.table for shape in done}
        ready = [
            shape
            for shape in waiting
            if all(target in placed or target == shape.table or target not in shapes for _c, target, _k in shape.owners)
        ] or waiting[:1]
        done += ready
        waiting = [shape for shape in waiting if shape not in ready]
    return done


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
