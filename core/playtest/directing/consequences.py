"""What a turn does beyond its words: who perceives it, what becomes of the world. Decided before it is committed."""

from collections.abc import Sequence
from typing import Any

from core.hearing.audience import OVERHEARD_KEY, find_audience
from core.hearing.whispers import parse_whisper, whisper_record, whispered_to
from core.narrator.mechanics import NARRATOR_KEY
from core.playtest.directing.recasting import cast_at
from core.playtest.script import Script
from core.playtest.story.story_hearing import names_in
from core.playtest.story.story_play import StoryPlay
from models.playtest import Origin, SpeakerKind, Turn, TurnBase

_SPEAKS = frozenset({SpeakerKind.CHARACTER, SpeakerKind.USER})
_AUTHORED = frozenset({Origin.GREETING, Origin.STORY, Origin.STAGE})
"""What their author wrote for everybody is never taken for a whisper."""


class Consequences:
    """Works out the consequences of the turns of one playtest. Pure functions of the path and the turn."""

    def __init__(self, script: Script, story: StoryPlay) -> None:
        self._script = script
        self._story = story

    def of(self, draft: TurnBase, path: Sequence[Turn]) -> TurnBase:
        """Returns a turn after a path with its audience, and with what it does to the world in its record.

        A reply that begins as a whisper becomes one: its opening leaves the text and stays in the record.
        """
        if draft.kind == SpeakerKind.DIRECTOR:
            draft = draft.model_copy(update={"audience": draft.audience or []})
        elif _is_result(draft):  # who perceives it was found with what came of it: somebody may just have entered
            pass
        else:
            draft = self._heard(self._whispered(draft, path), path)
        return draft.model_copy(update={"record": draft.record | self._story.record(draft, path)})

    def _whispered(self, draft: TurnBase, path: Sequence[Turn]) -> TurnBase:
        """Returns a turn with whom it is meant for in its record, where that is not everybody."""
        if draft.kind not in _SPEAKS or whispered_to(draft) is not None:
            return draft
        script = cast_at(self._script, path)
        names = names_in(script)
        if draft.audience is not None and draft.origin != Origin.EDITED:
            to = {role_id: names[role_id][0] for role_id in draft.audience if role_id in names}
            return _with(draft, whisper_record(to))
        if draft.origin in _AUTHORED:
            return draft
        others = {role_id: several for role_id, several in names.items() if role_id != draft.speaker_id}
        last = next((turn.speaker_id for turn in reversed(path) if turn.speaker_id in others), None)
        whisper = parse_whisper(draft.text, others, last, draft.speaker)
        if whisper is None:
            return draft
        to = {role_id: names[role_id][0] for role_id in whisper.to}
        return _with(draft.model_copy(update={"text": whisper.text}), whisper_record(to, whisper.opening))

    def _heard(self, draft: TurnBase, path: Sequence[Turn]) -> TurnBase:
        """Returns a turn with its audience: those it is meant for, as far as they are there, and who overhears it."""
        to = whispered_to(draft)
        narrates = draft.kind not in _SPEAKS
        found = find_audience(
            "" if narrates else draft.speaker_id,
            draft.audience if narrates else to,
            self._story.presence_at(path),
            self._script.rules.hearing,
            self._story.draw(len(path) + 1),
            place_id=self._story.place_of(draft),
            is_quiet=to is not None,
        )
        draft = draft.model_copy(update={"audience": found.hearers})
        return _with(draft, {OVERHEARD_KEY: list(found.overheard)}) if found.overheard else draft


def _is_result(draft: TurnBase) -> bool:
    """Whether a turn tells what came of an act."""
    narrator = draft.record.get(NARRATOR_KEY)
    return draft.kind == SpeakerKind.NARRATOR and isinstance(narrator, dict) and "act" in narrator


def _with(draft: TurnBase, record: dict[str, Any]) -> TurnBase:
    return draft.model_copy(update={"record": draft.record | record})
