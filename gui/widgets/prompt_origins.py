"""Where the parts of a prompt come from: colours, names, and places in the text."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.characters.prompt import Block, BlockOrigin
from core.playtest.view.views import View
from gui import theme


def origin_color(origin: BlockOrigin) -> str:
    """Returns the colour of an origin, the same in prompt, legend and form."""
    colors = theme.colors()
    places = {
        BlockOrigin.NAME: 0,
        BlockOrigin.IDENTITY: 0,
        BlockOrigin.DESCRIPTION: 0,
        BlockOrigin.CAREER: 7,
        BlockOrigin.PERSONALITY: 3,
        BlockOrigin.TRAITS: 3,
        BlockOrigin.VALUES: 3,
        BlockOrigin.LIFE: 1,
        BlockOrigin.STATEMENTS: 1,
        BlockOrigin.VOICE: 2,
        BlockOrigin.VOICE_RULES: 2,
        BlockOrigin.SAMPLES: 2,
        BlockOrigin.KNOWLEDGE: 6,
        BlockOrigin.HORIZON: 6,
        BlockOrigin.PERSONA_SECRETS: 4,
        BlockOrigin.SITUATION: 4,
        BlockOrigin.MEMORIES: 5,
        BlockOrigin.EXAMPLES: 5,
        BlockOrigin.RELATIONSHIPS: 7,
        BlockOrigin.RECALLED: 5,
        BlockOrigin.MOOD: 4,
        BlockOrigin.UNKNOWN: 6,
        BlockOrigin.VARIANT: 3,
        BlockOrigin.WORKSPACE: 1,
    }
    if origin in places:
        return theme.character_color(places[origin])
    return {
        BlockOrigin.SCENE: colors.dim,
        BlockOrigin.RULES: theme.mix(colors.dim, colors.text, 0.55),
        BlockOrigin.BOUNDARIES: colors.fault,
        BlockOrigin.ROLE_PERSONALITY: colors.accent,
        BlockOrigin.ROLE_STYLE: colors.accent,
        BlockOrigin.ROLE_EMOTION: colors.accent,
        BlockOrigin.ROLE_RELATIONS: colors.accent,
        BlockOrigin.GOAL: colors.accent,
        BlockOrigin.SECRET: colors.warning,
        BlockOrigin.FACTS: theme.mix(colors.warning, colors.text, 0.35),
        BlockOrigin.WORLD: theme.mix(colors.dim, colors.accent, 0.5),
        BlockOrigin.LORE: theme.mix(colors.accent, colors.text, 0.35),
        BlockOrigin.PLAN: colors.accent,
        BlockOrigin.COACH: theme.mix(colors.accent, colors.text, 0.35),
        BlockOrigin.REMINDER: colors.warning,
        BlockOrigin.INSTRUCTION: theme.mix(colors.dim, colors.ground, 0.4),
    }[origin]


def origin_name(origin: BlockOrigin) -> str:
    """Returns what an origin is called in the window."""
    names = {
        BlockOrigin.SCENE: QCoreApplication.translate("PromptView", "Scene"),
        BlockOrigin.RULES: QCoreApplication.translate("PromptView", "Rules"),
        BlockOrigin.NAME: QCoreApplication.translate("PromptView", "Name"),
        BlockOrigin.DESCRIPTION: QCoreApplication.translate("PromptView", "Description"),
        BlockOrigin.PERSONALITY: QCoreApplication.translate("PromptView", "Personality"),
        BlockOrigin.SITUATION: QCoreApplication.translate("PromptView", "Situation"),
        BlockOrigin.STATEMENTS: QCoreApplication.translate("PromptView", "Statements"),
        BlockOrigin.VOICE: QCoreApplication.translate("PromptView", "Voice"),
        BlockOrigin.KNOWLEDGE: QCoreApplication.translate("PromptView", "Knows"),
        BlockOrigin.BOUNDARIES: QCoreApplication.translate("PromptView", "Limits"),
        BlockOrigin.EXAMPLES: QCoreApplication.translate("PromptView", "Examples"),
        BlockOrigin.IDENTITY: QCoreApplication.translate("PromptView", "Identity"),
        BlockOrigin.CAREER: QCoreApplication.translate("PromptView", "Work"),
        BlockOrigin.TRAITS: QCoreApplication.translate("PromptView", "Traits"),
        BlockOrigin.VALUES: QCoreApplication.translate("PromptView", "Values"),
        BlockOrigin.LIFE: QCoreApplication.translate("PromptView", "Life"),
        BlockOrigin.VOICE_RULES: QCoreApplication.translate("PromptView", "Rules of speech"),
        BlockOrigin.SAMPLES: QCoreApplication.translate("PromptView", "Samples"),
        BlockOrigin.HORIZON: QCoreApplication.translate("PromptView", "Horizon"),
        BlockOrigin.PERSONA_SECRETS: QCoreApplication.translate("PromptView", "Secrets"),
        BlockOrigin.MEMORIES: QCoreApplication.translate("PromptView", "Memories"),
        BlockOrigin.RELATIONSHIPS: QCoreApplication.translate("PromptView", "Relationships"),
        BlockOrigin.RECALLED: QCoreApplication.translate("PromptView", "Remembered"),
        BlockOrigin.MOOD: QCoreApplication.translate("PromptView", "Mood"),
        BlockOrigin.UNKNOWN: QCoreApplication.translate("PromptView", "Cannot know"),
        BlockOrigin.VARIANT: QCoreApplication.translate("PromptView", "Side"),
        BlockOrigin.PLAN: QCoreApplication.translate("PromptView", "Plan"),
        BlockOrigin.COACH: QCoreApplication.translate("PromptView", "Advice"),
        BlockOrigin.WORKSPACE: QCoreApplication.translate("PromptView", "On their mind"),
        BlockOrigin.REMINDER: QCoreApplication.translate("PromptView", "Reminder"),
        BlockOrigin.ROLE_PERSONALITY: QCoreApplication.translate("PromptView", "Personality here"),
        BlockOrigin.ROLE_STYLE: QCoreApplication.translate("PromptView", "Manner here"),
        BlockOrigin.ROLE_EMOTION: QCoreApplication.translate("PromptView", "Emotion here"),
        BlockOrigin.ROLE_RELATIONS: QCoreApplication.translate("PromptView", "Relations here"),
        BlockOrigin.GOAL: QCoreApplication.translate("PromptView", "Goal"),
        BlockOrigin.SECRET: QCoreApplication.translate("PromptView", "Secret"),
        BlockOrigin.FACTS: QCoreApplication.translate("PromptView", "Knows here"),
        BlockOrigin.WORLD: QCoreApplication.translate("PromptView", "World"),
        BlockOrigin.LORE: QCoreApplication.translate("PromptView", "Lore"),
        BlockOrigin.INSTRUCTION: QCoreApplication.translate("PromptView", "Instruction"),
    }
    return names[origin]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text shown. `origin` is None for what the chat format or the history brings."""

    start: int
    end: int
    origin: BlockOrigin | None
    is_control: bool = False


def span_blocks(blocks: tuple[Block, ...]) -> tuple[Span, ...]:
    """Returns where each block is in the joined text."""
    spans, at = [], 0
    for block in blocks:
        spans.append(Span(at, at + len(block.text), block.origin))
        at += len(block.text) + 1
    return tuple(spans)


def span_rendered(text: str, view: View) -> tuple[Span, ...]:
    """Returns where the blocks and the messages are in a rendered chat; everything else is the chat format's own."""
    pieces = [(block.text, block.origin) for block in view.blocks]
    pieces += [(message.content, None) for message in view.history]
    spans, at = [], 0
    for content, origin in pieces:
        found = text.find(content, at)
        if found < 0 or not content:
            continue
        if text[at:found].strip():
            spans.append(Span(at, found, None, is_control=True))
        at = found + len(content)
        spans.append(Span(found, at, origin))
    if at < len(text):
        spans.append(Span(at, len(text), None, is_control=True))
    return tuple(spans)
