"""Why runs end, and the sentence that says so."""

import math
from collections.abc import Sequence

import pytest

from core.inference.request import Ask, Score, Scored, Usage
from core.inference.unsupported import Unsupported
from core.minds.moment import Stopped
from core.playtest.directing.stopping import CLOSE_LANE, Ending, Endings, Stop, find_stop
from core.playtest.script import Script
from core.playtest.story.story_play import StoryPlay
from core.world.graph import StoryRole
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.scenario import ScenarioBase
from tests.core.playtest.view.test_views import make_script, make_turn

TALK = ("Where is the ledger?", "I do not have it.", "It rained on the boats.", "So it did, all night long.")


def numbered(*turns: TurnBase) -> list[Turn]:
    return [
        Turn.model_validate(turn.model_dump() | {"id": number, "playtest_id": "p", "number": number})
        for number, turn in enumerate(turns, start=1)
    ]


def talk(*more: str) -> list[Turn]:
    return numbered(*(make_turn(place % 2, text) for place, text in enumerate((*TALK, *more))))


def script(*, goal_test: str = "", **ending: object) -> Script:
    made = make_script(2, stage={"ending": ending} if ending else {}, world={"variables": [VARIABLE]})
    parts = [
        part.model_copy(update={"role": part.role.model_copy(update={"goal_test": goal_test})}) for part in made.parts
    ]
    roles = [StoryRole(id=part.role_id, name=part.role.name) for part in made.parts]
    return made.model_copy(update={"parts": tuple(parts), "roles": tuple(roles)})


VARIABLE = {"name": "hour", "start": 1}


def find(made: Script, path: Sequence[Turn], ask: Ask | None = None) -> Stop | None:
    return Endings(made, StoryPlay(made)).find(path, ask=ask)


def says(yes: float, asked: list[Score]) -> Ask:
    def ask(request):
        asked.append(request)
        share = yes if request.completion == "Yes" else 1 - yes
        return Scored((1,), (request.completion,), (math.log(share),), Usage(1, 0, 0, 0, 0))

    return ask


@pytest.fixture
def plain() -> Script:
    return make_script(2, stage={"ending": {"asks_weights": True}})


def test_the_cap_counts_lines_and_silences_but_no_acts_of_the_director() -> None:
    scenario = ScenarioBase(name="S", max_turns=5)
    silence = TurnBase(
        speaker_id="narrator",
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="",
        origin=Origin.STAGE,
        finish="silent",
    )
    act = TurnBase(
        speaker_id="director", speaker="Director", kind=SpeakerKind.DIRECTOR, text="be brave", origin=Origin.HUMAN
    )
    assert find_stop(scenario, [*talk(), act, act]) is None
    assert find_stop(scenario, [*talk(), silence]) == Stop(Ending.CAP, "The scene has reached its 5 turns.")


def test_farewells_are_a_close_by_rule_unless_that_is_off() -> None:
    path = talk("Goodbye, Theo.", "See you tomorrow.")
    stop = find_stop(ScenarioBase(name="S"), path)
    assert stop == Stop(Ending.NATURAL, "Mara Voss and Theo Dane took their leave.")
    off = ScenarioBase(name="S", stage={"ending": {"natural": False}})
    assert find_stop(off, path) is None


def test_the_loop_guard_can_be_off() -> None:
    path = numbered(*(make_turn(place % 2, "I do not know what you mean.") for place in range(3)))
    assert find_stop(ScenarioBase(name="S"), path) == Stop(Ending.LOOP, "The last three turns are nearly the same.")
    assert find_stop(ScenarioBase(name="S", stage={"ending": {"loop_guard": False}}), path) is None


def test_the_weights_see_a_close_in_the_last_four_lines(plain: Script) -> None:
    asked: list[Score] = []
    path = talk("Then it is settled: at dawn.", "At dawn it is.")
    stop = find(plain, path, says(0.83, asked))
    assert stop == Stop(Ending.NATURAL, "The weights take the last lines for a natural close (83%).")
    assert [request.completion for request in asked] == ["Yes", "No"]
    assert {request.lane for request in asked} == {CLOSE_LANE}
    shown = asked[0].messages[0].content
    assert "It rained" in shown
    assert "At dawn it is." in shown
    assert "Where is the ledger?" not in shown
    assert find(plain, path, says(0.5, asked)) is None


def test_the_weights_are_not_asked_early_nor_where_that_is_off_nor_twice(plain: Script) -> None:
    asked: list[Score] = []
    assert find(plain, talk(), says(0.99, asked)) is None
    assert find(make_script(2), talk("At dawn it is."), says(0.99, asked)) is None
    act = TurnBase(
        speaker_id="director", speaker="Director", kind=SpeakerKind.DIRECTOR, text="wait", origin=Origin.HUMAN
    )
    assert find(plain, numbered(*talk("At dawn it is."), act), says(0.99, asked)) is None
    assert not asked
    assert find(plain, talk("At dawn it is."), None) is None


def test_weights_that_cannot_be_asked_leave_it_to_the_rules(plain: Script) -> None:
    def refuses(_request):
        raise Unsupported("No.", "Other weights can.")

    assert find(plain, talk("At dawn it is."), refuses) is None
    with pytest.raises(Stopped):
        find(plain, talk("At dawn it is."), lambda _request: None)


def test_reached_goals_end_a_run_where_the_scenario_says_so() -> None:
    made = script(goal_test="hour >= 3", when_goals_met=True)
    path = talk()
    path[-1].record = {"world": {"set": "hour = 3"}}
    stop = find(made, path)
    assert stop == Stop(Ending.GOALS, "Every goal that has a test is reached: Mara Voss, Theo Dane.")
    assert find(made, talk()) is None
    assert find(script(goal_test="hour >= 3"), path) is None
    assert find(script(when_goals_met=True), path) is None


def test_every_end_has_a_sentence(plain: Script) -> None:
    for stop in (find(plain, talk("Bye.", "Bye.")), find_stop(ScenarioBase(name="S", max_turns=1), talk())):
        assert stop is not None
        assert stop.why.endswith(".")
