"""`tableread weights` as scripts use it: real weights, exit status, JSON lines, a hub on this machine."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.app_settings import load_settings
from core.cli import main
from core.inference.weights.catalog import house_weights
from tests.core.commands.cli_process import ROOT, lines_of, run
from tests.core.inference.hub_server import HubServer, Mischief
from tests.random_weights import random_weights
from tests.sparse_weights import LLAMA_8B, Head, write_head

Run = Callable[..., str]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, as a user without other tools; returns what it prints, faults included."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "user"))

    def call(*arguments: object, status: int = 0) -> str:
        assert main(["weights", *map(str, arguments)]) == status
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return printed.out if status == 0 else printed.err

    return call


@pytest.fixture
def hub() -> Iterator[HubServer]:
    server = HubServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_here_is_listed_with_what_was_learnt(call: Run, tmp_path: Path) -> None:
    write_head(tmp_path / "user" / ".lmstudio" / "models" / "someone" / "some-GGUF" / "some.gguf", LLAMA_8B)
    write_head(tmp_path / "mine" / "cut.gguf", LLAMA_8B, cut_bytes=1000)
    write_head(tmp_path / "mine" / "mmproj.gguf", Head(architecture="clip", tokenizer=False, n_layers=1))
    out = call("scan", tmp_path / "mine", "--remember", "--json")
    reports = {report["folder"]: report for report in lines_of(out)}
    assert reports[str(tmp_path / "mine")]["n_other"] == 1
    assert "cut off" in reports[str(tmp_path / "mine")]["broken"][0]["fault"]

    found = {row["name"]: row for row in lines_of(call("list", "--json"))}
    house, other = sorted(found, reverse=True)
    assert house.startswith("Tableread house v")
    assert other == "Llama 3 8B Instruct"
    assert found["Llama 3 8B Instruct"]["tool"] == "LM Studio"
    assert found["Llama 3 8B Instruct"]["quantisation"] == "Q4_K_M"
    assert len(lines_of(call("list", "--all", "--json"))) == 4

    checked = lines_of(call("check", "--json"))[0]
    assert {"name", "passed", "sought", "evidence"} == set(checked["probes"][0])
    measured = lines_of(call("bench", "--json"))[0]
    assert set(measured["write_tokens_per_s"]) == {"1", "4", "8"}
    shown = lines_of(call("show", "--json"))[0]
    assert shown["path"] == str(house_weights())
    assert shown["speed"]["read_tokens_per_s"] == measured["read_tokens_per_s"]
    assert len(shown["role_check"]["probes"]) == len(checked["probes"])
    assert shown["fit"]["basis"] != "estimate"
    table = call("list")
    assert f"/{len(checked['probes'])}" in table


def test_fit_says_the_numbers(call: Run, tmp_path: Path) -> None:
    path = write_head(tmp_path / "some.gguf", LLAMA_8B)
    few = lines_of(call("fit", path, "--context", 4096, "--sequences", 2, "--json"))[0]
    many = lines_of(call("fit", path, "--context", 8192, "--sequences", 64, "--json"))[0]
    assert few["kv_bytes"] == 2 * 32 * 2048 * 4096 * 2
    assert many["kv_bytes"] == 64 * few["kv_bytes"]
    assert (many["n_ctx"], many["n_sequences"], many["basis"]) == (8192, 64, "estimate")
    assert many["needed_bytes"] == many["weights_bytes"] + many["kv_bytes"] + many["compute_bytes"]
    out = call("fit", path, "--context", 8192, "--sequences", 64)
    assert "64 sequences of 8,192 tokens" in out


def test_a_download_and_what_can_go_wrong(
    call: Run, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = random_weights().read_bytes()
    hub.files["someone/some-GGUF/some.gguf"] = content
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    (listed,) = lines_of(call("download", "someone/some-GGUF", "--json"))
    assert (listed["source"], listed["size_bytes"]) == ("someone/some-GGUF/some.gguf", len(content))
    hub.mischief = Mischief(break_after=[len(content) // 2])
    got = lines_of(call("download", listed["source"], "--to", tmp_path / "to", "--json"))[0]
    assert Path(got["path"]).read_bytes() == content
    assert got["verified"]
    err = call("download", "someone/some-GGUF/other.gguf", status=1)
    assert "There is no other.gguf" in err
    hub.files["someone/some-GGUF/more.gguf"] = content
    hub.mischief = Mischief(break_after=[len(content) // 2, *[0] * 9])
    monkeypatch.setattr("core.inference.weights.download.FIRST_PAUSE_S", 0.01)
    assert "broke off" in call("download", "someone/some-GGUF/more.gguf", "--to", tmp_path / "to", status=1)
    (removed,) = lines_of(call("download", "--clean", "--to", tmp_path / "to", "--json"))
    assert removed["size_bytes"] == len(content) // 2
    assert call("download", "--clean", "--to", tmp_path / "to", "--json") == ""
    call("download", status=2)
    err = call("download", "nonsense", status=1)
    assert "names no file" in err


def test_recommended_is_data(call: Run) -> None:
    rows = lines_of(call("recommended", "--json"))
    assert {row["memory_gb"] for row in rows} == {4, 8, 16, 24, 48}
    assert all(row["file"].endswith(".gguf") and row["repo"].count("/") == 1 and row["licence"] for row in rows)
    assert all(row["about_bytes"] < row["memory_gb"] * 1e9 for row in rows)
    raw = json.loads((ROOT / "assets" / "weights" / "recommended.json").read_text())
    assert rows == raw


def test_faults_and_wrong_usage(call: Run, tmp_path: Path) -> None:
    err = call("show", tmp_path / "nothing.gguf", status=1)
    assert "cannot be read" in err
    err = call("bench", tmp_path / "nothing.gguf", status=1)
    assert "cannot be read" in err
    call("fit", "--sequences", "1", status=2)
    call("fit", "--context", "10000001", status=2)
    assert "is not there" in call("scan", tmp_path / "nowhere", "--remember", status=1)
    assert "is no folder" in call("scan", house_weights(), status=1)
    assert load_settings().weights_folders == []
    call("nonsense", status=2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
@pytest.mark.parametrize("command", ["show", "fit", "bench"])
def test_a_pipe_is_no_weights(call: Run, tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    assert "is not a file" in call(command, tmp_path / "pipe.gguf", status=1)


def test_as_a_process(home: dict[str, str]) -> None:
    out, _ = run(home, "weights", "show", "--json")
    assert lines_of(out)[0]["name"].startswith("Tableread house")
