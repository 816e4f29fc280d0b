"""Books made ready for searching, once for each version: settings resolved, decorators read, keys indexed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.lore.decorators import Decorators, parse_decorators
from core.lore.javascript_regex import BadPattern, Pattern, compile_pattern, parse_literal
from core.lore.key_index import KeyIndex, fold
from models.lore import BookSettings, LorebookBase, LoreEntryBase, LoreSettings

MAX_SCAN_DEPTH = 1_000
_MACRO_SIGNS = ("{{", "<user>", "<bot>", "<char>")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an entry."""

    written: str
    text: str
    """As it is looked up: trimmed, and folded where case does not count."""
    is_word: bool = False
    """Whether it must stand by itself."""
    pattern: Pattern | None = None
    is_bad: bool = False
    """An expression that cannot be read."""
    has_macro: bool = False
    """Whether it must be expanded for whoever reads, and made ready again."""


@dataclass(eq=False, slots=True)
class Entry:
    """An entry made ready. Known by identity."""

    id: str
    source: LoreEntryBase
    book: "Book"
    content: str
    """Without its decorators."""
    decorators: Decorators
    keys: tuple[Key, ...] = ()
    secondary: tuple[Key, ...] = ()
    additional: tuple[Key, ...] = ()
    excluded: tuple[Key, ...] = ()
    scan_depth: int | None = None
    """None: as deep as the project says."""
    is_case_sensitive: bool = False
    is_word: bool = False
    is_scored: bool = False
    is_recursive: bool = True
    is_selective: bool = False
    is_regex: bool = False
    groups: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """What is searched beside the messages."""

    @property
    def title(self) -> str:
        """What it is called in lists."""
        return self.source.title or self.content[:60]


@dataclass(eq=False)
class Book:
    """A book made ready. Share it: what it found is remembered."""

    id: str
    name: str
    settings: BookSettings
    entries: list[Entry] = field(default_factory=list)

    @cached_property
    def folded_index(self) -> KeyIndex:
        """The plain keys for which case does not count."""
        return KeyIndex(key.text for entry in self.entries if not entry.is_case_sensitive for key in _indexed(entry))

    @cached_property
    def exact_index(self) -> KeyIndex:
        """The plain keys for which it counts."""
        return KeyIndex(key.text for entry in self.entries if entry.is_case_sensitive for key in _indexed(entry))

    @cached_property
    def has_exact(self) -> bool:
        """Whether case counts for any entry."""
        return any(entry.is_case_sensitive for entry in self.entries)

    @cached_property
    def owners_of_folded(self) -> dict[str, list[Entry]]:
        """Primary key -> the entries that have it."""
        return _owners(entry for entry in self.entries if not entry.is_case_sensitive)

    @cached_property
    def owners_of_exact(self) -> dict[str, list[Entry]]:
        """As `owners_of_folded`, where case counts."""
        return _owners(entry for entry in self.entries if entry.is_case_sensitive)

    @cached_property
    def always(self) -> list[Entry]:
        """Entries that need no key."""
        return [
            entry
            for entry in self.entries
            if entry.source.enabled and ((entry.source.constant and not entry.is_regex) or entry.decorators.activate)
        ]

    @cached_property
    def by_regex(self) -> list[Entry]:
        """Entries with keys that the index cannot find."""
        return [entry for entry in self.entries if entry.source.enabled and any(map(_is_unindexed, entry.keys))]

    @cached_property
    def own_depth(self) -> int:
        """How deep entries look that say so themselves."""
        return max((entry.scan_depth or 0 for entry in self.entries if entry.source.enabled), default=0)

    @cached_property
    def fields(self) -> frozenset[str]:
        """What any entry searches beside the messages."""
        return frozenset(name for entry in self.entries for name in entry.fields)

    @cached_property
    def levels(self) -> frozenset[int]:
        """At which steps of recursion entries wait to be searched for."""
        return frozenset(entry.source.recursion_level for entry in self.entries if entry.source.enabled) - {0}


