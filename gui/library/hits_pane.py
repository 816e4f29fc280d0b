"""Every place in which the words that are searched are found in one entry, to go to it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout

from core.library.search import MAX_HITS, Hit, list_hits
from core.library.search_query import Query
from gui import theme
from gui.library.entries import Entry
from gui.library.hit_place import place_of
from gui.library.marked_text import paint_lines
from gui.workspace import Workspace

N_LINES = 3
PADDING = 10
_HIT = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class HitsPane(QFrame):
    """Reads the hits of an entry as a job and lists them."""

    opened = Signal(object, object)
    """The Entry and the Hit to go to."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        theme.set_kind(self, "panel")
        self._workspace = workspace
        self._entry: Entry | None = None
        self._number = 0
        self.model = HitsModel()
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        theme.set_kind(self.title, "strong")
        self.about = QLabel()
        theme.set_kind(self.about, "small")
        self.view = QListView()
        self.view.setAccessibleName(self.tr("Where it was found"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(_HitDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.activated.connect(self._on_activated)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 16, 12, 12)
        column.setSpacing(4)
        for widget in (self.title, self.about):
            widget.setContentsMargins(PADDING, 0, 0, 0)
            column.addWidget(widget)
        column.addWidget(self.view, 1)
        theme.notifier.theme_changed.connect(self._fit)
        self._fit()

    def show_hits(self, query: Query, entry: Entry | None) -> None:
        """Lists where the words of a query are in an entry."""
        self._number += 1
        number, project = self._number, self._workspace.project
        self._entry = entry
        self.title.setText(entry.name if entry is not None else "")
        if entry is None or not query.terms:
            self._list([])
            return
        self._workspace.jobs.run(
            lambda: list_hits(project, query, entry.id) if number == self._number else [],
            lambda hits: self._list(hits) if number == self._number else None,
        )

    def _list(self, hits: Sequence[Hit]) -> None:
        self.model.show_hits(hits)
        words = {0: "", 1: self.tr("Found in one place"), MAX_HITS: self.tr("The first %1 places")}
        many = self.tr("Found in %1 places")
        self.about.setText(words.get(len(hits), many).replace("%1", f"{len(hits):,}"))
        if hits:
            self.view.setCurrentIndex(self.model.index(0))

    def _on_activated(self, index: QModelIndex) -> None:
        if self._entry is not None:
            self.opened.emit(self._entry, index.data(_HIT))

    def _fit(self) -> None:
        self.view.doItemsLayout()


class HitsModel(QAbstractListModel):
    """The hits of one entry."""

    def __init__(self) -> None:
        super().__init__()
        self._hits: list[Hit] = []

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Takes other hits."""
        self.beginResetModel()
        self._hits = list(hits)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        hit = self._hits[index.row()]
        if role == _HIT:
            return hit
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{place_of(hit)}: {hit.snippet}"
        return None


class _HitDelegate(QStyledItemDelegate):
    """Where it is, and a few lines of it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """All are alike."""
        return QSize(0, 2 * PADDING + theme.text_px(18) * (N_LINES + 1) + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Paints one hit."""
        hit: Hit = index.data(_HIT)
        colors = theme.colors()
        rect = QRect(option.rect).adjusted(0, 2, 0, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(QColor(colors.accent if is_selected and option.widget.hasFocus() else colors.ground))
            painter.setBrush(QColor(colors.selection if is_selected else colors.hover))
            painter.drawRoundedRect(rect, 8, 8)
        line = theme.text_px(18)
        inner = rect.adjusted(PADDING, PADDING - 2, -PADDING, -PADDING)
        painter.setFont(theme.ui_font(12, QFont.Weight.DemiBold))
        painter.setPen(QColor(colors.dim))
        head = painter.fontMetrics().elidedText(place_of(hit), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(QRect(inner.left(), inner.top(), inner.width(), line), Qt.AlignmentFlag.AlignLeft, head)
        body = inner.adjusted(0, line + 2, 0, 0)
        paint_lines(painter, body, hit.snippet, theme.ui_font(13), colors.text, N_LINES, line, hit.marks)
        painter.restore()
