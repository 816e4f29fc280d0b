"""The checker knows what characters can do: beats that wait for an act can be reached where acts are judged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.narrator.affordances import possible_acts
from core.narrator.feasibility import judge
from core.narrator.situation import Situation
from core.narrator.updates import after_updates
from core.world import meaning
from core.world.checker import Report, check_story
from core.world.exploring import Limits, explore
from core.world.packing import Packed, meanings_of, parts_of
from core.world.steps import Rules
from tests.core.narrator.worlds import MYSTERY, NAMES, make_story

WAYS = [
    {"from_id": "dusk", "to_id": "won", "condition": "{}"},
    {"from_id": "dusk", "to_id": "lost", "trigger": {"kind": "choice"}},
]


def check(condition: str, has_acts: bool = True, **world: Any) -> Report:
    beats = [{"name": "dusk", "kind": "start"}, {"name": "won", "kind": "win"}, {"name": "lost", "kind": "lose"}]
    ways = [way | {"condition": way.get("condition", "").format(condition)} for way in WAYS]
    story = make_story(beats, ways, MYSTERY | world)
    return check_story(story.model_copy(update={"has_acts": has_acts}))


@pytest.mark.parametrize(
    "condition",
    [
        "boathouse_key.holder = Mara",
        "chest.state = open and lamp.state = lit",
        "letter.place = boathouse and letter.holder = nobody",
        "Mara at boathouse and boathouse_key.holder = Theo",
        "Mara is away",
        "boathouse_key.holder != nobody",
        "letter.holder != Theo and not chest.state = locked",
        "boathouse_key.place = nowhere and letter.holder = nobody",
    ],
)
def test_what_can_be_done_can_be_waited_for(condition: str) -> None:
    assert check(condition).valid
    assert not check(condition, has_acts=False).valid


@pytest.mark.parametrize("condition", ["found", "tension = 0", "Theo knows f1 and tension = 3"])
def test_what_no_act_does_is_still_not_reached(condition: str) -> None:
    assert not check(condition).valid


def test_what_is_nowhere_stays_there() -> None:
    assert not check("coin.holder = Mara", props=[{"name": "coin"}]).valid
    assert check("coin.holder = Mara", props=[{"name": "coin", "holder": "theo"}]).valid


@given(st.data())
def test_whatever_characters_do_the_checker_has_seen_it(data: st.DataObject) -> None:
    condition = "boathouse_key.holder = Mara and lamp.state = lit and Theo at jetty and letter.place = hall"
    story = make_story([{"name": "dusk", "kind": "start"}], [], MYSTERY | {"win": condition})
    rules = Rules(story.model_copy(update={"has_acts": True}))
    packed = Packed(rules)
    tests = [test for one in meanings_of(rules) for test in parts_of(one) if isinstance(test, meaning.Test)]
    states = explore(packed, Limits(), lambda: False).states
    seen = {
        tuple(meaning.compare(packed.fields[one.slot].read(state), one.sign, one.value) for one in tests)
        for state in states
    }
    situation = Situation(rules, rules.begin(lambda what: 0.0), NAMES)
    for _ in range(data.draw(st.integers(0, 6))):
        role_id = data.draw(st.sampled_from(sorted(NAMES)))
        acts = possible_acts(situation, role_id)
        if acts:
            act = data.draw(st.sampled_from(acts))
            situation = after_updates(situation, judge(situation, act).effects)
        if rules.judge(situation.state).outcome is not None:
            break
        assert tuple(map(situation.state.holds, tests)) in seen
