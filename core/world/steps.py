"""How a scene goes from one moment to the next: one step is a pure function of the state and of what was said.

After each turn the first way out of the present beat whose trigger and conditions hold is taken; when there is none,
one of the events whose conditions hold happens. A beat with effects for success and for failure goes by its condition
of success; without one, chance decides.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pydantic import ValidationError

from core.errors import UserError
from core.world.graph import Story, StoryBeat, StoryLink
from core.world.meaning import MAX_SUGGESTIONS, Act, AtLeast, Fixed, Meaning, Reader
from core.world.slots import KNOWN, SlotKind
from core.world.spoken import says_phrase, speaks_fact
from core.world.state import Outcome, WorldState
from core.world.triggers import AfterTurns, AtOnce, Choice, FactSpoken, PhraseSaid, Trigger, read_trigger
from core.world.watch import Look
from models.beat import BeatKind

Draw = Callable[[str], float]
"""What is drawn for -> a number from 0 up to but not including 1; the same words give the same number."""
MAX_READ = 200_000
"""What all conditions and effects of a story may ask for and change, each role counted that they stand for."""
_OUTCOMES = {BeatKind.WIN: Outcome.WIN, BeatKind.LOSE: Outcome.LOSE, BeatKind.ENDING: Outcome.ENDING}


@dataclass(frozen=True, slots=True)
class Line:
    """A turn, as far as a world takes notice of it."""

    speaker_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """What happened after a turn."""

    beat_id: str
    """The beat that was entered."""
    link_id: str | None = None
    """The way that was taken; None for an event and for the beginning."""
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class BeatRules:
    """A beat with its conditions and effects understood."""

    beat: StoryBeat
    condition: Meaning
    effects: tuple[Act, ...]
    failure_effects: tuple[Act, ...]
    success: Meaning | None
    """None: either may happen, where there are effects of failure."""
    can_fail: bool

    def may_succeed(self, state: WorldState) -> bool:
        """Whether entering it may have its effects of success."""
        return not self.can_fail or self.success is None or state.holds(self.success)

    def may_fail(self, state: WorldState) -> bool:
        """Whether entering it may have its effects of failure."""
        return self.can_fail and (self.success is None or not state.holds(self.success))


@dataclass(frozen=True, slots=True)
class WayRules:
    """A way out of a beat with its trigger and condition understood."""

    link: StoryLink
    trigger: Trigger
    condition: Meaning


class Rules:
    """All that can happen in a story. Made once, used for every step."""

    def __init__(self, story: Story, look: Look = lambda: None) -> None:
        """Reads all conditions and effects of a story.

        Args:
            look: Raises Stopped when it is time to stop.

        Raises:
            UserError: They ask for too much to be kept apart.
        """
        self.story = story
        self.reader = reader = Reader(story)
        reader.n_suggestions = 0
        self.scope, self.slots = reader.scope, reader.slots

        def read(text: str) -> Meaning:
            look()
            _check_size(reader)
            return reader.read_condition(text)

        self.beats = {beat.id: _beat_rules(reader, beat, read) for beat in story.beats}
        self.ways = {
            beat_id: [WayRules(link, _trigger_of(link), read(link.condition)) for link in links]
            for beat_id, links in story.ways_out().items()
        }
        self.events = [self.beats[beat.id] for beat in story.events]
        self.win = read(story.world.win) if story.world.win.strip() else Fixed(False)
        self.lose = read(story.world.lose) if story.world.lose.strip() else Fixed(False)

    def begin(self, draw: Draw) -> WorldState:
        """Returns the state before the first turn: the start has been entered, if there is one."""
        state = WorldState(self.slots.start)
        start = self.story.start
        return self.judge(state if start is None else self.enter(state, start.id, draw)[0])

    def begin_at(self, beat_id: str, changes: str, visited: frozenset[str], draw: Draw) -> WorldState:
        """Returns the state before the first turn when the scene begins at a beat; at an event: in the start.

        Args:
            changes: Effects that come last, so that they say how the world is.

        Raises:
            UserError: The beat is gone, or the changes cannot be read.
        """
        if beat_id and beat_id not in self.beats:
            raise UserError("The beat to begin at is not in the scenario any more.", "Choose another one.")
        state = replace(WorldState(self.slots.start), visited=visited)
        start = self.story.start
        is_within = not beat_id or self.beats[beat_id].beat.kind == BeatKind.EVENT
        if is_within and start is not None:
            state, _ = self.enter(state, start.id, draw)
        if beat_id:
            state, _ = self.enter(state, beat_id, draw)
        return self.judge(state.with_acts(self.read_changes(changes), self.slots))

    def read_changes(self, changes: str) -> tuple[Act, ...]:
        """Reads effects written by hand. Raises UserError when something in them is not understood."""
        reader = copy.copy(self.reader)  # what others read at the same time on other threads has faults of its own
        reader.n_suggestions = MAX_SUGGESTIONS
        acts = reader.read_effects(changes)
        if reader.faults:
            raise UserError(f"{reader.faults[0].message}.", "Correct it and begin again.")
        return acts

    def learn(self, state: WorldState, learnt: Mapping[str, Mapping[str, int]]) -> WorldState:
        """Returns the state after roles have heard of facts: none knows less than before.

        Args:
            learnt: Role id -> fact id -> `slots.SUSPECTED` or `slots.KNOWN`; what is not in the story is left out.
        """
        acts: list[Act] = []
        for role_id, facts in learnt.items():
            for fact_id, number in facts.items():
                slot = self.slots.find(SlotKind.KNOWLEDGE, role_id, fact_id)
                if slot is not None:
                    acts.append(AtLeast(slot, min(KNOWN, number)))
        return state.with_acts(acts, self.slots)

    def advance(self, state: WorldState, line: Line, draw: Draw) -> tuple[WorldState, Step | None]:
        """Returns the state after a turn, and what happened because of it."""
        if state.outcome is not None:
            return state, None
        state = replace(state, n_turns=state.n_turns + 1, n_turns_here=state.n_turns_here + 1)
        way = next((way for way in self.ways.get(state.beat_id or "", ()) if self._is_taken(way, state, line)), None)
        if way is not None:
            return self._go(state, way.link.to_id, way.link.id, draw)
        events = [rules for rules in self.events if self.can_enter(state, rules)]
        if events:
            chosen = events[int(draw("event") * len(events))]
            return self._go(state, chosen.beat.id, None, draw)
        return self.judge(state), None

    def choose(self, state: WorldState, link_id: str, draw: Draw) -> tuple[WorldState, Step]:
        """Takes a way because somebody chose it. Raises UserError when it is not open."""
        way = next((way for way in self.ways.get(state.beat_id or "", ()) if way.link.id == link_id), None)
        if way is None or not self.is_open(state, way):
            raise UserError("This way is not open now.", "Its conditions do not hold, or the scene is elsewhere.")
        after, step = self._go(state, way.link.to_id, link_id, draw)
        return after, step

    def replay(self, state: WorldState, step: Step) -> WorldState:
        """Returns the state after a step that is known to have happened; a beat that is gone changes nothing."""
        if step.beat_id not in self.beats:
            return state
        return self.judge(self._enter(state, self.beats[step.beat_id], succeeded=step.succeeded))

    def count_turn(self, state: WorldState) -> WorldState:
        """Returns the state after a turn that was counted and led to no step."""
        return replace(state, n_turns=state.n_turns + 1, n_turns_here=state.n_turns_here + 1)

    def judge(self, state: WorldState) -> WorldState:
        """Returns the state with its outcome, if the world is won or lost in it."""
        if state.outcome is not None:
            return state
        if state.holds(self.win):
            return replace(state, outcome=Outcome.WIN)
        return replace(state, outcome=Outcome.LOSE) if state.holds(self.lose) else state

    def choices(self, state: WorldState) -> list[StoryLink]:
        """Returns the ways that a person can choose now."""
        ways = self.ways.get(state.beat_id or "", ()) if state.outcome is None else ()
        return [way.link for way in ways if isinstance(way.trigger, Choice) and self.is_open(state, way)]

    def is_open(self, state: WorldState, way: WayRules) -> bool:
        """Whether the conditions of a way and of the beat that it leads to hold."""
        return state.holds(way.condition) and self.can_enter(state, self.beats[way.link.to_id])

    def can_enter(self, state: WorldState, rules: BeatRules) -> bool:
        """Whether a beat may be entered now."""
        return (rules.beat.is_repeatable or rules.beat.id not in state.visited) and state.holds(rules.condition)

    def enter(self, state: WorldState, beat_id: str, draw: Draw) -> tuple[WorldState, Step]:
        """Enters a beat whatever its condition."""
        return self._go(state, beat_id, None, draw)

    def _go(self, state: WorldState, beat_id: str, link_id: str | None, draw: Draw) -> tuple[WorldState, Step]:
        rules = self.beats[beat_id]
        may, may_fail = rules.may_succeed(state), rules.may_fail(state)
        succeeded = may if may != may_fail else draw(f"success of {beat_id}") < 0.5
        after = self.judge(self._enter(state, rules, succeeded=succeeded))
        return after, Step(beat_id, link_id, succeeded)

    def _enter(self, state: WorldState, rules: BeatRules, *, succeeded: bool) -> WorldState:
        visited = state.visited | {rules.beat.id}
        if rules.beat.kind == BeatKind.EVENT:
            entered = replace(state, visited=visited)
        else:
            outcome = _OUTCOMES.get(rules.beat.kind)
            entered = replace(state, visited=visited, beat_id=rules.beat.id, n_turns_here=0, outcome=outcome)
        return entered.with_acts(rules.effects if succeeded else rules.failure_effects, self.slots)

    def _is_taken(self, way: WayRules, state: WorldState, line: Line) -> bool:
        return self._is_triggered(way.trigger, state, line) and self.is_open(state, way)

    def _is_triggered(self, trigger: Trigger, state: WorldState, line: Line) -> bool:
        match trigger:
            case AtOnce():
                return True
            case AfterTurns(n_turns=n_turns):
                return state.n_turns_here >= n_turns
            case PhraseSaid(text=phrase, by=by):
                return self._is_by(by, line) and says_phrase(line.text, phrase)
            case FactSpoken(fact_id=fact_id, by=by):
                fact = next((fact for fact in self.story.world.facts if fact.id == fact_id), None)
                return fact is not None and self._is_by(by, line) and speaks_fact(line.text, fact.text)
        return False

    def _is_by(self, name: str, line: Line) -> bool:
        role = self.scope.role(name)
        return not name or (role is not None and role.id == line.speaker_id)


def _check_size(reader: Reader) -> None:
    if reader.n_read > MAX_READ:
        raise UserError(
            f"With each role counted, the conditions and effects of this scenario name more than {MAX_READ:,} things.",
            "Take parts with “anyone” or “everyone” out of them, or roles that nothing needs.",
        )


def _beat_rules(reader: Reader, beat: StoryBeat, read: Callable[[str], Meaning]) -> BeatRules:
    return BeatRules(
        beat=beat,
        condition=read(beat.condition),
        effects=reader.read_effects(beat.effects),
        failure_effects=reader.read_effects(beat.failure_effects),
        success=read(beat.success) if beat.success.strip() else None,
        can_fail=bool(beat.failure_effects.strip()),
    )


def _trigger_of(link: StoryLink) -> Trigger:
    """What cannot be read is left to the director."""
    try:
        return read_trigger(link.trigger)
    except ValidationError:
        return Choice()
