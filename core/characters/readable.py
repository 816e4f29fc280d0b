"""A character as titles and plain text for people: what persona sheets print and comparisons lay side by side. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.character import CharacterBase

_TEXTS = {
    "description": "Description",
    "personality": "Personality",
    "voice": "Voice",
    "knowledge": "Knows",
    "boundaries": "Limits",
    "situation": "Situation",
    "greeting": "Greeting",
    "alternate_greetings": "Other greetings",
    "example_dialogue": "Examples",
    "system_prompt": "Instructions before the scene",
    "post_history_instructions": "Instructions after the turns",
}
_ABOUT_THE_CARD = {
    "tags": "Tags",
    "creator": "Made by",
    "creator_notes": "Notes of the maker",
    "character_version": "Version",
}
_LAYERS = {
    "social.age": "Age",
    "social.gender": "Gender",
    "social.pronouns": "Pronouns",
    "social.nationality": "Nationality",
    "social.residence": "Lives",
    "social.education": "Education",
    "social.family": "Family",
    "social.belief": "Belief",
    "career.occupation": "Occupation",
    "career.aspiration": "Wants to",
    "career.skills": "Skills",
    "personal.big_five": "Big Five",
    "personal.traits": "Traits",
    "personal.values": "Values",
    "personal.moral_level": "Moral level",
    "life.day": "A usual day",
    "life.likes": "Likes",
    "life.dislikes": "Dislikes",
    "life.interests": "Interests",
    "life.essays": "Essays",
    "voice_rules": "How they speak",
    "samples": "Sounds like",
    "horizon.date": "Knows nothing after",
    "horizon.place": "Knows nothing beyond",
    "horizon.unknown": "Cannot know",
    "horizon.secrets": "Secrets",
    "memories": "Remembers",
    "variants": "Sides",
    "expressions": "Has pictures for",
}


@dataclass(frozen=True, slots=True)
class ReadableField:
    """One field, as people read it."""

    path: str
    title: str
    text: str
    """Lists have a line for each item."""


def readable_fields(character: CharacterBase) -> list[ReadableField]:
    """Returns the fields that hold something, in the order of a sheet: who they are, statements, prose."""
    return [field for field in _all_fields(character) if field.text]


def pair_fields(one: CharacterBase, other: CharacterBase) -> list[tuple[ReadableField, ReadableField]]:
    """Returns the fields that either of two characters fills, side by side."""
    pairs = zip(_all_fields(one), _all_fields(other), strict=True)
    return [pair for pair in pairs if pair[0].text or pair[1].text]


def _all_fields(character: CharacterBase) -> Iterator[ReadableField]:
    yield ReadableField("name", "Name", character.name)
    yield ReadableField("nickname", "Called", character.nickname.strip())
    yield ReadableField("summary", "In a sentence", character.summary.strip())
    persona = character.persona.model_dump(mode="json")
    for path, title in _LAYERS.items():
        value: Any = persona
        for step in path.split("."):
            value = value[step]
        yield ReadableField(f"layers.{path}", title, _show(sorted(value) if path == "expressions" else value))
    yield ReadableField("statements", "Statements", "\n".join(character.statements))
    for path, title in (_TEXTS | _ABOUT_THE_CARD).items():
        yield ReadableField(path, title, _show(getattr(character, path)).strip())


def _show(value: Any) -> str:
    """Shows a value of the layers; what is empty or not said is empty."""
    if value in (None, "", [], {}):
        return ""
    match value:
        case list():
            return "\n".join(filter(None, map(_show, value)))
        case {"name": name, "degree": degree}:
            return f"{name} ({degree} %)"
        case {"name": name, "situations": situations, "text": text}:
            when = f" (when: {'; '.join(situations)})" if situations else ""
            return f"{name}{when}: {text}".removeprefix(": ")
        case {"title": title, "text": text}:
            return f"{title}: {text}".removeprefix(": ")
        case {"text": text, "when": when}:
            return f"{when}: {text}".removeprefix(": ")
        case dict():
            return "\n".join(f"{name.capitalize()}: {one}" for name, one in value.items() if one is not None)
        case _:
            return str(value)
