"""Paints a row of the sidebar with its number at the right end."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui import theme

COUNT_ROLE = Qt.ItemDataRole.UserRole + 5
"""How many there are; 0 is not shown."""
PADDING = 10


class CountDelegate(QStyledItemDelegate):
    """The row as the style has it, and the number."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Paints one row; its text gives way to the number."""
        count = index.data(COUNT_ROLE)
        words = f"{count:,}" if count else ""
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(theme.colors().dim))
        rect = option.rect.adjusted(0, 0, -PADDING, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Any) -> None:
        """Keeps room for the number."""
        super().initStyleOption(option, index)
        count = index.data(COUNT_ROLE)
        if count:
            room = option.fontMetrics.horizontalAdvance(f"{count:,}") + 3 * PADDING + option.decorationSize.width()
            width = max(0, option.rect.width() - room)
            option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideRight, width)
