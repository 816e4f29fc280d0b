"""What a chart paints however much is selected, kept as pictures: its ground, and what fades over it."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

Paint = Callable[[QPainter, QRectF], None]


class Layers:
    """Two pictures of the size of a widget; of another size they are stretched until they are drawn again."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._pictures: list[QPixmap] = []

    def forget(self) -> None:
        """Has them drawn again."""
        self._pictures = []

    def draw(self, *paints: Paint) -> None:
        """Draws them, the ground first, unless they are there in the size that is wanted."""
        size = self._widget.size()
        if not self._pictures or self._pictures[-1].deviceIndependentSize().toSize() != size:
            self._pictures = [self._draw(paint) for paint in paints]

    def show(self, painter: QPainter, strength: float) -> None:
        """Paints what there is; the ground never fades."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, picture in enumerate(self._pictures):
            painter.setOpacity(strength if place else 1.0)
            painter.drawPixmap(self._widget.rect(), picture)
        painter.setOpacity(1.0)

    def _draw(self, paint: Paint) -> QPixmap:
        ratio = self._widget.devicePixelRatioF()
        picture = QPixmap(self._widget.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter, QRectF(self._widget.rect()))
        painter.end()
        return picture
