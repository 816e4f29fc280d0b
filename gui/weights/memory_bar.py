"""A bar of what weights would take of the free memory: themselves, what is kept of the text, the work space."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.inference.weights.fit import Fit
from gui import theme

HEIGHT_PX = 8


class MemoryBar(QWidget):
    """Three parts of one length; the length is the free memory, or what is needed when that is more."""

    def __init__(self) -> None:
        super().__init__()
        self._fit: Fit | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Memory"))
        theme.notifier.theme_changed.connect(self.update)

    def show_fit(self, fit: Fit | None) -> None:
        """Shows other figures."""
        self._fit = fit
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, theme.text_px(HEIGHT_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rounded = QPainterPath()
        rounded.addRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.setClipPath(rounded)
        painter.fillRect(self.rect(), QColor(theme.colors().edge))
        if self._fit is not None:
            whole = max(self._fit.available_bytes, self._fit.needed_bytes, 1)
            left = 0.0
            for n_bytes, color in zip(_parts(self._fit), part_colors(), strict=True):
                width = self.width() * n_bytes / whole
                painter.fillRect(QRectF(left, 0, width, self.height()), QColor(color))
                left += width
        painter.end()


def part_colors() -> tuple[str, str, str]:
    """Returns the colours of weights, kept text and work space."""
    return theme.colors().accent, theme.character_color(3), theme.character_color(1)


def _parts(fit: Fit) -> tuple[int, int, int]:
    return fit.weights_bytes, fit.kv_bytes, fit.compute_bytes
