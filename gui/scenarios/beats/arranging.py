"""Putting several cards in line, or at equal distances. Knows no widgets."""

from collections.abc import Mapping
from enum import Enum

from gui.scenarios.beats.snapping import Box

Places = dict[str, tuple[float, float]]
"""Beat id -> its new place."""


class Line(Enum):
    """What of the cards is brought in line."""

    LEFT = (0, 0.0)
    CENTER = (0, 0.5)
    RIGHT = (0, 1.0)
    TOP = (1, 0.0)
    MIDDLE = (1, 0.5)
    BOTTOM = (1, 1.0)


def align(boxes: Mapping[str, Box], line: Line) -> Places:
    """Brings cards in line: edges with the outermost one, middles with their mean."""
    axis, share = line.value
    edges = {key: box[axis] + share * box[axis + 2] for key, box in boxes.items()}
    target = {0.0: min, 0.5: lambda all_edges: sum(all_edges) / len(all_edges), 1.0: max}[share](list(edges.values()))
    return {key: _moved(box, axis, round(target - edges[key])) for key, box in boxes.items()}


def distribute(boxes: Mapping[str, Box], axis: int) -> Places:
    """Gives cards equal gaps along an axis (0: from left to right, 1: downwards); the outermost two stay."""
    order = sorted(boxes, key=lambda key: boxes[key][axis])
    if len(order) < 3:
        return {key: box[:2] for key, box in boxes.items()}
    first, last = boxes[order[0]], boxes[order[-1]]
    inside = sum(boxes[key][axis + 2] for key in order[1:-1])
    gap = (last[axis] - first[axis] - first[axis + 2] - inside) / (len(order) - 1)
    places: Places = {}
    edge = first[axis]
    for key in order:
        places[key] = _moved(boxes[key], axis, round(edge) - boxes[key][axis])
        edge += boxes[key][axis + 2] + gap
    places[order[-1]] = last[:2]
    return places


def _moved(box: Box, axis: int, by: float) -> tuple[float, float]:
    return (box[0] + by, box[1]) if axis == 0 else (box[0], box[1] + by)
