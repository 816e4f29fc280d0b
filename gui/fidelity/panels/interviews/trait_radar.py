"""A radar of what a character was meant to be against what it answered, with how far each may be off. For the eye.

The table under it says the same to everybody.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

HOLE = 0.12
"""Of the radius, where 0 is."""
RINGS = (0, 50, 100)
HEIGHT_PX = 250


@dataclass(frozen=True, slots=True)
class RadarAxis:
    """One scale, 0 to 100; None: not known."""

    title: str
    intended: float | None
    measured: float | None
    spread: float | None = None
    """Half the width of what is drawn around the measured value."""


class TraitRadar(QWidget):
    """Paints up to eight axes: dashed what was intended, filled what was measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes: tuple[RadarAxis, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_axes(self, axes: Sequence[RadarAxis], sentence: str) -> None:
        """Shows other values; `sentence` says the same in words."""
        self._axes = tuple(axes)
        self.setAccessibleName(self.tr("Intended against measured"))
        self.setAccessibleDescription(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Returns a size that holds the titles."""
        return QSize(theme.text_px(280), theme.text_px(HEIGHT_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints rings, axes, both shapes, spreads and titles."""
        if len(self._axes) < 3:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors()
        for degree in RINGS:
            style = Qt.PenStyle.DashLine if degree == 50 else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(colors.edge), 1, style))
            painter.drawPolygon(QPolygonF([self._place(at, degree) for at in range(len(self._axes))]))
        painter.setPen(QPen(QColor(colors.line), 1))
        for at in range(len(self._axes)):
            painter.drawLine(self._place(at, 0), self._place(at, 100))
        self._paint_shape(painter, [axis.intended for axis in self._axes], colors.dim, is_filled=False)
        self._paint_shape(painter, [axis.measured for axis in self._axes], colors.accent, is_filled=True)
        self._paint_spreads(painter)
        self._paint_titles(painter)
        painter.end()

    def _paint_shape(self, painter: QPainter, values: list[float | None], color: str, *, is_filled: bool) -> None:
        places = [self._place(at, value) for at, value in enumerate(values) if value is not None]
        fill = QColor(color)
        fill.setAlphaF(0.2)
        style = Qt.PenStyle.SolidLine if is_filled else Qt.PenStyle.DashLine
        painter.setPen(QPen(QColor(color), 2, style))
        painter.setBrush(fill if is_filled else Qt.BrushStyle.NoBrush)
        if len(places) > 2:
            painter.drawPolygon(QPolygonF(places))
        painter.setBrush(QColor(color))
        painter.setPen(Qt.PenStyle.NoPen)
        for place in places:
            painter.drawEllipse(place, 3.5, 3.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_spreads(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.colors().accent), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setOpacity(0.55)
        for at, axis in enumerate(self._axes):
            if axis.measured is not None and axis.spread:
                low, high = max(axis.measured - axis.spread, 0), min(axis.measured + axis.spread, 100)
                painter.drawLine(self._place(at, low), self._place(at, high))
        painter.setOpacity(1.0)

    def _paint_titles(self, painter: QPainter) -> None:
        font = theme.ui_font(12)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(theme.colors().text))
        for at, axis in enumerate(self._axes):
            direction = self._direction(at)
            width, height = metrics.horizontalAdvance(axis.title) + 2, metrics.height()
            outer = self._middle() + direction * (self._radius() + theme.text_px(14))
            x = outer.x() - width / 2 + direction.x() * width / 2
            x = min(max(x, 0), self.width() - width)
            y = min(max(outer.y() - height / 2, 0), self.height() - height)
            painter.drawText(QRectF(x, y, width, height), Qt.AlignmentFlag.AlignCenter, axis.title)

    def _direction(self, at: int) -> QPointF:
        angle = 2 * math.pi * at / len(self._axes) - math.pi / 2
        return QPointF(math.cos(angle), math.sin(angle))

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2 + self._radius() * 0.05)

    def _radius(self) -> float:
        return max(20.0, min(self.width() / 2 - theme.text_px(60), self.height() / 2 - theme.text_px(28)))

    def _place(self, at: int, value: float) -> QPointF:
        return self._middle() + self._direction(at) * (self._radius() * (HOLE + (1 - HOLE) * value / 100))

    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(theme.text_px(HEIGHT_PX))
        self.updateGeometry()
        self.update()
