"""The turns that open a scene: what the narrator says of the beat that it begins in, and the greeting."""

from collections.abc import Sequence

from core.characters.macros import expand_macros
from core.playtest.script import NARRATOR_ID, Script
from core.playtest.story.story_play import StoryPlay
from models.playtest import Origin, SpeakerKind, TurnBase


def next_opening(story: StoryPlay, script: Script, path: Sequence[TurnBase]) -> TurnBase | None:
    """Returns the turn that opens the scene after a path, or None when it has been opened.

    A scene that begins in its middle has no greeting.
    """
    if any(turn.origin not in {Origin.GREETING, Origin.STORY, Origin.EDITED} for turn in path):
        return None
    begins_in_middle = bool(script.begin.beat_id) and script.begin.beat_id != getattr(script.story.start, "id", "")
    openings = [*story.first_narrations(), None if begins_in_middle else opening_turn(script)]
    found = [turn for turn in openings if turn is not None]
    return found[len(path)] if len(path) < len(found) else None


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
