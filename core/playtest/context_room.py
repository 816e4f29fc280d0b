"""How much of a history a view can hold, counted in the weights' own tokens."""

from collections.abc import Sequence

from core.characters.prompt import join_blocks
from core.errors import UserError
from core.inference.request import CountTokens, Engine, TokenCounts
from core.playtest.script import Part, Script
from core.playtest.views import build_view, first_kept_turn
from models.playtest import TurnBase

FORMAT_TOKENS_PER_TURN = 8
"""For names, role marks and line breaks around a turn's words; generous."""
FORMAT_TOKENS = 64
MIN_ROOM_SHARE = 0.1


class ContextRoom:
    """Counts the tokens of texts once each. Not for several threads at a time."""

    def __init__(self, engine: Engine, script: Script) -> None:
        self._engine = engine
        self._script = script
        self._counts: dict[str, int] = {}

    def n_turns_dropped(self, part: Part, history: Sequence[TurnBase], max_tokens: int) -> int:
        """Returns how many of the oldest turns must leave a character's view so that a turn can be written.

        Raises:
            UserError: The persona and the scene alone fill the context.
        """
        n_ctx = self._engine.info.n_ctx
        blocks = build_view(self._script, part, ()).blocks
        texts = [turn.text + (turn.thought or "" if turn.speaker_id == part.role_id else "") for turn in history]
        system, *turns = self._count([join_blocks(blocks), *texts])
        room = n_ctx - system - max_tokens - FORMAT_TOKENS
        if room < n_ctx * MIN_ROOM_SHARE:
            raise UserError(
                f"The persona of {part.character.name} and the scene take {system:,} of {n_ctx:,} tokens, "
                "and the turn needs its own.",
                "Choose a larger context in Weights, shorter turns, or a shorter persona.",
            )
        return first_kept_turn([n_tokens + FORMAT_TOKENS_PER_TURN for n_tokens in turns], room)

    def count(self, text: str) -> int:
        """Returns the number of tokens of a text."""
        return self._count([text])[0]

    def _count(self, texts: Sequence[str]) -> list[int]:
        new = tuple(dict.fromkeys(text for text in texts if text not in self._counts))
        if new:
            result = self._engine.submit(CountTokens(new)).result()
            assert isinstance(result, TokenCounts)
            self._counts.update(zip(new, result.counts, strict=True))
        return [self._counts[text] for text in texts]
