"""What a turn does beyond its words: who perceives it, what becomes of the world. Decided before it is committed."""

from collections.abc import Sequence

from core.playtest.script import Script
from core.playtest.story_play import StoryPlay
from models.playtest import SpeakerKind, Turn, TurnBase


class Consequences:
    """Works out the consequences of the turns of one playtest. Pure functions of the path and the turn."""

    def __init__(self, script: Script, story: StoryPlay) -> None:
        self._script = script
        self._story = story

    def of(self, draft: TurnBase, path: Sequence[Turn]) -> TurnBase:
        """Returns a turn after a path with its audience, and with what it does to the world in its record."""
        draft = draft.model_copy(update={"audience": self._audience(draft, path)})
        return draft.model_copy(update={"record": draft.record | self._story.record(draft, path)})

    def _audience(self, draft: TurnBase, path: Sequence[Turn]) -> list[str] | None:
        """Returns who perceives a turn: those it is meant for, as far as they are in the scene."""
        if draft.kind == SpeakerKind.DIRECTOR:
            return draft.audience or []
        away = self._story.away_at(path)
        meant = draft.audience
        present = [
            part.role_id
            for part in self._script.parts
            if part.role_id not in away and (meant is None or part.role_id in meant)
        ]
        return None if meant is None and not away else present
