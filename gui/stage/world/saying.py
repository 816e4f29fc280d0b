"""What the world's room says of changes and of knowledge, in sentences."""

from PySide6.QtCore import QCoreApplication

from core.narrator.advancing import Point, PointStatus
from gui.stage.fill import fill
from gui.stage.world.world_story import Change, Knows
from models.world import FactStatus

translate = QCoreApplication.translate


def say_change(change: Change) -> str:
    """Returns since when something is as it is, and how that came."""
    if not change.number:
        return translate("World", "since the beginning")
    match change.how:
        case "heard":
            return fill(translate("World", "since turn %1, heard from %2"), change.number, change.speaker)
        case "overheard":
            return fill(translate("World", "since turn %1, overheard from %2"), change.number, change.speaker)
        case "set":
            return fill(translate("World", "since turn %1, set by hand"), change.number)
        case "story":
            return fill(translate("World", "since turn %1, by the story"), change.number)
    return fill(translate("World", "since turn %1"), change.number)


def name_status(status: str) -> str:
    """Returns what somebody has to do with a fact, in a word or two."""
    return {
        FactStatus.KNOWS.value: translate("World", "knows"),
        FactStatus.SUSPECTS.value: translate("World", "suspects"),
        FactStatus.DENIES.value: translate("World", "knows and denies"),
    }.get(status, translate("World", "does not know"))


def say_knows(name: str, fact: str, knows: Knows) -> str:
    """Returns a cell of the matrix as one sentence."""
    said = fill(translate("World", "%1 %2: %3"), name, name_status(knows.status), fact)
    return f"{said} ({say_change(knows.since)})" if knows.status or knows.since.number else said


def say_point(point: Point) -> tuple[str, str]:
    """Returns a sign and words for a beat of the story and what became of it."""
    signs = {
        PointStatus.REACHED: ("✓", translate("World", "reached")),
        PointStatus.PASSED_ON: ("✓", translate("World", "reached, as the scene was moved on")),
        PointStatus.HERE: ("●", translate("World", "here")),
        PointStatus.OPEN: ("○", translate("World", "may come now")),
        PointStatus.WAITING: ("…", translate("World", "waits")),
        PointStatus.AHEAD: ("·", translate("World", "ahead")),
        PointStatus.SKIPPED: ("–", translate("World", "passed over")),
    }
    sign, said = signs[point.status]
    if point.turn:
        said = fill(translate("World", "%1, turn %2"), said, point.turn)
    why = f": {point.why}" if point.why else ""
    return sign, f"{point.title} · {said}{why}"


def say_value(value: int | str | bool) -> str:
    """Returns a value as its author would write it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
