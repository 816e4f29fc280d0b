"""Everything in a world that can change, as numbers in a row: one slot for each variable, holder, place and so on.

| slot | numbers |
|---|---|
| variable | the number itself; 0 and 1 for a flag; the place in `choices` |
| holder of a prop | 0 nobody, then the roles in order |
| place of a prop | 0 nowhere, then the places in order |
| state of a prop | the place in `states` |
| place of a role | 0 wherever it is needed, 1 away, then the places in order |
| knowledge of a fact by a role | 0 none, 1 suspects, 2 knows |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.errors import UserError
from core.world.graph import Story
from models.world import FactStatus, Prop, Variable, VariableKind

EVERYWHERE, AWAY, FIRST_PLACE = 0, 1, 2
UNKNOWN, SUSPECTED, KNOWN = 0, 1, 2
NOBODY_HOLDS, NOWHERE_LIES = 0, 0
MAX_KNOWLEDGE = 1_000_000


class SlotKind(StrEnum):
    """What a slot holds."""

    VARIABLE = "variable"
    HOLDER = "holder"
    PROP_PLACE = "prop_place"
    PROP_STATE = "prop_state"
    ROLE_PLACE = "role_place"
    KNOWLEDGE = "knowledge"


@dataclass(frozen=True, slots=True)
class Slot:
    """One number of a state: what it is about, its bounds (both included) and where it starts."""

    kind: SlotKind
    key: str
    """Name of the variable or prop, or id of the role."""
    fact_id: str
    low: int
    high: int
    start: int


class Slots:
    """The slots of a story, and where to find each. Raises UserError when there would be too many."""

    def __init__(self, story: Story) -> None:
        if len(story.world.facts) * len(story.roles) > MAX_KNOWLEDGE:
            raise UserError(
                f"{len(story.world.facts):,} facts and {len(story.roles):,} roles are too many to keep apart.",
                "Take out facts that no condition needs.",
            )
        self.story = story
        self.role_codes = {role.id: place for place, role in enumerate(story.roles, start=1)}
        self.place_codes = {place.id: code for code, place in enumerate(story.world.places, start=1)}
        self.all = tuple(self._make_all())
        self._index = {(slot.kind, slot.key, slot.fact_id): index for index, slot in enumerate(self.all)}

    @property
    def start(self) -> tuple[int, ...]:
        """The numbers at the start, before any beat."""
        return tuple(slot.start for slot in self.all)

    def index(self, kind: SlotKind, key: str, fact_id: str = "") -> int:
        """Returns which slot it is. Raises KeyError when there is none."""
        return self._index[kind, key, fact_id]

    def find(self, kind: SlotKind, key: str, fact_id: str = "") -> int | None:
        """Returns which slot it is, or None."""
        return self._index.get((kind, key, fact_id))

    def _make_all(self) -> Iterator[Slot]:
        world = self.story.world
        for variable in world.variables:
            yield _variable_slot(variable)
        for prop in world.props:
            yield from self._prop_slots(prop)
        n_places = len(world.places)
        for role in self.story.roles:
            place = self.place_codes.get(world.role_places.get(role.id, ""), 0)
            start = place - 1 + FIRST_PLACE if place else EVERYWHERE
            yield Slot(SlotKind.ROLE_PLACE, role.id, "", 0, n_places - 1 + FIRST_PLACE, start)
        for fact in world.facts:
            for role in self.story.roles:
                known = _knowledge(fact.known_by, role.id)
                yield Slot(SlotKind.KNOWLEDGE, role.id, fact.id, UNKNOWN, KNOWN, known)

    def _prop_slots(self, prop: Prop) -> Iterator[Slot]:
        holder = self.role_codes.get(prop.holder or "", NOBODY_HOLDS)
        place = NOWHERE_LIES if holder else self.place_codes.get(prop.place or "", NOWHERE_LIES)
        yield Slot(SlotKind.HOLDER, prop.name, "", 0, len(self.role_codes), holder)
        yield Slot(SlotKind.PROP_PLACE, prop.name, "", 0, len(self.place_codes), place)
        yield Slot(SlotKind.PROP_STATE, prop.name, "", 0, max(0, len(prop.states) - 1), 0)


def _variable_slot(variable: Variable) -> Slot:
    match variable.kind:
        case VariableKind.FLAG:
            low, high, start = 0, 1, int(bool(variable.start))
        case VariableKind.CHOICE:
            low, high = 0, len(variable.choices) - 1
            start = variable.choices.index(str(variable.start))
        case _:
            low, high, start = variable.low, variable.high, int(variable.start)
    return Slot(SlotKind.VARIABLE, variable.name, "", low, high, start)


def _knowledge(known_by: Mapping[str, FactStatus], role_id: str) -> int:
    match known_by.get(role_id):
        case None:
            return UNKNOWN
        case FactStatus.SUSPECTS:
            return SUSPECTED
    return KNOWN
