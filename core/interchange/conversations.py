"""Conversations of other programs, for scoring: SillyTavern, OpenAI, ShareGPT, turns with personas, plain text.

One format a file, told by its beginning. Knows no project: a conversation is only text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.interchange.chat_lines import read_chat_lines
from core.interchange.files import MEBIBYTE, read_file
from core.interchange.json_text import parse_json
from core.interchange.text_lines import MAX_LINE_BYTES, read_lines

MAX_TURNS = 100_000
"""Of one conversation."""

MAX_LIST_BYTES = 256 * MEBIBYTE
"""Of a file that is one list; one object a line may be as long as one likes."""
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_HEADER_KEYS = frozenset({"user_name", "character_name", "chat_metadata"})

_READABLE = (
    "Readable are SillyTavern chats, OpenAI (“messages”) and ShareGPT (“conversations”), JSONL with “turns”, one "
    "object a line or all in one list, and plain text with lines such as “Name: text”."
)
_PLAIN_SUFFIXES = frozenset({".txt", ".text", ".md", ".log", ""})
_SHAREGPT_SPEAKERS = {"human": "user", "gpt": "assistant", "chatgpt": "assistant"}
_SHAREGPT_SILENT = frozenset({"function", "function_call", "function_response", "observation", "tool", "tool_call"})

Line = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said, by whom, and what is known of the speakers."""

    turns: tuple[tuple[str, str], ...]
    """(speaker, text), in order."""
    personas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Speaker -> facts. Speakers without facts may be missing."""
    scene: str | None = None
    id: str = ""


def read_conversations(path: Path) -> Iterator[Conversation]:
    """Reads the conversations of a file one at a time, plain or packed with xz. Faults come when they are reached.

    Raises:
        UserError: The file is in none of the formats or a line is wrong; the sentence names file and line.
    """
    suffix = path.suffix.lower()
    start = next(read_lines(path))[1].lstrip(b"\xef\xbb\xbf \t")[:1]
    if suffix in _PLAIN_SUFFIXES and start not in b"{[":
        yield _parse_plain(path)
        return
    lines = _parse_list(path) if (suffix, start) == (".json", b"[") else _parse_lines(path)
    first = next(lines, None)
    if first is None:
        raise UserError(f"{path.name} is an empty list.", _READABLE)
    if "conversations" in first[1]:
        yield from _each(path, chain([first], lines), _parse_sharegpt)
    elif "turns" in first[1]:
        yield from _each(path, chain([first], lines), _parse_turns)
    elif "messages" in first[1]:
        yield from _each(path, chain([first], lines), _parse_messages)
    elif "mes" in first[1] or _HEADER_KEYS & first[1].keys():
        yield _parse_sillytavern(path, chain([first], lines))
    else:
        found = ", ".join(f"“{str(key)[:20]}”" for key in list(first[1])[:5]) or "nothing"
        raise UserError(
            f"{path.name}, line {first[0]}: this is not a conversation; it has {found}.",
            _READABLE,
        )


def split_facts(text: str) -> tuple[str, ...]:
    """Splits the description of a persona into single facts: its lines, and the sentences in them."""
    facts = (_BULLET.sub("", fact).strip() for fact in _SENTENCE_END.split(text))
    return tuple(fact for fact in facts if fact)


def _parse_lines(path: Path) -> Iterator[Line]:
    for number, line in read_lines(path):
        try:
            value = parse_json(line, f"{path.name}, line {number},", MAX_LINE_BYTES)
        except UserError as error:
            raise UserError(error.message, _READABLE if number == 1 else error.hint) from error
        if not isinstance(value, dict):
            raise _wrong(path, number, "an object is expected")
        yield number, value


def _parse_list(path: Path) -> Iterator[Line]:
    """Reads a file that is one list; its objects are counted like lines."""
    values = parse_json(read_file(path, MAX_LIST_BYTES), path.name, MAX_LIST_BYTES)
    for number, value in enumerate(values if isinstance(values, list) else (), start=1):
        if not isinstance(value, dict):
            raise _wrong(path, number, "an object is expected")
        yield number, value


def _each(
    path: Path, lines: Iterator[Line], parse: Callable[[Path, int, dict[str, Any]], Conversation]
) -> Iterator[Conversation]:
    for number, line in lines:
        yield parse(path, number, line)


def _parse_turns(path: Path, number: int, line: dict[str, Any]) -> Conversation:
    """Reads `{"turns":[{"speaker","text"}],"personas":{name:[facts]}}`; `role` and `content` serve as well."""
    turns = []
    for turn in _objects(path, number, line, "turns"):
        speaker = turn.get("speaker", turn.get("role"))
        text = turn.get("text", turn.get("content"))
        if not isinstance(speaker, str) or not isinstance(text, str):
            raise _wrong(path, number, "each of the “turns” needs a “speaker” and a “text”")
        turns.append((speaker, text))
    scene = line.get("scene")
    return Conversation(
        turns=tuple(turns),
        personas=_parse_personas(path, number, line.get("personas")),
        scene=scene if isinstance(scene, str) else None,
        id=_identifier(path, number, line),
    )


def _parse_personas(path: Path, number: int, personas: Any) -> dict[str, tuple[str, ...]]:
    if personas is None:
        return {}
    if not isinstance(personas, dict):
        raise _wrong(path, number, "“personas” should map names to lists of facts")
    found = {}
    for name, given in personas.items():
        facts = split_facts(given) if isinstance(given, str) else given
        if not isinstance(facts, list | tuple) or not all(isinstance(fact, str) for fact in facts):
            raise _wrong(path, number, f"the facts of “{name[:40]}” should be a list of texts")
        found[name] = tuple(fact for fact in facts if fact.strip())
    return found


def _parse_messages(path: Path, number: int, line: dict[str, Any]) -> Conversation:
    """Reads OpenAI's chat format: what the system says is what the assistant is."""
    turns: list[tuple[str, str]] = []
    facts: list[str] = []
    assistant = ""
    for message in _objects(path, number, line, "messages"):
        role, text = message.get("role"), _message_text(path, number, message.get("content"))
        if not isinstance(role, str):
            raise _wrong(path, number, "each of the “messages” needs a “role”")
        if role in {"system", "developer"}:
            facts.extend(split_facts(text))
        elif role in {"user", "assistant"} and text:
            name = message.get("name")
            speaker = name if isinstance(name, str) and name else role
            assistant = assistant or (speaker if role == "assistant" else "")
            turns.append((speaker, text))
    personas = {assistant or "assistant": tuple(facts)} if facts else {}
    return Conversation(tuple(turns), personas, id=_identifier(path, number, line))


