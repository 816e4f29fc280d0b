"""The scores of one turn with what is known beside them: who judged, how far to trust it, what a person said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication
from sqlmodel import Session, col, select

from core.fidelity.catalogue import METRICS
from core.fidelity.judging.licence import read_licence
from core.library.labels import set_label
from core.project import Project
from gui.stage.charts.score_card import OWN, Beside
from gui.stage.fill import fill
from models.judge import Judge
from models.label import Label, Verdict
from models.own_metric import OwnMetric
from models.score import Score

translate = QCoreApplication.translate


def read_scores_beside(project: Project, turn_id: int) -> list[tuple[Score, Beside]]:
    """Returns the newest score of each measure and judge, in the order of the catalogue, own measures last."""
    with project.reading() as session:
        scores = list(session.exec(select(Score).where(Score.turn_id == turn_id).order_by(col(Score.id))))
        judges = {judge.id: judge for judge in session.exec(select(Judge))}
        titles = {f"{OWN}{one.id}": one.name for one in session.exec(select(OwnMetric))}
        contested = _read_contested(session, turn_id)
    can_contest = not project.is_read_only
    groups: dict[tuple[str, str | None], list[Score]] = {}
    for score in scores:
        groups.setdefault((score.metric, score.judge_id), []).append(score)
    order = {name: place for place, name in enumerate(METRICS)}
    found = []
    for key in sorted(groups, key=lambda key: (order.get(key[0], len(order)), key[0], key[1] or "")):
        newest = groups[key][-1]
        judge = judges.get(key[1] or "")
        beside = Beside(
            title=titles.get(key[0], ""),
            judge=judge.name if judge is not None else "",
            badge=badge_of(judge.licence) if judge is not None else "",
            contested=contested.get(newest.id or 0),
            older=say_older(groups[key][:-1]) if judge is not None else (),
            can_contest=can_contest,
        )
        found.append((newest, beside))
    return found


def contest(project: Project, score: Score, why: str | None) -> None:
    """Keeps that the user disagrees with a score, and why; None: takes that back. One undo step."""
    set_label(
        project,
        score.turn_id,
        None if why is None else Verdict.OFF,
        why or "",
        metric=score.metric,
        score_id=score.id,
    )


def badge_of(licence: dict[str, Any]) -> str:
    """Returns the badge of a judge's licence; empty where it was not examined."""
    read = read_licence(licence)
    return read.badge if read is not None else ""


def say_older(scores: Sequence[Score]) -> tuple[tuple[str, str, str], ...]:
    """Returns earlier verdicts, newest first: when, the prompt it was asked by, and what came of it."""
    return tuple((say_moment(one.created_at), _prompt_of(one), say_value(one)) for one in reversed(scores))


def say_value(score: Score) -> str:
    """Returns the value, or why there is none."""
    if score.value is None:
        return fill(translate("ScoreCard", "Not scored: %1"), score.reason or "")
    return f"{score.value:z.3f}"


def say_moment(text: str) -> str:
    """Returns a moment as it is kept in rows, in this machine's time."""
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text


def _prompt_of(score: Score) -> str:
    version = score.evidence.get("prompt")
    return version if isinstance(version, str) else ""


def _read_contested(session: Session, turn_id: int) -> dict[int, str]:
    """Returns why the user disagrees: id of the score -> words."""
    is_off = Label.verdict == Verdict.OFF
    query = select(Label).where(Label.turn_id == turn_id, Label.metric != "", Label.person == "", is_off)
    labels = session.exec(query.order_by(col(Label.created_at)))
    return {label.score_id: label.why for label in labels if label.score_id is not None}
