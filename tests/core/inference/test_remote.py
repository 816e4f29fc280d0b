"""The engine over a server: against a real one on this machine that does everything wrong that servers do."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import pytest

from core.app_settings import Server
from core.errors import UserError
from core.inference.request import (
    CountTokens,
    Diverge,
    Finish,
    Generate,
    Generated,
    Message,
    Render,
    Sampling,
    Score,
    TokenCounts,
)
from core.inference.servers import http_client
from core.inference.servers.api_keys import key_variable
from core.inference.servers.http_client import Timeouts
from core.inference.servers.kinds import ServerKind, kind_of, sampling_used
from core.inference.servers.remote import RemoteEngine
from core.inference.unsupported import Unsupported
from tests.core.inference.chat_server import Answering, ChatServer, InTurn, chat_server, delta

CHAT = (Message("system", "You are Mila."), Message("user", "Vera: Who is there?"))
VLLM = {"object": "list", "data": [{"id": "big", "owned_by": "vllm", "max_model_len": 2048}]}
PATIENT = Timeouts(connect_s=20, first_token_s=20, between_tokens_s=20)
NO_PAUSES = Timeouts(connect_s=20, first_token_s=20, between_tokens_s=0.3)

MakeEngine = Callable[..., RemoteEngine]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "FIRST_DELAY_S", 0.01)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        running.on_chat(lambda to: to.say("Only", " the", " wind."))
        yield running


@pytest.fixture
def make_engine(server: ChatServer) -> Iterator[MakeEngine]:
    before = set(threading.enumerate())
    engines: list[RemoteEngine] = []

    def make(timeouts: Timeouts = PATIENT, **fields: object) -> RemoteEngine:
        chosen = Server.model_validate({"name": "here", "base_url": server.url} | fields)
        engines.append(RemoteEngine(chosen, timeouts))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()
    left = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("server")]
    for thread in left:
        thread.join(timeout=60)
    assert not [thread.name for thread in left if thread.is_alive()]


def ask(engine: RemoteEngine, shown: list[str] | None = None, **fields: object) -> Generated:
    on_text = shown.append if shown is not None else None
    answer = engine.submit(Generate("mila", CHAT, **fields), on_text).result(timeout=60)
    assert isinstance(answer, Generated)
    return answer


def as_vllm(server: ChatServer) -> None:
    server.paths["/v1/models"] = lambda to: to.send_json(VLLM)


def test_an_answer_streams_and_says_what_it_cost(make_engine: MakeEngine, server: ChatServer) -> None:
    shown: list[str] = []
    answer = ask(make_engine(), shown, max_tokens=7, sampling=Sampling(temperature=0.5, seed=4))
    assert answer.text == "".join(shown) == "Only the wind."
    assert answer.finish is Finish.END
    assert (answer.usage.n_prompt_tokens, answer.usage.n_written_tokens) == (12, 3)
    assert answer.token_ids == ()
    body = server.chats[0].body
    assert (body["model"], body["max_tokens"], body["temperature"], body["seed"]) == ("small", 7, 0.5, 4)
    assert body["messages"] == [{"role": each.role, "content": each.content} for each in CHAT]
    assert "top_k" not in body, "this server does not know it"


def test_a_stop_text_ends_the_answer_across_pieces(make_engine: MakeEngine, server: ChatServer) -> None:
    server.on_chat(lambda to: to.say("Only the", " wind.\nVe", "ra: No!", " More"))
    shown: list[str] = []
    answer = ask(make_engine(), shown, stop=("\nVera:",))
    assert answer.text == "".join(shown) == "Only the wind."
    assert answer.finish is Finish.STOP


def test_what_the_api_cannot_express_is_refused_not_left_out(make_engine: MakeEngine) -> None:
    engine = make_engine()
    for sampling in (Sampling(mirostat=2), Sampling(dry_multiplier=0.8), Sampling(logit_bias=((3, 1.0),))):
        with pytest.raises(Unsupported, match="cannot draw tokens by"):
            ask(engine, sampling=sampling)
    with pytest.raises(Unsupported, match="grammar"):
        ask(engine, grammar='root ::= "a"')
    with pytest.raises(Unsupported, match="begin an answer"):
        ask(engine, opening="<think>")


@pytest.mark.parametrize(
    "request_",
    [CountTokens(("a",)), Render(CHAT), Score("mila", CHAT, "Only"), Diverge("mila", CHAT, "ref", CHAT, "Only")],
)
def test_what_a_server_cannot_do_is_said(make_engine: MakeEngine, request_: object) -> None:
    with pytest.raises(Unsupported, match="This server cannot"):
        make_engine().submit(request_).result(timeout=60)  # type: ignore[arg-type]


def test_the_record_holds_only_how_tokens_were_really_drawn(make_engine: MakeEngine) -> None:
    info = make_engine().info
    assert kind_of(info) is ServerKind.OTHER
    assert set(sampling_used(info, Sampling())) == {
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "seed",
    }


def test_vllm_goes_on_with_an_opening_and_counts(make_engine: MakeEngine, server: ChatServer) -> None:
    as_vllm(server)
    server.on_chat(lambda to: to.say("wind?", "</think>", "Who?"))
    server.paths["/tokenize"] = lambda to: to.send_json({"count": 3})
    engine = make_engine()
    assert engine.info.n_ctx == 2048
    shown: list[str] = []
    assert ask(engine, shown, opening="<think>").text == "".join(shown) == "<think>wind?</think>Who?"
    body = server.chats[0].body
    assert body["messages"][-1] == {"role": "assistant", "content": "<think>"}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)
    assert (body["top_k"], body["repetition_penalty"]) == (40, 1.1)
    assert engine.submit(CountTokens(("a b", "c"))).result(timeout=60) == TokenCounts((3, 3))


def test_a_thought_that_comes_apart_is_put_in_front(make_engine: MakeEngine, server: ChatServer) -> None:
    def think(to: Answering) -> None:
        to.begin_stream()
        for fields in ({"role": "assistant", "content": ""}, {"reasoning_content": "The "}, {"reasoning": "wind?"}):
            to.send_event(delta(**fields))
        to.send_event(delta(content="Nobody."))
        to.send_event({"choices": [{"delta": {}, "finish_reason": "length"}]})
        to.send_event("[DONE]")
        to.end_stream()

    server.on_chat(think)
    answer = ask(make_engine())
    assert answer.text == "<think>The wind?</think>Nobody."
    assert answer.finish is Finish.LENGTH


def test_tokens_and_logprobs_are_kept_where_they_are_told(make_engine: MakeEngine, server: ChatServer) -> None:
    as_vllm(server)

    def tell(to: Answering) -> None:
        to.begin_stream()
        for token, word in ((5, "Only"), (6, " wind."), (2, "")):
            logprobs = {"content": [{"token": word, "logprob": -token / 10}]}
            choice = delta(content=word)["choices"][0] | {"token_ids": [token], "logprobs": logprobs}
            to.send_event({"choices": [choice]})
        to.send_event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        to.send_event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}})
        to.send_event("[DONE]")
        to.end_stream()

    server.on_chat(tell)
    answer = ask(make_engine())
    assert answer.token_ids == (5, 6)
    assert answer.logprobs == (-0.5, -0.6)


def test_too_many_requests_then_an_answer(make_engine: MakeEngine, server: ChatServer) -> None:
    busy = lambda to: to.send_json({"error": {"message": "slow down"}}, 429, {"Retry-After": "0.2"})  # noqa: E731
    server.on_chat(InTurn([busy, busy, lambda to: to.say("Here.")]))
    began = time.monotonic()
    assert ask(make_engine()).text == "Here."
    assert time.monotonic() - began >= 0.4
    assert len(server.chats) == 3


def test_a_server_that_asks_for_an_hour_is_given_up_at_once(make_engine: MakeEngine, server: ChatServer) -> None:
    server.on_chat(lambda to: to.send_json({"error": "quota"}, 429, {"Retry-After": "3600"}))
    with pytest.raises(UserError, match=r"too much to do.*quota.*wait 3600 seconds"):
        ask(make_engine())
    assert len(server.chats) == 1


def test_a_server_that_fails_is_asked_again_and_then_given_up(make_engine: MakeEngine, server: ChatServer) -> None:
    server.on_chat(lambda to: to.send_bytes(b"<html>\x1b[31mBad gateway</html>", 502))
    with pytest.raises(UserError, match=r"failed \(502\)"):
        ask(make_engine())
    assert len(server.chats) == http_client.MAX_TRIES


def test_a_request_that_is_refused_is_not_sent_again(make_engine: MakeEngine, server: ChatServer) -> None:
    server.on_chat(lambda to: to.send_json({"error": {"message": "context is full\nreally"}}, 400))
    with pytest.raises(UserError, match=r"refused the request \(400\).*context is full really\."):
        ask(make_engine())
    assert len(server.chats) == 1


def test_a_stream_that_breaks_off_before_words_is_asked_for_again(make_engine: MakeEngine, server: ChatServer) -> None:
    def break_off(to: Answering) -> None:
        to.begin_stream()
        to.send_event(delta(role="assistant", content=""))
        to.close_connection = True

    server.on_chat(InTurn([break_off, lambda to: to.say("Here", ".")]))
    shown: list[str] = []
    assert ask(make_engine(), shown).text == "".join(shown) == "Here."


@pytest.mark.parametrize("ends_cleanly", [True, False])
def test_a_stream_that_breaks_off_among_words_is_a_fault(
    make_engine: MakeEngine, server: ChatServer, ends_cleanly: bool
) -> None:
    def break_off(to: Answering) -> None:
        to.begin_stream()
        to.send_event(delta(content="Only"))
        if ends_cleanly:
            to.end_stream()
        to.close_connection = True

    server.on_chat(break_off)
    shown: list[str] = []
    with pytest.raises(UserError, match="broke off in the middle of an answer"):
        ask(make_engine(), shown)
    assert shown == ["Only"]
    assert len(server.chats) == 1, "words that were shown are not sent for again"


def test_a_slow_first_token_is_awaited_and_a_pause_among_words_is_not(
    make_engine: MakeEngine, server: ChatServer
) -> None:
    def say_slowly(pause_s: float) -> Callable[[Answering], None]:
        def say(to: Answering) -> None:
            to.begin_stream()
            to.send_event(delta(role="assistant", content=""))
            time.sleep(0.4)
            to.send_event(delta(content="Only"))
            time.sleep(pause_s)
            to.send_event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            to.send_event("[DONE]")
            to.end_stream()

        return say

    engine = make_engine(NO_PAUSES)
    server.on_chat(say_slowly(0.0))
    assert ask(engine).usage.first_token_s >= 0.4
    server.on_chat(say_slowly(0.8))
    with pytest.raises(UserError, match=r"sent nothing for 0\.3 seconds"):
        ask(engine)


def test_a_cancel_ends_an_answer_at_once_and_tells_the_server(make_engine: MakeEngine, server: ChatServer) -> None:
    begun = threading.Event()

    def go_on(to: Answering) -> None:
        to.begin_stream()
        for _ in range(500):
            to.send_event(delta(content="on "))
            begun.set()
            time.sleep(0.02)

    server.on_chat(go_on)
    future = make_engine().submit(Generate("mila", CHAT))
    assert begun.wait(60)
    time.sleep(0.05)
    cancelled_at = time.monotonic()
    future.cancel()
    answer = future.result(timeout=60)
    assert time.monotonic() - cancelled_at < 4
    assert isinstance(answer, Generated)
    assert answer.finish is Finish.CANCELLED
    assert answer.text.startswith("on on")
    assert server.broken_off.wait(60), "the server could stop writing"


@pytest.mark.parametrize("silent", ["before its head", "before its words", "between two tries"])
def test_a_cancel_ends_every_wait(make_engine: MakeEngine, server: ChatServer, silent: str) -> None:
    asked, done = threading.Event(), threading.Event()

    def answer(to: Answering) -> None:
        if silent == "between two tries":
            to.send_json({}, 503, {"Retry-After": "50"})
        elif silent == "before its words":
            to.begin_stream()
        asked.set()
        if silent != "between two tries":
            done.wait(60)
        to.close_connection = True

    server.on_chat(answer)
    future = make_engine(Timeouts()).submit(Generate("mila", CHAT))
    assert asked.wait(60)
    time.sleep(0.05)
    cancelled_at = time.monotonic()
    future.cancel()
    result = future.result(timeout=60)
    assert time.monotonic() - cancelled_at < 4
    assert isinstance(result, Generated)
    assert result.finish is Finish.CANCELLED
    done.set()


def test_close_cancels_what_is_pending(make_engine: MakeEngine, server: ChatServer) -> None:
    waiting, done = threading.Event(), threading.Event()

    def hang(to: Answering) -> None:
        waiting.set()
        done.wait(60)
        to.close_connection = True

    as_vllm(server)
    server.on_chat(hang)
    server.paths["/tokenize"] = hang
    engine = make_engine(Timeouts())
    writing, counting = engine.submit(Generate("mila", CHAT)), engine.submit(CountTokens(("a",)))
    assert waiting.wait(60)
    engine.close()
    answer = writing.result(timeout=1)
    assert isinstance(answer, Generated)
    assert answer.finish is Finish.CANCELLED
    with pytest.raises(CancelledError):
        counting.result(timeout=1)
    with pytest.raises(UserError, match="closed"):
        engine.submit(Render(CHAT))
    done.set()


def test_close_ends_the_first_question_to_a_server_that_is_silent(make_engine: MakeEngine, server: ChatServer) -> None:
    done = threading.Event()
    server.paths["/v1/models"] = lambda to: done.wait(60) and None
    engine = make_engine(Timeouts())
    answers: list[object] = []

    def ask_info() -> None:
        try:
            answers.append(engine.info)
        except UserError as error:
            answers.append(error.message)

    asking = threading.Thread(target=ask_info)
    asking.start()
    future = engine.submit(Generate("mila", CHAT))
    time.sleep(0.1)
    began = time.monotonic()
    engine.close()
    asking.join()
    assert time.monotonic() - began < 10
    assert answers == ["This server was closed."]
    answer = future.result(timeout=1)
    assert isinstance(answer, Generated)
    assert answer.finish is Finish.CANCELLED
    done.set()


@pytest.mark.parametrize(
    "data",
    [b"data: {not json\n\n", b'data: ["a"]\n\n', b"data: " + b"[" * 100_000 + b"\n\n"],
    ids=["broken", "a list", "nested"],
)
def test_garbage_is_one_sentence(make_engine: MakeEngine, server: ChatServer, data: bytes) -> None:
    def send(to: Answering) -> None:
        to.begin_stream()
        to.send_piece(data)
        to.end_stream()

    server.on_chat(send)
    with pytest.raises(UserError, match="is not the OpenAI API"):
        ask(make_engine())


def test_events_of_odd_shapes_add_nothing(make_engine: MakeEngine, server: ChatServer) -> None:
    def send(to: Answering) -> None:
        to.begin_stream()
        for event in (
            {},
            {"choices": 5, "usage": []},
            {"choices": [None]},
            {"choices": [{"delta": [], "logprobs": {"content": 3}, "token_ids": ["x"]}]},
            {"choices": [{"delta": {"content": ["x"], "reasoning": 1}}], "usage": {"prompt_tokens": -1}},
        ):
            to.send_event(event)
        to.send_event(delta(content="Here."))
        to.send_event("[DONE]")
        to.end_stream()

    server.on_chat(send)
    assert ask(make_engine()).text == "Here."


def test_a_fault_within_a_stream_is_said(make_engine: MakeEngine, server: ChatServer) -> None:
    def send(to: Answering) -> None:
        to.begin_stream()
        to.send_event({"error": {"message": "out of memory"}})
        to.end_stream()

    server.on_chat(send)
    with pytest.raises(UserError, match="failed: out of memory"):
        ask(make_engine())


def test_an_answer_without_end_is_cut(make_engine: MakeEngine, server: ChatServer) -> None:
    def flood(to: Answering) -> None:
        to.begin_stream()
        while True:
            to.send_event(delta(content="x" * 100))

    server.on_chat(flood)
    answer = ask(make_engine(), max_tokens=10)
    assert answer.finish is Finish.LENGTH
    assert len(answer.text) < 2000


def test_no_key_follows_a_redirect(
    make_engine: MakeEngine, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLEREAD_KEY_HERE", "secret-key")
    with chat_server() as elsewhere:
        target = elsewhere.url.replace("127.0.0.1", "localhost")
        server.on_chat(lambda to: to.send_bytes(b"", 307, {"Location": f"{target}/chat/completions"}))
        with pytest.raises(UserError, match="sends on to localhost"):
            ask(make_engine())
        assert elsewhere.asked == []
    assert server.chats[0].headers["Authorization"] == "Bearer secret-key"


def test_a_server_that_repeats_the_key_does_not_get_it_shown(
    make_engine: MakeEngine, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLEREAD_KEY_HERE", "secret-key")
    server.on_chat(lambda to: to.send_json({"error": {"message": "bad key secret-key"}}, 401))
    with pytest.raises(UserError, match=r"wants a key, or another one\. It says: bad key …") as caught:
        ask(make_engine())
    assert "secret-key" not in str(caught.value)


def test_a_fault_within_a_stream_does_not_show_the_key(
    make_engine: MakeEngine, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(to: Answering) -> None:
        to.begin_stream()
        to.send_event({"error": {"message": "bad key secret-key"}})
        to.end_stream()

    monkeypatch.setenv("TABLEREAD_KEY_HERE", "secret-key")
    server.on_chat(send)
    with pytest.raises(UserError, match="failed: bad key …") as caught:
        ask(make_engine())
    assert "secret-key" not in str(caught.value)


def test_a_key_does_not_cross_the_internet_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(name="Far away", base_url="http://example.org/v1")
    assert key_variable(server) == "TABLEREAD_KEY_FAR_AWAY"
    monkeypatch.setenv(key_variable(server), "secret-key")
    with pytest.raises(UserError, match="in the clear"):
        RemoteEngine(server)


def test_nobody_there_is_one_sentence() -> None:
    with chat_server() as server:
        url = server.url
    engine = RemoteEngine(Server(name="gone", base_url=url), PATIENT)
    with pytest.raises(UserError, match="does not answer"):
        engine.submit(Generate("mila", CHAT)).result(timeout=60)
    engine.close()


def test_a_model_that_is_not_there_is_named_with_those_that_are(make_engine: MakeEngine) -> None:
    with pytest.raises(UserError, match=r"no model “huge”. It has small, large"):
        _ = make_engine(model="huge").info


@pytest.mark.parametrize(
    ("paths", "kind", "n_ctx"),
    [
        (
            {"/api/version": {"version": "0.9"}, "/api/ps": {"models": [{"model": "small", "context_length": 8192}]}},
            ServerKind.OLLAMA,
            8192,
        ),
        ({"/api/v0/models": {"data": [{"id": "small", "loaded_context_length": 1024}]}}, ServerKind.LM_STUDIO, 1024),
        ({}, ServerKind.OTHER, 4096),
    ],
)
def test_servers_are_told_apart(
    make_engine: MakeEngine, server: ChatServer, paths: dict[str, object], kind: ServerKind, n_ctx: int
) -> None:
    for path, value in paths.items():
        server.paths[path] = lambda to, value=value: to.send_json(value)
    profile = make_engine().profile
    assert (profile.kind, profile.n_ctx, profile.n_ctx_is_known) == (kind, n_ctx, bool(paths))


def test_a_chat_cannot_spell_the_marks_that_chats_are_written_with(make_engine: MakeEngine, server: ChatServer) -> None:
    chat = (Message("system", "You are Mila.<|im_end|>"), Message("user", "[INST]Vera</s>"))
    make_engine().submit(Generate("mila", chat)).result(timeout=60)
    said = " ".join(message["content"] for message in server.chats[0].body["messages"])
    assert not any(mark in said for mark in ("<|im_end|>", "[INST]", "</s>"))


def test_who_listens_gets_the_own_fault_back(make_engine: MakeEngine) -> None:
    def fail(_text: str) -> None:
        raise ZeroDivisionError

    future = make_engine().submit(Generate("mila", CHAT), fail)
    with pytest.raises(ZeroDivisionError):
        future.result(timeout=60)
