"""Why a run ends by itself."""

import re
from collections.abc import Sequence
from enum import StrEnum

from core.fidelity.overlap import rouge_l
from core.world.state import Outcome
from models.playtest import SpeakerKind, TurnBase
from models.scenario import ScenarioBase

ACTIVE_AFTER_TURNS = 4
LOOP_TURNS = 3
LOOP_OVERLAP = 0.8
_FAREWELL = re.compile(
    r"\b(good ?bye|bye|farewell|good ?night|see you|so long|take care|until (?:then|tomorrow|next)|safe travels)\b",
    re.IGNORECASE,
)


class Ending(StrEnum):
    """Why a run ended; kept with the playtest."""

    CAP = "cap"
    NATURAL = "natural"
    LOOP = "loop"
    EMPTY = "empty"
    WON = "won"
    LOST = "lost"
    ENDED = "ended"
    """In a beat that is an ending, neither won nor lost."""
    AWAY = "away"
    """Everybody has left the scene."""


ENDING_OF = {Outcome.WIN: Ending.WON, Outcome.LOSE: Ending.LOST, Outcome.ENDING: Ending.ENDED}


def find_ending(scenario: ScenarioBase, history: Sequence[TurnBase]) -> Ending | None:
    """Returns why the run is over, or None.

    Source: SPASM, termination: a cap, a natural close seen after four turns, and a loop guard (three turns
    in a row that are alike, ROUGE-L above 0.8). Our close is a rule, not weights: the last two turns both part.
    """
    if len(history) >= scenario.max_turns:
        return Ending.CAP
    spoken = [turn for turn in history if turn.kind == SpeakerKind.CHARACTER]
    if len(spoken) >= 2 and not any(turn.text for turn in spoken[-2:]):
        return Ending.EMPTY
    if len(history) > ACTIVE_AFTER_TURNS and all(_FAREWELL.search(turn.text) for turn in history[-2:]):
        return Ending.NATURAL
    if _loops([turn.text for turn in spoken[-LOOP_TURNS:]]):
        return Ending.LOOP
    return None


def _loops(texts: Sequence[str]) -> bool:
    if len(texts) < LOOP_TURNS or not all(texts):
        return False
    pairs = [(a, b) for i, a in enumerate(texts) for b in texts[i + 1 :]]
    return all(rouge_l(a, b) > LOOP_OVERLAP for a, b in pairs)
