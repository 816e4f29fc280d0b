"""Memories of a persona: what happened before the scene. With recall on they come back when they matter."""

from collections.abc import Callable, Sequence

from core.memory.entries import Entry, EntryKind, bounded_importance, persona_id
from core.memory.readings import Readings
from models.character import CharacterBase
from models.persona import Layers
from models.stage import MemoryRules, Recall


def recalls_persona(rules: MemoryRules) -> bool:
    """Whether memories of a persona are recalled one by one; otherwise its prompt tells all of them."""
    return rules.recall is not Recall.OFF


def told_character(character: CharacterBase, rules: MemoryRules) -> CharacterBase:
    """Returns a character without the memories that its prompt leaves to recall."""
    if not recalls_persona(rules) or not character.layers.get("memories"):
        return character
    layers = {name: layer for name, layer in character.layers.items() if name != "memories"}
    return character.model_copy(update={"layers": layers})


def persona_entries(character: CharacterBase, expand: Callable[[str], str], readings: Readings) -> Sequence[Entry]:
    """Returns the memories of a persona in the author's order, at the beginning of the story.

    Args:
        expand: Replaces macros.
    """
    try:
        notes = Layers.read(character.layers).memories
    except ValueError:  # a script that an older version wrote
        return ()
    entries = []
    for place, note in enumerate(notes):
        text = expand(note.text).strip()
        if text:
            emotion, importance = readings.felt(text).emotion, bounded_importance(float(note.importance))
            entries.append(
                Entry(
                    persona_id(place),
                    EntryKind.PERSONA,
                    text,
                    importance=importance,
                    emotion=emotion,
                    when=note.when.strip(),
                )
            )
    return entries
