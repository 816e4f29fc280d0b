"""Where something was found, in words."""

from PySide6.QtCore import QCoreApplication

from core.library.search import Hit
from gui.widgets.field_names import field_name, row_name

_OWN = frozenset({"character", "scenario", "fragment", "lorebook", "playtest", "turn"})
"""What the hit itself is a part of needs no name."""


def place_of(hit: Hit) -> str:
    """Returns where a hit is, in words: `Limits`, `Role Keeper · Secret`, `Mara · Thought`."""
    field = field_name(hit.field) if hit.field else ""
    if hit.source == "turn":
        return " · ".join(filter(None, (hit.name, field if hit.field == "thought" else "")))
    if hit.source not in _OWN:
        return " · ".join(filter(None, (f"{row_name(hit.source)} {hit.name}".strip(), field)))
    return field or QCoreApplication.translate("HitPlace", "Name and tags")
