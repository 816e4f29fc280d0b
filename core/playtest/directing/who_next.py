"""Who acts next in a playtest, and why: the scenario's policy, asked with what the path says."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import UserError
from core.hearing.perception import ROUND_KEY
from core.memory.emotion import EMOTIONS, read_emotion
from core.path import fold
from core.playtest.minds import draw_from
from core.playtest.script import NARRATOR_ID, Part, Script
from core.playtest.story.story_play import StoryPlay, is_counted
from core.playtest.writing.questions import CastQuestions
from core.turn_taking.balance import SILENT
from core.turn_taking.occasion import DEFAULT_TALKATIVENESS, Candidate, Decision, Line, Occasion, Questions
from core.turn_taking.policies import decide
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.stage import NarratorMode

WHY_KEY = "why"
"""Where a turn's record keeps why its speaker had the turn, in a few words."""
LONELY_TURNS = 3
"""Rounds that somebody who is alone waits before it may act again."""
TURN_TAKING_KEY = "turn_taking"
"""Where a turn's record keeps how the turn came to its speaker."""
_HEAT = tuple(EMOTIONS.index(name) for name in ("anger", "disgust"))


@dataclass(frozen=True, slots=True)
class NextSpeaker:
    """A part and the reason why the turn is theirs."""

    part: Part | None
    """None: nobody wants to speak, and the turn passes in silence; or see `waits`."""
    why: str
    record: dict[str, Any] = field(default_factory=dict)
    """Policy, reason, bids and who is waiting: what the turn keeps. JSON."""
    in_round: int | None = None
    """The simultaneous round that the turn is spoken in."""
    waits: bool = False
    """Nobody is chosen yet: the user is to say who speaks, or the weights would have to be asked."""


class WhoNext:
    """Finds who acts next in one playtest."""

    def __init__(self, script: Script, story: StoryPlay) -> None:
        self._script = script
        self._story = story
        self._looked: tuple[object, NextSpeaker] | None = None
        """What the last look found, and where: the window looks several times after each turn."""

    def find(
        self,
        path: Sequence[Turn],
        ask: Questions | None = None,
        taken: Collection[str] = (),
        script: Script | None = None,
    ) -> NextSpeaker:
        """Applies the policy after a path.

        Args:
            ask: Asks the cast's own weights; None: only look, and say what is known without them.
            taken: Ids of the roles that a person plays: they are chosen like the others.
            script: With who plays the parts after this path; None: as the playtest began.

        Raises:
            UserError: Everybody has left the scene.
            Stopped: The user stopped meanwhile.
        """
        looks_at = (path[-1].id if path else None, frozenset(taken)) if ask is None else None
        if self._looked is not None and self._looked[0] == looks_at:
            return self._looked[1]
        state = self._story.state_at(path)
        beat = next((beat for beat in self._script.beats if state is not None and beat.id == state.beat_id), None)
        away = self._away(path)
        about = [beat.title, beat.text] if beat is not None else []

        def goal_of(part: Part) -> str:
            return self._story.part_now(part, path).role.goal

        found = _find(script or self._script, path, away, ask, taken, about, goal_of)
        if looks_at is not None:
            self._looked = (looks_at, found)
        return found

    def _away(self, path: Sequence[Turn]) -> frozenset[str]:
        """Returns who is passed over: who has left the scene, and who would talk to nobody while others are together.

        Where acts have results, who is alone may act, now and then.
        """
        away = self._story.away_at(path)
        present = [part.role_id for part in self._script.parts if part.role_id not in away]
        lonely = {role_id for role_id in present if len(present) > 1 and not self._story.hearers(role_id, path)}
        if len(lonely) == len(present):
            return away
        if self._script.rules.narrator.mode is not NarratorMode.OFF:
            lonely &= {turn.speaker_id for turn in path[-LONELY_TURNS * len(present) :]}
        return away | lonely


def next_speaker(script: Script, history: Sequence[TurnBase], away: Collection[str] = ()) -> NextSpeaker:
    """Looks who is next, as far as that is known without the weights and without a story.

    Raises:
        UserError: All have left the scene.
    """
    return _find(script, history, away)


def again(part: Part, turn: TurnBase) -> NextSpeaker:
    """Returns the speaker of an alternative of a turn: as it came to its speaker, and in the same round."""
    why, record, in_round = (turn.record.get(key) for key in (WHY_KEY, TURN_TAKING_KEY, ROUND_KEY))
    return NextSpeaker(
        part,
        why if isinstance(why, str) else "retried",
        dict(record) if isinstance(record, dict) else {},
        in_round if isinstance(in_round, int) else None,
    )


