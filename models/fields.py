"""Column types and defaults that several tables share."""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Dialect, Enum
from sqlalchemy.types import TypeDecorator

MAX_NAME_CHARS = 200
MAX_TEXT_CHARS = 1_000_000


def new_id() -> str:
    """Returns a random identifier that stays with a row through packs and projects (16 hex digits)."""
    return secrets.token_hex(8)


def utc_now() -> str:
    """Returns the present moment as ISO 8601 in UTC, to the microsecond, so that text order is time order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def json_column() -> Column[Any]:
    """Returns a column that holds JSON. Assign a new value to change it: changes in place are not seen."""
    return Column(JSON, nullable=False)


class RecordJson(TypeDecorator[dict[str, Any]]):
    """A JSON object that is written once: one that damage has made unreadable is empty, and stops nothing else."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Returns what reads the stored text."""
        parse = super().result_processor(dialect, coltype)

        def read(stored: Any) -> Any:
            try:
                found = parse(stored) if parse is not None else stored
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}

        return read


def enum_type(choices: type[StrEnum]) -> Enum:
    """Returns a column type that stores the values of an enum as text, not the names of its members."""
    return Enum(choices, values_callable=lambda enum: [member.value for member in enum], native_enum=False, length=32)
