"""What a user does to playtests and their turns: each function is one read, or one undo step."""

from sqlmodel import col, select

from core.library.kinds import PLAYTEST
from core.library.rows import require
from core.library.trash import delete_listed
from core.project import Project
from models.pin import Pin
from models.playtest import Playtest, Turn
from models.score import Score


def list_playtests(project: Project, scenario_id: str | None = None) -> list[Playtest]:
    """Returns playtests that are not deleted, newest first, of one scenario or of all."""
    query = select(Playtest).where(col(Playtest.deleted_at).is_(None))
    if scenario_id is not None:
        query = query.where(Playtest.scenario_id == scenario_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(col(Playtest.created_at).desc())))


def get_playtest(project: Project, playtest_id: str) -> Playtest | None:
    """Returns one playtest, or None when it is gone."""
    with project.reading() as session:
        return session.get(Playtest, playtest_id)


def rename_playtest(project: Project, playtest_id: str, name: str) -> None:
    """Gives a playtest another name."""
    with project.act(f"Rename playtest to {name}") as session:
        playtest = require(session, Playtest, playtest_id)
        playtest.name = name.strip()[:200] or playtest.name
        session.add(playtest)


def delete_playtest(project: Project, playtest_id: str) -> None:
    """Moves a playtest to the trash, with every turn."""
    delete_listed(project, [(PLAYTEST, playtest_id)])


def list_turns(project: Project, playtest_id: str, after_id: int = 0) -> list[Turn]:
    """Returns every turn of a playtest, all branches, in the order in which they were made.

    Args:
        after_id: Only those made after this turn.
    """
    query = select(Turn).where(Turn.playtest_id == playtest_id, col(Turn.id) > after_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(col(Turn.id))))


def get_turn(project: Project, turn_id: int) -> Turn | None:
    """Returns one turn, or None when it is gone."""
    with project.reading() as session:
        return session.get(Turn, turn_id)


def list_pins(project: Project, playtest_id: str) -> set[int]:
    """Returns the ids of the pinned turns of a playtest, all branches."""
    query = select(Pin.turn_id).join(Turn, col(Pin.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    with project.reading() as session:
        return set(session.exec(query))


def set_pinned(project: Project, turn_id: int, is_pinned: bool) -> None:
    """Pins a turn, so that it stays in every view when the context is full, or takes the pin away."""
    with project.act("") as session:
        turn = require(session, Turn, turn_id)
        session.info["label"] = f"{'Pin' if is_pinned else 'Unpin'} turn {turn.number}"
        pin = session.exec(select(Pin).where(Pin.turn_id == turn_id)).first()
        if is_pinned and pin is None:
            session.add(Pin(turn_id=turn_id))
        elif not is_pinned and pin is not None:
            session.delete(pin)


def list_scores(project: Project, playtest_id: str) -> list[Score]:
    """Returns every score of every turn of a playtest."""
    query = select(Score).join(Turn, col(Score.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(col(Score.id))))


def scores_of_turn(project: Project, turn_id: int) -> list[Score]:
    """Returns the scores of one turn."""
    with project.reading() as session:
        return list(session.exec(select(Score).where(Score.turn_id == turn_id).order_by(col(Score.id))))
