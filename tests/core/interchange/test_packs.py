"""Packs: the same bytes again, and what import does to a project."""

import errno
import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import SQLModel, col

from core.errors import UserError
from core.interchange.json_text import format_json
from core.interchange.pack_documents import (
    KINDS,
    SCHEMA_VERSION,
    CharacterDocument,
    format_document,
    make_schema,
    parse_document,
    schema_file,
)
from core.interchange.packs import (
    PackTerms,
    build_pack,
    describe_pack,
    import_pack,
    read_pack,
    recall_terms,
    remember_terms,
)
from core.library.assets import read_asset, store_asset
from core.library.characters import create_character, get_character, list_characters, set_portrait, update_character
from core.library.lore import create_book, list_books, list_entries
from core.library.playtests import delete_playtest, get_playtest, list_pins, list_playtests, list_scores, list_turns
from core.library.scenarios import (
    create_scenario,
    get_scenario,
    list_roles,
    list_scenarios,
    remove_role,
    update_scenario,
)
from core.library.settings import set_setting
from core.project import Project
from models.character import Character, CharacterBase
from models.lore import LorebookBase
from models.memory import MemoryChange
from models.playtest import Origin, Playtest
from models.relationship import Relationship
from models.scenario import RoleBase, ScenarioBase
from models.stage import StageRules
from models.summary import Summary
from models.turn_mark import TurnMark
from models.world import World
from tests.core.interchange.samples import SampleProject, add_playtest, characters, fill_project, picture

SCHEMAS = Path(__file__).parents[3] / "assets" / "schemas"
DATA = Path(__file__).parents[2] / "data"
"""Packs as the released schemas had them."""


def rows(project: Project) -> dict[str, list[Any]]:
    """Returns every row of every table but the ledger's, to compare projects by."""
    with project.reading() as session:
        return {
            name: sorted(
                json.dumps(dict(row), sort_keys=True, default=repr) for row in session.execute(select(table)).mappings()
            )
            for name, table in SQLModel.metadata.tables.items()
            if name not in {"action", "change"}
        }


def build(sample: SampleProject, path: Path, *playtest_ids: str) -> Path:
    build_pack(sample.project, sample.scenario_id, path, playtest_ids, "CC BY 4.0", ["Ann", "Bo"])
    return path


@pytest.mark.parametrize("n_rounds", [1, 2])
def test_pack_import_pack_gives_the_same_bytes(sample: SampleProject, tmp_path: Path, n_rounds: int) -> None:
    first = build(sample, tmp_path / "0.trpack", sample.playtest_id).read_bytes()
    path = tmp_path / "0.trpack"
    for number in range(n_rounds):
        project = Project(tmp_path / f"{number}.tableread")
        scenario_id = import_pack(project, read_pack(path))
        path = tmp_path / f"again {number}.trpack"
        build_pack(project, scenario_id, path)
        project.close()
        assert path.read_bytes() == first


def test_what_is_imported_is_identical(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    add_playtest(sample.project, sample.scenario_id, name="Not chosen")
    import_pack(empty, read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id)))
    before, after = rows(sample.project), rows(empty)
    for table in ("character", "fragment", "relationship", "scenario", "role", "beat", "beat_link", "asset"):
        assert after[table] == before[table]
    assert [playtest.name for playtest in list_playtests(empty)] == ["First try"]
    for project in (sample.project, empty):
        playtest = get_playtest(project, sample.playtest_id)
        turns = list_turns(project, sample.playtest_id)
        assert playtest is not None
        assert playtest.deleted_at is None
        assert (len(turns), len(list_scores(project, sample.playtest_id))) == (10, 20)
        assert [turn.number for turn in turns if turn.id == playtest.head_id] == [8]


