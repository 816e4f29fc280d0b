"""Turns with a part of their records: what a room folds a long path from, without reading all that they keep."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from core.project import Project
from models.playtest import Origin, SpeakerKind, Turn


@dataclass(slots=True)
class RecordTurn:
    """A turn with what a room needs of its record: it stands for a `Turn`."""

    id: int
    parent_id: int | None
    number: int
    speaker_id: str
    speaker: str
    kind: SpeakerKind
    text: str
    origin: Origin
    audience: list[str] | None
    record: dict[str, Any]
    thought: str | None = None


def read_turn_rows(project: Project, playtest_id: str, after_id: int, *parts: Any) -> list[tuple[Any, ...]]:
    """Returns the first nine fields of `RecordTurn` and parts of the record, of the turns made after one, oldest first.

    A turn whose record is no JSON is left out.
    """
    columns: Any = (
        Turn.id,
        Turn.parent_id,
        Turn.number,
        Turn.speaker_id,
        Turn.speaker,
        Turn.kind,
        Turn.text,
        Turn.origin,
        Turn.audience,
        *parts,
    )
    query = select(*columns).where(
        Turn.playtest_id == playtest_id, col(Turn.id) > after_id, func.json_valid(Turn.record)
    )
    with project.reading() as session:
        return [tuple(row) for row in session.exec(query.order_by(col(Turn.id)))]
