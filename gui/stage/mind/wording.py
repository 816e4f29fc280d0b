"""What aspects, emotions, voices and reasons of a mind are called in the window."""

from PySide6.QtCore import QCoreApplication

from core.minds.latent_state import Aspect
from core.minds.plan import Status, Why
from core.minds.workspace import Voice
from models.stage import ThoughtState


def aspect_name(aspect: Aspect) -> str:
    """Returns the name of an aspect of the state."""
    return {
        Aspect.BELIEF: _tr("believes"),
        Aspect.INTENTION: _tr("intends"),
        Aspect.DESIRE: _tr("wants"),
        Aspect.EMOTION: _tr("feels"),
        Aspect.STANCE: _tr("towards %1"),
        Aspect.KNOWLEDGE: _tr("knows"),
        Aspect.STYLE: _tr("manner"),
    }[aspect]


def stance_name(stance: str) -> str:
    """Returns how somebody is met."""
    return {"warm": _tr("warm"), "wary": _tr("wary"), "open": _tr("neither warm nor wary")}.get(stance, stance)


def emotion_name(emotion: str) -> str:
    """Returns the name of an emotion."""
    return {
        "joy": _tr("Joy"),
        "trust": _tr("Trust"),
        "fear": _tr("Fear"),
        "surprise": _tr("Surprise"),
        "sadness": _tr("Sadness"),
        "disgust": _tr("Disgust"),
        "anger": _tr("Anger"),
        "anticipation": _tr("Anticipation"),
    }.get(emotion, emotion)


def voice_name(voice: str) -> str:
    """Returns the name of a voice that bids."""
    return {
        Voice.EMOTION.value: _tr("Emotion"),
        Voice.MEMORY.value: _tr("Memory"),
        Voice.NORMS.value: _tr("Norms"),
        Voice.PLAN.value: _tr("Plan"),
        Voice.GOAL.value: _tr("Goal"),
    }.get(voice, voice)


def status_name(status: Status) -> str:
    """Returns how far a step is."""
    return {
        Status.OPEN: _tr("to come"),
        Status.NOW: _tr("now"),
        Status.DONE: _tr("done"),
        Status.MOOT: _tr("settled by somebody else"),
    }[status]


def why_name(why: str) -> str:
    """Returns why a plan was made or changed."""
    return {
        Why.BEGUN.value: _tr("Made"),
        Why.GOAL_CHANGED.value: _tr("Made anew: the goal changed"),
        Why.REACHED.value: _tr("Ended: the goal is reached"),
        Why.LOST.value: _tr("Made anew: the goal is lost again"),
        Why.MOOT.value: _tr("A step was settled by somebody else"),
        Why.THROUGH.value: _tr("Made anew: no step was left, and the goal is not reached"),
        Why.DUE.value: _tr("Looked at again"),
    }.get(why, why)


def thought_name(state: ThoughtState | None) -> str:
    """Returns the name of a kind of thought."""
    if state is None:
        return _tr("Of any kind")
    return {
        ThoughtState.BELIEF: _tr("Beliefs"),
        ThoughtState.INTENTION: _tr("Intentions"),
        ThoughtState.DESIRE: _tr("Desires"),
        ThoughtState.EMOTION: _tr("Feelings"),
        ThoughtState.KNOWLEDGE: _tr("Knowledge"),
    }[state]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Mind", text)
