"""The branch of a playtest that is being played: its script, its turns, its head. Every change is committed at once."""

from core.errors import UserError
from core.library.playtests import get_playtest, list_turns
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.tree import path_to
from core.project import Project
from models.playtest import Playtest, Turn, TurnBase


class Branch:
    """What the director changes. The turns are read once and then kept; the head is read anew, as undo moves it."""

    def __init__(self, project: Project, playtest_id: str) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        self._project = project
        self.playtest_id = playtest_id
        row = self._row()
        try:
            self.script = Script.model_validate(row.script)
        except ValueError as error:
            raise UserError(
                f"The script of “{row.name}” cannot be read.", "Start a new playtest of its scenario."
            ) from error
        self.turns = list_turns(project, playtest_id)

    @property
    def head_id(self) -> int | None:
        """The last turn of the branch."""
        return self._row().head_id

    @property
    def ended(self) -> str | None:
        """Why the branch ended, or None."""
        return self._row().ended

    @property
    def settings(self) -> PlaySettings:
        """Seed and sampling."""
        return PlaySettings.model_validate(self._row().settings)

    def path(self) -> list[Turn]:
        """Returns the turns of the branch, first to head."""
        return path_to(self.turns, self.head_id)

    def children(self, turn_id: int | None) -> list[Turn]:
        """Returns the turns that follow a turn, on all branches."""
        return [turn for turn in self.turns if turn.parent_id == turn_id]

    def require(self, turn_id: int) -> Turn:
        """Returns a turn. Raises UserError when it is not one of this playtest."""
        turn = next((turn for turn in self.turns if turn.id == turn_id), None)
        if turn is None:
            raise UserError("This turn is not part of the playtest.", "Choose another one.")
        return turn

    def commit(self, draft: TurnBase, parent_id: int | None, label: str) -> Turn:
        """Adds a turn after another one and makes it the head: one undo step, which takes the head back."""
        number = self.require(parent_id).number + 1 if parent_id is not None else 1
        with self._project.act(label or f"Turn {number} · {draft.speaker}") as session:
            turn = Turn.model_validate(
                draft.model_dump() | {"playtest_id": self.playtest_id, "parent_id": parent_id, "number": number}
            )
            session.add(turn)
            session.flush()
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.head_id = turn.id
            playtest.ended = None
            if draft.record.get("weights") and not playtest.weights:
                playtest.weights = dict(draft.record["weights"])
        self.turns.append(turn)
        return turn

    def move_head(self, turn_id: int | None, label: str) -> None:
        """Makes another turn the head, or none: the scene begins again."""
        with self._project.act(label) as session:
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.head_id = turn_id
            playtest.ended = None

    def end(self, reason: str) -> None:
        """Keeps why the branch ended."""
        with self._project.append() as session:
            session.get_one(Playtest, self.playtest_id).ended = reason

    def update_settings(self, settings: PlaySettings) -> None:
        """Keeps other settings. A seed of 0 leaves the seed as it is."""
        seed = settings.seed or self.settings.seed
        with self._project.append() as session:
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.settings = settings.model_copy(update={"seed": seed}).model_dump()

    def _row(self) -> Playtest:
        row = get_playtest(self._project, self.playtest_id)
        if row is None:
            raise UserError("This playtest is not in the project any more.", "Undo may bring it back.")
        return row
