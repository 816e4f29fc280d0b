"""What kinds of rows and their fields are called: in search, history, drafts and comparisons."""

from PySide6.QtCore import QCoreApplication

LAYERS = "layers."


def row_name(table: str) -> str:
    """Returns the name of a kind of row."""
    return _rows().get(table, table.replace("_", " "))


def field_name(path: str) -> str:
    """Returns what a field is called, by its column or by its path such as `layers.social.age`."""
    names = _fields()
    leaf = path.rpartition(".")[2]
    words = leaf.replace("_", " ")
    return names.get(path.removeprefix(LAYERS)) or names.get(leaf) or words[:1].upper() + words[1:]


def _rows() -> dict[str, str]:
    return {
        "character": _tr("Character"),
        "scenario": _tr("Scenario"),
        "role": _tr("Role"),
        "beat": _tr("Beat"),
        "beat_link": _tr("Link"),
        "relationship": _tr("Relationship"),
        "fragment": _tr("Fragment"),
        "lorebook": _tr("Lorebook"),
        "lore_entry": _tr("Entry"),
    }


def _fields() -> dict[str, str]:
    return _character_fields() | _layer_fields() | _other_fields()


def _character_fields() -> dict[str, str]:
    return {
        "summary": _tr("For lists, in a sentence"),
        "knowledge": _tr("What they know"),
        "boundaries": _tr("Limits"),
        "alternate_greetings": _tr("Other greetings"),
        "example_dialogue": _tr("Example dialogue"),
        "system_prompt": _tr("Instructions before the scene"),
        "post_history_instructions": _tr("Instructions after the turns"),
        "creator": _tr("Author"),
        "creator_notes": _tr("Author's notes"),
        "character_version": _tr("Version"),
        "character_id": _tr("Played by"),
        "fragment_ids": _tr("Fragments"),
    }


def _layer_fields() -> dict[str, str]:
    return {
        "social.residence": _tr("Home"),
        "career.aspiration": _tr("What they strive for"),
        "personal.big_five": _tr("Big Five"),
        "life.day": _tr("A usual day"),
        "voice_rules": _tr("Rules of speech"),
        "samples": _tr("Lines that sound like them"),
        "horizon.date": _tr("Their present"),
        "horizon.place": _tr("Where their knowledge ends"),
        "horizon.unknown": _tr("What they cannot know"),
        "horizon.secrets": _tr("What they know and hide"),
        "variants": _tr("Sides"),
    }


def _other_fields() -> dict[str, str]:
    return {
        "belief": _tr("What they believe"),
        "parts": _tr("Content"),
        "failure_effects": _tr("Effects of failure"),
        "scenario_name": _tr("Scenario"),
        "weights_name": _tr("Weights"),
        "goal_test": _tr("The goal is reached when"),
        "stage": _tr("How it plays"),
        "is_repeatable": _tr("Repeatable"),
        "max_turns": _tr("Longest run"),
        "x": _tr("Place on the canvas, across"),
        "y": _tr("Place on the canvas, down"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("FieldNames", text)
