"""How a scene stands at the end of a branch: who plays, what can change, who is next. Found out once for a head."""

from core.errors import UserError
from core.playtest.directing.director import Director
from core.playtest.directing.recasting import cast_at
from core.playtest.script import Script
from core.project import Project
from core.world.slots import Slots
from gui.stage.following import find_next
from gui.stage.reading import StageTurn
from gui.stage.transcript.turn_notes import NoteReader, list_acts

Next = tuple[str, str, str]
"""Id, name, and why."""


class SceneNow:
    """What is known of one script and the last path that was asked about."""

    def __init__(self, script: Script | None) -> None:
        self._script = script
        self._cast: tuple[int | None, Script] | None = None
        self._slots: tuple[Slots | None] | None = None
        self._following: tuple[tuple[int | None, Director | None], Next | None] | None = None

    def cast(self, path: list[StageTurn], notes: NoteReader) -> Script | None:
        """Returns the script with those who play the roles after a path; the same object while they are the same."""
        if self._script is None:
            return None
        now = _head_of(path)
        if self._cast is None or self._cast[0] != now:
            found = cast_at(self._script, list_acts(path, notes))
            if self._cast is not None and self._cast[1].parts == found.parts:
                found = self._cast[1]
            self._cast = (now, found)
        return self._cast[1]

    def slots(self) -> Slots | None:
        """Returns what can change in the scene; None without a script, or where there is too much of it."""
        if self._slots is None:
            try:
                self._slots = (Slots(self._script.story) if self._script is not None else None,)
            except UserError:
                self._slots = (None,)
        return self._slots[0]

    def following(self, path: list[StageTurn], director: Director | None, project: Project) -> Next | None:
        """Returns who would act after a path; None when nobody is known."""
        if self._script is None:
            return None
        now = (_head_of(path), director)
        if self._following is None or self._following[0] != now:
            try:
                self._following = (now, find_next(self._script, path, director, project))
            except UserError:  # everybody has left
                self._following = (now, None)
        return self._following[1]


def _head_of(path: list[StageTurn]) -> int | None:
    return path[-1].id if path else None
