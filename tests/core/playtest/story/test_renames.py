"""Renames in real rows: each text goes on meaning what it meant, also where names are alike or said in part."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import UserError
from core.library.beats import add_beat, add_link, get_beat, list_links, update_world
from core.library.characters import create_character
from core.library.scenarios import create_scenario, list_roles
from core.playtest.story.renames import rename_beat, rename_place, rename_role, rename_variable
from core.project import Project
from models.beat import BeatBase, BeatKind, BeatLinkBase
from models.character import CharacterBase
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.world import World


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "renames.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    played = create_character(project, CharacterBase(name="Mara Voss"))
    roles = [RoleBase(name="The Keeper", character_id=played.id), RoleBase(name="Theo")]
    scenario = create_scenario(project, ScenarioBase(name="Scene"), roles)
    world = {
        "variables": [{"name": "tension"}],
        "places": [{"id": "p1", "name": "the boathouse"}],
        "facts": [{"id": "f1", "text": "Sold."}],
    }
    update_world(project, scenario.id, World.model_validate(world))
    return scenario


def _condition(project: Project, beat_id: str) -> str:
    beat = get_beat(project, beat_id)
    assert beat is not None
    return beat.condition


def test_of_two_equal_names_only_texts_of_the_renamed_one_change(project: Project, scenario: Scenario) -> None:
    first = add_beat(project, scenario.id, BeatBase(name="Quarrel", kind=BeatKind.START))
    second = add_beat(project, scenario.id, BeatBase(name="Quarrel", x=1))
    reader = add_beat(project, scenario.id, BeatBase(name="End", x=2, condition="visited Quarrel"))
    rename_beat(project, second.id, "Fight")
    assert _condition(project, reader.id) == "visited Quarrel"
    rename_beat(project, first.id, "Row")
    assert _condition(project, reader.id) == "visited Row"


def test_parts_of_names_and_the_article_follow(project: Project, scenario: Scenario) -> None:
    text = "Keeper knows f1 and Keeper at boathouse and Mara is present and tension >= 1"
    start = add_beat(project, scenario.id, BeatBase(name="In", condition=text, effects="the keeper moves to boathouse"))
    end = add_beat(project, scenario.id, BeatBase(name="Out", x=1))
    trigger = {"kind": "phrase", "text": "no", "by": "Keeper"}
    add_link(project, start.id, end.id, BeatLinkBase(trigger=trigger))
    rename_role(project, list_roles(project, scenario.id)[0].id, "The Guard")
    rename_place(project, scenario.id, "p1", "the shed")
    expected = "The Guard knows f1 and The Guard at the shed and Mara is present and tension >= 1"
    assert _condition(project, start.id) == expected
    assert (get_beat(project, start.id) or start).effects == "The Guard moves to the shed"
    assert list_links(project, scenario.id)[0].trigger["by"] == "The Guard"


def test_a_new_name_takes_no_text_from_another(project: Project, scenario: Scenario) -> None:
    first = add_beat(project, scenario.id, BeatBase(name="Calm", kind=BeatKind.START))
    second = add_beat(project, scenario.id, BeatBase(name="Fight", x=1))
    reader = add_beat(project, scenario.id, BeatBase(name="End", x=2, condition="visited Fight"))
    rename_beat(project, first.id, "Fight")
    assert second.id in _condition(project, reader.id), "“Fight” alone means the first beat now"
    rename_beat(project, first.id, "Peace")
    rename_beat(project, second.id, "")
    rename_beat(project, second.id, "War")
    assert _condition(project, reader.id) == "visited War"


def test_words_of_the_language_are_no_names(project: Project, scenario: Scenario) -> None:
    with pytest.raises(UserError):
        rename_variable(project, scenario.id, "tension", "Turns")
    with pytest.raises(UserError):
        rename_place(project, scenario.id, "p1", "Nowhere")
