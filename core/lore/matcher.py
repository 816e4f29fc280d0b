"""Searches books for one turn: which entries fire, in which order, and what became of each other one.

Steps follow each other until nothing new is found: the messages; what entries say that have fired; older messages,
where too few have; entries that wait for a later step. Only entries that a key, a constant or an expression may bring
in are looked at: the others have said all with `no_key`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from core.characters.macros import expand_macros
from core.lore.compiled import Book, Entry
from core.lore.gates import Gates
from core.lore.groups import GroupFilter
from core.lore.occasion import Occasion, draw
from core.lore.scan_text import Piece, ScanText
from core.lore.verdicts import DISABLED, NO_KEY, NO_KEYS, Rule, Verdict
from models.lore import LoreSettings

MAX_STEPS = 1_000
COUNTED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Fired:
    """An entry whose text goes into the prompt."""

    entry: Entry
    text: str
    """Without decorators, macros expanded."""
    n_tokens: int
    verdict: Verdict


@dataclass(slots=True)
class Scan:
    """What came of a search."""

    books: Sequence[Book]
    fired: list[Fired] = field(default_factory=list)
    """In the order in which they fired."""
    verdicts: dict[Entry, Verdict] = field(default_factory=dict)
    """Of every entry that came into question."""
    n_tokens: int = 0
    budget_tokens: int = 0
    n_steps: int = 0
    n_messages: int = 0
    """How many messages were searched."""
    said: list[Entry] = field(default_factory=list)
    """Entries whose text was searched, in the order that `Match.number` counts."""

    @property
    def entries(self) -> Iterator[Entry]:
        """All entries of all books."""
        return (entry for book in self.books for entry in book.entries)

    def verdict(self, entry: Entry) -> Verdict:
        """Returns what became of an entry."""
        found = self.verdicts.get(entry)
        if found is not None:
            return found
        if not entry.source.enabled:
            return DISABLED
        bad = next((key for key in entry.keys if key.is_bad), None)
        if bad is not None:
            return Verdict(Rule.BAD_REGEX, secondary=bad.written)
        return NO_KEY if any(key.text for key in entry.keys) else NO_KEYS

    @property
    def dropped(self) -> dict[Entry, Verdict]:
        """Entries that came into question and did not fire."""
        return {entry: verdict for entry, verdict in self.verdicts.items() if not verdict.fired}


class _State(Enum):
    INITIAL = "initial"
    RECURSION = "recursion"
    MORE_MESSAGES = "more_messages"


def scan_books(books: Sequence[Book], occasion: Occasion, settings: LoreSettings) -> Scan:
    """Searches books for one turn.

    Args:
        books: Those that count most first: where the budget is short and orders are equal, their entries fire first.
    """
    return _Search(books, occasion, settings).run()


class _Search:
    def __init__(self, books: Sequence[Book], occasion: Occasion, settings: LoreSettings) -> None:
        self._books = books
        self._occasion = occasion
        self._settings = settings
        self._text = ScanText(occasion, settings.include_names, settings.scan_depth)
        self._gates = Gates(self._text)
        self._scan = Scan(books, budget_tokens=occasion.budget_tokens)
        self._fired: dict[Entry, Fired] = {}
        self._done: set[Entry] = set()
        """Entries that have fired, or will not any more."""
        self._in_question: dict[Entry, None] = {}
        self._ranks = _rank(tuple(books))
        self._sticky = frozenset(occasion.effects.sticky)
        self._is_over = False
        """The budget is used up."""
        self._book_tokens: dict[str, int] = {}
        self._full_books: set[str] = set()
        self._lost: dict[Entry, Verdict] = {}
        self._levels = sorted(set[int]().union(*(book.levels for book in books)))

    def run(self) -> Scan:
        self._gates.level = self._levels.pop(0) if self._levels else 0
        self._ask_always()
        state: _State | None = _State.INITIAL
        while state is not None and self._scan.n_steps < (self._settings.max_recursion_steps or MAX_STEPS):
            self._scan.n_steps += 1
            self._gates.is_recursion = state == _State.RECURSION
            self._text.sees_said = state != _State.MORE_MESSAGES
            self._ask_pieces(state)
            new = self._step()
            state = self._next_state(state, new)
            if state is not None:
                self._hear([entry for entry in new if not entry.source.prevent_recursion and entry.is_recursive])
        self._scan.fired = list(self._fired.values())
        self._scan.n_messages = min(self._text.depth, len(self._text.messages))
        return self._scan

    def _ask_always(self) -> None:
        """Entries that come into question whatever is said."""
        effects = self._occasion.effects
        for book in self._books:
            self._in_question.update(dict.fromkeys([*book.always, *book.by_regex]))
            if effects.sticky or effects.fired_before:
                kept = (entry for entry in book.entries if self._stays(entry))
                self._in_question.update(dict.fromkeys(kept))

    def _stays(self, entry: Entry) -> bool:
        if entry.id in self._sticky:
            return True
        return entry.decorators.keep_activate_after_match and entry.id in self._occasion.effects.fired_before

    def _ask_pieces(self, state: _State) -> None:
        """Entries with a key in what is searched anew."""
        for book in self._books:
            pieces: list[Piece] = []
            if state != _State.RECURSION:
                pieces += self._text.messages[: max(self._text.depth, book.own_depth)]
                pieces += [piece for name, piece in self._text.fields.items() if name in book.fields]
            pieces += self._text.said
            for piece in pieces:
                for key in piece.hits(book, exact=False):
                    self._in_question.update(dict.fromkeys(book.owners_of_folded.get(key, ())))
                if book.has_exact:
                    for key in piece.hits(book, exact=True):
                        self._in_question.update(dict.fromkeys(book.owners_of_exact.get(key, ())))

    def _step(self) -> list[Entry]:
        """Lets entries fire; returns those that did."""
        asked = sorted((entry for entry in self._in_question if entry not in self._done), key=self._ranks.__getitem__)
        willing = []
        for entry in asked:
            verdict = self._gates.judge(entry)
            self._scan.verdicts[entry] = verdict
            if verdict.fired:
                willing.append(entry)
        willing.sort(key=lambda entry: (entry.id not in self._sticky, *_share_order(entry), self._ranks[entry]))
        groups = GroupFilter(self._text, self._sticky, self._scan.n_steps, self._drop)
        return self._fire(groups.filter(willing, list(self._fired)))

    def _fire(self, entries: Sequence[Entry]) -> list[Entry]:
        added = []
        lucky = [entry for entry in entries if self._is_lucky(entry)]
        for first in range(0, len(lucky), COUNTED_AT_ONCE):
            some = lucky[first : first + COUNTED_AT_ONCE]
            if self._is_over and not any(entry.source.ignore_budget for entry in some):
                counted = [("", 0)] * len(some)
            else:
                counted = self._count(some)
            for entry, (text, n_tokens) in zip(some, counted, strict=True):
                if self._has_room(entry, n_tokens):
                    self._add(entry, text, n_tokens)
                    added.append(entry)
        return added

    def _is_lucky(self, entry: Entry) -> bool:
        source = entry.source
        if not source.use_probability or source.probability >= 100 or entry.id in self._sticky:
            return True
        drawn = draw(self._occasion.seed, "probability", entry.id) * 100
        if source.probability > 0 and drawn <= source.probability:
            return True
        self._done.add(entry)
        match = self._scan.verdicts[entry].match
        self._scan.verdicts[entry] = Verdict(Rule.PROBABILITY, match, number=round(drawn, 2))
        return False

    def _count(self, entries: Iterable[Entry]) -> list[tuple[str, int]]:
        texts = [expand_macros(entry.content, self._occasion.char, self._occasion.user).strip() for entry in entries]
        return list(zip(texts, self._occasion.count_tokens(texts), strict=True))

    def _has_room(self, entry: Entry, n_tokens: int) -> bool:
        if entry.source.ignore_budget:
            return True
        match = self._scan.verdicts[entry].match
        if self._is_over or self._scan.n_tokens + n_tokens >= max(1, self._occasion.budget_tokens):
            self._is_over = True
            self._scan.verdicts[entry] = Verdict(Rule.BUDGET, match, number=n_tokens)
            return False
        limit = entry.book.settings.token_budget
        used = self._book_tokens.get(entry.book.id, 0)
        if limit is not None and (entry.book.id in self._full_books or used + n_tokens > limit):
            self._full_books.add(entry.book.id)
            self._done.add(entry)
            self._scan.verdicts[entry] = Verdict(Rule.BOOK_BUDGET, match, number=n_tokens)
            return False
        return True

    def _add(self, entry: Entry, text: str, n_tokens: int) -> None:
        self._done.add(entry)
        self._fired[entry] = Fired(entry, text, n_tokens, self._scan.verdicts[entry])
        self._scan.n_tokens += n_tokens
        self._book_tokens[entry.book.id] = self._book_tokens.get(entry.book.id, 0) + n_tokens

    def _drop(self, entry: Entry, verdict: Verdict) -> None:
        """Keeps why an entry lost its group first: in later steps, the group is only used already."""
        match = self._scan.verdicts[entry].match
        self._scan.verdicts[entry] = self._lost.setdefault(entry, replace(verdict, match=match))

    def _next_state(self, state: _State, new: Sequence[Entry]) -> _State | None:
        """Chooses the next step; None when the search is at its end."""
        talking = [entry for entry in new if not entry.source.prevent_recursion and entry.is_recursive]
        if not self._is_over and (talking or (state == _State.MORE_MESSAGES and self._text.said)):
            return _State.RECURSION
        wanted = self._settings.min_activations
        if not self._is_over and len(self._fired) < wanted and self._can_go_back():
            self._text.depth += 1
            return _State.MORE_MESSAGES
        if self._levels:
            self._gates.level = self._levels.pop(0)
            return _State.RECURSION
        return None

    def _can_go_back(self) -> bool:
        limit = self._settings.max_depth
        return not (limit and self._text.depth > limit) and self._text.depth <= len(self._text.messages)

    def _hear(self, entries: Sequence[Entry]) -> None:
        """What entries say is searched from now on."""
        for entry in entries:
            fired = self._fired.get(entry)
            if fired is not None and fired.text:
                self._text.said.append(Piece("entry", len(self._scan.said), fired.text))
                self._scan.said.append(entry)


@lru_cache(maxsize=64)
def _rank(books: tuple[Book, ...]) -> dict[Entry, int]:
    """Orders entries as SillyTavern does: book by book, the largest order first."""
    ordered = [entry for book in books for entry in sorted(book.entries, key=lambda entry: -entry.source.order)]
    return {entry: rank for rank, entry in enumerate(ordered)}


def _share_order(entry: Entry) -> tuple[bool, int]:
    """Who is asked first when the budget is shared out: priority, where books of V2 say one."""
    return entry.decorators.ignore_on_max_context, -(entry.source.priority or 0)


def verdicts_by_id(scan: Scan) -> Mapping[str, Verdict]:
    """Returns the verdict of every entry of every book by its id."""
    return {entry.id: scan.verdict(entry) for entry in scan.entries}
