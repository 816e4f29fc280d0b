"""Puts the texts of lore into the blocks of a prompt, and what stands for them between the messages."""

import re

from core.characters.prompt import Block, BlockOrigin
from core.lore.placement import Injection, Placement, Spot
from models.lore import LoreRole

_OUTLET = re.compile(r"\{\{\s*outlet\s*::?([^{}]*)\}\}", re.IGNORECASE)
_AFTER = {
    Spot.BEFORE: (BlockOrigin.NAME,),
    Spot.PERSONALITY: (BlockOrigin.TRAITS, BlockOrigin.PERSONALITY, BlockOrigin.DESCRIPTION, BlockOrigin.NAME),
    Spot.SCENARIO: (BlockOrigin.SITUATION, BlockOrigin.RULES, BlockOrigin.SCENE),
    Spot.EXAMPLES_BOTTOM: (BlockOrigin.EXAMPLES,),
}
"""Spot -> after which block, the first of these that is there."""
_ORDER = list(BlockOrigin)
_END_OF_PERSONA = _ORDER.index(BlockOrigin.EXAMPLES)


def with_lore(blocks: tuple[Block, ...], lore: Placement) -> tuple[Block, ...]:
    """Puts lore at its spots, and into the outlets that the blocks name."""
    filled = [Block(block.origin, fill_outlets(block.text, lore.outlets)) for block in blocks]
    result = [block for block in filled if block.text.strip()]
    for spot in (Spot.AFTER, Spot.EXAMPLES_TOP, Spot.EXAMPLES_BOTTOM, Spot.SCENARIO, Spot.PERSONALITY, Spot.BEFORE):
        if lore.spots.get(spot):
            result.insert(_place_of(spot, result), Block(BlockOrigin.LORE, lore.spots[spot]))
    return tuple(result)


def fill_outlets(text: str, outlets: dict[str, str]) -> str:
    """Replaces `{{outlet::NAME}}` by what lore has for it, or by nothing."""
    if "outlet" not in text.lower():
        return text
    return _OUTLET.sub(lambda match: outlets.get(match[1].strip().casefold(), ""), text).strip()


def injected_text(injection: Injection) -> str:
    """Returns lore as a line between the messages; what nobody says stands in brackets, as the reminder does."""
    return f"({injection.text})" if injection.role == LoreRole.SYSTEM else injection.text


def _place_of(spot: Spot, blocks: list[Block]) -> int:
    origins = [block.origin for block in blocks]
    if spot in (Spot.AFTER, Spot.EXAMPLES_TOP):
        return _end_of_persona(origins)
    for origin in _AFTER[spot]:
        if origin in origins:
            return origins.index(origin) + 1
    return _end_of_persona(origins)


def _end_of_persona(origins: list[BlockOrigin]) -> int:
    """Before the examples, or where they would be."""
    later = (at for at, origin in enumerate(origins) if _ORDER.index(origin) >= _END_OF_PERSONA)
    return next((at for at in later if origins[at] != BlockOrigin.LORE), len(origins))
