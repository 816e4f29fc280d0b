"""`tableread validate` on a small folder: what it reads, prints, leaves out and keeps."""

import json
import re
import signal
from pathlib import Path

import pytest

from core.cli import main
from core.commands.validate import Progress
from core.fidelity.trust import parse_table
from core.fidelity.validation.corruptions import CORRUPTIONS
from tests.core.fidelity.validation.small_talks import make_talk

KEYS = ["metric", "corruption", "auc", "low", "high", "n"]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two files with dialogues, one with seeds for personas, and one that is no business of ours."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, numbers in {"a.jsonl": range(5), "b.jsonl": range(5, 8)}.items():
        (folder / name).write_text("".join(_line(number) for number in numbers))
    (folder / "seeds.jsonl").write_text('{"persona": "I am nobody."}\n')
    (folder / "notes.txt").write_text("Not read.")
    return folder


def _line(number: int) -> str:
    talk = make_talk(number)
    turns = [{"speaker": line.speaker, "text": line.text} for line in talk.lines]
    return json.dumps({"id": talk.id, "personas": talk.about.personas, "turns": turns}) + "\n"


def validate(corpus: Path, *arguments: object) -> int:
    return main(["validate", "--corpus", str(corpus), *map(str, arguments)])


def test_rows_for_every_corruption(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(corpus, "--metrics", "echo,meaning.coherence", "--json") == 0
    printed = capsys.readouterr()
    rows = [json.loads(line) for line in printed.out.splitlines()]
    assert all(list(row) == KEYS for row in rows)
    echo = {row["corruption"]: row for row in rows if row["metric"] == "echo"}
    assert list(echo) == [corruption.name for corruption in CORRUPTIONS]
    assert {row["n"] for row in echo.values()} == {8}
    assert 0.95 <= echo["echo"]["auc"] <= 1
    assert echo["persona_swap"]["auc"] == 0.5
    assert "seeds.jsonl is left out: seeds.jsonl, line 1: this is not a conversation" in printed.err
    assert "8 of 8 dialogues are tried." in printed.err
    assert "notes.txt" not in printed.err


def test_the_same_seed_says_the_same(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for seed in (1, 1, 2):
        assert validate(corpus, "--metrics", "echo", "--n", 4, "--seed", seed, "--json") == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]


def test_people_get_a_table_and_the_app_a_file(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "trust.json"
    assert validate(corpus, "--metrics", "repetition", "--table", path) == 0
    out = capsys.readouterr().out
    assert out.startswith("metric ")
    assert "AUC: chance that" in out
    table = parse_table(json.loads(path.read_text()))
    assert "one who says the same again" in table["repetition"].sentence()


def test_metrics_that_cannot_be_tried_are_wrong_usage(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(corpus, "--metrics", "nonsense") == 2
    assert "nonsense" in capsys.readouterr().err


def test_a_folder_without_conversations_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(tmp_path / "nowhere") == 1
    assert "is no folder" in capsys.readouterr().err
    assert validate(tmp_path) == 1
    assert "No .jsonl or .jsonl.xz file" in capsys.readouterr().err
    (tmp_path / "short.jsonl").write_text(json.dumps({"turns": [{"speaker": "Ann", "text": "Hello."}]}) + "\n")
    assert validate(tmp_path) == 1
    assert "No two conversations of at least 10 turns" in capsys.readouterr().err


def test_interrupted_it_prints_what_it_knows(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Progress.step

    def step_or_interrupt(progress: Progress) -> None:
        step(progress)
        if progress.n_done == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "step", step_or_interrupt)
    assert validate(corpus, "--metrics", "echo", "--json") == 130
    printed = capsys.readouterr()
    assert "Cancelled after 3 of 8 dialogues" in printed.err
    assert {json.loads(line)["n"] for line in printed.out.splitlines()} == {3}


def test_how_long_it_takes_still_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(4, "without weights", _due_s=0)
    progress.step()
    assert re.fullmatch(r"1 of 4 dialogues tried without weights, about \d+ s left\.\n", capsys.readouterr().err)
    progress.step()
    assert capsys.readouterr().err == ""


def test_judged_metrics_need_a_judge_who_is_named(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(corpus, "--metrics", "moral") == 2
    assert "--judge" in capsys.readouterr().err


def test_metrics_without_a_value_are_named(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(corpus, "--metrics", "thought-leak,echo,meaning.think_act", "--n", 4, "--json") == 0
    printed = capsys.readouterr()
    assert {json.loads(line)["metric"] for line in printed.out.splitlines()} == {"echo"}
    assert "No dialogue had a value by: meaning.think_act, thought-leak." in printed.err.replace(
        "thought-leak, meaning.think_act", "meaning.think_act, thought-leak"
    )
