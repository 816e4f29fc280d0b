"""A branch of a playtest as a conversation that measures read."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.fidelity.conversation import About, Line
from core.playtest.script import Script
from models.playtest import SpeakerKind, Turn


@dataclass(frozen=True, slots=True)
class BranchConversation:
    """What was said on a branch. Acts of the director are left out: nobody said them."""

    about: About
    lines: tuple[Line, ...]
    turn_ids: tuple[int, ...]
    """Of each line."""


def as_conversation(script: Script, path: Sequence[Turn]) -> BranchConversation:
    """Returns the lines of a path, root first; personas are those that the script holds."""
    said = [turn for turn in path if turn.kind != SpeakerKind.DIRECTOR and turn.text.strip()]
    return BranchConversation(
        about_script(script),
        tuple(Line(turn.speaker_id, turn.text, turn.thought or "", turn.record) for turn in said),
        tuple(turn.id or 0 for turn in said),
    )


def about_script(script: Script) -> About:
    """Returns what is known of a cast before the first word."""
    return About(
        personas={part.role_id: tuple(part.character.statements) for part in script.parts},
        scene=script.scenario.setting,
        names={part.role_id: part.character.name for part in script.parts},
    )
