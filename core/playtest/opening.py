"""The turn that opens a scene, when its script has a greeting."""

from core.characters.macros import expand_macros
from core.playtest.script import NARRATOR_ID, Script
from models.playtest import Origin, SpeakerKind, TurnBase


def opening_turn(script: Script) -> TurnBase | None:
    """Returns the scenario's greeting, else that of the first character who has one, else None."""
    scenario = script.scenario
    part = script.part(scenario.greeting_role_id or "")
    text = scenario.greeting
    if not text.strip():
        part = next((part for part in script.parts if part.character.greeting.strip()), None)
        text = part.character.greeting if part else ""
    if not text.strip():
        return None
    char = (part or script.parts[0]).character.spoken_name
    return TurnBase(
        speaker_id=part.role_id if part else NARRATOR_ID,
        speaker=part.character.name if part else "Narrator",
        kind=SpeakerKind.CHARACTER if part else SpeakerKind.NARRATOR,
        text=expand_macros(text, char, scenario.user_name).strip(),
        origin=Origin.GREETING,
        finish="human",
    )
