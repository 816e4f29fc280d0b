"""Names as one writes them in a sentence."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from core.playtest.directing.acts import DIRECTOR_ID
from core.playtest.script import NARRATOR_ID, USER_ID, Script
from gui.stage.fill import fill

translate = QCoreApplication.translate


def join_names(names: Sequence[str]) -> str:
    """Returns names as one writes them: `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    return fill(translate("Stage", "%1 and %2"), ", ".join(names[:-1]), names[-1])


def cast_names(script: Script | None) -> dict[str, str]:
    """Returns the names of a cast by role id."""
    return {part.role_id: part.character.name for part in script.parts} if script is not None else {}


def speakers_of(script: Script | None) -> dict[str, str]:
    """Returns who can be spoken as: speaker id -> name, in the order in which they are offered."""
    if script is None:
        return {}
    others = {
        NARRATOR_ID: translate("Stage", "Narrator (event)"),
        DIRECTOR_ID: translate("Stage", "Director (motive)"),
    }
    return {USER_ID: script.scenario.user_name} | cast_names(script) | others
