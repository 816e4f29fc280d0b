"""The list of moments, newest first: edits, named versions, playtests."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QWidget
from PySide6.QtWidgets import QStyleOptionViewItem as Option

from core.history.moments import Moment, MomentKind
from gui import theme
from gui.history.words import moment_details, moment_title

_MOMENT = Qt.ItemDataRole.UserRole
_ICONS = {
    MomentKind.NOW: ("mdi6.circle-medium", "accent"),
    MomentKind.EDIT: ("mdi6.pencil-outline", "dim"),
    MomentKind.VERSION: ("mdi6.bookmark", "accent"),
    MomentKind.PLAYTEST: ("mdi6.play", "good"),
    MomentKind.FIRST: ("mdi6.dots-horizontal", "dim"),
}


class MomentList(QListWidget):
    """Moments to choose one of, or two to compare."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setItemDelegate(_MomentDelegate(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Moments"))
        theme.set_kind(self, "card")

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Shows these, and chooses again what was chosen, as far as it is still there."""
        chosen = {(moment.kind, moment.source_id) for moment in self.chosen()}
        self.blockSignals(True)
        self.clear()
        for moment in moments:
            item = QListWidgetItem(self)
            item.setData(_MOMENT, moment)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{moment_title(moment)}, {moment_details(moment)}")
            item.setToolTip(f"{moment_title(moment)}\n{moment_details(moment)}")
        for row in range(self.count()):
            moment = self.item(row).data(_MOMENT)
            if (moment.kind, moment.source_id) in chosen:
                self.item(row).setSelected(True)
                self.setCurrentRow(row, self.selectionModel().SelectionFlag.NoUpdate)
        if not self.selectedItems() and self.count():
            self.setCurrentRow(min(1, self.count() - 1))
        self.blockSignals(False)

    def choose(self, kind: MomentKind, source_id: str) -> None:
        """Chooses one moment, when it is there."""
        for row in range(self.count()):
            moment = self.item(row).data(_MOMENT)
            if (moment.kind, moment.source_id) == (kind, source_id):
                self.clearSelection()
                self.setCurrentRow(row)

    def moments(self) -> list[Moment]:
        """Returns all, newest first."""
        return [self.item(row).data(_MOMENT) for row in range(self.count())]

    def chosen(self) -> list[Moment]:
        """Returns what is chosen, newest first."""
        return [self.item(row).data(_MOMENT) for row in range(self.count()) if self.item(row).isSelected()]


class _MomentDelegate(QStyledItemDelegate):
    """Two lines a moment: what, and when."""

    def sizeHint(self, _option: Option, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, theme.text_px(52))

    def paint(self, painter: QPainter, option: Option, index: QModelIndex | QPersistentModelIndex) -> None:
        moment: Moment = index.data(_MOMENT)
        colors = theme.colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = option.rect.adjusted(3, 2, -3, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(colors.selection))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(colors.accent))
            painter.drawRoundedRect(rect, 6, 6)
        icon, color = _ICONS[moment.kind]
        side = theme.text_px(16)
        theme.icon(icon, color).paint(painter, QRect(rect.left() + 8, rect.center().y() - side // 2, side, side))
        words = rect.adjusted(side + 18, 5, -8, -5)
        is_named = moment.kind in (MomentKind.VERSION, MomentKind.NOW)
        details = moment_details(moment)
        place = Qt.AlignmentFlag.AlignTop if details else Qt.AlignmentFlag.AlignVCenter
        self._draw(painter, words, moment_title(moment), 14, colors.text, is_named, place)
        self._draw(painter, words, details, 12, colors.dim, False, Qt.AlignmentFlag.AlignBottom)
        painter.restore()

    def _draw(
        self, painter: QPainter, rect: QRect, text: str, size: int, color: str, strong: bool, place: Qt.AlignmentFlag
    ) -> None:
        font = theme.ui_font(size, QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(color))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, place | Qt.AlignmentFlag.AlignLeft, shown)
