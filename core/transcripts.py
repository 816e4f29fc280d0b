"""Quick reads over the turns of playtests, for lists and the status bar."""

from sqlmodel import col, func, select

from core.project import Project
from models.playtest import Turn


def get_turn(project: Project, turn_id: int) -> Turn | None:
    """Returns one turn, or None when it is gone."""
    with project.reading() as session:
        return session.get(Turn, turn_id)


def count_turns(project: Project) -> dict[str, int]:
    """Returns the number of turns of each playtest that has any, all branches."""
    with project.reading() as session:
        rows = session.exec(select(Turn.playtest_id, func.count()).group_by(col(Turn.playtest_id)))
        return dict(rows.all())


def find_playtests_saying(project: Project, words: str) -> set[str]:
    """Returns the playtests in which somebody says these words, in any case."""
    with project.reading() as session:
        return set(
            session.exec(select(Turn.playtest_id).where(col(Turn.text).icontains(words, autoescape=True)).distinct())
        )
