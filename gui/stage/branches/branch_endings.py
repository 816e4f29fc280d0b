"""Why branches ended: found again from their turns, as only the present one keeps it. Knows no Qt."""

from collections.abc import Collection
from typing import Any

from core.playtest.directing.stopping import Endings
from core.playtest.script import Script
from core.playtest.story.story_play import StoryPlay
from core.project import Project
from gui.stage.world.world_story import read_world_turns


def read_endings(project: Project, playtest_id: str, script: Script, leaf_ids: Collection[int]) -> dict[int, str]:
    """Returns last turn -> why the branch is over by the rules of its scene; those that go on have an empty reason.

    For the jobs' thread. Raises UserError when the scene cannot be read.
    """
    turns: dict[int, Any] = {turn.id: turn for turn in read_world_turns(project, playtest_id)}
    endings = Endings(script, StoryPlay(script))
    found = {}
    for leaf_id in leaf_ids:
        path = []
        turn = turns.get(leaf_id)
        while turn is not None:
            path.append(turn)
            turn = turns.get(turn.parent_id)
        stop = endings.find(path[::-1])
        found[leaf_id] = stop.ending.value if stop is not None else ""
    return found
