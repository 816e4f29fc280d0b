"""Single values of a turn's record, which may come from a stranger's pack: what is not as it should be is nothing."""

from collections.abc import Mapping
from typing import Any

MAX_NUMBER = 1e15


def count_of(record: Mapping[str, Any], name: str) -> int:
    """Returns a whole number that is not negative; 0 where the record has none."""
    return int(number_of(record, name))


def number_of(record: Mapping[str, Any], name: str) -> float:
    """Returns a number that is not negative; 0 where the record has none."""
    value = record.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= MAX_NUMBER else 0


def document_of(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Returns what stands under a name; empty where that is no document."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def words_of(record: Mapping[str, Any], name: str) -> str:
    """Returns words or a number as words; empty for anything else, and for a number with too many digits."""
    value = record.get(name)
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and abs(value) < 1e30 else ""
