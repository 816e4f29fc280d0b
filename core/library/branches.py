"""What a user says of the branches of a playtest: each function is one read, or one undo step.

A branch is known by the turn that it begins with. Deleting one marks that turn: turns themselves are never changed.
"""

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.rows import require
from core.project import Project
from models.playtest import Playtest, Turn
from models.turn_mark import TurnMark, TurnMarkBase


def read_marks(project: Project, playtest_id: str) -> dict[int, TurnMark]:
    """Returns the marks of a playtest by the id of their turn."""
    query = select(TurnMark).join(Turn, col(TurnMark.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    with project.reading() as session:
        return {mark.turn_id: mark for mark in session.exec(query)}


def read_cut(project: Project, playtest_id: str) -> frozenset[int]:
    """Returns the ids of the turns of a playtest that begin a deleted branch."""
    query = (
        select(TurnMark.turn_id)
        .join(Turn, col(TurnMark.turn_id) == col(Turn.id))
        .where(Turn.playtest_id == playtest_id, col(TurnMark.is_cut))
    )
    with project.reading() as session:
        return frozenset(session.exec(query))


def name_branch(project: Project, turn_id: int, name: str) -> None:
    """Names the branch that begins with a turn; an empty name takes the name away.

    Raises:
        UserError: The turn is gone, or the name is too long.
    """
    name = " ".join(name.split())
    with project.act(f"Name branch {name}" if name else "Take the name of a branch away") as session:
        _mark(session, require(session, Turn, turn_id), name=name)


def cut_branch(project: Project, playtest_id: str, turn_id: int) -> None:
    """Deletes the branch that begins with a turn: it and all that follows are out of sight until this is undone.

    Where the branch is being played, the turn before it becomes the head.

    Raises:
        UserError: The turn is gone.
    """
    with project.act("") as session:
        turn = require(session, Turn, turn_id)
        if turn.playtest_id != playtest_id:
            raise UserError("This turn is not part of the playtest.", "Choose another one.")
        session.info["label"] = f"Delete branch from turn {turn.number}"
        _mark(session, turn, is_cut=True)
        playtest = require(session, Playtest, playtest_id)
        if _is_before(session, turn_id, playtest.head_id):
            playtest.head_id, playtest.ended, playtest.ended_why = turn.parent_id, None, ""


def _mark(session: Session, turn: Turn, **changes: object) -> None:
    found = session.exec(select(TurnMark).where(TurnMark.turn_id == turn.id)).first()
    before = found.model_dump(include={*TurnMarkBase.model_fields}) if found is not None else {}
    try:
        checked = TurnMarkBase.model_validate(before | changes)
    except ValueError as error:
        raise UserError("The name of a branch has 200 characters at most.", "Choose a shorter one.") from error
    if found is None:
        session.add(TurnMark(turn_id=turn.id or 0, **checked.model_dump()))
    elif checked == TurnMarkBase():
        session.delete(found)
    else:
        found.name, found.is_cut = checked.name, checked.is_cut


def _is_before(session: Session, turn_id: int, head_id: int | None) -> bool:
    """Whether a turn is on the path to another one."""
    while head_id is not None:
        if head_id == turn_id:
            return True
        head = session.get(Turn, head_id)
        head_id = head.parent_id if head is not None else None
    return False
