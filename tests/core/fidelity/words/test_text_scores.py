"""The scores of words, turn by turn."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.reference import load_reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.text_scores import TextScorer, score_texts
from core.fidelity.words.tokens import tokenise
from core.fidelity.words.voice import hdd, mattr, voice_z, yule_k

NAMES = ["echo", "voice.mattr", "voice.hdd", "voice.yule_k", "voice.z"]
SCENE = [
    ("Theo", "The lamp had been dark for an hour by then."),
    ("Mara", "The lamp was lit."),
    ("Mara", "I kept that light eleven winters. Eleven, I say!"),
    ("Ilse", "Hm."),
    ("Mara", "Hm?"),
]

turns = st.lists(st.tuples(st.sampled_from("abc"), st.text("abcde '’我", max_size=20)), min_size=1, max_size=12)


def by_name(scores: list[ScoreValue]) -> dict[str, ScoreValue]:
    return {score.metric: score for score in scores}


def test_echo_looks_at_the_last_turn_by_somebody_else():
    echo = by_name(score_texts(SCENE, 1, None))["echo"]
    assert echo.value == pytest.approx(1 / 5)
    assert echo.evidence["shared"] == ["lamp"]
    after_own_turn = by_name(score_texts(SCENE, 2, None))["echo"]
    assert after_own_turn.evidence["partner"] == "Theo"
    last = by_name(score_texts(SCENE, 4, None))["echo"]
    assert (last.value, last.evidence["partner"]) == (1, "Ilse")


def test_first_turn_has_no_echo_but_a_voice():
    scores = by_name(score_texts(SCENE, 0, None))
    assert scores["echo"].value is None
    assert scores["voice.mattr"].value == 1


def test_voice_is_all_that_the_speaker_said_so_far():
    reference = load_reference()
    said = tokenise(" ".join(text for speaker, text in SCENE[:3] if speaker == "Mara"))
    scores = by_name(score_texts(SCENE, 2, reference))
    assert scores["voice.mattr"].value == mattr(said)
    assert scores["voice.hdd"].value == pytest.approx(hdd(said))
    assert scores["voice.yule_k"].value == yule_k(said)
    assert scores["voice.z"].value == pytest.approx(voice_z(said, reference).value)
    assert scores["voice.z"].evidence["reference"] == reference.name
    assert scores["voice.yule_k"].evidence["most_repeated"] == [{"word": "eleven", "count": 2}]
    assert all(scores[name].evidence["n_tokens"] == len(said) for name in NAMES[1:])


def test_short_voices_are_flagged():
    assert by_name(score_texts(SCENE, 1, None))["voice.hdd"].evidence["short"] is True
    assert by_name(score_texts(SCENE, 2, None))["voice.hdd"].evidence["short"] is False


def test_without_a_reference_only_z_is_missing():
    scores = by_name(score_texts(SCENE, 2, None))
    assert [name for name, score in scores.items() if score.value is None] == ["voice.z"]


def test_no_words_no_voice():
    scores = by_name(score_texts([("A", "走吧")], 0, load_reference()))
    assert all(score.value is None and score.reason for score in scores.values())


@given(turns)
def test_turn_by_turn_is_the_same_as_each_alone(scene: list[tuple[str, str]]):
    reference = load_reference()
    scorer = TextScorer(reference)
    for index, (speaker, text) in enumerate(scene):
        scores = scorer.add(speaker, text)
        assert [score.metric for score in scores] == NAMES
        assert scores == score_texts(scene, index, reference)


def test_late_turns_cost_about_as_much_as_early_ones():
    """2,000 turns of 30 words. Scoring each from the start would make the last ones cost 50 times the first."""
    scorer = TextScorer(load_reference())
    text = [" ".join(f"w{(turn * 7 + place * place) % 900}" for place in range(30)) for turn in range(2_000)]
    seconds = []
    for turn in range(2_000):
        begun = time.perf_counter()
        scorer.add("ab"[turn % 2], text[turn])
        seconds.append(time.perf_counter() - begun)
    early, late = sorted(seconds[20:220])[100], sorted(seconds[-200:])[100]
    assert late < 10 * early
    assert late < 0.02
