"""The rooms of the Stage's right side, in their order."""

from gui.stage.branches.branches_room import BranchesRoom
from gui.stage.charts.charts_room import ChartsRoom
from gui.stage.memory.memory_room import MemoryRoom
from gui.stage.mind.mind_room import MindRoom
from gui.stage.side_room import SideRoom
from gui.stage.world.world_room import WorldRoom
from gui.stage.xray.xray_room import XrayRoom

ROOMS: list[type[SideRoom]] = [ChartsRoom, BranchesRoom, WorldRoom, MindRoom, MemoryRoom, XrayRoom]
"""Each is made with the workspace and the session."""
