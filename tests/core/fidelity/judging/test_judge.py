"""A judge is asked by probabilities where there are any, by samples elsewhere, and failures are no verdicts."""

import json

import pytest

from core.fidelity.judging.judge import Question
from core.fidelity.judging.verdicts import Choice, NotJudged, Preference, Rating
from tests.scripted_judge import scripted_judge, weigh_by

QUESTION = Question("You judge.", "Who speaks?")


def test_a_choice_is_the_share_of_each_option() -> None:
    choice = scripted_judge(weigh_by({"Who": {"Mila": 3.0, "Vera": 1.0}})).choose(QUESTION, ("Vera", "Mila"))
    assert isinstance(choice, Choice)
    assert choice.probabilities == pytest.approx((0.25, 0.75))
    assert choice.best == 1
    assert choice.how == "probabilities"


def test_a_rating_is_the_expected_point() -> None:
    rating = scripted_judge(weigh_by({"Who": {"1": 1.0, "5": 3.0}}, otherwise=0.0)).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert rating.value == pytest.approx(4.0, abs=1e-6)


def test_a_judge_that_always_says_a_prefers_nobody() -> None:
    preference = scripted_judge(weigh_by({"": {"A": 1.0, "B": 0.0, "Tie": 0.0}})).prefer(
        lambda a, b: Question("You judge.", f"A: {a}\nB: {b}"), "one", "two"
    )
    assert isinstance(preference, Preference)
    assert preference.p_first == pytest.approx(0.5)
    assert not preference.is_consistent


def test_without_probabilities_samples_are_counted_and_unreadable_ones_left_out() -> None:
    said = ['{"reason": "x", "score": 4}', "nothing of the kind", '{"reason": "y", "score": 2}']
    rating = scripted_judge(write=lambda _chat, seed: said[seed]).rate(QUESTION)
    assert isinstance(rating, Rating)
    assert (rating.value, rating.how, rating.n_failed, rating.self_agreement) == (3.0, "samples", 1, 0.0)


@pytest.mark.parametrize("text", ["", "{", "[1]", json.dumps({"score": True}), json.dumps({"score": 9})])
def test_what_cannot_be_read_is_not_judged(text: str) -> None:
    assert isinstance(scripted_judge(write=lambda _chat, _seed: text).rate(QUESTION), NotJudged)
