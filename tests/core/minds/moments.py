"""Moments of a character on the boat `Tern`, for tests of single faculties."""

from collections.abc import Sequence
from typing import Any

from core.minds.mind import FACULTIES
from core.minds.moment import MIND_KEY, Contribution, Moment
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn
from models.scenario import RoleBase
from models.stage import StageRules

CAST = {"r0": "Mara", "r1": "Theo", "r2": "Ilse"}


def turn(number: int, speaker: str, text: str, thought: str | None = None, /, **record: Any) -> Turn:
    """A line of a member of the cast; what is named as a faculty is kept as what went on in its mind."""
    mind = {name: value for name, value in record.items() if name in FACULTIES}
    rest = {name: value for name, value in record.items() if name not in FACULTIES}
    return Turn(
        id=number,
        playtest_id="p",
        number=number,
        speaker_id=speaker,
        speaker=CAST.get(speaker, "Director"),
        kind=SpeakerKind.CHARACTER if speaker in CAST else SpeakerKind.DIRECTOR,
        text=text,
        thought=thought,
        origin=Origin.WEIGHTS,
        record=rest | ({MIND_KEY: mind} if mind else {}),
    )


def rules(**values: Any) -> StageRules:
    """Rules with values at paths whose point is written as two underlines."""
    found = StageRules()
    for path, value in values.items():
        found = found.with_value(path.replace("__", "."), value)
    return found


def moment(
    heard: Sequence[Turn] = (),
    stage: StageRules | None = None,
    *,
    role: RoleBase | None = None,
    layers: dict[str, Any] | None = None,
    character: dict[str, Any] | None = None,
    **more: Any,
) -> Moment:
    """Mara before her turn."""
    return Moment(
        rules=stage or StageRules(),
        role_id="r0",
        character=CharacterBase(**{"name": "Mara", "layers": layers or {}} | (character or {})),
        role=role or RoleBase(),
        cast=CAST,
        heard=heard,
        number=len(heard) + 1,
        **more,
    )


def text_of(contribution: Contribution | None) -> str:
    """What a faculty says to the weights."""
    return " ".join(note.text for note in contribution.notes) if contribution is not None else ""
