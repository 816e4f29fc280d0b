"""Questionnaires and their arithmetic: the exact numbers of the Big Five form, and what must hold for any answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.weights.ratings import IPIP as TAUGHT
from core.errors import UserError
from core.fidelity.interviews.administer import check
from core.fidelity.interviews.answer import Answer
from core.fidelity.interviews.profile import compare, label_of, meant_value, type_of
from core.fidelity.interviews.questionnaire import (
    IPIP,
    Questionnaire,
    list_questionnaires,
    load_life_talk,
    load_questionnaire,
)
from core.fidelity.interviews.scoring import (
    acquiescence,
    cronbach_alpha,
    keyed_rows,
    score_scales,
    stability,
)

FORM = load_questionnaire(IPIP)
KEYS = {
    "extraversion": "1 -6 11 -16 21 -26 31 -36 41 -46",
    "agreeableness": "-2 7 -12 17 -22 27 -32 37 42 47",
    "conscientiousness": "3 -8 13 -18 23 -28 33 -38 43 48",
    "emotional_stability": "-4 9 -14 19 -24 -29 -34 -39 -44 -49",
    "openness": "5 -10 15 -20 25 -30 35 40 45 50",
}


def answers(values: list[float | None], form: Questionnaire = FORM) -> list[Answer]:
    return [
        Answer(item, value, None if value is not None else "Nothing was said.")
        for item, value in zip(form.items, values, strict=True)
    ]


def sums(values: list[float | None]) -> list[float | None]:
    return [score.value for score in score_scales(FORM, answers(values)).values()]


def test_the_key_is_that_of_the_form():
    found = {
        scale: " ".join(f"{'-' if item.is_reversed else ''}{item.number}" for item in FORM.items_of(scale))
        for scale in KEYS
    }
    assert found == KEYS
    assert [item.number for item in FORM.items] == list(range(1, 51))


def test_items_are_those_of_the_pool_in_the_first_person():
    assert [item.text.removeprefix("I ").casefold() for item in FORM.items] == [text.casefold() for *_, text in TAUGHT]
    assert all(item.text.startswith("I ") and item.open.endswith("?") for item in FORM.items)


@pytest.mark.parametrize(("answer", "expected"), [(3, [30] * 5), (5, [30, 34, 34, 18, 38]), (1, [30, 26, 26, 42, 22])])
def test_one_answer_to_all(answer: int, expected: list[int]):
    assert sums([answer] * 50) == expected


def test_an_extravert_by_the_key():
    values = [3.0 if item.scale != "extraversion" else 1.0 if item.is_reversed else 5.0 for item in FORM.items]
    assert sums(values) == [50, 30, 30, 30, 30]
    turned = [6 - value for value in values]
    assert sums(turned) == [10, 30, 30, 30, 30]


def test_what_is_missing_is_the_middle_until_too_much_is_missing():
    few = [None if item.number <= 10 else 5.0 for item in FORM.items]
    scores = score_scales(FORM, answers(few))
    assert scores["extraversion"].value == sums([3.0] * 10 + [5.0] * 40)[0]
    assert scores["extraversion"].n_answered == 8
    many = score_scales(FORM, answers([5.0] * 10 + [None] * 40))
    assert many["openness"].value is None
    assert many["openness"].reason == "Only 2 of 10 items were answered."


@settings(max_examples=25)
@given(st.lists(st.floats(1, 5), min_size=50, max_size=50))
def test_sums_stay_between_their_ends_and_turn_round(values: list[float]):
    straight, turned = sums(values), sums([6 - value for value in values])
    for one, other in zip(straight, turned, strict=True):
        assert 10 <= one <= 50
        assert one + other == pytest.approx(60)


def test_the_spread_comes_from_the_probabilities():
    even = dict.fromkeys(range(1, 6), 0.2)
    scores = score_scales(FORM, [Answer(item, 3.0, probabilities=even) for item in FORM.items])
    assert scores["openness"].spread == pytest.approx((10 * 2) ** 0.5)
    assert scores["openness"].percent_spread == pytest.approx(100 * 20**0.5 / 40)
    assert score_scales(FORM, answers([3.0] * 50))["openness"].spread is None


def test_acquiescence_and_stability():
    assert acquiescence(FORM, answers([4.0] * 50)) == 1.0
    assert acquiescence(FORM, answers([None] * 50)) is None
    assert stability([30, 32, None, 34]) == 2.0
    assert stability([30, None]) is None


def test_cronbach_alpha():
    assert cronbach_alpha([[1, 1], [2, 2], [3, 3]]) == pytest.approx(1.0)
    # variances 1 and 1, covariance 0.5: 2 (1 - 2 / 3)
    assert cronbach_alpha([[1, 2], [2, 1], [3, 3]]) == pytest.approx(2 / 3)
    assert cronbach_alpha([[1, 2]]) is None
    assert cronbach_alpha([[1, 3], [3, 1]]) is None
    rows = keyed_rows(FORM, "emotional_stability", [{item.number: 5.0 for item in FORM.items}, {}])
    assert rows == [[1, 5, 1, 5, 1, 1, 1, 1, 1, 1], [3.0] * 10]


def test_types_accuracy_and_errors():
    assert (type_of(50, 50), type_of(50.1, 50)) == ("L", "H")
    assert [label_of(value) for value in (None, 45.0, 80.0, 20.0)] == ["X", "X", "H", "L"]
    degrees = {"extraversion": 80, "neuroticism": 80, "openness": None}
    meant = {scale.name: meant_value(scale, degrees) for scale in FORM.scales}
    assert meant == {
        "extraversion": 80,
        "agreeableness": None,
        "conscientiousness": None,
        "emotional_stability": 20,
        "openness": None,
    }
    labels = {name: label_of(value) for name, value in meant.items()}
    fit = compare({"extraversion": 60.0, "emotional_stability": 60.0, "openness": 90.0}, labels, meant)
    assert (fit.accuracy, fit.is_whole, fit.n_labelled, fit.wrong) == (0.5, False, 2, ("emotional_stability",))
    assert (fit.mse, fit.mae) == (pytest.approx((0.04 + 0.16) / 2), pytest.approx(0.3))
    nothing = compare({"openness": 90.0}, {}, {})
    assert (nothing.accuracy, nothing.is_whole, nothing.mse) == (None, None, None)


def test_all_forms_can_be_read_and_the_sensitive_one_is_off():
    names = list_questionnaires()
    assert names[0] == IPIP
    assert names[-1] == "unease"
    for name in names:
        form = load_questionnaire(name)
        assert len({item.text for item in form.items}) == len(form.items)
        assert all(form.items_of(scale.name) for scale in form.scales)
        assert form.notice
        assert form.source
    form = load_questionnaire("unease")
    with pytest.raises(UserError, match="is off"):
        check(form, "digits", 1, has_judge=False, allow_sensitive=False)
    assert check(form, "digits", 1, has_judge=False, allow_sensitive=True) == "digits"
    assert "no diagnosis" in form.notice
    assert len(load_life_talk().questions) == 12


@pytest.mark.parametrize("name", ["mmpi", "../demo", "_role-items", "life-talk", ""])
def test_unknown_forms_are_named_as_such(name: str):
    with pytest.raises(UserError, match="no questionnaire"):
        load_questionnaire(name)


@pytest.mark.parametrize(("mode", "n_orders"), [("free", 1), ("aloud", 1), ("digits", 0), ("digits", 6)])
def test_what_cannot_be_asked(mode: str, n_orders: int):
    with pytest.raises(UserError):
        check(FORM, mode, n_orders, has_judge=False, allow_sensitive=False)