def compile_book(
    book_id: str, book: LorebookBase, entries: Sequence[tuple[str, LoreEntryBase]], defaults: LoreSettings
) -> Book:
    """Makes a book ready.

    Args:
        entries: Each with its id.
        defaults: What the project says where the book and the entry do not.
    """
    settings = BookSettings.read(book.settings)
    compiled = Book(book_id, book.name, settings)
    compiled.entries = [_compile_entry(entry_id, entry, compiled, defaults) for entry_id, entry in entries]
    return compiled


def make_key(written: str, *, is_case_sensitive: bool, is_word: bool, is_regex: bool = False) -> Key:
    """Makes a key ready."""
    text = written.strip()
    if any(sign in text.lower() for sign in _MACRO_SIGNS):
        return Key(written, text, has_macro=True)
    literal = parse_literal(text)
    if literal is not None or is_regex:
        pattern, flags = literal or (text, "" if is_case_sensitive else "i")
        try:
            return Key(written, text, pattern=compile_pattern(pattern, flags))
        except BadPattern:
            if is_regex:
                return Key(written, text, is_bad=True)
    plain = text if is_case_sensitive else fold(text)
    return Key(written, plain, is_word=is_word and len(plain.split()) == 1)


def _compile_entry(entry_id: str, source: LoreEntryBase, book: Book, defaults: LoreSettings) -> Entry:
    settings = book.settings
    decorators, content = parse_decorators(source.content)
    entry = Entry(entry_id, source, book, content, decorators)
    entry.is_regex = source.use_regex
    entry.is_case_sensitive = _first(source.case_sensitive, settings.case_sensitive, defaults.case_sensitive)
    entry.is_word = _first(source.whole_words, settings.whole_words, defaults.whole_words)
    entry.is_scored = _first(source.group_scoring, settings.group_scoring, defaults.group_scoring)
    entry.is_recursive = _first(settings.recursive, defaults.recursive)
    entry.scan_depth = _depth(decorators.scan_depth, source.scan_depth, settings.scan_depth)
    entry.keys = _keys(entry, source.keys)
    entry.is_selective = source.selective and bool(source.secondary_keys) and not source.use_regex
    entry.secondary = _keys(entry, source.secondary_keys) if not source.use_regex else ()
    entry.additional = _keys(entry, decorators.additional_keys)
    entry.excluded = () if source.use_regex else _keys(entry, decorators.exclude_keys)
    entry.groups = tuple(name.strip() for name in source.group.split(",") if name.strip())
    entry.fields = tuple(name for name in SCAN_FIELDS if getattr(source, f"match_{name}"))
    return entry


SCAN_FIELDS = (
    "persona_description",
    "character_description",
    "character_personality",
    "character_depth_prompt",
    "scenario",
    "creator_notes",
)
"""What can be searched beside the messages, in order."""


def _keys(entry: Entry, written: Iterable[str]) -> tuple[Key, ...]:
    return tuple(
        make_key(key, is_case_sensitive=entry.is_case_sensitive, is_word=entry.is_word, is_regex=entry.is_regex)
        for key in written
    )


def _first(*choices: bool | None) -> bool:
    return next(choice for choice in choices if choice is not None)


def _depth(*choices: int | None) -> int | None:
    said = next((choice for choice in choices if choice is not None), None)
    return None if said is None else min(said, MAX_SCAN_DEPTH)


def _is_unindexed(key: Key) -> bool:
    return key.pattern is not None or key.has_macro


def _indexed(entry: Entry) -> Iterable[Key]:
    for keys in (entry.keys, entry.secondary, entry.additional, entry.excluded):
        yield from (key for key in keys if not _is_unindexed(key) and not key.is_bad)


def _owners(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    owners: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.source.enabled:
            for key in dict.fromkeys(key.text for key in entry.keys if not _is_unindexed(key) and not key.is_bad):
                owners.setdefault(key, []).append(entry)
    return owners
