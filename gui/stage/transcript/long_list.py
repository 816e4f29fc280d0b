"""A list whose rows differ in height and that opens at once however long it is.

Only rows that are seen are measured; the heights of the others are estimated.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from gui.stage.transcript.row_heights import RowHeights

Index = QModelIndex | QPersistentModelIndex

BOTTOM_SLACK = 24
"""Pixels from the end that still count as being there."""
SCROLL_STEP = 48
END_ROOM = 16


class LongListView(QListView):
    """Arranges rows. Sticks to the last one as long as it is in sight. Subclasses measure rows and paint them.

    A QListView in name, so that screen readers meet a list. Its own layout, which would measure every row, is passed
    over: what it overrides is overridden again here, and calls go to QAbstractItemView.
    """

    end_seen = Signal(bool)
    """Whether the end is in sight."""
    rearranged = Signal()
    """Rows are elsewhere, or others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights = RowHeights()
        self._is_at_end = True
        self._is_arranging = False
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def row_height(self, row: int) -> float:
        """Returns the true height of a row at the present width."""
        raise NotImplementedError

    def estimate_heights(self, first: int) -> NDArray[np.float64]:
        """Returns about how high the rows from `first` on are; quick for many."""
        raise NotImplementedError

    def paint_row(self, painter: QPainter, row: int) -> None:
        """Paints a row, whose upper left corner is the origin of the painter."""
        raise NotImplementedError

    def read_rows(self, first: int) -> None:
        """Rows from `first` on are others: keeps what their heights are estimated from."""

    def forget_layouts(self, first: int) -> None:
        """Rows from `first` on have other words, or another width."""

    @property
    def is_at_end(self) -> bool:
        """Whether the end is in sight."""
        return self._is_at_end

    def go_to(self, row: int) -> None:
        """Selects a row and brings it into sight."""
        if 0 <= row < len(self._heights):
            index = self.model().index(row, 0)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def go_to_end(self) -> None:
        """Shows the end, and stays there as it grows."""
        self._is_at_end = True
        self.arrange()
        self.end_seen.emit(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows in sight."""
        if not len(self._heights):
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset = self._offset()
        row = self._heights.row_at(event.rect().top() + offset)
        while row < len(self._heights) and self._heights.top(row) - offset <= event.rect().bottom():
            painter.save()
            painter.translate(0, round(self._heights.top(row) - offset))
            self.paint_row(painter, row)
            painter.restore()
            row += 1
        painter.end()

    # What QAbstractItemView asks of a view

    def setModel(self, model: Any) -> None:
        """Takes a model of one column."""
        super().setModel(model)
        model.rowsRemoved.connect(self._on_rows_removed)
        self.reset()

    def reset(self) -> None:
        """Shows other rows altogether, from the end."""
        QAbstractItemView.reset(self)
        self._is_at_end = True
        self._read_from(0)
        self.arrange()
        self.end_seen.emit(True)

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        """More rows follow."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self._read_from(start)
        self.arrange()

    def _on_rows_removed(self, _parent: QModelIndex, first: int, _last: int) -> None:
        self._read_from(first)
        self.arrange()

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: list[int] = ()) -> None:  # type: ignore[assignment]
        """Rows may have other words; those that do are laid out again when they are seen."""
        QAbstractItemView.dataChanged(self, top_left, bottom_right, list(roles))
        if top_left.row() != bottom_right.row() or self._changes_others(top_left.row()):
            self.arrange()
        else:
            self.rearranged.emit()

    def doItemsLayout(self) -> None:
        """Lays nothing out: rows are arranged when they change."""
        QAbstractItemView.doItemsLayout(self)

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        """Moves the current row away from those that go."""
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Paints anew."""
        self.viewport().update()

    def visualRect(self, index: Index) -> QRect:
        """Returns where a row is in the viewport."""
        if not index.isValid() or index.row() >= len(self._heights):
            return QRect()
        top = round(self._heights.top(index.row()) - self._offset())
        return QRect(0, top, self.viewport().width(), round(self._heights.height(index.row())))

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Brings a row into sight."""
        if not index.isValid() or index.row() >= len(self._heights):
            return
        row = index.row()
        self._measure(row)
        top, height, room = self._heights.top(row), self._heights.height(row), self.viewport().height()
        bar = self.verticalScrollBar()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            self._scroll_to(top - max(0.0, (room - height) / 2))
        elif top < bar.value() or height > room:
            self._scroll_to(top)
        elif top + height > bar.value() + room:
            self._scroll_to(top + height - room)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Returns the row at a point of the viewport."""
        y = point.y() + self._offset()
        if not 0 <= y < self._heights.total:
            return QModelIndex()
        return self.model().index(self._heights.row_at(y), 0)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Returns the row that a key leads to."""
        actions = QAbstractItemView.CursorAction
        last = len(self._heights) - 1
        if last < 0:
            return QModelIndex()
        row = self.currentIndex().row() if self.currentIndex().isValid() else last + 1
        page = self.viewport().height()
        match action:
            case actions.MoveUp | actions.MovePrevious:
                row -= 1
            case actions.MoveDown | actions.MoveNext:
                row += 1
            case actions.MoveHome:
                row = 0
            case actions.MoveEnd:
                row = last
            case actions.MovePageUp:
                row = min(self._heights.row_at(self._heights.top(min(row, last)) - page), row - 1)
            case actions.MovePageDown:
                row = max(self._heights.row_at(self._heights.top(min(row, last)) + page), row + 1)
        return self.model().index(min(max(row, 0), last), 0)

    def horizontalOffset(self) -> int:
        """Nothing lies to the side."""
        return 0

    def verticalOffset(self) -> int:
        """Returns how far the rows are scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: Index) -> bool:
        """No row is hidden."""
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Selects the rows that a rectangle touches."""
        if not len(self._heights):
            return
        first = self._heights.row_at(rect.top() + self._offset())
        last = self._heights.row_at(rect.bottom() + self._offset())
        model = self.model()
        self.selectionModel().select(QItemSelection(model.index(first, 0), model.index(last, 0)), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Returns where the selected rows are."""
        region = QRegion()
        for part in selection:
            top, bottom = self.visualRect(part.topLeft()), self.visualRect(part.bottomRight())
            region += top.united(bottom).intersected(self.viewport().rect())
        return region

    def updateGeometries(self) -> None:
        """Fits the scroll bar to the rows."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, round(self._heights.total) + END_ROOM - room))
        bar.setPageStep(room)
        bar.setSingleStep(SCROLL_STEP)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measures again; the row on top stays on top."""
        QAbstractItemView.resizeEvent(self, event)
        if event.oldSize().width() != event.size().width():
            self.measure_again()
        else:
            self.arrange()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Has a current row when one comes here by key: the last one at first."""
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and not self.currentIndex().isValid() and len(self._heights):
            self.setCurrentIndex(self.model().index(len(self._heights) - 1, 0))

    # How rows are arranged

    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    def _measure(self, row: int) -> float:
        return self._heights.measure(row, self.row_height(row))

    def _changes_others(self, row: int) -> bool:
        """Returns whether other rows have to move because one has other words."""
        if self.visualRect(self.model().index(row, 0)).intersects(self.viewport().rect()):
            return bool(self.row_height(row) != self._heights.height(row))
        return False

    def _read_from(self, first: int) -> None:
        self.read_rows(first)
        self._estimate_from(first)

    def _estimate_from(self, first: int) -> None:
        self.forget_layouts(first)
        self._heights.replace_from(first, self.estimate_heights(first))

    def measure_again(self) -> None:
        """Measures every row anew: fonts or the width are others."""
        top_row = self._heights.row_at(self._offset())
        inside = self._offset() - self._heights.top(top_row) if top_row >= 0 else 0.0
        self._estimate_from(0)
        if top_row >= 0 and not self._is_at_end:
            self._scroll_to(self._heights.top(top_row) + inside)
        self.arrange()

    def arrange(self) -> None:
        """Measures the rows in sight and fits the scroll bar, until both agree."""
        if self._is_arranging:
            return
        self._is_arranging = True
        bar = self.verticalScrollBar()
        try:
            for _ in range(4):
                before = self._heights.total
                self._measure_visible()
                self.updateGeometries()
                if self._is_at_end:
                    bar.setValue(bar.maximum())
                if self._heights.total == before and not (self._is_at_end and bar.value() < bar.maximum()):
                    break
        finally:
            self._is_arranging = False
        self.viewport().update()
        self.rearranged.emit()

    def _measure_visible(self) -> None:
        offset = float(self._offset())
        row = max(0, self._heights.row_at(offset))
        while row < len(self._heights) and self._heights.top(row) < offset + self.viewport().height():
            began_above = self._heights.top(row) < offset
            wrong = self._measure(row)
            if wrong and began_above and not self._is_at_end:
                offset += wrong
                self.updateGeometries()
                self.verticalScrollBar().setValue(round(offset))
            row += 1

    def _scroll_to(self, value: float) -> None:
        self.updateGeometries()
        self.verticalScrollBar().setValue(round(value))

    def _on_scrolled(self, value: int) -> None:
        if self._is_arranging:
            return
        at_end = value >= self.verticalScrollBar().maximum() - BOTTOM_SLACK
        if at_end != self._is_at_end:
            self._is_at_end = at_end
            self.end_seen.emit(at_end)
        self.arrange()

    def place_of(self, point: QPointF) -> tuple[int, QPointF]:
        """Returns the row at a point of the viewport, and the point from the row's corner."""
        row = self.indexAt(point.toPoint()).row()
        if row < 0:
            return -1, point
        return row, point - QPointF(0, round(self._heights.top(row) - self._offset()))
