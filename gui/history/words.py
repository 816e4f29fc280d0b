"""What tables, columns and moments are called, for people."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTimeZone

from core.history.differences import Difference
from core.history.entities import PARTS
from core.history.moments import Moment, MomentKind
from gui.widgets.field_names import field_name, row_name

PART_TABLES = frozenset(table for parts in PARTS.values() for table, _owner in parts)
_TR = QCoreApplication.translate


def difference_title(difference: Difference) -> str:
    """Returns where a difference is, such as `Role keeper · Goal`."""
    fields = " › ".join(field_name(part) for part in difference.path)
    if not difference.name and difference.path:
        return fields
    row = f"{row_name(difference.table)} {difference.name}".strip()
    return f"{row} · {fields}" if fields else row


def moment_title(moment: Moment) -> str:
    """Returns what a moment is called in the list."""
    if moment.kind == MomentKind.NOW:
        return _TR("History", "Now") if moment.is_there else _TR("History", "Now: deleted")
    if moment.kind == MomentKind.FIRST:
        return _TR("History", "As far back as is known")
    if moment.kind == MomentKind.PLAYTEST:
        return _TR("History", "Played: %1").replace("%1", moment.label)
    return action_title(moment.label)


def action_title(label: str) -> str:
    """Returns what an act is called: `New fragment` for a new fragment that has no other name than that."""
    words = label.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and words[:half] == words[half:] else label


def moment_time(moment: Moment) -> str:
    """Returns when a moment was, in the words of this place and time; empty where that is not known."""
    if not moment.at:
        return ""
    at = datetime.fromisoformat(moment.at)
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()), QTimeZone(QTimeZone.Initialization.LocalTime))
    locale = QLocale()
    clock = locale.toString(local.time(), "HH:mm")
    if local.date() == QDateTime.currentDateTime().date():
        return _TR("History", "today, %1").replace("%1", clock)
    return f"{locale.toString(local.date(), QLocale.FormatType.ShortFormat)}, {clock}"


def moment_details(moment: Moment) -> str:
    """Returns what an edit changed and when, in one line."""
    fields = [row_name(one) if one in PART_TABLES else field_name(one) for one in moment.touched]
    shown = ", ".join(fields[:3]) + (" …" if len(fields) > 3 else "")
    return " · ".join(filter(None, (moment_time(moment), shown)))
