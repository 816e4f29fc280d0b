"""The beat graph of a scenario as plain steps that every narrative language can say: numbers, passages and choices.

What the weights decide in a playtest (when a way is taken) is the reader's choice here. Everything that can change is a
number, as in `core.world.slots`. Conditions on the count of turns hold, for a reader takes none; a note says so.
"""

import builtins
import itertools
import keyword
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.errors import UserError
from core.interchange.story_words import ALWAYS, Change, Check, Number, Question, join, read_act, read_meaning
from core.world.graph import Story, StoryBeat
from core.world.meaning import Act, AllOf, Fixed, Lasted, Meaning, Neither, OneOf, Test
from core.world.slots import Slot, SlotKind
from core.world.steps import BeatRules, Rules, WayRules
from core.world.triggers import AfterTurns, FactSpoken, PhraseSaid
from models.beat import BeatKind

MAX_BEATS = 5_000
MAX_EVENT_WAYS = 100_000
"""Every event can come in every scene, and goes back there."""
NARRATOR = ""
_ENDINGS = {BeatKind.WIN, BeatKind.LOSE, BeatKind.ENDING}
_WORDS = """
end done var const list include external function temp mod has hasnt has_not todo start jump menu label scene show hide
define default init python image transform screen style return call narrator adv nvl extend centered config gui
persistent renpy store set to is eq neq lt lte gt gte xor visited random dice state setup settings storydata storytitle
turns tags title position body it they unless choices
"""
"""What means something in one of the languages."""
_RESERVED = frozenset({*map(str.lower, keyword.kwlist), *map(str.lower, dir(builtins)), *_WORDS.split()})
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e]+")


@dataclass(frozen=True, slots=True)
class Way:
    """A choice."""

    label: str
    target: str
    question: Question = ALWAYS
    note: str = ""
    is_forced: bool = False
    """Whether it is taken as soon as it is open, without a choice."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of dialogue."""

    speaker: str
    """Name of one of the cast; empty: the narrator."""
    text: str


@dataclass
class Passage:
    """A beat as it is entered: what happens and is said, and where one can go from it."""

    name: str
    """An identifier that is unique in the story."""
    title: str
    notes: list[str] = field(default_factory=list)
    text: str = ""
    changes: list[Change] = field(default_factory=list)
    failure_changes: list[Change] = field(default_factory=list)
    success: Question | None = None
    """Decides between the two; None: chance does, if there are `failure_changes`."""
    lines: list[Said] = field(default_factory=list)
    hub: str = ""
    """Where the choices are; empty: here."""
    ways: list[Way] = field(default_factory=list)
    is_ending: bool = False
    x: float = 0.0
    y: float = 0.0


@dataclass
class StoryPlan:
    """A story, ready to be written."""

    title: str
    setting: str
    id: str
    cast: dict[str, str]
    """Name -> identifier."""
    numbers: list[Number]
    passages: list[Passage]
    start: str
    """Name of the first passage."""


def plan_story(
    title: str, setting: str, story: Story, dialogue: Mapping[str, Sequence[Said]] | None = None, story_id: str = ""
) -> StoryPlan:
    """Lays a story out.

    Args:
        dialogue: Beat id -> what is said in it.

    Raises:
        UserError: There are no beats, or too many.
    """
    if not story.beats:
        raise UserError(f"“{title}” has no beats to write.", "Draw its beats first.")
    if len(story.beats) > MAX_BEATS:
        raise UserError(f"“{title}” has more than {MAX_BEATS:,} beats.", "Export a part of it.")
    if len(story.events) * (len(story.beats) - len(story.events)) > MAX_EVENT_WAYS:
        raise UserError(
            f"“{title}” has too many events: each of its {len(story.events):,} can come in each of the other "
            f"{len(story.beats) - len(story.events):,} beats.",
            "Export a part of it, or make steps of the events.",
        )
    return _Planner(title, setting, story, dialogue or {}, story_id).plan()


def plain(text: str) -> str:
    """Returns text with line ends of one kind, and without what no file of words should hold."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Returns text on one line."""
    return " ".join(plain(text).split())


