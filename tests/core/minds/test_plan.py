"""Plans: made, acted on, made moot, revised; never an act on what is not in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.request import Finish, Generate, Generated, Request, Result, Usage
from core.minds.moment import Moment
from core.minds.plan import Status, plan_ahead, read_plan
from core.minds.plan_steps import AFTERWARDS, settles, steps_by_rule
from models.playtest import Turn
from models.scenario import RoleBase
from tests.core.minds.moments import moment, rules, text_of, turn

GOAL = RoleBase(goal="Find out where Theo hid the key. Leave the island.")
ON = rules(plan__plans=True)


def play(lines: list[tuple[str, str]], **more: object) -> tuple[list[Turn], list[dict]]:
    """Plays lines; before each of Mara's a plan is made, which her turn keeps. Returns the turns and the plans."""
    heard: list[Turn] = []
    plans = []
    for number, (speaker, text) in enumerate(lines, start=1):
        kept = {}
        if speaker == "r0":
            found = plan_ahead(moment(heard, more.get("stage", ON), role=GOAL), {})
            assert found is not None
            kept = {"plan": found.record}
            plans.append(found.record)
        heard.append(turn(number, speaker, text, **kept))
    return heard, plans


def test_a_plan_by_rule_says_its_goal_in_steps() -> None:
    assert steps_by_rule("Sell the boat and then leave; say nothing to Ilse", ["Theo"], 3) == [
        "Sell the boat.",
        "Leave.",
        "Say nothing to Ilse.",
    ]
    assert steps_by_rule("win", ["Theo"], 3) == ["Hear what Theo has to say.", "Win.", "Get a plain answer from Theo."]
    assert steps_by_rule("  ", ["Theo"], 3) == []


def test_nobody_plans_without_a_goal_or_where_it_is_off() -> None:
    assert plan_ahead(moment(stage=ON), {}) is None
    assert plan_ahead(moment(role=GOAL), {}) is None


def test_a_plan_begins_and_its_first_step_is_told() -> None:
    found = plan_ahead(moment([turn(1, "r1", "Good morning.")], ON, role=GOAL), {})
    assert text_of(found) == "Your plan now: Find out where Theo hid the key."
    assert found is not None
    assert found.record["revisions"] == [{"why": "begun", "by": 1, "before": []}]
    assert found.record["written_by"] == "rule"
    assert found.record["acts_on"] == 0


def test_a_step_is_done_when_it_was_spoken_of_or_tried_twice() -> None:
    _, plans = play([("r0", "Theo, where is the key?"), ("r1", "No."), ("r0", "Hm."), ("r1", "No."), ("r0", "Hm.")])
    assert [step["status"] for step in plans[1]["steps"]] == ["done", "now", "open"]
    assert plans[1]["steps"][0]["by"] == 1
    assert [step["status"] for step in plans[2]["steps"]] == ["done", "now", "open"]
    assert plans[2]["steps"][1]["n_tries"] == 1


def test_what_somebody_else_says_makes_a_step_moot() -> None:
    lines = [("r0", "Hm."), ("r1", "I hid the key under the mat, on the island."), ("r0", "Ah.")]
    _, plans = play(lines)
    assert plans[1]["steps"][0]["status"] == "moot"
    assert plans[1]["steps"][0]["by"] == 2
    assert plans[1]["revisions"][0]["why"] == "moot"
    assert plans[1]["revisions"][0]["by"] == 2
    assert not settles("Did I hide the key? Theo hid a key?", GOAL.goal), "a question answers nothing"


def test_a_plan_is_looked_at_again_and_when_it_is_through() -> None:
    stage = rules(plan__plans=True, plan__revise_every=2, plan__n_steps=3)
    _, plans = play([("r0", "Hm."), ("r2", "Hm."), ("r0", "Hm."), ("r2", "Hm."), ("r0", "Hm.")], stage=stage)
    assert [plan.get("revisions", [{}])[0].get("why") for plan in plans] == ["begun", None, "due"]


