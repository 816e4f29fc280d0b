"""Which engine plays which part of a playtest: its own, unless its settings name another one for a role."""

from collections.abc import Callable

from core.errors import UserError
from core.inference.lane_space import LaneSpace
from core.inference.request import Engine
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.view.context_room import ContextRoom

FindEngine = Callable[[str], Engine]
"""From what the settings name, see `core.inference.engine_choice`, to its engine. Raises UserError when it is gone."""


class CastEngines:
    """The engines of one playtest. Not for several threads at a time."""

    def __init__(self, engine: Engine, script: Script, playtest_id: str, find_engine: FindEngine | None = None) -> None:
        self._engine = engine
        self._script = script
        self._playtest_id = playtest_id
        self._find_engine = find_engine
        self._spaces: dict[Engine, Engine] = {}
        self._rooms: dict[Engine, ContextRoom] = {}

    def engine(self, role_id: str, settings: PlaySettings) -> Engine:
        """Returns what plays a part. Raises UserError when it cannot be found on this machine."""
        engine = self._find(settings.cast_weights.get(role_id))
        if engine not in self._spaces:
            self._spaces[engine] = LaneSpace(engine, f"{self._playtest_id}/")
        return self._spaces[engine]

    def room(self, role_id: str, settings: PlaySettings) -> ContextRoom:
        """Returns what counts how much of a history the view of a part can hold."""
        engine = self.engine(role_id, settings)
        if engine not in self._rooms:
            self._rooms[engine] = ContextRoom(engine, self._script)
        return self._rooms[engine]

    def _find(self, wanted: str | None) -> Engine:
        if not wanted:
            return self._engine
        if self._find_engine is None:
            raise UserError("A part of this playtest is played by other weights.", "Play it in the window.")
        return self._find_engine(wanted)
