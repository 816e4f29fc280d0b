"""The commands as scripts use them: real processes, the house weights, exit status, JSON lines; killed for real."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
from typer.main import get_command

from core.cli import COMMANDS, app, main
from core.demo import make_demo_project
from core.fidelity.metrics import METRICS
from core.library.playtests import list_playtests, list_turns
from core.project import Project

ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who starts the app for the first time, in some other folder."""
    (tmp_path / "elsewhere").mkdir()
    return os.environ | {"TABLEREAD_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}


def start(home: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "core.cli", *map(str, arguments)],
        env=home,
        cwd=Path(home["TABLEREAD_HOME"]).parent / "elsewhere",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: dict[str, str], *arguments: object, status: int = 0) -> tuple[str, str]:
    process = start(home, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == status, (out, err)
    assert "Traceback" not in err
    return out, err


def lines_of(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_play_prints_turns_and_fills_the_folder(home: dict[str, str], tmp_path: Path) -> None:
    arguments = ("play", "--turns", 5, "--seed", 7, "--json")
    out, _ = run(home, *arguments, "--out", tmp_path / "out")
    *turns, end = lines_of(out)
    assert [turn["turn"] for turn in turns] == [1, 2, 3, 4, 5]
    assert all(set(turn) >= {"event", "turn", "speaker", "text", "thought", "scores"} for turn in turns)
    assert all(set(turn["scores"]) == set(METRICS) for turn in turns)
    assert all(isinstance(turn["scores"]["grounding"], float) for turn in turns)
    balance = end.pop("balance")
    assert sum(one["turns"] for one in balance["speakers"].values()) == 5
    assert set(balance) == {"gini", "entropy", "silences", "bleed_rate", "speakers"}
    project = str(tmp_path / "out" / "Demo.tableread")
    assert end == {"event": "end", "reason": "turns", "why": "", "project": project}
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {"Demo.tableread", "transcript.md", "transcript.txt", "report.html", "scenario.trpack"} <= files
    assert {f"charts/{name}.svg" for name in METRICS} <= files
    assert ElementTree.parse(tmp_path / "out" / "charts" / "grounding.svg").getroot().tag.endswith("svg")
    transcript = (tmp_path / "out" / "transcript.txt").read_text()
    assert all(turn["text"].split("\n")[0][:20] in transcript for turn in turns)

    again, _ = run(home, *arguments)
    assert [turn["text"] for turn in lines_of(again)[:-1]] == [turn["text"] for turn in turns]

    more, _ = run(home, "play", end["project"], "--turns", 2, "--resume", "--json")
    assert [turn["turn"] for turn in lines_of(more)[:-1]] == [6, 7]
    fresh, _ = run(home, "play", end["project"], "--turns", 1, "--json", "--scenario", "the second key")
    assert lines_of(fresh)[0]["turn"] == 1
    out, _ = run(home, "play", tmp_path / "out" / "scenario.trpack", "--turns", "1")
    assert "Theo Dane" in out

    _, err = run(home, *arguments, "--out", tmp_path / "out", status=1)
    assert "not an empty folder" in err


def test_a_pack_comes_back_byte_for_byte(home: dict[str, str], tmp_path: Path) -> None:
    run(home, "play", "--turns", 3, "--out", tmp_path / "out", "--json")
    project, first, second = tmp_path / "out" / "Demo.tableread", tmp_path / "a.trpack", tmp_path / "b.trpack"
    run(home, "pack", "build", project, first, "--playtests", "--licence", "CC0-1.0", "--author", "Ann")
    run(home, "pack", "import", first, tmp_path / "new.tableread")
    run(home, "pack", "build", tmp_path / "new.tableread", second)
    assert first.read_bytes() == second.read_bytes()
    shown = json.loads(run(home, "pack", "show", first, "--json")[0])
    assert (shown["licence"], shown["authors"]) == ("CC0-1.0", ["Ann"])
    assert "3 turns" in run(home, "pack", "show", first)[0]
    _, err = run(home, "pack", "build", project, first, status=1)
    assert "exists" in err


def test_score_prints_a_row_per_turn_and_a_row_per_speaker(home: dict[str, str], tmp_path: Path) -> None:
    chat = tmp_path / "chat.jsonl"
    turns = [{"speaker": "A", "text": "the cat sat on the mat the dog sat"}, {"speaker": "B", "text": "the cat?"}]
    chat.write_text(json.dumps({"turns": turns, "personas": {"A": ["I love cats."]}}) + "\n")
    rows = lines_of(run(home, "score", chat, "--json")[0])
    keys = {"file", "conversation", "turn", "speaker", "metric", "value", "reason"}
    assert all(set(row) == keys and (row["value"] is None) != (row["reason"] is None) for row in rows)
    values = {(row["turn"], row["speaker"], row["metric"]): row["value"] for row in rows}
    assert len(rows) == len(values) == 4 * len(METRICS)
    assert values[1, "A", "voice.mattr"] == pytest.approx(0.66667, abs=1e-4)
    assert values[None, "A", "voice.hdd"] == pytest.approx(0.66667, abs=1e-4)
    assert values[1, "A", "voice.yule_k"] == pytest.approx(987.6543, abs=1e-4)
    assert values[2, "B", "echo"] == pytest.approx(1 / 4)
    assert values[1, "A", "grounding"] is not None
    assert values[2, "B", "grounding"] is None
    only = lines_of(run(home, "score", chat, "--metrics", "echo,voice.z", "--json")[0])
    assert {row["metric"] for row in only} == {"echo", "voice.z"}


def test_cards_are_shown_and_converted(home: dict[str, str], tmp_path: Path) -> None:
    card = {
        "name": "Mara",
        "description": "A keeper.",
        "first_mes": "Hm.",
        "personality": "",
        "scenario": "",
        "mes_example": "",
    }
    (tmp_path / "v1.json").write_text(json.dumps(card))
    shown = json.loads(run(home, "card", "show", tmp_path / "v1.json", "--json")[0])
    assert (shown["spec"], shown["data"]["name"], shown["data"]["first_mes"]) == ("chara_card_v3", "Mara", "Hm.")
    run(home, "card", "convert", tmp_path / "v1.json", tmp_path / "card.png")
    assert json.loads(run(home, "card", "show", tmp_path / "card.png", "--json")[0])["data"] == shown["data"]
    assert "Mara" in run(home, "card", "show", tmp_path / "card.png")[0]


def test_nothing_in_the_current_folder_is_run(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "core").mkdir()
    for name in ("core/__init__.py", "jinja2.py", "numpy.py"):
        (tmp_path / "elsewhere" / name).write_text("import pathlib; pathlib.Path('run').touch()")
    assert len(lines_of(run(home, "play", "--turns", 2, "--json")[0])) == 3
    assert not (tmp_path / "elsewhere" / "run").exists()


def test_doctor_says_what_is_true(home: dict[str, str]) -> None:
    report = json.loads(run(home, "doctor", "--json")[0])
    assert {"python", "qt", "llama", "threads", "gpu", "safe_mode"} <= set(report)
    assert set(report["gpu"]) == {"built", "used", "why"}
    assert report["gpu"]["built"] or not report["gpu"]["used"]
    assert report["threads"] >= 1


def test_wrong_usage_is_2(home: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert set(get_command(app).commands) == COMMANDS
    run(home, "nothing", status=2)
    for line in ("", "play --turns 0", "score", "play --resume", "score x.jsonl --metrics charm", "pack", "card show"):
        assert main(line.split()) == 2, line
    for command in ("play", "score", "doctor", "pack build", "pack show", "pack import", "card show", "card convert"):
        assert main([*command.split(), "--help"]) == 0
        assert "Usage" in capsys.readouterr().out


COMMAND_FOR = {
    ".trpack": ["pack", "show"],
    ".tableread": ["play"],
    ".png": ["card", "show"],
    ".json": ["card", "show"],
    ".jsonl": ["score", "--metrics", "echo"],
    ".gguf": ["play", "--turns", "2", "--weights"],
}


@pytest.mark.parametrize("suffix", COMMAND_FOR)
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 3000, b"GGUF\x03\x00\x00\x00" + b"\xff" * 64], ids=["empty", "zeros", "gguf"]
)
def test_the_fault_of_a_file_is_a_sentence_and_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], suffix: str, content: bytes
) -> None:
    if not content and suffix == ".jsonl":
        pytest.skip("an empty file holds no conversation")
    monkeypatch.setenv("TABLEREAD_HOME", str(tmp_path / "home"))
    path = tmp_path / f"odd{suffix}"
    path.write_bytes(content)
    assert main([*COMMAND_FOR[suffix], str(path)]) == 1
    err = capsys.readouterr().err
    assert 10 < len(err) < 600
    assert "Traceback" not in err
    assert path.read_bytes() == content


