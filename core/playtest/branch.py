"""The branch of a playtest that is being played: its script, its turns, its head. Every change is committed at once."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from core.errors import UserError
from core.library.branches import read_cut
from core.library.playtests import get_playtest, list_turns
from core.playtest.looking_back.recorded import alternative_of
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.tree import TurnTree, living, tip_of
from core.project import Project
from models.playtest import Playtest, Turn, TurnBase


class Branch:
    """What the director changes. The turns are read once and then kept; the head is read anew when undo may move it."""

    def __init__(self, project: Project, playtest_id: str) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        self._project = project
        self.playtest_id = playtest_id
        self._known: tuple[int, tuple[Playtest, frozenset[int]]] | None = None
        row = self._row()
        try:
            self.script = Script.model_validate(row.script)
        except ValueError as error:
            raise UserError(
                f"The script of “{row.name}” cannot be read.", "Start a new playtest of its scenario."
            ) from error
        self._tree = TurnTree(list_turns(project, playtest_id))

    def read_new(self) -> None:
        """Reads the turns that were made elsewhere since."""
        for turn in list_turns(
            self._project, self.playtest_id, max((turn.id or 0 for turn in self.turns[-1:]), default=0)
        ):
            self._tree.add(turn)

    @property
    def turns(self) -> list[Turn]:
        """All of them, also those of branches that were deleted."""
        return self._tree.turns

    @property
    def head_id(self) -> int | None:
        """The last turn of the branch; where the head's branch was deleted, the last one before that."""
        head_id, cut = self._row().head_id, self._cut()
        if not cut:
            return head_id
        path = self._tree.path_to(head_id, cut)
        return path[-1].id if path else None

    @property
    def ended(self) -> str | None:
        """Why the branch ended, or None."""
        return self._row().ended

    @property
    def settings(self) -> PlaySettings:
        """Seed and sampling."""
        return PlaySettings.model_validate(self._row().settings)

    @property
    def what_if(self) -> dict[str, Any]:
        """What the playtest asks, see `core.playtest.looking_back.what_if`; empty for one that asks nothing."""
        return self._row().what_if

    @property
    def living(self) -> list[Turn]:
        """The turns of all branches that were not deleted."""
        return living(self.turns, self._cut())

    def path(self) -> list[Turn]:
        """Returns the turns of the branch, first to head."""
        return self._tree.path_to(self._row().head_id, self._cut())

    def path_to(self, turn_id: int | None) -> list[Turn]:
        """Returns the turns from the first one to another one."""
        return self._tree.path_to(turn_id)

    def next_alternative(self, parent_id: int | None) -> int:
        """Returns how many turns follow a turn on all branches: what is written next gets another seed than they."""
        children = self._tree.children(parent_id)
        used = [number for turn in children if (number := alternative_of(turn)) is not None]
        return max([len(children), *(number + 1 for number in used)])

    def has_children(self, turn_id: int | None) -> bool:
        """Whether anything follows a turn, on any branch."""
        return bool(self._tree.children(turn_id))

    def tip_of(self, turn: Turn) -> Turn:
        """Returns the last turn of the newest branch through a turn."""
        return tip_of(self.living, turn)

    def require(self, turn_id: int) -> Turn:
        """Returns a turn. Raises UserError when it is not one of this playtest."""
        turn = self._tree.get(turn_id)
        if turn is None:
            raise UserError("This turn is not part of the playtest.", "Choose another one.")
        return turn

    def commit(
        self,
        draft: TurnBase,
        parent_id: int | None,
        label: str,
        settings: PlaySettings | None = None,
        also: Callable[[Session, Turn], None] = lambda _session, _turn: None,
    ) -> Turn:
        """Adds a turn after another one and makes it the head: one undo step, which takes the head back.

        Args:
            settings: What the playtest goes on with; None: as before.
            also: Adds rows that belong to the turn.
        """
        number = self.require(parent_id).number + 1 if parent_id is not None else 1
        with self._project.act(label or f"Turn {number} · {draft.speaker}") as session:
            turn = Turn.model_validate(
                draft.model_dump() | {"playtest_id": self.playtest_id, "parent_id": parent_id, "number": number}
            )
            session.add(turn)
            session.flush()
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.head_id = turn.id
            playtest.ended, playtest.ended_why = None, ""
            if settings is not None:
                playtest.settings = settings.model_dump()
            also(session, turn)
            if draft.record.get("weights") and not playtest.weights:
                playtest.weights = dict(draft.record["weights"])
        self._tree.add(turn)
        return turn

    def move_head(self, turn_id: int | None, label: str) -> None:
        """Makes another turn the head, or none: the scene begins again."""
        with self._project.act(label) as session:
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.head_id = turn_id
            playtest.ended, playtest.ended_why = None, ""

    def end(self, reason: str, why: str = "") -> None:
        """Keeps why the branch ended.

        Args:
            why: The same in a sentence for people.
        """
        with self._project.append() as session:
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.ended, playtest.ended_why = reason, why

    def update_settings(self, settings: PlaySettings) -> None:
        """Keeps other settings. A seed of 0 leaves the seed as it is."""
        seed = settings.seed or self.settings.seed
        with self._project.append() as session:
            playtest = session.get_one(Playtest, self.playtest_id)
            playtest.settings = settings.model_copy(update={"seed": seed}).model_dump()

    def _cut(self) -> frozenset[int]:
        return self._read()[1]

    def _row(self) -> Playtest:
        return self._read()[0]

    def _read(self) -> tuple[Playtest, frozenset[int]]:
        """Returns what undo may have moved: read again when anything was committed since."""
        n_commits = self._project.n_commits
        if self._known is None or self._known[0] != n_commits:
            row = get_playtest(self._project, self.playtest_id)
            if row is None:
                raise UserError("This playtest is not in the project any more.", "Undo may bring it back.")
            self._known = (n_commits, (row, read_cut(self._project, self.playtest_id)))
        return self._known[1]
