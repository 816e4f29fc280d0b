"""History of entities: moments, differences, ways back, named versions, and what playtests ran."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from core.errors import UserError
from core.history.differences import ABSENT, Mark, diff_items, diff_words, list_differences
from core.history.entities import Entity
from core.history.moments import MomentKind, forget_version, list_moments, name_version
from core.history.restoring import restore_field, restore_moment
from core.ledger import TRACKED, one_burst
from core.library.characters import create_character, delete_character, get_character, update_character
from core.library.playtests import list_playtests
from core.library.scenarios import (
    add_role,
    create_scenario,
    delete_scenario,
    get_scenario,
    list_roles,
    remove_role,
    update_role,
    update_scenario,
)
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from tests.examples import n_examples


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


def everything(project: Project) -> dict[str, list[dict]]:
    with project.reading() as session:
        return {model.__name__: sorted(map(_plain, session.exec(select(model))), key=str) for model in TRACKED}


def _plain(row: SQLModel) -> dict:
    return {name: value for name, value in row.model_dump().items() if name != "updated_at"}


def test_moments_are_every_state_that_there_was(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    update_character(project, mara.id, voice="Short.")
    update_character(project, mara.id, voice="Short sentences.", tags=["island"])
    moments = list_moments(project, Entity("character", mara.id))
    assert [moment.kind for moment in moments] == [MomentKind.NOW, *[MomentKind.EDIT] * 3]
    assert [moment.rows["character"][mara.id]["voice"] for moment in moments] == ["Short sentences."] * 2 + [
        "Short.",
        "",
    ]
    assert moments[-1].label == "New Mara"


def test_what_was_undone_is_no_part_of_the_history(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    update_character(project, mara.id, voice="Short.")
    project.undo()
    assert [moment.label for moment in list_moments(project, Entity("character", mara.id))] == ["", "New Mara"]


def test_a_scenario_comes_back_with_its_roles_also_after_it_was_deleted(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    scenario = create_scenario(
        project, ScenarioBase(name="Inquest"), [RoleBase(name="keeper", character_id=mara.id), RoleBase(name="judge")]
    )
    entity = Entity("scenario", scenario.id)
    before = everything(project)
    version = name_version(project, entity, "Before the rewrite")
    remove_role(project, list_roles(project, scenario.id)[0].id)
    update_scenario(project, scenario.id, setting="A boathouse.", turn_policy="mention")
    add_role(project, scenario.id, RoleBase(name="clerk"))
    delete_scenario(project, scenario.id)
    moments = list_moments(project, entity)
    assert not moments[0].is_there
    named = next(moment for moment in moments if moment.kind == MomentKind.VERSION)
    restore_moment(project, entity, named.rows, "Restore Inquest")
    forget_version(project, version.id)
    assert everything(project) == before
    project.undo()
    assert project.undo() == "Restore Inquest"
    assert get_scenario(project, scenario.id) is None


def test_a_role_comes_back_without_a_player_who_is_gone(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    scenario = create_scenario(project, ScenarioBase(name="Inquest"), [RoleBase(name="keeper", character_id=mara.id)])
    entity = Entity("scenario", scenario.id)
    cast = list_moments(project, entity)[0].rows
    delete_character(project, mara.id)
    restore_moment(project, entity, cast, "Restore")
    assert list_roles(project, scenario.id)[0].character_id is None


def test_one_field_comes_back_and_others_stay(project: Project) -> None:
    mara = create_character(
        project, CharacterBase(name="Mara", voice="Short.", layers={"memories": [{"text": "The storm."}]})
    )
    entity = Entity("character", mara.id)
    update_character(project, mara.id, voice="Long.", description="Tall.", layers={"career": {"occupation": "Keeper"}})
    moments = list_moments(project, entity)
    found = {difference.path: difference for difference in list_differences(entity, moments[-1].rows, moments[0].rows)}
    assert {("voice",), ("description",), ("layers", "career"), ("layers", "memories")} == set(found)
    assert found["layers", "career"].before is ABSENT
    restore_field(project, entity, found["voice",], "Restore voice")
    restore_field(project, entity, found["layers", "career"], "Restore career")
    restore_field(project, entity, found["layers", "memories"], "Restore memories")
    row = get_character(project, mara.id)
    assert (row.voice, row.description, row.layers) == ("Short.", "Tall.", {"memories": [{"text": "The storm."}]})
    assert project.undo() == "Restore memories"


def test_a_part_that_went_comes_back_alone(project: Project) -> None:
    scenario = create_scenario(project, ScenarioBase(name="S"), [RoleBase(name="a"), RoleBase(name="b")])
    entity = Entity("scenario", scenario.id)
    then = list_moments(project, entity)[0].rows
    remove_role(project, list_roles(project, scenario.id)[0].id)
    gone = next(one for one in list_differences(entity, then, list_moments(project, entity)[0].rows) if not one.path)
    assert (gone.table, gone.name, gone.after) == ("role", "a", ABSENT)
    restore_field(project, entity, gone, "Restore role")
    assert {role.name for role in list_roles(project, scenario.id)} == {"a", "b"}


def test_a_version_needs_a_name(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    with pytest.raises(UserError):
        name_version(project, Entity("character", mara.id), " ")
    assert project.undo_label() == "New Mara"


def test_a_playtest_stays_with_the_version_that_it_ran(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara", voice="Short."))
    scenario = create_scenario(project, ScenarioBase(name="S"), [RoleBase(name="keeper", character_id=mara.id)])
    role = list_roles(project, scenario.id)[0]
    start_playtest(project, scenario.id, PlaySettings())
    with one_burst("typing"):
        update_character(project, mara.id, voice="Lo")
        update_character(project, mara.id, voice="Long.")
    update_role(project, role.id, goal="Leave.")
    name = list_playtests(project)[0].name
    for entity, table, row_id, column, was in (
        (Entity("character", mara.id), "character", mara.id, "voice", "Short."),
        (Entity("scenario", scenario.id), "role", role.id, "goal", ""),
    ):
        ran = [moment for moment in list_moments(project, entity) if moment.kind == MomentKind.PLAYTEST]
        assert [moment.label for moment in ran] == [name]
        assert ran[0].rows[table][row_id][column] == was
        restore_moment(project, entity, ran[0].rows, "Restore")
        assert list_moments(project, entity)[0].rows[table][row_id][column] == was


WORDS = st.text("ab c.\n-é漢", max_size=60)


@given(WORDS, WORDS)
def test_pieces_of_a_word_diff_are_both_texts(before: str, after: str) -> None:
    pieces = diff_words(before, after)
    assert "".join(text for mark, text in pieces if mark != Mark.NEW) == before
    assert "".join(text for mark, text in pieces if mark != Mark.GONE) == after


@given(st.lists(st.integers(0, 4), max_size=9), st.lists(st.integers(0, 4), max_size=9))
def test_items_of_a_list_diff_are_both_lists(before: list[int], after: list[int]) -> None:
    items = diff_items(before, after)
    assert [item for mark, item in items if mark != Mark.NEW] == before
    assert [item for mark, item in items if mark != Mark.GONE] == after


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("voice"), st.sampled_from(["", "Short.", "Long."])),
        st.tuples(st.just("tags"), st.lists(st.sampled_from("ab"), max_size=2)),
        st.tuples(
            st.just("layers"), st.sampled_from([{}, {"career": {"occupation": "Keeper"}}, {"voice_rules": ["Short."]}])
        ),
    ),
    max_size=6,
)


@settings(max_examples=n_examples(10, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS, st.integers(0, 6))
def test_every_moment_can_be_had_again_and_undone(tmp_path_factory, edits: list, pick: int) -> None:
    project = Project(tmp_path_factory.mktemp("moments") / "p.tableread")
    mara = create_character(project, CharacterBase(name="Mara"))
    entity, states = Entity("character", mara.id), [everything(project)["Character"]]
    for field, value in edits:
        update_character(project, mara.id, **{field: value})
        if everything(project)["Character"] != states[-1]:
            states.append(everything(project)["Character"])
    edited = [moment for moment in list_moments(project, entity) if moment.kind == MomentKind.EDIT]
    wanted = states[pick % len(states)]
    for moment in edited:
        restore_moment(project, entity, moment.rows, "Restore")
        if everything(project)["Character"] == wanted:
            break
    else:
        pytest.fail("a state is in no moment")
    now = list_moments(project, entity)[0].rows
    for difference in list_differences(entity, edited[-1].rows, now):
        restore_field(project, entity, difference, "Restore field")
    assert everything(project)["Character"] == states[0]
    project.close()
