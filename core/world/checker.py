"""Checks a scenario: what can be reached, won and lost, and everything that is wrong, each with its culprit.

Source: RPGBench (methods 2.24): a world is valid when a breadth-first search from its start sees every event happen
and reaches a state that is won and one that is lost. An event is here every beat but the start. We differ in that a
scene follows ways: what waits for words, for turns or for a person may happen or not, the rest must.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from core.world.exploring import Exploration, Limits, explore
from core.world.findings import Culprit, CulpritKind, Finding, Rule, Severity, sort_findings
from core.world.graph import Story, StoryBeat, StoryLink
from core.world.meaning import AllOf, Meaning, Neither, OneOf, Test, compare
from core.world.packing import ENDING, LOSE, WIN, Packed, can_trigger
from core.world.reading_faults import find_reading_faults, name_way, shorten
from core.world.scope import join_words
from core.world.slots import KNOWN, SlotKind
from core.world.state import describe_slot
from core.world.steps import Rules
from core.world.watch import Stopped, Watch
from models.beat import BeatKind

SEARCH_SHARE = 0.75
"""Of the time that is left once the rules are read, what the search may take; the rest is for saying why."""
_CHUNK = 65_536
"""States between two looks at the clock while they are gone through."""
MAX_SHOWN_STEPS = 12


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found."""

    valid: bool
    n_events: int
    n_reachable: int
    dead: tuple[str, ...]
    """Names of the beats that can never be entered; none when the search stopped before it was through."""
    shortest_win: int | None
    """Steps from the start to the nearest win."""
    n_wins: int
    """States that are won."""
    n_loses: int
    n_states: int
    findings: tuple[Finding, ...] = field(default=())
    stopped: str = ""
    """Why the search stopped before it was through: states, time or cancelled; empty when it was."""

    def to_document(self) -> dict[str, Any]:
        """Returns what `tableread scenario check --json` prints."""
        return {
            "valid": self.valid,
            "events": self.n_events,
            "reachable": self.n_reachable,
            "dead": list(self.dead),
            "shortest_win": self.shortest_win,
            "wins": self.n_wins,
            "loses": self.n_loses,
            "states": self.n_states,
            "findings": [finding.to_document() for finding in self.findings],
        }


def check_story(story: Story, limits: Limits | None = None, is_cancelled: Callable[[], bool] = lambda: False) -> Report:
    """Checks a story. Safe on any thread and in any process.

    Args:
        is_cancelled: Asked now and then; what was found until then is reported.

    Raises:
        UserError: The world is too large to be kept apart.
    """
    limits = limits or Limits()
    watch = Watch(limits.time_s, is_cancelled)
    try:
        rules = Rules(story, watch.look)
        packed = Packed(rules, watch.look)
    except Stopped as stopped:
        return _report_unread(story, limits, stopped.reason)
    found = explore(packed, replace(limits, time_s=watch.left_s * SEARCH_SHARE), is_cancelled)
    return _Judgement(rules, packed, found, limits, watch).report()


def _report_unread(story: Story, limits: Limits, reason: str) -> Report:
    """Says that not even all rules were read."""
    n_events = max(0, len(story.beats) - (story.start is not None))
    return Report(False, n_events, 0, (), None, 0, 0, 0, (_say_limit(reason, limits, 0),), reason)


def _say_limit(reason: str, limits: Limits, n_states: int) -> Finding:
    reached = {
        "states": f"the limit of {limits.n_states:,} states was reached",
        "time": f"it may take no longer than {limits.time_s:g} seconds",
        "cancelled": "it was stopped",
    }[reason]
    message = (
        f"The search is not complete: {reached}, with {n_states:,} states seen. "
        "What was found so far holds; what was not found may still be possible."
    )
    return Finding(Rule.LIMIT, Severity.WARNING, message, Culprit(CulpritKind.SCENARIO))


