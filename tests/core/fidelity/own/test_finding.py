"""Own measures that count phrases and matches."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import measure
from core.fidelity.own import OwnDefinition, own_measure
from core.fidelity.score import ScoreValue


def score(kind: str, body: str, *texts: str) -> list[ScoreValue]:
    one = own_measure(OwnDefinition("x", "Mine", kind, body, "lower"), None, lambda _text: False)
    measured = measure(About(), [Line("Mara", text) for text in texts], [one])
    return [scores[0] for scores in measured.by_line]


def test_phrases_are_whole_words_in_any_case():
    (found,) = score("phrases", "the lamp\nlight\n\n", "The  Lamp! Lighthouses have light. THE LAMP.")
    assert found.metric == "own.x"
    assert found.value == 3
    assert found.evidence["words"] == ["The  Lamp", "light", "THE LAMP"]
    assert found.evidence["places"][0] == {"start": 0, "end": 9, "words": "The  Lamp"}


def test_the_longest_phrase_counts_once():
    assert score("phrases", "light\nlight house", "A light house.")[0].evidence["words"] == ["light house"]


def test_apostrophes_of_either_kind_are_the_same():
    assert score("phrases", "don’t", "I don't.")[0].value == score("phrases", "don't", "I don’t.")[0].value == 1


def test_signs_are_no_expression():
    assert score("phrases", "a.c\n(", "abc a.c (")[0].value == 2


def test_matches_of_an_expression():
    (found, none) = score("regex", r"\b[A-Z]{2,}\b", "I SAID no, SIR", "no")
    assert (found.value, found.evidence["words"]) == (2, ["SAID", "SIR"])
    assert (none.value, none.evidence) == (0, {})


def test_empty_matches_do_not_count():
    assert score("regex", "x*", "axxb")[0].value == 1


@pytest.mark.parametrize(
    "body", ["(", "[", "", "a" * 10_001, "(?P<n>", r"\1(", "*", r"(ab|c){1000000}", r"((a{99}){99}){99}"]
)
def test_a_broken_expression_is_a_reason(body: str):
    (found,) = score("regex", body, "aaa")
    assert found.value is None
    assert found.reason
    assert found.reason.endswith(".")


def test_an_expression_that_takes_for_ever_is_given_up():
    begun = time.process_time()
    found = score("regex", r"(a|aa)+$(?<!a)", *["a" * 60 + "b"] * 50)
    assert all(one.value is None and one.reason for one in found)
    assert "longer than" in found[0].reason
    assert "not tried" in found[-1].reason
    assert time.process_time() - begun < 5


def test_a_list_may_not_be_endless():
    assert "more than" in score("phrases", "\n".join(map(str, range(1_001))), "1")[0].reason
    assert "more than" in score("phrases", "\n".join(f"{number}" * 600 for number in range(100)), "1")[0].reason
    assert score("phrases", "\n".join(map(str, range(1_000))), "1 999 1000")[0].value == 2


def test_a_count_that_was_cut_says_so():
    cut, whole = score("regex", "a", "a" * 1_001, "a" * 1_000)
    assert (cut.value, cut.evidence["at_least"]) == (1_000, True)
    assert whole.value == 1_000
    assert "at_least" not in whole.evidence


def test_a_rubric_is_for_a_judge_and_an_empty_list_for_nobody():
    assert "judge" in score("rubric", "Is it kind?", "Yes.")[0].reason
    assert "no phrase" in score("phrases", " \n", "Yes.")[0].reason


def test_the_summary_is_the_mean():
    one = own_measure(OwnDefinition("x", "Mine", "phrases", "yes"), None, lambda _text: False)
    measured = measure(About(), [Line("a", "yes yes"), Line("a", "no")], [one])
    assert measured.summaries["a"]["own.x"].value == 1


@given(st.text(max_size=40), st.lists(st.text(max_size=8), max_size=4))
def test_any_list_counts_any_text(text: str, phrases: list[str]):
    (found,) = score("phrases", "\n".join(phrases), text)
    assert found.value is None or found.value >= 0
    for place in found.evidence.get("places", []):
        assert text.replace("’", "'")[place["start"] : place["end"]] == place["words"]
