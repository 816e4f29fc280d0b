"""The advancer: when a scene has stood still long enough, it goes the next way that is open, and says why.

The beats are the points of the blueprint. A point whose condition does not hold is never skipped: the advancer says
once what it waits for.

Source: HAMLET (Unbounded drama on a blueprint; the advancer fires when a flag is true or after four idle turns).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.narrator.mechanics import NARRATOR_KEY
from core.world.state import Outcome, WorldState
from core.world.steps import Rules, WayRules
from models.beat import BeatKind
from models.playtest import SpeakerKind, TurnBase

PASSED_KEY, WAITS_KEY = "passed_on", "waits_for"
"""Where the record of the advancer's turns keeps why it went on, and what it waits for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A way that is not open, and the conditions that do not hold."""

    beat: str
    """The beat that it leads to, by name."""
    conditions: tuple[str, ...]
    """As the author wrote them; `it was there already` stands for a beat that cannot be entered twice."""
    beat_id: str = ""


def quiet_turns(path: Sequence[TurnBase], before: int = 0) -> int:
    """Returns how many turns have gone by without a step in the story; silences count.

    Args:
        before: How many there were before this path.
    """
    n_turns = 0
    for turn in reversed(path):
        if isinstance(_part(turn, "world").get("step"), dict):
            return n_turns
        n_turns += turn.kind in {SpeakerKind.CHARACTER, SpeakerKind.USER} or turn.finish == "silent"
    return before + n_turns


def open_way(rules: Rules, state: WorldState) -> WayRules | None:
    """Returns the first way out of the present beat whose conditions hold, whatever its trigger; or None."""
    if state.outcome is not None:
        return None
    return next((way for way in rules.ways.get(state.beat_id or "", ()) if rules.is_open(state, way)), None)


def waits_for(rules: Rules, state: WorldState) -> list[Waiting]:
    """Returns what the ways out of the present beat wait for, in their order."""
    if state.outcome is not None:
        return []
    found = []
    for way in rules.ways.get(state.beat_id or "", ()):
        target = rules.beats[way.link.to_id]
        unmet = [
            (way.link.condition, state.holds(way.condition)),
            (target.beat.condition, state.holds(target.condition)),
        ]
        conditions = [text.strip() for text, holds in unmet if not holds]
        if target.beat.id in state.visited and not target.beat.is_repeatable:
            conditions.append("it was there already")
        if conditions:
            found.append(Waiting(target.beat.title, tuple(dict.fromkeys(conditions)), target.beat.id))
    return found


def has_said(path: Sequence[TurnBase], before: bool = False) -> bool:
    """Whether it has been said since the last step what the scene waits for.

    Args:
        before: Whether it had been before this path.
    """
    for turn in reversed(path):
        if isinstance(_part(turn, "world").get("step"), dict):
            return False
        if WAITS_KEY in _part(turn, NARRATOR_KEY):
            return True
    return before


class PointStatus(StrEnum):
    """What became of a point."""

    REACHED = "reached"
    PASSED_ON = "passed_on"
    """Reached because the advancer went on."""
    HERE = "here"
    OPEN = "open"
    """Next, and may be entered now."""
    WAITING = "waiting"
    """Next, but its condition does not hold."""
    AHEAD = "ahead"
    SKIPPED = "skipped"
    """It cannot come any more: the scene went another way."""


@dataclass(frozen=True, slots=True)
class Point:
    """A beat of the blueprint and what became of it."""

    beat_id: str
    title: str
    status: PointStatus
    turn: int | None = None
    """Number of the turn that led there."""
    why: str = ""
    """Why it is waiting or was skipped; for people."""


def blueprint(rules: Rules, state: WorldState, path: Sequence[TurnBase]) -> list[Point]:
    """Returns all points of a story in the order of its author, with what became of each on a path."""
    reached = _steps_of(path)
    open_ids = {way.link.to_id for way in rules.ways.get(state.beat_id or "", ()) if rules.is_open(state, way)}
    waiting = {way.link.to_id for way in rules.ways.get(state.beat_id or "", ())} - open_ids
    to_come = _reachable(rules, state)

    def point(beat_id: str, title: str) -> Point:
        number, passed_on = reached.get(beat_id, (None, False))
        if beat_id == state.beat_id:
            return Point(beat_id, title, PointStatus.HERE, number)
        if beat_id in open_ids and state.outcome is None:
            return Point(beat_id, title, PointStatus.OPEN, number)
        if beat_id in state.visited:
            return Point(beat_id, title, PointStatus.PASSED_ON if passed_on else PointStatus.REACHED, number)
        if beat_id in waiting and state.outcome is None:
            conditions = next((one.conditions for one in waits_for(rules, state) if one.beat_id == beat_id), ())
            return Point(beat_id, title, PointStatus.WAITING, why=" and ".join(conditions))
        if beat_id in to_come:
            return Point(beat_id, title, PointStatus.AHEAD)
        return Point(beat_id, title, PointStatus.SKIPPED, why=_why_skipped(state))

    return [point(beat_id, one.beat.title) for beat_id, one in rules.beats.items()]


def _reachable(rules: Rules, state: WorldState) -> set[str]:
    """Returns the beats that ways lead to from where the scene is, and events, whatever their conditions."""
    if state.outcome is not None:
        return set()
    found = {beat_id for beat_id, one in rules.beats.items() if one.beat.kind == BeatKind.EVENT}
    edge = [state.beat_id or ""]
    while edge:
        for way in rules.ways.get(edge.pop(), ()):
            if way.link.to_id not in found:
                found.add(way.link.to_id)
                edge.append(way.link.to_id)
    return found


def _why_skipped(state: WorldState) -> str:
    over = {Outcome.WIN: "the scene was won", Outcome.LOSE: "the scene was lost", Outcome.ENDING: "the scene is over"}
    return over[state.outcome] if state.outcome is not None else "the scene went another way"


def _steps_of(path: Sequence[TurnBase]) -> dict[str, tuple[int, bool]]:
    """Returns which beats a path has led to: the number of the turn, and whether the advancer went on there."""
    found: dict[str, tuple[int, bool]] = {}
    for number, turn in enumerate(path, start=1):
        step = _part(turn, "world").get("step")
        if isinstance(step, dict):
            found[str(step.get("to"))] = (number, PASSED_KEY in _part(turn, NARRATOR_KEY))
    return found


def _part(turn: TurnBase, key: str) -> dict[str, Any]:
    part = turn.record.get(key)
    return part if isinstance(part, dict) else {}