def test_ids_of_turns_do_not_clash_with_those_in_the_project(sample: SampleProject, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    other = Project(tmp_path / "other.tableread")
    fill_project(other)
    import_pack(other, pack)
    build_pack(other, sample.scenario_id, tmp_path / "b.trpack")
    other.close()
    assert (tmp_path / "a.trpack").read_bytes() == (tmp_path / "b.trpack").read_bytes()


def test_importing_twice_changes_nothing(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    first = import_pack(empty, pack)
    before = rows(empty)
    assert import_pack(empty, pack) == first == sample.scenario_id
    assert rows(empty) == before
    empty.undo()
    assert empty.undo_label() is None


def test_undo_takes_the_import_out_and_redo_puts_it_back(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    import_pack(empty, read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id)))
    after = rows(empty)
    assert empty.undo() == "Import The lighthouse"
    left = [list_characters(empty), list_scenarios(empty), list_playtests(empty)]
    assert left == [[], [], []]
    assert recall_terms(empty, sample.scenario_id) == PackTerms()
    assert empty.redo() == "Import The lighthouse"
    assert rows(empty) == after
    build_pack(empty, sample.scenario_id, tmp_path / "b.trpack")
    assert (tmp_path / "a.trpack").read_bytes() == (tmp_path / "b.trpack").read_bytes()


def test_importing_after_undo_takes_the_playtest_out_of_the_trash(
    sample: SampleProject, empty: Project, tmp_path: Path
) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    import_pack(empty, pack)
    after = rows(empty)
    empty.undo()
    import_pack(empty, pack)
    again = rows(empty)
    for table in ("lorebook", "lore_entry"):  # their ids are of the project, not of the pack
        assert len(again.pop(table)) == len(after.pop(table))
    assert again == after


def test_what_was_edited_stays_and_the_pack_comes_beside_it(sample: SampleProject, tmp_path: Path) -> None:
    project = sample.project
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    update_character(project, sample.character_ids[0], description="Edited")
    edited = rows(project)
    scenario_id = import_pack(project, pack)
    assert scenario_id != sample.scenario_id
    after = rows(project)
    for table in ("character", "scenario", "role", "playtest", "turn", "score"):
        assert set(edited[table]) < set(after[table])
    assert len(after["character"]) == len(edited["character"]) + 1
    roles = list_roles(project, scenario_id)
    scenario = get_scenario(project, scenario_id)
    assert scenario is not None
    assert scenario.greeting_role_id == roles[1].id
    mara = get_character(project, roles[0].character_id or "")
    assert mara is not None
    assert mara.description.startswith("Keeps the light")
    assert roles[1].character_id == sample.character_ids[1]
    assert [playtest.name for playtest in list_playtests(project, scenario_id)] == ["First try"]
    assert import_pack(project, pack) == scenario_id
    assert rows(project) == after


def test_a_role_id_of_another_scenario_is_not_taken_over(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack"))
    other = create_scenario(empty, ScenarioBase(name="Other"))
    with empty.append() as session:
        session.execute(
            text(
                "INSERT INTO role (id, scenario_id, name, goal, secret, position) "
                "VALUES (:id, :scenario, 'theirs', '', '', 0)"
            ),
            {"id": pack.scenario.roles[0].id, "scenario": other.id},
        )
    scenario_id = import_pack(empty, pack)
    assert [role.name for role in list_roles(empty, other.id)] == ["theirs"]
    assert [role.name for role in list_roles(empty, scenario_id)] == ["keeper", "guest", "bird", "nobody yet"]


def test_licence_authors_and_choice_are_remembered_until_told_otherwise(sample: SampleProject, tmp_path: Path) -> None:
    project, scenario_id = sample.project, sample.scenario_id
    assert recall_terms(project, scenario_id) == PackTerms()
    build_pack(project, scenario_id, tmp_path / "plain.trpack")
    assert read_pack(tmp_path / "plain.trpack").terms == PackTerms()
    terms = PackTerms(licence="CC0", authors=("Ann",), playtest_ids=(sample.playtest_id,))
    remember_terms(project, scenario_id, terms)
    build_pack(project, scenario_id, tmp_path / "kept.trpack")
    assert read_pack(tmp_path / "kept.trpack").terms == terms
    build_pack(project, scenario_id, tmp_path / "other.trpack", (), "MIT", ())
    assert read_pack(tmp_path / "other.trpack").terms == PackTerms(licence="MIT")
    delete_playtest(project, sample.playtest_id)
    build_pack(project, scenario_id, tmp_path / "gone.trpack")
    assert read_pack(tmp_path / "gone.trpack").playtests == ()


def test_damaged_terms_in_the_project_are_no_fault(sample: SampleProject, tmp_path: Path) -> None:
    set_setting(sample.project, f"pack_terms:{sample.scenario_id}", ["odd"])
    build_pack(sample.project, sample.scenario_id, tmp_path / "a.trpack")
    assert read_pack(tmp_path / "a.trpack").terms == PackTerms()


def test_the_file_is_a_plain_zip_with_its_manifest_first(sample: SampleProject, tmp_path: Path) -> None:
    path = build(sample, tmp_path / "a.trpack", sample.playtest_id)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        manifest = json.loads(archive.read("manifest.json"))
        members = {info.filename: archive.read(info) for info in infos[1:]}
    assert infos[0].filename == "manifest.json"
    assert [info.filename for info in infos[1:]] == sorted(members)
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {0o100644}
    assert manifest["files"] == {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)} for name, data in members.items()
    }
    assert (manifest["licence"], manifest["authors"], manifest["schema_version"]) == ("CC BY 4.0", ["Ann", "Bo"], 3)
    assert [name.partition("/")[0] for name in members if "portraits" in name] == ["portraits"] * 2
    assert {name.rpartition(".")[2] for name in members if "portraits" in name} == {"png", "webp"}


