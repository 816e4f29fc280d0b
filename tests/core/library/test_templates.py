"""Templates: each is valid, complete and laid out, and comes as one undo step."""

from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest

from core.errors import UserError
from core.library.beats import list_beats, list_links
from core.library.characters import list_characters
from core.library.scenarios import list_roles, list_scenarios
from core.library.templates import add_template, list_templates, read_template
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.story_rows import read_story
from core.project import Project
from core.world.checker import check_story
from models.beat import BeatKind
from models.world import World

NAMES = [template.name for template in list_templates()]


def test_all_nine_are_there() -> None:
    assert len(NAMES) == 9
    assert all(template.title and template.summary for template in list_templates())
    assert all(2 <= template.n_roles <= 4 and 5 <= template.n_beats <= 9 for template in list_templates())
    with pytest.raises(UserError):
        read_template("../settings")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_valid_and_can_be_played(name: str, tmp_path: Path) -> None:
    with closing(Project(tmp_path / "new.tableread")) as project:
        scenario = add_template(project, name)
        with project.reading() as session:
            report = check_story(read_story(session, scenario))
            script = Script.from_rows(session, scenario)
        assert report.valid
        assert not report.findings
        roles = {role.id for role in list_roles(project, scenario.id)}
        beats = list_beats(project, scenario.id)
        assert all(set(beat.goals) <= roles for beat in beats)
        assert all(beat.goals for beat in beats if beat.kind in {BeatKind.START, BeatKind.STEP})
        world = World.read(scenario.world)
        assert {holder for prop in world.props if (holder := prop.holder)} <= roles
        assert all(set(fact.known_by) <= roles for fact in world.facts)
        assert all(part.character.persona.personal.big_five.openness is not None for part in script.parts)
        assert all(len(part.character.statements) >= 5 and part.character.voice for part in script.parts)
        assert start_playtest(project, scenario.id, PlaySettings(seed=1)).script["beats"]


@pytest.mark.parametrize("name", NAMES)
def test_no_beats_lie_on_each_other(name: str) -> None:
    places = [(beat["x"], beat["y"]) for beat in read_template(name)["scenario"]["beats"]]
    assert all(abs(a[0] - b[0]) >= 240 or abs(a[1] - b[1]) >= 160 for a, b in combinations(places, 2))


def test_a_template_is_one_undo_step_and_its_cast_is_not_doubled(tmp_path: Path) -> None:
    with closing(Project(tmp_path / "new.tableread")) as project:
        first = add_template(project, "two-hander")
        second = add_template(project, "two-hander")
        assert len(list_characters(project)) == 2
        assert {beat.id for beat in list_beats(project, first.id)}.isdisjoint(
            beat.id for beat in list_beats(project, second.id)
        )
        assert project.undo() == "New The empty house"
        project.undo()
        assert not list_characters(project)
        assert not list_scenarios(project)
        assert not list_links(project, first.id)
        project.redo()
        assert len(list_links(project, first.id)) == len(read_template("two-hander")["scenario"]["links"])
