"""What people say of turns and of scores: each function is one read, or one undo step.

A label without a metric is about the turn: good, or off. One with a metric is about that score of it: good means that
the person agrees with the score, off means "I disagree". Scores of one measure by two judges are two things to say of.
"""

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.rows import require
from core.project import Project
from models.fields import MAX_TEXT_CHARS
from models.label import Label, LabelBase, Verdict
from models.playtest import Turn
from models.score import Score

_WORDS = {Verdict.GOOD: "good", Verdict.OFF: "off"}


def set_label(
    project: Project,
    turn_id: int,
    verdict: Verdict | None,
    why: str = "",
    metric: str = "",
    score_id: int | None = None,
    person: str = "",
) -> None:
    """Labels a turn, or a score of it, in place of what the same person said before; None takes the label away.

    Raises:
        UserError: The turn is gone, or the reason is too long.
    """
    with project.act(_step(verdict, metric)) as session:
        require(session, Turn, turn_id)
        found = _find(session, turn_id, metric, person, score_id)
        if verdict is None:
            if found is not None:
                session.delete(found)
            return
        checked = _checked(verdict, why, metric, score_id, person)
        if found is None:
            session.add(Label.model_validate(checked.model_dump() | {"turn_id": turn_id}))
        else:
            found.verdict, found.why, found.score_id = checked.verdict, checked.why, checked.score_id


def label_turn(project: Project, turn_id: int, verdict: Verdict, why: str = "", person: str = "") -> Verdict | None:
    """Labels a turn by one key: the key of the label that it has takes it away again.

    Returns:
        The label that the turn has now.
    """
    before = next((one for one in labels_of_turn(project, turn_id) if one.person == person and not one.metric), None)
    now = None if before is not None and before.verdict == verdict and not why else verdict
    set_label(project, turn_id, now, why, person=person)
    return now


def contest_score(project: Project, score_id: int, why: str = "", person: str = "") -> None:
    """Says "I disagree" of a score of a turn; the score stays as it is.

    Raises:
        UserError: The score is gone, or has no value that could be contested.
    """
    with project.reading() as session:
        score = session.get(Score, score_id)
    if score is None:
        raise UserError("This score is not in the project any more.", "Choose another one.")
    if score.value is None:
        raise UserError("This turn was not scored, so there is nothing to disagree with.", "Label the turn instead.")
    set_label(project, score.turn_id, Verdict.OFF, why, score.metric, score_id, person)


def labels_of_turn(project: Project, turn_id: int) -> list[Label]:
    """Returns all labels of a turn, oldest first."""
    with project.reading() as session:
        return list(session.exec(select(Label).where(Label.turn_id == turn_id).order_by(*_BY_AGE)))


def list_labels(project: Project, playtest_id: str) -> list[Label]:
    """Returns all labels of a playtest, all branches, oldest first."""
    query = select(Label).join(Turn, col(Label.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(*_BY_AGE)))


_BY_AGE = (col(Label.created_at), col(Label.id))


def _find(session: Session, turn_id: int, metric: str, person: str, score_id: int | None) -> Label | None:
    """Returns what a person said of a turn, or of the scores of one measure by one judge."""
    query = select(Label).where(Label.turn_id == turn_id, Label.metric == metric, Label.person == person)
    judge_id = _judge_of(session, score_id)
    labels = session.exec(query.order_by(*_BY_AGE))
    return next((one for one in labels if not metric or _judge_of(session, one.score_id) == judge_id), None)


def _judge_of(session: Session, score_id: int | None) -> str | None:
    """Returns who gave a score; None: a measure without a judge, or a score that is gone."""
    score = session.get(Score, score_id) if score_id is not None else None
    return score.judge_id if score is not None else None


def _checked(verdict: Verdict, why: str, metric: str, score_id: int | None, person: str) -> LabelBase:
    why = why.strip()
    if len(why) > MAX_TEXT_CHARS:
        raise UserError(f"A reason has at most {MAX_TEXT_CHARS:,} characters.", "Make it shorter.")
    return LabelBase(verdict=verdict, why=why, metric=metric, score_id=score_id, person=person)


def _step(verdict: Verdict | None, metric: str) -> str:
    if verdict is None:
        return "Take label away"
    if metric:
        return "Disagree with score" if verdict == Verdict.OFF else "Agree with score"
    return f"Label turn as {_WORDS[verdict]}"
