"""From a scene with its lines to the messages that the app would render for one of its speakers.

The system text comes from the app's own renderer, so that training and play agree to the letter. It knows no weights.
"""

import random
import re
from dataclasses import dataclass, field, replace

from core.characters.prompt import THINK_CLOSE, THINK_OPEN, Scene, join_blocks, render_system
from core.characters.reply import format_reply
from models.character import CharacterBase
from models.persona import Layers
from models.scenario import RoleBase

NARRATOR = "Narrator"
SCENE_BEGINS = "(The scene begins.)"
GO_ON = "(Go on.)"
NO_THOUGHT = "-"
"""The thought of a line that the app writes an empty thought before, as it does before a digit."""

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
    layers: Layers = field(default_factory=Layers)


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker said; the thought is empty when there was none. Narration has the speaker `NARRATOR`."""

    speaker: str
    text: str
    thought: str = ""
    note: str = ""
    """What its speaker's mind says to it just before: a memory, a mood."""


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


def spare_thoughts(play: Play, rng: random.Random) -> Play:
    """Takes most of what is said anyway out of the thoughts before it."""
    before = [Line(play.cast[0].name, ""), *play.lines]
    spared = [
        _spare(line, heard, rng) if rng.random() < _SPARED else _with_thought(line, heard, rng)
        for heard, line in zip(before, play.lines, strict=False)
    ]
    return replace(play, lines=tuple(spared))


_SPARED = 0.65
_EMPTY_WORDS = re.compile(
    r"(I will say (so|it)|I can say (that|it|so)|That is the truth|I will answer|Why not say it|That is easy)\.?"
)
_INSTEAD = (
    "{other} asks, and I will answer.",
    "I can tell {other} that.",
    "{other} wants to know it from me.",
    "That is a question for me.",
    "I know the answer.",
    "{other} may know that.",
    "I have nothing to hide there.",
    "What I know, I can tell.",
    "That concerns me, so I will speak.",
    "{other} waits for my answer.",
)


_UNASKED = (
    "I have something to say.",
    "Now it is my turn.",
    "I will say what I think.",
    "There is more to say.",
    "I will go on.",
    "I must say something to that.",
)


def _with_thought(line: Line, heard: Line, rng: random.Random) -> Line:
    """Who speaks without a thought gets a general one."""
    if line.thought or line.speaker == NARRATOR:
        return line
    if not heard.text.endswith("?"):
        return replace(line, thought=rng.choice(_UNASKED))
    other = heard.speaker
    name = "Somebody" if other in (line.speaker, NARRATOR, "You") else other.split(" ", 1)[0]
    return replace(line, thought=rng.choice(_INSTEAD).format(other=name))


def _spare(line: Line, heard: Line, rng: random.Random) -> Line:
    sentences = [one.strip() for one in re.findall(r"[^.?!]+[.?!]+", line.thought)]
    kept = " ".join(one for one in sentences if one not in line.text)
    if sentences and len(kept) == len(line.thought):
        return line
    if kept and not _EMPTY_WORDS.fullmatch(kept):
        return replace(line, thought=kept)
    return _with_thought(replace(line, thought=""), heard, rng)


def stumble(messages: list[Message], rng: random.Random) -> list[Message]:
    """Has one own turn say again what was said before, and the scene go on as if it had not.

    What is said again is not to be learned, but to go on after it: weights that copy well fall into loops.
    """
    own = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
    if len(own) < 3:
        return messages
    place = rng.choice(own[1:-1])
    before = rng.choice([earlier for earlier in range(1, place) if messages[earlier]["role"] != "system"])
    again = {"role": "assistant", "content": messages[before]["content"], "learned": "no"}
    return [*messages[:place], again, *messages[place + 1 :]]


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
        layers=persona.layers.to_document(),
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
        content = "\n".join(heard) if heard else opening
        messages.append({"role": "user", "content": f"{content}\n\n({line.note})" if line.note else content})
        messages.append({"role": "assistant", "content": _written(line, thoughts)})
        heard = []
    return messages


def _written(line: Line, thoughts: bool) -> str:
    if line.thought == NO_THOUGHT:
        return f"{THINK_OPEN}{THINK_CLOSE}{line.text}" if thoughts else line.text
    return format_reply(line.thought if thoughts else None, line.text)


def _known(play: Play) -> set[str]:
    return {one.name for one in play.cast} | {NARRATOR}


def _heard(line: Line, named: bool) -> str:
    if line.speaker == NARRATOR:
        return f"*{line.text.strip('*')}*"
    return f"{line.speaker}: {line.text}" if named else line.text
