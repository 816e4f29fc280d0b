"""The Big Five as a radar whose corners are dragged."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.characters.trait_words import FACTORS
from gui import theme
from gui.characters.layers.radar_corner import RadarCorner

_HOLE = 0.12
"""Of the radius, where 0 is: corners at 0 do not fall on each other."""
_RINGS = (0, 50, 100)
_NEAR_PX = 18


class Radar(QWidget):
    """Five axes from the middle, one for each factor, and a corner on each."""

    edited = Signal()
    released = Signal()
    """A drag ended: keep it now."""

    def __init__(self, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        """Makes a radar on which nothing is said. `titles` names each factor."""
        super().__init__(parent)
        self._titles = dict(titles)
        self.corners = {
            factor: RadarCorner(factor, titles[factor], 2 * math.pi * place / len(FACTORS), self)
            for place, factor in enumerate(FACTORS)
        }
        for corner in self.corners.values():
            corner.edited.connect(self._on_edited)
            corner.released.connect(self.released)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier.theme_changed.connect(self._arrange)

    def degrees(self) -> dict[str, int | None]:
        """Returns the degree of each factor; None: not said."""
        return {factor: corner.degree for factor, corner in self.corners.items()}

    def set_degrees(self, degrees: Mapping[str, int | None]) -> None:
        """Shows degrees."""
        for factor, corner in self.corners.items():
            corner.set_degree(degrees.get(factor))
        self._arrange()

    def drag(self, corner: RadarCorner, position: QPointF) -> None:
        """Moves a corner to the place on its axis that is nearest to the mouse."""
        corner.choose(self._degree_at(corner, position))

    def sizeHint(self) -> QSize:
        """Returns a size that holds the titles, with the text as large as it is."""
        return QSize(theme.text_px(250), theme.text_px(232))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the corners where they belong."""
        super().resizeEvent(event)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside an axis moves its corner there."""
        near = min(self.corners.values(), key=lambda corner: self._distance(corner, event.position()))
        if event.button() == Qt.MouseButton.LeftButton and self._distance(near, event.position()) <= _NEAR_PX:
            near.setFocus(Qt.FocusReason.MouseFocusReason)
            self.drag(near, event.position())
            self.released.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints rings, axes, the shape, and the initial of each factor with its degree."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for degree in _RINGS:
            style = Qt.PenStyle.DashLine if degree == 50 else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(colors.edge), 1, style))
            painter.drawPolygon(QPolygonF([self._place(corner, degree) for corner in self.corners.values()]))
        painter.setPen(QPen(QColor(colors.line), 1))
        for corner in self.corners.values():
            painter.drawLine(self._place(corner, 0), self._place(corner, 100))
        self._paint_shape(painter)
        self._paint_titles(painter)

    def _paint_shape(self, painter: QPainter) -> None:
        said = [corner for corner in self.corners.values() if corner.is_said]
        accent = QColor(theme.colors().accent)
        painter.setPen(QPen(accent, 2))
        fill = QColor(accent)
        fill.setAlphaF(0.22)
        painter.setBrush(fill)
        places = [self._place(corner, corner.value()) for corner in said]
        if len(places) > 2:
            painter.drawPolygon(QPolygonF(places))
        elif len(places) == 2:
            painter.drawLine(*places)

    def _paint_titles(self, painter: QPainter) -> None:
        font = theme.ui_font(12)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        for factor, corner in self.corners.items():
            degree = corner.degree
            initial = self._titles[factor][:1]
            text = initial if degree is None else f"{initial} {degree}"
            width, height = metrics.horizontalAdvance(text) + 2, metrics.height()
            outer = self._middle() + corner.direction * (self._radius() + 16)
            x = outer.x() - width / 2 + corner.direction.x() * width / 4
            y = outer.y() - height / 2
            place = QRectF(min(max(x, 0), self.width() - width), min(max(y, 0), self.height() - height), width, height)
            painter.setPen(QColor(theme.colors().text if degree is not None else theme.colors().dim))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2 + self._radius() * 0.09)

    def _radius(self) -> float:
        return max(20.0, min(self.width() / 2 - theme.text_px(38), (self.height() - theme.text_px(56)) / 1.82))

    def _place(self, corner: RadarCorner, degree: int) -> QPointF:
        return self._middle() + corner.direction * (self._radius() * (_HOLE + (1 - _HOLE) * degree / 100))

    def _degree_at(self, corner: RadarCorner, position: QPointF) -> int:
        along = QPointF.dotProduct(position - self._middle(), corner.direction) / self._radius()
        return min(max(round(100 * (along - _HOLE) / (1 - _HOLE)), 0), 100)

    def _distance(self, corner: RadarCorner, position: QPointF) -> float:
        """How far a point is from an axis, in pixels."""
        between = position - self._place(corner, self._degree_at(corner, position))
        return math.hypot(between.x(), between.y())

    def _arrange(self) -> None:
        for corner in self.corners.values():
            middle = self._place(corner, corner.value()).toPoint()
            corner.move(middle.x() - corner.width() // 2, middle.y() - corner.height() // 2)
        self.update()

    def _on_edited(self) -> None:
        self._arrange()
        self.edited.emit()
