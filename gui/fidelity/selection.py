"""Which turns are selected in all views at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """A mask over the rows of a frame."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mask: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.n = 0
        """How many are selected; 0: nothing is, and all count."""

    def rows(self) -> NDArray[np.intp]:
        """Returns the rows that are selected."""
        return np.flatnonzero(self.mask)

    def select(self, rows: Sequence[int] | NDArray[np.intp] | NDArray[np.bool_], *, add: bool = False) -> None:
        """Selects rows, or those of a mask; `add` keeps what is selected already."""
        mask = self.mask.copy() if add else np.zeros(len(self.mask), np.bool_)
        mask[np.asarray(rows) if len(rows) else np.zeros(0, np.intp)] = True
        self._take(mask)

    def toggle(self, row: int) -> None:
        """Selects one row more, or one less."""
        mask = self.mask.copy()
        mask[row] = not mask[row]
        self._take(mask)

    def clear(self) -> None:
        """Selects nothing."""
        self._take(np.zeros(len(self.mask), np.bool_))

    def fit(self, n_rows: int, *, keep: bool) -> None:
        """Takes another number of rows; `keep`: the first ones are those that were there."""
        mask = np.zeros(n_rows, np.bool_)
        n = min(n_rows, len(self.mask)) if keep else 0
        mask[:n] = self.mask[:n]
        self._take(mask)

    def _take(self, mask: NDArray[np.bool_]) -> None:
        is_same = len(mask) == len(self.mask) and np.array_equal(mask, self.mask)
        self.mask, self.n = mask, int(mask.sum())
        if not is_same:
            self.changed.emit()
