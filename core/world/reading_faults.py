"""What is wrong with a scenario as it is written, without playing it: names, values, contradictions, loose ends."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from core.world.findings import Culprit, CulpritKind, Finding, Rule, Severity
from core.world.graph import Story, StoryBeat, StoryLink
from core.world.meaning import Fault, Fixed, Reader, SetTo, Test
from core.world.packing import meanings_of, parts_of
from core.world.satisfying import can_hold
from core.world.scope import LANGUAGE_WORDS, PLACE_WORDS, ROLE_WORDS
from core.world.slots import NOBODY_HOLDS, NOWHERE_LIES, SlotKind, Slots
from core.world.steps import Rules
from core.world.triggers import FactSpoken, PhraseSaid, read_trigger
from core.world.watch import Look
from models.beat import BeatKind

MAX_SUGGESTED = 50
"""Unknown names of a story for which one like them is looked for."""
_TEXT_OF = {
    "condition": "the condition",
    "success": "the condition of success",
    "effects": "the effects",
    "failure_effects": "the effects of failure",
    "win": "the condition of winning",
    "lose": "the condition of losing",
}


def find_reading_faults(rules: Rules, look: Look = lambda: None) -> Iterator[Finding]:
    """Yields all that can be said of a story before it is explored.

    Args:
        look: Raises Stopped when it is time to stop.
    """
    story = rules.story
    yield from _faults_of_start(story)
    yield from _faults_of_triggers(rules)
    yield from _faults_of_cast(story)
    yield from _faults_of_ids(story)
    yield from _faults_of_names(story)
    yield from _loose_ends(rules)
    yield from _faults_of_texts(rules, look)


def _faults_of_start(story: Story) -> Iterator[Finding]:
    if not story.beats:
        message = "There are no beats yet: nothing in the scene can be reached, won or lost."
        yield Finding(Rule.START, Severity.NOTE, message, Culprit(CulpritKind.SCENARIO))
    starts = [beat for beat in story.beats if beat.kind == BeatKind.START]
    for beat in starts[1:]:
        message = f"“{beat.title}” is a second start: the scene begins in “{starts[0].title}”."
        yield Finding(Rule.START, Severity.WARNING, message, Culprit(CulpritKind.BEAT, beat.id))
    steps = [beat for beat in story.beats if beat.kind != BeatKind.EVENT]
    if steps and not starts:
        message = "No beat is the start, so the scene is in none of them: make one the start."
        yield Finding(Rule.START, Severity.ERROR, message, Culprit(CulpritKind.BEAT, steps[0].id))


def _faults_of_texts(rules: Rules, look: Look) -> Iterator[Finding]:
    story, slots, reader = rules.story, rules.slots, rules.reader
    reader.n_suggestions = MAX_SUGGESTED
    beats = {beat.id: beat for beat in story.beats}
    for beat in story.beats:
        look()
        name = f"“{beat.title}”"
        for text in ("condition", "success"):
            culprit = Culprit(CulpritKind.BEAT, beat.id, text)
            yield from _faults_of_condition(reader, slots, getattr(beat, text), culprit, name)
        for text in ("effects", "failure_effects"):
            culprit = Culprit(CulpritKind.BEAT, beat.id, text)
            yield from _faults_of_effects(reader, getattr(beat, text), culprit, name)
    for link in story.links:
        look()
        culprit = Culprit(CulpritKind.LINK, link.id, "condition")
        yield from _faults_of_condition(reader, slots, link.condition, culprit, name_way(beats, link))
    for text in ("win", "lose"):
        culprit = Culprit(CulpritKind.SCENARIO, "", text)
        yield from _faults_of_condition(reader, slots, getattr(story.world, text), culprit, "the world")


def _faults_of_condition(reader: Reader, slots: Slots, text: str, culprit: Culprit, name: str) -> Iterator[Finding]:
    if not text.strip():
        return
    meaning = reader.read_condition(text)
    yield from _as_findings(reader.faults, culprit, name)
    if any(fault.is_grave for fault in reader.faults) or isinstance(meaning, Fixed):
        return
    may_hold, may_fail = can_hold(meaning, slots)
    where = f"{_TEXT_OF[culprit.field]} of {name}"
    if not may_hold:
        yield Finding(Rule.CONTRADICTION, Severity.ERROR, f"{_start(where)} can never hold: “{text.strip()}”.", culprit)
    elif not may_fail:
        yield Finding(Rule.CONTRADICTION, Severity.NOTE, f"{_start(where)} always holds: “{text.strip()}”.", culprit)


def _faults_of_effects(reader: Reader, text: str, culprit: Culprit, name: str) -> Iterator[Finding]:
    if text.strip():
        reader.read_effects(text)
        yield from _as_findings(reader.faults, culprit, name)


def _as_findings(faults: list[Fault], culprit: Culprit, name: str) -> Iterator[Finding]:
    where = f"{_TEXT_OF[culprit.field]} of {name}"
    for fault in faults:
        place = Culprit(culprit.kind, culprit.id, culprit.field, fault.span)
        rule = Rule.UNKNOWN_NAME if fault.message.startswith("There is no") else Rule.UNREADABLE
        if not fault.is_grave:
            yield Finding(Rule.ODD_VALUE, Severity.WARNING, f"In {where}: {fault.message}.", place)
        else:
            yield Finding(rule, Severity.ERROR, f"In {where}: {fault.message}.", place)


def _faults_of_triggers(rules: Rules) -> Iterator[Finding]:
    story = rules.story
    facts = {fact.id for fact in story.world.facts}
    beats = {beat.id: beat for beat in story.beats}
    for link in story.links:
        message = _fault_of_trigger(rules, link, facts)
        if message:
            culprit = Culprit(CulpritKind.LINK, link.id, "trigger")
            yield Finding(Rule.UNREADABLE, Severity.ERROR, f"{_start(name_way(beats, link))}: {message}.", culprit)
        source = beats.get(link.from_id)
        if source is not None and source.kind == BeatKind.EVENT:
            message = f"“{source.title}” is an event, so the scene goes on where it was: this way is never taken."
            culprit = Culprit(CulpritKind.LINK, link.id)
            yield Finding(Rule.DEAD_WAY, Severity.WARNING, message, culprit)


def _fault_of_trigger(rules: Rules, link: StoryLink, facts: set[str]) -> str:
    try:
        trigger = read_trigger(link.trigger)
    except ValidationError:
        return "what triggers it cannot be read"
    match trigger:
        case PhraseSaid(text=text) if not any(character.isalnum() for character in text):
            return "it waits for words, but which ones is not said"
        case FactSpoken(fact_id=""):
            return "it waits for a fact to come out, but which one is not said"
        case FactSpoken(fact_id=fact_id) if fact_id not in facts:
            return "it waits for a fact that is not in the world"
        case PhraseSaid(by=by) | FactSpoken(by=by) if by and rules.scope.role(by) is None:
            return f"it waits for “{by}” to speak, but there is no such role"
    return ""


def _faults_of_cast(story: Story) -> Iterator[Finding]:
    for role in story.roles:
        if not role.is_cast:
            message = f"{_start(role.name)} has no character: the part is left out of the scene."
            yield Finding(Rule.NO_CAST, Severity.WARNING, message, Culprit(CulpritKind.ROLE, role.id))


def _faults_of_ids(story: Story) -> Iterator[Finding]:
    """Ids in the world and in beats that point to nothing; the app never makes them, other files may."""
    roles, places = {role.id for role in story.roles}, {place.id for place in story.world.places}
    for kind, key, field, what, is_known in _ids_used(story, roles, places):
        if not is_known:
            message = f"{what} is not in the scenario."
            yield Finding(Rule.UNKNOWN_NAME, Severity.ERROR, message, Culprit(kind, key, field))


def _ids_used(story: Story, roles: set[str], places: set[str]) -> Iterator[tuple[CulpritKind, str, str, str, bool]]:
    """Yields what points to roles and places, where that is written, and whether all of them are there."""
    world = story.world
    for prop in world.props:
        holder, place = prop.holder is None or prop.holder in roles, prop.place is None or prop.place in places
        yield CulpritKind.PROP, prop.name, "holder", f"The role that holds {prop.name}", holder
        yield CulpritKind.PROP, prop.name, "place", f"The place of {prop.name}", place
    for fact in world.facts:
        what = f"A role that knows “{shorten(fact.text)}”"
        yield CulpritKind.FACT, fact.id, "known_by", what, set(fact.known_by) <= roles
    for one in world.places:
        yield CulpritKind.PLACE, one.id, "adjacent", f"A place beside “{one.name}”", set(one.adjacent) <= places
    for role_id, place_id in world.role_places.items():
        yield CulpritKind.SCENARIO, "", "role_places", "A role that has a place", role_id in roles
        yield CulpritKind.ROLE, role_id, "role_places", "The place of a role", place_id in places
    for beat in story.beats:
        is_placed = beat.place_id is None or beat.place_id in places
        yield CulpritKind.BEAT, beat.id, "place_id", f"The place of “{beat.title}”", is_placed
        yield CulpritKind.BEAT, beat.id, "goals", f"A role with a goal in “{beat.title}”", set(beat.goals) <= roles


def _faults_of_names(story: Story) -> Iterator[Finding]:
    world = story.world
    named: list[tuple[CulpritKind, str, str]] = [
        *((CulpritKind.BEAT, beat.id, beat.name) for beat in story.beats),
        *((CulpritKind.PLACE, place.id, place.name) for place in world.places),
        *((CulpritKind.ROLE, role.id, name) for role in story.roles for name in role.names[:1]),
    ]
    counts = Counter((kind, name.strip().casefold()) for kind, _, name in named if name.strip())
    for kind, key, name in named:
        if counts[kind, name.strip().casefold()] > 1:
            message = f"Two {kind.value}s are called “{name.strip()}”: conditions mean the first."
            yield Finding(Rule.AMBIGUOUS, Severity.NOTE, message, Culprit(kind, key, "name"))
    yield from _faults_of_words(story)


def _faults_of_words(story: Story) -> Iterator[Finding]:
    """Names that conditions and effects read as something else."""
    for kind, name in (
        *((CulpritKind.VARIABLE, one.name) for one in story.world.variables),
        *((CulpritKind.PROP, one.name) for one in story.world.props),
    ):
        if name.casefold() in LANGUAGE_WORDS:
            message = f"“{name}” is a word of conditions and effects: there it means the {kind.value} only in quotes."
            yield Finding(Rule.AMBIGUOUS, Severity.WARNING, message, Culprit(kind, name, "name"))
    for kind, key, name, words in (
        *((CulpritKind.ROLE, role.id, name, ROLE_WORDS) for role in story.roles for name in role.names),
        *((CulpritKind.PLACE, place.id, place.name, PLACE_WORDS) for place in story.world.places),
    ):
        if name.strip().casefold() in words:
            message = f"Conditions and effects never mean this {kind.value} by “{name.strip()}”: the word is theirs."
            yield Finding(Rule.AMBIGUOUS, Severity.WARNING, message, Culprit(kind, key, "name"))


def _loose_ends(rules: Rules) -> Iterator[Finding]:
    """Variables that nothing reads or changes, props that are nowhere."""
    acts = [act for beat in rules.beats.values() for act in (*beat.effects, *beat.failure_effects)]
    changed = {act.slot for act in acts}
    read = {part.slot for meaning in meanings_of(rules) for part in parts_of(meaning) if isinstance(part, Test)}
    slots = rules.slots
    for variable in rules.story.world.variables:
        slot = slots.index(SlotKind.VARIABLE, variable.name)
        culprit = Culprit(CulpritKind.VARIABLE, variable.name)
        if slot in read and slot not in changed:
            message = f"Conditions read {variable.name}, but no effect ever changes it."
            yield Finding(Rule.UNUSED, Severity.WARNING, message, culprit)
        elif slot not in read and not variable.is_public:
            yield Finding(Rule.UNUSED, Severity.NOTE, f"No condition reads {variable.name}.", culprit)
    placed = {act.slot for act in acts if isinstance(act, SetTo) and act.value not in {NOBODY_HOLDS, NOWHERE_LIES}}
    for prop in rules.story.world.props:
        holder, place = slots.index(SlotKind.HOLDER, prop.name), slots.index(SlotKind.PROP_PLACE, prop.name)
        is_somewhere = slots.all[holder].start != NOBODY_HOLDS or slots.all[place].start != NOWHERE_LIES
        if not is_somewhere and not {holder, place} & placed:
            message = f"{prop.name} is nowhere, and no effect puts it anywhere."
            yield Finding(Rule.NOWHERE, Severity.WARNING, message, Culprit(CulpritKind.PROP, prop.name))


def name_way(beats: Mapping[str, StoryBeat], link: StoryLink) -> str:
    """Returns words for a way: its label, or where it leads from and to."""
    if link.label.strip():
        return f"the way “{link.label.strip()}”"
    ends = [beat.title if (beat := beats.get(beat_id)) else "?" for beat_id in (link.from_id, link.to_id)]
    return f"the way from “{ends[0]}” to “{ends[1]}”"


def shorten(text: str, n_chars: int = 60) -> str:
    """Cuts a text to one line of a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= n_chars else f"{line[: n_chars - 1].rstrip()}…"


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
