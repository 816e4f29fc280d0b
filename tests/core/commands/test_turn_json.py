"""What a turn's JSON says of how it came."""

import pytest

from core.commands.turn_json import described
from models.playtest import Origin, SpeakerKind, Turn


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"why": "named by Mara"}, "named by Mara"),
        (
            {"turn_taking": {"policy": "speak_gate", "why": "nobody wants to speak (30% at most)"}},
            "nobody wants to speak",
        ),
        ({"turn_taking": "odd"}, None),
        ({}, None),
    ],
)
def test_why_is_said_of_silence_too(record: dict, why: str | None) -> None:
    turn = Turn(
        playtest_id="p",
        number=1,
        speaker_id="narrator",
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="",
        origin=Origin.STAGE,
        record=record,
    )
    said = described(turn)["why"]
    assert said is None if why is None else said.startswith(why)
