"""The ledger stays small, and undo, history, versions and playtests do not notice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.history.entities import Entity
from core.history.moments import MomentKind, list_moments, name_version
from core.history.thinning import Limits, ledger_bytes, thin_ledger
from core.ledger import one_burst
from core.library.characters import create_character, delete_character, get_character, update_character
from core.library.scenarios import create_scenario
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase

LATER = datetime.now(UTC) + timedelta(days=2)
MUCH_LATER = datetime.now(UTC) + timedelta(days=60)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


def type_into(project: Project, character_id: str, words: int, prefix: str = "word") -> None:
    for number in range(words):
        with one_burst(f"{prefix} {number}"):
            update_character(project, character_id, voice=f"{prefix} " * (number + 1))


def steps(project: Project) -> int:
    with project.reading() as session:
        return session.execute(text("SELECT count(*) FROM action")).scalar_one()


def test_what_is_typed_in_one_burst_is_one_step(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara", voice="Short."))
    for typed in ("S", "Sl", "Slow"):
        with one_burst("a"):
            update_character(project, mara.id, voice=typed)
    with one_burst("b"):
        update_character(project, mara.id, voice="Slower")
    project.undo()
    assert get_character(project, mara.id).voice == "Slow"
    with one_burst("b"):
        update_character(project, mara.id, voice="Slowest")
    project.undo()
    project.undo()
    assert get_character(project, mara.id).voice == "Short."
    project.redo()
    assert get_character(project, mara.id).voice == "Slow"


def test_a_step_of_somebody_else_ends_a_burst(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    with one_burst("a"):
        update_character(project, mara.id, voice="S")
    theo = create_character(project, CharacterBase(name="Theo"))
    with one_burst("a"):
        update_character(project, mara.id, voice="Slow")
    project.undo()
    assert get_character(project, mara.id).voice == "S"
    project.undo()
    assert get_character(project, theo.id) is None


def test_old_auto_saves_become_one_and_undo_still_goes_all_the_way(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    type_into(project, mara.id, 30)
    update_character(project, mara.id, name="Mara Voss")
    type_into(project, mara.id, 30, "again")
    delete_character(project, mara.id)
    before, n_bytes = steps(project), ledger_bytes(project)
    assert thin_ledger(project, Limits(n_steps=1)) == 0, "what is young stays"
    assert thin_ledger(project, Limits(n_steps=1), MUCH_LATER) == before - steps(project)
    assert steps(project) == 5
    assert ledger_bytes(project) < n_bytes / 8
    for label in ("Delete Mara Voss", "Edit Mara Voss", "Edit Mara", "Edit Mara"):
        assert project.undo() == label
    assert get_character(project, mara.id).voice == ""
    for _step in range(4):
        project.redo()
    assert get_character(project, mara.id) is None
    project.undo()
    assert get_character(project, mara.id).voice == "again " * 30


def test_the_last_steps_are_never_merged(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    type_into(project, mara.id, 20)
    thin_ledger(project, Limits(n_steps=10), MUCH_LATER)
    assert steps(project) == 1 + 1 + 10


def test_versions_and_playtests_keep_exactly_what_they_had(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    scenario = create_scenario(project, ScenarioBase(name="S"), [RoleBase(character_id=mara.id)])
    entity = Entity("character", mara.id)
    type_into(project, mara.id, 5)
    name_version(project, entity, "Before the rewrite")
    type_into(project, mara.id, 5, "second")
    start_playtest(project, scenario.id, PlaySettings())
    type_into(project, mara.id, 5, "third")
    kept = (MomentKind.VERSION, MomentKind.PLAYTEST)
    before = [moment for moment in list_moments(project, entity) if moment.kind in kept]
    assert thin_ledger(project, Limits(n_steps=1), MUCH_LATER) > 0
    after = [moment for moment in list_moments(project, entity) if moment.kind in kept]
    assert after == before
    assert [moment.rows["character"][mara.id]["voice"] for moment in after] == ["second " * 5, "word " * 5]


def test_a_ledger_that_is_too_large_forgets_its_oldest_steps(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    for number in range(40):
        update_character(project, mara.id, description=str(number) * 500)
    limit = ledger_bytes(project) // 2
    thin_ledger(project, Limits(n_steps=5, max_bytes=limit), LATER)
    assert ledger_bytes(project) <= limit
    moments = list_moments(project, Entity("character", mara.id))
    assert moments[-1].kind == MomentKind.FIRST
    while project.undo():
        pass
    assert get_character(project, mara.id) is not None
