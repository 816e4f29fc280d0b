"""The checker: the acceptance games, every kind of finding, and all against a naive search that plays step by step."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.world import checker, steps
from core.world.checker import Report, check_story
from core.world.exploring import Limits, explore
from core.world.findings import Rule, Severity
from core.world.graph import Story, StoryRole
from core.world.meaning import AllOf, Fixed, Lasted, Meaning, Neither, OneOf, Reader
from core.world.meaning import Test as MeaningTest
from core.world.packing import Packed, meanings_of, parts_of
from core.world.reading_faults import MAX_SUGGESTED
from core.world.satisfying import can_hold
from core.world.scope import Scope
from core.world.slots import SlotKind
from core.world.state import Outcome, WorldState
from core.world.steps import Line, Rules, WayRules
from core.world.triggers import AfterTurns, AtOnce, Choice, PhraseSaid
from tests.core.world.stories import flag, game, make_story, number, stories

FORKS = [
    {"name": "in", "kind": "start"},
    {"name": "left"},
    {"name": "right"},
    {"name": "win", "kind": "win"},
    {"name": "lose", "kind": "lose"},
]


def test_game_v1_of_the_methods() -> None:
    report = check_story(game())
    assert (report.valid, report.n_events, report.n_reachable, report.dead) == (True, 3, 3, ())
    assert report.shortest_win == 2
    assert report.n_wins > 0 < report.n_loses
    assert not report.findings


def test_game_v2_of_the_methods() -> None:
    report = check_story(game(2))
    assert (report.valid, report.dead, report.n_wins, report.shortest_win) == (False, ("open",), 0, None)
    assert {finding.rule for finding in report.findings} == {Rule.UNREADABLE, Rule.UNREACHABLE, Rule.UNWINNABLE}
    assert set(report.to_document()) == {
        "valid", "events", "reachable", "dead", "shortest_win", "wins", "loses", "states", "findings",
    }  # fmt: skip


def _found(story: Story, rule: Rule) -> list[tuple[str, str]]:
    return [(one.culprit.kind.value, one.culprit.id) for one in check_story(story).findings if one.rule == rule]


def test_beats_that_nothing_leads_to_are_dead_and_say_why() -> None:
    links = [
        {"from_id": "in", "to_id": "left", "condition": "a >= 2"},
        {"from_id": "left", "to_id": "win"},
        {"from_id": "in", "to_id": "lose", "trigger": {"kind": "choice"}},
    ]
    report = check_story(make_story({"variables": [number("a")]}, FORKS, links))
    messages = {one.culprit.id: one.message for one in report.findings if one.rule == Rule.UNREACHABLE}
    assert messages["right"].endswith("no way leads to it.")
    assert messages["left"].endswith("a >= 2 never holds.")
    assert "never reached" in messages["win"]
    assert not report.valid


def test_endless_circles_and_stops_are_found() -> None:
    links = [
        {"from_id": "in", "to_id": "left", "trigger": {"kind": "choice"}},
        {"from_id": "in", "to_id": "win", "trigger": {"kind": "choice"}},
        {"from_id": "in", "to_id": "lose", "trigger": {"kind": "choice"}},
        {"from_id": "left", "to_id": "right"},
        {"from_id": "right", "to_id": "left"},
    ]
    again = [beat | {"is_repeatable": True} for beat in FORKS]
    assert _found(make_story({}, again, links), Rule.ENDLESS) == [("beat", "left")]
    assert _found(make_story({}, FORKS, links), Rule.ENDLESS) == [("beat", "right")]
    assert _found(make_story({}, FORKS, [*links, {"from_id": "right", "to_id": "lose"}]), Rule.ENDLESS) == []
    assert _found(make_story({}, FORKS[:2], links[:1]), Rule.ENDLESS) == [("scenario", "")]


def test_what_always_comes_first_hides_what_comes_after() -> None:
    links = [
        {"from_id": "in", "to_id": "win", "condition": "turns >= 3"},
        {"from_id": "in", "to_id": "lose"},
        {"from_id": "in", "to_id": "left"},
    ]
    report = check_story(make_story({}, FORKS[:2] + FORKS[3:], links))
    assert report.dead == ("left",)
    assert report.n_wins == 1  # turns may be many: nothing is known of them
    links[2] |= {"trigger": {"kind": "choice"}}
    assert check_story(make_story({}, FORKS[:2] + FORKS[3:], links)).dead == ()


def test_names_values_and_contradictions_are_found_where_they_are() -> None:
    beats = [
        {"name": "in", "kind": "start", "effects": "a + 9\nf = perhaps\nTheo learns nothing"},
        {"name": "x", "kind": "event", "condition": "tensoin > 1", "goals": {"gone": "Win."}},
        {"name": "y", "kind": "event", "condition": "tension > 2 and tension < 2", "place_id": "nowhere"},
        {"name": "z", "kind": "event", "condition": "Teo has lamp"},
        {"name": "v", "kind": "event", "condition": "a >"},
    ]
    world = {"variables": [number("a"), number("tension"), flag("f")]}
    report = check_story(make_story(world, beats))
    by_place = {(one.culprit.id, one.culprit.field): one.message for one in report.findings if one.culprit.field}
    assert "perhaps tension is meant" in by_place["x", "condition"]
    assert "can never hold" in by_place["y", "condition"]
    assert "no prop “lamp”" in by_place["z", "condition"]
    assert "value" in by_place["v", "condition"]
    assert "place_id" in {one.culprit.field for one in report.findings if one.culprit.id == "y"}
    assert "goals" in {one.culprit.field for one in report.findings if one.culprit.id == "x"}
    effects = [one for one in report.findings if one.culprit.field == "effects"]
    assert {one.rule for one in effects} == {Rule.ODD_VALUE, Rule.UNREADABLE, Rule.UNKNOWN_NAME}
    start = beats[0]["effects"]
    assert {start[slice(*one.culprit.span)] for one in effects} == {"a", "perhaps", "nothing"}


def test_cast_secrets_props_and_variables_are_looked_after() -> None:
    world = {
        "variables": [number("a")],
        "props": [{"name": "key"}],
        "facts": [{"id": "f1", "text": "The boat is sold.", "is_secret": True}],
    }
    beats = [{"name": "in", "kind": "start"}, {"name": "win", "kind": "win", "condition": "a = 1"}]
    links = [{"from_id": "in", "to_id": "win"}]
    roles = (StoryRole(id="r1", names=("Theo",)), StoryRole(id="r2", names=("Mara",), is_cast=False))
    story = make_story(world, beats, links, roles)
    assert _found(story, Rule.NO_CAST) == [("role", "r2")]
    assert _found(story, Rule.SECRET) == [("fact", "f1")]
    assert _found(story, Rule.NOWHERE) == [("prop", "key")]
    assert _found(story, Rule.UNUSED) == [("variable", "a")]
    told = [beats[0] | {"effects": "Mara learns f1\na + 1\nkey.holder = Mara"}, beats[1]]
    better = check_story(make_story(world, told, links, roles))
    assert {one.rule for one in better.findings} == {Rule.NO_CAST, Rule.UNLOSABLE}


def test_a_limit_is_said_when_it_is_reached() -> None:
    story = make_story(
        {"variables": [number("a", high=10**6)], "win": "a = 1000000"},
        [{"name": "grow", "kind": "event", "effects": "a + 1", "is_repeatable": True}],
    )
    report = check_story(story, Limits(n_states=500))
    assert report.stopped == "states"
    assert [one.rule for one in report.findings if one.severity == Severity.WARNING] == [Rule.LIMIT]
    assert not any(one.rule == Rule.UNWINNABLE for one in report.findings)
    assert check_story(story, is_cancelled=lambda: True).stopped == "cancelled"
    assert check_story(story, Limits(time_s=0)).stopped == "time"


def test_an_empty_scenario_has_nothing_to_find() -> None:
    report = check_story(make_story({}, []))
    assert (report.valid, report.n_events, report.n_states) == (False, 0, 1)
    assert [one.rule for one in report.findings] == [Rule.START]


def test_five_hundred_beats_in_a_row_of_forks_stay_few_states() -> None:
    beats = [{"name": "b0", "kind": "start"}, *({"name": f"b{i}"} for i in range(1, 499))]
    beats += [{"name": "win", "kind": "win"}, {"name": "lose", "kind": "lose"}]
    links = [{"from_id": f"b{i}", "to_id": f"b{min(498, i + step)}"} for i in range(498) for step in (1, 2)]
    links = [link | {"trigger": {"kind": "choice"}} for link in links]
    links += [{"from_id": "b498", "to_id": "win", "condition": "turns > 600"}, {"from_id": "b498", "to_id": "lose"}]
    report = check_story(make_story({}, beats, links))
    assert report.valid
    assert report.n_states == 501


@pytest.mark.parametrize("world", [{"lose": ""}, {"win": "a ="}])
def test_broken_worlds_are_checked_too(world: dict) -> None:
    assert isinstance(check_story(make_story(world, FORKS, [{"from_id": "in", "to_id": "in"}])), Report)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories())
def test_the_packed_search_finds_what_a_naive_one_finds(story: Story) -> None:
    rules = Rules(story)
    packed = Packed(rules)
    found = explore(packed, Limits(), lambda: False)
    naive = _Naive(rules)
    naive.search()
    assert {packed.pack(state) for state in naive.depths} == set(found.states)
    for sign, outcome in ((1, Outcome.WIN), (2, Outcome.LOSE), (4, Outcome.ENDING)):
        depths = [depth for state, depth in naive.depths.items() if outcome in naive.outcomes(state)]
        first = found.first(sign)
        assert (None if first is None else found.depths[first]) == min(depths, default=None)
    fired = {story.links[place].to_id for place in range(len(story.links)) if packed.fired[place]}
    fired |= {one.beat.id for place, one in enumerate(rules.events) if packed.fired[len(story.links) + place]}
    assert fired == naive.entered


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories(), st.lists(st.tuples(st.sampled_from(["Go on.", "No."]), st.floats(0, 0.999)), max_size=12))
def test_whatever_is_played_was_found_by_the_search(story: Story, turns: list[tuple[str, float]]) -> None:
    rules = Rules(story)
    packed = Packed(rules)
    found = set(explore(packed, Limits(), lambda: False).states)
    state = rules.begin(lambda _: 0.3)
    assert packed.pack(state) in found
    for text, luck in turns:
        if luck < 0.3 and state.outcome is None:
            state = _tell(rules, state, "r2" if luck < 0.15 else "r1")
            assert packed.pack(state) in found
        state, _ = rules.advance(state, Line("r1", text), lambda _, luck=luck: luck)
        assert packed.pack(state) in found
        choices = rules.choices(state)
        if choices and luck < 0.5:
            state, _ = rules.choose(state, choices[0].id, lambda _, luck=luck: luck)
            assert packed.pack(state) in found


def _tell(rules: Rules, state: WorldState, teller: str) -> WorldState:
    """One role tells the other the fact, as far as it knows it and they are together."""
    hearer = "r1" if teller == "r2" else "r2"
    slots = rules.slots
    here, there = (state.values[slots.index(SlotKind.ROLE_PLACE, one)] for one in (teller, hearer))
    near = here == there or 0 in (here, there) or not rules.story.hearing.by_place
    if 1 in (here, there) or not near or not rules.story.hearing.learns:
        return state
    return rules.learn(state, {hearer: {"f1": state.values[slots.index(SlotKind.KNOWLEDGE, teller, "f1")]}})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories())
def test_states_without_an_ending_are_those_that_a_naive_search_finds(story: Story) -> None:
    found = explore(Packed(Rules(story)), Limits(), lambda: False)
    for place in range(len(found.states)):
        reached, waiting = {place}, [place]
        while waiting:
            for other in found.followers(waiting.pop()):
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        assert (place in set(found.without_ending())) == (not any(found.signs[one] & 7 for one in reached))


class _Naive:
    """Plays every step that may come, by the rules of play; counters of turns may be anything."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.depths: dict[WorldState, int] = {}
        self.entered: set[str] = set()
        self._hearing = _NaiveHearing(rules)

    def search(self) -> None:
        beat = self._rules.story.start
        begun = WorldState(self._rules.slots.start)
        start = {begun} if beat is None else self._begin(begun, beat.id)
        waiting = deque(replace(state, n_turns=0, n_turns_here=0, outcome=None) for state in start)
        for state in waiting:
            self.depths[state] = 0
        while waiting:
            state = waiting.popleft()
            if self._is_over(state):
                continue
            told = [(after, "") for after in self._hearing.heard(state)]
            for after, beat_id in [*told, *self._steps(state)]:
                self.entered.update({beat_id} - {""})
                bare = replace(after, n_turns=0, n_turns_here=0, outcome=None)
                if bare not in self.depths:
                    self.depths[bare] = self.depths[state] + 1
                    waiting.append(bare)

    def _begin(self, begun: WorldState, beat_id: str) -> set[WorldState]:
        """At the beginning it is known how many turns there have been: none."""
        rules = self._rules.beats[beat_id]
        lucks = [True] * rules.may_succeed(begun) + [False] * rules.may_fail(begun)
        return {self._rules._enter(begun, rules, succeeded=luck) for luck in lucks}

    def outcomes(self, state: WorldState) -> set[Outcome]:
        beat = self._rules.story.beat(state.beat_id)
        if beat is not None and beat.kind.value in set(Outcome):
            return {Outcome(beat.kind.value)}
        found = {Outcome.WIN} if _may(self._rules.win, state) else set()
        is_won = _must(self._rules.win, state)
        return found | ({Outcome.LOSE} if _may(self._rules.lose, state) and not is_won else set())

    def _is_over(self, state: WorldState) -> bool:
        beat = self._rules.story.beat(state.beat_id)
        ends = beat is not None and beat.kind.value in set(Outcome)
        return ends or _must(self._rules.win, state) or _must(self._rules.lose, state)

    def _steps(self, state: WorldState) -> list[tuple[WorldState, str]]:
        found: list[tuple[WorldState, str]] = []
        ways = self._rules.ways.get(state.beat_id or "", [])
        for way in sorted(ways, key=lambda way: not isinstance(way.trigger, Choice)):
            rules = self._rules.beats[way.link.to_id]
            if not _can_come(way) or not self._may_enter(state, rules, way.condition, _may):
                continue
            found += self._entries(state, rules)
            certain = isinstance(way.trigger, AtOnce) or way.trigger == AfterTurns(n_turns=1)
            if certain and self._may_enter(state, rules, way.condition, _must):
                return found
        for event in self._rules.events:
            if self._may_enter(state, event, Fixed(True), _may):
                found += self._entries(state, event)
        return found

    def _may_enter(self, state, rules, condition, holds) -> bool:
        is_new = rules.beat.is_repeatable or rules.beat.id not in state.visited
        return is_new and holds(condition, state) and holds(rules.condition, state)

    def _entries(self, state, rules) -> list[tuple[WorldState, str]]:
        unsure = rules.success is None
        may = not rules.can_fail or unsure or _may(rules.success, state)
        fails = rules.can_fail and (unsure or not _must(rules.success, state))
        found = []
        for is_possible, succeeded in ((may, True), (fails, False)):
            if is_possible:
                entered = self._rules._enter(state, rules, succeeded=succeeded)
                found.append((entered, rules.beat.id))
        return found


