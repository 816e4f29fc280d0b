"""What the command line says of what was played: a project to read, a playtest, one of its branches."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import UserError
from core.library.branches import read_cut, read_marks
from core.library.playtests import list_playtests, list_turns
from core.playtest.tree import living, path_to, tip_of
from core.project import SUFFIX, Project
from models.playtest import Playtest, Turn


@contextmanager
def reading_project(path: Path) -> Iterator[Project]:
    """Yields a project that is only read. Raises UserError when it cannot be."""
    if not path.exists():
        raise UserError(f"{path} does not exist.", "Check the name.")
    if path.suffix != SUFFIX:
        raise UserError(f"{path.name} is no project.", f"Name a {SUFFIX} file.")
    with closing(Project(path, UserError("This command only reads."))) as project:
        yield project


def choose_playtest(project: Project, wanted: str | None) -> Playtest:
    """Returns the playtest of this id or name, or the newest one. Raises UserError when there is none."""
    playtests = list_playtests(project)
    if not playtests:
        raise UserError(f"{project.path.name} has no playtest.", "Play one with `tableread play`.")
    if wanted is None:
        return playtests[0]
    for playtest in playtests:
        if wanted == playtest.id or wanted.casefold() == playtest.name.casefold():
            return playtest
    names = ", ".join(f"“{playtest.name}” ({playtest.id})" for playtest in playtests[:5])
    raise UserError(f"There is no playtest “{wanted}”.", f"There is {names}.")


def choose_path(project: Project, playtest: Playtest, branch: str | None) -> list[Turn]:
    """Returns the turns of a branch, first to last.

    Args:
        branch: The id of its last turn, or its name; None: the branch that is being played.

    Raises:
        UserError: There is no such branch, or it has no turns.
    """
    cut = read_cut(project, playtest.id)
    turns = list_turns(project, playtest.id)
    if branch is None:
        path = path_to(turns, playtest.head_id, cut)
    else:
        path = path_to(turns, _find_tip(project, playtest, living(turns, cut), branch))
    if not path:
        raise UserError(f"“{playtest.name}” has no turns.", "Play it with `tableread play --resume`.")
    return path


def _find_tip(project: Project, playtest: Playtest, turns: list[Turn], branch: str) -> int | None:
    by_id = {str(turn.id): turn for turn in turns}
    if branch in by_id:
        return by_id[branch].id
    marks = read_marks(project, playtest.id)
    for turn in turns:
        mark = marks.get(turn.id or 0)
        if mark is not None and mark.name and mark.name.casefold() == branch.casefold():
            return tip_of(turns, turn).id
    names = ", ".join(f"“{mark.name}”" for mark in marks.values() if mark.name)
    raise UserError(
        f"“{playtest.name}” has no branch “{branch}”.",
        f"Its branches are called {names}." if names else "Say the id of its last turn.",
    )
