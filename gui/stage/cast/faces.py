"""The faces of a cast: name, colour and portrait, the same in all parts of the Stage."""

from core.playtest.script import Script
from gui.widgets.portrait import Face


def faces_of(script: Script | None) -> dict[str, Face]:
    """Returns the faces of a cast and of the user, by speaker id."""
    if script is None:
        return {}
    faces = {
        part.role_id: Face(part.character.name, place, part.character.portrait)
        for place, part in enumerate(script.parts)
    }
    faces["user"] = Face(script.scenario.user_name, len(script.parts))
    return faces
