"""The commands as scripts use them: the house weights, exit status, JSON lines.

What one process shows of all commands is shown once; the others are called in this one. `test_cli_process.py` has what
is killed for real.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.main import get_command

from core.cli import COMMANDS, app, main
from core.fidelity.catalogue import DEFAULT_CHARTS
from core.playtest.scores.live_measures import LIVE_METRICS
from core.playtest.scores.scoring import WEIGHTS_METRICS
from tests.core.commands.cli_process import first_home, lines_of, run

Call = Callable[..., str]
PLAY = ("play", "--turns", 5, "--seed", 7, "--json")
LIVE = {*WEIGHTS_METRICS, *LIVE_METRICS}


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command in this process, in a folder of its own; returns what it prints, or its faults."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*arguments: object, status: int = 0) -> str:
        assert main(list(map(str, arguments))) == status
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return printed.out if status == 0 else printed.err

    return call


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict]]:
    """The folder of a play in a process of its own, and the lines that it printed. Tests that change it copy it."""
    folder = tmp_path_factory.mktemp("played")
    out, _ = run(first_home(folder), *PLAY, "--out", folder / "out")
    return folder / "out", lines_of(out)


@pytest.fixture
def project(played: tuple[Path, list[dict]], tmp_path: Path) -> Path:
    """A copy of the played project."""
    return shutil.copy(played[0] / "Demo.tableread", tmp_path / "Demo.tableread")


def test_play_prints_turns_and_fills_the_folder(played: tuple[Path, list[dict]]) -> None:
    out, (*turns, end) = played
    assert [turn["turn"] for turn in turns] == [1, 2, 3, 4, 5]
    assert all(set(turn) >= {"event", "turn", "speaker", "text", "thought", "scores"} for turn in turns)
    assert all(set(turn["scores"]) == LIVE for turn in turns)
    assert all(isinstance(turn["scores"]["grounding"], float) for turn in turns)
    balance = end["balance"]
    assert sum(one["turns"] for one in balance["speakers"].values()) == 5
    assert set(balance) == {"gini", "entropy", "silences", "bleed_rate", "speakers"}
    rest = {key: value for key, value in end.items() if key != "balance"}
    assert rest == {"event": "end", "reason": "turns", "why": "", "project": str(out / "Demo.tableread")}
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"Demo.tableread", "transcript.md", "transcript.txt", "report.html", "scenario.trpack"} <= files
    assert {f"charts/{name}.svg" for name in DEFAULT_CHARTS} <= files
    assert ElementTree.parse(out / "charts" / "grounding.svg").getroot().tag.endswith("svg")
    transcript = (out / "transcript.txt").read_text()
    assert all(turn["text"].split("\n")[0][:20] in transcript for turn in turns)


def test_the_same_seed_says_the_same_words(played: tuple[Path, list[dict]], call: Call) -> None:
    again = lines_of(call(*PLAY))
    assert [turn["text"] for turn in again[:-1]] == [turn["text"] for turn in played[1][:-1]]


def test_a_play_goes_on_or_begins_anew(played: tuple[Path, list[dict]], project: Path, call: Call) -> None:
    more = lines_of(call("play", project, "--turns", 2, "--resume", "--json"))
    assert [turn["turn"] for turn in more[:-1]] == [6, 7]
    fresh = lines_of(call("play", project, "--turns", 1, "--json", "--scenario", "the second key"))
    assert fresh[0]["turn"] == 1
    assert "Theo Dane" in call("play", played[0] / "scenario.trpack", "--turns", "1")


def test_a_folder_that_holds_something_is_refused(played: tuple[Path, list[dict]], call: Call) -> None:
    assert "not an empty folder" in call(*PLAY, "--out", played[0], status=1)


def test_a_pack_comes_back_byte_for_byte(project: Path, call: Call, home: dict[str, str], tmp_path: Path) -> None:
    first, second = tmp_path / "a.trpack", tmp_path / "b.trpack"
    run(home, "pack", "build", project, first, "--playtests", "--licence", "CC0-1.0", "--author", "Ann")
    call("pack", "import", first, tmp_path / "new.tableread")
    call("pack", "build", tmp_path / "new.tableread", second)
    assert first.read_bytes() == second.read_bytes()
    shown = json.loads(call("pack", "show", first, "--json"))
    assert (shown["licence"], shown["authors"]) == ("CC0-1.0", ["Ann"])
    assert "5 turns" in call("pack", "show", first)
    _, err = run(home, "pack", "build", project, first, status=1)
    assert "exists" in err


def test_score_prints_a_row_per_turn_and_a_row_per_speaker(call: Call, tmp_path: Path) -> None:
    chat = tmp_path / "chat.jsonl"
    turns = [{"speaker": "A", "text": "the cat sat on the mat the dog sat"}, {"speaker": "B", "text": "the cat?"}]
    chat.write_text(json.dumps({"turns": turns, "personas": {"A": ["I love cats."]}}) + "\n")
    rows = lines_of(call("score", chat, "--json"))
    keys = {"file", "conversation", "turn", "speaker", "metric", "value", "reason"}
    assert all(set(row) == keys and (row["value"] is None) != (row["reason"] is None) for row in rows)
    values = {(row["turn"], row["speaker"], row["metric"]): row["value"] for row in rows}
    assert len(rows) == len(values)
    for turn, (speaker, _) in enumerate((each.values() for each in turns), 1):
        assert {row["metric"] for row in rows if row["turn"] == turn} >= LIVE
        assert {metric for of_turn, who, metric in values if of_turn is None and who == speaker} >= LIVE
    assert values[1, "A", "voice.mattr"] == pytest.approx(0.66667, abs=1e-4)
    assert values[None, "A", "voice.hdd"] == pytest.approx(0.66667, abs=1e-4)
    assert values[1, "A", "voice.yule_k"] == pytest.approx(987.6543, abs=1e-4)
    assert values[2, "B", "echo"] == pytest.approx(1 / 4)
    assert values[1, "A", "grounding"] is not None
    assert values[2, "B", "grounding"] is None
    only = lines_of(call("score", chat, "--metrics", "echo,voice.z", "--json"))
    assert {row["metric"] for row in only} == {"echo", "voice.z"}


def test_cards_are_shown_and_converted(call: Call, tmp_path: Path) -> None:
    card = {
        "name": "Mara",
        "description": "A keeper.",
        "first_mes": "Hm.",
        "personality": "",
        "scenario": "",
        "mes_example": "",
    }
    (tmp_path / "v1.json").write_text(json.dumps(card))
    shown = json.loads(call("card", "show", tmp_path / "v1.json", "--json"))
    assert (shown["spec"], shown["data"]["name"], shown["data"]["first_mes"]) == ("chara_card_v3", "Mara", "Hm.")
    call("card", "convert", tmp_path / "v1.json", tmp_path / "card.png")
    assert json.loads(call("card", "show", tmp_path / "card.png", "--json"))["data"] == shown["data"]
    assert "Mara" in call("card", "show", tmp_path / "card.png")


def test_doctor_says_what_is_true(call: Call) -> None:
    report = json.loads(call("doctor", "--json"))
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
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    demo_template: Path,
    more: tuple[str, ...],
) -> None:
    monkeypatch.setenv("TABLEREAD_HOME", str(tmp_path / "home"))
    (tmp_path / "file").touch()
    project = tmp_path / "Demo.tableread"
    shutil.copy(demo_template, project)
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
