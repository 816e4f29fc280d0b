"""Where a scene is: the beat that it is in, and the values of its world that everybody knows."""

from typing import Any

from core.errors import UserError
from core.playtest.script import Script
from core.playtest.story.story_play import WORLD_KEY
from core.project import Project
from core.world.graph import StoryBeat
from core.world.slots import SlotKind, Slots
from core.world.state import WorldState, describe_slot
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill
from gui.stage.reading import StageTurn, read_turn
from gui.stage.session import StageSession
from gui.workspace import Workspace
from models.beat import BeatKind

N_LOOKED_AT = 16
"""Turns: the words of a beat, which are turns too, do not say where the scene is; the turn before them does."""


class Whereabouts(ElidedLabel):
    """One line about the open playtest; empty where its scene has no beats."""

    def __init__(self, workspace: Workspace, session: StageSession) -> None:
        super().__init__()
        self._workspace = workspace
        self._session = session
        self._beat: tuple[tuple[str, int | None], str] = (("", None), "")
        """Playtest and last turn -> name of the beat then."""
        self._slots: tuple[Script, Slots] | None = None

    def refresh(self) -> None:
        """Shows where the scene is now."""
        script = self._session.script
        is_known = script is not None and self._session.is_loaded and self._workspace.is_project_open
        words = [self._name_beat(script), *self._values(script)] if script is not None and is_known else []
        self.setText(" · ".join(filter(None, words)))
        self.setVisible(bool(self.text()))
        self.setAccessibleName(fill(self.tr("Where the scene is: %1"), self.text()) if self.text() else "")

    def _name_beat(self, script: Script) -> str:
        head = self._session.head
        now = (self._session.playtest_id, head.id if head is not None else None)
        if self._beat[0] != now:
            beat = find_beat(self._workspace.project, script, self._session.path)
            name = (beat.name.strip() or self.tr("unnamed beat")) if beat is not None else ""
            self._beat = (now, fill(self.tr("in “%1”"), name) if name else "")
        return self._beat[1]

    def _values(self, script: Script) -> list[str]:
        state = self._session.world_state()
        if state is None:
            return []
        if self._slots is None or self._slots[0] is not script:
            try:
                self._slots = (script, Slots(script.story))
            except UserError:
                return []
        return list_public_values(self._slots[1], state)


def find_beat(project: Project, script: Script, path: list[StageTurn]) -> StoryBeat | None:
    """Returns the beat that a scene is in after a path of turns, or None when it has none."""
    if not script.beats:
        return None
    beats = {beat.id: beat for beat in script.beats}
    for turn in path[: -N_LOOKED_AT - 1 : -1]:
        row = read_turn(project, turn.id)
        world: Any = row.record.get(WORLD_KEY) if row is not None else None
        found = world.get("beat") if isinstance(world, dict) else None
        if isinstance(found, str):
            return beats.get(found)
    start = next((beat for beat in script.beats if beat.kind == BeatKind.START), None)
    return beats.get(script.begin.beat_id) or start


def list_public_values(slots: Slots, state: WorldState) -> list[str]:
    """Returns name and value of each variable that the cast is told of."""
    public = {variable.name for variable in slots.story.world.variables if variable.is_public}
    shown = []
    for index, (slot, number) in enumerate(zip(slots.all, state.values, strict=True)):
        if slot.kind == SlotKind.VARIABLE and slot.key in public:
            name, value = describe_slot(slots, index, number)
            said = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            shown.append(f"{name} {said}")
    return shown
