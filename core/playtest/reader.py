"""A playtest that is read for people again and again while it is played: each turn is read once."""

from core.playtest.branch import Branch
from core.playtest.minds import Minds
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.long_scene import LongScene
from core.project import Project


class PlaytestReader:
    """What reading one playtest needs. For one thread at a time."""

    def __init__(self, project: Project, playtest_id: str) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        self.project = project
        self.branch = Branch(project, playtest_id)
        self.story = StoryPlay(self.branch.script)
        self.minds = Minds(project, self.branch.script, playtest_id)
        self.scene = LongScene(project, self.branch.script, playtest_id)


class LastReader:
    """Keeps the reader of the playtest that was read last. For one thread at a time, but for `forget`."""

    def __init__(self) -> None:
        self._reader: PlaytestReader | None = None

    def of(self, project: Project, playtest_id: str) -> PlaytestReader:
        """Returns the reader of a playtest, with all turns that there are. Raises UserError as `PlaytestReader`."""
        reader = self._reader
        if reader is None or reader.project is not project or reader.branch.playtest_id != playtest_id:
            reader = self._reader = PlaytestReader(project, playtest_id)
        reader.branch.read_new()
        return reader

    def forget(self) -> None:
        """Lets go of what was read."""
        self._reader = None
