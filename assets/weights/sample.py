"""From a scene with its lines to the messages that the app would render for one of its speakers.

The system text comes from the app's own renderer, so that training and play agree to the letter. It knows no weights.
"""

from dataclasses import dataclass

from core.characters.prompt import Scene, join_blocks, render_system
from core.characters.reply import format_reply
from models.character import CharacterBase
from models.scenario import RoleBase

NARRATOR = "Narrator"
SCENE_BEGINS = "(The scene begins.)"
GO_ON = "(Go on.)"

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Persona:
    """One of the cast, as an author would write it."""

    name: str
    statements: tuple[str, ...] = ()
    description: str = ""
    situation: str = ""
    examples: str = ""
    """Example dialogue as cards have it, with `{{user}}` and `{{char}}`."""
    personality: str = ""
    voice: str = ""
    knowledge: str = ""
    boundaries: str = ""
    goal: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker said; the thought is empty when there was none. Narration has the speaker `NARRATOR`."""

    speaker: str
    text: str
    thought: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    """A scene, its cast and its lines."""

    kind: str
    title: str
    setting: str
    cast: tuple[Persona, ...]
    lines: tuple[Line, ...]


def render_messages(play: Play, me: int, thoughts: bool, plain: bool = False) -> list[Message]:
    """Renders a play as the conversation of one of its cast; a plain one has no scene and no instruction."""
    persona = play.cast[me]
    text = _plain_system(persona) if plain else _scene_system(play, persona, thoughts)
    return [{"role": "system", "content": text}, *_turns(play, persona.name, thoughts)]


def _plain_system(persona: Persona) -> str:
    return "\n".join(filter(None, (f"You are {persona.name}.", persona.description, *persona.statements)))


def _scene_system(play: Play, persona: Persona, thoughts: bool) -> str:
    character = CharacterBase(
        name=persona.name,
        description=persona.description,
        situation=persona.situation,
        example_dialogue=persona.examples,
        personality=persona.personality,
        voice=persona.voice,
        knowledge=persona.knowledge,
        boundaries=persona.boundaries,
        statements=list(persona.statements),
    )
    role = RoleBase(goal=persona.goal, secret=persona.secret)
    present = tuple(one.name for one in play.cast)
    scene = Scene(play.title, play.setting, present=present, thoughts=thoughts)
    return join_blocks(render_system(character, role, scene))


def _turns(play: Play, me: str, thoughts: bool) -> list[Message]:
    messages: list[Message] = []
    heard: list[str] = []
    named = len(play.cast) > 2 or any(line.speaker not in _known(play) for line in play.lines)
    for line in play.lines:
        if line.speaker != me:
            heard.append(_heard(line, named))
            continue
        opening = GO_ON if messages else SCENE_BEGINS
        messages.append({"role": "user", "content": "\n".join(heard) if heard else opening})
        written = format_reply(line.thought if thoughts else None, line.text)
        messages.append({"role": "assistant", "content": written})
        heard = []
    return messages


def _known(play: Play) -> set[str]:
    return {one.name for one in play.cast} | {NARRATOR}


def _heard(line: Line, named: bool) -> str:
    if line.speaker == NARRATOR:
        return f"*{line.text.strip('*')}*"
    return f"{line.speaker}: {line.text}" if named else line.text