class _Planner:
    def __init__(
        self, title: str, setting: str, story: Story, dialogue: Mapping[str, Sequence[Said]], story_id: str
    ) -> None:
        self._title, self._setting, self._story, self._id = one_line(title), plain(setting), story, story_id
        self._dialogue = dialogue
        self._rules = Rules(story)
        self._names = _Names()
        self._roles = {role.id: role.name for role in story.roles}
        self._notes = {one.name: one.note for one in reversed(story.world.variables)}
        self._facts = {fact.id: fact.text for fact in reversed(story.world.facts)}
        self._numbers = {index: self._number(slot) for index, slot in self._used_slots()}
        self._been = {
            beat.id: Number(self._names.make(f"been_{beat.name}", "been"), 0, 0, 1, f"Whether {_title(beat)} has been")
            for beat in story.beats
        }
        self._passages = {beat.id: self._names.make(beat.name, "beat") for beat in story.beats}
        self._hubs = {
            beat.id: self._names.make(f"{beat.name}_choices", "choices")
            for beat in story.beats
            if beat.kind not in _ENDINGS | {BeatKind.EVENT}
        }
        self._place_names = {place.id: place.name for place in reversed(story.world.places)}
        self._places = {beat.id: place for place, beat in enumerate(story.beats, start=1)}
        self._at = Number(self._names.make("scene_at", "scene_at"), 0, 0, len(story.beats), "The beat of the scene")
        self._outcomes = {
            self._names.make(name, name): (title, meaning)
            for name, title, meaning in (("won", "Won", self._rules.win), ("lost", "Lost", self._rules.lose))
            if meaning != Fixed(False)
        }

    def plan(self) -> StoryPlan:
        """Makes the passages."""
        story = self._story
        passages: list[Passage] = []
        for beat in story.beats:
            passages += self._event(beat) if beat.kind == BeatKind.EVENT else self._beat(beat)
        passages += [Passage(name, title, is_ending=True) for name, (title, _) in self._outcomes.items()]
        numbers = [*self._numbers.values(), *self._been.values(), *([self._at] if self._rules.events else [])]
        first = story.start or next((beat for beat in story.beats if beat.kind != BeatKind.EVENT), story.beats[0])
        names = dict.fromkeys(one_line(role.name) for role in story.roles)
        spoken = dict.fromkeys(one_line(line.speaker) for lines in self._dialogue.values() for line in lines)
        cast = {name: self._names.make(name, "role") for name in (names | spoken) if name != NARRATOR}
        return StoryPlan(self._title, self._setting, self._id, cast, numbers, passages, self._passages[first.id])

    def _beat(self, beat: StoryBeat) -> list[Passage]:
        passage = self._entered(beat)
        passage.is_ending = beat.kind in _ENDINGS
        if passage.is_ending:
            return [passage]
        passage.hub = self._hubs[beat.id]
        if self._rules.events:
            passage.changes.append(Change(self._at, self._places[beat.id]))
            passage.failure_changes += [passage.changes[-1]] if passage.failure_changes else []
        ways = [*self._ends, *(self._way(way) for way in self._rules.ways[beat.id]), *self._interruptions]
        hub = Passage(passage.hub, f"{_title(beat)} (choices)", ways=ways, x=passage.x, y=passage.y + 120)
        return [passage, hub]

    def _event(self, beat: StoryBeat) -> list[Passage]:
        """An event goes back to where the scene was."""
        passage = self._entered(beat)
        passage.ways = self._returns
        return [passage]

    @cached_property
    def _ends(self) -> list[Way]:
        """What ends the story wherever it is."""
        outcomes = self._outcomes.items()
        return [Way(title, name, self._question(meaning), is_forced=True) for name, (title, meaning) in outcomes]

    @cached_property
    def _interruptions(self) -> list[Way]:
        """The events, which can come in every scene."""
        return [
            Way(_title(rules.beat), self._passages[rules.beat.id], self._entry(rules), "An event")
            for rules in self._rules.events
        ]

    @cached_property
    def _returns(self) -> list[Way]:
        """From an event back to where the scene was."""
        return [
            Way("Go on", hub, Check(self._at.name, "=", self._places[beat_id]), is_forced=True)
            for beat_id, hub in self._hubs.items()
        ]

    def _entered(self, beat: StoryBeat) -> Passage:
        rules = self._rules.beats[beat.id]
        place = self._place_names.get(beat.place_id or "", "")
        notes = [f"Place: {place}"] if place else []
        notes += [f"{self._roles.get(role, 'Somebody')} wants: {goal}" for role, goal in beat.goals.items() if goal]
        notes += [f"Entered when: {beat.condition}"] if beat.condition.strip() else []
        return Passage(
            self._passages[beat.id],
            _title(beat),
            [one_line(note) for note in notes],
            plain(beat.text).strip(),
            self._changes(beat, rules.effects),
            self._changes(beat, rules.failure_effects) if rules.can_fail else [],
            None if rules.success is None else self._question(rules.success),
            [Said(one_line(line.speaker), one_line(line.text)) for line in self._dialogue.get(beat.id, ())],
            x=beat.x if math.isfinite(beat.x) else 0.0,
            y=beat.y if math.isfinite(beat.y) else 0.0,
        )

    def _way(self, way: WayRules) -> Way:
        target = self._rules.beats[way.link.to_id]
        note, words = "", ""
        match way.trigger:
            case PhraseSaid(text=words, by=by):
                note = f"When {by or 'somebody'} says: {words}"
            case FactSpoken(fact_id=fact_id):
                note = f"When the fact {fact_id} comes out"
            case AfterTurns(n_turns=n_turns):
                note = f"After {n_turns} turns"
        if _has_turns(way.condition) or _has_turns(target.condition):
            note = f"{note}; counts turns: {way.link.condition} {target.beat.condition}"
        label = one_line(way.link.label) or one_line(words) or _title(target.beat)
        question = join(self._question(way.condition), self._entry(target))
        return Way(label, self._passages[way.link.to_id], question, one_line(note))

    def _entry(self, rules: BeatRules) -> Question:
        question = self._question(rules.condition)
        return question if rules.beat.is_repeatable else join(Check(self._been[rules.beat.id].name, "=", 0), question)

    def _question(self, meaning: Meaning) -> Question:
        return read_meaning(meaning, self._numbers.__getitem__, self._been.__getitem__)

    def _changes(self, beat: StoryBeat, acts: tuple[Act, ...]) -> list[Change]:
        return [Change(self._been[beat.id], 1), *(read_act(act, self._numbers[act.slot]) for act in acts)]

    def _used_slots(self) -> Iterable[tuple[int, Slot]]:
        used: set[int] = set()
        for rules in self._rules.beats.values():
            used |= {act.slot for act in (*rules.effects, *rules.failure_effects)}
            used |= _slots_of(rules.condition) | _slots_of(rules.success or Fixed(True))
        for ways in self._rules.ways.values():
            for way in ways:
                used |= _slots_of(way.condition)
        used |= _slots_of(self._rules.win) | _slots_of(self._rules.lose)
        for index, slot in enumerate(self._rules.slots.all):
            if slot.kind == SlotKind.VARIABLE or index in used:
                yield index, slot

    def _number(self, slot: Slot) -> Number:
        role = self._roles.get(slot.key, slot.key)
        fact = self._facts.get(slot.fact_id, "")
        name, note = {
            SlotKind.VARIABLE: (slot.key, self._notes.get(slot.key, "")),
            SlotKind.HOLDER: (f"{slot.key}_holder", f"Who holds {slot.key}: 0 nobody, then the roles in order"),
            SlotKind.PROP_PLACE: (f"{slot.key}_place", f"Where {slot.key} is: 0 nowhere, then the places in order"),
            SlotKind.PROP_STATE: (f"{slot.key}_state", f"State of {slot.key}, from 0"),
            SlotKind.ROLE_PLACE: (f"{role}_place", f"Where {role} is: 0 anywhere, 1 away, then the places in order"),
            SlotKind.KNOWLEDGE: (f"{role}_{slot.fact_id}", f"{role}: {fact[:80]} (0 unknown, 1 suspected, 2 known)"),
        }[slot.kind]
        return Number(self._names.make(name, "number"), slot.start, slot.low, slot.high, one_line(note))


