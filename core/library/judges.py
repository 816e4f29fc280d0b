"""The judges of a project: rows that say who gave a judged score. They are only added, and never taken back by undo."""

from typing import Any

from sqlmodel import Session, col, select

from core.library.rows import require
from core.project import Project
from models.fields import MAX_NAME_CHARS
from models.judge import Judge, JudgeBase


def find_or_add_judge(
    project: Project, name: str, weights_sha256: str, *, is_server: bool = False, n_samples: int = 3
) -> Judge:
    """Returns the judge with these weights and as many samples; adds it where there is none.

    Args:
        name: As people read it; it may change without making another judge.
        weights_sha256: Of the weights; of a server that does not tell, of its address and model.
    """
    with project.append() as session:
        found = _find(session, weights_sha256, is_server, n_samples)
        if found is None:
            base = JudgeBase.model_validate(
                {
                    "name": name.strip()[:MAX_NAME_CHARS] or "A judge",
                    "weights_sha256": weights_sha256,
                    "is_server": is_server,
                    "n_samples": n_samples,
                }
            )
            found = Judge.model_validate(base.model_dump())
            session.add(found)
        return found


def save_licence(project: Project, judge_id: str, licence: dict[str, Any]) -> None:
    """Keeps what a judge reached when it was examined; an earlier licence makes way.

    Raises:
        UserError: The judge is gone.
    """
    with project.append() as session:
        judge = require(session, Judge, judge_id)
        judge.licence = dict(licence)
        session.add(judge)


def list_judges(project: Project) -> list[Judge]:
    """Returns all judges of a project, oldest first."""
    with project.reading() as session:
        return list(session.exec(select(Judge).order_by(col(Judge.created_at), col(Judge.id))))


def _find(session: Session, weights_sha256: str, is_server: bool, n_samples: int) -> Judge | None:
    query = select(Judge).where(
        Judge.weights_sha256 == weights_sha256, Judge.is_server == is_server, Judge.n_samples == n_samples
    )
    return session.exec(query.order_by(col(Judge.created_at), col(Judge.id))).first()
