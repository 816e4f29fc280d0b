"""What the transcript says of a turn beyond its words: acts of the director, who heard it, alarms, silences."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.playtest.directing.acts import describe_seconds
from gui.stage.fill import fill
from gui.stage.names import join_names
from gui.stage.transcript.turn_notes import CANNOT_KNOW, Alarm, TurnNotes
from models.stage import ThoughtState
from models.world import Fact

translate = QCoreApplication.translate
MAX_NAMED = 3
"""Hearers that a chip names; more are counted."""
_EMOTIONS: dict[str, Any] = {
    "joy": QT_TRANSLATE_NOOP("Stage", "joy"),
    "trust": QT_TRANSLATE_NOOP("Stage", "trust"),
    "fear": QT_TRANSLATE_NOOP("Stage", "fear"),
    "surprise": QT_TRANSLATE_NOOP("Stage", "surprise"),
    "sadness": QT_TRANSLATE_NOOP("Stage", "sadness"),
    "disgust": QT_TRANSLATE_NOOP("Stage", "disgust"),
    "anger": QT_TRANSLATE_NOOP("Stage", "anger"),
    "anticipation": QT_TRANSLATE_NOOP("Stage", "anticipation"),
}
_STATES: dict[ThoughtState, Any] = {
    ThoughtState.BELIEF: QT_TRANSLATE_NOOP("Stage", "believes"),
    ThoughtState.INTENTION: QT_TRANSLATE_NOOP("Stage", "means to"),
    ThoughtState.DESIRE: QT_TRANSLATE_NOOP("Stage", "wants"),
    ThoughtState.EMOTION: QT_TRANSLATE_NOOP("Stage", "feels"),
    ThoughtState.KNOWLEDGE: QT_TRANSLATE_NOOP("Stage", "knows"),
}
_LITTLE, _MUCH = 0.4, 0.75


def say_emotion(emotion: str) -> str:
    """Returns an emotion's name."""
    return translate("Stage", _EMOTIONS.get(emotion, emotion))


def say_strength(emotion: str, strength: float) -> str:
    """Returns an emotion with how much of it there is."""
    name = say_emotion(emotion)
    if strength < _LITTLE:
        return fill(translate("Stage", "a little %1"), name)
    return fill(translate("Stage", "much %1"), name) if strength >= _MUCH else name


def say_thought(notes: TurnNotes) -> str:
    """Returns what a thought is about, such as `believes, of Theo`; `thinks` where that is not known."""
    state = notes.thought_state
    known = next((words for one, words in _STATES.items() if one == state), None)
    said = translate("Stage", known) if known is not None else translate("Stage", "thinks")
    name = notes.mind.get("thought", {}).get("name")
    if notes.is_about_other and isinstance(name, str):
        return fill(translate("Stage", "%1, of %2"), said, name)
    return said


def say_act(act: Mapping[str, Any], text: str, names: Mapping[str, str]) -> str:
    """Returns what the director did, as a line.

    Args:
        act: From a record, which may come from a stranger's pack.
        text: The turn's own words.
        names: Role id -> name.
    """
    name = names.get(str(act.get("role")), translate("Stage", "somebody"))
    match act.get("kind"):
        case "whisper":
            return fill(translate("Stage", "You whispered to %1: “%2”"), name, text)
        case "mood":
            strength = act.get("strength")
            felt = say_strength(str(act.get("emotion")), strength if isinstance(strength, int | float) else 0.5)
            return fill(translate("Stage", "You gave %1 a mood: %2"), name, felt)
        case "world":
            effects = " · ".join(line.strip() for line in str(act.get("effects") or text).splitlines())
            return fill(translate("Stage", "You set: %1"), effects)
        case "time":
            seconds = act.get("seconds")
            if isinstance(seconds, int | float):
                return fill(translate("Stage", "%1 pass"), describe_seconds(seconds))
        case "cast":
            return fill(translate("Stage", "%1 goes to %2"), name, act.get("character", ""))
        case "weights":
            weights = act.get("weights") or translate("Stage", "the weights in use")
            return fill(translate("Stage", "%1 is now written by %2"), name, weights)
    return text or translate("Stage", "The director did something")


def say_audience(notes: TurnNotes, audience: list[str] | None, names: Mapping[str, str], speaker_id: str) -> str:
    """Returns who heard a turn, where not everybody did: the few words of a chip; else empty."""
    whisper = notes.whisper
    if whisper is not None:
        heard = [names.get(role_id, name) for role_id, name in whisper.items()]
        if not heard:
            return translate("Stage", "only thought")
        return fill(translate("Stage", "whisper to %1"), _name_some(heard))
    if audience is None:
        return ""
    heard = [names.get(role_id, role_id) for role_id in audience if role_id not in notes.overheard]
    others = [one for one in names if one != speaker_id]
    if not heard:
        return translate("Stage", "nobody hears it")
    if set(others) <= set(audience):
        return ""
    return fill(translate("Stage", "only %1"), _name_some(heard))


def say_overheard(notes: TurnNotes, names: Mapping[str, str]) -> str:
    """Returns who overheard a turn; empty for nobody."""
    heard = [names[role_id] for role_id in notes.overheard if role_id in names]
    return fill(translate("Stage", "overheard by %1"), _name_some(heard)) if heard else ""


def label_alarm(alarm: Alarm) -> str:
    """Returns the few words of an alarm."""
    if alarm.kind == CANNOT_KNOW:
        return translate("Stage", "cannot know this")
    return translate("Stage", "a secret is out")


def say_alarm(alarm: Alarm, facts: Sequence[Fact], names: Mapping[str, str]) -> str:
    """Returns what is wrong, as a sentence."""
    who = join_names([names.get(role_id, role_id) for role_id in alarm.role_ids])
    fact = next((one.text for one in facts if one.id == alarm.fact), alarm.fact)
    if alarm.kind == CANNOT_KNOW and alarm.secret_of:
        return fill(
            translate("Stage", "%1 tells %2's secret, and cannot know it."), who, names.get(alarm.secret_of, "")
        )
    if alarm.kind == CANNOT_KNOW:
        told = (fact or alarm.about).rstrip(".")
        return fill(translate("Stage", "%1 says what they cannot know: “%2”."), who, told)
    if fact:
        return fill(translate("Stage", "The secret “%1” has reached %2."), fact.rstrip("."), who)
    owner = names.get(alarm.secret_of, translate("Stage", "somebody"))
    return fill(translate("Stage", "%1's secret has reached %2."), owner, who)


def say_silence(notes: TurnNotes) -> str:
    """Returns a line for a turn in which nobody spoke."""
    why = notes.turn_taking.get("why")
    said = translate("Stage", "Nobody speaks")
    return f"{said} · {why}" if isinstance(why, str) and why else said


def _name_some(names: list[str]) -> str:
    if len(names) <= MAX_NAMED:
        return join_names(names)
    return fill(translate("Stage", "%1 and %2 others"), ", ".join(names[:2]), len(names) - 2)
