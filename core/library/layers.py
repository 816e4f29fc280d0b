"""What a user does to the layers of a character: one value at a time, each one undo step."""

from typing import Any

from core.library.assets import store_asset
from core.library.rows import assign, require
from core.project import Project
from models.character import Character, CharacterBase
from models.fields import utc_now
from models.persona import with_value


def update_layer(project: Project, character_id: str, path: str, value: Any) -> None:
    """Changes the value at a path within the layers, such as `social.age`.

    Raises:
        UserError: The value is not allowed; the old one is kept.
    """
    with project.act("") as session:
        character = require(session, Character, character_id)
        session.info["label"] = f"Edit {character.name}"
        assign(character, CharacterBase, {"layers": with_value(character.layers, path, value)})
        character.updated_at = utc_now()


def add_expression(project: Project, character_id: str, emotion: str, data: bytes, media_type: str) -> None:
    """Gives a character a picture for an emotion; the one that it had for it goes."""
    with project.act("") as session:
        character = require(session, Character, character_id)
        session.info["label"] = f"Expression of {character.name}"
        expressions = character.persona.expressions | {emotion: store_asset(session, data, media_type)}
        assign(character, CharacterBase, {"layers": with_value(character.layers, "expressions", expressions)})
        character.updated_at = utc_now()
