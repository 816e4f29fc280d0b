"""The world of a playtest as it was after any turn of a path, and since when each thing is as it is.

Knows no Qt. For the jobs' thread: one reader for one playtest; what it has read of turns it keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func

from core.hearing.knowledge import How
from core.narrator.advancing import Point, PointStatus, blueprint
from core.narrator.mechanics import Mechanics, summarise
from core.path import Folds, Path, fold
from core.playtest.directing.acts import act_of
from core.playtest.directing.recasting import cast_at
from core.playtest.script import Script
from core.playtest.story.goals import GoalTests
from core.playtest.story.story_play import WORLD_KEY, StoryPlay
from core.project import Project
from core.world.slots import AWAY, EVERYWHERE, FIRST_PLACE, KNOWN, SUSPECTED, Slot, SlotKind, Slots
from core.world.state import Outcome, WorldState, describe_slot
from core.world.steps import Rules
from gui.stage.record_turns import RecordTurn, read_turn_rows
from models.playtest import Turn
from models.world import Fact, FactStatus, VariableKind

NOT_READ = ("lore", "mind", "earlier", "engine", "sampling", "weights", "turn_taking")
"""Parts of a record that say nothing of the world."""


@dataclass(frozen=True, slots=True)
class Change:
    """When something became what it is."""

    number: int = 0
    """Of the turn; 0: so it began."""
    turn_id: int | None = None
    how: str = ""
    """`heard`, `overheard`, `set` by hand, `story`, or empty for how it began."""
    speaker: str = ""
    """Who spoke that turn."""


BEGAN = Change()
_Since = tuple[WorldState, dict[int, Change], dict[str, Change]]
"""A state, since when each of its slots is what it is, and each goal that is reached has been."""
HOWS = {How.START: "", How.BEAT: "story", How.HEARD: "heard", How.OVERHEARD: "overheard", How.DIRECTOR: "set"}


@dataclass(frozen=True, slots=True)
class ValueNow:
    """One value that can be set."""

    slot: Slot
    name: str
    """As conditions and effects call it."""
    value: int | str | bool
    choices: tuple[str, ...]
    """What it can be, where it is no number."""
    bounds: tuple[int, int] | None
    """Of a number."""
    since: Change


@dataclass(frozen=True, slots=True)
class Knows:
    """What somebody has to do with a fact."""

    status: str
    """A `FactStatus`, or empty: nothing."""
    since: Change = BEGAN


@dataclass(frozen=True, slots=True)
class GoalNow:
    """What a role wants."""

    role_id: str
    goal: str
    test: str
    is_reached: bool
    since: Change
    """When it was reached, where it is."""


@dataclass(frozen=True, slots=True)
class WayNow:
    """A way out of the present beat."""

    link_id: str
    label: str
    to: str
    """Title of the beat that it leads to."""
    is_choice: bool
    """Whether the director can take it now."""


@dataclass(frozen=True, slots=True)
class WorldNow:
    """All of it, after one turn of a path."""

    number: int = 0
    """Of the turn; 0: nothing was played."""
    beat: str = ""
    n_turns_here: int = 0
    outcome: Outcome | None = None
    ways: tuple[WayNow, ...] = ()
    points: tuple[Point, ...] = ()
    """The beats, and what became of each."""
    point_turns: dict[str, int] = field(default_factory=dict)
    """Beat id -> id of the turn that led there."""
    values: tuple[ValueNow, ...] = ()
    places: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    """Name of each place, role ids of who is there, and props that lie there."""
    everywhere: tuple[str, ...] = ()
    """Role ids of those who are wherever they are needed."""
    away: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    knows: dict[tuple[str, str], Knows] = field(default_factory=dict)
    """(role id, fact id) -> what it has to do with it."""
    goals: tuple[GoalNow, ...] = ()
    mechanics: Mechanics | None = None
    roles: dict[str, str] = field(default_factory=dict)
    """Role id -> name of who plays it now."""
    role_names: dict[str, str] = field(default_factory=dict)
    """Role id -> as effects call it."""


def read_world_turns(project: Project, playtest_id: str, after_id: int = 0) -> list[RecordTurn]:
    """Returns what the story reads of the turns that were made after turn `after_id`, oldest first."""
    rest = func.json_remove(Turn.record, *(f"$.{name}" for name in NOT_READ), type_=Turn.record.type)  # type: ignore[attr-defined]
    return [RecordTurn(*row) for row in read_turn_rows(project, playtest_id, after_id, rest)]


class WorldReader:
    """Reads the turns of one playtest, and says how its world stood."""

    def __init__(self, project: Project, playtest_id: str, script: Script) -> None:
        """Raises UserError when the scene cannot begin as its script says."""
        self._project = project
        self._playtest_id = playtest_id
        self._script = script
        self._story = StoryPlay(script)
        self._goals = GoalTests(script)
        self._turns: dict[int, RecordTurn] = {}
        self._folds = Folds()

    def read(self, turn_ids: Sequence[int]) -> WorldNow:
        """Returns the world after a path of turns, given by their ids."""
        if any(turn_id not in self._turns for turn_id in turn_ids):
            fresh = read_world_turns(self._project, self._playtest_id, max(self._turns, default=0))
            self._turns |= {turn.id: turn for turn in fresh}
        path: Any = Path((self._turns[turn_id] for turn_id in turn_ids if turn_id in self._turns), self._folds)
        script = cast_at(self._script, path)
        names = {part.role_id: part.character.name for part in script.parts}
        rules, number = self._story.rules, path[-1].number if path else 0
        state = self._story.state_at(path)
        if rules is None or state is None:
            return WorldNow(number=number, roles=names)
        since, reached = self._follow(path)
        slots = rules.slots
        beat = slots.story.beat(state.beat_id)
        points = tuple(sorted(blueprint(rules, state, path), key=_place_of))
        return WorldNow(
            number=number,
            beat=beat.title if beat is not None else "",
            n_turns_here=state.n_turns_here,
            outcome=state.outcome,
            ways=self._ways(rules, state),
            points=points,
            point_turns={one.beat_id: path[one.turn - 1].id for one in points if one.turn and one.turn <= len(path)},
            values=tuple(_values(slots, state, since)),
            places=_places(slots, state),
            everywhere=_roles_at(slots, state, EVERYWHERE),
            away=_roles_at(slots, state, AWAY),
            facts=tuple(slots.story.world.facts),
            knows=self._knows(slots, state, path),
            goals=tuple(
                GoalNow(
                    part.role_id,
                    part.role.goal,
                    part.role.goal_test,
                    part.role_id in reached,
                    reached.get(part.role_id, BEGAN),
                )
                for part in script.parts
                if part.role.goal.strip() or part.role.goal_test.strip()
            ),
            mechanics=summarise(path),
            roles=names,
            role_names={role.id: role.name for role in slots.story.roles},
        )

    def _follow(self, path: Sequence[Any]) -> tuple[dict[int, Change], dict[str, Change]]:
        """Returns since when each slot is what it is, and since when each goal that is reached has been.

        The story knows the states along the path already.
        """
        before = self._story.state_at([])
        assert before is not None
        nothing: dict[int, Change] = {}
        begun = (before, nothing, dict.fromkeys(self._goals.reached(before), BEGAN))
        return fold(path, "since", begun, self._follow_on)[1:]

    def _follow_on(self, known: _Since, turns: Sequence[Any]) -> _Since:
        before, since, reached = known[0], dict(known[1]), known[2]
        for turn in turns:
            state = self._story.state_at([turn])
            assert state is not None
            if state.values is not before.values and state.values != before.values:
                changed = [slot for slot, old in enumerate(before.values) if old != state.values[slot]]
                since |= {slot: _say_change(turn) for slot in changed}
            if self._goals.tests and state is not before:
                now = self._goals.reached(state)
                here = Change(turn.number, turn.id, "", turn.speaker)
                reached = {role_id: reached.get(role_id, here) for role_id in now}
            before = state
        return before, since, reached

    def _knows(self, slots: Slots, state: WorldState, path: Any) -> dict[tuple[str, str], Knows]:
        knowledge = self._story.knowledge(path)
        matrix = knowledge.at() if knowledge is not None else {}
        found = {}
        for fact in slots.story.world.facts:
            denied = {role_id for role_id, status in fact.known_by.items() if status == FactStatus.DENIES}
            for role in slots.story.roles:
                number = state.values[slots.index(SlotKind.KNOWLEDGE, role.id, fact.id)]
                status = {KNOWN: FactStatus.KNOWS.value, SUSPECTED: FactStatus.SUSPECTS.value}.get(number, "")
                if number == KNOWN and role.id in denied:
                    status = FactStatus.DENIES.value
                change = matrix.get(fact.id, {}).get(role.id)
                since = Change(change.number, change.turn_id, HOWS[change.how], change.source) if change else BEGAN
                found[role.id, fact.id] = Knows(status, since)
        return found

    def _ways(self, rules: Rules, state: WorldState) -> tuple[WayNow, ...]:
        story = rules.slots.story
        if state.outcome is not None:
            return ()
        choices = {link.id for link in rules.choices(state)}
        found = []
        for link in story.ways_out().get(state.beat_id or "", ()):
            to = story.beat(link.to_id)
            if to is not None:
                found.append(WayNow(link.id, link.label.strip(), to.title, link.id in choices))
        return tuple(found)


def _place_of(point: Point) -> tuple[int, int]:
    """Puts what was reached first, in the order of its turns, then the present beat, then what may come."""
    is_behind = point.status in (PointStatus.REACHED, PointStatus.PASSED_ON)
    return (0 if is_behind else 1 + list(PointStatus).index(point.status), point.turn or 0)


def _say_change(turn: Any) -> Change:
    world = turn.record.get(WORLD_KEY)
    is_set = act_of(turn).get("kind") == "world" or (isinstance(world, dict) and isinstance(world.get("set"), str))
    return Change(turn.number, turn.id, "set" if is_set else "story", turn.speaker)


def _values(slots: Slots, state: WorldState, since: dict[int, Change]) -> list[ValueNow]:
    found = []
    world = slots.story.world
    kinds = {variable.name: variable for variable in world.variables}
    people = ("nobody", *(role.name for role in slots.story.roles))
    places = ("nowhere", *(place.name for place in world.places))
    states = {prop.name: tuple(prop.states) for prop in world.props}
    for index, (slot, number) in enumerate(zip(slots.all, state.values, strict=True)):
        choices: tuple[str, ...] = ()
        bounds = None
        match slot.kind:
            case SlotKind.VARIABLE:
                variable = kinds[slot.key]
                if variable.kind == VariableKind.FLAG:
                    choices = ("no", "yes")
                elif variable.kind == VariableKind.CHOICE:
                    choices = tuple(variable.choices)
                else:
                    bounds = (slot.low, slot.high)
            case SlotKind.HOLDER:
                choices = people
            case SlotKind.PROP_PLACE:
                if not world.places:
                    continue
                choices = places
            case SlotKind.PROP_STATE:
                choices = states[slot.key]
                if not choices:
                    continue
            case _:
                continue
        name, value = describe_slot(slots, index, number)
        found.append(ValueNow(slot, name, value, choices, bounds, since.get(index, BEGAN)))
    return found


def _places(slots: Slots, state: WorldState) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    world = slots.story.world
    found = []
    for code, place in enumerate(world.places):
        lying = tuple(
            prop.name
            for prop in world.props
            if state.values[slots.index(SlotKind.PROP_PLACE, prop.name)] == code + 1
            and not state.values[slots.index(SlotKind.HOLDER, prop.name)]
        )
        found.append((place.name, _roles_at(slots, state, FIRST_PLACE + code), lying))
    return tuple(found)


def _roles_at(slots: Slots, state: WorldState, code: int) -> tuple[str, ...]:
    return tuple(
        role.id for role in slots.story.roles if state.values[slots.index(SlotKind.ROLE_PLACE, role.id)] == code
    )
