"""What was deleted is gone for everybody but the trash; undo and restore bring back the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from core.errors import UserError
from core.interchange.packs import build_pack, import_pack, read_pack
from core.ledger import TRACKED
from core.library.characters import (
    create_character,
    delete_character,
    get_character,
    list_characters,
    set_portrait,
    update_character,
)
from core.library.playtests import list_playtests
from core.library.scenarios import (
    create_scenario,
    delete_scenario,
    get_scenario,
    list_roles,
    list_scenarios,
    update_role,
)
from core.library.trash import delete_listed, empty_trash, list_trash, restore_listed
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.change import Change
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


def snapshot(project: Project) -> dict[str, list[dict]]:
    with project.reading() as session:
        return {model.__name__: _rows(session, model) for model in TRACKED}


def _rows(session, model: type[SQLModel]) -> list[dict]:
    return sorted((row.model_dump() for row in session.exec(select(model))), key=str)


def make_scene(project: Project) -> tuple[str, str]:
    mara = create_character(project, CharacterBase(name="Mara"))
    scenario = create_scenario(project, ScenarioBase(name="Inquest"), [RoleBase(name="Keeper", character_id=mara.id)])
    return mara.id, scenario.id


def test_undo_and_restore_of_a_deletion_agree(project: Project) -> None:
    mara_id, scenario_id = make_scene(project)
    before = snapshot(project)
    delete_listed(project, [("character", mara_id), ("scenario", scenario_id)])
    assert list_characters(project) == list_scenarios(project) == []
    assert get_character(project, mara_id) is get_scenario(project, scenario_id) is None
    assert {(one.kind, one.name) for one in list_trash(project)} == {("character", "Mara"), ("scenario", "Inquest")}
    assert project.undo() == "Delete 2 things"
    assert snapshot(project) == before
    project.redo()
    restore_listed(project, [(one.kind, one.id) for one in list_trash(project)])
    assert snapshot(project) == before
    assert list_trash(project) == []
    project.undo()
    assert len(list_trash(project)) == 2


def test_a_part_that_somebody_else_has_by_now_stays_theirs(project: Project) -> None:
    mara_id, scenario_id = make_scene(project)
    theo = create_character(project, CharacterBase(name="Theo"))
    delete_character(project, mara_id)
    (role,) = list_roles(project, scenario_id)
    assert role.character_id is None
    update_role(project, role.id, character_id=theo.id)
    restore_listed(project, [("character", mara_id)])
    assert list_roles(project, scenario_id)[0].character_id == theo.id


def test_what_is_in_the_trash_cannot_be_edited_played_or_packed(project: Project, tmp_path: Path) -> None:
    mara_id, scenario_id = make_scene(project)
    delete_scenario(project, scenario_id)
    delete_character(project, mara_id)
    works = (
        lambda: update_character(project, mara_id, name="M"),
        lambda: set_portrait(project, mara_id, b"", "image/png"),
        lambda: start_playtest(project, scenario_id, PlaySettings()),
        lambda: build_pack(project, scenario_id, tmp_path / "a.trpack"),
        lambda: delete_character(project, mara_id),
    )
    for work in works:
        with pytest.raises(UserError, match="not in the project any more"):
            work()


def test_a_pack_takes_its_own_out_of_the_trash(project: Project, tmp_path: Path) -> None:
    mara_id, scenario_id = make_scene(project)
    build_pack(project, scenario_id, tmp_path / "a.trpack")
    delete_listed(project, [("character", mara_id), ("scenario", scenario_id)])
    assert import_pack(project, read_pack(tmp_path / "a.trpack")) == scenario_id
    assert [one.id for one in list_characters(project)] == [mara_id]
    assert list_roles(project, scenario_id)[0].character_id == mara_id


def test_emptying_the_trash_leaves_nothing_and_ends_undo(project: Project) -> None:
    mara_id, scenario_id = make_scene(project)
    theo = create_character(project, CharacterBase(name="Theo"))
    playtest = start_playtest(project, scenario_id, PlaySettings())
    turn = Turn(
        playtest_id=playtest.id, number=1, speaker_id="narrator", speaker="Narrator", kind=SpeakerKind.NARRATOR,
        text="It was dark.", origin=Origin.HUMAN,
    )  # fmt: skip
    with project.append() as session:
        session.add(turn)
    refs = [("character", mara_id), ("scenario", scenario_id), ("playtest", playtest.id)]
    delete_listed(project, refs)
    assert empty_trash(project) == 3
    assert empty_trash(project) == 0
    assert list_trash(project) == []
    assert project.undo() is project.redo() is project.undo_label() is None
    with project.reading() as session:
        counts = {
            table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("character", "scenario", "role", "playtest", "turn", "search_document", "search_text")
        }
        assert {change.entity_id for change in session.exec(select(Change))} == {theo.id}
    assert counts == {
        "character": 1, "scenario": 0, "role": 0, "playtest": 0, "turn": 0, "search_document": 1, "search_text": 1
    }  # fmt: skip
    update_character(project, theo.id, name="Theo Dane")
    assert project.undo() == "Edit Theo"
    with pytest.raises(UserError, match="emptied"):
        restore_listed(project, [("character", mara_id)])


def test_a_playtest_that_was_never_played_is_not_in_the_trash(project: Project) -> None:
    _mara_id, scenario_id = make_scene(project)
    start_playtest(project, scenario_id, PlaySettings())
    project.undo()
    assert list_playtests(project) == list_trash(project) == []
