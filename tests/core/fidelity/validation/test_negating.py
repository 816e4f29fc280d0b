"""Facts that somebody states of themselves, turned into their opposite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.validation.negating import negate


@pytest.mark.parametrize(
    ("said", "opposite"),
    [
        ("I have a dog.", "I don't have a dog."),
        ("I really love swimming!", "I don't love swimming!"),
        ("I'm a nurse.", "I am not a nurse."),
        ("I am not a nurse.", "I am a nurse."),
        ("I don't like meat.", "I do like meat."),
        ("I’m from Spain, and you?", None),
        ("I've been to Rome.", "I haven't been to Rome."),
        ("I can dance.", "I can not dance."),
        ("I can't dance.", "I can dance."),
        ("I worked at sea.", "I never worked at sea."),
        ("I have never been there.", "I have been there."),
        ("I never eat out.", "I always eat out."),
        ("My favorite color is blue.", "My favorite color is not blue."),
        ("My mom's a vet.", "My mom isn't a vet."),
        ("Hello! I grew up here. Do I know you?", "Hello! I never grew up here. Do I know you?"),
        ("How are you?", None),
        ("That is nice.", None),
        ("", None),
    ],
)
def test_what_is_said_of_oneself_is_negated(said: str, opposite: str | None) -> None:
    assert negate(said) == opposite


@given(st.text(alphabet="I amhavenot'my.?! \n’dlike", max_size=80))
def test_a_negation_differs_from_what_it_negates(text: str) -> None:
    assert negate(text) != text.replace("’", "'")
