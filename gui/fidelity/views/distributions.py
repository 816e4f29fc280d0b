"""How the values of one measure spread, for each character, beside how they spread over people."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Chart, Rows
from gui.fidelity.chart_data import ChartData, show_value
from gui.fidelity.plane import Floats, Plane, bounds, inner_rect, paint_axes, paint_nothing
from gui.fidelity.views.lines import paint_band
from gui.stage.fill import fill

N_BINS = 24
MIN_BINS = 6


class DistributionsView(Chart):
    """Shares of turns along the values."""

    KEY = "distributions"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self._edges: Floats = np.zeros(0)
        self._shares: dict[int, Floats] = {}
        """Speaker -> share of its turns in each bin."""
        self._rows: Rows = NO_ROWS
        """In rising order of their values."""

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Spread")

    def caption(self) -> str:
        """Returns what is shown."""
        metric = self.board.metric_of()
        if metric is None:
            return ""
        people = " " + self.tr("Green: where 9 of 10 people are.") if self.board.norm() is not None else ""
        return fill(self.tr("Share of turns by %1."), metric.title) + people

    def prepare(self) -> None:
        """Counts."""
        frame, values = self.board.frame, self.board.values()
        rows = np.flatnonzero(self.board.visible & ~np.isnan(values))
        self._rows = rows[np.argsort(values[rows], kind="stable")]
        self._shares = {}
        if not len(rows):
            self._edges = np.zeros(0)
            return
        low, high = float(values[rows].min()), float(values[rows].max())
        pad = (high - low) * 0.02 or abs(high) * 0.1 or 0.5
        n_bins = int(min(N_BINS, max(MIN_BINS, round(2 * len(rows) ** 0.5))))
        self._edges = np.linspace(low - pad, high + pad, n_bins + 1)
        for speaker in self.board.speakers():
            mine = values[rows][frame.speaker[rows] == speaker]
            if len(mine):
                self._shares[speaker] = np.bincount(self._bins_of(mine), minlength=n_bins) / len(mine)

    def _place(self, rect: QRectF) -> Plane:
        norm = self.board.norm()
        ends = [float(self._edges[0]), float(self._edges[-1])] if len(self._edges) else []
        low, high = bounds(ends, [norm.p05, norm.mean, norm.p95] if norm is not None and ends else [])
        top = max((float(share.max()) for share in self._shares.values()), default=1.0)
        self.plane = Plane(inner_rect(rect, ["100 %"]), low, high, 0.0, top * 100 * 1.12)
        return self.plane

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paints band and axes."""
        plane = self._place(rect)
        if not self._shares:
            paint_nothing(painter, rect, self.summary())
            return
        paint_band(painter, plane, self.board, upright=True)
        paint_axes(painter, plane, y_unit=" %")

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints a stepped shape for each character."""
        plane = self._place(rect)
        for speaker, share in self._shares.items():
            color = QColor(self.board.color_of(speaker))
            shape = self._steps(plane, share)
            tint = QColor(color)
            tint.setAlphaF(0.14)
            painter.setPen(QPen(color, 1.6))
            painter.setBrush(tint)
            painter.drawPolygon(shape)

    def paint_selected(self, painter: QPainter, rect: QRectF) -> None:
        """Paints how what is selected spreads."""
        values, frame = self.board.values(), self.board.frame
        plane = self._place(rect)
        chosen = self._rows[self.board.selection.mask[self._rows]]
        n_bins = len(self._edges) - 1
        for speaker in self._shares:
            everything = max(1, int((frame.speaker[self._rows] == speaker).sum()))
            mine = values[chosen][frame.speaker[chosen] == speaker]
            if len(mine):
                color = QColor(self.board.color_of(speaker))
                painter.setPen(QPen(color, 1.6))
                fill_color = QColor(color)
                fill_color.setAlphaF(0.55)
                painter.setBrush(fill_color)
                painter.drawPolygon(self._steps(plane, np.bincount(self._bins_of(mine), minlength=n_bins) / everything))

    def _bins_of(self, values: Floats) -> Rows:
        """Returns the bin of each value."""
        width = self._edges[1] - self._edges[0]
        found: Rows = ((values - self._edges[0]) / width).astype(np.intp).clip(0, len(self._edges) - 2)
        return found

    def _steps(self, plane: Plane, share: Floats) -> QPolygonF:
        edges = plane.xs(self._edges)
        heights = plane.ys(share * 100)
        points = [QPointF(edges[0], plane.rect.bottom())]
        for place, height in enumerate(heights.tolist()):
            points += [QPointF(edges[place], height), QPointF(edges[place + 1], height)]
        return QPolygonF([*points, QPointF(edges[-1], plane.rect.bottom())])

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the turns whose values are within the width of the rectangle."""
        if self.plane is None:
            return NO_ROWS
        values = self.board.values()[self._rows]
        low, high = self.plane.x_at(band.left()), self.plane.x_at(band.right())
        found: Rows = self._rows[(values >= low) & (values <= high)]
        return found

    def row_at(self, point: QPointF) -> int:
        """Returns the turn whose value is nearest."""
        if self.plane is None or not len(self._rows) or not self.plane.rect.contains(point):
            return -1
        values = self.board.values()[self._rows]
        value = self.plane.x_at(point.x())
        if not self._edges[0] <= value <= self._edges[-1]:
            return -1
        return int(self._rows[int(np.argmin(np.abs(values - value)))])

    def order(self) -> Rows:
        """Goes from the least value to the greatest."""
        return self._rows

    def spot_of(self, row: int) -> QPointF | None:
        """Returns where a turn's value is, at the foot."""
        value = float(self.board.values()[row])
        if self.plane is None or np.isnan(value) or not self.board.visible[row]:
            return None
        return QPointF(self.plane.x(value), self.plane.rect.bottom() - 5)

    def data(self) -> ChartData:
        """Returns the share in each bin."""
        frame = self.board.frame
        titles = (self.tr("From"), self.tr("To"), *(frame.speakers[one].name for one in self._shares))
        columns = (self._edges[:-1], self._edges[1:], *self._shares.values())
        return ChartData(titles, columns)

    def summary(self) -> str:
        """Says the middle of each character, and of people."""
        frame, values = self.board.frame, self.board.values()
        metric, norm = self.board.metric_of(), self.board.norm()
        if metric is None or not self._shares:
            return self.tr("No turn is scored.")
        said = []
        for speaker in self._shares:
            mine = values[self._rows[frame.speaker[self._rows] == speaker]]
            low, middle, high = (show_value(float(one)) for one in np.percentile(mine, (5, 50, 95)))
            said.append(
                fill(
                    self.tr("%1: median %2, nine of ten turns from %3 to %4"),
                    frame.speakers[speaker].name,
                    middle,
                    low,
                    high,
                )
            )
        if norm is not None:
            ends = (show_value(one) for one in (norm.p05, norm.p95))
            said.append(fill(self.tr("nine of ten people are from %1 to %2"), *ends))
        return f"{metric.title}: {'; '.join(said)}."
