"""Paints an entry of the library as a card."""

from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from core.library.search import Hit
from core.library.search_query import find_marks
from gui import theme
from gui.library.entries import CHARACTER, Entry, one_line
from gui.library.face_cache import FaceCache
from gui.library.marked_text import paint_lines
from gui.library.model import ENTRY_ROLE, HIT_ROLE, ICONS, LibraryModel, local_time
from gui.widgets.portrait import PictureCache

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
        self._faces = FaceCache(pictures)
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
        hit: Hit | None = index.data(HIT_ROLE)
        words, marks = (hit.snippet, hit.marks) if hit is not None else (entry.subtitle, ())
        paint_lines(painter, about, words, theme.ui_font(13), theme.colors().text, N_LINES, line, marks)
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
            self._faces.paint(painter, QRectF(rect), face, 0.24)
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
        font = theme.ui_font(15, QFont.Weight.DemiBold)
        painter.setFont(font)
        line = painter.fontMetrics().height()
        upper.setTop(upper.bottom() - line)
        marks = find_marks(entry.name, self._model.filter.query)
        paint_lines(painter, upper, one_line(entry.name), font, colors.text, 1, line, marks)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(colors.dim))
        about = " · ".join(filter(None, (self._model.kind_name(entry.kind), entry.detail, entry.folder)))
        about = painter.fontMetrics().elidedText(about, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, about)

    def _paint_foot(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        found = self._model.found(entry)
        is_many = found is not None and found.n_hits > 1
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(theme.colors().accent if is_many else theme.colors().dim))
        right = local_time(entry.deleted_at or entry.changed)[:10]
        if entry.deleted_at:
            right = self._model.tr("Deleted %1").replace("%1", right)
        if found is not None and is_many:
            right = self._model.tr("%1 places").replace("%1", f"{found.n_hits:,}")
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        rect = rect.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(right) - 12, 0)
        if entry.kind != CHARACTER and entry.faces:
            rect = rect.adjusted(self._paint_cast(painter, rect, entry) + 8, 0, 0, 0)
        self._paint_tags(painter, rect, entry)

    def _paint_cast(self, painter: QPainter, rect: QRect, entry: Entry) -> int:
        """Paints the first of the cast; returns how wide they are."""
        side = theme.text_px(CAST_PX)
        for place, face in enumerate(entry.faces[:MAX_CAST]):
            circle = QRectF(rect.left() + place * (side + 4), rect.center().y() - side / 2, side, side)
            self._faces.paint(painter, circle, face)
        return min(len(entry.faces), MAX_CAST) * (side + 4)

    def _paint_tags(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        """Paints as many tags as there is room for."""
        colors = theme.colors()
        metrics, left = painter.fontMetrics(), rect.left()
        height = metrics.height() + 4
        for tag in entry.tags:
            width = metrics.horizontalAdvance(tag) + 16
            if left + width > rect.right():
                break
            chip = QRectF(left, rect.center().y() - height / 2, width, height).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QColor(colors.edge))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(chip, height / 2, height / 2)
            painter.setPen(QColor(colors.dim))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, tag)
            left += width + 6


def card_height() -> int:
    """Returns the height of a card in pixels."""
    return 2 * PADDING + theme.text_px(FACE_PX) + 10 + theme.text_px(18) * (N_LINES + 1) + 14
