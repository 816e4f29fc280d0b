"""The system text of one character, block by block with the origin of each.

Stable text first: the scene that the cast shares, then the persona, so that prompt tokens can be reused.
Pure: no weights, no files. The house weights are trained on exactly what this renders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.characters import layer_text
from core.characters.examples import split_examples
from core.characters.macros import expand_macros
from core.characters.relations import Relation, relations_text
from models.character import CharacterBase
from models.scenario import RoleBase

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"


class BlockOrigin(StrEnum):
    """Where a block of the prompt comes from; the window colours by it."""

    SCENE = "scene"
    RULES = "rules"
    NAME = "name"
    IDENTITY = "identity"
    """Age, home and whatever else places somebody among others."""
    CAREER = "career"
    DESCRIPTION = "description"
    PERSONALITY = "personality"
    TRAITS = "traits"
    VALUES = "values"
    LIFE = "life"
    SITUATION = "situation"
    STATEMENTS = "statements"
    VOICE = "voice"
    VOICE_RULES = "voice_rules"
    SAMPLES = "samples"
    KNOWLEDGE = "knowledge"
    HORIZON = "horizon"
    PERSONA_SECRETS = "persona_secrets"
    """What the character hides wherever it plays; `SECRET` is the role's own."""
    MEMORIES = "memories"
    BOUNDARIES = "boundaries"
    EXAMPLES = "examples"
    RELATIONSHIPS = "relationships"
    """What they think of the others of the cast, from the relationship map."""
    ROLE_PERSONALITY = "role_personality"
    ROLE_STYLE = "role_style"
    ROLE_EMOTION = "role_emotion"
    ROLE_RELATIONS = "role_relations"
    GOAL = "goal"
    SECRET = "secret"
    FACTS = "facts"
    """What the role knows, suspects and denies of the world of the scenario."""
    WORLD = "world"
    """Where the role is, what it sees there, and values that everybody knows."""
    LORE = "lore"
    """Entries of lorebooks that this turn called for."""
    RECALLED = "recalled"
    """Memories that came back at this turn. This and the next ones stand at the end of the view, see `core.minds`."""
    MOOD = "mood"
    UNKNOWN = "unknown"
    """What the character is asked about and cannot know."""
    VARIANT = "variant"
    """The side of the persona that the situation brought out."""
    PLAN = "plan"
    COACH = "coach"
    WORKSPACE = "workspace"
    """What won its attention."""
    REMINDER = "reminder"
    """Who it is, said again because it drifted."""
    INSTRUCTION = "instruction"


PERSONA_ORIGINS = frozenset(
    {
        BlockOrigin.IDENTITY,
        BlockOrigin.CAREER,
        BlockOrigin.DESCRIPTION,
        BlockOrigin.PERSONALITY,
        BlockOrigin.TRAITS,
        BlockOrigin.VALUES,
        BlockOrigin.LIFE,
        BlockOrigin.SITUATION,
        BlockOrigin.STATEMENTS,
        BlockOrigin.VOICE,
        BlockOrigin.VOICE_RULES,
        BlockOrigin.SAMPLES,
        BlockOrigin.KNOWLEDGE,
        BlockOrigin.HORIZON,
        BlockOrigin.PERSONA_SECRETS,
        BlockOrigin.MEMORIES,
        BlockOrigin.BOUNDARIES,
        BlockOrigin.EXAMPLES,
        BlockOrigin.RELATIONSHIPS,
        BlockOrigin.VARIANT,
        BlockOrigin.REMINDER,
    }
)
"""What grounding takes away. Name, scene, and all that the role says of this scene stay."""


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


def render_system(
    character: CharacterBase, role: RoleBase, scene: Scene, relations: Sequence[Relation] = ()
) -> tuple[Block, ...]:
    """Renders the system text of one character in one scene.

    Args:
        character: What it inherits from fragments is in it already, see `core.characters.fragments`.
        relations: What it thinks of others of the cast.
    """

    def expand(text: str) -> str:
        return expand_macros(text, character.spoken_name, scene.user_name).strip()

    candidates = [
        (BlockOrigin.SCENE, _scene_text(scene, expand(scene.setting))),
        (BlockOrigin.RULES, expand(scene.rules)),
        *_persona_texts(character, expand),
        (BlockOrigin.RELATIONSHIPS, expand(relations_text(relations))),
        (BlockOrigin.ROLE_PERSONALITY, _labelled("What shows of you here", expand(role.personality))),
        (BlockOrigin.ROLE_STYLE, _labelled("Your manner here", expand(role.style))),
        (BlockOrigin.ROLE_EMOTION, _labelled("You feel", expand(role.emotion))),
        (BlockOrigin.ROLE_RELATIONS, _labelled("You and the others", expand(role.relations))),
        (BlockOrigin.GOAL, _labelled("Your goal", expand(role.goal))),
        (BlockOrigin.SECRET, _labelled("Your secret", expand(role.secret))),
        (BlockOrigin.INSTRUCTION, _instruction_text(character, scene)),
    ]
    return tuple(Block(origin, text) for origin, text in candidates if text)


def _persona_texts(character: CharacterBase, expand: Callable[[str], str]) -> list[tuple[BlockOrigin, str]]:
    """What is the same in every scene. Prose stands beside the layer that is about the same."""
    layers = character.persona
    return [
        (BlockOrigin.NAME, f"You are {character.name}."),
        (BlockOrigin.IDENTITY, expand(layer_text.identity_text(layers.social))),
        (BlockOrigin.CAREER, expand(layer_text.career_text(layers.career))),
        (BlockOrigin.DESCRIPTION, expand(character.description)),
        (BlockOrigin.PERSONALITY, expand(character.personality)),
        (BlockOrigin.TRAITS, expand(layer_text.traits_text(layers.personal))),
        (BlockOrigin.VALUES, expand(layer_text.values_text(layers.personal))),
        (BlockOrigin.LIFE, expand(layer_text.life_text(layers.life))),
        (BlockOrigin.SITUATION, expand(character.situation)),
        (BlockOrigin.STATEMENTS, "\n".join(filter(None, map(expand, character.statements)))),
        (BlockOrigin.VOICE, _labelled("Voice", expand(character.voice))),
        (BlockOrigin.VOICE_RULES, expand(layer_text.voice_rules_text(layers.voice_rules))),
        (BlockOrigin.SAMPLES, expand(layer_text.samples_text(layers.samples))),
        (BlockOrigin.KNOWLEDGE, _labelled("You know", expand(character.knowledge))),
        (BlockOrigin.HORIZON, expand(layer_text.horizon_text(layers.horizon))),
        (BlockOrigin.PERSONA_SECRETS, expand(layer_text.secrets_text(layers.horizon.secrets))),
        (BlockOrigin.MEMORIES, expand(layer_text.memories_text(layers.memories))),
        (BlockOrigin.BOUNDARIES, _labelled("Limits", expand(character.boundaries))),
        (BlockOrigin.EXAMPLES, _examples_text(expand(character.example_dialogue))),
    ]


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
