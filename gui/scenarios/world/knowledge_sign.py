"""How it is shown what a role has to do with a fact: a sign that is told apart without its colour, and a word."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from gui import theme
from models.world import FactStatus

_RADIUS_PX = 6.0


def paint_sign(painter: QPainter, option: QStyleOptionViewItem, value: str, name: str) -> None:
    """Paints a cell: a full disc for knowing, half a one for suspecting, a crossed one for denying, else a dot."""
    colors = theme.colors()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(option.rect)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setPen(
            QPen(QColor(colors.accent), 1) if option.state & QStyle.StateFlag.State_HasFocus else Qt.PenStyle.NoPen
        )
        painter.setBrush(QColor(colors.selection))
        painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 6, 6)
    font = theme.ui_font(12)
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(name) if value else 0
    middle = QPointF(rect.center().x() - (width + 8) / 2 if value else rect.center().x(), rect.center().y())
    paint_disc(painter, middle, value)
    if value:
        painter.setPen(QColor(colors.text))
        words = QRectF(middle.x() + _RADIUS_PX + 6, rect.top(), rect.right() - middle.x(), rect.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    painter.restore()


def paint_disc(painter: QPainter, middle: QPointF, value: str) -> None:
    """Paints the sign alone; `value` is a `FactStatus`, or empty."""
    colors = theme.colors()
    tone = QColor(
        {
            FactStatus.KNOWS.value: colors.good,
            FactStatus.SUSPECTS.value: colors.warning,
            FactStatus.DENIES.value: colors.fault,
        }.get(value, colors.edge)
    )
    disc = QRectF(middle.x() - _RADIUS_PX, middle.y() - _RADIUS_PX, 2 * _RADIUS_PX, 2 * _RADIUS_PX)
    if not value:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawEllipse(middle, 2, 2)
        return
    painter.setPen(QPen(tone, 1.5))
    painter.setBrush(tone if value == FactStatus.KNOWS else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(disc)
    if value == FactStatus.SUSPECTS:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawPie(disc, 90 * 16, 180 * 16)
    elif value == FactStatus.DENIES:
        side = _RADIUS_PX * 0.45
        painter.drawLine(middle + QPointF(-side, -side), middle + QPointF(side, side))
        painter.drawLine(middle + QPointF(-side, side), middle + QPointF(side, -side))
