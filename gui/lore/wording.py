"""What the fields and verdicts of lore are called in the window."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from core.lore.placement import Spot
from core.lore.verdicts import Verdict
from core.lore.wording import explain
from models.lore import KeyLogic, LorePosition, LoreRole


def tr(text: str) -> str:
    """Translates a text of this package."""
    return QCoreApplication.translate("Lore", text)


def position_name(position: LorePosition) -> str:
    """Returns what a position is called."""
    return {
        LorePosition.BEFORE: tr("before the description"),
        LorePosition.AFTER: tr("after the description"),
        LorePosition.NOTE_TOP: tr("above the author's note"),
        LorePosition.NOTE_BOTTOM: tr("below the author's note"),
        LorePosition.DEPTH: tr("between the messages"),
        LorePosition.EXAMPLES_TOP: tr("above the examples"),
        LorePosition.EXAMPLES_BOTTOM: tr("below the examples"),
        LorePosition.OUTLET: tr("at an outlet"),
    }[position]


def short_position(position: LorePosition) -> str:
    """Returns what a position is called where there is little room."""
    return {
        LorePosition.BEFORE: tr("before"),
        LorePosition.AFTER: tr("after"),
        LorePosition.NOTE_TOP: tr("note ↑"),
        LorePosition.NOTE_BOTTOM: tr("note ↓"),
        LorePosition.DEPTH: tr("depth"),
        LorePosition.EXAMPLES_TOP: tr("examples ↑"),
        LorePosition.EXAMPLES_BOTTOM: tr("examples ↓"),
        LorePosition.OUTLET: tr("outlet"),
    }[position]


def spot_name(spot: Spot) -> str:
    """Returns what a place in the persona is called."""
    return {
        Spot.BEFORE: tr("Before the description"),
        Spot.AFTER: tr("After the description"),
        Spot.PERSONALITY: tr("With the personality"),
        Spot.SCENARIO: tr("With the scenario"),
        Spot.EXAMPLES_TOP: tr("Above the examples"),
        Spot.EXAMPLES_BOTTOM: tr("Below the examples"),
    }[spot]


def role_name(role: LoreRole) -> str:
    """Returns what a role is called."""
    return {
        LoreRole.SYSTEM: tr("nobody (system)"),
        LoreRole.USER: tr("the user"),
        LoreRole.ASSISTANT: tr("the character"),
    }[role]


def logic_name(logic: KeyLogic) -> str:
    """Returns what a rule for secondary keys is called."""
    return {
        KeyLogic.AND_ANY: tr("and any of them"),
        KeyLogic.AND_ALL: tr("and all of them"),
        KeyLogic.NOT_ANY: tr("but none of them"),
        KeyLogic.NOT_ALL: tr("but not all of them"),
    }[logic]


def verdict_words(verdict: Verdict, titles: Mapping[str, str], said: list[str]) -> str:
    """Returns what became of an entry, as a sentence."""
    return explain(verdict, titles, said, tr)
