"""`tableread population`: what it prints, keeps and adds."""

import json
from pathlib import Path

import pytest

from core.cli import main
from core.library.characters import list_characters
from core.project import Project


def test_people_are_added_with_exact_quotas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.tableread"
    words = "12 villagers, half over 60, one healer, mostly harmless"
    assert main(["population", str(path), words, "--seed", "3", "--json"]) == 0
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert "“mostly harmless”" in printed.err
    assert [line["person"] for line in lines if line["event"] == "accepted"] == list(range(1, 13))
    assert lines[-1]["event"] == "end"
    assert lines[-1]["not_understood"] == ["mostly harmless"]
    assert lines[0] == {"event": "not_understood", "words": "mostly harmless"}
    assert [(quota["word"], quota["wanted"], quota["there"]) for quota in lines[-1]["quotas"]] == [
        ("61-95", 6.0, 6),
        ("healer", 1.0, 1),
    ]
    project = Project(path)
    assert len(list_characters(project)) == 12
    assert project.undo() == "Add 12 villagers"
    project.close()


def test_the_same_seed_gives_the_same_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for name in ("a", "b"):
        assert main(["population", str(tmp_path / f"{name}.tableread"), "5 sailors", "--json"]) == 0
        printed.append(capsys.readouterr().out.splitlines()[:-1])
    assert printed[0] == printed[1]


@pytest.mark.parametrize("arguments", [[], ["5 sailors", "--resume"], ["--resume"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["population", str(tmp_path / "p.tableread"), *arguments]) == 2
    assert capsys.readouterr().err


def test_what_cannot_be_is_a_fault_of_the_world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["population", str(tmp_path / "p.tableread"), "3 villagers, 4 healers"]) == 1
    assert "4 for “healer” are more than all 3" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["3 villagers, 4 healers"], ["villagers"], ["3 people, 2 anxious, 2 unshakeable"], ["--resume"]],
)
def test_what_cannot_be_leaves_no_project_behind(tmp_path: Path, arguments: list[str]) -> None:
    assert main(["population", str(tmp_path / "p.tableread"), *arguments]) != 0
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_is_a_status_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_words: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.commands.population.read_population", interrupt)
    assert main(["population", str(tmp_path / "p.tableread"), "3 villagers"]) != 0
