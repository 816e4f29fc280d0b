"""Companion texts: a preamble, a seed chat and a backstory in one text, between two marks.

Source: the companions of a16z's companion app, "Adding/modifying characters".
"""

import re

from core.interchange.card_extra import original_document
from core.interchange.loose_fields import as_name
from core.interchange.originals import rebase, with_original
from models.character import CharacterBase
from models.fields import MAX_TEXT_CHARS

FORMAT = "companion"
_PREAMBLE_END, _CHAT_END = "###ENDPREAMBLE###", "###ENDSEEDCHAT###"
_SPEAKER = re.compile(r"^###([^#\n:][^\n:]*):[ \t]*$", re.MULTILINE)
_HUMAN = "Human"
_PARTS = ("preamble", "chat", "backstory")


def is_companion(text: str) -> bool:
    """Tells whether a text is a companion."""
    return _PREAMBLE_END in text


def parse_companion(text: str, name: str) -> CharacterBase:
    """Reads a companion. Who speaks with the human in the seed chat names it, otherwise `name`."""
    parts = _split(text)
    return with_original(_read(parts, name), FORMAT, parts)


def format_companion(character: CharacterBase) -> str:
    """Writes a character as a companion: the other half of `parse_companion`."""
    parts = _write(character)
    original = original_document(character, FORMAT)
    if original is not None and all(isinstance(original[0].get(key, ""), str) for key in _PARTS):
        parts = rebase(original[0], _write(_read(*original)), parts)
    chat = parts["chat"] + _CHAT_END if "chat" in parts else ""
    return parts.get("preamble", "") + _PREAMBLE_END + chat + parts.get("backstory", "")


def _split(text: str) -> dict[str, str]:
    preamble, _, rest = text.partition(_PREAMBLE_END)
    chat, mark, backstory = rest.partition(_CHAT_END)
    if not mark:
        return {"preamble": preamble, "backstory": rest}
    return {"preamble": preamble, "chat": chat, "backstory": backstory}


def _read(parts: dict[str, str], name: str) -> CharacterBase:
    speakers = [speaker for speaker in _SPEAKER.findall(parts.get("chat", "")) if speaker.strip() != _HUMAN]
    called = as_name(speakers[0] if speakers else "", name)
    return CharacterBase(
        name=called,
        description=parts.get("preamble", "").strip()[:MAX_TEXT_CHARS],
        example_dialogue=_read_chat(parts.get("chat", ""), called)[:MAX_TEXT_CHARS],
        knowledge=parts.get("backstory", "").strip()[:MAX_TEXT_CHARS],
    )


def _write(character: CharacterBase) -> dict[str, str]:
    return {
        "preamble": f"{character.description}\n\n",
        "chat": f"\n\n{_write_chat(character)}",
        "backstory": f"\n\n{character.knowledge}" if character.knowledge else "",
    }


def _read_chat(chat: str, name: str) -> str:
    pieces = _SPEAKER.split(chat)
    lines = []
    for speaker, said in zip(pieces[1::2], pieces[2::2], strict=True):
        text = " ".join(said.replace("\\n", " ").replace("`;", " ").split())
        macro = {_HUMAN: "{{user}}", name: "{{char}}"}.get(speaker.strip(), speaker.strip())
        lines += [f"{macro}: {text}"] if text else []
    return "<START>\n" + "\n".join(lines) if lines else ""


def _write_chat(character: CharacterBase) -> str:
    lines = [line for line in character.example_dialogue.splitlines() if line.strip().upper() != "<START>"]
    written = []
    for line in lines:
        speaker, colon, text = line.partition(": ")
        macro = {"{{user}}": _HUMAN, "{{char}}": character.name}.get(speaker, speaker)
        written.append(f"### {macro}:\n{text}\n\n" if colon else f"{line}\n\n")
    return "".join(written)
