"""Values of foreign documents as texts and lines, whatever they are. What cannot be read stays in the original."""

import json
from typing import Any

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS

MAX_LINE_CHARS = MAX_NAME_CHARS * 5
MAX_LINES = 10_000


def as_text(value: Any) -> str:
    """Returns text: numbers as JSON has them, lists of texts as lines, all else empty."""
    if isinstance(value, str):
        return value[:MAX_TEXT_CHARS]
    if isinstance(value, int | float):
        return json.dumps(value)
    if isinstance(value, list):
        return "\n".join(text for text in map(as_text, value) if text)[:MAX_TEXT_CHARS]
    return ""


def as_line(value: Any, max_chars: int = MAX_LINE_CHARS) -> str:
    """Returns text on one line, cut to what a line can hold."""
    return " ".join(as_text(value).split())[:max_chars].strip()


def as_lines(value: Any) -> list[str]:
    """Returns a list of lines: one alone for a text, none that are empty."""
    items = value if isinstance(value, list) else [value]
    return [line for line in map(as_line, items[:MAX_LINES]) if line]


def as_name(value: Any, otherwise: str) -> str:
    """Returns a name that a row can have."""
    return as_line(value, MAX_NAME_CHARS) or as_line(otherwise, MAX_NAME_CHARS) or "Unnamed"


def as_age(value: Any) -> int | None:
    """Returns an age in years, from a number or a text of digits; None for all else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 7:
        value = int(value)
    is_age = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000
    return value if is_age else None


def as_table(value: Any) -> dict[str, Any]:
    """Returns an object; an empty one for all else."""
    return value if isinstance(value, dict) else {}


def as_tables(value: Any) -> list[dict[str, Any]]:
    """Returns the objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def filled(table: dict[str, Any]) -> dict[str, Any]:
    """Returns a table without what says nothing."""
    return {key: value for key, value in table.items() if value is not None and value not in ("", [], {})}
