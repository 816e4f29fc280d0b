"""The system text of one character, block by block with the origin of each.

Stable text first: the scene that the cast shares, then the persona, so that prompt tokens can be reused.
Pure: no weights, no files. The house weights are trained on exactly what this renders.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.characters.examples import split_examples
from core.characters.macros import expand_macros
from models.character import CharacterBase
from models.scenario import RoleBase

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"


class BlockOrigin(StrEnum):
    """Where a block of the prompt comes from; the window colours by it."""

    SCENE = "scene"
    RULES = "rules"
    NAME = "name"
    DESCRIPTION = "description"
    PERSONALITY = "personality"
    SITUATION = "situation"
    STATEMENTS = "statements"
    VOICE = "voice"
    KNOWLEDGE = "knowledge"
    BOUNDARIES = "boundaries"
    EXAMPLES = "examples"
    GOAL = "goal"
    SECRET = "secret"
    INSTRUCTION = "instruction"


PERSONA_ORIGINS = frozenset(
    {
        BlockOrigin.DESCRIPTION,
        BlockOrigin.PERSONALITY,
        BlockOrigin.SITUATION,
        BlockOrigin.STATEMENTS,
        BlockOrigin.VOICE,
        BlockOrigin.KNOWLEDGE,
        BlockOrigin.BOUNDARIES,
        BlockOrigin.EXAMPLES,
    }
)
"""What grounding takes away. Name, scene, goal and secret stay."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the prompt and where it comes from."""

    origin: BlockOrigin
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What the whole cast shares."""

    name: str
    setting: str = ""
    rules: str = ""
    present: tuple[str, ...] = ()
    """Names of the cast in order."""
    user_name: str = "You"
    thoughts: bool = False


def render_system(character: CharacterBase, role: RoleBase, scene: Scene) -> tuple[Block, ...]:
    """Renders the system text of one character in one scene."""
    name = character.name

    def expand(text: str) -> str:
        return expand_macros(text, character.spoken_name, scene.user_name).strip()

    candidates = [
        (BlockOrigin.SCENE, _scene_text(scene, expand(scene.setting))),
        (BlockOrigin.RULES, expand(scene.rules)),
        (BlockOrigin.NAME, f"You are {name}."),
        (BlockOrigin.DESCRIPTION, expand(character.description)),
        (BlockOrigin.PERSONALITY, expand(character.personality)),
        (BlockOrigin.SITUATION, expand(character.situation)),
        (BlockOrigin.STATEMENTS, "\n".join(filter(None, map(expand, character.statements)))),
        (BlockOrigin.VOICE, _labelled("Voice", expand(character.voice))),
        (BlockOrigin.KNOWLEDGE, _labelled("You know", expand(character.knowledge))),
        (BlockOrigin.BOUNDARIES, _labelled("Limits", expand(character.boundaries))),
        (BlockOrigin.EXAMPLES, _examples_text(expand(character.example_dialogue))),
        (BlockOrigin.GOAL, _labelled("Your goal", expand(role.goal))),
        (BlockOrigin.SECRET, _labelled("Your secret", expand(role.secret))),
        (BlockOrigin.INSTRUCTION, _instruction_text(character, scene)),
    ]
    return tuple(Block(origin, text) for origin, text in candidates if text)


def without_persona(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Leaves out the persona blocks: the view that grounding compares with."""
    return tuple(block for block in blocks if block.origin not in PERSONA_ORIGINS)


def join_blocks(blocks: tuple[Block, ...]) -> str:
    """Joins blocks into the text of the system message."""
    return "\n".join(block.text for block in blocks)


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if text else ""


def _scene_text(scene: Scene, setting: str) -> str:
    lines = [f"{scene.name}. {setting}".strip()]
    if scene.present:
        lines.append(f"Present: {', '.join(scene.present)}.")
    return "\n".join(lines)


def _examples_text(example_dialogue: str) -> str:
    blocks = split_examples(example_dialogue)
    return "\n".join(f"Example:\n{block}" for block in blocks)


def _instruction_text(character: CharacterBase, scene: Scene) -> str:
    default = f"Speak only as {character.name}, one short turn at a time."
    if scene.thoughts:
        default += f" First think in {THINK_OPEN}{THINK_CLOSE}: nobody hears it."
    if not character.system_prompt.strip():
        return default
    own = expand_macros(character.system_prompt, character.spoken_name, scene.user_name)
    return _replace_original(own, default).strip()


def _replace_original(text: str, default: str) -> str:
    if "{{original}}" in text.lower():
        start = text.lower().index("{{original}}")
        return text[:start] + default + text[start + len("{{original}}") :]
    return f"{text}\n{default}"