def test_describes_a_pack(sample: SampleProject, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    said = json.loads(json.dumps(describe_pack(pack)))
    assert said["scenario"]["name"] == "The lighthouse"
    assert said["cast"][0] == {"role": "keeper", "character": "Mara Quill"}
    assert said["cast"][3] == {"role": "nobody yet", "character": None}
    assert said["playtests"] == [{"id": sample.playtest_id, "name": "First try", "turns": 10, "scores": 20}]


def test_packs_of_another_zip_program_are_read(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    path = build(sample, tmp_path / "a.trpack", sample.playtest_id)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.trpack", "w", zipfile.ZIP_DEFLATED) as new:
        for info in reversed(old.infolist()):
            new.writestr(info.filename, old.read(info))
    assert import_pack(empty, read_pack(tmp_path / "b.trpack")) == sample.scenario_id
    build_pack(empty, sample.scenario_id, tmp_path / "c.trpack")
    assert (tmp_path / "c.trpack").read_bytes() == path.read_bytes()


def test_a_pack_can_be_read_from_memory(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id).read_bytes())
    (tmp_path / "a.trpack").unlink()
    assert import_pack(empty, pack) == sample.scenario_id


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cast=st.lists(characters, min_size=1, max_size=3), setting=st.text(max_size=40), data=st.data())
def test_any_cast_survives(cast: list[CharacterBase], setting: str, data: st.DataObject, tmp_path: Path) -> None:
    folder = tmp_path / os.urandom(8).hex()
    folder.mkdir()
    one, two = Project(folder / "1.tableread"), Project(folder / "2.tableread")
    made = [create_character(one, draft, (picture(), "image/png")) for draft in cast]
    roles = [RoleBase(name=data.draw(st.text(max_size=9)), character_id=character.id) for character in made]
    scenario = create_scenario(one, ScenarioBase(name="Any", setting=setting), roles)
    build_pack(one, scenario.id, folder / "1.trpack")
    import_pack(two, read_pack(folder / "1.trpack"))
    build_pack(two, scenario.id, folder / "2.trpack")
    assert (folder / "1.trpack").read_bytes() == (folder / "2.trpack").read_bytes()
    one.close()
    two.close()


@settings(max_examples=50, deadline=None)
@given(characters)
def test_documents_format_and_parse(character: CharacterBase) -> None:
    document = CharacterDocument(**character.model_dump(), id="a", created_at="2026", updated_at="2026")
    assert parse_document(CharacterDocument, format_document(document), "x") == document


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_pack_of_an_older_schema_is_read_and_becomes_one_of_the_present(
    version: int, empty: Project, tmp_path: Path
) -> None:
    pack = read_pack(DATA / f"pack{version}.trpack")
    assert pack.manifest.schema_version == version
    scenario_id = import_pack(empty, pack)
    assert [role.name for role in list_roles(empty, scenario_id)] == [role.name for role in pack.scenario.roles]
    build_pack(empty, scenario_id, tmp_path / "a.trpack")
    assert read_pack(tmp_path / "a.trpack").manifest.schema_version == SCHEMA_VERSION


def test_what_was_said_of_turns_goes_along(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    import_pack(empty, read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id)))
    turns = list_turns(empty, sample.playtest_id)
    by_id = {turn.id: turn for turn in turns}
    assert len(list_pins(empty, sample.playtest_id)) == 2
    with empty.reading() as session:
        marks = {by_id[mark.turn_id].origin: mark for mark in session.scalars(select(TurnMark))}
        changes = session.scalars(select(MemoryChange).order_by(col(MemoryChange.created_at))).all()
        summary = session.scalars(select(Summary)).one()
    assert (marks[Origin.WEIGHTS].is_cut, marks[Origin.EDITED].is_cut) == (False, True)
    assert [(change.act, change.text) for change in changes] == [("edit", "He lied."), ("pin", "")]
    assert (by_id[summary.turn_id].number, summary.text) == (4, "They met.")
    assert [turn.audience for turn in turns if turn.number == 5] == [[by_id[summary.turn_id + 1].speaker_id]]


