"""Means with their intervals: characters of one branch, or the same characters on several."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from core.lab.summaries import MeanInterval, difference, mean_interval
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Rows
from gui.fidelity.chart_data import ChartData, show_value
from gui.fidelity.plane import Plane, bounds, paint_axes, paint_nothing
from gui.fidelity.stops import StopsChart
from gui.fidelity.views.lines import paint_band
from gui.stage.fill import fill

LINE_PX, HEAD_PX = 26, 22


@dataclass(frozen=True)
class Bar:
    """One mean."""

    side: int
    speaker: int
    """-1: all characters of the branch."""
    rows: Rows
    mean: MeanInterval


class ComparisonView(StopsChart):
    """A dot and a whisker for each character of each branch."""

    KEY = "comparison"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self._bars: list[Bar] = []

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Means")

    def caption(self) -> str:
        """Says what the whiskers are, or what the difference is."""
        metric = self.board.metric_of()
        if metric is None:
            return ""
        said = self._say_difference() or self.tr("Whiskers: 95 % intervals, if turns are taken for independent.")
        return fill(self.tr("Of %1. %2"), metric.title, said)

    def prepare(self) -> None:
        """Works out the means."""
        frame, values = self.board.frame, self.board.values()
        self._bars = []
        for speaker in [*self.board.speakers(), -1]:
            for place, side in enumerate(frame.sides):
                mine = self.board.visible[side.rows] & ~np.isnan(values[side.rows])
                if speaker >= 0:
                    mine &= frame.speaker[side.rows] == speaker
                rows = side.rows[mine]
                mean = mean_interval(values[rows])
                if mean is not None:
                    self._bars.append(Bar(place, speaker, rows, mean))
        self._place(QRectF(self.rect()))

    def wide_height(self) -> int:
        """As high as its lines."""
        return max(theme.text_px(LINE_PX) * max(3, len(self._bars)) + theme.text_px(34), theme.text_px(180))

    def _label(self, bar: Bar) -> str:
        name = self.board.short_name(bar.speaker) if bar.speaker >= 0 else self.tr("All")
        sides = self.board.frame.sides
        return name if len(sides) < 2 else f"{name} · {sides[bar.side].title}"

    def _place(self, rect: QRectF) -> Plane:
        metrics = QFontMetricsF(theme.ui_font(12))
        widest = max((metrics.horizontalAdvance(self._label(bar)) for bar in self._bars), default=40.0)
        left = min(widest + 20, rect.width() * 0.45)
        norm = self.board.norm()
        ends = [one for bar in self._bars for one in (bar.mean.low, bar.mean.high)]
        low, high = bounds(ends, [norm.mean] if norm is not None and ends else [])
        inner = rect.adjusted(left, 4, -theme.text_px(58), -(metrics.height() + 6))
        self.plane = Plane(inner, low, high, 0.0, float(max(1, len(self._bars))))
        return self.plane

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints labels, whiskers, dots and values."""
        plane = self._place(rect)
        if not self._bars:
            paint_nothing(painter, rect, self.summary())
            return
        colors = theme.colors()
        paint_band(painter, plane, self.board, upright=True)
        paint_axes(painter, plane, y_ticks=False)
        font = theme.ui_font(12)
        metrics = QFontMetricsF(font)
        height = plane.rect.height() / max(1, len(self._bars))
        for place, bar in enumerate(self._bars):
            y = plane.rect.top() + (place + 0.5) * height
            color = QColor(self.board.color_of(bar.speaker) if bar.speaker >= 0 else colors.text)
            painter.setFont(font)
            painter.setPen(QColor(colors.text))
            room = plane.rect.left() - rect.left() - 18
            label = metrics.elidedText(self._label(bar), Qt.TextElideMode.ElideMiddle, room)
            words = QRectF(rect.left() + 8, y - height / 2, room, height)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
            painter.setPen(QPen(color, 2))
            painter.drawLine(QPointF(plane.x(bar.mean.low), y), QPointF(plane.x(bar.mean.high), y))
            painter.setPen(QPen(color, 9, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoint(QPointF(plane.x(bar.mean.mean), y))
            painter.setPen(QColor(colors.dim))
            value = QRectF(plane.rect.right() + 8, y - height / 2, rect.right() - plane.rect.right() - 12, height)
            painter.drawText(
                value, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, show_value(bar.mean.mean)
            )

    def paint_selected(self, painter: QPainter, rect: QRectF) -> None:
        """Paints the means of what is selected, as rings."""
        plane = self._place(rect)
        mask, values = self.board.selection.mask, self.board.values()
        height = plane.rect.height() / max(1, len(self._bars))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colors().accent), 2))
        for place, bar in enumerate(self._bars):
            chosen = mean_interval(values[bar.rows[mask[bar.rows]]])
            if chosen is not None:
                x = min(max(plane.x(chosen.mean), plane.rect.left()), plane.rect.right())
                painter.drawEllipse(QPointF(x, plane.rect.top() + (place + 0.5) * height), 6, 6)

    def dims(self) -> bool:
        """Means stay readable."""
        return False

    def _bar_at(self, point: QPointF) -> Bar | None:
        if self.plane is None or not self._bars:
            return None
        place = int((point.y() - self.plane.rect.top()) / (self.plane.rect.height() / len(self._bars)))
        return self._bars[place] if 0 <= place < len(self._bars) and point.y() >= self.plane.rect.top() else None

    def n_stops(self) -> int:
        """A stop is a bar."""
        return len(self._bars)

    def say_stop(self, stop: int) -> str:
        """Returns a mean and its interval."""
        bar = self._bars[stop]
        return f"{self._label(bar)}\n{self._say_mean(bar)}"

    def spot_of_stop(self, stop: int) -> QPointF:
        """Returns where the dot of a bar is."""
        plane = self._place(QRectF(self.rect()))
        height = plane.rect.height() / max(1, len(self._bars))
        return QPointF(plane.x(self._bars[stop].mean.mean), plane.rect.top() + (stop + 0.5) * height)

    def take_stop(self, stop: int, *, add: bool) -> None:
        """Selects the turns of a bar."""
        self.board.selection.select(self._bars[stop].rows, add=add)

    def tip_at(self, point: QPointF) -> str:
        """Says the mean and its interval."""
        bar = self._bar_at(point)
        return f"{self._label(bar)}\n{self._say_mean(bar)}" if bar is not None else ""

    def _say_mean(self, bar: Bar) -> str:
        ends = (show_value(one) for one in (bar.mean.mean, bar.mean.low, bar.mean.high))
        return fill(self.tr("%1, from %2 to %3, over %4 turns"), *ends, bar.mean.n)

    def click(self, point: QPointF, *, add: bool) -> None:
        """A line selects its turns."""
        bar = self._bar_at(point)
        if bar is None:
            self.board.selection.clear()
        else:
            self.board.selection.select(bar.rows, add=add)

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the turns behind the lines that were dragged over."""
        if self.plane is None or not self._bars:
            return NO_ROWS
        height = self.plane.rect.height() / len(self._bars)
        tops = [self.plane.rect.top() + place * height for place in range(len(self._bars))]
        found = [
            bar.rows
            for bar, top in zip(self._bars, tops, strict=True)
            if band.top() < top + height and band.bottom() > top
        ]
        return np.unique(np.concatenate(found)) if found else NO_ROWS

    def data(self) -> ChartData:
        """Returns means and intervals."""
        frame = self.board.frame
        names = [frame.speakers[bar.speaker].name if bar.speaker >= 0 else self.tr("All") for bar in self._bars]
        sides = [frame.sides[bar.side].title for bar in self._bars]
        means = [bar.mean for bar in self._bars]
        titles = (
            self.tr("Character"),
            self.tr("Mean"),
            self.tr("Low"),
            self.tr("High"),
            self.tr("Turns"),
            self.tr("Branch"),
        )
        numbers = tuple([getattr(one, name) for one in means] for name in ("mean", "low", "high", "n"))
        return ChartData(titles, (names, *numbers, sides))

    def summary(self) -> str:
        """Says all means, or the difference of two branches."""
        metric = self.board.metric_of()
        if metric is None or not self._bars:
            return self.tr("No turn is scored.")
        said = "; ".join(f"{self._label(bar)} {self._say_mean(bar)}" for bar in self._bars)
        return f"{metric.title}: {said}. {self._say_difference()}".rstrip()

    def _say_difference(self) -> str:
        """Says how the second branch differs from the first, over all characters."""
        whole = [bar for bar in self._bars if bar.speaker < 0]
        if len(whole) != 2 or np.intersect1d(whole[0].rows, whole[1].rows).size:
            return ""
        apart = difference(whole[1].mean, whole[0].mean)
        if apart is None:
            return ""
        name = self.board.frame.sides[whole[1].side].title
        if apart.low <= 0 <= apart.high:
            said = self.tr("“%1” differs by %2 (%3 to %4): that may be chance.")
        else:
            said = self.tr("“%1” differs by %2 (%3 to %4).")
        return fill(said, name, *(show_value(one) for one in (apart.mean, apart.low, apart.high)))
