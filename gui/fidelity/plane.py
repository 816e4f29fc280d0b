"""A plane with two straight axes: from values to places and back, and how the axes are painted."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from core.fidelity.charts.chart_scale import format_tick, nice_ticks
from gui import theme

Floats = NDArray[np.float64]
MAX_DOTS = 1500
"""Of more, those that nearly cover each other are painted once."""


@dataclass(frozen=True)
class Plane:
    """A rectangle of the chart, and the values at its sides."""

    rect: QRectF
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def xs(self, values: Floats) -> Floats:
        """Returns the places of values along the width."""
        return self.rect.left() + (values - self.x_low) / (self.x_high - self.x_low) * self.rect.width()

    def ys(self, values: Floats) -> Floats:
        """Returns the places of values along the height."""
        return self.rect.bottom() - (values - self.y_low) / (self.y_high - self.y_low) * self.rect.height()

    def x(self, value: float) -> float:
        """Returns the place of one value along the width."""
        return float(self.rect.left() + (value - self.x_low) / (self.x_high - self.x_low) * self.rect.width())

    def y(self, value: float) -> float:
        """Returns the place of one value along the height."""
        return float(self.rect.bottom() - (value - self.y_low) / (self.y_high - self.y_low) * self.rect.height())

    def x_at(self, place: float) -> float:
        """Returns the value at a place along the width."""
        return self.x_low + (place - self.rect.left()) / max(self.rect.width(), 1.0) * (self.x_high - self.x_low)

    def y_at(self, place: float) -> float:
        """Returns the value at a place along the height."""
        return self.y_low + (self.rect.bottom() - place) / max(self.rect.height(), 1.0) * (self.y_high - self.y_low)


def inner_rect(rect: QRectF, left_labels: list[str] | None = None) -> QRectF:
    """Returns where the plane lies in a chart: ticks stand on its left and under it."""
    metrics = QFontMetricsF(theme.ui_font(11))
    widest = max(
        (metrics.horizontalAdvance(one) for one in left_labels or ()), default=metrics.horizontalAdvance("0.00")
    )
    return rect.adjusted(widest + 10, 6, -8, -(metrics.height() + 6))


def bounds(values: list[float], levels: list[float] | None = None) -> tuple[float, float]:
    """Returns a range that holds values and levels, with some room."""
    real = [one for one in (*values, *(levels or ())) if math.isfinite(one)]
    if not real:
        return 0.0, 1.0
    low, high = min(real), max(real)
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 0.5
    return low - pad, high + pad


def value_ticks(low: float, high: float, height: float, *, whole: bool = False) -> tuple[list[float], list[str]]:
    """Returns round values on an axis, two at least where they can be, and what is written at them."""
    n = max(2, int(height / theme.text_px(38)))
    ticks = next((found for more in range(4) if len(found := nice_ticks(low, high, n + more, whole=whole)) > 1), [])
    ticks = ticks or nice_ticks(low, high, n, whole=whole)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
    return ticks, [format_tick(one, step) for one in ticks]


def paint_axes(
    painter: QPainter, plane: Plane, *, x_label: str = "", y_unit: str = "", whole_x: bool = False, y_ticks: bool = True
) -> None:
    """Paints hairlines at round values, and the values."""
    colors, rect = theme.colors(), plane.rect
    font = theme.ui_font(11)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    if y_ticks:
        for tick, label in zip(*value_ticks(plane.y_low, plane.y_high, rect.height()), strict=True):
            y = plane.y(tick)
            painter.setPen(QPen(QColor(colors.line), 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setPen(QColor(colors.dim))
            place = QRectF(rect.left() - 206, y - metrics.height() / 2, 200, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label + y_unit)
    ticks, labels = value_ticks(plane.x_low, plane.x_high, rect.width() * 0.7, whole=whole_x)
    painter.setPen(QColor(colors.dim))
    label_left = rect.right() - metrics.horizontalAdvance(x_label) if x_label else math.inf
    for tick, label in zip(ticks, labels, strict=True):
        width = metrics.horizontalAdvance(label)
        x = min(max(plane.x(tick) - width / 2, rect.left() - 4), rect.right() - width + 6)
        if x + width + 8 < label_left:
            painter.drawText(QPointF(x, rect.bottom() + metrics.ascent() + 4), label)
    if x_label:
        painter.drawText(QPointF(label_left, rect.bottom() + metrics.ascent() + 4), x_label)


def paint_titles(painter: QPainter, plane: Plane, across: str, upwards: str) -> None:
    """Names both axes, inside the plane."""
    rect = plane.rect
    metrics = QFontMetricsF(theme.ui_font(11))
    painter.setFont(theme.ui_font(11))
    painter.setPen(QColor(theme.colors().dim))
    right = metrics.elidedText(f"{across} →", Qt.TextElideMode.ElideRight, rect.width())
    top = metrics.elidedText(f"↑ {upwards}", Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(QPointF(rect.right() - metrics.horizontalAdvance(right), rect.bottom() - 4), right)
    painter.drawText(QPointF(rect.left() + 2, rect.top() + metrics.ascent() - 2), top)


def paint_nothing(painter: QPainter, rect: QRectF, words: str) -> None:
    """Says why there is nothing to paint."""
    painter.setPen(QColor(theme.colors().dim))
    painter.setFont(theme.ui_font(12))
    painter.drawText(rect.adjusted(24, 0, -24, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def polygon(xs: Floats, ys: Floats) -> QPolygonF:
    """Returns the points as Qt draws them."""
    return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def dots(painter: QPainter, xs: Floats, ys: Floats, color: QColor, size: float) -> None:
    """Paints round dots; of very many that nearly cover each other one."""
    if not len(xs):
        return
    if len(xs) > MAX_DOTS:
        step = size / 2
        spots = (xs / step).astype(np.int64) * 100_000 + (ys / step).astype(np.int64)
        _one, keep = np.unique(spots, return_index=True)
        xs, ys = xs[keep], ys[keep]
    painter.setPen(QPen(color, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(polygon(xs, ys))


def cloud(painter: QPainter, rect: QRectF, xs: Floats, ys: Floats, color: QColor) -> None:
    """Paints very many dots as one picture: the more fall on a spot, the stronger it is."""
    width, height = max(1, int(rect.width() / 2)), max(1, int(rect.height() / 2))
    across = ((xs - rect.left()) / rect.width() * width).astype(np.int64).clip(0, width - 1)
    down = ((ys - rect.top()) / rect.height() * height).astype(np.int64).clip(0, height - 1)
    counts = np.bincount(down * width + across, minlength=width * height).reshape(height, width)
    share = np.where(counts > 0, 0.18 + 0.82 * np.log1p(counts) / np.log1p(max(counts.max(), 1)), 0.0)
    pixels = np.zeros((height, width, 4), np.uint8)
    for place, channel in enumerate((color.blue(), color.green(), color.red(), 255)):
        pixels[..., place] = (share * channel).astype(np.uint8)
    kept = np.ascontiguousarray(pixels)
    image = QImage(kept.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(rect, image)
