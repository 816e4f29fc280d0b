"""Beginning a playtest: the scenario and its cast are pinned, and nothing has been said yet."""

from sqlmodel import col, func, select

from core.errors import UserError
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.project import Project
from models.fields import utc_now
from models.playtest import Playtest
from models.scenario import Scenario


def start_playtest(project: Project, scenario_id: str, settings: PlaySettings) -> Playtest:
    """Adds a playtest of a scenario as it is now.

    Undo puts it in the trash rather than deleting it, so that redo brings its turns back.

    Raises:
        UserError: The scenario is gone or has no cast.
    """
    with project.reading() as session:
        scenario = session.get(Scenario, scenario_id)
        if scenario is None:
            raise UserError("This scenario is not in the project any more.", "Undo may bring it back.")
        script = Script.from_rows(session, scenario)
    playtest = Playtest(
        name=f"{script.scenario.name} {_count_playtests(project, scenario_id) + 1}"[:200],
        scenario_id=scenario_id,
        script=script.model_dump(mode="json"),
        settings=settings.with_seed().model_dump(),
        deleted_at=utc_now(),
    )
    with project.append() as session:
        session.add(playtest)
    with project.act(f"New playtest of {script.scenario.name}") as session:
        playtest = session.merge(playtest)
        playtest.deleted_at = None
    return playtest


def _count_playtests(project: Project, scenario_id: str) -> int:
    with project.reading() as session:
        return session.exec(select(func.count(col(Playtest.id))).where(Playtest.scenario_id == scenario_id)).one()
