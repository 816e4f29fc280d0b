"""Interviews of a project: each function one read, or one addition. They are only ever added."""

from sqlmodel import col, select

from core.project import Project
from models.interview import Interview, InterviewBase


def list_interviews(project: Project, playtest_id: str, role_id: str | None = None) -> list[Interview]:
    """Returns the interviews of a playtest, newest first, of one role or of all."""
    query = select(Interview).where(Interview.playtest_id == playtest_id)
    if role_id is not None:
        query = query.where(Interview.role_id == role_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(col(Interview.created_at).desc(), col(Interview.id))))


def get_interview(project: Project, interview_id: str) -> Interview | None:
    """Returns one interview, or None when it is gone."""
    with project.reading() as session:
        return session.get(Interview, interview_id)


def add_interview(
    project: Project, playtest_id: str, turn_id: int | None, held: InterviewBase, judge_id: str | None = None
) -> Interview:
    """Keeps an interview.

    Args:
        turn_id: The turn after which it was held; None: before the first.
        judge_id: Who turned free answers into values; None: nobody had to.
    """
    more = {"playtest_id": playtest_id, "turn_id": turn_id, "judge_id": judge_id}
    with project.append() as session:
        row = Interview.model_validate(held.model_dump() | more)
        session.add(row)
    return row