class _Names:
    """Makes identifiers: letters, digits and underlines, each only once whatever the case."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)
        self._endings: dict[str, Iterator[str]] = {}

    def make(self, wanted: str, otherwise: str) -> str:
        name = re.sub(r"[^A-Za-z0-9]+", "_", wanted)[:48].strip("_")
        name = name if name[:1].isalpha() else f"{otherwise}_{name}".strip("_")
        endings = self._endings.get(name.lower())
        if endings is None:
            endings = self._endings[name.lower()] = itertools.chain(
                [""], (f"_{number}" for number in itertools.count(2))
            )
        made = next(made for ending in endings if (made := f"{name}{ending}").lower() not in self._taken)
        self._taken.add(made.lower())
        return made


def _title(beat: StoryBeat) -> str:
    return one_line(beat.title) or "A beat"


def _slots_of(meaning: Meaning) -> set[int]:
    match meaning:
        case Test(slot):
            return {slot}
        case Neither(inner):
            return _slots_of(inner)
        case AllOf(parts) | OneOf(parts):
            return set().union(*map(_slots_of, parts))
    return set()


def _has_turns(meaning: Meaning) -> bool:
    match meaning:
        case Lasted():
            return True
        case Neither(inner):
            return _has_turns(inner)
        case AllOf(parts) | OneOf(parts):
            return any(map(_has_turns, parts))
    return False
