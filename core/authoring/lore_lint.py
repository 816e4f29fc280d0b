"""Lore that is dead, because nothing can ever find it, or shadowed, because something else is always found first."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from core.characters.lint.finding import Finding, Place, Severity
from core.library.lore import books_of, entries_of, get_lore_settings
from core.lore.decorators import parse_decorators
from core.lore.javascript_regex import BadPattern, compile_pattern, parse_literal
from core.lore.key_index import KeyIndex, fold
from core.project import Project
from models.lore import BookSettings, LoreEntry

LORE_PATH = "lore."
"""Begins the path of a place in a book: the book's id follows, and after a `#` that of the entry."""


def find_faults_of_character(project: Project, character_id: str) -> list[Finding]:
    """Finds dead and shadowed entries and keys in the books of a character that are on."""
    defaults = get_lore_settings(project)
    entries: list[LoreEntry] = []
    exact_books: set[str] = set()
    with project.reading() as session:
        for book in books_of(session, character_id=character_id):
            if book.enabled:
                entries += entries_of(session, book.id)
                said = BookSettings.read(book.settings).case_sensitive
                exact_books |= {book.id} if (defaults.case_sensitive if said is None else said) else set()
    return list(find_lore_faults(entries, exact_books))


def find_lore_faults(entries: Sequence[LoreEntry], exact_books: Collection[str] = ()) -> Iterator[Finding]:
    """Finds dead and shadowed entries and keys.

    Args:
        exact_books: Ids of the books in which case counts for entries that do not say so themselves.
    """
    alive = [entry for entry in entries if entry.enabled]
    looks = [_Look.at(entry, entry.book_id in exact_books) for entry in alive]
    for look in looks:
        yield from _dead(look.entry)
        yield from _bad_patterns(look.entry)
        if not look.entry.use_regex:
            yield from _shadowed_keys(look)
    yield from _losers(looks)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is asked of an entry again and again."""

    entry: LoreEntry
    is_exact: bool
    """Whether case counts."""
    written: tuple[str, ...]
    """Its keys, trimmed, each once."""
    keys: frozenset[str]
    folded: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def at(cls, entry: LoreEntry, is_exact: bool) -> Self:
        written = tuple(dict.fromkeys(key.strip() for key in entry.keys if key.strip()))
        said = is_exact if entry.case_sensitive is None else entry.case_sensitive
        folded = frozenset(map(fold, written))
        groups = frozenset(name for part in entry.group.split(",") if (name := part.strip().casefold()))
        return cls(entry, said, written, frozenset(written), folded, groups)


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


def _shadowed_keys(look: _Look) -> Iterator[Finding]:
    """A key in which another key of the same entry stands as whole words can find nothing that the other does not."""
    plain = [key for key in look.written if not key.startswith("/")]
    texts = plain if look.is_exact else list(map(fold, plain))
    said = dict(zip(reversed(texts), reversed(plain), strict=True))
    index = KeyIndex(texts)
    for key, text in zip(plain, texts, strict=True):
        hits = index.search(text).items()
        found = next((other for other, (_, as_word) in hits if as_word >= 0 and len(other) < len(text)), None)
        if found is not None:
            what = f"needs no key “{_short(key)}”: “{_short(said[found])}” finds the same."
            yield _finding(look.entry, what, Severity.NOTE)


def _losers(looks: Sequence[_Look]) -> Iterator[Finding]:
    """An entry whose keys another one of its group has too, when that one always wins."""
    constant: dict[str, _Look] = {}
    by_key: dict[tuple[str, str], list[_Look]] = {}
    for look in filter(_always_wins, looks):
        for group in look.groups:
            if look.entry.constant:
                constant.setdefault(group, look)
            for key in () if look.entry.constant else look.folded:
                by_key.setdefault((group, key), []).append(look)
    for look in looks:
        if not look.entry.group_override and look.keys:
            rivals = (
                rival
                for group in sorted(look.groups)
                for rival in (
                    *([constant[group]] if group in constant else []),
                    *min((by_key.get((group, key), []) for key in look.folded), key=len),
                )
            )
            winner = next((rival for rival in rivals if _covers(rival, look)), None)
            if winner is not None:
                what = f"is always shadowed by “{_short(winner.entry.title)}”, which wins their group."
                yield _finding(look.entry, what)


def _always_wins(look: _Look) -> bool:
    """Tells whether an entry fires, and wins its groups, whenever one of its keys is found."""
    entry = look.entry
    is_free = not entry.use_probability or entry.probability == 100
    is_plain = entry.constant or not (entry.selective and entry.secondary_keys)
    waits = entry.delay or entry.cooldown or entry.filter_names or entry.filter_tags
    return entry.group_override and is_free and is_plain and not waits


def _covers(winner: _Look, look: _Look) -> bool:
    """Tells whether whatever finds an entry finds the winner too."""
    if winner.entry.constant:
        return True
    return look.keys <= winner.keys and look.is_exact if winner.is_exact else look.folded <= winner.folded


def _finding(entry: LoreEntry, what: str, severity: Severity = Severity.WARNING) -> Finding:
    place = Place(f"{LORE_PATH}{entry.book_id}#{entry.id}")
    return Finding("lore", severity, f"The lore entry “{_short(entry.title) or 'without a name'}” {what}", place)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else f"{flat[:39]}…"
