"""Balance, worked out by hand."""

import math

import pytest

from core.turn_taking.balance import count_words, gini, measure, normalised_entropy
from models.playtest import Origin, SpeakerKind, TurnBase


def turn(speaker: str, text: str, **changes: object) -> TurnBase:
    fields = {"kind": SpeakerKind.CHARACTER, "origin": Origin.WEIGHTS, **changes}
    return TurnBase(speaker_id=speaker, speaker=speaker, text=text, **fields)


def test_gini_by_hand() -> None:
    assert gini([5, 5, 5]) == 0
    assert gini([9, 0, 0]) == pytest.approx(2 / 3)  # one has everything: 1 - 1/3
    # |1-2|+|1-3|+|2-3| = 4, both ways 8; 2 * 3 * 6 = 36
    assert gini([1, 2, 3]) == pytest.approx(8 / 36)
    assert gini([]) is None
    assert gini([0, 0]) is None


def test_entropy_by_hand() -> None:
    assert normalised_entropy([4, 4]) == pytest.approx(1)
    assert normalised_entropy([7, 0]) == 0
    # shares 1/2, 1/4, 1/4: 1.5 bits of log2(3)
    assert normalised_entropy([2, 1, 1]) == pytest.approx(1.5 / math.log2(3))
    assert normalised_entropy([3]) is None
    assert normalised_entropy([0, 0]) is None


def test_words_keep_what_belongs_together() -> None:
    assert count_words("I'm not — well-read, 3 times… Zoë’s!") == 6


def test_a_path_is_measured() -> None:
    path = [
        turn("narrator", "It rains and rains.", kind=SpeakerKind.NARRATOR, origin=Origin.STORY),
        turn("a", "One two three.", record={"bled": True}),
        turn("b", "One.", record={"bled": False}),
        turn("narrator", "", kind=SpeakerKind.NARRATOR, origin=Origin.STAGE, finish="silent"),
        turn("user", "Hello there.", kind=SpeakerKind.USER, origin=Origin.HUMAN),
        turn("director", "be brave", kind=SpeakerKind.DIRECTOR, origin=Origin.HUMAN),
        turn("a", "Four five.", origin=Origin.HUMAN),
    ]
    found = measure(path, ["a", "b", "c"])
    assert [(one.n_turns, one.n_words) for one in found.shares] == [(2, 5), (1, 1), (0, 0)]
    assert found.gini == pytest.approx((4 + 5 + 1) * 2 / (2 * 3 * 6))
    assert found.entropy == pytest.approx(-(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)) / math.log(3))
    assert (found.n_silences, found.n_written, found.n_bled, found.bleed_rate) == (1, 2, 1, 0.5)
    assert found.to_document({"a": "Ann"})["speakers"]["Ann"] == {
        "turns": 2,
        "words": 5,
        "turn_share": 0.6667,
        "word_share": 0.8333,
    }


def test_nothing_said_is_nothing_measured() -> None:
    found = measure([], ["a", "b"])
    assert (found.gini, found.entropy, found.bleed_rate) == (None, None, None)
    assert found.to_document({})["speakers"]["b"]["turn_share"] is None
