"""Rescue of damaged projects: whatever happens to the file, what can be read is read, and the file stays as it is."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.demo import make_demo_project
from core.errors import UserError
from core.library.characters import create_character, list_characters
from core.library.playtests import list_playtests, list_turns
from core.library.scenarios import create_scenario, list_roles, list_scenarios
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Damaged, Project, find_damage
from core.safekeeping.rescue import Rescued, rescue, rescued_path
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase
from tests.examples import n_examples

N_CHARACTERS, N_TURNS = 60, 300
PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of about a hundred pages, closed, so that all is in one file."""
    path = tmp_path_factory.mktemp("whole") / "whole.tableread"
    project = Project(path)
    people = [
        create_character(project, CharacterBase(name=f"C{n}", description=f"They are {n}. " * (n * 8), tags=["t"]))
        for n in range(N_CHARACTERS)
    ]
    roles = [RoleBase(name=person.name, character_id=person.id) for person in people[:3]]
    scenario = create_scenario(project, ScenarioBase(name="Inquest", setting="A boathouse."), roles)
    playtest = start_playtest(project, scenario.id, PlaySettings())
    with project.append() as session:
        parent = None
        for number in range(1, N_TURNS + 1):
            turn = Turn(
                playtest_id=playtest.id,
                parent_id=parent,
                number=number,
                speaker_id="user",
                speaker="You",
                kind=SpeakerKind.USER,
                origin=Origin.HUMAN,
                text=f"Line {number}. " * 20,
            )
            session.add(turn)
            session.flush()
            parent = turn.id
        session.merge(playtest).head_id = parent
    project.close()
    return path


def rescue_or_fault(path: Path, target: Path) -> Rescued | UserError:
    try:
        return rescue(path, target)
    except UserError as error:
        return error


def check_rescue(path: Path, content: bytes) -> dict[str, int]:
    """Damages a file, rescues it, and checks what must always hold; returns what was saved."""
    path.write_bytes(content)
    target = rescued_path(path)
    rescued = rescue_or_fault(path, target)
    assert path.read_bytes() == content
    if isinstance(rescued, UserError):
        assert "Nothing can be read" in rescued.message
        assert not target.exists()
        return {}
    assert "Rescued:" in rescued.sentence()
    project = Project(target)
    for character in list_characters(project):
        assert character.name.startswith("C")
        number = int(character.name[1:])
        assert (
            character.description in ("", f"They are {number}. " * (number * 8)) or "They are" in character.description
        )
    for scenario in list_scenarios(project):
        list_roles(project, scenario.id)
    for playtest in list_playtests(project):
        list_turns(project, playtest.id)
    create_character(project, CharacterBase(name="New"))
    project.undo()
    project.close()
    checked = sqlite3.connect(target)
    assert checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert checked.execute("PRAGMA foreign_key_check").fetchall() == []
    checked.close()
    target.unlink()
    return rescued.saved


def test_a_whole_project_is_rescued_whole(whole: Path, tmp_path: Path) -> None:
    saved = check_rescue(tmp_path / "p.tableread", whole.read_bytes())
    assert (saved["character"], saved["turn"], saved["scenario"], saved["role"]) == (N_CHARACTERS, N_TURNS, 1, 3)


def test_a_wrong_header_loses_nothing(whole: Path, tmp_path: Path) -> None:
    saved = check_rescue(tmp_path / "p.tableread", b"\x00" * 100 + whole.read_bytes()[100:])
    assert (saved["character"], saved["turn"]) == (N_CHARACTERS, N_TURNS)


def test_a_lost_schema_loses_little(whole: Path, tmp_path: Path) -> None:
    saved = check_rescue(tmp_path / "p.tableread", b"\xff" * PAGE + whole.read_bytes()[PAGE:])
    assert (saved["character"], saved["turn"], saved["role"]) == (N_CHARACTERS, N_TURNS, 3)


