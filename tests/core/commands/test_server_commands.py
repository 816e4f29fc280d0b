"""`tableread server` and `play --server`, as scripts use them, against a real server on this machine."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from core.app_settings import Server, load_settings
from core.cli import main
from core.commands.casting import choose_engine
from core.inference.engine_choice import parse_choice
from core.inference.request import WeightsSettings
from core.inference.servers.api_keys import find_key
from core.inference.weights.catalog import house_weights
from tests.core.inference.chat_server import ChatServer, chat_server


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        running.on_chat(lambda to: to.say("Only", " the", " wind."))
        yield running


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Runs commands as a user whose system has no keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    yield run
    keyring.set_keyring(before)


def test_a_server_is_added_listed_tried_and_removed(run: Run, server: ChatServer) -> None:
    added = run("server", "add", "Tower", server.url.removesuffix("/v1"), "--model", "large")
    assert (added.returncode, added.stderr) == (0, "")
    assert "TABLEREAD_KEY_TOWER" in added.stdout
    (row,) = map(json.loads, run("server", "list", "--json").stdout.splitlines())
    assert row == {
        "name": "Tower",
        "base_url": server.url,
        "model": "large",
        "n_ctx": 0,
        "has_key": False,
        "in_use": False,
    }
    tried = json.loads(run("server", "test", "tower", "--json").stdout)
    assert (tried["kind"], tried["model"], tried["models"]) == ("OpenAI API", "large", ["small", "large"])
    assert tried["said"] == "Only the wind."
    assert tried["can"]["grounding"] == {"can": False, "note": "not scored"}
    assert "4,096 tokens, assumed" in run("server", "test", "Tower").stdout
    assert run("server", "remove", "TOWER").returncode == 0
    gone = run("server", "test", "Tower")
    assert (gone.returncode, gone.stdout) == (1, "")
    assert "No server “Tower” is known here." in gone.stderr


def test_a_key_that_cannot_be_kept_is_not_written_anywhere(
    run: Run, server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run("server", "add", "Tower", server.url, "--key", stdin="secret-key\n")
    assert refused.returncode == 1
    assert "no keyring" in refused.stderr
    assert "TABLEREAD_KEY_TOWER" in refused.stderr
    run("server", "add", "Tower", server.url)
    monkeypatch.setenv("TABLEREAD_KEY_TOWER", "secret-key")
    tried = run("server", "test", "Tower", "--json")
    assert tried.returncode == 0
    assert server.chats[-1].headers["Authorization"] == "Bearer secret-key"
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secret-key" not in written
    assert "secret-key" not in tried.stdout + tried.stderr + refused.stderr


def test_a_key_goes_to_an_address_that_is_typed_and_not_to_one_that_plays_a_part(
    run: Run, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = re.sub(r"\W", "_", urlsplit(server.url).netloc)
    monkeypatch.setenv(f"TABLEREAD_KEY_{host}", "secret-key")
    assert run("server", "test", server.url).returncode == 0
    assert {chat.headers["Authorization"] for chat in server.chats} == {"Bearer secret-key"}
    typed = choose_engine(WeightsSettings(house_weights()), None, server.url, None)
    assert isinstance(typed, Server)
    assert find_key(typed) == "secret-key"
    part = parse_choice(server.url, load_settings())
    assert isinstance(part, Server)
    assert find_key(part) == ""


def test_a_scene_is_played_on_a_server_with_one_part_on_this_machine(
    run: Run, server: ChatServer, tmp_path: Path
) -> None:
    cast = f"Mara Voss={house_weights()}"
    asked = ("--server", server.url, "--server-model", "large", "--cast-weights", cast)
    played = run("play", *asked, "--policy", "round_robin", "--turns", "3", "--json", "--out", tmp_path / "out")
    assert (played.returncode, played.stderr) == (0, "")
    *turns, end = map(json.loads, played.stdout.splitlines())
    assert end["event"] == "end"
    texts = {turn["speaker"]: turn["text"] for turn in turns[1:]}
    assert texts.pop("Mara Voss") != "Only the wind."
    assert set(texts.values()) == {"Only the wind."}
    assert {chat.body["model"] for chat in server.chats} == {"large"}
    assert turns[-1]["scores"]["grounding"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--server", "cellar"), "No server “cellar” is known here."),
        (("--server", "localhost:9"), "localhost:9 does not answer."),
        (("--server-model", "large"), "A model was named without its server."),
        (("--server", "localhost:9", "--weights", "x.gguf"), "Either weights or a server can play, not both."),
        (("--cast-weights", "Nobody=x.gguf"), "Nobody is called “Nobody”"),
    ],
)
def test_what_cannot_play_is_said_in_a_sentence(
    run: Run, arguments: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    refused = run("play", *arguments, "--turns", "1", "--json", "--out", tmp_path / "out")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
