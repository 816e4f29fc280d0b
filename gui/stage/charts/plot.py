"""A pyqtgraph plot that tells where the mouse is and leaves the rest to its chart."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame

ZOOM = 0.8


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot without pyqtgraph's own menus, buttons and dragging."""

    hovered = Signal(float)
    """Turn number under the mouse; NaN when it left."""
    clicked = Signal(float)
    zoomed = Signal(float, float)
    """Turn number under the mouse, and the factor; a factor of 0 shows everything."""
    stepped = Signal(int)
    """An arrow key: -1 or 1; 0 is Enter."""

    def __init__(self) -> None:
        super().__init__(background=None)
        self.setAntialiasing(True)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(84)
        self.getViewBox().setDefaultPadding(0)
        self.getPlotItem().setContentsMargins(0, 4, 4, 0)

    def sizeHint(self) -> QSize:
        """Wants little, and takes what there is."""
        return QSize(200, 110)

    def number_at(self, point: QPointF) -> float:
        """Returns the turn number, with a fraction, at a point of the widget."""
        return float(self.getViewBox().mapSceneToView(point).x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Says what is under the mouse."""
        self.hovered.emit(self.number_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the mouse."""
        self.hovered.emit(math.nan)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes to a turn."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.number_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing: pyqtgraph would drag."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Shows everything again."""
        self.zoomed.emit(0.0, 0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms with Ctrl; otherwise the column scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = ZOOM if event.angleDelta().y() > 0 else 1 / ZOOM
            self.zoomed.emit(self.number_at(event.position()), factor)
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from turn to turn, Enter goes to the one that is marked."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Return: 0, Qt.Key.Key_Enter: 0}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
        else:
            self.stepped.emit(step)
