"""The words of single turns, for lists and for what stands beside the mouse."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from core.project import Project
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class TurnWords:
    """What a turn says."""

    number: int
    speaker: str
    text: str


def read_words(project: Project, turn_ids: Sequence[int]) -> dict[int, TurnWords]:
    """Returns the words of turns by their ids; those that are gone are left out."""
    query = select(Turn.id, Turn.number, Turn.speaker, Turn.text).where(col(Turn.id).in_(turn_ids))
    with project.reading() as session:
        return {
            turn_id or 0: TurnWords(number, speaker, text) for turn_id, number, speaker, text in session.exec(query)
        }
