"""MirrorBench's judges: style, pairs, alone, after a critique, and their controls."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.judged.controls import calibrate, judge_with_controls
from core.fidelity.judged.likeness import (
    Talk,
    judge_alone,
    judge_critiqued,
    judge_pair,
    judge_style,
    masked_talk,
    retrieve_from,
)
from core.fidelity.judged.resampling import mean_interval
from core.fidelity.score import ScoreValue
from core.inference.request import Request
from tests.scripted_judge import scripted_judge

ABOUT = About(names={"u": "Ursula", "a": "Helper"})


def talk(*said: str) -> Talk:
    lines = [line for text in said for line in (Line("u", text), Line("a", "Ursula, of course."))]
    return masked_talk(ABOUT, lines, "u")


REAL = talk("hm dunno", "ok ok whatever")
PLAYED = talk("I would be most grateful for your assistance.", "Thank you very much indeed.")


def test_style_is_a_ninth_of_the_digit() -> None:
    asked: list[Request] = []
    judge = scripted_judge(lambda _, options: [float(option == "6") for option in options], asked=asked)
    assert judge_style(judge, REAL, PLAYED).value == pytest.approx(6 / 9)
    chat = "\n".join(message.content for message in asked[0].messages)  # type: ignore[union-attr]
    assert "Ursula" not in chat
    assert "The one: hm dunno" in chat
    assert "Other: " in chat


@pytest.mark.parametrize(("likes", "value"), [("dunno", -0.5), ("grateful", 0.5), ("nobody says this", 0.0)])
def test_a_pair_is_asked_in_both_orders(likes: str, value: float) -> None:
    def weigh(chat: str, options: tuple[str, ...]) -> list[float]:
        first, second = chat.split("Conversation B:")
        winner = "A" if likes in first else "B" if likes in second else "Tie"
        return [float(option == winner) for option in options]

    assert judge_pair(scripted_judge(weigh), REAL, PLAYED).value == pytest.approx(value)


def test_a_judge_that_always_says_a_tells_nobody_apart() -> None:
    score = judge_pair(scripted_judge(lambda *_: [1.0, 0.0, 0.0]), REAL, PLAYED)
    assert score.value == pytest.approx(0.0)
    assert score.evidence["is_consistent"] is False


def test_alone_only_the_judged_speaker_counts() -> None:
    judge = scripted_judge(lambda chat, _: [3.0, 1.0] if "dunno" in chat else [1.0, 3.0])
    assert judge_alone(judge, REAL).value == pytest.approx(0.75)
    assert judge_alone(judge, PLAYED).value == pytest.approx(0.25)
    assert judge_alone(judge, talk("")).value is None


def test_a_critique_stands_beside_what_people_said() -> None:
    asked: list[Request] = []
    judge = scripted_judge(
        lambda *_: [4.0, 1.0], lambda *_: json.dumps({"words": ["ok ok"], "why": "Half said."}), asked=asked
    )
    pool = ["no idea tbh", "whatever ok", "The harvest was rich that year.", "ok", "hm", "dunno really", "ok ok"]
    score = judge_critiqued(judge, REAL, retrieve_from(pool))
    assert score.value == pytest.approx(0.8)
    assert score.evidence["words"] == ["ok ok"]
    assert len(score.evidence["beside"]) == 5
    assert "The harvest was rich that year." not in score.evidence["beside"]
    assert "Half said." in asked[-1].messages[1].content  # type: ignore[union-attr]


def test_what_cannot_be_read_is_not_scored() -> None:
    judge = scripted_judge(write=lambda *_: "x")
    scores = [
        judge_style(judge, REAL, PLAYED),
        judge_pair(judge, REAL, PLAYED),
        judge_alone(judge, PLAYED),
        judge_critiqued(judge, PLAYED, lambda _: ()),
    ]
    assert [score.value for score in scores] == [None] * 4


@pytest.mark.parametrize(
    ("value", "played", "real", "calibrated"),
    [(0.5, 0.2, 0.8, 0.5), (0.9, 0.2, 0.8, 1.0), (0.1, 0.2, 0.8, 0.0), (0.5, None, 0.8, None), (0.5, 0.2, None, None)],
)
def test_calibration(value: float, played: float | None, real: float | None, calibrated: float | None) -> None:
    assert calibrate(value, played, real) == (None if calibrated is None else pytest.approx(calibrated))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_calibrated_scores_stay_on_the_scale(value: float, played: float, real: float) -> None:
    assert 0 <= (calibrate(value, played, real) or 0) <= 1


def test_controls_are_each_against_itself() -> None:
    def judge(real: Talk, played: Talk) -> ScoreValue:
        if real is not played:
            return ScoreValue("likeness.style", 0.5)
        return ScoreValue("likeness.style", 0.9 if real is REAL else 0.1)

    found = judge_with_controls(judge, [(REAL, PLAYED), (REAL, PLAYED)])
    assert (found.real_real, found.played_played) == (0.9, 0.1)
    assert found.raw is not None
    assert found.calibrated is not None
    assert (found.raw.mean, found.calibrated.mean) == (0.5, pytest.approx(0.5))


def test_a_judge_that_fails_at_the_controls_calibrates_nothing() -> None:
    def judge(real: Talk, played: Talk) -> ScoreValue:
        same = real is played
        return ScoreValue("likeness.style", None if same else 0.5, "Not read." if same else None)

    found = judge_with_controls(judge, [(REAL, PLAYED)])
    assert (found.calibrated, found.real_real, found.n_failed) == (None, None, 0)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_an_interval_is_around_its_mean_and_always_the_same(values: list[float]) -> None:
    one = mean_interval(values, n_resamples=100)
    assert min(values) - 1e-9 <= one.low <= one.high <= max(values) + 1e-9
    assert one == mean_interval(values, n_resamples=100)
    assert one.n == len(values)
