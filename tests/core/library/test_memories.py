"""What a user does to memories: each act is one step, and what cannot be is said in a sentence."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import UserError
from core.library.memories import (
    add_memory,
    delete_memories,
    delete_memory,
    edit_memory,
    list_memory_changes,
    set_memory_pinned,
)
from core.project import Project
from models.fields import MAX_TEXT_CHARS
from models.memory import MemoryAct
from models.playtest import Origin, Playtest, SpeakerKind, Turn


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def turn_id(project: Project) -> int:
    with project.append() as session:
        session.add(Playtest(id="p", name="P"))
        turn = Turn(
            playtest_id="p",
            number=1,
            speaker_id="mara",
            speaker="Mara",
            kind=SpeakerKind.CHARACTER,
            text="Well.",
            origin=Origin.HUMAN,
        )
        session.add(turn)
        session.flush()
        return turn.id or 0


def acts(project: Project) -> list[tuple[MemoryAct, str, str, float | None]]:
    return [(one.act, one.entry_id, one.text, one.importance) for one in list_memory_changes(project, "p", "mara")]


def test_each_act_is_one_step_with_a_name(project: Project, turn_id: int) -> None:
    added = add_memory(project, turn_id, "mara", " I hid the key. ", 99)
    edit_memory(project, turn_id, "mara", "t1", "Well, well.")
    set_memory_pinned(project, turn_id, "mara", "t1", True)
    set_memory_pinned(project, turn_id, "mara", "t1", False)
    delete_memory(project, turn_id, "mara", "t1")
    delete_memories(project, turn_id, "mara", ["t2", "t3"])
    assert acts(project) == [
        (MemoryAct.ADD, added, "I hid the key.", 10.0),
        (MemoryAct.EDIT, "t1", "Well, well.", None),
        (MemoryAct.PIN, "t1", "", None),
        (MemoryAct.UNPIN, "t1", "", None),
        (MemoryAct.DELETE, "t1", "", None),
        (MemoryAct.DELETE, "t2", "", None),
        (MemoryAct.DELETE, "t3", "", None),
    ]
    labels = [project.undo() for _ in range(6)]
    assert labels == [
        "Delete 2 memories",
        "Delete memory",
        "Unpin memory",
        "Pin memory",
        "Edit memory “Well, well.”",
        "Add memory “I hid the key.”",
    ]
    assert acts(project) == []
    assert list_memory_changes(project, "p", "theo") == []


@pytest.mark.parametrize(
    "act",
    [
        lambda project, turn_id: add_memory(project, turn_id, "mara", "  "),
        lambda project, turn_id: edit_memory(project, turn_id, "mara", "t1", "x" * (MAX_TEXT_CHARS + 1)),
        lambda project, turn_id: add_memory(project, turn_id, "mara", "x", float("nan")),
        lambda project, _turn_id: add_memory(project, 999, "mara", "x"),
        lambda project, _turn_id: delete_memory(project, 999, "mara", "t1"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    project: Project, turn_id: int, act: Callable[[Project, int], object]
) -> None:
    with pytest.raises(UserError):
        act(project, turn_id)
    assert acts(project) == []
    assert project.undo_label() is None
