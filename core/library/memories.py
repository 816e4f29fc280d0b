"""What a user does to the memories of a role: each act belongs to a turn, counts on every branch through it, and is
one undo step."""

import math
import uuid

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.rows import require
from core.project import Project
from models.fields import MAX_TEXT_CHARS
from models.memory import MemoryAct, MemoryChange, MemoryChangeBase
from models.playtest import Turn

MIN_IMPORTANCE, MAX_IMPORTANCE = 1.0, 10.0
_SHOWN_CHARS = 40


def list_memory_changes(project: Project, playtest_id: str, role_id: str) -> list[MemoryChange]:
    """Returns what was done to the memories of a role, all branches, in the order in which it was done."""
    query = (
        select(MemoryChange)
        .join(Turn, col(MemoryChange.turn_id) == col(Turn.id))
        .where(Turn.playtest_id == playtest_id, MemoryChange.role_id == role_id)
        .order_by(col(MemoryChange.created_at), col(MemoryChange.id))
    )
    with project.reading() as session:
        return list(session.exec(query))


def add_memory(project: Project, turn_id: int, role_id: str, text: str, importance: float | None = None) -> str:
    """Gives a role a memory from a turn on.

    Args:
        importance: In [1, 10]; None: as its words say.

    Returns:
        The memory's id.

    Raises:
        UserError: It has no words, too many, or the turn is gone.
    """
    entry_id = f"a{uuid.uuid4().hex}"
    change = MemoryChangeBase(
        role_id=role_id,
        entry_id=entry_id,
        act=MemoryAct.ADD,
        text=_checked(text),
        importance=_checked_importance(importance),
    )
    _act(project, turn_id, change, f"Add memory “{_shown(text)}”")
    return entry_id


def edit_memory(
    project: Project, turn_id: int, role_id: str, entry_id: str, text: str, importance: float | None = None
) -> None:
    """Gives a memory other words from a turn on, or another importance.

    Args:
        importance: In [1, 10]; None: as it was.

    Raises:
        UserError: It has no words, too many, or the turn is gone.
    """
    change = MemoryChangeBase(
        role_id=role_id,
        entry_id=entry_id,
        act=MemoryAct.EDIT,
        text=_checked(text),
        importance=_checked_importance(importance),
    )
    _act(project, turn_id, change, f"Edit memory “{_shown(text)}”")


def set_memory_pinned(project: Project, turn_id: int, role_id: str, entry_id: str, is_pinned: bool) -> None:
    """Pins a memory from a turn on, so that it is told before every turn of the role, or takes the pin away."""
    act = MemoryAct.PIN if is_pinned else MemoryAct.UNPIN
    change = MemoryChangeBase(role_id=role_id, entry_id=entry_id, act=act)
    _act(project, turn_id, change, "Pin memory" if is_pinned else "Unpin memory")


def delete_memory(project: Project, turn_id: int, role_id: str, entry_id: str) -> None:
    """Lets a role forget a memory from a turn on. The turn that it comes from stays."""
    delete_memories(project, turn_id, role_id, [entry_id])


def delete_memories(project: Project, turn_id: int, role_id: str, entry_ids: list[str]) -> None:
    """Lets a role forget several memories from a turn on: one undo step."""
    with project.act("Delete memory" if len(entry_ids) == 1 else f"Delete {len(entry_ids)} memories") as session:
        for entry_id in entry_ids:
            _add(session, turn_id, MemoryChangeBase(role_id=role_id, entry_id=entry_id, act=MemoryAct.DELETE))


def _act(project: Project, turn_id: int, change: MemoryChangeBase, label: str) -> None:
    with project.act(label) as session:
        _add(session, turn_id, change)


def _add(session: Session, turn_id: int, change: MemoryChangeBase) -> None:
    require(session, Turn, turn_id)
    session.add(MemoryChange.model_validate(change.model_dump() | {"turn_id": turn_id}))


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise UserError("A memory needs words.", "Write what is remembered, or delete the memory.")
    if len(text) > MAX_TEXT_CHARS:
        raise UserError(f"A memory has at most {MAX_TEXT_CHARS:,} characters.", "Make it shorter.")
    return text


def _checked_importance(importance: float | None) -> float | None:
    if importance is None:
        return None
    if not math.isfinite(importance):
        raise UserError("The importance of a memory is a number from 1 to 10.", "Choose another one.")
    return min(max(importance, MIN_IMPORTANCE), MAX_IMPORTANCE)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else line[:_SHOWN_CHARS].rstrip() + "…"
