"""One corner of the radar: a slider that is dragged along its axis, keyed, and read by screen readers as a slider."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QWidget

from core.characters.trait_words import describe_factor
from gui import theme

SIDE_PX = 24
_RADIUS_PX = 5.5
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_Home: -100,
    Qt.Key.Key_End: 100,
}


class RadarCorner(QAbstractSlider):
    """A degree from 0 to 100, or not said."""

    edited = Signal()
    """The user changed the degree, or took it away."""
    released = Signal()
    """The mouse let go of it."""

    def __init__(self, factor: str, title: str, angle: float, parent: QWidget) -> None:
        """Makes a corner that is not said. `angle` is that of its axis, clockwise from the top, in radians."""
        super().__init__(parent)
        self.factor = factor
        self.direction = QPointF(math.sin(angle), -math.cos(angle))
        self.is_said = False
        self.setRange(0, 100)
        self.setValue(50)
        self.setFixedSize(SIDE_PX, SIDE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(title)
        self.setToolTip(self.tr("%1: drag, or use the arrow keys; Del takes it back").replace("%1", title))
        self._describe()

    @property
    def degree(self) -> int | None:
        """From 0 to 100; None: not said."""
        return self.value() if self.is_said else None

    def set_degree(self, degree: int | None) -> None:
        """Shows a degree."""
        self.is_said = degree is not None
        self.setValue(50 if degree is None else degree)
        self._describe()
        self.update()

    def choose(self, degree: int | None) -> None:
        """The user wants another degree."""
        bounded = None if degree is None else min(max(degree, 0), 100)
        if bounded != self.degree:
            self.set_degree(bounded)
            self.edited.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints a dot: full where something is said, hollow where not."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors()
        middle = QRectF(self.rect()).center()
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, _RADIUS_PX + 4, _RADIUS_PX + 4)
        color = QColor(colors.accent if self.is_said else colors.dim)
        pen = QPen(color, 2, Qt.PenStyle.SolidLine if self.is_said else Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.setBrush(QColor(colors.field))
        painter.drawEllipse(middle, _RADIUS_PX, _RADIUS_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.setSliderDown(True)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.raise_()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follows the mouse along the axis; the radar knows where that is."""
        if self.isSliderDown():
            radar = self.parentWidget()
            radar.drag(self, QPointF(self.mapTo(radar, event.position().toPoint())))  # type: ignore[attr-defined]

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Lets go."""
        if self.isSliderDown():
            self.setSliderDown(False)
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.released.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Takes the degree back."""
        self.choose(None)
        self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows change the degree by one, page keys by ten; Del takes it back."""
        step = _STEPS.get(Qt.Key(event.key()))
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif step is not None:
            self.choose(self.value() + step)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.choose(None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows that keys go here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows that keys go elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def _describe(self) -> None:
        said = describe_factor(self.factor, self.degree) or self.tr("like most people")
        self.setAccessibleDescription(said if self.is_said else self.tr("not said"))
