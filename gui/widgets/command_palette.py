"""Ctrl+K: every action by name, with its shortcut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QHideEvent, QIcon, QKeyEvent, QMouseEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from gui import theme
from gui.widgets.fuzzy import score_match

WIDTH = 620
MAX_ROWS = 10
MAX_SHOWN = 200
_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Entry:
    """Something that can be done."""

    title: str
    group: str
    """Where it belongs, shown dim before the title."""
    run: Callable[[], object]
    shortcut: str = ""
    icon: QIcon | None = None


def entries_of(actions: Sequence[QAction], group: str) -> list[Entry]:
    """Returns entries for the actions that can be triggered now."""
    return [
        Entry(
            action.text().replace("&", "").rstrip("…."),
            group,
            action.trigger,
            action.shortcut().toString(action.shortcut().SequenceFormat.NativeText),
            None if action.icon().isNull() else action.icon(),
        )
        for action in actions
        if action.isEnabled()
        and action.isVisible()
        and action.text()
        and not action.isSeparator()
        and not action.menu()
    ]


class CommandPalette(QFrame):
    """A field and a list over the window; Enter does the first, arrows choose, Escape leaves."""

    left_nowhere = Signal()
    """It was left, and what had the focus before is not there any more: the focus is to go somewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        theme.set_kind(self, "overlay")
        self._entries: list[Entry] = []
        self._came_from: QWidget | None = None
        """What had the focus when the palette was opened."""
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("What do you want to do?"))
        self._field.setAccessibleName(self.tr("Search for an action"))
        self._field.textChanged.connect(self._filter)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Actions"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_EntryDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.itemClicked.connect(lambda _item: self._run_current())
        self._nothing = QLabel(self.tr("Nothing is called that."))
        theme.set_kind(self._nothing, "dim")
        self._nothing.setContentsMargins(8, 4, 8, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for widget in (self._field, self._list, self._nothing):
            layout.addWidget(widget)
        self.hide()

    def open(self, entries: Sequence[Entry]) -> None:
        """Shows the palette over its window with these entries."""
        self._entries = list(entries)
        focused = QApplication.focusWidget()
        if focused is not self._field:
            self._came_from = focused if focused is not self.parentWidget() else None
        self._field.clear()
        self._filter("")
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_titles(self) -> list[str]:
        """Returns the titles that the list shows, best first."""
        return [self._list.item(row).data(_ENTRY).title for row in range(self._list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list reach it from the field; the palette goes when the field loses the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self._hide_when_beside(event)
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Listens for a click beside the palette, wherever it falls."""
        super().showEvent(event)
        handle = self.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Listens no more."""
        super().hideEvent(event)
        handle = self.window().windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)

    def _hide_when_beside(self, event: QMouseEvent) -> None:
        if not self.rect().contains(self.mapFromGlobal(event.globalPosition().toPoint())):
            self.hide()

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -MAX_ROWS, Qt.Key.Key_PageDown: MAX_ROWS}
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run_current()
        elif key in steps and self._list.count():
            row = self._list.currentRow() + steps[Qt.Key(key)]
            n_rows = self._list.count()
            self._list.setCurrentRow(row % n_rows if abs(steps[Qt.Key(key)]) == 1 else min(max(row, 0), n_rows - 1))
        else:
            return False
        return True

    def _filter(self, query: str) -> None:
        scored = [(score_match(query, f"{entry.title} {entry.group}"), entry) for entry in self._entries]
        found = [(score, entry) for score, entry in scored if score is not None]
        if query.strip():
            found.sort(key=lambda pair: -pair[0])
        self._list.clear()
        for _score, entry in found[:MAX_SHOWN]:
            item = QListWidgetItem(entry.title)
            item.setData(_ENTRY, entry)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._fit()

    def _fit(self) -> None:
        window = self.parentWidget()
        row_px = theme.text_px() + 18
        self._list.setFixedHeight(min(self._list.count(), MAX_ROWS) * row_px + 4)
        width = min(max(WIDTH, theme.text_px(WIDTH) * 3 // 4), window.width() - 32)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, max(16, window.height() // 8))

    def _run_current(self) -> None:
        item = self._list.currentItem()
        self._leave()
        if item is not None:
            item.data(_ENTRY).run()

    def _leave(self) -> None:
        self.hide()
        came_from, self._came_from = self._came_from, None
        if came_from is not None and isValid(came_from) and came_from.isVisible() and came_from.isEnabled():
            came_from.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self.left_nowhere.emit()


class _EntryDelegate(QStyledItemDelegate):
    """One row: icon, title, group, and the shortcut at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(10, theme.text_px() + 18)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        entry: Entry = index.data(_ENTRY)  # type: ignore[attr-defined]
        colors = theme.colors()
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selection))
            painter.drawRoundedRect(rect, 6, 6)
        if entry.icon is not None:
            cell = QRect(rect.left() + 10, rect.center().y() - 8, 18, 18)
            entry.icon.paint(painter, cell, Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Selected)
        rect.adjust(38, 0, -12, 0)
        painter.setPen(QColor(colors.dim))
        painter.setFont(theme.ui_font(12))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.shortcut)
        rect.setRight(rect.right() - painter.fontMetrics().horizontalAdvance(entry.shortcut) - 12)
        painter.setFont(theme.ui_font(weight=QFont.Weight.Medium))
        painter.setPen(QColor(colors.text))
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, title)
        rect.setLeft(rect.left() + painter.fontMetrics().horizontalAdvance(title) + 10)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(colors.dim))
        group = painter.fontMetrics().elidedText(entry.group, Qt.TextElideMode.ElideRight, max(0, rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, group)
        painter.restore()
