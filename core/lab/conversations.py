"""A branch of a playtest as a conversation that measures read."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.fidelity.conversation import About, Line
from core.playtest.scores.lines import about_script, is_line, line_of
from core.playtest.script import Script
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class BranchConversation:
    """What was said on a branch. Acts of the director are left out: nobody said them."""

    about: About
    lines: tuple[Line, ...]
    turn_ids: tuple[int, ...]
    """Of each line."""


def as_conversation(script: Script, path: Sequence[Turn]) -> BranchConversation:
    """Returns the lines of a path, root first; personas are those that the script holds."""
    about, said = about_script(script), [turn for turn in path if is_line(turn)]
    return BranchConversation(
        about,
        tuple(line_of(turn, about) for turn in said),
        tuple(turn.id or 0 for turn in said),
    )
