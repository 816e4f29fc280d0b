"""Who hears a turn while it is being written: the views of the others, with room for its words at the end."""

from collections.abc import Callable, Iterable

from core.characters.prompt import THINK_CLOSE
from core.inference.request import HEARD, Listener
from core.playtest.script import Part
from core.playtest.view.views import View
from models.playtest import Origin, SpeakerKind, TurnBase

ViewWith = Callable[[Part, TurnBase], View]
"""The view of a character of everything before a turn, and of that turn."""


def listeners_of(speaker: Part, parts: Iterable[Part], view_with: ViewWith, *, thinks: bool) -> tuple[Listener, ...]:
    """Returns the chats of the other parts, as they will be when the speaker has spoken.

    A guess that costs nothing when it is wrong: what is then read in vain is read again.
    """
    turn = TurnBase(
        speaker_id=speaker.role_id,
        speaker=speaker.character.name,
        kind=SpeakerKind.CHARACTER,
        text=HEARD,
        origin=Origin.WEIGHTS,
    )
    after = THINK_CLOSE if thinks else ""
    others = [part for part in parts if part.role_id != speaker.role_id]
    return tuple(Listener(part.role_id, view_with(part, turn).messages, after) for part in others)