def test_the_rules_of_a_copied_stage_name_its_own_roles(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack"))
    import_pack(empty, pack)
    update_scenario(empty, sample.scenario_id, summary="Changed since.")
    copy_id = import_pack(empty, pack)
    roles = [role.id for role in list_roles(empty, copy_id)]
    scenario = get_scenario(empty, copy_id)
    assert scenario is not None
    rules = StageRules.read(scenario.stage)
    assert (rules.turns.weights, rules.turns.order) == ({roles[0]: 2.0}, (roles[1], roles[0]))
    assert (rules.turns.facilitator, rules.narrator.role, set(rules.plan.coach)) == (roles[2], roles[2], {roles[1]})
    remove_role(empty, roles[2])
    scenario = get_scenario(empty, copy_id)
    assert scenario is not None
    rules = StageRules.read(scenario.stage)
    assert (rules.turns.facilitator, rules.narrator.role) == ("", "")


def test_a_copy_of_a_scenario_has_roles_and_beats_of_its_own(
    sample: SampleProject, empty: Project, tmp_path: Path
) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack"))
    import_pack(empty, pack)
    update_scenario(empty, sample.scenario_id, summary="Changed since.")
    copy_id = import_pack(empty, pack)
    assert import_pack(empty, pack) == copy_id
    build_pack(empty, copy_id, tmp_path / "b.trpack")
    copy = read_pack(tmp_path / "b.trpack").scenario
    role_ids = {role.id for role in copy.roles}
    assert role_ids.isdisjoint(role.id for role in pack.scenario.roles)
    assert {beat.id for beat in copy.beats}.isdisjoint(beat.id for beat in pack.scenario.beats)
    assert {role_id for beat in copy.beats for role_id in beat.goals} <= role_ids
    world = World.read(copy.world)
    assert {prop.holder for prop in world.props} | set(world.facts[0].known_by) <= role_ids
    assert len(copy.links) == len(pack.scenario.links)


def test_what_the_project_knows_of_two_characters_stays(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack"))
    import_pack(empty, pack)
    with empty.act("Trust less") as session:
        session.exec(select(Relationship)).scalars().one().trust = -50
    import_pack(empty, pack)
    with empty.reading() as session:
        assert session.exec(select(Relationship)).scalars().one().trust == -50


def test_files_that_came_with_a_card_travel(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    with sample.project.act("Card") as session:
        sha256 = store_asset(session, b"binary \x00 lore", "application/x-risu")
        mara = session.get_one(Character, sample.character_ids[0])
        mara.card_extra = mara.card_extra | {"members": {"module.risum": sha256, "gone.bin": "0" * 64}}
    path = build(sample, tmp_path / "a.trpack")
    import_pack(empty, read_pack(path))
    asset = read_asset(empty, sha256)
    assert asset is not None
    assert asset.data == b"binary \x00 lore"
    build_pack(empty, sample.scenario_id, tmp_path / "b.trpack")
    assert (tmp_path / "b.trpack").read_bytes() == path.read_bytes()


def test_lorebooks_travel_with_their_owners(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack"))
    scenario_id = import_pack(empty, pack)
    owned = {book.name: (book.character_id, book.scenario_id) for book in list_books(empty)}
    assert owned == {
        "Light": (sample.character_ids[0], None),
        "Tides": (None, scenario_id),
        "Everywhere": (None, scenario_id),
    }
    tides = next(book for book in list_books(empty) if book.name == "Tides")
    (entry,) = list_entries(empty, tides.id)
    assert (entry.keys, entry.sticky, entry.extra) == (["/tides?/i"], 2, {"card": {"x": 1}})
    create_book(empty, LorebookBase(name="Of this project"))
    before = len(list_books(empty))
    assert import_pack(empty, pack) == scenario_id
    assert len(list_books(empty)) == before


def test_importing_into_its_own_project_changes_nothing(sample: SampleProject, tmp_path: Path) -> None:
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    before = rows(sample.project)
    assert import_pack(sample.project, pack) == sample.scenario_id
    after = rows(sample.project)
    after["setting"] = before["setting"]  # the terms of the pack
    assert after == before


@pytest.mark.parametrize("model", KINDS)
def test_schemas_are_what_the_models_say(model: Any) -> None:
    """To release a change, count SCHEMA_VERSION up and write `format_json(make_schema(model))` to new files."""
    assert (SCHEMAS / schema_file(KINDS[model])).read_bytes() == format_json(make_schema(model))


def test_every_schema_is_of_a_document() -> None:
    present = {path.name for path in SCHEMAS.glob(f"pack{SCHEMA_VERSION}_*.schema.json")}
    assert present == {schema_file(kind) for kind in KINDS.values()}


def test_building_only_reads(sample: SampleProject, tmp_path: Path) -> None:
    before = rows(sample.project), sample.project.undo_label()
    build(sample, tmp_path / "a.trpack", sample.playtest_id)
    assert (rows(sample.project), sample.project.undo_label()) == before


def test_building_never_overwrites_unless_asked(sample: SampleProject, tmp_path: Path) -> None:
    path = build(sample, tmp_path / "a.trpack")
    old = path.read_bytes()
    with pytest.raises(UserError, match="exists already"):
        build(sample, path, sample.playtest_id)
    assert path.read_bytes() == old
    build_pack(sample.project, sample.scenario_id, path, [sample.playtest_id], overwrite=True)
    assert path.read_bytes() != old


def test_a_full_disk_leaves_nothing_behind(
    sample: SampleProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="disk is full"):
        build(sample, tmp_path / "a.trpack")
    assert sorted(tmp_path.iterdir()) == before


def test_what_cannot_be_packed_is_said(sample: SampleProject, tmp_path: Path) -> None:
    project, out = sample.project, tmp_path / "a.trpack"
    other = create_scenario(project, ScenarioBase(name="Other"), [RoleBase(character_id=sample.character_ids[0])])
    stranger = add_playtest(project, other.id, 1, "Stranger")
    for scenario_id, playtest_ids, words in [
        ("gone", (), "This scenario is not in the project"),
        (sample.scenario_id, ("gone",), "A playtest that was chosen is not in the project"),
        (sample.scenario_id, (stranger,), "Stranger is a playtest of another scenario"),
    ]:
        with pytest.raises(UserError, match=words):
            build_pack(project, scenario_id, out, playtest_ids)
    delete_playtest(project, sample.playtest_id)
    with pytest.raises(UserError, match="not in the project"):
        build(sample, out, sample.playtest_id)
    set_portrait(project, sample.character_ids[0], b"no picture", "image/png")
    with pytest.raises(UserError, match="A portrait of the cast is no PNG"):
        build(sample, out)
    assert not out.exists()


def test_numbers_that_are_none_become_none(sample: SampleProject, tmp_path: Path) -> None:
    with sample.project.append() as session:
        session.get_one(Playtest, sample.playtest_id).settings = {"temperature": float("nan")}
    pack = read_pack(build(sample, tmp_path / "a.trpack", sample.playtest_id))
    assert pack.read_playtest(sample.playtest_id).settings == {"temperature": None}


def test_odd_rows_are_said(sample: SampleProject, tmp_path: Path) -> None:
    with sample.project.append() as session:
        session.execute(text("UPDATE score SET value = 9e999"))
    with pytest.raises(UserError, match=r"A playtest of this project cannot be packed: turns\.0\.scores\.0\.value"):
        build(sample, tmp_path / "a.trpack", sample.playtest_id)


def test_a_lost_portrait_is_left_out(sample: SampleProject, empty: Project, tmp_path: Path) -> None:
    with sample.project.append() as session:
        session.execute(text("DELETE FROM asset"))
    path = build(sample, tmp_path / "a.trpack", sample.playtest_id)
    import_pack(empty, read_pack(path))
    build_pack(empty, sample.scenario_id, tmp_path / "b.trpack")
    assert (tmp_path / "b.trpack").read_bytes() == path.read_bytes()


def test_a_file_that_changes_between_reading_and_importing_changes_nothing(
    sample: SampleProject, empty: Project, tmp_path: Path
) -> None:
    path = build(sample, tmp_path / "a.trpack", sample.playtest_id)
    pack = read_pack(path)
    before = rows(empty)
    path.write_bytes(path.read_bytes().replace(b"take 0", b"take 9"))
    with pytest.raises(UserError):
        import_pack(empty, pack)
    path.unlink()
    with pytest.raises(UserError, match="does not exist"):
        import_pack(empty, pack)
    assert rows(empty) == before
    assert empty.undo_label() is None
