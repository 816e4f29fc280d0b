"""Where a turn's words begin behind its private thought, however the end of the thought is cut into tokens."""

import pytest

from core.playtest.scores.scoring import first_said


@pytest.mark.parametrize(
    ("tokens", "place"),
    [
        ((), 0),
        (("I", " see"), 0),
        (("<think>", "hm", "</think>", "I", " see"), 3),
        (("<think>", "hm", "</", "think", ">", "I"), 5),
        (("<think>", "hm", "</think>"), 0),
    ],
)
def test_the_first_token_behind_the_thought(tokens: tuple[str, ...], place: int) -> None:
    assert first_said(tokens) == place
