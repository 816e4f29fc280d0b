"""What a user does to measures of their own: each function is one read, or one undo step."""

from typing import Any

from sqlmodel import col, select

from core import programs
from core.errors import UserError
from core.library.rows import assign, find_living, require
from core.project import Project
from models.fields import utc_now
from models.own_metric import OwnMetric, OwnMetricBase, OwnMetricKind


def list_own_metrics(project: Project) -> list[OwnMetric]:
    """Returns all own measures by name."""
    with project.reading() as session:
        living = select(OwnMetric).where(col(OwnMetric.deleted_at).is_(None))
        return list(session.exec(living.order_by(col(OwnMetric.name), col(OwnMetric.id))))


def get_own_metric(project: Project, metric_id: str) -> OwnMetric | None:
    """Returns one measure, or None when it is gone."""
    with project.reading() as session:
        return find_living(session, OwnMetric, metric_id)


def add_own_metric(project: Project, draft: OwnMetricBase) -> OwnMetric:
    """Adds a measure."""
    with project.act(f"New measure {draft.name}") as session:
        metric = OwnMetric.model_validate(draft.model_dump())
        session.add(metric)
    return metric


def change_own_metric(project: Project, metric_id: str, **fields: Any) -> None:
    """Changes a measure; scores that it gave before stay as they are.

    Raises:
        UserError: A value is not allowed, or the measure is gone.
    """
    with project.act("") as session:
        metric = require(session, OwnMetric, metric_id)
        session.info["label"] = f"Edit measure {metric.name}"
        assign(metric, OwnMetricBase, fields)


def delete_own_metric(project: Project, metric_id: str) -> None:
    """Takes a measure away; undo brings it back, and its scores stay."""
    with project.act("") as session:
        metric = require(session, OwnMetric, metric_id)
        session.info["label"] = f"Delete measure {metric.name}"
        metric.deleted_at = utc_now()


def python_text(project: Project, metric: OwnMetricBase) -> str:
    """Returns the text of a measure's Python file as it is now, which stands beside the project file.

    Raises:
        UserError: The measure has no such file, or it cannot be read.
    """
    if metric.kind != OwnMetricKind.PYTHON:
        raise UserError(f"“{metric.name}” is no Python function.", "Choose the kind “Python” for it.")
    return programs.read_program(project.path.parent, metric.body)


def is_allowed(text: str) -> bool:
    """Whether just this text may be run on this machine."""
    return programs.is_allowed(text)


def allow_python(text: str) -> None:
    """Lets just this text be run on this machine; the project knows nothing of it, and undo does not touch it."""
    programs.allow(text)


def forbid_python(text: str) -> None:
    """Takes back that this text may be run."""
    programs.forbid(text)
