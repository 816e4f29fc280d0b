"""Beats and ways in a real project: every function is one undo step, and nothing of a scenario is left behind."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from core.errors import UserError
from core.library.beats import (
    add_beat,
    add_link,
    delete_parts,
    get_beat,
    insert_parts,
    list_beats,
    list_links,
    move_beats,
    move_link,
    update_beat,
    update_beats,
    update_link,
    update_links,
    update_world,
)
from core.library.scenarios import (
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    get_scenario,
    list_roles,
    remove_role,
)
from core.playtest.story.renames import rename_beat, rename_place, rename_prop, rename_role, rename_variable
from core.project import Project
from models.beat import Beat, BeatBase, BeatKind, BeatLink, BeatLinkBase
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.world import World


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "beats.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    scenario = create_scenario(project, ScenarioBase(name="Scene"), [RoleBase(name="Theo"), RoleBase(name="Mara")])
    theo, mara = (role.id for role in list_roles(project, scenario.id))
    world = World.model_validate(
        {
            "variables": [{"name": "tension", "start": 1}],
            "places": [{"id": "p1", "name": "boathouse"}],
            "props": [{"name": "key", "holder": theo}],
            "facts": [{"id": "f1", "text": "Sold.", "known_by": {theo: "knows", mara: "suspects"}}],
            "role_places": {theo: "p1"},
            "win": "tension >= 3",
        }
    )
    update_world(project, scenario.id, world)
    return scenario


def _snapshot(project: Project) -> list:
    with project.reading() as session:
        rows = [*session.exec(select(Beat)), *session.exec(select(BeatLink)), *session.exec(select(Scenario))]
    return sorted(str(row.model_dump(exclude={"updated_at"})) for row in rows)


def _is_one_step(project: Project, act: Callable[[], object]) -> None:
    before = _snapshot(project)
    act()
    after = _snapshot(project)
    assert after != before
    assert project.undo()
    assert _snapshot(project) == before
    project.redo()
    assert _snapshot(project) == after


def test_each_function_is_one_undo_step(project: Project, scenario: Scenario) -> None:
    start = add_beat(project, scenario.id, BeatBase(name="In", kind=BeatKind.START))
    _is_one_step(project, lambda: add_beat(project, scenario.id, BeatBase(name="Next", x=300), from_id=start.id))
    end = list_beats(project, scenario.id)[-1]
    assert [(link.from_id, link.to_id) for link in list_links(project, scenario.id)] == [(start.id, end.id)]
    _is_one_step(project, lambda: update_beat(project, end.id, condition="tension > 2", goals={"r": "Win."}))
    _is_one_step(project, lambda: update_beats(project, {start.id: {"text": "A"}, end.id: {"text": "B"}}))
    _is_one_step(project, lambda: move_beats(project, {start.id: (5, 6), end.id: (400, 6)}))
    _is_one_step(project, lambda: add_link(project, start.id, end.id, BeatLinkBase(label="Run")))
    first, second = list_links(project, scenario.id)
    assert (first.position, second.position) == (0, 1)
    _is_one_step(project, lambda: move_link(project, second.id, 0))
    assert [link.id for link in list_links(project, scenario.id)] == [second.id, first.id]
    _is_one_step(project, lambda: update_link(project, first.id, to_id=start.id, trigger={"kind": "choice"}))
    _is_one_step(project, lambda: delete_parts(project, scenario.id, [end.id]))
    assert [link.id for link in list_links(project, scenario.id)] == [first.id]
    _is_one_step(project, lambda: delete_parts(project, scenario.id, link_ids=[first.id]))
    _is_one_step(project, lambda: update_world(project, scenario.id, World()))


def test_refusals_change_nothing(project: Project, scenario: Scenario) -> None:
    other = create_scenario(project, ScenarioBase(name="Other"))
    here = add_beat(project, scenario.id, BeatBase(name="Here"))
    there = add_beat(project, other.id, BeatBase(name="There"))
    before = _snapshot(project)
    with pytest.raises(UserError):
        add_link(project, here.id, there.id)
    with pytest.raises(UserError):
        update_beats(project, {here.id: {"name": "New"}, there.id: {"kind": "nonsense"}})
    with pytest.raises(UserError):
        update_beat(project, "gone", name="x")
    assert _snapshot(project) == before


def test_pasted_parts_keep_their_ways_and_leave_out_what_is_not_there(project: Project, scenario: Scenario) -> None:
    theo = list_roles(project, scenario.id)[0].id
    drafts = [
        BeatBase(name="A", kind=BeatKind.START, goals={theo: "Go.", "stranger": "Stay."}, place_id="p1"),
        BeatBase(name="B", place_id="elsewhere"),
    ]
    insert_parts(project, scenario.id, drafts, [(0, 1, BeatLinkBase(label="on")), (1, 1, BeatLinkBase())])
    pasted = insert_parts(project, scenario.id, drafts, [(0, 1, BeatLinkBase(label="on"))])
    assert [beat.kind for beat in pasted] == [BeatKind.STEP, BeatKind.STEP]
    assert pasted[0].goals == {theo: "Go."}
    assert [beat.place_id for beat in pasted] == ["p1", None]
    assert len(list_links(project, scenario.id)) == 3
    assert project.undo() == "Paste"
    assert len(list_beats(project, scenario.id)) == 2


def test_copies_and_deletions_take_everything_along(project: Project, scenario: Scenario) -> None:
    roles = [role.id for role in list_roles(project, scenario.id)]
    start = add_beat(project, scenario.id, BeatBase(name="In", goals={roles[0]: "Go."}))
    add_beat(project, scenario.id, BeatBase(name="Out", x=300), from_id=start.id)
    copy = duplicate_scenario(project, scenario.id)
    twins = [role.id for role in list_roles(project, copy.id)]
    world = World.read(copy.world)
    assert world.props[0].holder == twins[0]
    assert set(world.facts[0].known_by) == set(twins)
    assert list(world.role_places) == twins[:1]
    assert [beat.goals for beat in list_beats(project, copy.id)] == [{twins[0]: "Go."}, {}]
    ends = {beat.id for beat in list_beats(project, copy.id)}
    assert all({link.from_id, link.to_id} <= ends for link in list_links(project, copy.id))
    remove_role(project, twins[0])
    world = World.read((get_scenario(project, copy.id) or copy).world)
    assert (world.props[0].holder, list(world.facts[0].known_by), world.role_places) == (None, twins[1:], {})
    assert list_beats(project, copy.id)[0].goals == {}
    before = _snapshot(project)
    delete_scenario(project, copy.id)
    project.undo()
    assert _snapshot(project) == before


def test_renames_are_followed_in_one_step(project: Project, scenario: Scenario) -> None:
    texts = {
        "condition": "tension >= 2 and Theo has key and visited The quarrel",
        "effects": "tension + 1\nTheo moves to boathouse",
        "success": "Theo at boathouse and tension",
    }
    beat = add_beat(project, scenario.id, BeatBase(name="The quarrel", **texts))
    broken = add_beat(project, scenario.id, BeatBase(name="Broken", condition="tension >="))
    link = add_link(project, beat.id, broken.id, BeatLinkBase(trigger={"kind": "phrase", "text": "no", "by": "Theo"}))
    theo = list_roles(project, scenario.id)[0].id
    _is_one_step(project, lambda: rename_variable(project, scenario.id, "tension", "heat"))
    _is_one_step(project, lambda: rename_prop(project, scenario.id, "key", "iron_key"))
    _is_one_step(project, lambda: rename_place(project, scenario.id, "p1", "the moves to house"))
    rename_role(project, theo, "Old Theo")
    _is_one_step(project, lambda: rename_beat(project, beat.id, "Peace and quiet"))
    found = get_beat(project, beat.id)
    assert found.condition == 'heat >= 2 and iron_key.holder = Old Theo and visited "Peace and quiet"'
    assert found.effects == 'heat + 1\nOld Theo moves to "the moves to house"'
    assert found.success == "Old Theo at the moves to house and heat"
    assert get_beat(project, broken.id).condition == "tension >="
    world = World.read(get_scenario(project, scenario.id).world)
    assert (world.win, world.variables[0].name, world.props[0].name) == ("heat >= 3", "heat", "iron_key")
    assert list_links(project, scenario.id)[0].id == link.id
    assert list_links(project, scenario.id)[0].trigger["by"] == "Old Theo"
    with pytest.raises(UserError):
        rename_variable(project, scenario.id, "heat", "iron_key")
    with pytest.raises(UserError):
        rename_variable(project, scenario.id, "heat", "not a key")


def test_a_way_led_to_another_beat_is_tried_after_those_that_are_there(project: Project, scenario: Scenario) -> None:
    first, second, end = (add_beat(project, scenario.id, BeatBase(name=name, x=x)) for x, name in enumerate("ABC"))
    there = add_link(project, first.id, end.id)
    moved = [add_link(project, second.id, end.id), add_link(project, second.id, first.id)]
    update_links(project, {link.id: {"from_id": first.id} for link in moved})
    assert [(link.id, link.position) for link in list_links(project, scenario.id)] == [
        (there.id, 0),
        (moved[0].id, 1),
        (moved[1].id, 2),
    ]
    update_link(project, there.id, from_id=first.id, label="on")
    assert list_links(project, scenario.id)[0].id == there.id
