"""A branch of a playtest as a conversation that measures read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.fidelity.conversation import About, Line
from core.hearing.perception import heard_by
from core.playtest.looking_back.recorded import round_of
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
    turns: tuple[Turn, ...] = field(default=(), repr=False)
    """Of each line."""

    def heard_before(self, place: int) -> list[int]:
        """Returns the places of the lines that the speaker of a line had heard when it spoke; places from 0."""
        turn = self.turns[place]
        heard = {one.id for one in heard_by(self.turns[:place], turn.speaker_id, round_of(turn))}
        return [at for at in range(place) if self.turn_ids[at] in heard]


def as_conversation(script: Script, path: Sequence[Turn]) -> BranchConversation:
    """Returns all lines of a path, root first; personas are those that the script holds."""
    about, said = about_script(script), [turn for turn in path if is_line(turn)]
    return BranchConversation(
        about,
        tuple(line_of(turn, about) for turn in said),
        tuple(turn.id or 0 for turn in said),
        tuple(said),
    )


def as_heard(script: Script, path: Sequence[Turn]) -> BranchConversation:
    """Returns the last line of a path and those before it that its speaker had heard."""
    if not path:
        return as_conversation(script, path)
    last = path[-1]
    return as_conversation(script, [*heard_by(path[:-1], last.speaker_id, round_of(last)), last])
