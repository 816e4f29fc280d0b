"""Makes the moment that a character's mind works from, out of a path and the rows that belong to it."""

import hashlib
from collections.abc import Callable, Sequence

from sqlmodel import col, select

from core.hearing.perception import heard_by
from core.inference.request import Ask
from core.memory.stream import Streams
from core.minds.mind import NOTHING_INNER, Inner, prepare
from core.minds.moment import Moment
from core.playtest.goals import GoalTests
from core.playtest.recasting import cast_at
from core.playtest.script import Part, Script
from core.playtest.story_play import StoryPlay
from core.project import Project
from models.memory import MemoryChange
from models.playtest import SpeakerKind, Turn
from models.score import Score

SCORES_BEHIND = 2
"""Turns back that drift is looked at: those before have been scored whenever a turn begins, so that chance of time
decides nothing."""


class Minds:
    """The minds of the cast of one playtest."""

    def __init__(self, project: Project, script: Script, playtest_id: str) -> None:
        self._project = project
        self._script = script
        self._playtest_id = playtest_id
        self._streams = Streams()
        self._goals = GoalTests(script)
        self._story = StoryPlay(script) if self._goals.tests else None

    def prepare(
        self,
        part: Part,
        path: Sequence[Turn],
        seed: int,
        ask: Ask | None,
        in_round: int | None = None,
    ) -> Inner:
        """Lets a character make up its mind before its turn after a path.

        Args:
            part: With what it wants and what it is told now.
            seed: Of the turn.
            ask: Runs requests on the weights that play it.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        moment = self.moment(part, path, seed, ask, in_round)
        return prepare(moment) if path or self._script.scenario.stage else NOTHING_INNER

    def moment(
        self,
        part: Part,
        path: Sequence[Turn],
        seed: int = 0,
        ask: Ask | None = None,
        in_round: int | None = None,
    ) -> Moment:
        """Returns what a character has to go by after a path."""
        scenario = self._script.scenario
        rules = self._script.rules
        return Moment(
            rules=rules,
            role_id=part.role_id,
            character=part.character,
            role=part.role,
            cast={one.role_id: one.character.name for one in cast_at(self._script, path).parts},
            heard=heard_by(path, part.role_id, in_round),
            number=len(path) + 1,
            draw=draw_from(f"{seed}/{len(path) + 1}/{part.role_id}"),
            told=part.told,
            user_name=scenario.user_name,
            setting=scenario.setting,
            goal_reached=self._story is not None and part.role_id in self._goals.reached(self._story.state_at(path)),
            thinks=self._script.thinks,
            changes=self._changes(path, part.role_id),
            streams=self._streams,
            drift=self._drift(path, part.role_id) if rules.mind.reminders else (),
            ask=ask,
        )

    def _changes(self, path: Sequence[Turn], role_id: str) -> list[MemoryChange]:
        query = (
            select(MemoryChange)
            .join(Turn, col(MemoryChange.turn_id) == col(Turn.id))
            .where(Turn.playtest_id == self._playtest_id, MemoryChange.role_id == role_id)
            .order_by(col(MemoryChange.created_at), col(MemoryChange.id))
        )
        with self._project.reading() as session:
            rows = list(session.exec(query))
        if not rows:
            return []
        places = {turn.id: place for place, turn in enumerate(path)}
        on_path = [row for row in rows if row.turn_id in places]
        return sorted(on_path, key=lambda row: places[row.turn_id])

    def _drift(self, path: Sequence[Turn], role_id: str) -> list[tuple[int, float]]:
        numbers = {
            turn.id: turn.number
            for turn in path[: -(SCORES_BEHIND - 1) or None]
            if turn.speaker_id == role_id and turn.kind == SpeakerKind.CHARACTER
        }
        query = select(Score).where(Score.metric == "drift", col(Score.turn_id).in_(list(numbers)))
        with self._project.reading() as session:
            found = {row.turn_id: row.value for row in session.exec(query.order_by(col(Score.id)))}
        return [
            (number, value) for turn_id, number in numbers.items() if (value := found.get(turn_id or 0)) is not None
        ]


def draw_from(words: str) -> Callable[[str], float]:
    """Returns what chance says: the same words give the same number in [0, 1), on every machine."""

    def draw(what: str) -> float:
        digest = hashlib.blake2b(f"{words}/{what}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") / 2**32

    return draw
