"""Paints a memory: its words, and in a line below where it comes from, when, what it feels, how important it is."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from core.memory.emotion import EMOTIONS, name_emotion
from core.memory.entries import MAX_IMPORTANCE, Entry
from gui import theme
from gui.stage.memory.memory_model import ENTRY_ROLE
from gui.stage.memory.words import ICONS, OWN_ICON, say_emotion, say_source, say_time

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 78
_PAD, _GAP = 10, 6
_TEXT_PX, _META_PX = 13, 11
_LINES = 2
_BAR_PX = 34
_MOOD_BAR_PX = 3


class MemoryDelegate(QStyledItemDelegate):
    """Every row has the same height, so that ten thousand cost no more than ten."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Returns the height of a row."""
        return QSize(0, theme.text_px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints one memory."""
        entry: Entry = index.data(ENTRY_ROLE)
        colors, rect = theme.colors(), option.rect.adjusted(3, 2, -3, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QColor(colors.line))
        painter.setBrush(QColor(colors.selection if is_selected else colors.card))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colors.accent))
        painter.drawRoundedRect(rect, 8, 8)
        self._paint_text(painter, rect, entry)
        self._paint_pin(painter, option.rect, entry, bool(option.state & QStyle.StateFlag.State_MouseOver))
        self._paint_meta(painter, option.rect, entry)
        painter.restore()

    def pin_rect(self, row: QRect) -> QRect:
        """Returns where the pin of a row is."""
        side = theme.text_px(16)
        return QRect(row.right() - _PAD - side, row.top() + 9, side, side)

    def source_rect(self, row: QRect, entry: Entry) -> QRect:
        """Returns where a row names the turn that a memory comes from."""
        side = theme.text_px(14)
        left = row.left() + _PAD + side + 4
        width = QFontMetrics(theme.ui_font(_META_PX)).horizontalAdvance(say_source(entry))
        return QRect(left, self._meta_top(row), min(width + 2, row.width() // 2), theme.text_px(16))

    def is_on_source(self, point: QPoint, row: QRect, entry: Entry) -> bool:
        """Whether a point lies on the name of the turn."""
        return bool(entry.number) and self.source_rect(row, entry).adjusted(-4, -4, 4, 6).contains(point)

    def _meta_top(self, row: QRect) -> int:
        return row.bottom() - 9 - theme.text_px(16)

    def _paint_text(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        font = theme.ui_font(_TEXT_PX)
        painter.setFont(font)
        painter.setPen(QColor(theme.colors().text))
        width = rect.width() - 2 * _PAD - theme.text_px(18)
        lines = _elided_lines(entry.text, font, width)
        height = QFontMetrics(font).height()
        for place, line in enumerate(lines):
            top = rect.top() + 6 + place * height
            painter.drawText(QRect(rect.left() + _PAD, top, width, height), Qt.AlignmentFlag.AlignVCenter, line)

    def _paint_pin(self, painter: QPainter, row: QRect, entry: Entry, is_hovered: bool) -> None:
        if entry.is_pinned or is_hovered:
            name = "mdi6.pin" if entry.is_pinned else "mdi6.pin-outline"
            theme.icon(name, "accent" if entry.is_pinned else "dim").paint(painter, self.pin_rect(row))

    def _paint_meta(self, painter: QPainter, row: QRect, entry: Entry) -> None:
        colors, top, height = theme.colors(), self._meta_top(row), theme.text_px(16)
        side = theme.text_px(14)
        icon = OWN_ICON if entry.is_own else ICONS[entry.kind]
        theme.icon(icon, "dim").paint(painter, QRect(row.left() + _PAD, top + 1, side, side))
        painter.setFont(theme.ui_font(_META_PX))
        source = self.source_rect(row, entry)
        painter.setPen(QColor(colors.accent if entry.number else colors.dim))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(source, align, _elided(painter, say_source(entry), source.width()))
        right = self._paint_importance(painter, row.right() - _PAD, top, height, entry)
        right = self._paint_mood(painter, right - _GAP, top, height, entry)
        painter.setFont(theme.ui_font(_META_PX))
        painter.setPen(QColor(colors.dim))
        left = source.right() + 1
        said = f"· {say_time(entry.time_s)}" if entry.number else ""
        room = QRect(left + _GAP, top, max(right - left - 2 * _GAP, 0), height)
        if painter.fontMetrics().horizontalAdvance(said) <= room.width():  # the tool tip says it otherwise
            painter.drawText(room, align, said)

    def _paint_importance(self, painter: QPainter, right: int, top: int, height: int, entry: Entry) -> int:
        """Paints a bar and its number; returns where it begins."""
        colors = theme.colors()
        figures = QFontMetrics(theme.ui_font(_META_PX)).horizontalAdvance("10.0")
        bar, thick = theme.text_px(_BAR_PX), theme.text_px(5)
        painter.setFont(theme.ui_font(_META_PX, QFont.Weight.DemiBold))
        painter.setPen(QColor(colors.text))
        place = QRect(right - figures, top, figures, height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{entry.importance:.1f}")
        whole = QRect(right - figures - 4 - bar, top + (height - thick) // 2, bar, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.mix(colors.card, colors.text, 0.16)))
        painter.drawRoundedRect(whole, thick / 2, thick / 2)
        painter.setBrush(QColor(colors.accent))
        filled = QRect(whole)
        filled.setWidth(max(thick, round(bar * entry.importance / MAX_IMPORTANCE)))
        painter.drawRoundedRect(filled, thick / 2, thick / 2)
        return whole.left()

    def _paint_mood(self, painter: QPainter, right: int, top: int, height: int, entry: Entry) -> int:
        """Paints the eight emotions as small columns and the name of the strongest; returns where that begins."""
        name = name_emotion(entry.emotion)
        if not name:
            return right
        colors, width = theme.colors(), theme.text_px(_MOOD_BAR_PX)
        left = right - (width + 1) * len(EMOTIONS)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, value in enumerate(entry.emotion):
            tall = max(2, round((height - 4) * value))
            painter.setBrush(
                QColor(theme.character_color(place) if value else theme.mix(colors.card, colors.text, 0.16))
            )
            painter.drawRect(QRect(left + place * (width + 1), top + height - 2 - tall, width, tall))
        painter.setFont(theme.ui_font(_META_PX))
        painter.setPen(QColor(colors.dim))
        words = say_emotion(name)
        begin = left - 4 - painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QRect(begin, top, left - begin, height), Qt.AlignmentFlag.AlignVCenter, words)
        return begin


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))


def _elided_lines(text: str, font: QFont, width: int) -> list[str]:
    """Breaks a text into as many lines as a row has; the last one says that there is more."""
    text = " ".join(text[:1000].split())
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    starts = []
    layout.beginLayout()
    for _ in range(_LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        starts.append((line.textStart(), line.textLength()))
    layout.endLayout()
    lines = [text[start : start + length] for start, length in starts[:-1]]
    if starts:
        lines.append(QFontMetrics(font).elidedText(text[starts[-1][0] :], Qt.TextElideMode.ElideRight, width))
    return lines