def talkativeness_of(part: Part) -> float:
    """Returns how talkative a character's card says it is; 0.5 where it does not say, or nothing that is a number."""
    extra = part.character.card_extra
    data, top = extra.get("data"), extra.get("top")
    extensions = data.get("extensions") if isinstance(data, dict) else None
    for holder in (extensions, top):
        value = holder.get("talkativeness") if isinstance(holder, dict) else None
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except (ValueError, OverflowError):
                continue
            if math.isfinite(number):
                return min(max(number, 0.0), 1.0)
    return DEFAULT_TALKATIVENESS


def _find(
    script: Script,
    path: Sequence[TurnBase],
    away: Collection[str],
    ask: Questions | None = None,
    taken: Collection[str] = (),
    about: Sequence[str] = (),
    goal_of: Callable[[Part], str] = lambda part: part.role.goal,
) -> NextSpeaker:
    if all(part.role_id in away for part in script.parts):
        raise UserError("Everybody has left the scene.", "Choose a way, or continue from an earlier turn.")
    goals = {part.role_id: goal_of(part) for part in script.parts}
    nothing: list[Line] = []
    lines = fold(path, "lines", nothing, _add_lines)
    occasion = Occasion(
        candidates=[_candidate(part, goals[part.role_id], part.role_id in taken) for part in script.parts],
        lines=lines,
        rules=script.rules.turns,
        draw=draw_from(f"{script.begin.seed}/{len(path) + 1}/turn-taking"),
        away=frozenset(away),
        aside=frozenset(filter(None, [script.rules.turns.facilitator, script.rules.narrator.role])),
        queue=_queue_after(path),
        n_silences=_silences_after(path),
        ask=ask,
        subject=[script.scenario.setting, *goals.values(), *about],
        heat_of=lambda text: max(read_emotion(text)[place] for place in _HEAT),
    )
    decision = decide(script.scenario.turn_policy, occasion)
    part = script.part(decision.role_id) if decision.role_id is not None else None
    record = _record(script, decision, ask)
    return NextSpeaker(part, decision.why, record, decision.in_round, decision.waits)


def _candidate(part: Part, goal: str, is_taken: bool) -> Candidate:
    character = part.character
    talkativeness = talkativeness_of(part)
    return Candidate(part.role_id, character.name, character.nickname, goal, talkativeness, is_taken)


def _line(turn: TurnBase) -> Line:
    in_round = turn.record.get(ROUND_KEY)
    hearers = None if turn.audience is None else frozenset(turn.audience)
    speaker_id = NARRATOR_ID if turn.kind == SpeakerKind.NARRATOR else turn.speaker_id  # a role may narrate
    return Line(speaker_id, turn.speaker, turn.text, hearers, in_round if isinstance(in_round, int) else None)


def _add_lines(lines: list[Line], turns: Sequence[TurnBase]) -> list[Line]:
    return [*lines, *map(_line, filter(is_counted, turns))]


def _record(script: Script, decision: Decision, ask: Questions | None) -> dict[str, Any]:
    """Returns what the turn keeps of a decision."""
    record: dict[str, Any] = {"policy": script.scenario.turn_policy.value, "why": decision.why, **decision.details}
    if decision.bids:
        record["bids"] = dict(decision.bids)
    if decision.queue:
        record["queue"] = list(decision.queue)
    if isinstance(ask, CastQuestions):
        record |= ask.record()
    return record


def _queue_after(path: Sequence[TurnBase]) -> list[str]:
    """Returns who still waits to speak: as the last line kept it. A line without it, such as the user's, ends it."""
    last = next((turn for turn in reversed(path) if is_counted(turn)), None)
    record = last.record.get(TURN_TAKING_KEY) if last is not None else None
    queue = record.get("queue") if isinstance(record, dict) else None
    return [role_id for role_id in queue if isinstance(role_id, str)] if isinstance(queue, list) else []


def _silences_after(path: Sequence[TurnBase]) -> int:
    """Returns how many turns have passed in silence since the last line."""
    n_silences = 0
    for turn in reversed(path):
        if is_counted(turn):
            break
        n_silences += turn.origin == Origin.STAGE and turn.finish == SILENT
    return n_silences