def test_half_a_file_gives_what_is_in_that_half(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    saved = check_rescue(tmp_path / "p.tableread", content[: len(content) // 2])
    assert saved["character"] + saved["turn"] > N_CHARACTERS


def test_a_page_of_garbage_costs_what_was_on_it(whole: Path, tmp_path: Path) -> None:
    content = bytearray(whole.read_bytes())
    found = content.find(b"userYouuserLine 150.") // PAGE * PAGE
    content[found : found + PAGE] = bytes(range(256)) * (PAGE // 256)
    path = tmp_path / "p.tableread"
    path.write_bytes(content)
    assert find_damage(path)
    with pytest.raises(Damaged):
        Project(path)
    rescued = rescue(path)
    assert N_TURNS - 20 < rescued.saved["turn"] < N_TURNS
    assert rescued.lost["turn"] == N_TURNS - rescued.saved["turn"]
    assert rescued.has_history
    assert "Lost:" in rescued.sentence()
    assert str(rescued.lost["turn"]) in rescued.sentence()
    assert rescued.path.name == "p rescued.tableread"


def test_what_was_in_the_log_only_is_rescued_too(tmp_path: Path) -> None:
    project = Project(tmp_path / "live.tableread")
    for number in range(20):
        create_character(project, CharacterBase(name=f"C{number}"))
    for suffix in ("", "-wal"):
        content = (tmp_path / f"live.tableread{suffix}").read_bytes()
        (tmp_path / f"p.tableread{suffix}").write_bytes(content)
    project.close()
    assert rescue(tmp_path / "p.tableread").saved["character"] == 20
    damaged = tmp_path / "p.tableread"
    damaged.write_bytes(b"\xff" * len(damaged.read_bytes()))
    assert rescue(damaged, tmp_path / "again.tableread").saved["character"] == 20


def test_what_is_no_project_is_said(tmp_path: Path) -> None:
    path = tmp_path / "p.tableread"
    path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(UserError, match="Nothing can be read"):
        rescue(path)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["p.tableread"]


def test_the_demo_is_rescued_whole_without_its_first_page(tmp_path: Path) -> None:
    make_demo_project(tmp_path / "demo.tableread")
    content = (tmp_path / "demo.tableread").read_bytes()
    before = rescue(tmp_path / "demo.tableread").saved
    (tmp_path / "demo.tableread").write_bytes(b"\xff" * PAGE + content[PAGE:])
    after = rescue(tmp_path / "demo.tableread").saved
    assert after == before


DAMAGE = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.floats(0, 1), st.just(b"")),
        st.tuples(st.just("zero pages"), st.floats(0, 1), st.integers(1, 8).map(lambda n: bytes(PAGE * n))),
        st.tuples(st.just("garbage"), st.floats(0, 1), st.binary(min_size=1, max_size=200)),
        st.tuples(st.just("insert"), st.floats(0, 1), st.binary(min_size=1, max_size=20)),
        st.tuples(st.just("header"), st.just(0.0), st.binary(min_size=16, max_size=100)),
    ),
    min_size=1,
    max_size=4,
)


def damage(content: bytes, harms: list[tuple[str, float, bytes]]) -> bytes:
    for kind, place, what in harms:
        at = int(place * len(content))
        if kind == "cut":
            content = content[:at]
        elif kind == "zero pages":
            start = at // PAGE * PAGE
            content = content[:start] + what + content[start + len(what) :]
        elif kind == "insert":
            content = content[:at] + what + content[at:]
        else:
            content = content[:at] + what + content[at + len(what) :]
    return content


@settings(max_examples=n_examples(8, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DAMAGE)
def test_whatever_happens_to_a_file_it_is_rescued_or_said_to_be_gone(tmp_path_factory, whole: Path, harms) -> None:
    check_rescue(tmp_path_factory.mktemp("fuzz") / "p.tableread", damage(whole.read_bytes(), harms))
