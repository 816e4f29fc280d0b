"""How much of a history a view can hold, counted in the weights' own tokens, and what leaves it when it is more."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.characters.prompt import join_blocks
from core.errors import UserError
from core.hearing.whispers import whisper_mark
from core.inference.request import CountTokens, Engine, TokenCounts
from core.inference.unsupported import Unsupported
from core.path import fold
from core.playtest.script import Part, Script
from core.playtest.view.earlier import Earlier, choose_key_lines
from core.playtest.view.views import build_view, first_kept_turn
from models.playtest import TurnBase

FORMAT_TOKENS_PER_TURN = 8
"""For names, role marks and line breaks around a turn's words; generous."""
FORMAT_TOKENS = 64
MIN_ROOM_SHARE = 0.1
BYTES_PER_TOKEN = 3
"""Fewer than vocabularies write on average, in any language: an estimate on the safe side."""
STAND_IN_SHARE = 0.12
"""Of the room for history, what may be taken by words that stand for turns that have left."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What of a history stays in a view."""

    n_left: int
    """The oldest turns, which have left it."""
    room_tokens: int
    """What the whole history may take."""
    stand_in_tokens: int
    """What words that stand for those turns may take; 0 where none are wanted or none have left."""


class ContextRoom:
    """Counts the tokens of texts once each. Not for several threads at a time."""

    def __init__(self, engine: Engine, script: Script) -> None:
        self.engine = engine
        self._script = script
        self._counts: dict[str, int] = {}
        self.is_estimate = False
        """The engine cannot count, and the counts are guessed from the length of the texts."""

    def fit(
        self,
        part: Part,
        history: Sequence[TurnBase],
        max_tokens: int,
        *,
        pinned: Collection[int] = frozenset(),
        stands_in: bool = True,
        extra_tokens: int = 0,
    ) -> Fit:
        """Finds how many of the oldest turns must leave a character's view so that a turn can be written.

        Args:
            pinned: Places in the history of turns that stay, word for word.
            stands_in: Room is kept for words that stand for the others.
            extra_tokens: What lorebooks and its mind say for this turn.

        Raises:
            UserError: The persona and the scene alone fill the context, or with them the pinned turns do.
        """
        n_ctx = self.engine.info.n_ctx
        blocks = build_view(self._script, part, ()).blocks
        turns = self._turn_tokens(history, part.role_id)
        system = self.count(join_blocks(blocks)) + extra_tokens
        room = n_ctx - system - max_tokens - FORMAT_TOKENS
        kept = FORMAT_TOKENS + math.ceil(n_ctx * MIN_ROOM_SHARE)
        if system + max_tokens + kept > n_ctx:
            raise UserError(
                f"The persona of {part.character.name} and the scene take {system:,} tokens, a turn may take "
                f"{max_tokens:,}, and {kept:,} are kept for the last lines: {system + max_tokens + kept:,} together, "
                f"and the context has {n_ctx:,}.",
                "Choose a larger context in Weights, shorter turns, or a shorter persona.",
            )
        if sum(turns) <= room:
            return Fit(0, room, 0)
        stand_in = round(room * STAND_IN_SHARE) if stands_in else 0
        n_left = first_kept_turn(turns, room - stand_in, pinned)
        n_pinned = sum(turns[place] for place in pinned if place < n_left)
        if n_pinned + sum(turns[n_left:]) > room - stand_in:
            raise _too_full(part, n_pinned, sum(turns[n_left:]), room - stand_in)
        return Fit(n_left, room, stand_in)

    def _turn_tokens(self, history: Sequence[TurnBase], me: str) -> list[int]:
        """Returns what each turn takes in a character's view."""

        def go_on(counts: list[int], turns: Sequence[TurnBase]) -> list[int]:
            return counts + [
                count + FORMAT_TOKENS_PER_TURN for count in self._count([_read_text(t, me) for t in turns])
            ]

        nothing: list[int] = []
        return fold(history, ("tokens", self, me), nothing, go_on)

    def extract(self, history: Sequence[TurnBase], fit: Fit, pinned: Collection[int] = frozenset()) -> Earlier:
        """Returns what stands for the turns that have left without any weights' help: pinned turns and key lines."""
        return Earlier(
            n_turns=fit.n_left,
            pinned=pick_pinned(history, fit.n_left, pinned),
            key_lines=choose_key_lines(history[: fit.n_left], fit.stand_in_tokens, self.count_each, pinned),
        )

    def count(self, text: str) -> int:
        """Returns the number of tokens of a text."""
        return self._count([text])[0]

    def count_each(self, texts: Sequence[str]) -> list[int]:
        """Returns the number of tokens of each text."""
        return self._count(texts)

    def _count(self, texts: Sequence[str]) -> list[int]:
        new = tuple(dict.fromkeys(text for text in texts if text not in self._counts))
        if new:
            self._counts.update(zip(new, self._count_new(new), strict=True))
        return [self._counts[text] for text in texts]

    def _count_new(self, texts: tuple[str, ...]) -> Sequence[int]:
        """Counts texts; where the engine is a server that cannot, says too many rather than too few."""
        try:
            result = self.engine.submit(CountTokens(texts)).result()
        except Unsupported:
            self.is_estimate = True
            return [-(-len(text.encode()) // BYTES_PER_TOKEN) for text in texts]
        assert isinstance(result, TokenCounts)
        return result.counts


def _read_text(turn: TurnBase, me: str) -> str:
    """Returns all words that a view has of a turn, however they are put together; names have room of their own."""
    thought = turn.thought or "" if turn.speaker_id == me else ""
    return f"{turn.text}{thought}{whisper_mark(turn, me)}"


def pick_pinned(history: Sequence[TurnBase], n_left: int, pinned: Collection[int]) -> tuple[TurnBase, ...]:
    """Returns the pinned ones of the turns that have left, in order."""
    return tuple(history[place] for place in sorted(pinned) if place < n_left)


def _too_full(part: Part, n_pinned: int, n_kept: int, room: int) -> UserError:
    name = part.character.name
    if n_pinned:
        return UserError(
            f"The pinned turns take {n_pinned:,} of the {room:,} tokens that {name}'s view has for the scene.",
            "Unpin some of them, or choose a larger context in Weights.",
        )
    return UserError(
        f"The last turn alone takes {n_kept:,} tokens, and {name}'s view has room for {room:,}.",
        "Make it shorter, or choose a larger context in Weights.",
    )
