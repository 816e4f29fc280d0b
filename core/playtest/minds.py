"""Makes the moment that a character's mind works from, out of a path and the rows that belong to it."""

import hashlib
from collections.abc import Callable, Sequence

from sqlmodel import col, select

from core.hearing.perception import before_round, heard_by
from core.inference.request import Ask
from core.memory.entries import PERSONA_PREFIX
from core.memory.stream import Streams
from core.minds.mind import Inner, prepare
from core.minds.moment import Moment
from core.path import fold, only
from core.playtest.directing.recasting import cast_at, recast_number
from core.playtest.script import Part, Script
from core.playtest.story.goals import GoalTests
from core.playtest.story.story_play import StoryPlay
from core.project import Project
from models.memory import MemoryChange
from models.playtest import SpeakerKind, Turn
from models.score import Score

SCORES_BEHIND = 2
"""Turns back that drift is looked at. While the weights score as they play, those before have been scored whenever a
turn begins; where scores wait for pauses, there is no drift: so chance of time decides nothing."""


class Minds:
    """The minds of the cast of one playtest."""

    def __init__(self, project: Project, script: Script, playtest_id: str) -> None:
        self._project = project
        self._script = script
        self._playtest_id = playtest_id
        self._streams = Streams()
        self._drifts: dict[int, float | None] = {}
        """Of each turn that has been scored; scores are only ever added."""
        self._last_drift = 0
        self._goals = GoalTests(script)
        self._story = StoryPlay(script) if self._goals.tests else None

    def prepare(
        self,
        part: Part,
        path: Sequence[Turn],
        ask: Ask | None,
        in_round: int | None = None,
        *,
        scores_pause: bool = False,
    ) -> Inner:
        """Lets a character make up its mind before its turn after a path.

        Args:
            part: With what it wants and what it is told now.
            ask: Runs requests on the weights that play it.
            scores_pause: Turns are scored while play pauses: then nobody is reminded, as chance would say when.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        return prepare(self.moment(part, path, ask, in_round, scores_pause=scores_pause))

    def moment(
        self,
        part: Part,
        path: Sequence[Turn],
        ask: Ask | None = None,
        in_round: int | None = None,
        *,
        scores_pause: bool = False,
    ) -> Moment:
        """Returns what a character has to go by after a path; see `prepare`."""
        scenario = self._script.scenario
        rules = self._script.rules
        state = self._story.state_at(before_round(path, in_round)) if self._story is not None else None
        return Moment(
            rules=rules,
            role_id=part.role_id,
            character=part.character,
            role=part.role,
            cast={one.role_id: one.character.name for one in cast_at(self._script, path).parts},
            heard=heard_by(path, part.role_id, in_round),
            number=len(path) + 1,
            told=part.told,
            user_name=scenario.user_name,
            setting=scenario.setting,
            goal_reached=part.role_id in self._goals.reached(state),
            thinks=self._script.thinks,
            changes=self._changes(path, part.role_id),
            streams=self._streams,
            since=recast_number(path, part.role_id),
            drift=self._drift(path, part) if rules.mind.reminders and not scores_pause else (),
            ask=ask,
        )

    def _changes(self, path: Sequence[Turn], role_id: str) -> list[MemoryChange]:
        query = (
            select(MemoryChange, Turn.number)
            .join(Turn, col(MemoryChange.turn_id) == col(Turn.id))
            .where(Turn.playtest_id == self._playtest_id, MemoryChange.role_id == role_id)
            .order_by(col(MemoryChange.created_at), col(MemoryChange.id))
        )
        with self._project.reading() as session:
            rows = list(session.exec(query))
        cast = recast_number(path, role_id)
        on_path = [
            (number, row)
            for row, number in rows
            if 0 < number <= len(path) and path[number - 1].id == row.turn_id
            # who plays the part now has a persona of its own
            if number >= cast or not row.entry_id.startswith(PERSONA_PREFIX)
        ]
        return [row for _, row in sorted(on_path, key=lambda pair: pair[0])]

    def _drift(self, path: Sequence[Turn], part: Part) -> list[tuple[int, float]]:
        me = (part.role_id, part.character.name)
        own = only(
            path[: -(SCORES_BEHIND - 1) or None],
            ("spoken", me),
            lambda turn: (turn.speaker_id, turn.speaker) == me and turn.kind == SpeakerKind.CHARACTER,
        )
        query = (
            select(Score.id, Score.turn_id, Score.value)
            .join(Turn, col(Score.turn_id) == col(Turn.id))
            .where(Turn.playtest_id == self._playtest_id, Score.metric == "drift", col(Score.id) > self._last_drift)
        )
        with self._project.reading() as session:
            for score_id, turn_id, value in session.exec(query.order_by(col(Score.id))):
                self._last_drift, self._drifts[turn_id] = score_id or 0, value
        nothing: list[tuple[int, int]] = []
        places = fold(own, "ids", nothing, lambda ids, turns: ids + [(turn.id or 0, turn.number) for turn in turns])
        return [(number, value) for turn_id, number in places if (value := self._drifts.get(turn_id)) is not None]


def draw_from(words: str) -> Callable[[str], float]:
    """Returns what chance says: the same words give the same number in [0, 1), on every machine."""

    def draw(what: str) -> float:
        digest = hashlib.blake2b(f"{words}/{what}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") / 2**32

    return draw
