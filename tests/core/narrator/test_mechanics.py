"""Errors of mechanics: the numbers of methods 3.14, and what a stranger's record does to them."""

import pytest

from core.narrator.mechanics import Round, measure, session_estimate, summarise
from models.playtest import Origin, SpeakerKind, TurnBase


def test_the_numbers_of_ten_rounds() -> None:
    wrong_variable, wrong_event, clean = Round(0, 2, 1, 4), Round(1, 2, 0, 4), Round(0, 2, 0, 4)
    found = measure([wrong_variable, wrong_variable, wrong_event, *[clean] * 7])
    assert found.mec == pytest.approx(0.7)
    assert found.ece == pytest.approx(0.05)
    assert found.vue == pytest.approx(0.05)
    assert (found.n_rounds, found.n_clean, found.is_stable) == (10, 7, False)
    # where the same round is wrong in both, one more is clean
    assert measure([Round(1, 2, 1, 4), wrong_variable, *[clean] * 8]).mec == pytest.approx(0.8)


def test_the_estimate_of_a_session() -> None:
    assert session_estimate(0.668) == pytest.approx(4.163e-05, rel=1e-3)
    assert session_estimate(1.0) == 1.0
    assert measure([Round(0, 1, 0, 3)]).is_stable is True


def test_nothing_asked_is_no_number() -> None:
    found = measure([])
    assert (found.n_rounds, found.mec, found.ece, found.vue, found.is_stable, found.session) == (0, *[None] * 5)
    assert measure([Round(0, 0, 0, 0)]).ece is None


def turn_with(record: dict) -> TurnBase:
    return TurnBase(
        speaker_id="narrator",
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="",
        origin=Origin.STAGE,
        record=record,
    )


def test_rounds_are_read_from_records_and_odd_ones_left_out() -> None:
    good = {"n_event_errors": 1, "n_events": 1, "n_wrong_variables": 0, "n_variables": 2}
    records = [
        {},
        {"narrator": {"weights": good}},
        {"narrator": {"weights": good | {"n_events": "many"}}},
        {"narrator": {"weights": good | {"n_events": -1}}},
        {"narrator": {"weights": []}},
        {"narrator": 7},
    ]
    assert summarise([turn_with(record) for record in records]).to_document() == {
        "n_rounds": 1, "n_clean": 0, "mec": 0.0, "ece": 1.0, "vue": 0.0, "is_stable": False, "session": 0.0
    }  # fmt: skip
