"""Projects: transactions, undo, and the faults of the world in one sentence."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from core.errors import UserError
from core.events import RowsChanged
from core.ledger import TRACKED
from core.library.characters import (
    create_character,
    delete_character,
    duplicate_character,
    get_character,
    list_characters,
    update_character,
)
from core.library.scenarios import (
    add_role,
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    list_roles,
    list_scenarios,
    move_role,
    remove_role,
    update_role,
    update_scenario,
)
from core.project import Project, rename_project
from models.character import Character, CharacterBase
from models.scenario import RoleBase, ScenarioBase
from tests.examples import n_examples


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


def snapshot(project: Project) -> dict[str, list[dict]]:
    with project.reading() as session:
        return {model.__name__: _rows(session, model) for model in TRACKED}


def _rows(session: Session, model: type[SQLModel]) -> list[dict]:
    return sorted((row.model_dump() for row in session.exec(select(model))), key=str)


ACTS = ("new", "edit", "cast", "delete character", "delete scenario", "duplicate", "add role", "remove role", "move")


def act(project: Project, name: str, pick: int) -> None:
    characters, scenarios = list_characters(project), list_scenarios(project)
    character = characters[pick % len(characters)] if characters else None
    scenario = scenarios[pick % len(scenarios)] if scenarios else None
    roles = list_roles(project, scenario.id) if scenario else []
    if name == "new" or not (character and scenario):
        create_character(project, CharacterBase(name=f"C{pick}", statements=["I am."]))
        create_scenario(project, ScenarioBase(name=f"S{pick}"), [RoleBase(name="a"), RoleBase(name="b")])
    elif name == "edit":
        update_character(project, character.id, description=f"d{pick}", tags=[str(pick)])
        update_scenario(project, scenario.id, turn_policy="mention", max_turns=pick + 1)
    elif name == "delete character":
        delete_character(project, character.id)
    elif name == "delete scenario":
        delete_scenario(project, scenario.id)
    elif name == "duplicate":
        duplicate_scenario(project, scenario.id)
        duplicate_character(project, character.id)
    elif name == "add role":
        add_role(project, scenario.id, RoleBase(goal=f"g{pick}"))
    elif roles and name == "cast":
        update_role(project, roles[pick % len(roles)].id, character_id=character.id)
    elif roles and name == "remove role":
        remove_role(project, roles[pick % len(roles)].id)
    elif roles and name == "move":
        move_role(project, roles[-1].id, pick)


@settings(max_examples=n_examples(12, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), max_size=8))
def test_undo_goes_back_step_by_step_and_redo_forward(tmp_path_factory, acts: list[tuple[str, int]]) -> None:
    project = Project(tmp_path_factory.mktemp("undo") / "p.tableread")
    states = [snapshot(project)]
    for name, pick in acts:
        steps = _count_actions(project)
        act(project, name, pick)
        if _count_actions(project) > steps:
            states.append(snapshot(project))
    trail = [snapshot(project)]
    while project.undo():
        trail.append(snapshot(project))
    assert trail[-1] == states[0]
    assert all(state in trail for state in states)
    for state in reversed(trail[:-1]):
        project.redo()
        assert snapshot(project) == state
    project.close()


def _count_actions(project: Project) -> int:
    with project.reading() as session:
        return session.execute(text("SELECT count(*) FROM action WHERE NOT undone")).scalar_one()


def test_undo_survives_a_restart(tmp_path: Path) -> None:
    project = Project(tmp_path / "p.tableread")
    mara = create_character(project, CharacterBase(name="Mara"))
    update_character(project, mara.id, name="Mara Voss")
    project.close()
    project = Project(tmp_path / "p.tableread")
    assert project.undo_label() == "Edit Mara"
    project.undo()
    assert get_character(project, mara.id).name == "Mara"
    assert project.redo_label() == "Edit Mara"
    project.close()


def test_a_new_act_ends_what_could_be_redone(project: Project) -> None:
    create_character(project, CharacterBase(name="Mara"))
    project.undo()
    create_character(project, CharacterBase(name="Theo"))
    assert project.redo() is None


def delete_and_break(project: Project, character: Character) -> None:
    with project.act("broken") as session:
        session.delete(session.merge(character))
        session.flush()
        raise ZeroDivisionError


def test_an_act_that_fails_changes_nothing(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    before = snapshot(project)
    with pytest.raises(UserError, match="name"):
        update_character(project, mara.id, description="new", name="")
    with pytest.raises(ZeroDivisionError):
        delete_and_break(project, mara)
    assert snapshot(project) == before


def test_deleting_a_character_uncasts_it_and_undo_casts_it_again(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    scenario = create_scenario(project, ScenarioBase(name="S"), [RoleBase(character_id=mara.id)])
    delete_character(project, mara.id)
    assert list_roles(project, scenario.id)[0].character_id is None
    assert project.undo() == "Delete Mara"
    assert list_roles(project, scenario.id)[0].character_id == mara.id


def test_commits_are_told_to_listeners_once_and_rollbacks_are_not(project: Project) -> None:
    events: list[object] = []
    project.subscribe(events.append)
    mara = create_character(project, CharacterBase(name="Mara"))
    assert RowsChanged("character", mara.id) in events
    events.clear()
    with pytest.raises(ZeroDivisionError), project.act("broken"):
        raise ZeroDivisionError
    assert events == []


def test_an_open_project_can_be_copied_and_renamed(project: Project, tmp_path: Path) -> None:
    create_character(project, CharacterBase(name="Mara"))
    project.copy_to(tmp_path / "copy.tableread")
    with pytest.raises(UserError, match="exists already"):
        project.copy_to(tmp_path / "copy.tableread")
    with pytest.raises(UserError, match="exists already"):
        rename_project(project, "copy")
    with pytest.raises(UserError, match="file name"):
        rename_project(project, "../up")
    renamed = rename_project(project, "act two")
    assert [c.name for c in list_characters(renamed)] == ["Mara"]
    assert not project.path.exists()
    renamed.close()
    copy = Project(tmp_path / "copy.tableread")
    assert [c.name for c in list_characters(copy)] == ["Mara"]
    copy.close()


def list_in_new_project(path: Path) -> None:
    list_characters(Project(path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a database at all" * 500, "not a Tableread project, or it is damaged"),
        (b"SQLite format 3\x00" + bytes(range(256)) * 40, "damaged|not a Tableread|could not be used"),
    ],
)
def test_a_file_of_something_else_is_named_and_left_alone(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "odd.tableread"
    path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        Project(path)
    assert path.read_bytes() == content


def test_a_truncated_project_is_named_and_left_alone(tmp_path: Path) -> None:
    whole = Project(tmp_path / "p.tableread")
    for number in range(200):
        create_character(whole, CharacterBase(name=f"C{number}", description="x" * 500))
    whole.copy_to(tmp_path / "whole.tableread")
    whole.close()
    content = (tmp_path / "whole.tableread").read_bytes()[: 4096 * 10 + 100]
    path = tmp_path / "cut.tableread"
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        list_in_new_project(path)
    assert path.read_bytes()[: len(content)] == content


def test_a_zero_byte_file_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.tableread"
    path.touch()
    with pytest.raises(UserError, match="is empty"):
        Project(path)
    assert path.read_bytes() == b""


def test_a_folder_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="folder"):
        Project(tmp_path)


def _hold_open(path: Path, opened, done) -> None:
    project = Project(path)
    opened.set()
    done.wait(20)
    project.close()


def test_a_project_open_in_another_process_is_refused(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    opened, done = context.Event(), context.Event()
    child = context.Process(target=_hold_open, args=(tmp_path / "p.tableread", opened, done))
    child.start()
    assert opened.wait(20)
    with pytest.raises(UserError, match="open in another window"):
        Project(tmp_path / "p.tableread")
    child.kill()
    child.join()
    Project(tmp_path / "p.tableread").close()


def test_a_full_disk_keeps_what_was_there(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    with project.reading() as session:
        connection = session.connection()
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(UserError, match="disk is full"):
        update_character(project, mara.id, description="x" * 900_000)
    assert get_character(project, mara.id).description == ""


WRITE_FOREVER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from core.library.characters import create_character
from core.project import Project
from models.character import CharacterBase
project = Project(Path(sys.argv[2]))
for number in range(10**6):
    create_character(project, CharacterBase(name=f"C{number}"))
    print(number, flush=True)
"""


