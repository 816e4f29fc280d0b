"""Fragments as rows: each change one undo step, and nothing that no character has gets in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from core.library.characters import create_character, get_character
from core.library.fragments import (
    create_fragment,
    delete_fragment,
    fragments_of,
    get_fragment,
    heirs_of,
    list_fragments,
    set_fragments,
    update_fragment,
    update_fragment_content,
)
from core.library.layers import update_layer
from core.library.scenarios import create_scenario
from core.playtest.script import Script
from core.project import Project
from models.character import CharacterBase
from models.fragment import FragmentBase
from models.relationship import Relationship
from models.scenario import RoleBase, Scenario, ScenarioBase


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project(tmp_path / "a.tableread")
    yield opened
    opened.close()


def test_a_fragment_is_made_changed_deleted_and_brought_back(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    keeper = create_fragment(project, FragmentBase(name="Keeper", content={"voice": "", "statements": ["a"]}), mara.id)
    assert keeper.content == {"statements": ["a"]}
    update_fragment(project, keeper.id, summary="Who keeps a light.")
    update_fragment_content(project, keeper.id, "layers.career.occupation", "keeper")
    update_fragment_content(project, keeper.id, "statements", [])
    found = get_fragment(project, keeper.id)
    assert found is not None
    assert found.content == {"layers": {"career": {"occupation": "keeper"}}}
    assert [heir.name for heir in heirs_of(project, keeper.id)] == ["Mara"]
    delete_fragment(project, keeper.id)
    assert list_fragments(project) == []
    heir = get_character(project, mara.id)
    assert heir is not None
    with project.reading() as session:
        assert fragments_of(session, heir.fragment_ids) == []
    project.undo()
    assert [heir.name for heir in heirs_of(project, keeper.id)] == ["Mara"]


@pytest.mark.parametrize("content", [{"name": "x"}, {"layers": {"social": {"age": -1}}}, {"portrait": "x"}, {"odd": 1}])
def test_what_no_character_can_inherit_is_refused(project: Project, content: dict[str, object]) -> None:
    keeper = create_fragment(project, FragmentBase(name="Keeper"))
    with pytest.raises(UserError):
        update_fragment(project, keeper.id, content=content)
    found = get_fragment(project, keeper.id)
    assert found is not None
    assert found.content == {}


def test_one_layer_is_changed_at_a_time_and_a_wrong_value_is_refused(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara", layers={"social": {"residence": "Skarholm"}}))
    update_layer(project, mara.id, "social.age", 58)
    with pytest.raises(UserError):
        update_layer(project, mara.id, "social.age", -3)
    kept = get_character(project, mara.id)
    assert kept is not None
    assert kept.layers == {"social": {"age": 58, "residence": "Skarholm"}}
    update_layer(project, mara.id, "social.age", None)
    project.undo()
    project.undo()
    again = get_character(project, mara.id)
    assert again is not None
    assert again.layers == {"social": {"residence": "Skarholm"}}


def test_a_script_freezes_what_is_inherited_and_what_one_thinks_of_the_cast(project: Project) -> None:
    keeper = create_fragment(project, FragmentBase(name="Keeper", content={"voice": "Slow."}))
    mara = create_character(project, CharacterBase(name="Mara"))
    theo = create_character(project, CharacterBase(name="Theo"))
    away = create_character(project, CharacterBase(name="Away"))
    set_fragments(project, mara.id, [keeper.id, keeper.id, "gone"])
    roles = [RoleBase(character_id=mara.id), RoleBase(character_id=theo.id)]
    scenario = create_scenario(project, ScenarioBase(name="S"), roles)
    with project.act("Relationships") as session:
        session.add(Relationship(character_id=mara.id, other_id=theo.id, trust=-40))
        session.add(Relationship(character_id=mara.id, other_id=away.id, trust=90))
    with project.reading() as session:
        row = session.get(Scenario, scenario.id)
        assert row is not None
        script = Script.from_rows(session, row)
    assert script.parts[0].character.voice == "Slow."
    assert [(one.other, one.trust) for one in script.parts[0].relations] == [("Theo", -40)]
    assert script.parts[1].relations == ()
    assert Script.model_validate(script.model_dump(mode="json")) == script
