"""Retraces the branch that a "what if" began from: the same seeds, and what people said and did there, again.

A function of the path: what has been repeated says so in its record.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from core.hearing.whispers import WHISPER_KEY
from core.library.playtests import get_playtest, list_turns
from core.minds.moment import MIND_KEY
from core.playtest.directing.acts import ACT_KEY
from core.playtest.directing.lines import KEPT
from core.playtest.directing.who_next import WHY_KEY
from core.playtest.looking_back.recorded import alternative_of
from core.playtest.looking_back.what_if import copy_belongings
from core.playtest.story.story_play import WORLD_KEY
from core.playtest.tree import path_to
from core.project import Project
from models.memory import MemoryChange
from models.pin import Pin
from models.playtest import Origin, SpeakerKind, Turn, TurnBase

AGAIN_KEY = "again"
"""Where the record of a repeated turn keeps the number of the original."""
_SPEAKS = frozenset({SpeakerKind.CHARACTER, SpeakerKind.USER})
CHOSEN = "chosen by the director"
"""Why a turn is its speaker's, where the director said so."""


class Retrace:
    """The original of one playtest, as far as it goes beyond the turn that is played again."""

    def __init__(self, project: Project, playtest_id: str) -> None:
        """Where the playtest asks nothing, or its original is gone, there is nothing to retrace."""
        playtest = get_playtest(project, playtest_id)
        asked = playtest.what_if if playtest is not None else {}
        original_id, head_id, number = asked.get("playtest_id"), asked.get("head_id"), asked.get("number")
        self._by_number: dict[int, Turn] = {}
        if isinstance(original_id, str) and isinstance(head_id, int) and isinstance(number, int):
            turns = path_to(list_turns(project, original_id), head_id)
            self._by_number = {turn.number: turn for turn in turns if turn.number >= number}

    def original(self, number: int) -> Turn | None:
        """Returns the original turn at a place that the weights wrote there, or None."""
        turn = self._by_number.get(number)
        return turn if turn is not None and not _is_by_person(turn) and alternative_of(turn) is not None else None

    def chosen_speaker(self, number: int) -> str | None:
        """Returns the role id of whom the director had speak at a place, or None."""
        turn = self.original(number)
        return turn.speaker_id if turn is not None and turn.record.get(WHY_KEY) == CHOSEN else None

    def next_by_person(self, path: Sequence[TurnBase]) -> TurnBase | None:
        """Returns what a person said or did in the original, and is to be repeated after a path; or None."""
        if not self._by_number:
            return None
        done = [turn.record.get(AGAIN_KEY) for turn in path]
        for number, turn in self._by_number.items():
            if number > len(path) + 1:
                break
            if _is_by_person(turn) and number not in done:
                fields = {name: getattr(turn, name) for name in TurnBase.model_fields}
                said: dict[str, Any] = {"record": _kept(turn) | {AGAIN_KEY: number}}
                if turn.kind in _SPEAKS:  # who is there hears it, unless it was whispered
                    said["audience"] = None
                return TurnBase(**fields | said)
        return None

    def copy_belongings(self, session: Session, turn: Turn) -> None:
        """Gives a turn that repeats one of the original what a person pinned and remembered there."""
        original = self._repeated_by(turn)
        if original is not None and original.id is not None and turn.id is not None:
            copy_belongings(session, original.id, turn.id, (Pin, MemoryChange))

    def _repeated_by(self, turn: Turn) -> Turn | None:
        number = turn.record.get(AGAIN_KEY)
        if isinstance(number, int):
            return self._by_number.get(number)
        original = self._by_number.get(turn.number)  # what the stage itself says follows from the path, without choice
        if original is None or _is_by_person(turn) or alternative_of(turn) is not None:
            return None
        said = (original.speaker_id, original.kind, original.text)
        return original if said == (turn.speaker_id, turn.kind, turn.text) else None


def _kept(turn: Turn) -> dict[str, Any]:
    """Returns what the record of a repeated turn keeps: what was done, not what came of it."""
    kept = {key: turn.record[key] for key in (*KEPT, ACT_KEY, WHISPER_KEY, MIND_KEY) if key in turn.record}
    world = turn.record.get(WORLD_KEY)
    is_done = isinstance(world, dict) and (world.get("set") or world.get("told"))
    return kept | ({WORLD_KEY: world} if is_done else {})


def _is_by_person(turn: Turn) -> bool:
    return turn.kind == SpeakerKind.DIRECTOR or turn.origin in {Origin.HUMAN, Origin.EDITED}
