"""Goal success: an exact rate and its causes, votes that disagree, and goals that a judge cuts out of the scene."""

import json

import pytest

from core.fidelity.conversation import About, Line
from core.fidelity.judged.goals import Cause, Goal, cut_into_goals, goals_metric, success_rate
from core.fidelity.judging.judge import Judge
from core.fidelity.score import ScoreValue
from core.inference.request import Request
from tests.scripted_judge import scripted_judge

ABOUT = About(names={"m": "Mila", "v": "Vera"})
TOPICS = ("lamp", "boat", "letter", "storm", "key")
LINES = tuple(
    line for topic in TOPICS for line in (Line("v", f"What of the {topic}?"), Line("m", f"The {topic}, well."))
)
GOALS = tuple(Goal(f"Settle the {topic}", "tell the truth", 2 * n, 2 * n + 1) for n, topic in enumerate(TOPICS))
FAILED = {"boat": Cause.RETRIEVAL_FAILURE, "key": Cause.PERSONA_BREAK}


def vote(reached: bool, cause: str = "none", below: tuple[int, ...] = ()) -> str:
    return json.dumps({"why": "Because.", "below": list(below), "reached": reached, "cause": cause})


def write(chat: str, _seed: int) -> str:
    cause = next((cause for topic, cause in FAILED.items() if f"What of the {topic}" in chat), None)
    return vote(cause is None, str(cause or "none"))


def judged(judge: Judge, goals: tuple[Goal, ...] = GOALS) -> ScoreValue:
    ask = goals_metric(goals).judge_whole
    assert ask is not None
    return ask(judge, ABOUT, LINES)[0]


def test_three_of_five_and_why_the_others_failed() -> None:
    asked: list[Request] = []
    score = judged(scripted_judge(write=write, asked=asked))
    assert score.value == 3 / 5
    assert score.evidence["causes"] == {"retrieval failure": 1, "persona break": 1}
    assert score.evidence["goals"][1]["cause"] == "retrieval failure"
    assert score.evidence["goals"][1]["turns"] == [3, 4]
    assert score.evidence["n_for_a_person"] == 0
    assert len(asked) == 5 * 3


def test_the_judge_cuts_the_scene_itself_where_no_goals_are_given() -> None:
    def weigh(chat: str, options: tuple[str, ...]) -> list[float]:
        begins = [line for line in chat.splitlines() if line.startswith("[")][-1].endswith("?")
        return [float(begins == option.startswith("a new")) for option in options]

    judge = scripted_judge(weigh, write)
    goals = cut_into_goals(judge, ABOUT, LINES)
    assert isinstance(goals, tuple)
    assert [(goal.first, goal.last) for goal in goals] == [(n, n + 1) for n in range(0, 10, 2)]
    assert judged(judge, ()).value == 3 / 5


def test_votes_that_disagree_go_to_a_person() -> None:
    said = [vote(True), vote(False, "refusal"), vote(True)]
    score = judged(scripted_judge(write=lambda _, seed: said[seed]), GOALS[:1])
    row = score.evidence["goals"][0]
    assert (score.value, row["votes"], row["needs_a_person"]) == (1.0, [True, False, True], True)
    assert "cause" not in row


def test_a_tie_decides_nothing() -> None:
    said = [vote(True), vote(False, "refusal"), "unreadable"]
    score = judged(scripted_judge(write=lambda _, seed: said[seed]), GOALS[:1])
    assert score.value is None
    assert score.evidence["n_for_a_person"] == 1


def test_a_turn_below_the_standard_fails_its_goal() -> None:
    score = judged(scripted_judge(write=lambda *_: vote(True, "none", (2, 99))), GOALS[:1])
    assert score.value == 0.0
    assert score.evidence["goals"][0]["below_standard"] == {"turns": [2]}


def test_a_goal_is_looked_for_in_its_own_turns_only() -> None:
    asked: list[Request] = []
    judged(scripted_judge(write=write, asked=asked), GOALS[2:3])
    chat = "\n".join(message.content for message in asked[0].messages)  # type: ignore[union-attr]
    assert "[5] Vera: What of the letter?" in chat
    assert "lamp" not in chat
    assert "storm" not in chat


@pytest.mark.parametrize(
    ("reached", "rate"), [([True, False], 0.5), ([True, None], 1.0), ([None], None), ([], None), ([False], 0.0)]
)
def test_undecided_goals_do_not_count(reached: list[bool | None], rate: float | None) -> None:
    assert success_rate(reached) == rate
