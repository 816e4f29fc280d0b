"""Which beats a scene has passed, and at which turn each was entered. Knows no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from core.playtest.script import Script
from core.project import Project
from gui.stage.reading import StageTurn
from models.beat import BeatKind
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class BeatPassed:
    """A beat that was entered."""

    row: int
    """Of the turn that led there."""
    name: str


def read_steps(project: Project, playtest_id: str) -> dict[int, str]:
    """Returns the turns of all branches that led to a beat: turn id -> beat id."""
    step: Any = col(Turn.record)["world"]["step"]["to"]
    columns: Any = (col(Turn.id), step)
    query = select(*columns).where(Turn.playtest_id == playtest_id, step.as_string().is_not(None))
    with project.reading() as session:
        return {turn_id: beat_id for turn_id, beat_id in session.exec(query) if isinstance(beat_id, str)}


def list_beats(script: Script, path: Sequence[StageTurn], steps: dict[int, str]) -> list[BeatPassed]:
    """Returns the beats on a path in order, the one that it begins in first."""
    names = {beat.id: beat.name.strip() for beat in script.beats}
    start = next((beat for beat in script.beats if beat.kind == BeatKind.START), None)
    first = script.begin.beat_id or (start.id if start is not None else "")
    passed = [BeatPassed(0, names[first])] if first in names and path else []
    for row, turn in enumerate(path):
        if (beat_id := steps.get(turn.id)) in names:
            passed.append(BeatPassed(row, names[beat_id]))
    return passed
