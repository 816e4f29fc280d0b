"""Turns of a playtest as the lines that measures read."""

from core.fidelity.conversation import About, Horizon, Line
from core.playtest.script import Script
from models.persona import Horizon as PersonaHorizon
from models.playtest import SpeakerKind, TurnBase


def about_script(script: Script) -> About:
    """Returns what is known of a cast before the first word."""
    return About(
        personas={part.role_id: tuple(part.character.statements) for part in script.parts},
        scene=script.scenario.setting,
        names={part.role_id: part.character.name for part in script.parts},
        horizons={part.role_id: _horizon(part.character.persona.horizon) for part in script.parts},
        aliases={part.role_id: (part.character.nickname,) for part in script.parts if part.character.nickname.strip()},
    )


def is_line(turn: TurnBase) -> bool:
    """Whether anything was said: acts of the director are no lines."""
    return turn.kind != SpeakerKind.DIRECTOR and bool(turn.text.strip())


def line_of(turn: TurnBase, about: About) -> Line:
    """Returns a turn as a line of its role; who played the role before it was recast is another speaker."""
    speaker = turn.speaker_id
    if about.names.get(speaker, turn.speaker) != turn.speaker:
        speaker = f"{speaker}/{turn.speaker}"
    return Line(speaker, turn.text, turn.thought or "", turn.record)


def _horizon(layer: PersonaHorizon) -> Horizon:
    return Horizon(layer.date, layer.place, tuple(layer.unknown))
