"""Beginning a playtest: the scenario and its cast are pinned, and nothing has been said yet."""

from collections.abc import Callable

from sqlmodel import col, func, select

from core.errors import UserError
from core.library.rows import find_living
from core.playtest.script import Begin, Script
from core.playtest.settings import PlaySettings
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.pinned_lore import pin_lore
from core.project import Project
from models.fields import utc_now
from models.playtest import Playtest
from models.scenario import Scenario


def start_playtest(
    project: Project,
    scenario_id: str,
    settings: PlaySettings,
    beat_id: str = "",
    changes: str = "",
    adapt: Callable[[Script], Script] = lambda script: script,
) -> Playtest:
    """Adds a playtest of a scenario as it is now.

    Undo puts it in the trash rather than deleting it, so that redo brings its turns back.

    Args:
        beat_id: The beat in which the scene begins; empty: at the start.
        changes: What is set by hand before it begins: effects, see `core.world.effects`.
        adapt: Changes how the cast is run, for this playtest alone.

    Raises:
        UserError: The scenario is gone or has no cast, or the scene cannot begin like this.
    """
    settings = settings.with_seed()
    with project.reading() as session:
        scenario = find_living(session, Scenario, scenario_id)
        if scenario is None:
            raise UserError("This scenario is not in the project any more.", "Undo may bring it back.")
        script = adapt(Script.from_rows(session, scenario))
        lore = pin_lore(session, scenario_id)
    begin = Begin(beat_id=beat_id, changes=changes, seed=settings.seed)
    script = script.model_copy(update={"begin": begin, "lore": lore})
    StoryPlay(script)  # says what is wrong with how it begins
    playtest = Playtest(
        name=f"{script.scenario.name} {_count_playtests(project, scenario_id) + 1}"[:200],
        scenario_id=scenario_id,
        script=script.model_dump(mode="json"),
        settings=settings.model_dump(),
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
