"""Lines over the turns: one measure, a line for each character on each branch, with the human band."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Chart, Rows
from gui.fidelity.chart_data import ChartData, Named, show_value
from gui.fidelity.plane import Floats, Plane, bounds, dots, inner_rect, paint_axes, paint_nothing, polygon, value_ticks
from gui.fidelity.points import inside, nearest
from gui.stage.charts.score_series import thin_out
from gui.stage.fill import fill

MAX_DOTS = 80
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


@dataclass(frozen=True)
class _Line:
    side: int
    speaker: int
    rows: Rows
    numbers: Floats
    values: Floats


class LinesView(Chart):
    """The measure that is looked at, turn by turn."""

    KEY = "lines"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self._lines: list[_Line] = []
        self._rows: Rows = NO_ROWS
        self._xs = self._ys = np.zeros(0)

    def title(self) -> str:
        """Returns its name."""
        column = self.board.column()
        return fill(self.tr("%1 over the turns"), column.title) if column is not None else self.tr("Over the turns")

    def caption(self) -> str:
        """Returns how to read it."""
        metric = self.board.metric_of()
        if metric is None:
            return ""
        band = " " + self.tr("Green: where 9 of 10 people are.") if self.board.norm() is not None else ""
        return f"{metric.how_to_read}{band}"

    def prepare(self) -> None:
        """Finds the lines."""
        frame, values = self.board.frame, self.board.values()
        self._lines = []
        for place, side in enumerate(frame.sides):
            seen = side.rows[self.board.visible[side.rows] & ~np.isnan(values[side.rows])]
            for speaker in np.unique(frame.speaker[seen]).tolist():
                rows = seen[frame.speaker[seen] == speaker]
                self._lines.append(_Line(place, speaker, rows, frame.number[rows].astype(float), values[rows]))
        self._rows = np.concatenate([line.rows for line in self._lines]) if self._lines else NO_ROWS
        self._place(QRectF(self.rect()))

    def _place(self, rect: QRectF) -> None:
        norm = self.board.norm()
        spread = [float(one) for line in self._lines for one in (line.values.min(), line.values.max())]
        low, high = bounds(spread, [norm.mean] if norm is not None else [])
        last = max((float(line.numbers[-1]) for line in self._lines), default=8.0)
        labels = value_ticks(low, high, rect.height())[1]
        self.plane = Plane(inner_rect(rect, labels), 0.5, max(last, 8.0) + 0.5, low, high)
        frame = self.board.frame
        self._xs = self.plane.xs(frame.number[self._rows].astype(float))
        self._ys = self.plane.ys(self.board.values()[self._rows])

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paints band and axes."""
        self._place(rect)
        if not self._lines:
            paint_nothing(painter, rect, self.summary())
        elif self.plane is not None:
            paint_band(painter, self.plane, self.board, upright=False)
            paint_axes(painter, self.plane, x_label=self.tr("turn"), whole_x=True)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints the lines."""
        self._place(rect)
        plane = self.plane
        assert plane is not None
        painter.save()
        painter.setClipRect(plane.rect.adjusted(-4, -4, 4, 4))
        for line in self._lines:
            color = QColor(self.board.color_of(line.speaker))
            xs, ys = thin_out(line.numbers, line.values, max(200, int(plane.rect.width())))
            pen = QPen(color, 2 if len(xs) <= 300 else 1, DASHES[line.side % len(DASHES)])
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(xs) <= 600)
            painter.drawPolyline(polygon(plane.xs(xs), plane.ys(ys)))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            if len(line.rows) <= MAX_DOTS:
                dots(painter, plane.xs(line.numbers), plane.ys(line.values), color, 6)
        painter.restore()

    def paint_selected(self, painter: QPainter, _rect: QRectF) -> None:
        """Paints the points that are selected."""
        plane, mask = self.plane, self.board.selection.mask
        assert plane is not None
        for line in self._lines:
            here = mask[line.rows]
            color = QColor(self.board.color_of(line.speaker))
            dots(painter, plane.xs(line.numbers[here]), plane.ys(line.values[here]), color, 7)

    def row_at(self, point: QPointF) -> int:
        """Returns the nearest turn."""
        place = nearest(self._xs, self._ys, point)
        return int(self._rows[place]) if place >= 0 else -1

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the turns in the rectangle."""
        found: Rows = self._rows[inside(self._xs, self._ys, band)]
        return found

    def order(self) -> Rows:
        """Goes along the turns."""
        found: Rows = np.unique(self._rows)
        return found

    def spot_of(self, row: int) -> QPointF | None:
        """Returns where a turn is."""
        value = float(self.board.values()[row])
        if self.plane is None or np.isnan(value) or not self.board.visible[row]:
            return None
        return QPointF(self.plane.x(float(self.board.frame.number[row])), self.plane.y(value))

    def wide_height(self) -> int:
        """A little higher than the others."""
        return theme.text_px(260)

    def data(self) -> ChartData:
        """Returns all points."""
        frame, rows = self.board.frame, self._rows
        places = np.repeat([line.side for line in self._lines], [len(line.rows) for line in self._lines])
        sides = Named([side.title for side in frame.sides], places)
        column = self.board.column()
        titles = (self.tr("Turn"), self.tr("Character"), column.title if column else "", self.tr("Branch"))
        names = Named([one.name for one in frame.speakers], frame.speaker[rows])
        return ChartData(titles, (frame.number[rows], names, self.board.values()[rows], sides), rows)

    def summary(self) -> str:
        """Says who begins and ends where."""
        column, frame = self.board.column(), self.board.frame
        if column is None or not self._lines:
            return self.tr("No turn is scored.")
        said = []
        for line in self._lines:
            who = frame.speakers[line.speaker].name
            who = who if len(frame.sides) < 2 else f"{who} ({frame.sides[line.side].title})"
            begin, end = (show_value(float(one)) for one in (line.values[0], line.values[-1]))
            said.append(fill(self.tr("%1 begins at %2 and ends at %3 over %4 turns"), who, begin, end, len(line.rows)))
        return f"{column.title}: {'; '.join(said)}."


def paint_band(painter: QPainter, plane: Plane, board: Board, *, upright: bool) -> None:
    """Paints where nine of ten people are, and their mean, across the plane; `upright`: values go along the width."""
    norm = board.norm()
    if norm is None:
        return
    good = QColor(theme.colors().good)
    tint = QColor(good)
    tint.setAlphaF(0.10)
    rect = plane.rect
    if upright:
        left, right, mean = plane.x(norm.p05), plane.x(norm.p95), plane.x(norm.mean)
        band = QRectF(QPointF(left, rect.top()), QPointF(right, rect.bottom()))
        line = (QPointF(mean, rect.top()), QPointF(mean, rect.bottom()))
    else:
        top, bottom, mean = plane.y(norm.p95), plane.y(norm.p05), plane.y(norm.mean)
        band = QRectF(QPointF(rect.left(), top), QPointF(rect.right(), bottom))
        line = (QPointF(rect.left(), mean), QPointF(rect.right(), mean))
    painter.save()
    painter.setClipRect(rect)
    painter.fillRect(band, tint)
    painter.setPen(QPen(good, 1, Qt.PenStyle.DashLine))
    painter.drawLine(*line)
    painter.restore()
