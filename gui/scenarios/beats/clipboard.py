"""Beats on the clipboard: as JSON for this app, in any scenario and project, and as plain text for others."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QMimeData

from core.errors import UserError
from gui.scenarios.beats.graph import Graph
from models.beat import BeatBase, BeatLinkBase

MIME = "application/x-tableread-beats+json"
MAX_BYTES = 16 * 1024 * 1024
MAX_PARTS = 20_000


@dataclass(frozen=True, slots=True)
class Parts:
    """Beats and the links among them, by their places in the list."""

    beats: tuple[BeatBase, ...]
    links: tuple[tuple[int, int, BeatLinkBase], ...]

    def moved(self, dx: float, dy: float) -> "Parts":
        """Returns the same parts elsewhere."""
        beats = tuple(beat.model_copy(update={"x": beat.x + dx, "y": beat.y + dy}) for beat in self.beats)
        return Parts(beats, self.links)

    @property
    def corner(self) -> tuple[float, float]:
        """The left edge of the leftmost beat, and the upper edge of the uppermost."""
        return min(beat.x for beat in self.beats), min(beat.y for beat in self.beats)


def take_parts(graph: Graph, beat_ids: Collection[str]) -> Parts:
    """Returns copies of beats and of the links among them."""
    order = [key for key in graph.beats if key in beat_ids]
    beats = tuple(BeatBase.model_validate(graph.beats[key], from_attributes=True) for key in order)
    links = tuple(
        (order.index(link.from_id), order.index(link.to_id), BeatLinkBase.model_validate(link, from_attributes=True))
        for link in graph.between(order)
    )
    return Parts(beats, links)


def format_parts(parts: Parts) -> QMimeData:
    """Writes parts for the clipboard."""
    document = {
        "beats": [beat.model_dump(mode="json") for beat in parts.beats],
        "links": [[start, end, link.model_dump(mode="json")] for start, end, link in parts.links],
    }
    data = QMimeData()
    data.setData(MIME, json.dumps(document).encode())
    data.setText("\n".join(beat.name for beat in parts.beats))
    return data


def parse_parts(data: QMimeData | None) -> Parts | None:
    """Reads parts; None when the clipboard has no beats.

    Raises:
        UserError: What says that it is beats is damaged or too large.
    """
    if data is None or not data.hasFormat(MIME):
        return None
    raw = bytes(data.data(MIME).data())
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError("too large")
        return _read(json.loads(raw))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError("The beats on the clipboard cannot be read.", "Copy them again.") from error


def _read(document: dict[str, Any]) -> Parts:
    if len(document["beats"]) + len(document["links"]) > MAX_PARTS:
        raise ValueError("too many")
    beats = tuple(BeatBase.model_validate(beat) for beat in document["beats"])
    links = tuple(
        (_place(start, len(beats)), _place(end, len(beats)), BeatLinkBase.model_validate(link))
        for start, end, link in document["links"]
    )
    if not beats:
        raise ValueError("empty")
    return Parts(beats, links)


def _place(value: Any, n_beats: int) -> int:
    if not isinstance(value, int) or not 0 <= value < n_beats:
        raise ValueError("a link leads nowhere")
    return value
