"""Paints what an entry is about in a row of the table, with the words that were searched marked."""

from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from core.library.search import Hit
from gui import theme
from gui.library.marked_text import paint_lines
from gui.library.model import HIT_ROLE

PADDING = 11


class AboutDelegate(QStyledItemDelegate):
    """One line."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Paints the ground as the style has it, and the text over it."""
        self.initStyleOption(option, index)
        words, option.text = option.text, ""
        hit: Hit | None = index.data(HIT_ROLE)
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        words, marks = (hit.snippet, hit.marks) if hit is not None else (words, ())
        font = theme.ui_font()
        line = painter.fontMetrics().height()
        rect = QRect(option.rect).adjusted(PADDING, 0, -PADDING, 0)
        rect.setTop(option.rect.center().y() - line // 2 + 1)
        paint_lines(painter, rect, words, font, theme.colors().text, 1, line, marks)
