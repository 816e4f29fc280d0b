"""Spoiled conversations are told from sound ones."""

from pathlib import Path

import pytest

from core.fidelity.words import adherence, bleed, echo, repetition
from tests.core.fidelity.words.corrupting import (
    Conversation,
    auc,
    echo_partner,
    read_conversations,
    repeat_own,
    run_on,
    spoil,
    swap_personas,
)


@pytest.fixture(scope="module")
def sound(shared: Path) -> list[Conversation]:
    return read_conversations(shared, 80)


def test_own_lines_again(sound: list[Conversation]):
    bad = spoil(sound, repeat_own)
    assert auc("repetition", repetition.MEASURE, sound, bad, higher_is_bad=True) >= 0.95
    assert auc("repetition.exact", repetition.MEASURE, sound, bad, higher_is_bad=True) >= 0.95


def test_the_partner_s_lines(sound: list[Conversation]):
    bad = spoil(sound, echo_partner)
    assert auc("echo.rouge", echo.MEASURE, sound, bad, higher_is_bad=True) >= 0.95
    assert auc("bleed", bleed.MEASURE, sound, bad, higher_is_bad=True) >= 0.90


def test_going_on_as_the_other(sound: list[Conversation]):
    bad = spoil(sound, run_on)
    assert auc("bleed", bleed.MEASURE, sound, bad, higher_is_bad=True) >= 0.95


def test_another_s_persona(sound: list[Conversation]):
    bad = swap_personas(sound)
    assert auc("adherence.tfidf", adherence.MEASURE, sound, bad, higher_is_bad=False) >= 0.80
    assert auc("adherence.told", adherence.MEASURE, sound, bad, higher_is_bad=False) >= 0.80
