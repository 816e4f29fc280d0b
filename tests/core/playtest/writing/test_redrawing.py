"""Which turns say again what was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.playtest.settings import PlaySettings
from core.playtest.writing.redrawing import N_OWN_TURNS, must_redraw, says_again, warmed

SAID = ["Good evening.", "*sits down* I have kept the light for eleven winters. And you?"]


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("I have kept the light for eleven winters.", True),
        ("Well. i have kept the light for eleven winters! *nods*", True),
        ("*smiles* I have kept the light for eleven winters?", True),
        ("I have kept the light for eleven winters, and the log.", False),
        ("(whispers to Theo) I have kept the light for eleven winters.", True),
        ("[quietly] I have kept the light for eleven winters.", True),
        ("I have *never* kept the light for eleven winters.", False),
        ("Good evening.", False),
        ("And you?", False),
        ("*sits down*", False),
        ("", False),
    ],
)
def test_whole_sentences_count_and_short_ones_do_not(text: str, again: bool) -> None:
    assert says_again(text, SAID) == again


def test_what_was_said_long_ago_may_be_said_again() -> None:
    between = [f"This is line number {number}." for number in range(N_OWN_TURNS - 1)]
    assert says_again("And here are four words.", ["And here are four words.", *between])
    assert not says_again("And here are four words.", ["And here are four words.", *between, "One more for luck."])


@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=80))
def test_nobody_repeats_what_nobody_said(said: list[str], text: str) -> None:
    assert not says_again(text, [])
    if says_again(text, said):
        assert says_again(text + "\n" + text, said)
        assert any(says_again(text, [one]) for one in said)


def test_every_turn_is_drawn_a_bounded_number_of_times() -> None:
    for settings in (PlaySettings(), PlaySettings(redraws=0), PlaySettings(temperature=0), PlaySettings(redraws=5)):
        again = [must_redraw(SAID[1], SAID, settings, attempt) for attempt in range(7)]
        assert sum(again) == (settings.redraws if settings.temperature else 0)
        assert [must_redraw("", SAID, settings, attempt) for attempt in range(3)] == [True, False, False]


def test_each_attempt_is_warmer_within_what_servers_take() -> None:
    for began, expected in ((0.5, [0.5, 0.7, 0.9]), (1.9, [1.9, 2.0, 2.0]), (3.0, [3.0, 3.0, 3.0]), (0, [0, 0, 0])):
        found = [warmed(PlaySettings(temperature=began), attempt).temperature for attempt in range(3)]
        assert found == pytest.approx(expected)
    assert warmed(PlaySettings(temperature=0.5, redraws=0), 1).temperature == 0.5


def test_an_emphasised_word_is_a_word() -> None:
    assert not says_again("I have *never* been to the lighthouse.", ["I have been to the lighthouse."])
    assert says_again("I have *never* been to the lighthouse. *nods*", ["*sits* I have never been to the lighthouse."])
