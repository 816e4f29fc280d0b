"""The advancer: which way it goes, that it skips no flag, and what it waits for."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.narrator.advancing import (
    PointStatus,
    Waiting,
    blueprint,
    has_said,
    open_way,
    quiet_turns,
    waits_for,
)
from core.world.state import WorldState
from core.world.steps import Line, Rules
from models.playtest import Origin, SpeakerKind, TurnBase
from tests.core.narrator.worlds import make_story
from tests.core.world.stories import stories

BEATS: list[dict[str, Any]] = [
    {"name": "arrival", "kind": "start"},
    {"name": "search", "condition": "found"},
    {"name": "quarrel", "condition": "tension >= 2"},
    {"name": "escape", "kind": "ending"},
]
LINKS: list[dict[str, Any]] = [
    {"from_id": "arrival", "to_id": "search"},
    {"from_id": "arrival", "to_id": "quarrel", "trigger": {"kind": "choice"}, "condition": "lamp.state = lit"},
    {"from_id": "search", "to_id": "escape"},
]


def rules_of() -> Rules:
    return Rules(make_story(BEATS, LINKS))


def first(what: str) -> float:
    return 0.0


def after(rules: Rules, changes: str) -> WorldState:
    return rules.begin(first).with_acts(rules.read_changes(changes), rules.slots)


def turn(kind: SpeakerKind = SpeakerKind.CHARACTER, **more: Any) -> TurnBase:
    return TurnBase(speaker_id="x", speaker="X", kind=kind, text="Well.", **({"origin": Origin.WEIGHTS} | more))


def test_a_point_whose_flag_does_not_hold_is_waited_for() -> None:
    rules = rules_of()
    begun = rules.begin(first)
    assert open_way(rules, begun) is None
    assert waits_for(rules, begun) == [
        Waiting("search", ("found",), "search"),
        Waiting("quarrel", ("lamp.state = lit",), "quarrel"),
    ]
    quarrel = open_way(rules, after(rules, "lamp.state = lit"))
    assert quarrel.link.to_id == "quarrel", "whatever its trigger"
    assert open_way(rules, after(rules, "lamp.state = lit\ntension = 1")) is None
    assert open_way(rules, after(rules, "lamp.state = lit\nfound = yes")).link.to_id == "search", "the first in order"


def test_silences_count_and_narrators_and_directors_do_not() -> None:
    silence = turn(SpeakerKind.NARRATOR, origin=Origin.STAGE, finish="silent")
    step = turn(record={"world": {"step": {"to": "search"}}})
    others = [turn(SpeakerKind.NARRATOR), turn(SpeakerKind.DIRECTOR)]
    assert quiet_turns([turn(), step, turn(), silence, *others, turn(SpeakerKind.USER)]) == 3
    assert quiet_turns([step]) == 0
    assert quiet_turns([turn(record={"world": 3})]) == 1


def test_what_it_waits_for_is_said_once_until_the_next_step() -> None:
    said = turn(SpeakerKind.DIRECTOR, record={"narrator": {"waits_for": []}})
    assert has_said([turn(), said, turn()])
    assert not has_said([said, turn(record={"world": {"step": {"to": "search"}}})])


def test_the_blueprint_says_what_became_of_each_point() -> None:
    rules = rules_of()
    begun = rules.begin(first)

    def statuses(state: WorldState, path: list[TurnBase]) -> dict[str, str]:
        return {point.beat_id: point.status.value for point in blueprint(rules, state, path)}

    assert statuses(begun, []) == {
        "arrival": "here", "search": "waiting", "quarrel": "waiting", "escape": "ahead"
    }  # fmt: skip
    moved = after(rules, "found = yes")
    assert statuses(moved, [])["search"] == "open"
    state, _ = rules.choose(moved, "l0", first)
    record = {"world": {"step": {"to": "search", "link": "l0"}}, "narrator": {"passed_on": "passed on"}}
    points = {point.beat_id: point for point in blueprint(rules, state, [turn(), turn(record=record)])}
    assert points["search"].turn == 2
    assert points["arrival"].status == PointStatus.REACHED
    assert (points["quarrel"].status, points["quarrel"].why) == (PointStatus.SKIPPED, "the scene went another way")
    assert points["escape"].status == PointStatus.OPEN
    over, _ = rules.choose(state, "l2", first)
    ended = {point.beat_id: point for point in blueprint(rules, over, [turn(record=record)])}
    assert ended["search"].status == PointStatus.PASSED_ON
    assert ended["quarrel"].why == "the scene is over"


def test_two_points_of_one_title_wait_for_what_each_of_them_needs() -> None:
    rules = rules_of()
    for one in rules.beats.values():
        one.beat.name = "Later"
    points = {point.beat_id: point for point in blueprint(rules, rules.begin(first), [])}
    assert (points["search"].why, points["quarrel"].why) == ("found", "lamp.state = lit")


@given(stories(), st.lists(st.floats(0, 0.99), max_size=8), st.integers(0, 4))
def test_the_advancer_never_skips_a_flag(story: Any, drawn: list[float], n_lines: int) -> None:
    rules = Rules(story)
    state = rules.begin(first)
    for _ in range(n_lines):
        state, _ = rules.advance(state, Line("r1", "go on"), first)
    for value in drawn:
        way = open_way(rules, state)
        if way is None:
            unmet = waits_for(rules, state)
            links = rules.ways.get(state.beat_id or "", ()) if state.outcome is None else ()
            assert len(unmet) == len(links), "every way that is not open says what it waits for"
            break
        target = rules.beats[way.link.to_id]
        assert state.holds(way.condition)
        assert state.holds(target.condition)
        assert target.beat.is_repeatable or target.beat.id not in state.visited
        earlier = [one for one in rules.ways[state.beat_id or ""] if one.link.position < way.link.position]
        assert not any(rules.is_open(state, one) for one in earlier)
        state, step = rules.choose(state, way.link.id, lambda what, value=value: value)
        assert step.beat_id == way.link.to_id
        blueprint(rules, state, [])
