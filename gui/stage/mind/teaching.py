"""What a section of a mind says while it has nothing to show: what would bring it about, and where."""

from PySide6.QtCore import QCoreApplication

from core.playtest.looking_back.mind_reading import MindReading
from models.stage import Reasoning


def teach_state(_mind: MindReading) -> str:
    """Nothing is known."""
    return _tr(
        "Nothing is known of them yet. Their goal in the scene, their thoughts and what others say to them show here."
    )


def teach_mood(_mind: MindReading) -> str:
    """Nothing is felt, and mood is off."""
    return _tr(
        "A mood follows from words of feeling in what they hear. To have it told to them, switch mood on in "
        "Scenarios, Playing."
    )


def teach_plan(mind: MindReading) -> str:
    """There is no plan."""
    if mind.rules.plan.plans:
        return _tr(
            "The plan is made before their next turn, from their goal in the scene. Without a goal there is none."
        )
    return _tr(
        "They play without a plan. Switch plans on in Scenarios, Playing: a few steps towards their goal, revised as "
        "the scene goes."
    )


def teach_bids(mind: MindReading) -> str:
    """Nobody has bid."""
    if mind.rules.mind.workspace:
        return _tr(
            "Before each of their turns emotion, memory, norms, plan and goal bid for what it is about. The bids "
            "show here."
        )
    return _tr(
        "Nothing bids for their attention. Switch attention on in Scenarios, Playing: then only what wins is told "
        "before a turn."
    )


def teach_side(mind: MindReading) -> str:
    """No side has come out."""
    if not mind.has_sides:
        return _tr("They are the same in every situation. Sides of a persona are written in Characters, under Sides.")
    if not mind.rules.mind.variants:
        return _tr("Their sides are off in this scene: Scenarios, Playing.")
    return _tr("Before each of their turns, the side shows here whose situations come nearest to what was said.")


def teach_thoughts(mind: MindReading) -> str:
    """Nothing was thought."""
    if mind.rules.thought.reasoning == Reasoning.NONE:
        return _tr("They speak without thinking first, as Scenarios, Playing says.")
    return _tr("Nothing thought yet. What they think before they speak is kept here, by its kind.")


def teach_limits(mind: MindReading) -> str:
    """Nobody asked about anything that cannot be known."""
    if not mind.rules.mind.guards_horizon:
        return _tr("Nobody watches their horizon in this scene: Scenarios, Playing.")
    return _tr("Nobody asked about anything beyond their horizon, which is written in Characters, under Knows.")


def teach_reminders(mind: MindReading) -> str:
    """There was no reminder."""
    if mind.rules.mind.reminders:
        return _tr("Their drift has stayed within its bound.")
    return _tr("Reminders are off in Scenarios, Playing. With them, who drifts too far is told again who they are.")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Mind", text)
