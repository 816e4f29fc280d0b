"""What differs between two moments of an entity: field by field, inside JSON by path, prose word by word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from core.history.entities import BOOKKEEPING, Entity, Row, Rows, parts_of

MAX_DIFF_WORDS = 4_000
"""Longer texts are compared line by line; they would take seconds word by word."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Absent:
    """Stands for a key that is not there, in place of a value: JSON may have null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Difference:
    """One field that is not the same, or one part that came or went."""

    table: str
    row_id: str
    name: str
    """What the row is called, such as the name of a role; empty for the entity's own row."""
    path: tuple[str, ...]
    """Column, then keys inside its JSON; empty: the whole row."""
    before: Any
    """Value; ABSENT where the key or the row was not there."""
    after: Any


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


def list_differences(entity: Entity, before: Rows, after: Rows) -> list[Difference]:
    """Returns what differs between two moments of one entity, in the order of its tables and columns."""
    found = list(_compare_tables(entity.kind, "", before, after))
    for table, owner in parts_of(entity.kind):
        found.extend(_compare_tables(table, owner, before, after))
    return found


def diff_words(before: str, after: str) -> list[tuple[Mark, str]]:
    """Returns the pieces of both texts in order: what stayed, what went, what came. Joined they give both again."""
    pieces = (_WORDS.findall(before), _WORDS.findall(after))
    if max(map(len, pieces)) > MAX_DIFF_WORDS:
        pieces = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    one, other = pieces
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    result: list[tuple[Mark, str]] = []
    for what, start, end, other_start, other_end in matcher.get_opcodes():
        if what == "equal":
            result.append((Mark.SAME, "".join(one[start:end])))
            continue
        if start < end:
            result.append((Mark.GONE, "".join(one[start:end])))
        if other_start < other_end:
            result.append((Mark.NEW, "".join(other[other_start:other_end])))
    return result


def diff_items(before: list[Any], after: list[Any]) -> list[tuple[Mark, Any]]:
    """Returns the items of both lists in order: what stayed, what went, what came."""
    keys = [[_key_of(item) for item in items] for items in (before, after)]
    matcher = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    result: list[tuple[Mark, Any]] = []
    for what, start, end, other_start, other_end in matcher.get_opcodes():
        if what == "equal":
            result += [(Mark.SAME, item) for item in before[start:end]]
        else:
            result += [(Mark.GONE, item) for item in before[start:end]]
            result += [(Mark.NEW, item) for item in after[other_start:other_end]]
    return result


def _compare_tables(table: str, owner: str, before: Rows, after: Rows) -> Iterator[Difference]:
    olds, news = before.get(table, {}), after.get(table, {})
    for row_id in [*olds, *(one for one in news if one not in olds)]:
        old, new = olds.get(row_id), news.get(row_id)
        name = _name_of(new or old or {}) if owner else ""
        if old is None or new is None:
            yield Difference(table, row_id, name, (), ABSENT if old is None else old, ABSENT if new is None else new)
            continue
        for column in [*new, *(one for one in old if one not in new)]:
            if column not in BOOKKEEPING and column != owner:
                # A column of a newer schema is in one of both rows only: nobody wrote it.
                values = old.get(column, new.get(column)), new.get(column, old.get(column))
                yield from _compare_values(table, row_id, name, (column,), *values)


def _compare_values(
    table: str, row_id: str, name: str, path: tuple[str, ...], old: Any, new: Any
) -> Iterator[Difference]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(one for one in new if one not in old)]:
            yield from _compare_values(table, row_id, name, (*path, key), old.get(key, ABSENT), new.get(key, ABSENT))
    elif old != new:
        yield Difference(table, row_id, name, path, old, new)


def _name_of(row: Row) -> str:
    return str(row.get("name") or row.get("label") or "")


def _key_of(item: Any) -> str:
    return repr(sorted(item.items())) if isinstance(item, dict) else repr(item)
