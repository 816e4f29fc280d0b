"""Eval4Sim: its formulas by published and hand-made numbers, and sets of conversations against people's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About
from core.fidelity.meaning.authorship import (
    Pair,
    answers,
    auc,
    c_at_1,
    cosines,
    find_thresholds,
    grade,
)
from core.fidelity.meaning.eval4sim import (
    METRICS,
    NO_ENTAILMENT,
    adherence_curve,
    as_facts_and_lines,
    compare_set_with_people,
    reciprocal_ranks,
    similarity,
)
from core.fidelity.meaning.people import load_people
from core.fidelity.meaning.vectors import vectors_of
from core.fidelity.words.retrieval import curve_similarity, pool_weights

POOLS = (10, 50, 100, 500)
HUMAN, OURS = (0.8, 0.6, 0.5, 0.3), (0.9, 0.8, 0.7, 0.5)
TRADES = ("baker", "pilot", "nurse", "fisher", "painter", "lawyer", "gardener", "soldier", "singer", "plumber", "clerk")


def test_weights_of_pools():
    assert pool_weights(POOLS) == pytest.approx([40, 40.5, 182.25, 291.6])


def test_likeness_of_curves_as_published():
    assert curve_similarity(HUMAN, OURS, POOLS) == pytest.approx(0.70636, abs=1e-5)
    assert curve_similarity(HUMAN, HUMAN, POOLS) == 1
    assert curve_similarity([0.0] * 4, [0.0] * 4, POOLS) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=4, max_size=4))
def test_likeness_of_curves_is_symmetric(both: list[tuple[float, float]]):
    human, ours = zip(*both, strict=True)
    found = curve_similarity(human, ours, POOLS)
    assert found == pytest.approx(curve_similarity(ours, human, POOLS))
    assert 0 <= found <= 1 + 1e-9


def test_likeness_of_numbers():
    assert similarity(0.3, 0.4) == pytest.approx(0.75)
    assert similarity(1.0, 0.4) == 0
    assert similarity(0.3, 0.0) is None


def test_ranks_of_equals_go_to_the_first():
    scores = vectors_of(["a"])[:, :1] * 0
    assert reciprocal_ranks(scores.repeat(3, 0).repeat(3, 1)).tolist() == pytest.approx([1, 1 / 2, 1 / 3])


def test_grades_by_hand():
    assert c_at_1(10, 6, 2) == pytest.approx(0.72)
    assert auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert auc([0.5, 0.5], [False, True]) == 0.5
    grades = grade([0.9, 0.5, 0.2, 0.8], [True, True, False, False])
    assert grades.c_at_1 == pytest.approx((2 + 1 * 2 / 4) / 4)
    assert grades.f05u == pytest.approx(1.25 / (1.25 + 0.25 + 1))
    assert grades.f1 == pytest.approx(2 / 3)
    assert grades.brier == pytest.approx(1 - (0.01 + 0.25 + 0.04 + 0.64) / 4)
    assert grade([1.0, 0.0], [True, False]).overall == 1


def test_answers_are_stretched_between_the_thresholds():
    assert answers([0.0, 0.1, 0.15, 0.2, 1.0], (0.1, 0.2)) == pytest.approx([0.0, 0.49, 0.5, 0.51, 1.0])


def test_letters_tell_authors_apart():
    pairs = [
        Pair("Arr, matey, hoist the sails!", "Arr, hoist the black flag, matey!", same=True),
        Pair("Verily, my lord, I shall obey.", "Verily, I obey my lord.", same=True),
        Pair("Arr, matey, hoist the sails!", "Verily, I obey my lord.", same=False),
        Pair("Verily, my lord, I shall obey.", "Arr, hoist the black flag, matey!", same=False),
    ]
    found = cosines(pairs)
    assert min(found[:2]) > max(found[2:])
    thresholds = find_thresholds(found, [pair.same for pair in pairs])
    assert grade(answers(found, thresholds), [pair.same for pair in pairs]).c_at_1 == 1
    assert cosines([Pair("ab", "ab", same=True)]) == [0.0]


def conversations():
    """Two people of different trades each, who speak of nothing else."""
    return [
        as_facts_and_lines(
            {one: [f"I work as a {one}."], other: [f"I am a {other} by trade."]},
            [
                (one, f"I have been a {one} for years."),
                (other, f"A {other} like me rests on Sundays."),
                (one, f"Every {one} knows that, I swear."),
                (other, f"My father was a {other}, too."),
            ],
        )
        for place, one in enumerate(TRADES)
        for other in TRADES[place + 1 :]
    ][:25]


def test_personas_are_found_by_what_is_said():
    assert adherence_curve(conversations(), (5, 10, 1000)) == pytest.approx({5: 1.0, 10: 1.0}, abs=0.15)


def test_sets_are_compared_with_people():
    scores = compare_set_with_people(conversations())
    assert [score.metric for score in scores] == [metric.name for metric in METRICS]
    total, told_apart, voices, follows = scores
    assert follows.reason == NO_ENTAILMENT
    assert told_apart.evidence["offset_percent"] > 0
    assert told_apart.evidence["offset_percent"] == pytest.approx(100 * (1 - told_apart.value))
    assert math.copysign(1, voices.evidence["offset_percent"]) == math.copysign(
        1, voices.evidence["ours"] - voices.evidence["human"]
    )
    assert total.value == pytest.approx((told_apart.value + voices.value) / 2)
    assert list(total.evidence["missing"]) == ["eval4sim.naturalness"]


def test_few_conversations_are_not_scored():
    assert all(score.value is None for score in compare_set_with_people(conversations()[:1]))
    assert all(score.value is None for score in compare_set_with_people([(About(), [])]))
    assert all(score.value is None for score in compare_set_with_people([]))


def test_people_are_what_the_script_measured():
    people = load_people()
    assert 0 < people.echo.baseline < people.echo.p95 < 1
    curve = list(people.adherence.values())
    assert curve == sorted(curve, reverse=True)
    assert 0.5 < people.consistency < 1
    assert set(people.sources) == {"echo", "adherence", "consistency"}
