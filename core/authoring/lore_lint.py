"""Lore that is dead, because nothing can ever find it, or shadowed, because something else is always found first."""

import re
from collections.abc import Iterator, Sequence

from core.characters.lint.finding import Finding, Place, Severity
from core.lore.decorators import parse_decorators
from core.lore.javascript_regex import BadPattern, compile_pattern, parse_literal
from models.lore import LoreEntry

LORE_PATH = "lore."
"""Begins the path of a place in a book: the book's id follows, and after a `#` that of the entry."""


def find_lore_faults(entries: Sequence[LoreEntry]) -> Iterator[Finding]:
    """Finds dead and shadowed entries and keys of a character's books."""
    alive = [entry for entry in entries if entry.enabled]
    for entry in alive:
        yield from _dead(entry)
        yield from _bad_patterns(entry)
        if not entry.use_regex:
            yield from _shadowed_keys(entry)
    yield from _losers(alive)


def _dead(entry: LoreEntry) -> Iterator[Finding]:
    decorators, content = parse_decorators(entry.content)
    if not content.strip():
        yield _finding(entry, "says nothing: it has no text.")
    elif entry.use_probability and not entry.probability:
        yield _finding(entry, "is never used: its probability is 0.")
    elif decorators.dont_activate:
        yield _finding(entry, "is never used: it says @@dont_activate.")
    elif not (entry.constant or decorators.activate or decorators.additional_keys or any(map(str.strip, entry.keys))):
        yield _finding(entry, "is dead: it has no key, and is not constant.")


def _bad_patterns(entry: LoreEntry) -> Iterator[Finding]:
    for key in (*entry.keys, *entry.secondary_keys):
        literal = parse_literal(key.strip())
        if literal is None and not entry.use_regex:
            continue
        try:
            compile_pattern(*(literal or (key, "")))
        except BadPattern:
            yield _finding(
                entry, f"has the key “{_short(key)}”, which is no pattern that can be read: it finds nothing."
            )


def _shadowed_keys(entry: LoreEntry) -> Iterator[Finding]:
    """A key in which another key of the same entry stands as whole words can find nothing that the other does not."""
    keys = [key.strip() for key in entry.keys if key.strip() and not key.strip().startswith("/")]
    for key in keys:
        others = (one for one in keys if one != key and len(one) < len(key))
        found = next((one for one in others if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", key, re.IGNORECASE)), None)
        if found is not None:
            yield _finding(entry, f"needs no key “{_short(key)}”: “{_short(found)}” finds the same.", Severity.NOTE)


def _losers(entries: Sequence[LoreEntry]) -> Iterator[Finding]:
    """An entry whose keys another one of its group has too, when that one always wins."""
    winners = [entry for entry in entries if entry.group_override and entry.group.strip()]
    for entry in entries:
        for winner in winners:
            shared = {*_groups(entry)} & {*_groups(winner)}
            if winner is not entry and not entry.group_override and shared and _keys(entry) and _covers(winner, entry):
                yield _finding(entry, f"is always shadowed by “{_short(winner.title)}”, which wins their group.")
                break


def _covers(winner: LoreEntry, entry: LoreEntry) -> bool:
    is_free = not winner.use_probability or winner.probability == 100
    is_plain = winner.constant or (_keys(entry) <= _keys(winner) and not (winner.selective and winner.secondary_keys))
    return is_free and is_plain and not (winner.delay or winner.cooldown or winner.filter_names or winner.filter_tags)


def _keys(entry: LoreEntry) -> frozenset[str]:
    return frozenset(key.strip().casefold() for key in entry.keys if key.strip())


def _groups(entry: LoreEntry) -> list[str]:
    return [name for part in entry.group.split(",") if (name := part.strip().casefold())]


def _finding(entry: LoreEntry, what: str, severity: Severity = Severity.WARNING) -> Finding:
    place = Place(f"{LORE_PATH}{entry.book_id}#{entry.id}")
    return Finding("lore", severity, f"The lore entry “{_short(entry.title) or 'without a name'}” {what}", place)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else f"{flat[:39]}…"
