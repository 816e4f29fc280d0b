"""Why a run ends by itself."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import UserError
from core.fidelity.words.ending import LOOP_TURNS, is_loop
from core.inference.request import Ask, Message, Score, Scored
from core.minds.moment import Stopped
from core.path import only
from core.playtest.script import Script
from core.playtest.story.goals import GoalTests
from core.playtest.story.story_play import StoryPlay, is_counted
from core.world.state import Outcome
from models.playtest import SpeakerKind, Turn, TurnBase
from models.scenario import ScenarioBase
from models.stage import StageRules

ACTIVE_AFTER_TURNS = 4
CLOSE_LINES = 4
"""Lines that the weights are shown."""
CLOSE_ABOVE = 0.5
"""P(yes) from which the weights take them for a close."""
CLOSE_LANE = "ending"
CLOSE_QUESTION = (
    "Is this a natural close of the conversation, such as thanks, a goodbye or an agreed next step? Answer yes or no."
)
MAX_LINE_CHARS = 2000
"""Of a line that the weights are shown."""
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
    GOALS = "goals"
    """Every goal that has a test is reached."""
    WON = "won"
    LOST = "lost"
    ENDED = "ended"
    """In a beat that is an ending, neither won nor lost."""
    AWAY = "away"
    """Everybody has left the scene."""
    USER = "user"
    """The user said so."""


ENDING_OF = {Outcome.WIN: Ending.WON, Outcome.LOSE: Ending.LOST, Outcome.ENDING: Ending.ENDED}


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a run."""

    ending: Ending
    why: str
    """A sentence for people."""


_WHY_OF = {
    Ending.WON: "The scene is won.",
    Ending.LOST: "The scene is lost.",
    Ending.ENDED: "The story has come to an end.",
}
USER_STOP = Stop(Ending.USER, "You ended the scene.")


class Endings:
    """Finds why runs of one script are over. A function of the path, but for what the weights are asked."""

    def __init__(self, script: Script, story: StoryPlay) -> None:
        self._script = script
        self._story = story
        self._rules = script.rules.ending
        self._goals = GoalTests(script)

    def find(self, path: Sequence[Turn], *, narrator_waits: bool = False, ask: Ask | None = None) -> Stop | None:
        """Returns why the run is over after a path, or None.

        Args:
            narrator_waits: The narrator still has something to say, so that the end of the story has to wait.
            ask: Runs requests on the playtest's own weights, where the scenario has them asked for a natural close;
                None: then only the rules decide.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        state = self._story.state_at(path)
        if state is not None and state.outcome is not None and path:
            ending = ENDING_OF[state.outcome]
            return None if narrator_waits else Stop(ending, _WHY_OF[ending])
        if not narrator_waits and len(self._story.away_at(path)) == len(self._script.parts):
            return Stop(Ending.AWAY, "Everybody has left the scene.")
        tested = self._goals.tests.keys()
        if self._rules.when_goals_met and path and tested and self._goals.reached(state) == tested:
            return Stop(Ending.GOALS, f"Every goal that has a test is reached: {self._names(tested)}.")
        return find_stop(self._script.scenario, path) or self._ask_for_close(path, ask)

    def _names(self, role_ids: Iterable[str]) -> str:
        parts = map(self._script.part, role_ids)
        return ", ".join(part.character.name for part in parts if part is not None)

    def _ask_for_close(self, path: Sequence[Turn], ask: Ask | None) -> Stop | None:
        """Asks the weights whether the last lines are a close: SPASM's detector, yes or no by logits."""
        lines = _lines(path)
        if ask is None or not (self._rules.natural and self._rules.asks_weights) or len(lines) <= ACTIVE_AFTER_TURNS:
            return None
        if path[-1] is not lines[-1]:  # nothing was said since it was last asked
            return None
        share = _close_probability(lines[-CLOSE_LINES:], ask)
        if share is None or share <= CLOSE_ABOVE:
            return None
        return Stop(Ending.NATURAL, f"The weights take the last lines for a natural close ({share:.0%}).")


def find_stop(scenario: ScenarioBase, path: Sequence[TurnBase]) -> Stop | None:
    """Returns why a run is over by its turns alone, or None. What the director does is no turn of the run.

    Source: SPASM, termination: a cap, a natural close seen after four turns, and a loop guard (three turns
    in a row that are alike, ROUGE-L above 0.8). The close here is a rule: the last two lines both part.
    """
    rules = StageRules.read(scenario.stage).ending
    turns = only(path, "turns", lambda turn: turn.kind != SpeakerKind.DIRECTOR)
    if len(turns) >= scenario.max_turns:
        return Stop(Ending.CAP, f"The scene has reached its {scenario.max_turns} turns.")
    lines = _lines(path)
    spoken = only(lines, "spoken", lambda turn: turn.kind == SpeakerKind.CHARACTER)
    if len(spoken) >= 2 and not any(turn.text for turn in spoken[-2:]):
        return Stop(Ending.EMPTY, "The last two turns have no words.")
    if rules.natural and len(lines) > ACTIVE_AFTER_TURNS and all(_FAREWELL.search(turn.text) for turn in lines[-2:]):
        names = " and ".join(dict.fromkeys(turn.speaker for turn in lines[-2:]))
        return Stop(Ending.NATURAL, f"{names} took their leave.")
    if rules.loop_guard and is_loop([turn.text for turn in spoken[-LOOP_TURNS:]]):
        return Stop(Ending.LOOP, "The last three turns are nearly the same.")
    return None


def _lines(path: Sequence[TurnBase]) -> list[TurnBase]:
    return only(path, "counted", is_counted)


def _close_probability(lines: Sequence[TurnBase], ask: Ask) -> float | None:
    """Returns P(yes) = p(yes) / (p(yes) + p(no)); None where the weights cannot be asked.

    The temperature of the source, 0.3, sharpens this number without moving it over a half.
    """
    said = "\n".join(f"{turn.speaker}: {turn.text[:MAX_LINE_CHARS]}" for turn in lines)
    chat = (Message("user", f"The last lines of a conversation:\n\n{said}\n\n{CLOSE_QUESTION}"),)
    logprobs = []
    for answer in ("Yes", "No"):
        try:
            scored = ask(Score(CLOSE_LANE, chat, answer))
        except UserError:  # weights elsewhere that only write
            return None
        if scored is None:
            raise Stopped
        if not isinstance(scored, Scored) or not scored.logprobs:
            return None
        logprobs.append(sum(scored.logprobs) / len(scored.logprobs))
    yes, no = logprobs
    return 1 / (1 + math.exp(min(no - yes, 700)))
