"""Which lore enters a character's view for a turn, and what the turn keeps of that.

A character reads the books of the scene, of the project and its own, never another's. What lasts from turn to turn is a
fold over the path: a branch knows nothing of another one.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from core.characters.macros import expand_macros
from core.hearing.perception import hears
from core.lore.compiled import Book, Entry
from core.lore.matcher import Fired, Scan, scan_books
from core.lore.occasion import CountTokens, Line, Occasion
from core.lore.placement import NOTHING_PLACED, Placement, place
from core.lore.records import fired_ids, format_record, parse_fired
from core.lore.timed import NOTHING_FIRED, Firing, HasTimes, add_firings, effects_at
from core.lore.timed import Fired as FiredBefore
from core.path import fold, only
from core.playtest.script import Part, Script
from core.playtest.view.pinned_lore import PinnedBooks
from models.character import CharacterBase
from models.playtest import Origin, TurnBase

LORE_KEY = "lore"
"""Where a turn's record keeps what came of its lore."""
MOST_SHARE = 0.5
"""Of the context, what is kept free at most because lore once took it: a record may come from a stranger."""


@dataclass(frozen=True, slots=True)
class Lore:
    """What lore brings into one view."""

    placement: Placement = NOTHING_PLACED
    n_tokens: int = 0
    record: dict[str, Any] = field(default_factory=dict)
    """What the turn keeps; empty where nobody wrote any lore."""


NO_LORE = Lore()


@dataclass(frozen=True, slots=True)
class Chance:
    """What a turn's lore depends on beside the path."""

    seed: int = 0
    trigger: str = "normal"
    """What kind of turn it is; `swipe`: another one follows the same path already."""


NO_CHANCE = Chance()


