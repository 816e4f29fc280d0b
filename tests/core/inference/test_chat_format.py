"""From messages to prompts: shapes of templates, hostile templates, hostile messages, and the real templates."""

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference import sandbox
from core.inference.chat_format import ChatFormat, choose_format, control_pattern, defuse, merge
from core.inference.request import Message
from core.inference.sandbox import TemplateRefused, compile_template
from tests.core.inference.llama_cpp_source import llama_cpp_files

TEMPLATES = Path(__file__).parent / "templates"
SHAPES = sorted(path.stem for path in TEMPLATES.glob("*.jinja"))
VARIABLES = {"bos_token": "<s>", "eos_token": "</s>"}
CONTROL = re.compile(r"<[|｜][^<>\s]*[|｜]>|\[/?[A-Z_]+\]|</?\w+>")

MESSY = (
    Message("system", "SYSTEM one"),
    Message("assistant", "ANSWER one"),
    Message("user", "USER one"),
    Message("user", "USER two"),
    Message("system", "SYSTEM two"),
    Message("assistant", "ANSWER two"),
    Message("assistant", "ANSWER three"),
    Message("user", "USER three"),
)


def control_tokens(template: str) -> list[str]:
    thoughts = {"<think>", "</think>"}
    spelled = {f"<|{role}|>" for role in ("system", "user", "assistant")} | {"<s>", "</s>"}
    return sorted(({*CONTROL.findall(template)} | spelled) - thoughts)


def shape(name: str) -> ChatFormat:
    template = (TEMPLATES / f"{name}.jinja").read_text(encoding="utf-8")
    return choose_format(template, VARIABLES, control_tokens(template))


def check_all_arrives(chat_format: ChatFormat) -> None:
    text = chat_format.render(MESSY)
    spoken = [text.find(message.content) for message in MESSY if message.content != "SYSTEM one"]
    assert -1 not in spoken
    assert spoken == sorted(spoken)
    assert "SYSTEM one" in text


def check_no_injection(chat_format: ChatFormat, tokens: list[str]) -> None:
    evil = "".join(f"a{token}b" for token in tokens) + "".join(tokens)
    harmless = chat_format.render([Message("system", "S"), Message("user", "U"), Message("user", "V")])
    text = chat_format.render([Message("system", evil), Message("user", evil), Message("user", evil)])
    pattern = control_pattern(tokens)
    assert pattern
    assert len(pattern.findall(text)) == len(pattern.findall(harmless))


@pytest.mark.parametrize("name", SHAPES)
def test_all_messages_arrive_in_order(name: str) -> None:
    chat_format = shape(name)
    assert chat_format.description == "own"
    check_all_arrives(chat_format)


@pytest.mark.parametrize("name", SHAPES)
def test_contents_cannot_spell_control_tokens(name: str) -> None:
    check_no_injection(shape(name), control_tokens((TEMPLATES / f"{name}.jinja").read_text(encoding="utf-8")))


def test_a_template_without_system_role_gets_it_in_the_first_user_message() -> None:
    text = shape("strict").render([Message("system", "Be Mila."), Message("user", "Hello.")])
    assert text == "<s><turn>user\nBe Mila.\nHello.</turn>\n<turn>model\n"


def test_a_template_that_leaves_the_system_message_out_gets_it_in_the_first_user_message() -> None:
    text = shape("deaf").render([Message("system", "Be Mila."), Message("user", "Hello.")])
    assert text == "<|user|>Be Mila.\nHello.<|end|><|assistant|>"


def test_where_the_user_must_begin_a_user_message_is_put_first() -> None:
    text = shape("instructions").render([Message("system", "S"), Message("assistant", "A"), Message("user", "U")])
    assert text.startswith("<s>[INST] (The scene begins.) [/INST] A</s>")


def test_thoughts_are_switched_by_the_opening() -> None:
    chat = [Message("user", "Hello.")]
    optional, forced = shape("optional_thoughts"), shape("forced_thoughts")
    assert optional.render(chat).endswith("<think>\n\n</think>\n\n")
    assert optional.render(chat, "<think>").endswith("<|im_start|>assistant\n")
    assert forced.render(chat).endswith("<|assistant|><think>\n\n</think>\n\n")
    assert forced.render(chat, "<think>").endswith("<|assistant|>")


def test_an_answer_has_the_head_that_past_answers_have() -> None:
    assert shape("channels").render([Message("user", "Hi")]).endswith("<|start|>assistant<|channel|>final<|message|>")


def test_an_answer_ends_where_past_answers_end() -> None:
    assert "<|im_end|>" in shape("chatml").end_tokens
    assert shape("spelled_roles").stop == ("### Human:",)
    assert "</s>" in shape("instructions").end_tokens


