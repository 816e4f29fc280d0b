"""What goes to a server and what comes back, without one."""

import json
import math
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.request import Finish, Generate, Message, Sampling
from core.inference.servers.answer_parts import Answer, Part
from core.inference.servers.chat_api import ChatReader, chat_body, chat_messages
from core.inference.servers.json_answers import as_logprob, as_tokens, whole
from core.inference.servers.kinds import OFF, TRAITS, ServerKind, unmet
from core.inference.servers.llama_server import completion_body, read_completion

CHAT = (Message("system", "You are Mila."), Message("user", "Vera: Who is there?"))
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(
    ("choices", "delta", "content", "reasoning", "logprobs", "token_ids", "tokens", "usage", "stop", "timings", "id")
)
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(JSON)
def test_any_event_is_read_or_refused(value: object) -> None:
    for read in (ChatReader().read, read_completion):
        try:
            part = read(json.dumps(value))
        except ValueError:
            continue
        assert isinstance(part, Part)
        assert len(part.logprobs) in {0, len(part.token_ids)}
        assert all(value <= 0 for value in part.logprobs)


@given(
    st.text() | st.just("So.\nVera: No."),
    st.integers(1, 6),
    st.sampled_from(["", "<think>"]),
    st.sampled_from([(), ("\nVera:",)]),
)
def test_what_is_shown_is_the_answer(text: str, size: int, opening: str, stop: tuple[str, ...]) -> None:
    answer = Answer(Generate("mila", CHAT, opening=opening, stop=stop, max_tokens=10_000))
    shown = ""
    for start in range(0, len(text), size):
        if answer.finish is None:
            shown += answer.add(Part(text=text[start : start + size]))
    shown += answer.end()
    for mark in stop:
        text = text.partition(mark)[0]
    assert answer.result(0.0).text == shown == opening + text


def test_tokens_are_told_only_when_all_are_known() -> None:
    request = Generate("mila", CHAT)

    def tokens_of(*parts: Part, opening: str = "", opening_ids: tuple[int, ...] = ()) -> tuple[int, ...]:
        answer = Answer(Generate("mila", CHAT, opening=opening, stop=request.stop), opening_ids)
        for part in parts:
            answer.add(part)
        answer.end()
        return answer.result(0.0).token_ids

    one, two, end = Part("Only", (5,), (-0.5,)), Part(" wind", (6,), (-0.6,)), Part("", (2,), (-0.1,))
    done = Part(finish=Finish.END, n_written_tokens=3)
    assert tokens_of(one, two, end, done) == (5, 6)
    assert tokens_of(one, two, end, Part(finish=Finish.END, n_written_tokens=4)) == (), "one was not told"
    assert tokens_of(one, Part(" wind")) == ()
    assert tokens_of(one, two, opening="<think>") == ()
    assert tokens_of(one, two, opening="<think>", opening_ids=(4,)) == (4, 5, 6)


@pytest.mark.parametrize("kind", ServerKind)
def test_a_body_holds_what_the_server_knows_and_nothing_else(kind: ServerKind) -> None:
    body = chat_body(Generate("mila", CHAT, stop=tuple("abcdef")), kind, "small")
    json.dumps(body, allow_nan=False)
    known = {"model", "messages", "stream", "stream_options", "max_tokens", "stop"}
    names = {name for field, name in TRAITS[kind].samplers.items() if field not in OFF}
    assert set(body) == known | names | set(TRAITS[kind].tells_tokens)
    assert len(body["stop"]) == 4


def test_llama_server_takes_every_way_of_drawing() -> None:
    assert set(TRAITS[ServerKind.LLAMA_SERVER].samplers) == {field.name for field in fields(Sampling)}
    sampling = Sampling(mirostat=2, dry_multiplier=0.5, logit_bias=((3, -math.inf), (4, 1.5)))
    body = completion_body(Generate("mila", CHAT, sampling=sampling), ["You are Mila.", 7])
    json.dumps(body, allow_nan=False)
    assert body["logit_bias"] == [[3, False], [4, 1.5]]
    assert (body["mirostat"], body["dry_multiplier"]) == (2, 0.5)
    assert unmet(ServerKind.LLAMA_SERVER, sampling) == ()
    assert unmet(ServerKind.OLLAMA, sampling) == ("dry_multiplier", "mirostat", "logit_bias")


def test_roles_alternate_as_templates_demand() -> None:
    chat = (*CHAT, Message("user", "Tor: It is I."))
    assert [message["role"] for message in chat_messages(chat, "<think>")] == ["system", "user", "assistant"]


@pytest.mark.parametrize("value", [None, True, -1, 2**70, "3", 1.5, [], {}])
def test_what_is_no_number_is_not_told(value: object) -> None:
    assert whole(value) == 0
    assert as_tokens([1, value]) == ()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (-1, -1.0),
        (0, 0.0),
        (1e-9, 0.0),
        (0.5, None),
        (math.nan, None),
        (-math.inf, None),
        (10**400, None),
        (-(10**400), None),
    ],
)
def test_log_probabilities_are_at_most_zero(value: float, told: float | None) -> None:
    assert as_logprob(value) == told


def test_llama_server_is_told_a_schema_as_one_and_a_grammar_as_one() -> None:
    chat = (Message("user", "Well?"),)
    assert completion_body(Generate("a", chat, grammar='{"type": "object"}'), ["x"])["json_schema"] == {
        "type": "object"
    }
    assert completion_body(Generate("a", chat, grammar='root ::= "a"'), ["x"])["grammar"] == 'root ::= "a"'
