"""How likely each answer of an item is, as small bars in a table."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui import theme

BARS_ROLE = Qt.ItemDataRole.UserRole + 2
WIDTH_PX = 58


class ProbabilityBars(QStyledItemDelegate):
    """Paints the numbers under `BARS_ROLE`, each [0, 1]; they are said in the cell's accessible text."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints a bar for each."""
        super().paint(painter, option, index)
        shares: Sequence[float] | None = index.data(BARS_ROLE)
        if not shares:
            return
        area = QRectF(option.rect).adjusted(8, 5, -8, -5)  # type: ignore[attr-defined]
        width = area.width() / len(shares)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        colors, best = theme.colors(), max(shares)
        for place, share in enumerate(shares):
            height = max(1.5, area.height() * min(max(share, 0.0), 1.0))
            painter.setBrush(QColor(colors.accent if share == best else colors.edge))
            painter.drawRect(QRectF(area.left() + place * width, area.bottom() - height, max(width - 2, 1), height))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Returns room for the bars."""
        return QSize(theme.text_px(WIDTH_PX), super().sizeHint(option, index).height())
