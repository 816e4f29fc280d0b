"""Lexical echo: the corpus row of methods 3.4, and its laws."""

from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.words.echo import jaccard, score_echo
from core.fidelity.words.tokens import content_words, tokenise

word_sets = st.frozensets(st.sampled_from("abcdefgh"))


def test_acceptance_persona_chat(persona_chat: list[list[str]]):
    n_turns = sum(map(len, persona_chat))
    assert (len(persona_chat), n_turns) == (968, 26_517)
    assert n_turns / len(persona_chat) == pytest.approx(27.3936, abs=1e-4)
    assert sum(len(tokenise(turn)) for turns in persona_chat for turn in turns) / n_turns == pytest.approx(
        9.0641, abs=1e-4
    )
    contents = [[content_words(tokenise(turn)) for turn in turns] for turns in persona_chat]
    adjacent = [[jaccard(*pair) for pair in pairwise(turns)] for turns in contents]
    own = [jaccard(*pair) for turns in contents for pair in zip(turns, turns[2:], strict=False)]
    assert fmean(value for values in adjacent for value in values) == pytest.approx(0.07642, abs=1e-5)
    assert fmean(own) == pytest.approx(0.03747, abs=1e-5)
    # The halves are means over dialogues of at least eight pairs, the middle pair in the second half.
    long_enough = [values for values in adjacent if len(values) >= 8]
    first = fmean(fmean(values[: len(values) // 2]) for values in long_enough)
    second = fmean(fmean(values[len(values) // 2 :]) for values in long_enough)
    assert (first, second) == (pytest.approx(0.09001, abs=1e-5), pytest.approx(0.06641, abs=1e-5))


def test_first_turn_has_nothing_to_echo():
    score = score_echo(frozenset({"lamp"}), None)
    assert score.value is None
    assert score.reason


def test_two_turns_without_content_words_are_not_scored():
    score = score_echo(frozenset(), frozenset())
    assert score.value is None
    assert score.reason


def test_a_turn_without_content_words_echoes_none_of_its_partner_s():
    assert score_echo(frozenset(), frozenset({"lamp"})).value == 0


def test_evidence_names_the_shared_words():
    score = score_echo(frozenset({"lamp", "dark", "hour"}), frozenset({"dark", "lamp", "lie"}), "Theo")
    assert score.value == pytest.approx(2 / 4)
    assert score.evidence == {"shared": ["dark", "lamp"], "partner": "Theo", "n_own": 3, "n_partner": 3}


@given(word_sets, word_sets)
def test_jaccard_is_symmetric_and_a_share(a: frozenset[str], b: frozenset[str]):
    assert jaccard(a, b) == jaccard(b, a)
    assert 0 <= jaccard(a, b) <= 1
    assert (jaccard(a, b) == 1) == (a == b != frozenset())
    assert (jaccard(a, b) == 0) == (not a & b)
