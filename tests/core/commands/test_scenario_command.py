"""`tableread scenario check` on packs, documents and projects; and `play --from-beat --set`."""

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from core.cli import main
from core.interchange.packs import build_pack
from core.library.playtests import list_playtests, list_turns
from core.library.scenarios import create_scenario
from core.library.templates import add_template
from core.project import Project
from models.scenario import ScenarioBase

TEMPLATES = Path(__file__).parents[3] / "assets" / "templates"
KEYS = {"valid", "events", "reachable", "dead", "shortest_win", "wins", "loses", "states", "findings"}
V1 = {
    "world": {
        "variables": [
            {"name": "hp", "low": 0, "high": 3, "start": 2},
            {"name": "key", "kind": "flag", "start": False},
            {"name": "won", "kind": "flag", "start": False},
        ],
        "win": "won",
        "lose": "hp = 0",
    },
    "beats": [
        {"id": "find", "name": "find", "kind": "event", "condition": "key = 0", "effects": "key = 1"},
        {
            "id": "fight",
            "name": "fight",
            "kind": "event",
            "condition": "hp > 0",
            "effects": "hp - 0",
            "failure_effects": "hp - 1",
            "is_repeatable": True,
        },
        {"id": "open", "name": "open", "kind": "event", "condition": "key = 1", "effects": "won = yes"},
    ],
}


@pytest.fixture
def project_path(tmp_path: Path) -> Path:
    path = tmp_path / "scenes.tableread"
    with closing(Project(path)) as project:
        add_template(project, "interrogation")
        create_scenario(project, ScenarioBase(name="Empty"))
    return path


def check(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> dict:
    assert main(["scenario", "check", *map(str, arguments), "--json"]) == status
    out = capsys.readouterr().out
    return json.loads(out) if out else {}


def test_the_acceptance_games_as_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "v1.json"
    file.write_text(json.dumps(V1))
    report = check(capsys, file)
    assert set(report) == KEYS
    assert (report["valid"], report["events"], report["reachable"], report["shortest_win"]) == (True, 3, 3, 2)
    file.write_text(json.dumps(V1).replace('key = 1", "effects": "won', 'key = 2", "effects": "won'))
    report = check(capsys, file)
    assert (report["valid"], report["dead"], report["wins"], report["shortest_win"]) == (False, ["open"], 0, None)
    assert {finding["kind"] for finding in report["findings"]} == {"beat", "scenario"}


def test_a_project_a_pack_and_its_document_say_the_same(
    project_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of_project = check(capsys, project_path, "--scenario", "The third statement")
    assert of_project["valid"]
    assert not of_project["findings"]
    pack = tmp_path / "third.trpack"
    with closing(Project(project_path)) as project:
        build_pack(project, list_scenarios_named(project, "The third statement"), pack)
    assert check(capsys, pack) == of_project
    with zipfile.ZipFile(pack) as archive:
        member = next(name for name in archive.namelist() if name.startswith("scenario") and name.endswith(".json"))
        (tmp_path / "scenario.json").write_bytes(archive.read(member))
    of_document = check(capsys, tmp_path / "scenario.json")
    assert of_document == of_project
    assert not check(capsys, project_path, "--scenario", "Empty")["valid"]


def list_scenarios_named(project: Project, name: str) -> str:
    from core.library.scenarios import list_scenarios

    return next(scenario.id for scenario in list_scenarios(project) if scenario.name == name)


def test_people_read_sentences(project_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "check", str(project_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Valid")
    assert "7 of 7 beats" in out


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        '{"beats": {}}',
        '{"beats": [1]}',
        '{"beats": [{"name": "no id"}]}',
        '{"links": [{"id": "l", "from_id": "a", "to_id": "b"}]}',
        '{"world": {"variables": [{"name": "not a key"}]}}',
        '{"world": null}',
        '{"name": "no scenario"}',
        '{"scenario": []}',
        '{"roles": [{}]}',
        '{"roles": [{"id": "r", "name": 3}]}',
        '{"beats": [{"id": "a"}, {"id": "a"}]}',
        '{"beats": [{"id": "a", "x": 1e999}]}',
        "{",
        "",
    ],
)
def test_broken_documents_are_said_in_a_sentence(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)
    assert main(["scenario", "check", str(file)]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_missing_files_and_wrong_usage(project_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "check", str(tmp_path / "none.json")]) == 1
    assert main(["scenario", "check", str(tmp_path / "none.tableread")]) == 1
    assert main(["scenario", "check", str(project_path), "--scenario", "Nobody"]) == 1
    assert main(["scenario", "check"]) == 2
    assert main(["scenario", "check", str(project_path), "--limit-states", "0"]) == 2
    assert main(["play", str(project_path), "--set", "pressure"]) == 2
    assert main(["play", str(project_path), "--resume", "--from-beat", "The name"]) == 2
    assert main(["play", str(project_path), "--from-beat", "The gap"]) == 1
    assert "The missing hour" in capsys.readouterr().err
    assert main(["play", str(project_path), "--set", "nothing=3"]) == 1


def test_play_begins_where_it_is_told(project_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--from-beat", "the missing hour", "--set", "rapport=4", "--turns", "2", "--json", "--seed", "3"]
    assert main(["play", str(project_path), "--max-tokens", "8", *arguments]) == 0
    turns = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert turns[0]["speaker"] == "Narrator"
    assert turns[0]["text"].startswith("Between one and three")
    with closing(Project(project_path)) as project:
        playtest = list_playtests(project)[0]
        assert playtest.script["begin"]["changes"] == "rapport=4"
        assert list_turns(project, playtest.id)[1].record["world"]["beat"] == playtest.script["begin"]["beat_id"]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.json")), ids=lambda path: path.stem)
def test_templates_are_checked_and_exported(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "check", str(path), "--json"]) == 0
    assert main(["scenario", "export", str(path), "--out", str(tmp_path / "a.ink")]) == 0
    document = json.loads(path.read_text())
    text = (tmp_path / "a.ink").read_text()
    assert text.startswith(f"// {document['scenario']['name']}\n")
    assert json.loads(capsys.readouterr().out.split("\nWrote")[0]).keys() >= KEYS


def test_what_is_no_scenario_is_refused_by_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text('{"scenario": 5}')
    assert main(["scenario", "check", str(tmp_path / "a.json")]) == 1
    assert main(["scenario", "export", str(tmp_path / "a.json"), "--to", "ink"]) == 1
    assert capsys.readouterr().err.count("This is no scenario") == 2
