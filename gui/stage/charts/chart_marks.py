"""What charts mark beside scores: reminders of who somebody is, and alarms. Read from the records of turns."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from core.project import Project
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class ChartMark:
    """What is marked at one turn."""

    is_reminder: bool
    """The speaker was reminded of who it is, as it had drifted."""
    alarms: tuple[str, ...]
    """Kinds of what rang: `cannot_know`, `secret_out`."""


def read_chart_marks(project: Project, playtest_id: str, after_id: int = 0) -> dict[int, ChartMark]:
    """Returns the marks of the turns that were made after turn `after_id`, by their ids. For the jobs' thread."""
    reminder = func.json_extract(Turn.record, "$.mind.reminder")
    alarms = func.json_extract(Turn.record, "$.alarms")
    query: Any = select(Turn.id, reminder, alarms).where(
        Turn.playtest_id == playtest_id,
        col(Turn.id) > after_id,
        func.json_valid(Turn.record),
        or_(reminder.is_not(None), alarms.is_not(None)),
    )
    with project.reading() as session:
        read = {turn_id: _parse(one, other) for turn_id, one, other in session.exec(query)}
    return {turn_id: mark for turn_id, mark in read.items() if mark.is_reminder or mark.alarms}


def _parse(reminder: object, alarms: object) -> ChartMark:
    """What a stranger's pack says may be of any type."""
    found = _load(alarms)
    kinds = [one.get("kind") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    said = _load(reminder)
    has_fired = bool(said) and (not isinstance(said, dict) or said.get("fired", True) is not False)
    return ChartMark(has_fired, tuple(kind for kind in kinds if isinstance(kind, str)))


def _load(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
