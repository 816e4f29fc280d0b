"""How often each way out of a beat was taken, as bars."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui import theme

_ROW_PX, _PAD_PX, _BAR_PX = 24, 10, 8


class PlayedBars(QWidget):
    """A row for each way: its words, a bar, and the number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, int, str], ...] = ()
        """Words, how often, and colour `#rrggbb` of each way."""

    def show_rows(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """Takes words, counts and colours."""
        self.rows = tuple(rows)
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleName("; ".join(f"{words}: {count}" for words, count, _color in rows))
        self.update()

    def sizeHint(self) -> QSize:
        """Grows with the rows."""
        return QSize(200, len(self.rows) * theme.text_px(_ROW_PX) + 2 * _PAD_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints a card with the rows."""
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setFont(theme.ui_font(12))
        most = max((count for _words, count, _color in self.rows), default=1) or 1
        height, middle = theme.text_px(_ROW_PX), self.width() * 0.42
        number = theme.text_px(36)
        for place, (words, count, color) in enumerate(self.rows):
            top = _PAD_PX + place * height
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(middle - 20))
            painter.setPen(QColor(colors.text))
            painter.drawText(QRectF(12, top, middle - 12, height), Qt.AlignmentFlag.AlignVCenter, shown)
            room = self.width() - middle - number - 8
            bar = QRectF(middle, top + (height - _BAR_PX) / 2, max(_BAR_PX, room * count / most), _BAR_PX)
            painter.drawText(QRectF(bar.right() + 8, top, number, height), Qt.AlignmentFlag.AlignVCenter, f"{count:,}")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.mix(colors.card, color, 0.65)))
            painter.drawRoundedRect(bar, _BAR_PX / 2, _BAR_PX / 2)
