"""`tableread interview` on a scene that was just played, with the house weights."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from core.cli import main
from core.library.interviews import list_interviews
from core.library.playtests import list_playtests, list_turns
from core.project import Project

KEYS = {
    "judge",
    "badge",
    "graded_itself",
    "id",
    "playtest",
    "turn",
    "character",
    "questionnaire",
    "mode",
    "scales",
    "axes",
    "fit",
    "answers",
    "sentence",
    "record",
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, demo_template: Path) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    path = folder / "demo.tableread"
    path.write_bytes(demo_template.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TABLEREAD_HOME", str(folder / "home"))
        assert main(["play", str(path), "--turns", "2", "--seed", "3", "--max-tokens", "12", "--json"]) == 0
    return path


def ask(played: Path, *more: str) -> int:
    return main(["interview", str(played), "--character", "Mara", "--questionnaire", "self-regard", *more])


def test_an_interview_is_printed_and_kept(played: Path, capsys: pytest.CaptureFixture[str]):
    assert ask(played, "--over-scene", "--json") == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())  # the branch has two turns: 10 and 20 are left out
    assert set(row) == KEYS
    assert (row["judge"], row["badge"], row["graded_itself"]) == (None, None, None)  # digits need no judge
    assert (row["character"], row["turn"], row["mode"]) == ("Mara Voss", 0, "digits")
    assert len(row["answers"]) == 8
    assert 8 <= row["scales"]["self_regard"]["value"] <= 40
    with closing(Project(played)) as project:
        playtest = list_playtests(project)[0]
        assert row["id"] in {one.id for one in list_interviews(project, playtest.id)}
        assert len(list_turns(project, playtest.id)) == 2


def test_in_words_for_people(played: Path, capsys: pytest.CaptureFixture[str]):
    assert ask(played, "--turn", "1", "--two-stages") == 0
    shown = capsys.readouterr().out
    assert "What are you proud of?" in shown
    assert "Mara Voss, after turn 1: Self-regard, 8 items, whole" in shown
    assert "describe what the weights write" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--turn", "9"], "There is no turn 9."),
        (["--mode", "aloud"], "There is no mode “aloud”."),
        (["--questionnaire", "unease"], "is off"),
        (["--questionnaire", "mmpi"], "no questionnaire"),
        (["--playtest", "Nothing"], "There is no playtest"),
    ],
)
def test_faults_are_sentences(played: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str):
    assert ask(played, *more) == 1
    assert said in capsys.readouterr().err


def test_nobody_of_this_name(played: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["interview", str(played), "--character", "Hamlet"]) == 1
    assert "Nobody is called “Hamlet”" in capsys.readouterr().err


def test_weights_against_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "people.jsonl"
    rows = [
        {"question": "Tea or coffee?", "options": ["tea", "coffee"], "human": [0.9, 0.1], "group": "sailors"},
        {"question": "Sea or land?", "options": ["sea", "land", "neither"], "human": [6, 3, 1]},
    ]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["simbench", str(file), "--json"]) == 0
    first, second, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert sum(second["weights"]) == pytest.approx(1)
    assert end["score"] == pytest.approx((first["score"] + second["score"]) / 2)
    file.write_text("{}", encoding="utf-8")
    assert main(["simbench", str(file)]) == 1
    assert "Line 1 of people.jsonl" in capsys.readouterr().err


def test_what_was_played_is_weighed(played: Path, capsys: pytest.CaptureFixture[str]):
    names = ["--metrics", "identification,trust-game,second-order", "--character", "Mara"]
    assert main(["weigh", str(played), *names, "--json"]) == 0
    rows = list(map(json.loads, capsys.readouterr().out.splitlines()))
    found = [(row["metric"], row["turn"]) for row in rows]
    assert found[-2:] == [("trust-game", None), ("second-order", None)]
    assert sorted(found[:-2]) == [("identification", 1), ("identification", 2)]
    assert all((row["value"] is None) != (row["reason"] is None) for row in rows)
    assert main(["weigh", str(played), "--metrics", "trust-game"]) == 2
    assert main(["weigh", str(played), "--metrics", "voice"]) == 2
