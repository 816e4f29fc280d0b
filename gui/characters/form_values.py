"""The values of a character by the path of their field: columns, and what is inside the layers."""

from typing import Any

from models.character import CharacterBase
from models.fragment import FragmentBase
from models.persona import Layers, with_value

PREFIX = "layers."
LAYER_PATHS = (
    *(f"layers.social.{name}" for name in Layers().social.model_dump()),
    *(f"layers.career.{name}" for name in Layers().career.model_dump()),
    *(f"layers.personal.{name}" for name in Layers().personal.model_dump()),
    *(f"layers.life.{name}" for name in Layers().life.model_dump()),
    *(f"layers.horizon.{name}" for name in Layers().horizon.model_dump()),
    "layers.voice_rules",
    "layers.samples",
    "layers.memories",
    "layers.variants",
    "layers.expressions",
)


def values_of(character: CharacterBase) -> dict[str, Any]:
    """Returns every value by the path of its field."""
    values = {name: getattr(character, name) for name in type(character).model_fields if name != "layers"}
    whole = character.persona.model_dump(mode="json")
    for path in LAYER_PATHS:
        value: Any = whole
        for name in path.removeprefix(PREFIX).split("."):
            value = value[name]
        values[path] = value
    return values


def values_of_fragment(fragment: FragmentBase) -> dict[str, Any]:
    """Returns every value of a fragment by the path of its field, as if it were a character."""
    whole = CharacterBase.model_validate(fragment.content | {"name": fragment.name})
    return values_of(whole) | {"summary": fragment.summary}


def draft_character(values: dict[str, Any]) -> CharacterBase:
    """Returns the character with these values: what `values_of` took apart."""
    fields = {name: value for name, value in values.items() if name in CharacterBase.model_fields}
    document: dict[str, Any] = {}
    for path in LAYER_PATHS:
        if path in values:
            document = with_value(document, path.removeprefix(PREFIX), values[path])
    layers = Layers.read(document).to_document()
    return CharacterBase.model_construct(**(fields | {"layers": layers}))
