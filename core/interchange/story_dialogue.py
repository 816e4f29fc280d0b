"""What was said in a playtest, beat by beat, for the file of a story."""

from core.interchange.story_plan import Said
from core.library.playtests import get_playtest, list_turns
from core.playtest.story.story_play import WORLD_KEY
from core.playtest.tree import path_to
from core.project import Project
from models.beat import BeatKind
from models.playtest import SpeakerKind, Turn


def read_dialogue(project: Project, playtest_id: str, turn_ids: set[int] | None = None) -> dict[str, list[Said]]:
    """Returns the lines of a playtest's present branch: beat id -> what was said while the scene was in it.

    What the narrator tells of a beat is left out, for the beat says it itself.

    Args:
        turn_ids: Only these turns; None: all.
    """
    playtest = get_playtest(project, playtest_id)
    if playtest is None:
        return {}
    beat_id = _first_beat(playtest.script)
    dialogue: dict[str, list[Said]] = {}
    for turn in path_to(list_turns(project, playtest_id), playtest.head_id):
        world = turn.record.get(WORLD_KEY)
        world = world if isinstance(world, dict) else {}
        told = world.get("told")
        if isinstance(told, str):
            beat_id = told
        elif beat_id and _is_line(turn) and (turn_ids is None or turn.id in turn_ids):
            dialogue.setdefault(beat_id, []).append(_said(turn))
        after = world.get("beat")
        beat_id = after if isinstance(after, str) and after else beat_id
    return dialogue


def _is_line(turn: Turn) -> bool:
    """Whether anybody of the scene says something: what the director does is not said, nor is a silence."""
    return turn.kind != SpeakerKind.DIRECTOR and bool(turn.text.strip())


def _said(turn: Turn) -> Said:
    return Said("" if turn.kind == SpeakerKind.NARRATOR else turn.speaker, turn.text)


def _first_beat(script: object) -> str:
    if not isinstance(script, dict):
        return ""
    begin, beats = script.get("begin"), script.get("beats")
    if isinstance(begin, dict) and isinstance(begin.get("beat_id"), str) and begin["beat_id"]:
        return str(begin["beat_id"])
    starts = [beat for beat in beats if isinstance(beat, dict)] if isinstance(beats, list) else []
    return next((str(beat.get("id")) for beat in starts if beat.get("kind") == BeatKind.START), "")
