"""Paints an entry of the library as a card."""

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui import theme
from gui.library.entries import CHARACTER, Entry
from gui.library.model import ENTRY_ROLE, ICONS, LibraryModel, local_time
from gui.widgets.portrait import PictureCache, paint_face

GAP = 12
PADDING = 14
FACE_PX = 44
CAST_PX = 24
MAX_CAST = 6
N_LINES = 2


class CardDelegate(QStyledItemDelegate):
    """A card: sign, name, what it is, two lines about it, and a last line of details."""

    def __init__(self, pictures: PictureCache, model: LibraryModel) -> None:
        super().__init__()
        self._pictures = pictures
        self._model = model
        self.cell = QSize(300, card_height() + GAP)
        """Size of a card and its gap; the shelf sets it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """All cards are alike."""
        return self.cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Paints one card within its cell."""
        entry: Entry = index.data(ENTRY_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRect(option.rect).adjusted(GAP // 2, GAP // 2, -GAP // 2, -GAP // 2)
        self._paint_ground(painter, card, option)
        inner = card.adjusted(PADDING, PADDING, -PADDING, -PADDING)
        side = theme.text_px(FACE_PX)
        self._paint_sign(painter, QRect(inner.left(), inner.top(), side, side), entry)
        beside = QRect(inner.left() + side + 12, inner.top(), inner.width() - side - 12, side)
        self._paint_head(painter, beside, entry)
        line = theme.text_px(18)
        about = QRect(inner.left(), inner.top() + side + 10, inner.width(), line * N_LINES)
        paint_lines(painter, about, entry.subtitle, theme.ui_font(13), theme.colors().text, N_LINES, line)
        self._paint_foot(painter, QRect(inner.left(), inner.bottom() - line - 3, inner.width(), line + 6), entry)
        painter.restore()

    def _paint_ground(self, painter: QPainter, card: QRect, option: QStyleOptionViewItem) -> None:
        colors = theme.colors()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        ground = theme.mix(colors.card, colors.accent, 0.1) if selected else colors.hover if hovered else colors.card
        painter.setPen(QColor(colors.accent if selected else colors.edge if hovered else colors.line))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)

    def _paint_sign(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        if entry.kind == CHARACTER:
            face = entry.faces[0]
            paint_face(painter, QRectF(rect), face, self._pictures.find(face.picture), 0.24)
            return
        colors = theme.colors()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.mix(colors.card, colors.accent, 0.14)))
        painter.drawRoundedRect(QRectF(rect), rect.width() * 0.24, rect.width() * 0.24)
        inset = rect.width() // 4
        theme.icon(ICONS[entry.kind], "accent").paint(painter, rect.adjusted(inset, inset, -inset, -inset))

    def _paint_head(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        colors = theme.colors()
        upper, lower = QRect(rect), QRect(rect)
        upper.setBottom(rect.center().y())
        lower.setTop(rect.center().y() + 2)
        painter.setFont(theme.ui_font(15, QFont.Weight.DemiBold))
        painter.setPen(QColor(colors.text))
        name = painter.fontMetrics().elidedText(entry.name, Qt.TextElideMode.ElideRight, upper.width())
        painter.drawText(upper, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(colors.dim))
        painter.drawText(
            lower, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self._model.kind_name(entry.kind)
        )

    def _paint_foot(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(theme.colors().dim))
        day = local_time(entry.changed)[:10]
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, day)
        rect = rect.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(day) - 12, 0)
        if entry.kind != CHARACTER and entry.faces:
            self._paint_cast(painter, rect, entry)
            return
        text = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cast(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        side = theme.text_px(CAST_PX)
        for place, face in enumerate(entry.faces[:MAX_CAST]):
            circle = QRectF(rect.left() + place * (side + 4), rect.center().y() - side / 2, side, side)
            paint_face(painter, circle, face, self._pictures.find(face.picture))


def card_height() -> int:
    """Returns the height of a card in pixels."""
    return 2 * PADDING + theme.text_px(FACE_PX) + 10 + theme.text_px(18) * (N_LINES + 1) + 14


def paint_lines(painter: QPainter, rect: QRect, text: str, font: QFont, color: str, n_lines: int, line_px: int) -> None:
    """Paints the first lines of a text, the last one elided."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    painter.setFont(font)
    painter.setPen(QColor(color))
    layout.beginLayout()
    for number in range(n_lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(rect.width())
        top = rect.top() + number * line_px
        if number == n_lines - 1:
            rest = painter.fontMetrics().elidedText(text[line.textStart() :], Qt.TextElideMode.ElideRight, rect.width())
            cell = QRect(rect.left(), top, rect.width(), line_px)
            painter.drawText(cell, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, rest)
        else:
            line.draw(painter, QPointF(rect.left(), top))
    layout.endLayout()
