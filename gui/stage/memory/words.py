"""Words of the memory room: kinds, moods, times of the story, parts of a score."""

from PySide6.QtCore import QCoreApplication

from core.memory.clock import describe_ago
from core.memory.emotion import EMOTIONS
from core.memory.entries import Entry, EntryKind
from gui.stage.fill import fill

ICONS = {
    EntryKind.OBSERVATION: "mdi6.ear-hearing",
    EntryKind.REFLECTION: "mdi6.lightbulb-outline",
    EntryKind.SESSION: "mdi6.book-clock-outline",
    EntryKind.PERSONA: "mdi6.account-outline",
    EntryKind.ADDED: "mdi6.pencil-plus-outline",
}
OWN_ICON = "mdi6.account-voice"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def _tr(text: str) -> str:
    return QCoreApplication.translate("MemoryWords", text)


def say_kind(entry: Entry) -> str:
    """Returns where a memory comes from."""
    if entry.is_own:
        return _tr("said")
    return {
        EntryKind.OBSERVATION: _tr("heard"),
        EntryKind.REFLECTION: _tr("concluded"),
        EntryKind.SESSION: _tr("session"),
        EntryKind.PERSONA: _tr("before the scene"),
        EntryKind.ADDED: _tr("added"),
    }[entry.kind]


def say_emotion(name: str) -> str:
    """Returns the name of one of the eight emotions."""
    words = (
        _tr("joy"),
        _tr("trust"),
        _tr("fear"),
        _tr("surprise"),
        _tr("sadness"),
        _tr("disgust"),
        _tr("anger"),
        _tr("anticipation"),
    )
    return dict(zip(EMOTIONS, words, strict=True)).get(name, name)


def say_time(seconds: float) -> str:
    """Returns a time of the story, counted from its beginning, shortly."""
    minutes = int(seconds // _MINUTE_S)
    if seconds >= _DAY_S:
        return fill(_tr("day %1, %2"), int(seconds // _DAY_S) + 1, f"{minutes // 60 % 24}:{minutes % 60:02}")
    if seconds >= _HOUR_S:
        return fill(_tr("%1 h %2 min"), minutes // 60, minutes % 60)
    return fill(_tr("%1 min"), minutes) if minutes else fill(_tr("%1 s"), int(seconds))


def say_source(entry: Entry) -> str:
    """Returns the turn or the time that a memory comes from."""
    return fill(_tr("turn %1"), entry.number) if entry.number else entry.when or say_kind(entry)


def say_feelings(entry: Entry) -> str:
    """Returns what a memory feels like, strongest first; empty when nothing is felt."""
    felt = sorted(zip(entry.emotion, EMOTIONS, strict=True), reverse=True)
    return ", ".join(f"{say_emotion(name)} {value:.2f}" for value, name in felt if value > 0)


def say_entry(entry: Entry, now_s: float, *, is_visible: bool = False) -> str:
    """Returns one memory as one sentence for a screen reader and a tool tip."""
    parts = [
        entry.text,
        say_kind(entry),
        say_source(entry) if entry.number else "",
        say_time(entry.time_s) if entry.number else "",
        fill(_tr("importance %1"), f"{entry.importance:.1f}"),
        say_feelings(entry),
        fill(_tr("last recalled %1"), describe_ago(now_s - entry.accessed_s))
        if entry.accessed_s > entry.time_s
        else "",
        _tr("pinned") if entry.is_pinned else "",
        _tr("edited by a person") if entry.is_changed else "",
        _tr("still in view, so not recalled") if is_visible else "",
    ]
    return " · ".join(part for part in parts if part)


def say_mode(mode: str) -> str:
    """Returns how memories were found again."""
    return {
        "generative": _tr("by recency, importance and relevance"),
        "relevance": _tr("by meaning, the nearest first"),
        "emotion_sum": _tr("by meaning plus mood, the smallest first"),
        "emotion_product": _tr("by meaning times mood, the smallest first"),
        "meaning_first": _tr("by meaning, and of those the nearest in mood first"),
        "mood_first": _tr("by mood, and of those the nearest in meaning first"),
    }.get(mode, mode)


def say_part(name: str) -> str:
    """Returns the name of a part of a score."""
    return {
        "recency": _tr("recency"),
        "importance": _tr("importance"),
        "relevance": _tr("relevance"),
        "meaning_distance": _tr("distance of meaning"),
        "mood_distance": _tr("distance of mood"),
        "total": _tr("total"),
        "overlap": _tr("shared words"),
        "decay": _tr("not yet faded"),
        "score": _tr("total"),
    }.get(name, name)
