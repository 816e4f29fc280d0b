"""The scores of a turn by log-probabilities of the weights, in the background.

Works on a script and a history alone, so that a playtest and an imported chat are scored alike.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass
from math import fsum
from typing import TypeVar

from core.characters.prompt import THINK_CLOSE, Block
from core.characters.reply import format_reply
from core.errors import UserError
from core.fidelity.logprobs.grounding import score_grounding
from core.fidelity.logprobs.token_words import examples, sum_by_word
from core.fidelity.score import ScoreValue
from core.inference.request import Adapter, Diverge, Diverged, Engine, Result, Score, Scored, Shadow, Usage
from core.inference.unsupported import Unsupported
from core.lore.placement import NOTHING_PLACED, Placement
from core.playtest.script import Part, Script
from core.playtest.view.earlier import NOTHING_EARLIER, Earlier
from core.playtest.view.views import View, build_view
from models.playtest import TurnBase

Measured = TypeVar("Measured", Scored, Diverged)

WEIGHTS_METRICS = ("grounding", "drift")

_POLL_S = 0.2
REFERENCE_TURNS = 2
"""Turns of history in the fresh view that drift compares with (methods 2.2)."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn of a character, with all that its scores need."""

    part: Part
    history: tuple[TurnBase, ...]
    """What its speaker's view held, oldest first: turns that had left the view are not in it."""
    turn: TurnBase
    earlier: Earlier = NOTHING_EARLIER
    """What stood in the view for the turns that had left it."""
    adapters: tuple[Adapter, ...] = ()
    """What changed the weights of its speaker."""
    lore: Placement = NOTHING_PLACED
    """What lorebooks said in the view."""
    notes: tuple[Block, ...] = ()
    """What its mind said to it."""

    @property
    def completion(self) -> tuple[int, ...] | str:
        """What the weights wrote, or would have had to write."""
        return tuple(self.turn.token_ids) or format_reply(self.turn.thought, self.turn.text)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks in the background of an engine, and says what it cost."""

    engine: Engine
    note: Callable[[Usage], None] | None
    is_stopped: Callable[[], bool]

    def score(self, request: Score) -> Scored:
        result = self._answer(request)
        assert isinstance(result, Scored)
        return self._noted(result)

    def diverge(self, request: Diverge) -> Diverged:
        result = self._answer(request)
        assert isinstance(result, Diverged)
        return self._noted(result)

    def _answer(self, request: Score | Diverge) -> Result:
        """Waits for an answer, but not for one that never comes once nobody wants it."""
        future = self.engine.submit(request, background=True)
        while not wait([future], timeout=_POLL_S).done:
            if self.is_stopped():
                future.cancel()
                raise CancelledError
        return future.result()

    def _noted(self, result: Measured) -> Measured:
        if self.note is not None:
            self.note(result.usage)
        return result


def score_by_weights(
    engine: Engine,
    script: Script,
    spoken: Spoken,
    metrics: Sequence[str],
    note: Callable[[Usage], None] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> list[ScoreValue]:
    """Scores grounding and drift of a turn, in the background of the engine. Blocks until done.

    Args:
        note: Is told what each request cost.
        is_stopped: Whether nobody waits for the scores any more.

    Raises:
        UserError: The weights cannot be run.
        CancelledError: The engine was closed, or nobody waits any more.
    """
    view = build_view(script, spoken.part, spoken.history, spoken.earlier, spoken.lore, spoken.notes)
    scores = []
    ask = _Asking(engine, note, is_stopped)
    if "grounding" in metrics:
        scores.append(_unless_unsupported("grounding", lambda: _score_grounding(ask, spoken, view)))
    if "drift" in metrics:
        scores.append(_unless_unsupported("drift", lambda: _score_drift(ask, script, spoken, view)))
    return scores


def _unless_unsupported(metric: str, score: Callable[[], ScoreValue]) -> ScoreValue:
    """What an engine such as a server cannot do for one metric it may still do for the other."""
    try:
        return score()
    except Unsupported as error:
        return ScoreValue(metric, None, str(error))


def not_scored(metrics: Sequence[str], reason: str) -> list[ScoreValue]:
    """Returns rows without values."""
    return [ScoreValue(metric, None, reason) for metric in metrics]


def shadows_of(
    script: Script, part: Part, view: View, history: Sequence[TurnBase], lore: Placement = NOTHING_PLACED
) -> tuple[Shadow, ...]:
    """Returns the chats that the scores of the next turn will weigh it in, for its request to take along.

    Args:
        history: What the view holds.
        lore: What lorebooks say in it.
    """
    shadows = []
    bare = view.without_persona()
    if bare != view:
        shadows.append(Shadow(_bare_lane(part), bare.messages))
    if len(history) > REFERENCE_TURNS:
        shadows.append(
            Shadow(_fresh_lane(part), _fresh_view(script, part, history, lore, view.notes).messages, distributions=True)
        )
    return tuple(shadows)


def _fresh_view(
    script: Script, part: Part, history: Sequence[TurnBase], lore: Placement, notes: tuple[Block, ...]
) -> View:
    return build_view(script, part, history[-REFERENCE_TURNS:], lore=lore, notes=notes)


def _bare_lane(part: Part) -> str:
    return f"{part.role_id}/bare"


def _fresh_lane(part: Part) -> str:
    return f"{part.role_id}/fresh"


def _score_grounding(ask: _Asking, spoken: Spoken, view: View) -> ScoreValue:
    lane = spoken.part.role_id
    bare = view.without_persona()
    if bare == view:
        return ScoreValue("grounding", None, "The character has no persona text to be grounded in.")
    if not spoken.completion:
        return ScoreValue("grounding", None, "The turn has no words.")
    with_persona = ask.score(Score(lane, view.messages, spoken.completion, spoken.adapters))
    bare_lane = _bare_lane(spoken.part)
    without = ask.score(Score(bare_lane, bare.messages, with_persona.token_ids, spoken.adapters))
    tokens = with_persona.tokens
    return score_grounding(tokens, with_persona.logprobs, without.logprobs, first_said(tokens))


def first_said(tokens: Sequence[str]) -> int:
    """Returns the place of the first token behind a private thought; 0 where there is none, or nothing behind it."""
    written = ""
    for place, token in enumerate(tokens[:-1]):
        written += token
        if THINK_CLOSE in written:
            return place + 1
    return 0


def _score_drift(ask: _Asking, script: Script, spoken: Spoken, view: View) -> ScoreValue:
    if len(spoken.history) <= REFERENCE_TURNS:
        reason = f"Drift compares with a view of {REFERENCE_TURNS} turns: it begins when the scene is longer than that."
        return ScoreValue("drift", None, reason)
    if not spoken.completion:
        return ScoreValue("drift", None, "The turn has no words.")
    lane = spoken.part.role_id
    fresh = _fresh_view(script, spoken.part, spoken.history, spoken.lore, spoken.notes)
    fresh_lane = _fresh_lane(spoken.part)
    request = Diverge(lane, view.messages, fresh_lane, fresh.messages, spoken.completion, spoken.adapters)
    diverged = ask.diverge(request)
    kl = diverged.kl
    most = sorted(sum_by_word(diverged.tokens, kl, first_said(diverged.tokens)), key=lambda word: -word[2])
    evidence = {
        "n_tokens": len(kl),
        "js": fsum(diverged.js) / len(kl),
        "argmax_differs": sum(diverged.argmax_differs) / len(kl),
        "most": examples(most),
    }
    return ScoreValue("drift", max(0.0, fsum(kl) / len(kl)), evidence=evidence)


def explain_failure(error: UserError | CancelledError) -> str:
    """Says why the weights' scores of a turn are missing."""
    return str(error) if isinstance(error, UserError) else "Scoring was stopped."
