"""Whether a project has lorebooks that an older playtest knows nothing of."""

from collections.abc import Collection

from sqlmodel import col, select

from core.project import Project
from models.lore import Lorebook, LoreEntry
from models.playtest import Playtest
from models.scenario import Role


def has_newer_books(project: Project, playtest: Playtest, known_ids: Collection[str]) -> bool:
    """Returns whether a new playtest of the same scenario would read a book that is not among those known."""
    with project.reading() as session:
        characters = select(Role.character_id).where(Role.scenario_id == playtest.scenario_id)
        is_of_project = col(Lorebook.character_id).is_(None) & col(Lorebook.scenario_id).is_(None)
        query = (
            select(Lorebook.id)
            .where(
                is_of_project
                | (col(Lorebook.scenario_id) == playtest.scenario_id)
                | col(Lorebook.character_id).in_(characters),
                col(Lorebook.deleted_at).is_(None),
                col(Lorebook.enabled),
                col(Lorebook.id).in_(select(LoreEntry.book_id).where(col(LoreEntry.enabled))),
            )
            .distinct()
        )
        return any(book_id not in known_ids for book_id in session.exec(query))
