"""Faces as cards have them, each drawn once: gradients and scaled pictures are dear while one scrolls."""

from collections import OrderedDict

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from gui import theme
from gui.widgets.portrait import Face, PictureCache, initials, paint_face

MAX_CACHED = 1024


class FaceCache:
    """Paints faces of one size after the other."""

    def __init__(self, pictures: PictureCache) -> None:
        self._pictures = pictures
        self._drawn: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()

    def paint(self, painter: QPainter, rect: QRectF, face: Face, rounding: float = 0.5) -> None:
        """Paints a face; initials stand in for a picture until it is decoded."""
        picture = self._pictures.find(face.picture)
        ratio = painter.device().devicePixelRatioF()
        who = face.picture if picture is not None else (initials(face.name), face.color_index)
        key = (who, rect.width(), rounding, ratio, theme.colors().name)
        if key not in self._drawn:
            self._drawn[key] = _draw(face, picture, rect.width(), rounding, ratio)
            while len(self._drawn) > MAX_CACHED:
                self._drawn.popitem(last=False)
        painter.drawPixmap(rect.topLeft(), self._drawn[key])


def _draw(face: Face, picture: QPixmap | None, side: float, rounding: float, ratio: float) -> QPixmap:
    drawn = QPixmap(round(side * ratio), round(side * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    paint_face(painter, QRectF(0, 0, side, side), face, picture, rounding)
    painter.end()
    return drawn
