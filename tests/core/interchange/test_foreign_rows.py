"""Files of other programs in a project: one undo step, and out again as they came in."""

import json
from pathlib import Path

from sqlmodel import select

from core.commands.scenario_export import export
from core.interchange.contents import Contents
from core.interchange.foreign_files import parse_contents, read_contents
from core.interchange.foreign_rows import add_contents, card_of, contents_of_scenario
from core.interchange.foreign_writers import format_named
from core.library.beats import add_beat, add_link
from core.library.characters import list_characters, update_character
from core.library.scenarios import create_scenario, list_roles, list_scenarios
from core.project import Project
from models.beat import BeatBase, BeatKind
from models.fragment import Fragment
from models.scenario import ScenarioBase
from tests.core.interchange.test_card_files import FULL
from tests.core.interchange.test_foreign_files import archive


def test_a_charx_becomes_rows_and_a_charx_again(empty: Project) -> None:
    contents = parse_contents(FULL, "a.charx")
    added = add_contents(empty, contents)
    assert (added.kind, added.name, added.n_rows) == ("character", "Mara", 1)
    card = card_of(empty, added.entity_id)
    before = contents.characters[0]
    assert (card.portrait, card.blobs) == (before.portrait, before.blobs)
    assert card.character == before.character
    update_character(empty, added.entity_id, greeting="Go away.")
    data = format_named("charx").write(Contents("", [card_of(empty, added.entity_id)]))
    (back,) = parse_contents(data, "a.charx").characters
    assert back.character == before.character.model_copy(update={"greeting": "Go away."})


def test_a_byaf_with_its_lore_becomes_rows_and_a_byaf_again(empty: Project) -> None:
    added = add_contents(empty, parse_contents(archive(), "mara.byaf"))
    data = format_named("byaf").write(Contents("", [card_of(empty, added.entity_id)]))
    (card,) = parse_contents(data, "x").characters
    (original,) = parse_contents(archive(), "x").characters
    assert card.character.greeting == original.character.greeting
    contents = [entry["content"] for entry in card.character.card_extra["book"]["entries"]]
    assert contents == ["{{char}} lit it."]


def test_a_map_becomes_one_undo_step_and_a_map_again(cases: Path, empty: Project) -> None:
    path = cases / "scenes" / "thieves-guild.json"
    added = add_contents(empty, read_contents(path))
    assert (added.kind, added.n_rows) == ("scenario", 59)
    roles = list_roles(empty, added.entity_id)
    assert all(role.character_id for role in roles)
    world = list_scenarios(empty)[0].world
    assert set(world["role_places"]) <= {role.id for role in roles}
    written = format_named("light").write(contents_of_scenario(empty, added.entity_id))
    assert json.loads(written) == json.loads(path.read_bytes())
    empty.undo()
    assert (list_characters(empty), list_scenarios(empty)) == ([], [])


def test_a_fragment_becomes_a_fragment(cases: Path, empty: Project) -> None:
    added = add_contents(empty, read_contents(cases / "agents" / "aggressive_debater.fragment.json"))
    assert added.kind == "fragment"
    with empty.reading() as session:
        (fragment,) = session.exec(select(Fragment)).all()
    assert fragment.name == "aggressive_debater"
    assert fragment.content["layers"]["life"]["likes"] == ["Winning debates."]


def test_a_story_is_written_from_a_project(empty: Project, tmp_path: Path) -> None:
    scenario = create_scenario(empty, ScenarioBase(name="The lighthouse"))
    start = add_beat(empty, scenario.id, BeatBase(name="Arrival", kind=BeatKind.START, text="It rains."))
    end = add_beat(empty, scenario.id, BeatBase(name="Dawn", kind=BeatKind.ENDING, text="It stops."))
    add_link(empty, start.id, end.id)
    path = empty.path
    empty.close()
    for form in ("twee", "ink", "yarn", "renpy"):
        out = tmp_path / f"story.{form}"
        export(path, form, out, None, None)
        assert "It rains." in out.read_text()