def test_a_plan_that_would_say_the_same_is_kept_and_says_so() -> None:
    stage = rules(plan__plans=True, plan__revise_every=2, plan__n_steps=10)
    _, plans = play([("r0", "Hm.")] * 4, stage=stage)
    assert [plan.get("revisions", [{}])[0].get("why") for plan in plans] == ["begun", None, None, None]
    assert [plan.get("kept") for plan in plans] == [None, None, "due", None]
    assert [step["status"] for step in plans[2]["steps"]] == ["done", "now", "open", "open"]


def test_a_plan_with_no_step_left_begins_again_and_is_not_called_done() -> None:
    stage = rules(plan__plans=True, plan__revise_every=1000, plan__n_steps=1)
    _, plans = play([("r0", "Where is the key?"), ("r0", "Hm.")], stage=stage)
    assert "revisions" not in plans[1]
    assert plans[1]["kept"] == "no step left"
    assert plans[1]["steps"] == [{"text": plans[0]["steps"][0]["text"], "status": "now", "by": None, "n_tries": 0}]
    assert plans[1]["acts_on"] == 0


def test_a_reached_goal_ends_it_and_a_lost_one_begins_it_again() -> None:
    heard, _ = play([("r0", "Hm.")])
    reached = plan_ahead(moment(heard, ON, role=GOAL, goal_reached=True), {})
    assert text_of(reached) == f"Your plan now: {AFTERWARDS}"
    assert reached is not None
    assert reached.record["revisions"][0]["why"] == "goal reached"
    lost = plan_ahead(moment([turn(1, "r0", "Hm.", plan=reached.record)], ON, role=GOAL), {})
    assert lost is not None
    assert lost.record["revisions"][0]["why"] == "goal lost again"
    other = plan_ahead(moment(heard, ON, role=RoleBase(goal="Sleep.")), {})
    assert other is not None
    assert other.record["revisions"][0]["why"] == "goal changed"


def answering(text: str) -> object:
    def ask(request: Request) -> Result:
        assert isinstance(request, Generate)
        assert request.grammar
        assert request.sampling.temperature == 0
        return Generated(text, (), Finish.END, Usage(0, 0, 0, 0.0, 0.0))

    return ask


def written(text: str) -> Moment:
    return moment(stage=rules(plan__plans=True, plan__asks_weights=True), role=GOAL, ask=answering(text))


def test_the_weights_write_it_where_the_rules_say_so() -> None:
    found = plan_ahead(written("1. Look for the key at night.\n2. Take the boat.\n"), {})
    assert text_of(found) == "Your plan now: Look for the key at night."
    assert found is not None
    assert found.record["written_by"] == "weights"


@pytest.mark.parametrize(
    "text", ["", "1. Key.\n", "1. Sing a song.\n2. Drink some tea.\n", "1. Get key.\n2. Get key.\n"]
)
def test_a_useless_plan_falls_back_to_the_rule_and_says_why(text: str) -> None:
    found = plan_ahead(written(text), {})
    assert found is not None
    assert found.record["written_by"] == "rule"
    assert found.record["fallback"]
    assert found.record["steps"][0]["text"] == "Find out where Theo hid the key."


words = st.sampled_from(["Hm.", "Where is the key?", "I hid the key on the island.", "We leave the island.", "Theo?"])


@given(st.lists(st.tuples(st.sampled_from(["r0", "r1"]), words), max_size=12))
def test_what_is_acted_on_is_always_in_the_plan(lines: list[tuple[str, str]]) -> None:
    _, plans = play(lines)
    for record in plans:
        plan = read_plan(record)
        assert plan is not None
        assert plan.now is not None
        assert [step.status for step in plan.steps].count(Status.NOW) == 1
        assert record["steps"][record["acts_on"]]["text"] == plan.now.text


@pytest.mark.parametrize(
    "record",
    [{}, {"goal": 1}, {"goal": "x", "steps": [], "n_since": 0}, {"goal": "x", "steps": [{"status": []}], "n_since": 0}],
)
def test_a_strangers_record_is_no_plan(record: dict) -> None:
    assert read_plan(record) is None
