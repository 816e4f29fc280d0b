"""Which of the entries are listed, and in what order. No Qt."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.library.folders import is_inside
from core.library.search import Found
from core.library.search_query import Query, find_term
from gui.library.entries import KINDS, Entry

NAME, KIND, ABOUT, TAGS, FOLDER, DETAIL, CHANGED = range(7)
"""Columns of the table, by which entries are sorted."""


@dataclass(frozen=True)
class Filter:
    """What is wanted."""

    kind: str = ""
    """Empty: all."""
    folder: str = ""
    """Empty: all."""
    tags: frozenset[str] = frozenset()
    """Folded; an entry must have them all."""
    in_trash: bool = False
    query: Query = field(default_factory=Query)
    found: Mapping[str, tuple[int, Found]] | None = None
    """Id -> its place among what the query finds; None: nothing is searched, or the trash is."""

    def takes(self, entry: Entry) -> bool:
        """Returns whether an entry is wanted, whatever its kind."""
        if bool(entry.deleted_at) != self.in_trash:
            return False
        if self.folder and not is_inside(entry.folder, self.folder):
            return False
        if self.tags and not self.tags <= {tag.casefold() for tag in entry.tags}:
            return False
        if self.found is not None:
            return entry.id in self.found
        return all(find_term(entry.name, term) for term in self.query.terms)


def list_entries(entries: Iterable[Entry], wanted: Filter, sort: tuple[int, bool] | None) -> list[Entry]:
    """Returns what is wanted, in order.

    Args:
        sort: A column, and whether it goes down. None: the best match first; the last deleted first in the trash.
    """
    listed = [entry for entry in entries if (not wanted.kind or entry.kind == wanted.kind) and wanted.takes(entry)]
    if sort is not None:
        listed.sort(key=_SORT_KEYS[sort[0]], reverse=sort[1])
    elif wanted.in_trash:
        listed.sort(key=lambda entry: entry.deleted_at, reverse=True)
    elif (found := wanted.found) is not None:
        listed.sort(key=lambda entry: found[entry.id][0])
    return listed


def count_kinds(entries: Sequence[Entry], wanted: Filter) -> dict[str, int]:
    """Returns how many entries of each kind are wanted, and of all together as kind ``""``."""
    counts = dict.fromkeys(("", *KINDS), 0)
    for entry in entries:
        if wanted.takes(entry):
            counts[entry.kind] += 1
            counts[""] += 1
    return counts


_SORT_KEYS: dict[int, Callable[[Entry], Any]] = {
    NAME: lambda entry: entry.name.casefold(),
    KIND: lambda entry: KINDS.index(entry.kind),
    ABOUT: lambda entry: entry.subtitle.casefold(),
    TAGS: lambda entry: [tag.casefold() for tag in entry.tags],
    FOLDER: lambda entry: entry.folder.casefold(),
    DETAIL: lambda entry: entry.detail,
    CHANGED: lambda entry: entry.deleted_at or entry.changed,
}
