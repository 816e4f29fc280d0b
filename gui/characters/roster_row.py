"""One row of an editor's list: what it says, and how it is painted."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui import theme
from gui.widgets.portrait import Face, PictureCache, paint_face

_ROW_PX, _FACE_PX, _SMALL_FACE_PX, _MARGIN_PX = 56, 36, 20, 12
_MAX_FACES = 5
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. A single face is shown large before the title; several stand small behind it."""

    id: str
    title: str
    subtitle: str = ""
    faces: tuple[Face, ...] = ()
    is_group: bool = False
    """Whether the faces are a cast, rather than the face of the entry itself."""


class RosterDelegate(QStyledItemDelegate):
    """Paints a row."""

    def __init__(self, cache: PictureCache, view: QListView) -> None:
        super().__init__(view)
        self._cache = cache

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Returns the one height of all rows."""
        return QSize(120, max(_ROW_PX, theme.text_px(42)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paints ground, face, title and subtitle."""
        entry = index.model().entry(index)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = option.rect.adjusted(8, 1, -8, -1)  # type: ignore[attr-defined]
        ground = self._paint_ground(painter, rect, option.state)  # type: ignore[attr-defined]
        left = rect.left() + 10
        if not entry.is_group and entry.faces:
            place = QRectF(left, rect.center().y() - _FACE_PX / 2, _FACE_PX, _FACE_PX)
            paint_face(painter, place, entry.faces[0], self._cache.find(entry.faces[0].picture))
            left += _FACE_PX + _MARGIN_PX
        text = QRect(left, rect.top(), rect.right() - 8 - left, rect.height())
        if entry.is_group and entry.faces:
            text.setRight(text.right() - self._paint_cast(painter, text, entry.faces, ground))
        self._paint_text(painter, text, entry)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> QColor:
        colors = theme.colors()
        selected, hovered = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        if not selected and not hovered:
            return QColor(colors.ground)
        focused = selected and state & QStyle.StateFlag.State_HasFocus
        painter.setPen(QPen(QColor(colors.accent)) if focused else Qt.PenStyle.NoPen)
        ground = QColor(colors.selection if selected else colors.hover)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        return ground

    def _paint_cast(self, painter: QPainter, rect: QRect, faces: tuple[Face, ...], ground: QColor) -> int:
        step = _SMALL_FACE_PX - 5
        shown = faces[:_MAX_FACES]
        width = step * (len(shown) - 1) + _SMALL_FACE_PX
        x = rect.right() - width
        for face in shown:
            place = QRectF(x, rect.center().y() - _SMALL_FACE_PX / 2, _SMALL_FACE_PX, _SMALL_FACE_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawEllipse(place.adjusted(-1.5, -1.5, 1.5, 1.5))
            paint_face(painter, place, face, self._cache.find(face.picture))
            x += step
        return width + 8

    def _paint_text(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        colors = theme.colors()
        title, small = theme.ui_font(weight=QFont.Weight.DemiBold), theme.ui_font(12)
        heights = QFontMetrics(title).height(), QFontMetrics(small).height() if entry.subtitle else 0
        top = rect.center().y() - (sum(heights) + 2) // 2 + 1
        lines = ((title, colors.text, entry.title, heights[0]), (small, colors.dim, entry.subtitle, heights[1]))
        for font, color, text, height in lines:
            painter.setFont(font)
            painter.setPen(QColor(color))
            shown = QFontMetrics(font).elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(QRect(rect.left(), top, rect.width(), height), Qt.AlignmentFlag.AlignVCenter, shown)
            top += height + 2
