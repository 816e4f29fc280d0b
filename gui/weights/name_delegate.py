"""Paints the first column of the list of weights: a name, and beneath it where the file is from."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui import theme
from gui.weights.weights_model import BENEATH_ROLE

PAD = 8
GAP = 2
SMALL_PX = 12


def row_height() -> int:
    """Returns the height of a row in pixels: two lines of text."""
    return QFontMetrics(theme.ui_font()).height() + QFontMetrics(theme.ui_font(SMALL_PX)).height() + GAP + 2 * PAD


class NameDelegate(QStyledItemDelegate):
    """Two lines, each cut where there is no room."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        room = option.rect.adjusted(PAD + 3, PAD, -PAD, -PAD)
        colors = theme.colors()
        top = QFontMetrics(theme.ui_font()).height()
        _draw(painter, QRect(room.left(), room.top(), room.width(), top), name, theme.ui_font(), colors.text)
        below = QRect(room.left(), room.top() + top + GAP, room.width(), room.height() - top - GAP)
        _draw(painter, below, str(index.data(BENEATH_ROLE)), theme.ui_font(SMALL_PX), colors.dim)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), row_height())


def _draw(painter: QPainter, room: QRect, text: str, font: QFont, color: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