def test_dates_in_prompts_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shape("dated").render([Message("user", "Hi")])
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert shape("dated").render([Message("user", "Hi")]) == before


messages = st.lists(
    st.builds(Message, st.sampled_from(["system", "user", "assistant"]), st.text(alphabet="ab<|>", max_size=5)),
    max_size=8,
)


@given(messages)
def test_merged_roles_alternate_and_no_text_is_lost(chat: list[Message]) -> None:
    merged = merge(chat)
    roles = [message.role for message in merged]
    assert all(one != other for one, other in pairwise(roles))
    assert "system" not in roles[1:]
    assert "\n".join(message.content for message in merged) == "\n".join(message.content for message in chat)
    assert merge(merged) == merged


@given(st.text(alphabet="<|>ab ", max_size=40))
def test_defused_text_spells_no_control_token(text: str) -> None:
    tokens = ["<|a|>", "<|", "|>", "<|a", "ab"]
    pattern = control_pattern(tokens)
    assert pattern
    safe = defuse(text, pattern)
    assert not pattern.search(safe)
    assert safe.replace(" ", "") == text.replace(" ", "")


def test_tokens_that_are_texts_stay_in_contents() -> None:
    assert "<think>hm</think>" in shape("chatml").render([Message("user", "<think>hm</think>")])


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("", "carry no chat template"),
        ("{{ messages[0].content", "it fails"),
        ("{{ raise_exception('never') }}", "never"),
        ("always the same", "leaves out messages"),
        ("{{ ''.__class__.__mro__ }}", "it fails"),
        ("{% for m in messages %}{{ m.content }}{% endfor %}{{ cycler.__init__.__globals__ }}", "it fails"),
    ],
)
def test_what_cannot_be_used_becomes_plain_with_the_reason(template: str, reason: str) -> None:
    chat_format = choose_format(template, VARIABLES, ["<s>"])
    assert chat_format.description.startswith("plain: ")
    assert reason in chat_format.description
    check_all_arrives(chat_format)
    assert "\n### Input:" in chat_format.stop


LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(999) %}" + "{% endfor %}" * 3
BOMBS = {
    "endless loop": LOOP,
    "huge range": "{% for a in range(10**9) %}{% endfor %}",
    "huge text": "{{ 'a' * 10**10 }}",
    "huge list": "{{ ([0] * 10**9) | length }}",
    "huge number": "{{ 9 ** 9 ** 9 }}",
    "endless text": "{% for a in range(99999) %}{{ 'text' * 9999 }}{% endfor %}",
    "joining": "{% set n = namespace(t='a') %}{% for a in range(60) %}{% set n.t = n.t ~ n.t %}{% endfor %}{{ n.t }}",
    "adding": "{% set n = namespace(t='aaaa') %}{% for a in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}{{ n.t }}",
    "squares": "{% set n = namespace(t=99) %}{% for a in range(99) %}{% set n.t = n.t * n.t %}{% endfor %}{{ n.t }}",
    "padding": "{{ 'a'.zfill(10**10) }}",
    "format": "{{ '%999999999999d' % 1 }}",
    "center": "{{ 'a' | center(10**10) }}",
    "recursion": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_bombs_are_refused_in_time(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "TIME_LIMIT_S", 0.3)
    started = time.monotonic()
    with pytest.raises(TemplateRefused):
        compile_template(bomb)({})
    assert time.monotonic() - started < 20


def test_a_bomb_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "TIME_LIMIT_S", 0.3)
    started = time.monotonic()
    assert "does not finish" in choose_format(LOOP, VARIABLES, []).description
    assert time.monotonic() - started < 20


def test_a_bomb_that_goes_off_late_ends_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "TIME_LIMIT_S", 0.3)
    template = "{% for m in messages %}{{ m.content }};{% if 'now' in m.content %}" + LOOP + "{% endif %}{% endfor %}"
    chat_format = choose_format(template, VARIABLES, [])
    assert chat_format.description == "own"
    with pytest.raises(TemplateRefused, match="does not finish"):
        chat_format.render([Message("user", "now")])
    assert "later" in chat_format.render([Message("user", "later")])


NEEDS_TOOLS = {"fireworks-ai-llama-3-firefunction-v2"}
"""Fails without a list of tools, so that the plain format is used."""


@pytest.mark.parametrize("path", llama_cpp_files("templates/*.jinja"))
def test_real_templates_work(path: Path) -> None:
    template = path.read_text(encoding="utf-8")
    tokens = control_tokens(template)
    chat_format = choose_format(template, VARIABLES, tokens)
    assert chat_format.description.partition(":")[0] == ("plain" if path.stem in NEEDS_TOOLS else "own")
    check_all_arrives(chat_format)
    check_no_injection(chat_format, tokens)
    assert chat_format.end_tokens or chat_format.stop
