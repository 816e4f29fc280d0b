"""`tableread score`: many files in many formats, as JSON or CSV, and on from where it was broken off."""

import csv
import io
import json
from pathlib import Path

import pytest

from core.cli import main
from core.commands.score import usual_metrics
from core.fidelity.catalogue import METRICS as CATALOGUE
from core.playtest.scores.scoring import WEIGHTS_METRICS as WEIGHED

METRICS = "echo,voice.mattr"
KEYS = {"file", "conversation", "turn", "speaker", "metric", "value", "reason"}


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """Five conversations of two turns."""
    path = tmp_path / "chat.jsonl"
    turns = [{"speaker": "A", "text": "the cat sat, she said,\non the mat"}, {"speaker": "B", "text": "the cat?"}]
    path.write_text("".join(json.dumps({"turns": turns}) + "\n" for _ in range(5)))
    return path


def score(*arguments: object) -> int:
    return main(["score", *map(str, arguments), "--metrics", METRICS])


@pytest.mark.parametrize(
    ("name", "content", "speakers"),
    [
        ("a.txt", "Ann: The lamp is out.\nBob: The lamp?\n", {"Ann", "Bob"}),
        (
            "b.json",
            json.dumps([{"conversations": [{"from": "human", "value": "Hello."}, {"from": "gpt", "value": "Hello?"}]}]),
            {"user", "assistant"},
        ),
        ("c.jsonl", json.dumps({"messages": [{"role": "user", "content": "Hello."}]}), {"user"}),
        ("d.jsonl", json.dumps({"name": "Mara", "mes": "Who is there?"}), {"Mara"}),
    ],
)
def test_chats_of_other_programs(
    name: str, content: str, speakers: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(content)
    assert score(tmp_path / name, "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["speaker"] for row in rows} == speakers
    assert all(set(row) == KEYS for row in rows)


def test_csv_has_the_same_rows_as_json(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(chat, "--json") == 0
    as_json = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert score(chat, "--csv") == 0
    as_csv = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(as_csv) == len(as_json) == 5 * 4 * 2
    for row, other in zip(as_json, as_csv, strict=True):
        assert {key: "" if value is None else str(value) for key, value in row.items()} == other


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_run_that_was_broken_off_at_any_byte_goes_on(suffix: str, chat: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / f"whole{suffix}", tmp_path / f"broken{suffix}"
    assert score(chat, "--output", whole) == 0
    data = whole.read_bytes()
    for length in [*range(60), *range(60, len(data), 97), len(data)]:
        broken.write_bytes(data[:length])
        assert score(chat, "--output", broken) == 0, length
        assert broken.read_bytes() == data, length


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_more_metrics_than_before_are_not_left_out(
    suffix: str, chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out{suffix}"
    assert main(["score", str(chat), "--metrics", "echo", "--output", str(out)]) == 0
    assert score(chat, "--output", out) == 1
    assert "has no scores by voice.mattr" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_odd_names_and_files_named_twice_are_done_once(suffix: str, chat: Path, tmp_path: Path) -> None:
    odd = chat.rename(tmp_path / "my  odd\nchat.jsonl")
    once, twice = tmp_path / f"once{suffix}", tmp_path / f"twice{suffix}"
    assert score(odd, "--output", once) == 0
    assert score(odd, odd, "--output", twice) == 0
    assert score(odd, "--output", twice) == 0
    assert once.read_bytes() == twice.read_bytes()


def test_each_file_that_cannot_be_read_is_named_and_formulas_are_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jsonl").write_text("{")
    (tmp_path / "b.jsonl").write_text("")
    (tmp_path / "c.txt").write_text("=cmd: Hello there.\nBob: Who is that?\n")
    assert score(*sorted(tmp_path.iterdir()), "--csv") == 1
    captured = capsys.readouterr()
    assert "a.jsonl, line 1" in captured.err
    assert "b.jsonl is empty" in captured.err
    assert "2 of 3 files could not be read whole" in captured.err
    assert ",'=cmd,echo," in captured.out
    assert score(tmp_path / "c.txt", "--output", tmp_path / "out.txt") == 2


def test_what_is_about_the_whole_conversation_has_no_speaker(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(chat), "--metrics", "balance", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["turn"], row["speaker"]) for row in rows} == {(None, "")}
    assert {row["metric"] for row in rows} == {"balance.gini", "balance.entropy"}


def test_what_is_done_is_not_done_again(chat: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert score(chat, "--output", out) == 0
    lines = out.read_text().splitlines()
    changed = [line.replace('"value": 1.0', '"value": 0.125') for line in lines[:8]] + lines[8:]
    assert changed != lines
    out.write_text("\n".join(changed) + "\n")
    assert score(chat, "--output", out) == 0
    assert out.read_text().splitlines() == changed


def test_a_file_that_is_something_else_is_left_alone(
    chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "letter.jsonl"
    other.write_text("Dear Ann,\n")
    assert score(chat, "--output", other) == 1
    assert "letter.jsonl holds something else" in capsys.readouterr().err
    assert other.read_text() == "Dear Ann,\n"
    out = tmp_path / "out.jsonl"
    assert score(chat, "--output", out) == 0
    assert main(["score", str(chat), "--metrics", "echo", "--output", str(out)]) == 1
    assert "has scores by voice.mattr as well" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_stops_no_other(
    chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.jsonl").write_text("{")
    assert score(tmp_path / "bad.jsonl", chat, "--json") == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 40
    assert "bad.jsonl" in captured.err
    assert score(chat, "--json", "--csv") == 2


@pytest.mark.parametrize(
    ("metric", "command"),
    [
        ("eval4sim", "eval4sim"),
        ("eval4sim.naturalness", "eval4sim"),
        ("simbench", "simbench"),
        ("trust-game", "weigh"),
        ("second-order", "weigh"),
        ("likeness", "judge"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_command_that_can(
    metric: str, command: str, chat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(chat), "--metrics", f"echo,{metric}"]) == 2
    assert f"tableread {command}" in capsys.readouterr().err


@pytest.mark.parametrize("metric", [name for name in CATALOGUE if name in usual_metrics() and name not in WEIGHED])
def test_every_metric_that_is_taken_gives_a_row(metric: str, chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(chat), "--metrics", metric, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows
    assert all(row["value"] is not None or row["reason"] for row in rows)


def test_a_set_of_chats_is_compared_with_people(chat: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval4sim", str(chat), str(chat), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["metric"] for row in rows] == [name for name in CATALOGUE if name.startswith("eval4sim")]
    assert all(row["reason"] and row["n_conversations"] == 10 for row in rows)
    assert main(["eval4sim", str(chat)]) == 0
    assert capsys.readouterr().out.count("It takes weights that judge") == 1
