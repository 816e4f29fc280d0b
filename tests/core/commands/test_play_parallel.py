"""Several playtests at once: none is lost or mixed up, Ctrl-C keeps what was committed, plain play stays as it is."""

import json
import signal
import sqlite3
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli import main
from core.commands.play_parallel import seeds_from, sequences_for
from core.playtest.scores.live_measures import LIVE_METRICS
from core.playtest.scores.scoring import WEIGHTS_METRICS
from core.playtest.settings import MAX_SEED
from tests.core.commands.cli_process import lines_of, start


def play(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["play", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def committed(project: str) -> list[tuple[int, str, str, dict]]:
    """Seed, text, playtest and record of each turn, in the order of committing."""
    database = sqlite3.connect(project)
    rows = database.execute(
        "SELECT playtest.settings, turn.text, playtest.id, turn.record FROM turn "
        "JOIN playtest ON playtest.id = turn.playtest_id ORDER BY turn.id"
    ).fetchall()
    database.close()
    return [(json.loads(settings)["seed"], text, name, json.loads(record)) for settings, text, name, record in rows]


def test_two_at_once_and_plain_play_beside_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = ("--seed", 7, "--max-tokens", 30, "--json")
    *before, end = lines_of(play(capsys, *same, "--turns", 2))
    assert {record["engine"]["layout"] for *_, record in committed(end["project"]) if record} == {"apart"}

    lines = lines_of(play(capsys, *same, "--turns", 3, "--parallel", 2, "--out", tmp_path / "out"))
    summary = lines[-1]
    turns = [line for line in lines if line["event"] == "turn"]
    ends = [line for line in lines if line["event"] == "end"]
    for number, seed in ((1, 7), (2, 8)):
        own = [turn for turn in turns if turn["playtest"] == number]
        assert [(turn["turn"], turn["seed"]) for turn in own] == [(1, seed), (2, seed), (3, seed)]
        if seed == 7:
            assert [turn["speaker"] for turn in own[:2]] == [turn["speaker"] for turn in before]
        assert all(
            set(turn["scores"]) == {*WEIGHTS_METRICS, *LIVE_METRICS} and turn["scores"]["grounding"] is not None
            for turn in own
        )
        assert {"event": "end", "playtest": number, "seed": seed, "reason": "turns", "turns": 3} in ends
        files = {path.name for path in (tmp_path / "out" / str(number)).iterdir()}
        assert {"transcript.md", "transcript.txt", "charts", "report.html", "scenario.trpack"} <= files
        transcript = (tmp_path / "out" / str(number) / "transcript.txt").read_text()
        assert all(turn["text"].split("\n")[0][:20] in transcript for turn in own)
    kept = committed(summary["project"])
    assert sorted((seed, text) for seed, text, *_ in kept) == sorted((turn["seed"], turn["text"]) for turn in turns)
    assert {record["engine"]["layout"] for *_, record in kept if record} == {"batched"}
    assert (summary["playtests"], summary["turns"], len(ends)) == (2, 6, 2)
    assert summary["tokens"] == sum(record.get("n_written_tokens", 0) for *_, record in kept) > 0

    *after, end = lines_of(play(capsys, *same, "--turns", 2))
    assert [turn["text"] for turn in after] == [turn["text"] for turn in before]
    assert {record["engine"]["layout"] for *_, record in committed(end["project"]) if record} == {"apart"}


def test_ctrl_c_stops_all_and_keeps_what_was_committed(home: dict[str, str]) -> None:
    process = start(home, "play", "--parallel", 2, "--turns", 100, "--max-tokens", 30, "--json")
    lines: list[dict] = []
    while {line["playtest"] for line in lines if line["turn"] > 1} != {1, 2}:
        lines.append(json.loads(process.stdout.readline()))
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    *lines, summary = lines + lines_of(out)
    assert (process.returncode, err) == (0, "")
    assert [line["reason"] for line in lines if line["event"] == "end"] == ["stopped"] * 2
    printed = [(line["seed"], line["text"]) for line in lines if line["event"] == "turn"]
    assert sorted(printed) == sorted((seed, text) for seed, text, *_ in committed(summary["project"]))
    assert 4 <= summary["turns"] == len(printed) < 200
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


def test_the_table_shows_each_playtest(capsys: pytest.CaptureFixture[str]) -> None:
    out = play(capsys, "--parallel", 2, "--turns", 2, "--seed", MAX_SEED, "--max-tokens", 12)
    for seed in (MAX_SEED, 1):
        lines = [line for line in out.splitlines() if str(seed) in line and "turns" in line]
        assert any(name in line for line in lines for name in ("Mara Voss", "Ilse Ruud", "Theo Dane"))
    assert "2 playtests, 4 turns" in out


def test_wrong_usage_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", str(tmp_path / "a.tableread"), "--resume", "--parallel", "2"]) == 2
    assert "leave out --parallel" in " ".join(capsys.readouterr().err.split())
    assert main(["play", "--parallel", "0"]) == 2
    assert main(["play", str(tmp_path / "a.trpack"), "--parallel", "2"]) == 1


@given(seed=st.integers(1, MAX_SEED), n_playtests=st.integers(1, 64), n_cast=st.integers(1, 20))
def test_seeds_follow_each_other_and_sequences_are_bounded(seed: int, n_playtests: int, n_cast: int) -> None:
    seeds = seeds_from(seed, n_playtests)
    assert len(set(seeds)) == len(seeds) == n_playtests
    assert seeds[0] == seed
    assert all(1 <= one <= MAX_SEED for one in seeds)
    assert all(after in (before + 1, 1) for before, after in pairwise(seeds))
    assert 2 <= sequences_for(n_playtests, n_cast) <= 64
