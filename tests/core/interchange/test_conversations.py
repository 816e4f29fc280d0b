"""Conversations of other programs, made and real."""

import json
import lzma
import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.interchange import text_lines
from core.interchange.conversations import Conversation, read_conversations, split_facts
from tests.core.interchange.samples import names, words

HEADER = {"user_name": "You", "character_name": "Mara", "chat_metadata": {"scenario": "Night."}}
HELLO = {"name": "Mara", "is_user": False, "is_system": False, "mes": "Who is there?"}


def write(path: Path, lines: Sequence[Any], pack: bool = False) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    data = text.encode()
    path.write_bytes(lzma.compress(data) if pack else data)
    return path


def read(path: Path) -> list[Conversation]:
    return list(read_conversations(path))


conversations = st.builds(
    Conversation,
    turns=st.lists(st.tuples(names, words), max_size=4).map(tuple),
    personas=st.dictionaries(names, st.lists(names, max_size=3).map(tuple), max_size=2),
    scene=st.none() | words,
    id=names,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(conversations, min_size=1, max_size=3), st.booleans())
def test_turns_with_personas_are_read_as_written(tmp_path: Path, said: list[Conversation], pack: bool) -> None:
    lines = [
        {
            "turns": [{"speaker": speaker, "text": text} for speaker, text in one.turns],
            "personas": one.personas,
            "scene": one.scene,
            "id": one.id,
        }
        for one in said
    ]
    assert read(write(tmp_path / "a.jsonl", lines, pack)) == said


def test_an_openai_chat_makes_a_persona_of_the_system_message(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "You are Mara. You keep the light!\n- You trust nobody."},
        {"role": "user", "content": [{"type": "text", "text": "Hello?"}, {"type": "image_url"}], "name": "Ann"},
        {"role": "assistant", "content": "Go away.", "name": "Mara", "weight": 1},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "{}"},
        {"role": "user", "content": "No."},
    ]
    [one] = read(write(tmp_path / "chat.jsonl", [{"messages": messages}]))
    assert one.turns == (("Ann", "Hello?"), ("Mara", "Go away."), ("user", "No."))
    assert one.personas == {"Mara": ("You are Mara.", "You keep the light!", "You trust nobody.")}
    assert (one.scene, one.id) == (None, "chat:1")


def test_a_system_message_alone_belongs_to_the_assistant(tmp_path: Path) -> None:
    [one] = read(write(tmp_path / "a.jsonl", [{"messages": [{"role": "system", "content": "Be brief."}]}]))
    assert one == Conversation((), {"assistant": ("Be brief.",)}, id="a:1")


def test_a_sillytavern_chat_is_one_conversation(tmp_path: Path) -> None:
    lines = [
        HEADER,
        HELLO,
        HELLO | {"mes": "(hidden)", "is_system": True},
        HELLO | {"name": "You", "is_user": True, "mes": "Ünly me.\n*shivers*"},
        HELLO | {"mes": "  "},
        "",
    ]
    [one] = read(write(tmp_path / "Mara - 2023-7-20.jsonl", lines))
    assert one.turns == (("Mara", "Who is there?"), ("You", "Ünly me.\n*shivers*"))
    assert (one.scene, one.personas, one.id) == ("Night.", {}, "Mara - 2023-7-20")


def test_an_old_group_chat_has_no_header(tmp_path: Path) -> None:
    [one] = read(write(tmp_path / "g.jsonl.xz", [HELLO, HELLO | {"name": "Ivo", "mes": "Me."}], pack=True))
    assert one.turns == (("Mara", "Who is there?"), ("Ivo", "Me."))
    assert one.id == "g"


def test_roles_and_contents_serve_as_turns(tmp_path: Path) -> None:
    line = {
        "conversation_id": "c1",
        "turns": [{"role": "user", "content": "Hi"}],
        "personas": {"user": "I ski. I sing."},
    }
    [one] = read(write(tmp_path / "a.jsonl", [line]))
    assert one == Conversation((("user", "Hi"),), {"user": ("I ski.", "I sing.")}, id="c1")