@pytest.mark.parametrize("more", [(), ("--parallel", "2")])
def test_a_folder_that_cannot_be_made_is_said_before_play(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TABLEREAD_HOME", str(tmp_path / "home"))
    (tmp_path / "file").touch()
    project = tmp_path / "Demo.tableread"
    make_demo_project(project)
    for out in (tmp_path / "file" / "sub", *([Path("/proc/x")] if Path("/proc").is_dir() else [])):
        for source in ((), (str(project),)):
            assert main(["play", *source, "--turns", "1", "--json", "--out", str(out), *more]) == 1
            printed = capsys.readouterr()
            assert (printed.out, printed.err.count("\n")) == ("", 1)
            assert f"The folder {out} cannot be made" in printed.err


def test_a_control_vector_that_cannot_be_written_is_said_before_pairs_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TABLEREAD_HOME", str(tmp_path / "home"))
    (tmp_path / "file").touch()
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "pairs.json").write_text('[{"trait": "Aye.", "opposite": "Nay."}]')
    build = ["steer", "build", "--pairs", str(tmp_path / "pairs.json"), "--weights", "/nowhere.gguf", "--out"]
    for out, said in (("file/v.gguf", "file is not a folder."), ("folder.gguf", "folder.gguf is a folder.")):
        assert main([*build, str(tmp_path / out)]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "written", "said"),
    [
        ("--sampling", "min_p", "neither KEY=VALUE nor a file"),
        ("--sampling", "charm=1", "no sampling setting charm"),
        ("--sampling", "min_p=2", "min_p cannot be 2"),
        ("--cast-weights", "Mara Voss", "does not say who plays what"),
        ("--adapter", "Mara Voss", "does not say who plays what"),
        ("--adapter", "=v.gguf:1", "does not say who plays what"),
        ("--adapter", "Mara Voss=v.gguf:abc", "“abc” in “Mara Voss=v.gguf:abc” is no scale."),
        ("--adapter", "Mara Voss=v.gguf:nan", "is no scale"),
        ("--adapter", "Mara Voss=v.gguf:1:x", "“1:x” in"),
        ("--adapter", "Mara Voss=v.gguf:1e9", "Scales go from -10,000 to 10,000"),
        ("--adapter", "Mara Voss=v.gguf:1:3-2", "layers that cannot be"),
        ("--context", "10000001", "No context has 10,000,001 tokens."),
    ],
)
def test_options_that_mean_nothing_are_wrong_usage_and_nothing_is_made(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    written: str,
    said: str,
) -> None:
    monkeypatch.setenv("TABLEREAD_HOME", str(tmp_path / "home"))
    assert main(["play", "--turns", "1", "--out", str(tmp_path / "out"), option, written]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def _read_until(process: subprocess.Popen[str], n_turns: int) -> list[dict]:
    turns: list[dict] = []
    for line in process.stdout:
        turns.append(json.loads(line))
        if len(turns) == n_turns:
            break
    return turns


def test_killed_at_any_moment_it_goes_on_from_the_last_turn(home: dict[str, str], tmp_path: Path) -> None:
    process = start(home, "play", "--turns", 40, "--seed", 3, "--json", "--out", tmp_path / "out")
    turns = _read_until(process, 4)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    path = tmp_path / "out" / "Demo.tableread"
    project = Project(path)
    playtest = list_playtests(project)[0]
    kept = list_turns(project, playtest.id)
    project.close()
    assert [turn.text for turn in kept[:4]] == [turn["text"] for turn in turns]
    more = lines_of(run(home, "play", path, "--turns", 2, "--resume", "--json")[0])
    assert [turn["turn"] for turn in more[:-1]] == [len(kept) + 1, len(kept) + 2]
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGABRT])
def test_a_dead_worker_costs_nothing(home: dict[str, str], fault: signal.Signals) -> None:
    process = start(home, "play", "--turns", 12, "--seed", 3, "--json")
    turns = _read_until(process, 3)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) == 1
    os.kill(children[0].pid, fault)
    started = time.monotonic()
    out, err = process.communicate(timeout=120)
    *more, end = lines_of(out)
    assert process.returncode == 0, err
    assert [turn["turn"] for turn in turns + more] == list(range(1, 13))
    assert end["reason"] == "turns"
    assert time.monotonic() - started < 60
    remembered = json.loads(run(home, "doctor", "--json")[0])["safe_mode"]
    assert bool(remembered) == (fault == signal.SIGABRT)


def test_live_output_has_every_word(home: dict[str, str], tmp_path: Path) -> None:
    out, _ = run(home, "play", "--turns", 8, "--seed", 3, "--out", tmp_path / "out")
    project = Project(tmp_path / "out" / "Demo.tableread")
    turns = list_turns(project, list_playtests(project)[0].id)
    project.close()
    assert len(turns) == 8
    assert all(turn.text in out for turn in turns)
    assert all(f"(thinks) {turn.thought}" in out for turn in turns if turn.thought)