def test_a_killed_app_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    path = tmp_path / "p.tableread"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(root), str(path)], stdout=subprocess.PIPE, text=True
    )
    last = -1
    for line in child.stdout:
        last = int(line)
        if last >= 40:
            child.kill()
            break
    child.wait()
    child.stdout.close()
    project = Project(path)
    names = {character.name for character in list_characters(project)}
    assert {f"C{number}" for number in range(last + 1)} <= names
    assert project.undo_label().startswith("New C")
    project.close()
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can write to read-only folders")
def test_a_read_only_folder_is_said_plainly(tmp_path: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(UserError, match="cannot be written"):
        Project(folder / "p.tableread")


def test_what_is_only_read_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "read.tableread"
    with closing(Project(path)) as project:
        create_character(project, CharacterBase(name="Mara"))
    before = path.read_bytes()
    first = Project(path, UserError("This is only read."))
    second = Project(path, UserError("This is only read."))
    first.close()
    assert [one.name for one in list_characters(second)] == ["Mara"]
    second.close()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_reader_does_not_take_the_log_of_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "written.tableread"
    with closing(Project(path)) as writer:
        Project(path, UserError("This is only read.")).close()
        create_character(writer, CharacterBase(name="Mara"))
        Project(path, UserError("This is only read.")).close()
        log = path.with_name(f"{path.name}-wal")
        assert log.stat().st_size > 0
        with closing(Project(path, UserError("This is only read."))) as reader:
            assert [one.name for one in list_characters(reader)] == ["Mara"]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
