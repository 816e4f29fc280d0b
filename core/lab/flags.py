"""What was flagged in playtests: alarms, reminders of who somebody is. Read from the records of turns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.project import Project

ALARM, REMINDER = "alarm", "reminder"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that was flagged at a turn."""

    turn_id: int
    kind: str
    """ALARM or REMINDER."""
    what: str = ""
    """Of an alarm: `cannot_know`, `secret_out`, or what another version called it."""


def read_flags(project: Project, playtest_ids: Sequence[str], after_id: int = 0) -> list[Flag]:
    """Returns the flags of turns made after turn `after_id`, oldest first. For a thread of its own.

    A record is only parsed where it holds one of the words, which is quicker by far.
    """
    marks = ",".join("?" * len(playtest_ids))
    sql = (
        "SELECT id, json_extract(record, '$.mind.reminder'), json_extract(record, '$.alarms') FROM turn "
        f"WHERE playtest_id IN ({marks}) AND id > ? AND (instr(record, '\"alarms\"') OR instr(record, '\"reminder\"')) "
        "AND json_valid(record) ORDER BY id"
    )
    with project.reading() as session:
        connection: Any = session.connection().connection.driver_connection
        rows = connection.execute(sql, (*playtest_ids, after_id)).fetchall()
    return [flag for turn_id, reminder, alarms in rows for flag in _parse(turn_id, reminder, alarms)]


def _parse(turn_id: int, reminder: object, alarms: object) -> list[Flag]:
    """What a stranger's pack says may be of any type."""
    found = _load(alarms)
    flags = [
        Flag(turn_id, ALARM, str(one.get("kind", "")))
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict)
    ]
    said = _load(reminder)
    if said and (not isinstance(said, dict) or said.get("fired", True) is not False):
        flags.append(Flag(turn_id, REMINDER))
    return flags


def _load(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
