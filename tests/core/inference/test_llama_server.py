"""The engine over a real llama-server with the house weights, where the variable LLAMA_SERVER names one."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator

import httpx2
import pytest

from core.app_settings import Server
from core.errors import UserError
from core.inference.request import (
    CountTokens,
    Diverge,
    Diverged,
    Finish,
    Generate,
    Generated,
    Message,
    Render,
    Rendered,
    Sampling,
    Score,
    Scored,
    TokenCounts,
    WeightsSettings,
)
from core.inference.servers.kinds import ServerKind
from core.inference.servers.remote import RemoteEngine
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker

PROGRAM = os.environ.get("LLAMA_SERVER", "")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="LLAMA_SERVER does not name a llama-server")

KEY = "only-here"
CHAT = (
    Message("system", "You are Mila. You keep the lamp of Gull Rock."),
    Message("user", "Vera: Where is the key, Mila?"),
)
BARE = (Message("system", "You are Mila."), CHAT[1])


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PROGRAM, "-m", str(house_weights()), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "-t", "1", "-np", "2", "--api-key", KEY], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    root = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(root, process)
        yield f"{root}/v1"
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(root: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx2.get(f"{root}/health", trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.1)
    pytest.fail("llama-server does not start")


@pytest.fixture(autouse=True)
def no_process_left() -> None:
    """The server outlives a test."""


@pytest.fixture
def engine(base_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteEngine]:
    monkeypatch.setenv("TABLEREAD_KEY_REAL", KEY)
    engine = RemoteEngine(Server(name="real", base_url=base_url))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def local() -> Iterator[Worker]:
    worker = Worker(WeightsSettings(house_weights(), n_threads=2))
    yield worker
    worker.close()


def generate(engine: RemoteEngine, shown: list[str] | None = None, **fields: object) -> Generated:
    on_text = shown.append if shown is not None else None
    answer = engine.submit(Generate("mila", CHAT, **fields), on_text).result(timeout=60)
    assert isinstance(answer, Generated)
    return answer


def test_it_says_what_it_runs(engine: RemoteEngine) -> None:
    info = engine.info
    assert engine.profile.kind is ServerKind.LLAMA_SERVER
    assert info.name == house_weights().stem
    assert (info.n_vocab, info.n_sequences) == (4096, 2)
    assert info.n_ctx > 0
    assert engine.profile.n_ctx_is_known


def test_the_key_is_asked_for(base_url: str) -> None:
    engine = RemoteEngine(Server(name="no key", base_url=base_url))
    with pytest.raises(UserError, match="wants a key"):
        engine.submit(Generate("mila", CHAT)).result(timeout=20)
    engine.close()


def test_an_answer_streams_with_its_opening_and_its_tokens_write_it(engine: RemoteEngine) -> None:
    shown: list[str] = []
    answer = generate(engine, shown, opening="<think>", max_tokens=40, sampling=Sampling(seed=5))
    assert answer.text == "".join(shown)
    assert answer.text.startswith("<think>")
    assert len(shown) > 3
    again = generate(engine, opening="<think>", max_tokens=40, sampling=Sampling(seed=5))
    assert again.usage.n_reused_tokens > 0
    counts = engine.submit(CountTokens((answer.text,))).result(timeout=20)
    assert counts == TokenCounts((len(answer.token_ids),))


def test_the_chat_api_gives_the_same_words(engine: RemoteEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of any other server that is only known to speak the OpenAI API."""
    sampling = Sampling(temperature=0, repeat_penalty=1.0)
    ours = generate(engine, max_tokens=24, sampling=sampling)
    monkeypatch.setattr("core.inference.servers.probe._OWNERS", {})
    other = RemoteEngine(Server(name="real", base_url=engine._server.base_url))
    assert other.profile.kind is ServerKind.OTHER
    theirs = generate(other, max_tokens=24, sampling=sampling)
    other.close()
    assert theirs.text.strip() == ours.text.strip()
    assert theirs.usage.n_prompt_tokens == ours.usage.n_prompt_tokens


def test_scores_are_those_of_writing_and_of_the_weights_on_this_machine(engine: RemoteEngine, local: Worker) -> None:
    answer = generate(engine, max_tokens=24, sampling=Sampling(seed=6))
    assert len(answer.logprobs) == len(answer.token_ids) > 3
    scored = engine.submit(Score("mila", CHAT, answer.token_ids)).result(timeout=60)
    here = local.submit(Score("mila", CHAT, answer.token_ids)).result(timeout=60)
    assert isinstance(scored, Scored)
    assert isinstance(here, Scored)
    assert "".join(scored.tokens) == answer.text
    assert scored.logprobs == pytest.approx(answer.logprobs, abs=0.02)
    assert scored.logprobs == pytest.approx(here.logprobs, abs=0.02)


def test_two_views_lie_as_far_apart_as_on_this_machine(engine: RemoteEngine, local: Worker) -> None:
    request = Diverge("mila", CHAT, "mila/bare", BARE, "The lamp")
    there = engine.submit(request, background=True).result(timeout=60)
    here = local.submit(request).result(timeout=60)
    assert isinstance(there, Diverged)
    assert isinstance(here, Diverged)
    assert there.kl == pytest.approx(here.kl, abs=0.01)
    assert there.js == pytest.approx(here.js, abs=0.01)


def test_a_chat_is_written_as_on_this_machine(engine: RemoteEngine, local: Worker) -> None:
    request = Render(CHAT, "<think>")
    there, here = engine.submit(request).result(timeout=20), local.submit(request).result(timeout=60)
    assert isinstance(there, Rendered)
    assert there == here


def test_a_grammar_is_kept_to(engine: RemoteEngine) -> None:
    assert generate(engine, grammar='root ::= "yes" | "no"').text in {"yes", "no"}


def test_a_schema_is_kept_to(engine: RemoteEngine) -> None:
    schema = '{"type": "object", "properties": {"ok": {"enum": [true]}}, "required": ["ok"]}'
    assert json.loads(generate(engine, grammar=schema).text) == {"ok": True}


def test_a_cancel_takes_effect_within_a_chunk(engine: RemoteEngine) -> None:
    pieces: list[float] = []
    never = tuple((token, float("-inf")) for token in range(8))
    request = Generate("mila", CHAT, max_tokens=1500, sampling=Sampling(seed=3, logit_bias=never))
    future = engine.submit(request, lambda _text: pieces.append(time.monotonic()))
    deadline = time.monotonic() + 20
    while len(pieces) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    cancelled_at = time.monotonic()
    future.cancel()
    answer = future.result(timeout=5)
    assert isinstance(answer, Generated)
    assert answer.finish is Finish.CANCELLED
    assert answer.text
    assert pieces[-1] < cancelled_at + 0.2
