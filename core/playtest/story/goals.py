"""Which roles have reached what they want: the tests of their goals, asked of the world as it stands on a path."""

from collections.abc import Sequence

from core.playtest.script import Script
from core.playtest.story.story_play import StoryPlay
from core.world.meaning import Meaning, Reader
from core.world.state import WorldState
from models.playtest import Turn


class GoalTests:
    """The goal tests of one script, read once. Pure functions of the state; safe on any thread."""

    def __init__(self, script: Script) -> None:
        reader = Reader(script.story)
        reader.n_suggestions = 0
        self.tests: dict[str, Meaning] = {
            part.role_id: reader.read_condition(part.role.goal_test)
            for part in script.parts
            if part.role.goal_test.strip()
        }
        """Role id -> what must hold; one that cannot be understood never holds."""

    def reached(self, state: WorldState | None) -> frozenset[str]:
        """Returns the ids of the roles whose goal is reached in a state; none where the script has no story."""
        if state is None:
            return frozenset()
        return frozenset(role_id for role_id, test in self.tests.items() if state.holds(test))

    def since(self, story: StoryPlay, path: Sequence[Turn]) -> dict[str, int]:
        """Returns role id -> number of the turn since which its goal has been reached without a break, at the end of
        a path; 0: since before the first turn. Goals that are not reached are left out."""
        since: dict[str, int] = {}
        if not self.tests:
            return since
        for n_turns in range(len(path) + 1):
            now = self.reached(story.state_at(path[:n_turns]))
            number = path[n_turns - 1].number if n_turns else 0
            since = {role_id: since.get(role_id, number) for role_id in now}
        return since
