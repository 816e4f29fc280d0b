"""Cards in one column or two, as the width allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gui import theme

TWO_FROM_PX = 620
"""Width from which on there are two columns."""


@dataclass(frozen=True)
class Spot:
    """Where a card lies when there are two columns; in one column they follow each other."""

    card: QWidget
    row: int
    column: int = 0
    rows: int = 1
    columns: int = 1


class CardGrid(QWidget):
    """Lays the same cards out anew when the width changes."""

    def __init__(self, spots: Sequence[Spot], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spots = list(spots)
        self._n_columns = 0
        self._grid = QGridLayout()
        self._grid.setContentsMargins(16, 4, 16, 16)
        self._grid.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._grid)
        outer.addStretch(1)
        self._lay_out(2)
        theme.notifier.theme_changed.connect(self.fit)

    def show_spots(self, spots: Sequence[Spot]) -> None:
        """Lays the cards out in another order."""
        self._spots = list(spots)
        n_columns, self._n_columns = self._n_columns, 0
        self._lay_out(n_columns)

    @property
    def half_px(self) -> int:
        """Width of a card in two columns."""
        sides = self._grid.contentsMargins()
        return (self.width() - sides.left() - sides.right() - self._grid.horizontalSpacing()) // 2

    @property
    def n_columns(self) -> int:
        """How many columns there are now."""
        return self._n_columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column or two."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Takes as many columns as there is room for."""
        self._lay_out(2 if self.width() >= theme.text_px(TWO_FROM_PX) else 1)

    def _lay_out(self, n_columns: int) -> None:
        if n_columns == self._n_columns:
            return
        self._n_columns = n_columns
        for place, spot in enumerate(self._spots):
            self._grid.removeWidget(spot.card)
            if n_columns == 2:
                self._grid.addWidget(spot.card, spot.row, spot.column, spot.rows, spot.columns)
            else:
                self._grid.addWidget(spot.card, place, 0)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < n_columns else 0)
