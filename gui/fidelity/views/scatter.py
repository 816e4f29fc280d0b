"""Two measures of the same turns against each other."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from core.lab.frame import Column
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Chart, Rows
from gui.fidelity.chart_data import ChartData, Named
from gui.fidelity.plane import (
    Plane,
    bounds,
    cloud,
    dots,
    inner_rect,
    paint_axes,
    paint_nothing,
    paint_titles,
    value_ticks,
)
from gui.fidelity.points import inside, nearest
from gui.stage.fill import fill

MAX_DOTS = 4000
"""Of more turns, a cloud is painted."""
MIN_CORRELATED, MAX_CORRELATED = 3, 20_000
"""Of more turns, every n-th is ranked: two decimals stay as they are, within one."""


class ScatterView(Chart):
    """One dot a turn: the measure that is looked at along the width, another along the height."""

    KEY = "scatter"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self.other = ""
        """Key of the measure along the height; empty: the first other one."""
        self._rows: Rows = NO_ROWS
        self._xs = self._ys = np.zeros(0)
        self._correlation = ""

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Two measures")

    def caption(self) -> str:
        """Says what lies along which side."""
        one, other = self.board.column(), self.other_column()
        if one is None or other is None:
            return self.tr("Needs two measures with scores.")
        return f"{fill(self.tr('%1 and %2.'), one.title, other.title)} {self._correlation}".rstrip()

    def choose_other(self, key: str) -> None:
        """Lays another measure along the height."""
        self.other = key
        self.refresh()

    def other_column(self) -> Column | None:
        """Returns the measure along the height."""
        columns = [one for one in self.board.turn_columns() if one.key != self.board.metric]
        return next((one for one in columns if one.key == self.other), columns[0] if columns else None)

    def prepare(self) -> None:
        """Finds the turns that have both."""
        other = self.other_column()
        self._rows = NO_ROWS
        if other is not None:
            both = ~np.isnan(self.board.values()) & ~np.isnan(self.board.frame.values(other.key))
            self._rows = np.flatnonzero(self.board.visible & both)
        self._correlation = self._say_correlation()
        self._place(QRectF(self.rect()))

    def _place(self, rect: QRectF) -> Plane:
        other = self.other_column()
        xs = self.board.values()[self._rows]
        ys = self.board.frame.values(other.key)[self._rows] if other is not None else xs
        ends = [(float(one.min()), float(one.max())) if len(one) else (0.0, 1.0) for one in (xs, ys)]
        (x_low, x_high), (y_low, y_high) = (bounds(list(one)) for one in ends)
        labels = value_ticks(y_low, y_high, rect.height())[1]
        plane = Plane(inner_rect(rect, labels), x_low, x_high, y_low, y_high)
        self.plane, self._xs, self._ys = plane, plane.xs(xs), plane.ys(ys)
        return plane

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paints the axes."""
        plane = self._place(rect)
        if not len(self._rows):
            paint_nothing(painter, rect, self.summary())
            return
        paint_axes(painter, plane)
        one, other = self.board.column(), self.other_column()
        if one is not None and other is not None:
            paint_titles(painter, plane, one.title, other.title)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints dots, or a cloud of very many."""
        plane = self._place(rect)
        self._paint_dots(painter, plane, np.ones(len(self._rows), np.bool_), 6)

    def paint_selected(self, painter: QPainter, _rect: QRectF) -> None:
        """Paints what is selected."""
        assert self.plane is not None
        self._paint_dots(painter, self.plane, self.board.selection.mask[self._rows], 7)

    def _paint_dots(self, painter: QPainter, plane: Plane, here: np.ndarray, size: float) -> None:
        if not here.any():
            return
        if here.sum() > MAX_DOTS:
            cloud(painter, plane.rect, self._xs[here], self._ys[here], QColor(theme.colors().accent))
            return
        speakers = self.board.frame.speaker[self._rows]
        for speaker in np.unique(speakers[here]).tolist():
            mine = here & (speakers == speaker)
            color = QColor(self.board.color_of(speaker))
            color.setAlphaF(0.8)
            dots(painter, self._xs[mine], self._ys[mine], color, size)

    def row_at(self, point: QPointF) -> int:
        """Returns the nearest turn."""
        place = nearest(self._xs, self._ys, point)
        return int(self._rows[place]) if place >= 0 else -1

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the turns in the rectangle."""
        found: Rows = self._rows[inside(self._xs, self._ys, band)]
        return found

    def order(self) -> Rows:
        """Goes from left to right."""
        found: Rows = self._rows[np.argsort(self._xs, kind="stable")]
        return found

    def spot_of(self, row: int) -> QPointF | None:
        """Returns where a turn is."""
        place = int(np.searchsorted(self._rows, row))
        if place >= len(self._rows) or self._rows[place] != row:
            return None
        return QPointF(float(self._xs[place]), float(self._ys[place]))

    def data(self) -> ChartData:
        """Returns both values of each turn."""
        frame, rows = self.board.frame, self._rows
        one, other = self.board.column(), self.other_column()
        if one is None or other is None:
            return ChartData()
        names = Named([one.name for one in frame.speakers], frame.speaker[rows])
        titles = (self.tr("Turn"), self.tr("Character"), one.title, other.title)
        return ChartData(
            titles, (frame.number[rows], names, frame.values(one.key)[rows], frame.values(other.key)[rows]), rows
        )

    def summary(self) -> str:
        """Says how far they go together."""
        one, other = self.board.column(), self.other_column()
        if one is None or other is None or not len(self._rows):
            return self.tr("No turn has both measures.")
        return fill(
            self.tr("%1 against %2 on %3 turns. %4"), one.title, other.title, len(self._rows), self._correlation
        )

    def _say_correlation(self) -> str:
        """Says Spearman's rank correlation of what is looked at: it stays the same however a measure is stretched."""
        other = self.other_column()
        if other is None or len(self._rows) < MIN_CORRELATED:
            return ""
        some = self._rows[:: max(1, len(self._rows) // MAX_CORRELATED)]
        one, two = _ranks(self.board.values()[some]), _ranks(self.board.frame.values(other.key)[some])
        if one.std() == 0 or two.std() == 0:
            return self.tr("One of them never changes.")
        rho = float(np.corrcoef(one, two)[0, 1])
        return fill(self.tr("Rank correlation %1."), f"{rho:+z.2f}".replace("-", "\u2212"))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Returns ranks from 0; equal values share their middle rank."""
    _found, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle: np.ndarray = np.cumsum(counts) - (counts + 1) / 2
    return middle[places]
