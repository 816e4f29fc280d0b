"""Character files of chat agents (bio, lore, message examples, adjectives, topics, style) in characters and back.

What has no place, such as knowledge files and settings, is kept in the original. Source: the schema of characterfile.
"""

from typing import Any

from core.interchange.loose_fields import as_line, as_lines, as_name, as_table, as_tables, as_text, filled
from core.interchange.originals import format_kept, parse_kept
from models.character import CharacterBase

FORMAT = "eliza"
_MARKS = {"bio", "lore", "messageExamples", "postExamples", "adjectives", "topics", "style"}
_MANY_MARKS = 2


def is_agent(document: Any) -> bool:
    """Tells whether a document is such a character file."""
    return isinstance(document, dict) and "name" in document and len(_MARKS & document.keys()) >= _MANY_MARKS


def parse_agent(document: dict[str, Any], name: str) -> CharacterBase:
    """Reads a character file. `name` names the character if the file does not."""
    return parse_kept(document, FORMAT, _read, name)


def format_agent(character: CharacterBase) -> dict[str, Any]:
    """Writes a character as such a file: the other half of `parse_agent`."""
    return format_kept(character, FORMAT, _read, _write)


def _read(document: dict[str, Any], name: str) -> CharacterBase:
    style = as_table(document.get("style"))
    called = as_name(document.get("name"), name)
    return CharacterBase(
        name=called,
        description="\n".join(as_lines(document.get("bio"))),
        statements=as_lines(document.get("lore")),
        example_dialogue=_read_examples(document.get("messageExamples"), called),
        voice="\n".join(as_lines(style.get("chat"))),
        system_prompt=as_text(document.get("system")),
        layers={
            "personal": {"traits": [{"name": line} for line in as_lines(document.get("adjectives"))]},
            "life": {"interests": as_lines(document.get("topics"))},
            "voice_rules": as_lines(style.get("all")),
            "samples": as_lines(document.get("postExamples")),
        },
    )


def _write(character: CharacterBase) -> dict[str, Any]:
    layers = character.persona
    document = {
        "name": character.name,
        "bio": character.description.splitlines(),
        "lore": character.statements,
        "messageExamples": _write_examples(character.example_dialogue, character.name),
        "postExamples": layers.samples,
        "adjectives": [trait.name for trait in layers.personal.traits],
        "topics": layers.life.interests,
        "style": {"all": layers.voice_rules, "chat": character.voice.splitlines(), "post": []},
    }
    return document | filled({"system": character.system_prompt})


def _read_examples(value: Any, name: str) -> str:
    blocks = []
    for block in value if isinstance(value, list) else []:
        lines = [_read_message(message, name) for message in as_tables(block)]
        if any(lines):
            blocks.append("<START>\n" + "\n".join(line for line in lines if line))
    return "\n".join(blocks)


def _read_message(message: dict[str, Any], name: str) -> str:
    speaker, text = (
        as_line(message.get("user") or message.get("name")),
        as_line(as_table(message.get("content")).get("text")),
    )
    if speaker == name:
        speaker = "{{char}}"
    elif speaker in {"{{user1}}", ""}:
        speaker = "{{user}}"
    return f"{speaker}: {text}" if text else ""


def _write_examples(dialogue: str, name: str) -> list[list[dict[str, Any]]]:
    """Blocks of `<START>`; lines without a speaker go on with the one before."""
    blocks: list[list[dict[str, Any]]] = []
    for line in dialogue.splitlines():
        speaker, colon, text = line.partition(": ")
        if line.strip().upper() == "<START>":
            blocks.append([])
        elif colon and len(speaker) <= 200:
            speaker = {"{{char}}": name, "{{user}}": "{{user1}}"}.get(speaker, speaker)
            blocks = blocks or [[]]
            blocks[-1].append({"user": speaker, "content": {"text": text}})
        elif blocks and blocks[-1]:
            blocks[-1][-1]["content"]["text"] += f" {line.strip()}"
    return [block for block in blocks if block]
