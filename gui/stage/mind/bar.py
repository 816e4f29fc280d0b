"""A named bar from 0 to 1 with its number."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

NAME_PX = 92
NUMBER_PX = 36
BAR_PX = 6
FONT_PX = 12


class Bar(QWidget):
    """One bar. A screen reader reads name and number."""

    def __init__(self, name: str, value: float, *, is_strong: bool = False) -> None:
        """Takes a value in [0, 1]; a strong one is drawn in the accent colour."""
        super().__init__()
        self.name, self.value, self._is_strong = name, value, is_strong
        self.setAccessibleName(f"{name} {value:.2f}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One line high."""
        return QSize(theme.text_px(NAME_PX + NUMBER_PX + 80), QFontMetrics(self._font()).height() + 2)

    def minimumSizeHint(self) -> QSize:
        """As wide as its name and number."""
        return QSize(theme.text_px(NAME_PX + NUMBER_PX + 24), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints name, bar and number."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        left, right = theme.text_px(NAME_PX), theme.text_px(NUMBER_PX)
        is_felt = self.value >= 0.005
        painter.setPen(QColor(colors.text if self._is_strong or is_felt else colors.dim))
        middle = Qt.AlignmentFlag.AlignVCenter
        elided = QFontMetrics(self._font()).elidedText(self.name, Qt.TextElideMode.ElideRight, left - 6)
        painter.drawText(
            self.rect().adjusted(0, 0, left - self.width(), 0), middle | Qt.AlignmentFlag.AlignLeft, elided
        )
        painter.setPen(QColor(colors.text if self._is_strong else colors.dim))
        number = f"{self.value:.2f}" if is_felt else "0"
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, number)
        whole = QRectF(left, (self.height() - BAR_PX) / 2, max(0, self.width() - left - right), BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.line))
        painter.drawRoundedRect(whole, BAR_PX / 2, BAR_PX / 2)
        if is_felt:
            filled = QRectF(whole.left(), whole.top(), max(BAR_PX, whole.width() * min(1.0, self.value)), BAR_PX)
            painter.setBrush(QColor(colors.accent if self._is_strong else theme.mix(colors.dim, colors.accent, 0.45)))
            painter.drawRoundedRect(filled, BAR_PX / 2, BAR_PX / 2)
        painter.end()

    def _font(self) -> QFont:
        return theme.ui_font(FONT_PX, QFont.Weight.DemiBold if self._is_strong else QFont.Weight.Normal)