class _NaiveHearing:
    """Who may be told what: what no condition asks for may be whatever it can ever be."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._slots = rules, rules.slots
        tests = {one for meaning in meanings_of(rules) for one in parts_of(meaning) if isinstance(one, MeaningTest)}
        self._kept = {one.slot for one in tests}
        self._suspicions = {self._slots.all[one.slot].fact_id for one in tests if one.value == 1}
        acts = [act for beat in rules.beats.values() for act in (*beat.effects, *beat.failure_effects)]
        self._ever = {
            place: {slot.start, *(act.value for act in acts if act.slot == place and hasattr(act, "value"))}
            for place, slot in enumerate(self._slots.all)
        }
        n_before = -1
        while n_before != (n_before := sum(map(len, self._ever.values()))):
            for role, other, fact in self._triples():
                mine, theirs = (self._slots.index(SlotKind.KNOWLEDGE, one, fact) for one in (role, other))
                for level in (1, 2):
                    if min(self._ever[mine]) < level <= max(self._ever[theirs]) and self._meet(role, other, self._ever):
                        self._ever[mine].add(level)

    def heard(self, state: WorldState) -> list[WorldState]:
        values = {place: {state.values[place]} if place in self._kept else self._ever[place] for place in self._ever}
        found = []
        for role, other, fact in self._triples() if self._rules.story.hearing.learns else ():
            mine, theirs = (self._slots.index(SlotKind.KNOWLEDGE, one, fact) for one in (role, other))
            for level in [1, 2] if fact in self._suspicions else [2]:
                is_told = state.values[mine] < level <= max(values[theirs]) and self._meet(role, other, values)
                if mine in self._kept and is_told:
                    found.append(replace(state, values=(*state.values[:mine], level, *state.values[mine + 1 :])))
        return found

    def _meet(self, role: str, other: str, values: dict[int, set[int]]) -> bool:
        here, there = (values[self._slots.index(SlotKind.ROLE_PLACE, one)] for one in (role, other))
        near = {(a, b) for a in here for b in there if 1 not in (a, b) and (a == b or 0 in (a, b))}
        apart = {(a, b) for a in here for b in there if 1 not in (a, b)}
        return bool(near if self._rules.story.hearing.by_place else apart)

    def _triples(self) -> list[tuple[str, str, str]]:
        ids, facts = [role.id for role in self._rules.story.roles], [one.id for one in self._rules.story.world.facts]
        return [(a, b, fact) for a in ids for b in ids if a != b for fact in facts]


def _can_come(way: WayRules) -> bool:
    return not isinstance(way.trigger, PhraseSaid) or way.trigger.text != "?"


def _may(meaning: Meaning, state: WorldState) -> bool:
    return any(_holds(meaning, state))


def _must(meaning: Meaning, state: WorldState) -> bool:
    return all(_holds(meaning, state))


def _holds(meaning: Meaning, state: WorldState) -> set[bool]:
    """Both, where it depends on turns."""
    match meaning:
        case Lasted():
            return {True, False}
        case Neither(inner):
            return {not one for one in _holds(inner, state)}
        case AllOf(parts):
            each = [_holds(part, state) for part in parts]
            return {all(min(one) for one in each), all(max(one) for one in each)}
        case OneOf(parts):
            each = [_holds(part, state) for part in parts]
            return {any(min(one) for one in each), any(max(one) for one in each)}
    return {state.holds(meaning)}


def test_when_a_limit_stops_the_search_nothing_is_called_dead() -> None:
    links = [
        {"from_id": "in", "to_id": "left"},
        {"from_id": "left", "to_id": "win", "trigger": {"kind": "choice"}},
        {"from_id": "left", "to_id": "lose", "trigger": {"kind": "choice"}},
    ]
    story = make_story({}, [FORKS[0], FORKS[1], *FORKS[3:]], links)
    assert check_story(story).valid
    report = check_story(story, Limits(n_states=1))
    document = report.to_document()
    assert (document["dead"], document["valid"], report.stopped) == ([], False, "states")


def _growing(n_dead: int) -> Story:
    """Many states, and beats that are dead for the same reason."""
    world = {"variables": [number("x", high=60), number("y", high=60), flag("z")]}
    again = {"is_repeatable": True}
    beats = [
        {"name": "in", "kind": "start"},
        {"name": "l", "effects": "x + 1"} | again,
        {"name": "m", "effects": "y + 1"} | again,
        {"name": "win", "kind": "win", "condition": "x >= 60"},
        {"name": "lose", "kind": "lose"},
        *({"name": f"d{i}", "condition": "x = 50 and y = 50 and z"} for i in range(n_dead)),
    ]
    ways = [("in", "l"), ("l", "m"), ("m", "l"), ("l", "l"), ("l", "win"), ("l", "lose")]
    links = [{"from_id": a, "to_id": b, "trigger": {"kind": "choice"}} for a, b in ways]
    links = [*links, *({"from_id": "l", "to_id": f"d{i}"} for i in range(n_dead))]
    return make_story(world, beats, links)


def test_states_are_gone_through_once_however_many_beats_are_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    read = checker._Judgement._read_values
    monkeypatch.setattr(checker._Judgement, "_read_values", lambda self, slot: asked.append(slot) or read(self, slot))
    report = check_story(_growing(30))
    assert len(report.dead) == 30
    assert all("z = yes never holds" in one.message for one in report.findings if one.rule == Rule.UNREACHABLE)
    assert len(asked) == len(set(asked)) <= 3


def test_saying_why_can_be_cancelled() -> None:
    story = _growing(30)
    calls = 0

    def count_until(last: float) -> Callable[[], bool]:
        def is_cancelled() -> bool:
            nonlocal calls
            calls += 1
            return calls > last

        return is_cancelled

    whole = check_story(story, is_cancelled=count_until(math.inf))
    n_calls, calls = calls, 0
    report = check_story(story, is_cancelled=count_until(n_calls - 3))
    assert (report.n_states, report.stopped) == (whole.n_states, "")
    assert Rule.LIMIT in {one.rule for one in report.findings}, "some of what may be wrong was not looked for"


@pytest.mark.parametrize("name", ["condition", "effects"])
def test_too_much_for_one_text_is_a_fault_with_a_sentence(name: str) -> None:
    roles = tuple(StoryRole(id=f"r{i}", names=(f"R{i}",)) for i in range(300))
    text = {"condition": " or ".join(["anyone is away"] * 300), "effects": "\n".join(["everyone leaves"] * 300)}
    story = make_story(
        {}, [{"name": "in", "kind": "start"}, {"name": "e", "kind": "event", name: text[name]}], (), roles
    )
    faults = [one for one in check_story(story).findings if one.rule == Rule.UNREADABLE]
    assert [(one.culprit.id, one.culprit.field) for one in faults] == [("e", name)]
    assert "too much" in faults[0].message


def test_too_much_for_all_texts_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MAX_READ", 1_000)
    roles = tuple(StoryRole(id=f"r{i}", names=(f"R{i}",)) for i in range(100))
    beats = [{"name": f"e{i}", "kind": "event", "condition": "anyone is away"} for i in range(12)]
    check_story(make_story({}, beats[:8], (), roles))
    with pytest.raises(UserError, match="more than 1,000 things"):
        check_story(make_story({}, beats, (), roles))


def test_names_like_unknown_ones_are_looked_for_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(Scope, "nearest", lambda _self, name, _kinds: asked.append(name))
    names = " or ".join(f"unknown{i}" for i in range(40))
    beats = [{"name": f"e{i}", "kind": "event", "condition": names} for i in range(40)]
    report = check_story(make_story({"variables": [number("known")]}, beats))
    assert len([one for one in report.findings if one.rule == Rule.UNKNOWN_NAME]) == 1600
    assert len(asked) == MAX_SUGGESTED


def test_contradictions_of_long_conditions_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(make_story({"variables": [number("v", high=10**9)]}, []))
    trials = []
    holds = WorldState.holds
    monkeypatch.setattr(WorldState, "holds", lambda self, meaning: trials.append(1) or holds(self, meaning))
    long = reader.read_condition(" or ".join(f"v = {i * 10}" for i in range(1000)))
    assert can_hold(long, reader.slots) == (True, True)
    assert not trials
    assert can_hold(reader.read_condition("v > 2 and v < 3"), reader.slots) == (False, True)


def test_names_that_mean_something_else_are_said() -> None:
    world = {"variables": [number("turns")], "props": [{"name": "at"}], "places": [{"id": "p1", "name": "Nowhere"}]}
    roles = (StoryRole(id="r1", names=("Nobody",)), StoryRole(id="r2", names=("Mara",)))
    found = _found(make_story(world, [{"name": "in", "kind": "start"}], (), roles), Rule.AMBIGUOUS)
    assert set(found) == {("variable", "turns"), ("prop", "at"), ("place", "p1"), ("role", "r1")}


def test_a_condition_with_a_part_that_is_not_understood_never_holds() -> None:
    story = make_story({"variables": [number("a")]}, [])
    reader = Reader(story)
    for text in ("not tensoin > 1", "a = 0 or tensoin > 1", "a != perhaps", "not Gone is away", "not (a = 0 and x)"):
        assert reader.read_condition(text) == Fixed(False)
        assert reader.faults
    assert reader.read_condition("not a = 1") == Neither(reader.read_condition("a = 1"))


def test_a_scene_that_begins_at_an_event_is_in_its_start() -> None:
    beats = [FORKS[0] | {"effects": "a + 1"}, {"name": "bang", "kind": "event", "effects": "a + 2"}]
    rules = Rules(make_story({"variables": [number("a", high=9)]}, beats))
    state = rules.begin_at("bang", "", frozenset(), lambda _: 0.0)
    assert (state.beat_id, state.visited, state.values[0]) == ("in", {"in", "bang"}, 3)


def test_changes_by_hand_are_read_whatever_is_wrong_with_the_story() -> None:
    beats = [
        {"name": "in", "kind": "start", "condition": "tensoin > 1"},
        {"name": "e", "kind": "event", "effects": "?"},
    ]
    rules = Rules(make_story({"variables": [number("a")]}, beats))
    rules.reader.read_condition("gone > 1")
    assert rules.reader.faults
    assert len(rules.read_changes("a + 1")) == 1
    with pytest.raises(UserError, match=r"no variable “aa”"):
        rules.read_changes("aa + 1")
    assert len(rules.read_changes("a + 1\nTheo leaves")) == 2
    assert rules.reader.faults, "what another reads at the same time keeps its own faults"
