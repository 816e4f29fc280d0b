"""Where dragged cards come to rest: on a grid, or in line with another card. Knows no widgets."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

GRID_PX = 8

Box = tuple[float, float, float, float]
"""Left, top, width and height."""


@dataclass(frozen=True, slots=True)
class Snap:
    """By how much to move, and the lines that it is in line with."""

    dx: float
    dy: float
    verticals: tuple[float, ...] = ()
    """x of each guide to show."""
    horizontals: tuple[float, ...] = ()


def snap_to_grid(value: float) -> float:
    """Returns the nearest line of the grid."""
    return round(value / GRID_PX) * GRID_PX


class Snapper:
    """Knows the edges and middles of the cards that stay where they are."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        kept = list(boxes)
        self._xs = sorted({x + share * width for x, _y, width, _h in kept for share in (0, 0.5, 1)})
        self._ys = sorted({y + share * height for _x, y, _w, height in kept for share in (0, 0.5, 1)})

    def snap(self, box: Box, reach: float, *, to_grid: bool = True) -> Snap:
        """Returns where a card that is held at `box` goes; `reach` is how far it lets itself be drawn, in pixels."""
        x, y, width, height = box
        dx, at_x = _pull(self._xs, x, width, reach)
        dy, at_y = _pull(self._ys, y, height, reach)
        if at_x is None:
            dx = snap_to_grid(x) - x if to_grid else 0.0
        if at_y is None:
            dy = snap_to_grid(y) - y if to_grid else 0.0
        return Snap(dx, dy, () if at_x is None else (at_x,), () if at_y is None else (at_y,))


def _pull(lines: list[float], start: float, length: float, reach: float) -> tuple[float, float | None]:
    """Returns the shortest way of an edge or the middle to a line, and that line."""
    best, found = reach + 1e-6, None
    for share in (0.0, 0.5, 1.0):
        place = start + share * length
        at = bisect_left(lines, place)
        for line in lines[max(0, at - 1) : at + 1]:
            if abs(line - place) < abs(best):
                best, found = line - place, line
    return (best, found) if found is not None else (0.0, None)
