"""A state as one whole number, and the rules of a story as compiled Python over such numbers: for the checker's speed.

Only what a condition reads is kept: slots that nothing depends on, and visits that nothing can ask for again, would
only multiply the states. Turn counters are not kept: a condition on them may hold and may not.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.world.handling import Handling
from core.world.hearsay import Hearsay
from core.world.meaning import (
    Act,
    AllOf,
    AtLeast,
    Been,
    ChangeBy,
    Fixed,
    Lasted,
    Meaning,
    Neither,
    OneOf,
    SetTo,
    Test,
)
from core.world.state import WorldState
from core.world.steps import BeatRules, Rules, WayRules
from core.world.triggers import AfterTurns, AtOnce, Choice, FactSpoken, PhraseSaid
from core.world.watch import Look
from models.beat import BeatKind

Successors = Callable[[int, list[int]], None]
"""Appends the states that may follow a state."""
WIN, LOSE, ENDING, OVER = 1, 2, 4, 8
"""Signs of `Packed.judge`: what is or may be reached, and that the scene is certainly over."""
MAX_SOURCE_CHARS = 16_000_000
_KIND_SIGNS = {BeatKind.WIN: WIN | OVER, BeatKind.LOSE: LOSE | OVER, BeatKind.ENDING: ENDING | OVER}
_PYTHON_SIGNS = {"=": "==", "!=": "!=", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}


@dataclass(frozen=True, slots=True)
class Field:
    """Bits of a state: how far they lie from the right, and which they are there."""

    shift: int
    mask: int
    low: int
    high: int

    @property
    def bits(self) -> int:
        """The bits of the state that are its own."""
        return self.mask << self.shift

    def put(self, value: int) -> int:
        """Returns a value where it lies."""
        return (value - self.low) << self.shift

    def read(self, state: int) -> int:
        """Returns the value in a state."""
        return (state >> self.shift & self.mask) + self.low


class Packed:
    """A story, packed.

    Moves are the ways, by their place in the story's links, then the events; `fired` says which ones were made.
    """

    def __init__(self, rules: Rules, look: Look = lambda: None) -> None:
        """Compiles the rules; `look` raises Stopped. Raises UserError when they are too long for it."""
        self.rules = rules
        self._look = look
        self.n_chars = 0
        """Length of the rules as Python: how long a state takes grows with it."""
        story = rules.story
        self.beats = [None, *(beat for beat in story.beats if beat.kind != BeatKind.EVENT)]
        self._codes = {beat.id: code for code, beat in enumerate(self.beats) if beat is not None}
        read = set(_reads(rules))
        self.fields: dict[int, Field] = {}
        self.visits: dict[str, int] = {}
        self._shift = max(1, (len(self.beats) - 1).bit_length())
        self.beat_bits = (1 << self._shift) - 1
        for index in sorted(one.slot for one in read if isinstance(one, Test)):
            self._add_field(index)
        asked = {one.beat_id for one in read if isinstance(one, Been)}
        recurring = _recurring(rules)
        for beat in story.beats:
            if beat.id in asked or (not beat.is_repeatable and beat.id in recurring):
                self.visits[beat.id] = 1 << self._shift
                self._shift += 1
        self._link_places = {link.id: place for place, link in enumerate(story.links)}
        self.fired = bytearray(len(story.links) + len(rules.events))
        self.hearsay = Hearsay(rules, [one for one in read if isinstance(one, Test)], look)
        self._hearings = list(self.hearsay.moves())
        self._deeds = list(Handling(rules, [one for one in read if isinstance(one, Test)]).deeds())
        self._compile()

    def pack(self, state: WorldState) -> int:
        """Returns a state as a number."""
        packed = self._codes.get(state.beat_id or "", 0)
        for index, field in self.fields.items():
            packed |= field.put(state.values[index])
        for beat_id, bit in self.visits.items():
            packed |= bit if beat_id in state.visited else 0
        return packed

    def starts(self) -> list[int]:
        """Returns the states that the scene may begin in."""
        rules = self.rules
        begun = WorldState(rules.slots.start)
        start = rules.story.start
        if start is None:
            return [self.pack(begun)]
        beat = rules.beats[start.id]
        found = []
        if beat.may_succeed(begun):
            found.append(rules.enter(begun, start.id, lambda _: 0.0)[0])
        if beat.may_fail(begun):
            found.append(rules.enter(begun, start.id, lambda _: 0.99)[0])
        return [self.pack(state) for state in found]

    def is_certain(self, way: WayRules) -> bool:
        """Whether a way is taken for sure as soon as its conditions hold."""
        return isinstance(way.trigger, AtOnce) or (isinstance(way.trigger, AfterTurns) and way.trigger.n_turns == 1)

    def _add_field(self, index: int) -> None:
        if index in self.fields:
            return
        slot = self.rules.slots.all[index]
        n_bits = max(1, (slot.high - slot.low).bit_length())
        self.fields[index] = Field(self._shift, (1 << n_bits) - 1, slot.low, slot.high)
        self._shift += n_bits

    def _compile(self) -> None:
        """Writes the rules as Python functions. All that goes into their text are whole numbers and operators."""
        signs = [_KIND_SIGNS.get(beat.kind, 0) if beat else 0 for beat in self.beats]
        names = {"fired": self.fired, "SIGNS": signs + [0] * (self.beat_bits + 1 - len(signs))}
        made: dict[str, object] = dict(names)
        self._run(self._events_source(), made)
        if self._hearings:
            self._run(self._hearsay_source(), made)
        if self._deeds:
            self._run(self._deeds_source(), made)
        for code, beat in enumerate(self.beats):
            self._run(self._beat_source(code, self.rules.ways[beat.id] if beat else ()), made)
        self._run(self._judge_source(), made)
        self.successors: list[Successors] = [made[f"beat_{code}"] for code in range(len(self.beats))]  # type: ignore[misc]
        self.judge: Callable[[int], int] = made["judge"]  # type: ignore[assignment]

    def _run(self, source: Iterator[str], made: dict[str, object]) -> None:
        """Makes one function of its lines."""
        lines = []
        for line in source:
            lines.append(line)
            self.n_chars += len(line)
            if self.n_chars > MAX_SOURCE_CHARS:
                raise UserError(
                    "The conditions and effects of this scenario are too long to be checked together.",
                    "Take parts with “anyone” or “everyone” out of them, or ways that nothing needs.",
                )
        self._look()
        exec(compile("\n".join(lines), "<rules>", "exec"), made)

    def _events_source(self) -> Iterator[str]:
        yield "def events(s, out):"
        for place, event in enumerate(self.rules.events):
            move = len(self.rules.story.links) + place
            yield f"    if {self._entry_source(event, may=True)}:"
            yield from self._move_source(move, event)
        yield "    return"

    def _hearsay_source(self) -> Iterator[str]:
        yield "def hearsay(s, out):"
        for hearing in self._hearings:
            field = self.fields[hearing.slot]
            heard = field.put(hearing.level)
            yield f"    if (s & {field.bits}) < {heard} and {self._source(hearing.condition, may=True)}:"
            yield f"        out.append(s & {~field.bits} | {heard})"

    def _deeds_source(self) -> Iterator[str]:
        yield "def deeds(s, out):"
        for deed in self._deeds:
            yield f"    if {self._source(AllOf(deed.needs), may=True)}:"
            yield "        t = s"
            for act in deed.sets:
                yield from _act_source(act, self.fields[act.slot], "        ")
            yield "        if t != s: out.append(t)"

    def _beat_source(self, code: int, ways: Sequence[WayRules]) -> Iterator[str]:
        yield f"def beat_{code}(s, out):"
        if self._hearings:  # whatever a turn leads to, somebody may have been told something in it
            yield "    hearsay(s, out)"
        if self._deeds:  # or somebody may have done something
            yield "    deeds(s, out)"
        chosen = [way for way in ways if isinstance(way.trigger, Choice)]
        others = [way for way in ways if not isinstance(way.trigger, Choice) and can_trigger(way, self.rules)]
        for way in [*chosen, *others]:
            beat = self.rules.beats[way.link.to_id]
            yield f"    if {self._way_source(way, beat, may=True)}:"
            yield from self._move_source(self._link_places[way.link.id], beat)
            if self.is_certain(way):
                must = self._way_source(way, beat, may=False)
                yield f"        if {must}:"
                yield "            return"
        yield "    events(s, out)"

    def _judge_source(self) -> Iterator[str]:
        yield "def judge(s):"
        yield f"    found = SIGNS[s & {self.beat_bits}]"
        yield "    if found:"
        yield "        return found"
        for sign, meaning in ((WIN, self.rules.win), (LOSE, self.rules.lose)):
            yield f"    if {self._source(meaning, may=True)}:"
            yield f"        found |= {sign}"
            yield f"        if {self._source(meaning, may=False)}:"
            yield f"            return found | {OVER}"
        yield "    return found"

    def _way_source(self, way: WayRules, beat: BeatRules, *, may: bool) -> str:
        return f"{self._source(way.condition, may=may)} and {self._entry_source(beat, may=may)}"

    def _entry_source(self, rules: BeatRules, *, may: bool) -> str:
        source = self._source(rules.condition, may=may)
        if rules.beat.is_repeatable or rules.beat.id not in self.visits:
            return source
        return f"not s & {self.visits[rules.beat.id]} and {source}"

    def _move_source(self, move: int, rules: BeatRules) -> Iterator[str]:
        yield f"        fired[{move}] = 1"
        if not rules.can_fail:
            yield from self._target_source(rules, rules.effects, "        ")
            return
        yield f"        if {'True' if rules.success is None else self._source(rules.success, may=True)}:"
        yield from self._target_source(rules, rules.effects, "            ")
        yield f"        if not {'False' if rules.success is None else self._source(rules.success, may=False)}:"
        yield from self._target_source(rules, rules.failure_effects, "            ")

    def _target_source(self, rules: BeatRules, acts: Iterable[Act], indent: str) -> Iterator[str]:
        target = "s"
        if rules.beat.kind != BeatKind.EVENT:
            target = f"(s & {~self.beat_bits} | {self._codes[rules.beat.id]})"
        if rules.beat.id in self.visits:
            target += f" | {self.visits[rules.beat.id]}"
        yield f"{indent}t = {target}"
        for act in acts:
            if act.slot in self.fields:
                yield from _act_source(act, self.fields[act.slot], indent)
        yield f"{indent}out.append(t)"

    def _source(self, meaning: Meaning, *, may: bool) -> str:
        """Returns an expression over the state `s`: whether a condition may hold, or certainly does."""
        match meaning:
            case Fixed(holds):
                return str(holds)
            case Test(slot, sign, value):
                field = self.fields[slot]
                return f"(s & {field.bits}) {_PYTHON_SIGNS[sign]} {field.put(value)}"
            case Been(beat_id):
                return f"(s & {self.visits[beat_id]} != 0)"
            case Lasted():
                return str(may)
            case Neither(inner):
                return f"(not {self._source(inner, may=not may)})"
            case AllOf(parts):
                return f"({' and '.join(self._source(part, may=may) for part in parts) or 'True'})"
            case OneOf(parts):
                return f"({' or '.join(self._source(part, may=may) for part in parts) or 'False'})"


def can_trigger(way: WayRules, rules: Rules) -> bool:
    """Whether a way can ever be triggered: somebody can say what it waits for."""
    match way.trigger:
        case PhraseSaid(text=text, by=by):
            return any(character.isalnum() for character in text) and (not by or rules.scope.role(by) is not None)
        case FactSpoken(fact_id=fact_id, by=by):
            known = any(fact.id == fact_id for fact in rules.story.world.facts)
            return known and (not by or rules.scope.role(by) is not None)
    return True


def parts_of(meaning: Meaning) -> Iterator[Test | Been | Lasted]:
    """Yields what a condition reads."""
    match meaning:
        case Neither(inner):
            yield from parts_of(inner)
        case AllOf(parts) | OneOf(parts):
            for part in parts:
                yield from parts_of(part)
        case Test() | Been() | Lasted():
            yield meaning


def meanings_of(rules: Rules) -> Iterator[Meaning]:
    """Yields all conditions that decide where a scene goes."""
    yield rules.win
    yield rules.lose
    for beat in rules.beats.values():
        yield beat.condition
        if beat.can_fail and beat.success is not None:
            yield beat.success
    for ways in rules.ways.values():
        for way in ways:
            yield way.condition


def _reads(rules: Rules) -> Iterator[Test | Been | Lasted]:
    for meaning in meanings_of(rules):
        yield from parts_of(meaning)


def _recurring(rules: Rules) -> set[str]:
    """Returns the beats that a scene can come back to if nothing forbids it: events, and those on a circle of ways."""
    ways = {beat_id: [way.link.to_id for way in ways] for beat_id, ways in rules.ways.items()}
    order = _finishing_order(ways)
    back: dict[str, list[str]] = {beat_id: [] for beat_id in ways}
    for beat_id, targets in ways.items():
        for target in targets:
            back[target].append(beat_id)
    found = {rules_.beat.id for rules_ in rules.events}
    grouped: set[str] = set()
    for root in reversed(order):
        if root in grouped:
            continue
        group, waiting = [], [root]
        grouped.add(root)
        while waiting:
            beat_id = waiting.pop()
            group.append(beat_id)
            waiting += [one for one in back[beat_id] if one not in grouped]
            grouped.update(back[beat_id])
        if len(group) > 1 or root in ways[root]:
            found.update(group)
    return found


def _finishing_order(ways: dict[str, list[str]]) -> list[str]:
    """Returns the beats in the order in which a walk in depth leaves them (Kosaraju's first pass)."""
    order: list[str] = []
    seen: set[str] = set()
    for root, first in ways.items():
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(first))]
        while stack:
            beat_id, targets = stack[-1]
            target = next((one for one in targets if one not in seen), None)
            if target is None:
                order.append(beat_id)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(ways[target])))
    return order


def _act_source(act: Act, field: Field, indent: str) -> Iterator[str]:
    rest = ~field.bits
    match act:
        case SetTo(_, value):
            yield f"{indent}t = t & {rest} | {field.put(value)}"
        case AtLeast(_, value):
            yield f"{indent}if (t & {field.bits}) < {field.put(value)}: t = t & {rest} | {field.put(value)}"
        case ChangeBy(_, amount):
            top, step = field.put(field.high), amount << field.shift
            yield f"{indent}v = (t & {field.bits}) + {step}"
            yield f"{indent}t = t & {rest} | (0 if v < 0 else {top} if v > {top} else v)"