TURNS = {"turns": [{"speaker": "A", "text": "b"}]}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([""], "chat.jsonl is empty"),
        (["\n\n  \n"], "chat.jsonl is empty"),
        (["hello"], "chat.jsonl, line 1, is not valid JSON"),
        ([[TURNS]], "chat.jsonl, line 1: an object is expected"),
        (["["], "chat.jsonl, line 1, is not valid JSON"),
        ([{"name": "Mara"}], "chat.jsonl, line 1: this is not a conversation; it has “name”"),
        ([{}], "it has nothing"),
        ([TURNS, "", "{"], "chat.jsonl, line 3, is not valid JSON"),
        ([TURNS, {"messages": []}], "chat.jsonl, line 2: “turns” should be a list of objects"),
        ([{"turns": "x"}], "“turns” should be a list of objects"),
        ([{"turns": ["x"]}], "“turns” should be a list of objects"),
        ([{"turns": [{"speaker": "A"}]}], "needs a “speaker” and a “text”"),
        ([{"turns": [{"speaker": 1, "text": "b"}]}], "needs a “speaker” and a “text”"),
        ([TURNS | {"personas": []}], "“personas” should map names"),
        ([TURNS | {"personas": {"A": [1]}}], "the facts of “A” should be a list of texts"),
        ([{"messages": [{"content": "x"}]}], "needs a “role”"),
        ([{"messages": [{"role": "user", "content": 5}]}], "“content” of a message should be text"),
        ([HEADER, {"name": "Mara"}], "chat.jsonl, line 2: a message needs a “name” and a “mes”"),
        ([HEADER, HELLO | {"name": None}], "line 2: a message needs"),
        (["[" * 5000], "nested deeper"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, lines: list[Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        read(write(tmp_path / "chat.jsonl", lines))
    assert words in caught.value.message
    assert caught.value.hint


def test_what_stands_before_a_wrong_line_is_read(tmp_path: Path) -> None:
    found = read_conversations(write(tmp_path / "a.jsonl", [TURNS, TURNS, "{"]))
    assert len(list(islice(found, 2))) == 2
    with pytest.raises(UserError, match="line 3"):
        next(found)


def test_lines_may_end_in_any_way_and_begin_with_a_mark(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join([json.dumps(TURNS).encode()] * 2) + b"\r\n\r\n")
    assert len(read(tmp_path / "a.jsonl")) == 2


@pytest.mark.parametrize(
    "data",
    [
        lzma.compress(b"x" * 5000)[:-20],
        lzma.compress(b"{}")[:7],
        b"\xfd7zXZ\0nonsense and more of it",
        lzma.compress(b"{}\n") + b"trailing",
    ],
    ids=["cut", "cut early", "nonsense", "trailing"],
)
def test_damaged_archives_are_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.jsonl.xz").write_bytes(data)
    with pytest.raises(UserError, match=r"cannot be unpacked|not a conversation"):
        read(tmp_path / "a.jsonl.xz")


def test_archives_of_several_parts_are_read(tmp_path: Path) -> None:
    line = json.dumps(TURNS).encode() + b"\n"
    (tmp_path / "a.xz").write_bytes(lzma.compress(line) + lzma.compress(line) + b"\0" * 4)
    assert len(read(tmp_path / "a.xz")) == 2


def test_long_lines_and_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lzma.open(tmp_path / "line.xz", "wb") as file:
        file.write(b" " * (text_lines.MAX_LINE_BYTES + 600_000))
    with pytest.raises(UserError, match="a line of over 16 MiB"):
        read(tmp_path / "line.xz")
    monkeypatch.setattr(text_lines, "MAX_TOTAL_BYTES", 1_000_000)
    (tmp_path / "bomb.xz").write_bytes(lzma.compress(b"\n" * 2_000_000))
    with pytest.raises(UserError, match="holds more than"):
        read(tmp_path / "bomb.xz")


def test_a_dictionary_that_needs_gibibytes_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(b"{}", filters=filters))
    place = data.index(b"\x21\x01", 12) + 2
    data[place] = 40
    header = data[12 : 12 + (data[12] + 1) * 4 - 4]
    data[12 + len(header) : 16 + len(header)] = zlib.crc32(header).to_bytes(4, "little")
    (tmp_path / "a.xz").write_bytes(data)
    with pytest.raises(UserError, match="cannot be unpacked"):
        read(tmp_path / "a.xz")


def test_splits_a_description_into_facts() -> None:
    text = "I keep the light. “Never leave.” Why?\n\n* I sing\n2) I have 3.5 cats!  "
    assert split_facts(text) == ("I keep the light.", "“Never leave.", "Why?", "I sing", "I have 3.5 cats!")


@pytest.mark.parametrize(
    ("name", "n_conversations", "n_turns"),
    [("clariq_mirror.jsonl.xz", 200, 1400), ("chatbot_arena_mirror.jsonl.xz", 195, 480)],
)
def test_real_corpora_are_read_whole(cases: Path, name: str, n_conversations: int, n_turns: int) -> None:
    found = read(cases / "metrics" / name)
    assert (len(found), sum(len(one.turns) for one in found)) == (n_conversations, n_turns)
    assert {speaker for one in found for speaker, _ in one.turns} == {"user", "assistant"}


def test_the_first_of_a_real_corpus_with_personas(cases: Path) -> None:
    path = cases.parent / "corpus" / "synthetic-persona-chat.jsonl.xz"
    if not path.exists():
        pytest.skip(f"skipped: {path} is not there")
    for one in islice(read_conversations(path), 50):
        assert len(one.turns) > 4
        assert {speaker for speaker, _ in one.turns} <= one.personas.keys()
        assert all(one.personas.values())


@pytest.mark.parametrize(
    "name",
    [
        "cards/default_FluxTheCat.png",
        "cards/en_chargen_seed.jsonl",
        "chats/1aKReQ.json",
        "scenes/rpbench_scene.jsonl",
        "agents/Rosie.txt",
        "metrics/gteval_labeled.json.xz",
        "metrics/synthetic_persona_chat_test.csv.xz",
    ],
)
def test_real_files_that_are_none_are_told_so(cases: Path, name: str) -> None:
    with pytest.raises(UserError, match="line 1") as caught:
        read(cases / name)
    assert "Readable are SillyTavern chats" in caught.value.hint
