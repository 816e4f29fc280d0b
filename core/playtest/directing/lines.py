"""Drafts of turns that people write: a line, an event, other words for a turn; and of a silence. Pure."""

from core.errors import UserError
from core.hearing.perception import ROUND_KEY
from core.memory.records import remembered_again
from core.playtest.directing.who_next import TURN_TAKING_KEY, WHY_KEY, NextSpeaker
from core.playtest.script import NARRATOR_ID, USER_ID, Script
from core.playtest.story.story_play import told_again
from models.playtest import Origin, SpeakerKind, Turn, TurnBase

KEPT = (WHY_KEY, TURN_TAKING_KEY, ROUND_KEY)
"""What the record of an edited turn keeps: how it came to its speaker."""


def line_of(script: Script, speaker_id: str, text: str, audience: list[str] | None = None) -> TurnBase:
    """Returns a line that a person says as a role or the user, or an event that the narrator tells.

    Args:
        script: With the cast as it stands.
        audience: Role ids of those who hear it; None: everybody who can.

    Raises:
        UserError: Nobody of the scene has this id, or one of those who are to hear it.
    """
    if any(role_id != USER_ID and script.part(role_id) is None for role_id in audience or ()):
        raise UserError("Somebody who is to hear this is not in the cast.", "Choose who hears it among the cast.")
    part = script.part(speaker_id)
    known = {USER_ID: (script.scenario.user_name, SpeakerKind.USER), NARRATOR_ID: ("Narrator", SpeakerKind.NARRATOR)}
    if part is not None:
        name, kind = part.character.name, SpeakerKind.CHARACTER
    elif speaker_id in known:
        name, kind = known[speaker_id]
    else:
        raise UserError("This speaker is not in the cast.", "Choose another one.")
    return TurnBase(
        speaker_id=speaker_id,
        speaker=name,
        kind=kind,
        text=text,
        origin=Origin.HUMAN,
        audience=audience,
        finish="human",
    )


def edited(turn: Turn, text: str, thought: str | None) -> TurnBase:
    """Returns a turn with other words. `thought`: None leaves it as it is, empty takes it away."""
    return TurnBase(
        speaker_id=turn.speaker_id,
        speaker=turn.speaker,
        kind=turn.kind,
        text=text.strip(),
        thought=turn.thought if thought is None else thought or None,
        origin=Origin.EDITED,
        audience=turn.audience,
        finish="human",
        record=told_again(turn)
        | remembered_again(turn)
        | {key: turn.record[key] for key in KEPT if key in turn.record},
    )


def silence(speaker: NextSpeaker) -> TurnBase:
    """Returns a turn in which nobody speaks."""
    return TurnBase(
        speaker_id=NARRATOR_ID,
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="",
        origin=Origin.STAGE,
        finish="silent",
        record={TURN_TAKING_KEY: speaker.record | {"why": speaker.why}},
    )