class SceneLore:
    """The lore of one script. Not for several threads at a time."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._pinned: PinnedBooks | None = None

    @property
    def pinned(self) -> PinnedBooks:
        """The books, made ready when they are first needed."""
        if self._pinned is None:
            self._pinned = PinnedBooks(self._script.lore)
        return self._pinned

    def find(
        self,
        part: Part,
        path: Sequence[TurnBase],
        n_ctx: int,
        count_tokens: CountTokens,
        seed: int = 0,
        trigger: str = "normal",
        whole: Sequence[TurnBase] | None = None,
    ) -> Lore:
        """Searches for what a character is to read before its turn after a path.

        Args:
            path: The turns that it heard.
            n_ctx: Size of the context, of which lore takes a share.
            seed: Decides what is left to chance.
            whole: The path with all turns; None: it heard them all.
        """
        if not self._script.lore:
            return NO_LORE
        books = self.pinned.seen_by(part.role_id)
        scan = self.scan(part, path, n_ctx, count_tokens, seed, trigger, books, whole)
        return self._lore(scan.fired, len(path), format_record(scan))

    def scan(
        self,
        part: Part,
        path: Sequence[TurnBase],
        n_ctx: int,
        count_tokens: CountTokens,
        seed: int = 0,
        trigger: str = "normal",
        books: Sequence[Book] | None = None,
        whole: Sequence[TurnBase] | None = None,
    ) -> Scan:
        """Searches, and returns all that came of it, for whoever wants to know why."""
        books = self.pinned.seen_by(part.role_id) if books is None else books
        entries: dict[str, Entry] = {entry.id: entry for book in books for entry in book.entries}
        times: dict[str, HasTimes] = {entry_id: entry.source for entry_id, entry in entries.items()}
        settings = self.pinned.settings
        nothing: list[Line] = []
        lines = fold(path, "lore lines", nothing, _add_lines)
        budget = n_ctx * settings.budget_percent // 100
        occasion = Occasion(
            lines=lines,
            char=part.character.spoken_name,
            user=self._script.scenario.user_name,
            fields=scan_fields(part.character, self._script.scenario.setting),
            names=frozenset(name.casefold() for name in (part.character.name, part.character.nickname) if name),
            tags=frozenset(tag.casefold() for tag in part.character.tags),
            trigger=trigger,
            n_own_lines=len(only(path, ("by", part.role_id), lambda turn: turn.speaker_id == part.role_id)),
            greeting=_greeting_of(part.character, self._script, path),
            effects=effects_at(self._fired(path, part.role_id, whole or path, times), len(path), times),
            budget_tokens=min(budget, settings.budget_cap) if settings.budget_cap else budget,
            count_tokens=count_tokens,
            seed=seed,
        )
        return scan_books(books, occasion, settings)

    def _fired(
        self, path: Sequence[TurnBase], role_id: str, whole: Sequence[TurnBase], times: Mapping[str, HasTimes]
    ) -> FiredBefore:
        """Returns what has fired on a path, as far as a role may know of it; see `firings_of`."""
        ahead = _ahead_of(role_id, whole)

        def go_on(state: tuple[int, FiredBefore], turns: Sequence[TurnBase]) -> tuple[int, FiredBefore]:
            n_before, fired = state
            return n_before + len(turns), add_firings(fired, _firings(turns, role_id, ahead, n_before), times)

        return fold(path, ("fired", self, role_id), (0, NOTHING_FIRED), go_on)[1]

    def recall(self, part: Part, turn: TurnBase, n_lines: int) -> Lore:
        """Returns what the view of a turn held, from the turn's own record.

        Args:
            n_lines: Turns before it.
        """
        record = turn.record.get(LORE_KEY)
        if not isinstance(record, dict) or not record or not self._script.lore:
            return NO_LORE
        entries = {entry.id: entry for book in self.pinned.seen_by(part.role_id) for entry in book.entries}
        fired = []
        for entry_id, verdict, n_tokens in parse_fired(record):
            entry = entries.get(entry_id)
            if entry is not None:
                user = self._script.scenario.user_name
                text = expand_macros(entry.content, part.character.spoken_name, user).strip()
                fired.append(Fired(entry, text, n_tokens, verdict))
        return self._lore(fired, n_lines, record)

    def _lore(self, fired: Sequence[Fired], n_lines: int, record: dict[str, Any]) -> Lore:
        placement = place(fired, n_lines, self.pinned.settings.note_depth)
        return Lore(placement, sum(one.n_tokens for one in fired), record)


def scan_fields(character: CharacterBase, setting: str = "") -> dict[str, str]:
    """Returns the texts of a character that entries may have searched; there is no persona of the user."""
    extensions = character.card_extra.get("data", {})
    extensions = extensions.get("extensions", {}) if isinstance(extensions, dict) else {}
    note = extensions.get("depth_prompt") if isinstance(extensions, dict) else None
    prompt = note.get("prompt") if isinstance(note, dict) else None
    return {
        "character_description": character.description,
        "character_personality": character.personality,
        "character_depth_prompt": prompt if isinstance(prompt, str) else "",
        "scenario": "\n".join(text for text in (character.situation, setting) if text),
        "creator_notes": character.creator_notes,
    }


def most_lore_tokens(part: Part, path: Sequence[TurnBase], lore: Lore, n_ctx: int) -> int:
    """Returns the most that lore took in a character's view so far: kept free, so that turns do not come and go.

    Args:
        n_ctx: Size of the context. For what a record says, no more than `MOST_SHARE` of it is kept free.
    """
    bound = int(n_ctx * MOST_SHARE)

    def go_on(most: int, turns: Sequence[TurnBase]) -> int:
        records = (turn.record.get(LORE_KEY) for turn in turns if turn.speaker_id == part.role_id)
        tokens = [record.get("tokens") for record in records if isinstance(record, dict)]
        return max([most, *(count for count in tokens if isinstance(count, int))])

    return max(lore.n_tokens, min(bound, fold(path, ("most lore", part.role_id), 0, go_on)))


def firings_of(path: Sequence[TurnBase], role_id: str, whole: Sequence[TurnBase]) -> list[Firing]:
    """Returns what fired on a path, in order, as far as a role may know of it.

    What fired for another counts as long as that other has heard nothing that the role has not: else a whisper would
    be told by the lore that it called up.

    Args:
        path: The turns that the role heard.
        whole: All turns.
    """
    return _firings(path, role_id, _ahead_of(role_id, whole))


def _firings(turns: Sequence[TurnBase], role_id: str, ahead: Set[int], n_before: int = 0) -> list[Firing]:
    return [
        Firing(place, fired_ids(record))
        for place, turn in enumerate(turns, start=n_before)
        if isinstance(record := turn.record.get(LORE_KEY), dict) and record
        if turn.speaker_id == role_id or id(turn) not in ahead
    ]


def _ahead_of(role_id: str, whole: Sequence[TurnBase]) -> Set[int]:
    """Returns the identities of turns whose speakers had heard something by then that a role has not."""

    def go_on(state: tuple[Set[int], Set[str]], turns: Sequence[TurnBase]) -> tuple[Set[int], Set[str]]:
        ahead, secretive = set(state[0]), set(state[1])
        for turn in turns:
            if turn.speaker_id in secretive:
                ahead.add(id(turn))
            if not hears(turn, role_id):
                secretive |= {turn.speaker_id, *(turn.audience or ())}
        return ahead, secretive

    nothing: tuple[Set[int], Set[str]] = (frozenset(), frozenset())
    return fold(whole, ("ahead", role_id), nothing, go_on)[0]


def _add_lines(lines: list[Line], turns: Sequence[TurnBase]) -> list[Line]:
    return lines + [Line(turn.speaker, turn.text) for turn in turns]


def _greeting_of(character: CharacterBase, script: Script, path: Sequence[TurnBase]) -> int | None:
    """Returns which of a character's greetings opened the scene; None where it was another text."""
    greetings = only(path, "greetings", lambda turn: turn.origin == Origin.GREETING)
    opening = greetings[0].text if greetings else None
    if opening is None:
        return None
    for number, greeting in enumerate([character.greeting, *character.alternate_greetings]):
        text = expand_macros(greeting, character.spoken_name, script.scenario.user_name).strip()
        if text and text == opening:
            return number
    return None
