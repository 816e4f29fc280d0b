"""How often each way between beats was taken, over all playtests of a scenario."""

from sqlmodel import col, func, select

from core.project import Project
from models.playtest import Playtest, Turn

_LINK = "$.world.step.link"
"""Where a turn's record names the way that it took, see `core.playtest.story.story_play`."""


def count_ways(project: Project, scenario_id: str) -> dict[str, int]:
    """Returns link id -> turns that took it; alternatives and edits count each, links that are gone too."""
    link = func.json_extract(col(Turn.record), _LINK)
    query = (
        select(link, func.count())
        .join(Playtest, col(Playtest.id) == col(Turn.playtest_id))
        .where(col(Playtest.scenario_id) == scenario_id, col(Playtest.deleted_at).is_(None), link.is_not(None))
        .group_by(link)
    )
    with project.reading() as session:
        return {str(link_id): int(count) for link_id, count in session.exec(query)}