def _parse_plain(path: Path) -> Conversation:
    """Reads a chat whose lines begin with names; of other texts, most do not."""
    turns = read_chat_lines(path)
    if 2 * len(turns) < sum(text.count("\n") + 1 for _speaker, text in turns):
        raise UserError(f"{path.name}, line 1: this is not a conversation.", _READABLE)
    return Conversation(tuple(turns), id=_stem(path))


def _parse_sharegpt(path: Path, number: int, line: dict[str, Any]) -> Conversation:
    """Reads `{"conversations":[{"from","value"}]}`; what the system says is what the assistant is."""
    turns: list[tuple[str, str]] = []
    facts: list[str] = []
    for said in _objects(path, number, line, "conversations"):
        who, text = said.get("from"), said.get("value")
        if not isinstance(who, str) or not isinstance(text, str):
            raise _wrong(path, number, "each of the “conversations” needs a “from” and a “value”")
        if who == "system":
            facts.extend(split_facts(text))
        elif who not in _SHAREGPT_SILENT and text.strip():
            turns.append((_SHAREGPT_SPEAKERS.get(who, who), text))
    given = line.get("system")
    facts.extend(split_facts(given) if isinstance(given, str) else ())
    return Conversation(tuple(turns), {"assistant": tuple(facts)} if facts else {}, id=_identifier(path, number, line))


def _message_text(path: Path, number: int, content: Any) -> str:
    """Returns text; of a list of parts, the text parts. Calls of tools have none."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    raise _wrong(path, number, "the “content” of a message should be text")


def _parse_sillytavern(path: Path, lines: Iterator[Line]) -> Conversation:
    """Reads a whole chat. Old group chats have no header line; hidden messages are skipped."""
    scene = None
    turns = []
    for place, (number, line) in enumerate(lines):
        if place == 0 and "mes" not in line:
            scene = _sillytavern_scene(line)
            continue
        if line.get("is_system") is True:
            continue
        name, text = line.get("name"), line.get("mes")
        if not isinstance(name, str) or not isinstance(text, str):
            raise _wrong(path, number, "a message needs a “name” and a “mes”")
        if text.strip():
            turns.append((name, text))
        if len(turns) > MAX_TURNS:
            raise _wrong(path, number, f"a conversation of more than {MAX_TURNS:,} turns is not read")
    return Conversation(tuple(turns), scene=scene, id=_stem(path))


def _sillytavern_scene(header: dict[str, Any]) -> str | None:
    metadata = header.get("chat_metadata")
    scene = metadata.get("scenario") if isinstance(metadata, dict) else None
    return scene if isinstance(scene, str) and scene else None


def _objects(path: Path, number: int, line: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = line.get(key)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _wrong(path, number, f"“{key}” should be a list of objects")
    if len(value) > MAX_TURNS:
        raise _wrong(path, number, f"a conversation of more than {MAX_TURNS:,} turns is not read")
    return value


def _identifier(path: Path, number: int, line: dict[str, Any]) -> str:
    given = line.get("id", line.get("conversation_id"))
    return str(given) if isinstance(given, str | int) and given != "" else f"{_stem(path)}:{number}"


def _stem(path: Path) -> str:
    return path.name.removesuffix(".xz").removesuffix(".jsonl")


def _wrong(path: Path, number: int, why: str) -> UserError:
    return UserError(f"{path.name}, line {number}: {why}.", "Correct the line, or export the file again.")
