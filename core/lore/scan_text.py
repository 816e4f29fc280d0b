"""What is searched for one turn: messages, fields of the character, and what entries say that have fired."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.characters.macros import expand_macros
from core.lore.compiled import MAX_SCAN_DEPTH, SCAN_FIELDS, Book, Entry, Key, make_key
from core.lore.javascript_regex import TooSlow
from core.lore.key_index import Hit, fold, stands_alone
from core.lore.occasion import Occasion
from core.lore.verdicts import Match

MARK = "\x01"
"""Stands before each piece in the text that expressions see, as in SillyTavern."""
REGEX_LIMIT_S = 0.05
"""Of one expression in one text."""
MAX_SLOW_KEYS = 10
"""After so many that were given up, no more expressions are tried for this turn."""


@dataclass(eq=False, slots=True)
class Piece:
    """One text that is searched."""

    place: str
    number: int
    text: str
    _folded: str | None = None

    @property
    def folded(self) -> str:
        """The text without regard to case."""
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded

    def hits(self, book: Book, *, exact: bool) -> dict[str, Hit]:
        """Returns which keys of a book occur in it."""
        return book.exact_index.search(self.text) if exact else book.folded_index.search(self.folded)


@dataclass(slots=True)
class ScanText:
    """The pieces, and who may see which of them."""

    occasion: Occasion
    include_names: bool
    depth: int
    """How many messages an entry sees that does not say so itself."""
    messages: list[Piece] = field(default_factory=list)
    """The last one first."""
    fields: dict[str, Piece] = field(default_factory=dict)
    said: list[Piece] = field(default_factory=list)
    """What entries say that have fired."""
    sees_said: bool = True
    """Whether what entries say counts in the step at hand."""
    slow_keys: set[str] = field(default_factory=set)
    _expanded: dict[tuple[str, bool, bool, bool], Key] = field(default_factory=dict)
    _joined: dict[tuple[object, ...], tuple[str, list[tuple[int, Piece]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = self.occasion.lines
        for number in range(min(len(lines), MAX_SCAN_DEPTH)):
            line = lines[len(lines) - 1 - number]
            text = f"{line.speaker}: {line.text}" if self.include_names and line.speaker else line.text
            self.messages.append(Piece("message", number, text.strip()))
        for name in SCAN_FIELDS:
            if self.occasion.fields.get(name):
                self.fields[name] = Piece(name, 0, self.occasion.fields[name])

    def pieces(self, entry: Entry) -> Iterator[Piece]:
        """Yields what an entry sees, the last message first."""
        depth = self.depth if entry.scan_depth is None else entry.scan_depth
        if depth <= 0:
            return
        yield from self.messages[:depth]
        for name in entry.fields:
            if name in self.fields:
                yield self.fields[name]
        if self.sees_said and entry.is_recursive:
            yield from self.said

    def find(self, entry: Entry, keys: Sequence[Key]) -> Match | None:
        """Returns where the first of some keys of an entry is found that is found at all."""
        for key in keys:
            match = self.find_key(entry, key)
            if match is not None:
                return match
        return None

    def find_key(self, entry: Entry, key: Key) -> Match | None:
        """Returns where a key of an entry is found in what it sees, or None."""
        if key.has_macro:
            return self._find_expanded(entry, key)
        if key.pattern is not None:
            return self._find_pattern(entry, key)
        if not key.text or key.is_bad:
            return None
        for piece in self.pieces(entry):
            anywhere, as_word = piece.hits(entry.book, exact=entry.is_case_sensitive).get(key.text, (-1, -1))
            start = as_word if key.is_word else anywhere
            if start >= 0:
                return Match(key.written, piece.place, piece.number, start, start + len(key.text))
        return None

    def _find_expanded(self, entry: Entry, key: Key) -> Match | None:
        """Searches for a key whose macros depend on who reads; the index does not have it."""
        about = (key.written, entry.is_case_sensitive, entry.is_word, entry.is_regex)
        if about not in self._expanded:
            text = expand_macros(key.text, self.occasion.char, self.occasion.user)
            made = make_key(text, is_case_sensitive=about[1], is_word=about[2], is_regex=about[3])
            self._expanded[about] = Key(key.written, made.text, made.is_word, made.pattern, made.is_bad)
        ready = self._expanded[about]
        if ready.pattern is not None:
            return self._find_pattern(entry, ready)
        if not ready.text or ready.is_bad:
            return None
        for piece in self.pieces(entry):
            start = find_plain(piece.text if entry.is_case_sensitive else piece.folded, ready.text, ready.is_word)
            if start >= 0:
                return Match(key.written, piece.place, piece.number, start, start + len(ready.text))
        return None

    def _find_pattern(self, entry: Entry, key: Key) -> Match | None:
        """Searches everything that an entry sees as one text, so that expressions may reach over several pieces."""
        if key.pattern is None or key.written in self.slow_keys:
            return None
        if len(self.slow_keys) >= MAX_SLOW_KEYS:
            self.slow_keys.add(key.written)
            return None
        text, starts = self._join(entry)
        if not text:
            return None
        try:
            span = key.pattern.find(text, REGEX_LIMIT_S)
        except TooSlow:
            self.slow_keys.add(key.written)
            return None
        if span is None:
            return None
        begin, piece = next((item for item in reversed(starts) if item[0] <= max(span[0], 1)), starts[0])
        start = max(0, span[0] - begin)
        return Match(key.written, piece.place, piece.number, start, min(len(piece.text), max(start, span[1] - begin)))

    def _join(self, entry: Entry) -> tuple[str, list[tuple[int, Piece]]]:
        depth = self.depth if entry.scan_depth is None else entry.scan_depth
        n_said = len(self.said) if self.sees_said and entry.is_recursive else 0
        about = (depth, entry.fields, n_said)
        if about not in self._joined:
            starts: list[tuple[int, Piece]] = []
            parts: list[str] = []
            at = 0
            for piece in self.pieces(entry):
                part = (f"\n{MARK}" if parts else MARK) + piece.text
                starts.append((at + len(part) - len(piece.text), piece))
                at += len(part)
                parts.append(part)
            self._joined[about] = ("".join(parts), starts)
        return self._joined[about]


def find_plain(text: str, key: str, is_word: bool) -> int:
    """Returns where a key occurs in a text, -1 for nowhere: what the index finds, found one by one."""
    at = text.find(key)
    while at >= 0 and is_word and not stands_alone(text, at, at + len(key)):
        at = text.find(key, at + 1)
    return at
