"""What the fields are called in which something was found."""

from PySide6.QtCore import QCoreApplication

from core.library.search import Hit


def place_of(hit: Hit) -> str:
    """Returns where a hit is, in words: `Boundaries`, `Role Keeper · Secret`, `Mara · Thought`."""
    field = field_name(hit.field) if hit.field else ""
    row = _rows().get(hit.source, "")
    if hit.source == "turn":
        return " · ".join(filter(None, (hit.name, field if hit.field == "thought" else "")))
    if row:
        return " · ".join(filter(None, (f"{row} {hit.name}".strip(), field)))
    return field or _tr("Name and tags")


def field_name(field: str) -> str:
    """Returns what a field is called."""
    return _fields().get(field, field.replace("_", " ").capitalize())


def _rows() -> dict[str, str]:
    return {
        "relationship": _tr("Relationship"),
        "role": _tr("Role"),
        "beat": _tr("Beat"),
        "beat_link": _tr("Link"),
        "lore_entry": _tr("Entry"),
    }


def _fields() -> dict[str, str]:
    return {
        "summary": _tr("Summary"),
        "description": _tr("Description"),
        "personality": _tr("Personality"),
        "voice": _tr("Voice"),
        "knowledge": _tr("Knowledge"),
        "boundaries": _tr("Boundaries"),
        "statements": _tr("Statements"),
        "situation": _tr("Situation"),
        "greeting": _tr("Greeting"),
        "alternate_greetings": _tr("Other greetings"),
        "example_dialogue": _tr("Example dialogue"),
        "system_prompt": _tr("System prompt"),
        "post_history_instructions": _tr("Instructions after the history"),
        "layers": _tr("Layers"),
        "creator": _tr("Author"),
        "creator_notes": _tr("Author's notes"),
        "character_version": _tr("Version"),
        "history": _tr("History"),
        "belief": _tr("What they believe"),
        "parts": _tr("Content"),
        "keys": _tr("Keys"),
        "secondary_keys": _tr("Secondary keys"),
        "content": _tr("Content"),
        "setting": _tr("Setting"),
        "rules": _tr("Rules"),
        "world": _tr("World"),
        "goal": _tr("Goal"),
        "goals": _tr("Goals"),
        "secret": _tr("Secret"),
        "style": _tr("Style"),
        "emotion": _tr("Emotion"),
        "relations": _tr("Relations"),
        "text": _tr("Text"),
        "condition": _tr("Condition"),
        "effects": _tr("Effects"),
        "failure_effects": _tr("Effects of failure"),
        "success": _tr("Success"),
        "scenario_name": _tr("Scenario"),
        "weights_name": _tr("Weights"),
        "thought": _tr("Thought"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("FieldNames", text)
