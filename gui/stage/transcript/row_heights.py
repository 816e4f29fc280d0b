"""Heights of the rows of a long list, estimated until a row is seen. Knows no Qt."""

import numpy as np
from numpy.typing import NDArray


class RowHeights:
    """Row heights in pixels and where each row begins."""

    def __init__(self) -> None:
        self._heights: NDArray[np.float64] = np.zeros(0)
        self._measured: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._tops: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> float:
        """Height of all rows."""
        return float(self._starts()[-1])

    def replace_from(self, first: int, estimates: NDArray[np.float64]) -> None:
        """Drops the rows from `first` on and puts estimated ones in their place."""
        self._heights = np.concatenate([self._heights[:first], estimates])
        self._measured = np.concatenate([self._measured[:first], np.zeros(len(estimates), dtype=bool)])
        self._tops = None

    def measure(self, row: int, height: float) -> float:
        """Sets the true height of a row; returns by how much an estimate was wrong, 0 when it was measured before."""
        change = height - float(self._heights[row])
        was_estimate = not self._measured[row]
        self._measured[row] = True
        if change:
            self._heights[row] = height
            self._tops = None
        return change if was_estimate else 0.0

    def top(self, row: int) -> float:
        """Where a row begins."""
        return float(self._starts()[row])

    def height(self, row: int) -> float:
        """How high a row is, as far as is known."""
        return float(self._heights[row])

    def row_at(self, y: float) -> int:
        """Returns the row at a height; the first or the last one beyond the ends, -1 when there are none."""
        if not len(self):
            return -1
        return int(np.clip(np.searchsorted(self._starts(), y, side="right") - 1, 0, len(self) - 1))

    def _starts(self) -> NDArray[np.float64]:
        if self._tops is None:
            self._tops = np.concatenate([[0.0], np.cumsum(self._heights)])
        return self._tops
