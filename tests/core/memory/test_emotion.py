"""Emotions of texts, by their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.memory import emotion_words
from core.memory.emotion import CALM, EMOTIONS, name_emotion, read_emotion, strength


def emotion(text: str, name: str) -> float:
    return read_emotion(text)[EMOTIONS.index(name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I am so happy to see you, thank you!", "joy"),
        ("I swear I will protect you; you can rely on me.", "trust"),
        ("Something is lurking there. I'm terrified!", "fear"),
        ("Unbelievable! I never saw that coming, what a shock.", "surprise"),
        ("She sobbed at the grave and mourned him.", "sadness"),
        ("The stench of rotting filth made him vomit.", "disgust"),
        ("You betrayed me, you liar! I hate you.", "anger"),
        ("I'm hoping for tomorrow; I can hardly be more patient, planning our journey.", "anticipation"),
    ],
)
def test_the_words_of_a_text_say_what_it_feels(text: str, name: str) -> None:
    assert name_emotion(read_emotion(text)) == name


def test_a_word_halves_what_is_missing_to_one() -> None:
    assert emotion("Joy.", "joy") == 0.5
    assert emotion("Joy, joy!", "joy") == 0.75


def test_what_is_negated_is_not_felt_but_what_follows_the_clause_is() -> None:
    assert read_emotion("I am not happy") == CALM
    assert read_emotion("I don’t trust you") == CALM
    assert emotion("I am not sure about it, happy though", "joy") == 0.5


@pytest.mark.parametrize("form", ["hoping", "hoped", "hopes", "hope's", "Hope", "HOPE"])
def test_other_forms_of_a_word_are_met(form: str) -> None:
    assert emotion(form, "anticipation") == 0.5


def test_nothing_is_felt_where_nothing_is_said() -> None:
    assert read_emotion("") == read_emotion("The key lies in the drawer, 12 cm deep.") == CALM
    assert (name_emotion(CALM), strength(CALM)) == ("", 0.0)


def test_each_list_has_some_hundred_words_and_none_twice() -> None:
    for name in EMOTIONS:
        words = getattr(emotion_words, name.upper()).split()
        assert 50 < len(words) < 300
        assert len(set(words)) == len(words)


@given(st.text(max_size=300))
def test_any_text_has_eight_numbers_between_0_and_1(text: str) -> None:
    felt = read_emotion(text)
    assert len(felt) == len(EMOTIONS)
    assert all(0 <= one < 1 for one in felt)
