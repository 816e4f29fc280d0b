"""The parts of a score side by side, as long as they are large."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

_HEIGHT_PX = 6


def part_color(place: int) -> str:
    """Returns the colour of the part at a place, from 0."""
    return theme.character_color(place)


class PartBar(QWidget):
    """Painted from numbers; the words beside it say the same."""

    def __init__(self, parts: Sequence[float], whole: float, parent: QWidget | None = None) -> None:
        """Takes the parts, none below 0, and the length of the whole bar in the same unit."""
        super().__init__(parent)
        self._parts = [max(part, 0.0) for part in parts]
        self._whole = max(whole, sum(self._parts), 1e-9)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Returns a thin line."""
        return QSize(120, theme.text_px(_HEIGHT_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints one piece a part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors, width, height = theme.colors(), self.width(), self.height()
        painter.setBrush(QColor(theme.mix(colors.card, colors.text, 0.12)))
        painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
        left = 0.0
        for place, part in enumerate(self._parts):
            length = width * part / self._whole
            painter.setBrush(QColor(part_color(place)))
            painter.drawRoundedRect(QRectF(left, 0, max(length - 1, 0), height), 2, 2)
            left += length