class _Judgement:
    def __init__(self, rules: Rules, packed: Packed, found: Exploration, limits: Limits, watch: Watch) -> None:
        self._rules, self._packed, self._found, self._limits = rules, packed, found, limits
        self._watch = watch
        self._story = rules.story
        self._beats = {beat.id: beat for beat in self._story.beats}
        self._start = self._story.start
        self._links_to: dict[str, list[StoryLink]] = {}
        for link in self._story.links:
            self._links_to.setdefault(link.to_id, []).append(link)
        self._ways = {way.link.id: way for ways in rules.ways.values() for way in ways}
        self._values: dict[int, set[int]] = {}
        n_links = len(self._story.links)
        self._entered = {link.to_id for place, link in enumerate(self._story.links) if packed.fired[place]} | {
            event.beat.id for place, event in enumerate(rules.events) if packed.fired[n_links + place]
        }
        self._first_win = found.first(WIN)

    def report(self) -> Report:
        found, start = self._found, self._start
        events = [beat for beat in self._story.beats if start is None or beat.id != start.id]
        unseen = [beat for beat in events if beat.id not in self._entered]
        dead = [] if found.stopped else unseen
        wins, loses = found.count(WIN), found.count(LOSE)
        findings = [
            *self._while_there_is_time(find_reading_faults(self._rules, self._watch.look)),
            *self._while_there_is_time(self._faults_of_search(dead, wins, loses)),
        ]
        return Report(
            valid=bool(events) and not unseen and wins > 0 and loses > 0 and not found.stopped,
            n_events=len(events),
            n_reachable=len(events) - len(unseen),
            dead=tuple(beat.name.strip() or beat.id for beat in dead),
            shortest_win=None if self._first_win is None else found.depths[self._first_win],
            n_wins=wins,
            n_loses=loses,
            n_states=len(found.states),
            findings=tuple(sort_findings(findings)),
            stopped=found.stopped,
        )

    def _while_there_is_time(self, findings: Iterator[Finding]) -> Iterator[Finding]:
        try:
            yield from findings
        except Stopped:
            message = "There was no time to look for all that may be wrong: give the check more of it."
            yield Finding(Rule.LIMIT, Severity.WARNING, message, Culprit(CulpritKind.SCENARIO))

    def _faults_of_search(self, dead: list[StoryBeat], wins: int, loses: int) -> Iterator[Finding]:
        if self._found.stopped:
            yield _say_limit(self._found.stopped, self._limits, len(self._found.states))
        if not self._story.beats:
            return
        if not self._found.stopped:
            for beat in dead:
                yield self._say_dead(beat)
            yield from self._dead_ways()
            yield from self._secrets()
            yield from self._endless()
        yield from self._say_outcomes(wins, loses)

    def _say_dead(self, beat: StoryBeat) -> Finding:
        why = self._why_dead(beat)
        return Finding(
            Rule.UNREACHABLE,
            Severity.ERROR,
            f"“{beat.title}” can never be reached: {why}.",
            Culprit(CulpritKind.BEAT, beat.id),
        )

    def _why_dead(self, beat: StoryBeat) -> str:
        if beat.kind == BeatKind.EVENT:
            return self._why_never(self._rules.beats[beat.id].condition) or "its condition never holds"
        links = self._links_to.get(beat.id, [])
        if not links:
            return "no way leads to it"
        sources = {link.from_id for link in links if self._is_entered(link.from_id)}
        if not sources:
            names = join_words([f"“{one.title}”" for link in links if (one := self._beats.get(link.from_id))], "or")
            return f"it comes only after {names}, which is never reached"
        entry = self._rules.beats[beat.id].condition
        ways = [self._ways[link.id] for link in links if link.from_id in sources and link.id in self._ways]
        if not any(can_trigger(way, self._rules) for way in ways):
            return "nothing can trigger a way to it"
        whys = [self._why_never(AllOf((way.condition, entry))) for way in ways]
        said = "another way always comes first, or its conditions never hold where the scene comes past"
        return next(filter(None, whys), said)

    def _why_never(self, meaning: Meaning) -> str:
        """Returns which part of a condition holds in no state that was seen; empty when each does in some."""
        for part in _conjuncts(meaning):
            if isinstance(part, Test) and part.slot in self._packed.fields:
                text = self._explain_test(part, self._values_of(part.slot))
                if text:
                    return text
        return ""

    def _values_of(self, slot: int) -> set[int]:
        """Returns all values that a slot has in states that were seen."""
        if slot not in self._values:
            self._values[slot] = self._read_values(slot)
        return self._values[slot]

    def _read_values(self, slot: int) -> set[int]:
        field, states = self._packed.fields[slot], self._found.states
        shift, mask = field.shift, field.mask
        values: set[int] = set()
        for start in range(0, len(states), _CHUNK):
            self._watch.look()
            values.update({state >> shift & mask for state in states[start : start + _CHUNK]})
        return {value + field.low for value in values}

    def _explain_test(self, part: Test, values: set[int]) -> str:
        if any(compare(value, part.sign, part.value) for value in values):
            return ""
        name, wanted = describe_slot(self._rules.slots, part.slot, part.value)
        if self._rules.slots.all[part.slot].high > 1 and len(values) > 1 and isinstance(wanted, int):
            return f"{name} {part.sign} {wanted} never holds; it goes from {min(values)} to {max(values)}"
        shown = {True: "yes", False: "no"}.get(wanted, wanted) if isinstance(wanted, bool) else wanted
        return f"{name} {part.sign} {shown} never holds"

    def _is_entered(self, beat_id: str) -> bool:
        return beat_id in self._entered or (self._start is not None and self._start.id == beat_id)

    def _dead_ways(self) -> Iterator[Finding]:
        for place, link in enumerate(self._story.links):
            source = self._beats.get(link.from_id)
            is_known = self._packed.fired[place] or source is None or source.kind == BeatKind.EVENT
            if is_known or not self._is_entered(link.from_id) or link.to_id not in self._entered:
                continue
            self._watch.look()
            way = name_way(self._beats, link)
            why = (
                self._why_never(self._ways[link.id].condition)
                or "its conditions never hold there, or another way always comes first"
            )
            message = f"{way[:1].upper()}{way[1:]} is never taken: {why}."
            yield Finding(Rule.DEAD_WAY, Severity.WARNING, message, Culprit(CulpritKind.LINK, link.id))

    def _secrets(self) -> Iterator[Finding]:
        entered = [rules for beat_id, rules in self._rules.beats.items() if self._is_entered(beat_id)]
        learnt = {
            self._rules.slots.all[act.slot].fact_id
            for rules in entered
            for act in (*rules.effects, *rules.failure_effects)
            if self._rules.slots.all[act.slot].kind == SlotKind.KNOWLEDGE and getattr(act, "value", 0) == KNOWN
        }
        for fact in self._story.world.facts:
            hidden_from = [role for role in self._story.roles if role.id not in fact.known_by]
            if not fact.is_secret or not hidden_from or fact.id in learnt:
                continue
            self._watch.look()
            if not any(self._packed.hearsay.can_hear(role.id, fact.id) for role in hidden_from):
                message = (
                    f"Nobody can learn the secret “{shorten(fact.text)}”: no beat that is reached tells it, and nobody "
                    "who knows it can meet anybody else."
                )
                yield Finding(Rule.SECRET, Severity.WARNING, message, Culprit(CulpritKind.FACT, fact.id))

    def _endless(self) -> Iterator[Finding]:
        found = self._found
        if not any(sign & (WIN | LOSE | ENDING) for sign in found.signs):
            message = "No ending can be reached: only the number of turns ends the scene."
            yield Finding(Rule.ENDLESS, Severity.WARNING, message, Culprit(CulpritKind.SCENARIO))
            return
        trapped = found.without_ending(self._watch.look)
        stuck: dict[str, int] = {}
        circling: dict[str, int] = {}
        for number, place in enumerate(trapped):
            if not number % _CHUNK:
                self._watch.look()
            beat = self._beat_at(place)
            goes_on = any(self._beat_at(other) is not beat for other in found.followers(place))
            if beat is not None:
                (circling if goes_on else stuck).setdefault(beat.id, place)
        for beat_id, place in stuck.items():
            yield self._say_stuck(beat_id, place)
        circle = [beat_id for beat_id in circling if beat_id not in stuck]
        if circle and not stuck:
            names = join_words([f"“{beat.title}”" for one in circle if (beat := self._beats.get(one))])
            route = self._route(circling[circle[0]])
            message = f"The scene can go round for ever in {names}: no ending can be reached any more{route}."
            yield Finding(Rule.ENDLESS, Severity.ERROR, message, Culprit(CulpritKind.BEAT, circle[0]))

    def _say_stuck(self, beat_id: str, place: int) -> Finding:
        beat = self._beats[beat_id]
        why = "no way out of it can be taken any more" if self._rules.ways[beat_id] else "no way leads on from it"
        message = f"In “{beat.title}” the scene can come to a stop: {why}{self._route(place)}."
        return Finding(Rule.ENDLESS, Severity.ERROR, message, Culprit(CulpritKind.BEAT, beat_id))

    def _route(self, place: int) -> str:
        titles: list[str] = []
        for step in self._found.path_to(place):
            beat = self._beat_at(step)
            if beat is not None and (not titles or titles[-1] != beat.title):
                titles.append(beat.title)
        if len(titles) < 3:
            return ""
        shown = titles if len(titles) <= MAX_SHOWN_STEPS else [*titles[:4], "…", *titles[-4:]]
        return f", such as after {' → '.join(shown[:-1])}"

    def _beat_at(self, place: int) -> StoryBeat | None:
        return self._packed.beats[self._found.states[place] & self._packed.beat_bits]

    def _say_outcomes(self, wins: int, loses: int) -> Iterator[Finding]:
        world, kinds = self._story.world, {beat.kind for beat in self._story.beats}
        for rule, count, kind, text, verb in (
            (Rule.UNWINNABLE, wins, BeatKind.WIN, world.win, "won"),
            (Rule.UNLOSABLE, loses, BeatKind.LOSE, world.lose, "lost"),
        ):
            if count or self._found.stopped:
                continue
            culprit = Culprit(CulpritKind.SCENARIO, "", "win" if rule == Rule.UNWINNABLE else "lose")
            if kind in kinds or text.strip():
                yield Finding(rule, Severity.ERROR, f"The scenario can never be {verb}.", culprit)
            else:
                message = f"The scenario cannot be {verb}: it has no ending of that kind, and no condition for it."
                yield Finding(rule, Severity.NOTE, message, culprit)


def _conjuncts(meaning: Meaning) -> Iterator[Meaning]:
    match meaning:
        case AllOf(parts):
            for part in parts:
                yield from _conjuncts(part)
        case Neither(OneOf(parts)):
            for part in parts:
                yield from _conjuncts(Neither(part))
        case Neither(Test(slot, sign, value)):
            yield Test(slot, _CONTRARY[sign], value)
        case Neither(Neither(inner)):
            yield from _conjuncts(inner)
        case _:
            yield meaning


_CONTRARY = {"=": "!=", "!=": "=", ">=": "<", "<=": ">", ">": "<=", "<": ">="}
