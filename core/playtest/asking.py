"""Talking to a draft of a character outside any playtest: nothing of it is kept.

The chat is built as a playtest builds it, with the one who asks as the scene's user.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.characters.reply import parse_reply, stop_strings
from core.inference.request import Generate
from core.playtest.script import USER_ID, Part, Script
from core.playtest.settings import PlaySettings
from core.playtest.view.views import build_view
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, TurnBase
from models.scenario import RoleBase, ScenarioBase

ROLE_ID = "asked"
SCENE = ScenarioBase(name="A talk", thoughts=False, user_name="Somebody")
"""What is around the talk where nobody has cast the character."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer."""

    question: str
    answer: str


def ask(
    character: CharacterBase,
    before: Sequence[Exchange],
    question: str,
    settings: PlaySettings,
    seed: int,
    *,
    lane: str = ROLE_ID,
) -> Generate:
    """Returns the request for an answer.

    Args:
        character: As it is typed, with what it inherits.
        before: The talk so far.
        lane: The sequence that holds this talk's tokens.
    """
    script = Script(scenario=SCENE, parts=(Part(role_id=ROLE_ID, role=RoleBase(), character=character),))
    history = []
    for exchange in before:
        history += [_said(exchange.question), _answered(character, exchange.answer)]
    view = build_view(script, script.parts[0], [*history, _said(question)])
    return Generate(
        lane=lane,
        messages=view.messages,
        max_tokens=settings.max_tokens,
        sampling=settings.sampling(seed),
        stop=stop_strings([SCENE.user_name]),
    )


def read_answer(written: str, character: CharacterBase) -> str:
    """Returns the speech of an answer, with no word of anybody else."""
    return parse_reply(written, character.name, [SCENE.user_name]).text


def _said(text: str) -> TurnBase:
    return TurnBase(speaker_id=USER_ID, speaker=SCENE.user_name, kind=SpeakerKind.USER, text=text, origin=Origin.HUMAN)


def _answered(character: CharacterBase, text: str) -> TurnBase:
    return TurnBase(
        speaker_id=ROLE_ID, speaker=character.name, kind=SpeakerKind.CHARACTER, text=text, origin=Origin.WEIGHTS
    )
