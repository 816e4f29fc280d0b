"""Each way to spoil a dialogue changes what it says, and nothing else."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.validation.corruptions import CORRUPTIONS, Corruption, Spoilt, spoil
from core.fidelity.validation.dialogues import Dialogue
from tests.core.fidelity.validation.small_talks import make_talk

BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}
SEEDS = st.integers(0, 1000)


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=list(BY_NAME))
@given(seed=SEEDS, n_turns=st.integers(10, 30), number=st.integers(0, 5))
def test_what_every_corruption_keeps(corruption: Corruption, seed: int, n_turns: int, number: int) -> None:
    talk, donor = make_talk(number, n_turns), make_talk(number + 1)
    found = spoil(corruption, talk, donor, seed)
    assert found is not None
    assert found == spoil(corruption, talk, donor, seed)
    spoilt = found.dialogue
    assert len(spoilt.lines) == len(talk.lines)
    assert (spoilt.id, spoilt.target, spoilt.partner) == (talk.id, talk.target, talk.partner)
    changed = tuple(place for place, line in enumerate(spoilt.lines) if line != talk.lines[place])
    assert set(changed) == set(found.places)
    assert (spoilt.about != talk.about) == (corruption.name == "persona_swap")
    assert bool(changed) == (corruption.name != "persona_swap")
    if corruption.name != "speaker_swap":
        assert [line.speaker for line in spoilt.lines] == [line.speaker for line in talk.lines]
    if corruption.name not in {"speaker_swap", "shuffle"}:
        assert {talk.lines[place].speaker for place in changed} <= {talk.target}


def test_swapped_personas_are_the_others_own() -> None:
    talk, donor = make_talk(0), make_talk(1)
    spoilt = _spoil("persona_swap", talk, donor).dialogue
    assert spoilt.facts == donor.facts
    assert spoilt.about.personas[talk.partner] == donor.about.personas[donor.partner]


def test_no_persona_or_the_same_one_cannot_be_swapped() -> None:
    without, talk = make_talk(0, facts=False), make_talk(0)
    assert spoil(BY_NAME["persona_swap"], without, talk, 0) is None
    assert spoil(BY_NAME["persona_swap"], talk, without, 0) is None
    assert spoil(BY_NAME["persona_swap"], talk, make_talk(8), 0) is None


def test_swapped_speakers_say_each_others_lines() -> None:
    talk = make_talk(0)
    spoilt = _spoil("speaker_swap", talk).dialogue
    assert [line.text for line in spoilt.lines] == [line.text for line in talk.lines]
    assert spoilt.places("Ann") == talk.places("Ben")
    assert spoilt.places("Ben") == talk.places("Ann")


@given(SEEDS)
def test_an_echo_is_what_the_partner_said_last(seed: int) -> None:
    talk = make_talk(0)
    spoilt = _spoil("echo", talk, seed=seed)
    assert len(spoilt.places) == (len([one for one in talk.places(talk.target) if one]) + 1) // 2
    for place in spoilt.places:
        assert spoilt.dialogue.lines[place].text == talk.lines[place - 1].text


@given(SEEDS)
def test_a_repetition_is_an_earlier_line_of_ones_own(seed: int) -> None:
    talk = make_talk(0)
    spoilt = _spoil("repetition", talk, seed=seed)
    assert len(spoilt.places) == len(talk.places(talk.target)) // 2
    for place in spoilt.places:
        own = [talk.lines[one].text for one in talk.places(talk.target) if one < place]
        assert spoilt.dialogue.lines[place].text in own


@given(SEEDS)
def test_shuffling_keeps_each_speakers_lines(seed: int) -> None:
    talk = make_talk(0)
    spoilt = _spoil("shuffle", talk, seed=seed).dialogue
    said, before = (Counter((line.speaker, line.text) for line in one.lines) for one in (spoilt, talk))
    assert said == before


@given(SEEDS)
def test_one_line_is_foreign(seed: int) -> None:
    talk, donor = make_talk(0), make_talk(1)
    spoilt = _spoil("foreign_line", talk, donor, seed)
    assert len(spoilt.places) == 1
    assert spoilt.dialogue.lines[spoilt.places[0]].text in [line.text for line in donor.lines]


def test_facts_are_negated_in_the_targets_lines() -> None:
    talk = make_talk(0)
    spoilt = _spoil("negation", talk)
    assert list(spoilt.places) == talk.places(talk.target)
    place = spoilt.places[0]
    assert spoilt.dialogue.lines[place].text.startswith("I don't have ")


def test_late_lines_are_taken_over() -> None:
    talk, donor = make_talk(0), make_talk(1, 10)
    spoilt = _spoil("takeover", talk, donor)
    own = talk.places(talk.target)
    assert list(spoilt.places) == own[len(own) // 2 :]
    said = {line.text for line in donor.lines if line.speaker == donor.target}
    assert {spoilt.dialogue.lines[place].text for place in spoilt.places} <= said


def test_a_bleeding_turn_runs_on_as_the_partner() -> None:
    talk = make_talk(0)
    spoilt = _spoil("bleed", talk)
    for place in spoilt.places:
        following = f"{talk.lines[place].text}\n{talk.partner}: {talk.lines[place + 1].text}"
        assert spoilt.dialogue.lines[place].text == following


def _spoil(name: str, talk: Dialogue, donor: Dialogue | None = None, seed: int = 0) -> Spoilt:
    found = spoil(BY_NAME[name], talk, donor or make_talk(1), seed)
    assert found is not None
    return found
