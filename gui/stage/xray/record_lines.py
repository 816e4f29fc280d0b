"""What a turn's record keeps, as lines to read: names and values, numbers short. Knows no Qt widgets.

A record may come from a stranger's pack: whatever is in it becomes text, and never more of it than a card can hold.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from core.playtest.record_words import KEY_WORDS

translate = QCoreApplication.translate

MAX_CHARS, MAX_LINES, MAX_DEPTH = 400, 60, 4


def list_lines(value: object) -> list[tuple[str, str]]:
    """Returns (name, value) of all that a document says; what is nested is put on one line each."""
    lines: list[tuple[str, str]] = []
    for name, text in _lines(value, ""):
        if len(lines) == MAX_LINES:
            lines.append(("", "…"))
            break
        lines.append((name, text))
    return lines


def _lines(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _lines_of(str(key), one)
    elif value not in (None, "", [], {}):
        yield name, say(value)


def _lines_of(key: str, value: object) -> Iterator[tuple[str, str]]:
    if value in (None, "", [], {}):
        return
    shown = name_key(key)
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for place, one in enumerate(value):
            yield (shown if not place else "", say(one))
    else:
        yield shown, say(value)


def say(value: object, depth: int = 0) -> str:
    """Returns a value on one line."""
    if depth > MAX_DEPTH:
        return "…"
    match value:
        case bool():
            text = translate("Xray", "yes") if value else translate("Xray", "no")
        case float():
            text = f"{value:.3g}"
        case Mapping():
            text = _say_mapping(value, depth)
        case list() | tuple():
            text = ", ".join(say(one, depth + 1) for one in value[:MAX_LINES])
        case None:
            text = ""
        case _:
            text = " ".join(str(value).split())
    return text if len(text) <= MAX_CHARS else text[: MAX_CHARS - 1] + "…"


def _say_mapping(value: Mapping[Any, Any], depth: int) -> str:
    """Words first, then the numbers with their names."""
    words = [say(one, depth + 1) for one in value.values() if isinstance(one, str) and one.strip()]
    rest = [
        f"{name_key(str(key))} {say(one, depth + 1)}"
        for key, one in value.items()
        if not isinstance(one, str) and one not in (None, [], {})
    ]
    return " · ".join([*words, *rest][:MAX_LINES])


def name_key(key: str) -> str:
    """Returns a key of a record as words."""
    if key in KEY_WORDS:
        return translate("Xray", KEY_WORDS[key])
    words = {"n_": translate("Xray", "number of "), "is_": "", "has_": ""}
    for start, said in words.items():
        if key.startswith(start):
            key = said + key[len(start) :]
            break
    return key.replace("_", " ")


def faculty_name(faculty: str) -> str:
    """Returns what a faculty of a mind is called."""
    return {
        "memory": translate("Xray", "Memory"),
        "mood": translate("Xray", "Mood, from all that was perceived so far"),
        "horizon": translate("Xray", "What it cannot know"),
        "variant": translate("Xray", "Side of the persona"),
        "plan": translate("Xray", "Plan"),
        "coach": translate("Xray", "Coach"),
        "workspace": translate("Xray", "What bid for attention"),
        "reminder": translate("Xray", "Reminder"),
        "thought": translate("Xray", "Thought"),
    }.get(faculty, name_key(faculty).capitalize())
