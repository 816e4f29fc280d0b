"""The kinds of things that the library lists, and how one names them: by kind and id."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from core.errors import UserError
from core.library.rows import require
from models.character import Character
from models.fragment import Fragment
from models.lore import Lorebook
from models.playtest import Playtest
from models.scenario import Scenario

CHARACTER, SCENARIO, PLAYTEST, LOREBOOK, FRAGMENT = "character", "scenario", "playtest", "lorebook", "fragment"
Listed = Character | Scenario | Playtest | Lorebook | Fragment
MODELS: dict[str, Any] = {
    CHARACTER: Character,
    SCENARIO: Scenario,
    PLAYTEST: Playtest,
    LOREBOOK: Lorebook,
    FRAGMENT: Fragment,
}
KINDS = tuple(MODELS)
Reference = tuple[str, str]
"""Kind and id."""


def require_listed(session: Session, references: Sequence[Reference]) -> list[Listed]:
    """Returns rows that are not in the trash. Raises UserError when one is gone."""
    return [require(session, MODELS[kind], entity_id) for kind, entity_id in references]


def find_listed(session: Session, references: Sequence[Reference]) -> list[Listed]:
    """Returns rows, whether in the trash or not. Raises UserError when one is gone for good."""
    found: list[Listed] = []
    for kind, entity_id in references:
        row = session.get(MODELS[kind], entity_id)
        if row is None:
            raise UserError(f"This {kind} is not in the project any more.", "The trash was emptied since.")
        found.append(row)
    return found


def name_all(rows: Sequence[Listed]) -> str:
    """Returns the name of one row, or how many there are, for the undo menu."""
    return rows[0].name if len(rows) == 1 else f"{len(rows)} things"
