"""Who knows what along a path of turns, since when, and from whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.hearing.audience import OVERHEARD_KEY
from core.hearing.learning import Knowing, read_learned
from core.world.slots import SlotKind, Slots
from core.world.state import WorldState
from models.playtest import SpeakerKind, TurnBase
from models.world import FactStatus

STATUS = {Knowing.UNKNOWN: "", Knowing.SUSPECTS: FactStatus.SUSPECTS.value, Knowing.KNOWS: FactStatus.KNOWS.value}


class How(StrEnum):
    """How somebody came to know a fact, or to forget it."""

    START = "start"
    BEAT = "beat"
    """By the effect of a beat, or by what an act in the world led to."""
    HEARD = "heard"
    OVERHEARD = "overheard"
    DIRECTOR = "director"


@dataclass(frozen=True, slots=True)
class Change:
    """A role has something else to do with a fact than before."""

    fact_id: str
    role_id: str
    knowing: Knowing
    how: How
    number: int = 0
    """Place in the path of the turn that did it, from 1; 0: it was so at the start."""
    turn_id: int | None = None
    source: str = ""
    """Who was heard, by name; or the id of the beat."""

    def to_document(self) -> dict[str, Any]:
        """Returns what `tableread xray --json` prints."""
        return {
            "fact": self.fact_id,
            "role": self.role_id,
            "status": STATUS[self.knowing],
            "how": self.how.value,
            "number": self.number,
            "turn": self.turn_id,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The knowledge matrix of a path: all changes, in the order in which they came."""

    fact_ids: tuple[str, ...]
    role_ids: tuple[str, ...]
    changes: tuple[Change, ...]

    def cell(self, fact_id: str, role_id: str, number: int | None = None) -> Change | None:
        """Returns the last change of a cell up to a turn; None: it has never been anything but unknown.

        Args:
            number: Place of the turn in the path, that one included; None: the last.
        """
        return next(
            (
                one
                for one in reversed(self.changes)
                if one.fact_id == fact_id and one.role_id == role_id and (number is None or one.number <= number)
            ),
            None,
        )

    def at(self, number: int | None = None) -> dict[str, dict[str, Change]]:
        """Returns the matrix after a turn: fact id -> role id -> its last change; a cell without one is unknown."""
        matrix: dict[str, dict[str, Change]] = {fact_id: {} for fact_id in self.fact_ids}
        for change in self.changes:
            if number is None or change.number <= number:
                matrix[change.fact_id][change.role_id] = change
        return matrix

    def share(self, fact_id: str, number: int | None = None) -> float:
        """Returns the share of the roles that know a fact after a turn, in [0, 1]."""
        known = sum(one.knowing == Knowing.KNOWS for one in self.at(number)[fact_id].values())
        return known / len(self.role_ids) if self.role_ids else 0.0

    def to_document(self, number: int | None = None) -> dict[str, Any]:
        """Returns the matrix after a turn, and all changes until then, for scripts."""
        return {
            "facts": {
                fact_id: {role_id: STATUS[one.knowing] for role_id, one in cells.items() if one.knowing}
                for fact_id, cells in self.at(number).items()
            },
            "changes": [one.to_document() for one in self.changes if number is None or one.number <= number],
        }


def trace_knowledge(slots: Slots, states: Sequence[WorldState], path: Sequence[TurnBase]) -> Knowledge:
    """Returns who knows what along a path.

    Args:
        states: Before the first turn, then after each.
    """
    cells = [(index, slot.fact_id, slot.key) for index, slot in enumerate(slots.all) if slot.kind == SlotKind.KNOWLEDGE]
    changes = [
        Change(fact_id, role_id, Knowing(states[0].values[index]), How.START)
        for index, fact_id, role_id in cells
        if states[0].values[index]
    ]
    for number, (turn, before, after) in enumerate(zip(path, states, states[1:], strict=False), start=1):
        if before.values is not after.values:
            changes += _changes_of(turn, number, cells, before, after)
    facts = tuple(fact.id for fact in slots.story.world.facts)
    return Knowledge(facts, tuple(role.id for role in slots.story.roles), tuple(changes))


def _changes_of(
    turn: TurnBase, number: int, cells: Sequence[tuple[int, str, str]], before: WorldState, after: WorldState
) -> Iterator[Change]:
    learned = read_learned(turn.record, {role_id for _, _, role_id in cells})
    for index, fact_id, role_id in cells:
        value = after.values[index]
        if value == before.values[index]:
            continue
        is_heard = learned.get(role_id, {}).get(fact_id) == value
        how, source = _heard_how(turn, role_id) if is_heard else _set_how(turn)
        yield Change(fact_id, role_id, Knowing(value), how, number, getattr(turn, "id", None), source)


def _heard_how(turn: TurnBase, role_id: str) -> tuple[How, str]:
    if turn.kind == SpeakerKind.DIRECTOR:
        return How.DIRECTOR, turn.speaker
    overheard = turn.record.get(OVERHEARD_KEY)
    return How.OVERHEARD if isinstance(overheard, list) and role_id in overheard else How.HEARD, turn.speaker


def _set_how(turn: TurnBase) -> tuple[How, str]:
    """By hand where the director did it; what comes of an act in the world is told by the narrator."""
    world = turn.record.get("world")
    step = world.get("step") if isinstance(world, Mapping) else None
    if turn.kind == SpeakerKind.DIRECTOR:
        return How.DIRECTOR, turn.speaker
    beat_id = step.get("to") if isinstance(step, Mapping) else ""
    return How.BEAT, beat_id if isinstance(beat_id, str) else ""
