"""Pictures of cards at the present zoom. A frame renders only some that are missing; older ones stand in, scaled."""

import time

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from gui import theme
from gui.scenarios.beats.card import WIDTH_PX, CardFace, paint_card

TEXT_FROM_SCALE = 0.34
"""Below this, text could not be read: cards are plain."""
LARGEST_SCALE = 2.0
"""Above this, cards are painted directly: few are in sight, and their pictures would be large."""
BUDGET_S = 0.003
"""Time per frame for pictures that are missing."""
MAX_BYTES = 96 * 1024 * 1024


class CardPixmaps:
    """Paints cards quickly."""

    def __init__(self) -> None:
        self._kept: dict[CardFace, tuple[float, QPixmap]] = {}
        self._n_bytes = 0
        self._spent_s = 0.0
        self.is_behind = False
        """Whether the last frame has shown cards that are not yet as they should be."""
        theme.notifier.theme_changed.connect(self.clear)

    def clear(self) -> None:
        """Forgets all pictures."""
        self._kept.clear()
        self._n_bytes = 0

    def begin_frame(self) -> None:
        """Begins to count what rendering takes."""
        self._spent_s = 0.0
        self.is_behind = False

    def draw(self, painter: QPainter, face: CardFace, place: QPointF, scale: float, ratio: float) -> None:
        """Draws a card. The painter has no transform.

        Args:
            place: Top left corner in pixels of the widget.
            scale: Pixels of the widget per pixel of the card.
            ratio: Device pixels per pixel of the widget.
        """
        if scale > LARGEST_SCALE:
            painter.save()
            painter.translate(place)
            painter.scale(scale, scale)
            paint_card(painter, face)
            painter.restore()
            return
        if scale < TEXT_FROM_SCALE:
            face = CardFace(face.kind, "-", face.lines and ((),) * len(face.lines), face.is_marked)
        pixel_scale = scale * ratio
        found = self._kept.get(face)
        if found is None or found[0] != pixel_scale:
            if self._spent_s < BUDGET_S:
                found = (pixel_scale, self._render(face, pixel_scale, ratio, with_text=scale >= TEXT_FROM_SCALE))
            else:
                self.is_behind = True
        if found is None:
            return
        corner = QPointF(round(place.x() * ratio) / ratio, round(place.y() * ratio) / ratio)
        if found[0] == pixel_scale:
            painter.drawPixmap(corner, found[1])
        else:
            target = QRectF(corner, QPointF(corner.x() + WIDTH_PX * scale, corner.y() + face.height * scale))
            painter.drawPixmap(target, found[1], QRectF(found[1].rect()))

    def _render(self, face: CardFace, pixel_scale: float, ratio: float, *, with_text: bool) -> QPixmap:
        began = time.perf_counter()
        picture = QPixmap(round(WIDTH_PX * pixel_scale) + 1, round(face.height * pixel_scale) + 1)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(pixel_scale, pixel_scale)
        paint_card(painter, face, with_text=with_text)
        painter.end()
        picture.setDevicePixelRatio(ratio)
        if self._n_bytes > MAX_BYTES:
            self.clear()
        self._kept[face] = (pixel_scale, picture)
        self._n_bytes += picture.width() * picture.height() * 4
        self._spent_s += time.perf_counter() - began
        return picture
