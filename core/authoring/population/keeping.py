"""Runs of populations in a project: kept while they go on, and added as characters in one undo step."""

from pydantic import ValidationError

from core.authoring.population.pools import load_pools
from core.authoring.population.renaming import rename_taken
from core.authoring.population.run_state import PopulationState
from core.errors import UserError
from core.library.characters import list_characters
from core.library.settings import get_setting, set_setting
from core.project import Project
from models.character import Character

KEY = "authoring.population"


def keep_state(project: Project, state: PopulationState | None) -> None:
    """Keeps an unfinished run in the project, or forgets it."""
    set_setting(project, KEY, None if state is None else state.model_dump(mode="json"))


def recall_state(project: Project) -> PopulationState | None:
    """Returns the run that was cancelled last, or None."""
    kept = get_setting(project, KEY)
    try:
        return None if kept is None else PopulationState.model_validate(kept)
    except ValidationError:
        return None


def add_population(project: Project, state: PopulationState) -> list[str]:
    """Adds everybody so far to the project, as one undo step; returns their ids.

    Whose name somebody in the project has by now is renamed.

    Raises:
        UserError: Nobody is there yet.
    """
    if not state.accepted:
        raise UserError("Nobody is there yet.", "Let the run go on first.")
    names = frozenset(character.name.casefold() for character in list_characters(project))
    list(rename_taken(state, names, load_pools()))
    characters = state.characters()
    label = f"Add {len(characters):,} {state.plan.noun}"
    with project.act(label) as session:
        rows = [Character.model_validate(character.model_dump()) for character in characters]
        session.add_all(rows)
    return [row.id for row in rows]
