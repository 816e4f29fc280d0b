"""`tableread judge` as scripts use it: a server that always says the same, and the house weights."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from core.cli import main
from core.library.judges import list_judges
from core.library.own_metrics import add_own_metric
from core.project import Project
from models.branch_score import BranchScore
from models.own_metric import OwnMetricBase, OwnMetricKind
from models.score import Score
from tests.core.inference.chat_server import ChatServer, chat_server
from tests.core.lab.judged_scene import play_scene

CHAT = {
    "turns": [{"speaker": "Mara", "text": "Theo, the lamp is out."}, {"speaker": "Theo", "text": "I sail, Mara."}],
    "personas": {"Mara": ["I keep the light."]},
}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        said = {"reason": "So it reads.", "answer": "Person A", "score": 4, "words": ["sail"], "why": "It does."}
        running.on_chat(lambda to: to.say(json.dumps(said)))
        yield running


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "chat.jsonl"
    path.write_text(json.dumps(CHAT) + "\n", encoding="utf-8")
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_server_that_always_says_the_first_is_examined(
    server: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["judge", "--licence", "--server", server.url, "--samples", "1", "--json"]) == 0
    (licence,) = lines(capsys)
    assert (licence["event"], licence["badge"], licence["top1"], licence["how"]) == ("licence", "red", 0.25, "samples")
    assert (licence["n"], licence["n_failed"], licence["brier"]) == (60, 0, pytest.approx(0.375))
    assert licence["judge"]["is_server"]


def test_chats_are_judged_with_masked_names(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the house weights, for real."""
    assert main(["judge", str(chat), "--metrics", "likeness.rnr", "--json"]) == 0
    *scores, end = lines(capsys)
    assert [(one["speaker"], one["metric"], one["badge"]) for one in scores] == [
        ("Mara", "likeness.rnr", None),
        ("Theo", "likeness.rnr", None),
    ]
    assert all(0 <= one["value"] <= 1 for one in scores)
    assert (end["scored"], end["not_scored"], end["judge"]["is_server"]) == (2, 0, False)


def test_people_are_told_who_judged(server: ChatServer, chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", str(chat), "--metrics", "likeness.rnr", "--server", server.url, "--samples", "1"]) == 0
    *_, last = capsys.readouterr().out.strip().split("Judged by")
    assert "not examined" in last


def test_a_playtest_is_judged_once_and_again_when_told_to(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.tableread"
    with closing(Project(path)) as project:
        play_scene(project, 2)
        rubric = OwnMetricBase(name="Salt", kind=OwnMetricKind.RUBRIC, body="It tastes of the sea.")
        add_own_metric(project, rubric)
    judged = ["judge", str(path), "--metrics", "Salt", "--server", server.url, "--samples", "1", "--json"]
    assert [main(judged), main(judged), main([*judged, "--again"])] == [0, 0, 0]
    first, second, third = lines(capsys)
    assert [(one["scored"], one["not_scored"]) for one in (first, second, third)] == [(2, 0), (0, 0), (2, 0)]
    with closing(Project(path)) as project, project.reading() as session:
        scores = list(session.exec(select(Score)))
        (judge,) = list_judges(project)
        assert not list(session.exec(select(BranchScore)))
    assert [(one.judge_id, one.evidence["graded_itself"]) for one in scores] == [(judge.id, False)] * 4
    assert not any("Mara" in json.dumps(chat.body) for chat in server.chats)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to judge"),
        (["--metrics", "nonsense", "x.jsonl"], "No judged metric is called “nonsense”"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", "nowhere.jsonl"]) == 1
    assert "does not exist" in capsys.readouterr().err
