"""The worst turns by the measure that is looked at, with their words."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from core.lab.summaries import badness, worst_rows
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, TURN_MS, Rows
from gui.fidelity.chart_data import ChartData, Index, show_value
from gui.stage.fill import fill

N_TURNS = 40
ROW_PX = 30
N_ROWS_SHOWN = 8


class _Model(QAbstractTableModel):
    def __init__(self, board: Board, parent: Any) -> None:
        super().__init__(parent)
        self.board = board
        self.rows: Rows = NO_ROWS
        self.titles = (self.tr("Turn"), self.tr("Character"), self.tr("Value"), self.tr("Words"))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in (0, 2) else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        frame = self.board.frame
        row = int(self.rows[index.row()])
        if row >= frame.n_rows:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1:
            return QColor(self.board.color_of(int(frame.speaker[row])))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        return None

    def text(self, row: int, column: int) -> str:
        frame = self.board.frame
        if column == 0:
            return str(int(frame.number[row]))
        if column == 1:
            return frame.speakers[int(frame.speaker[row])].name
        if column == 2:
            return show_value(float(self.board.values()[row]))
        turn_id = int(frame.turn_id[row])
        known = self.board.words([turn_id])
        return " ".join(known[turn_id].text.split()) if turn_id in known else "…"


class WorstView(QTableView):
    """A row is a turn; what is selected in it is selected everywhere."""

    KEY = "worst"
    caption_changed = Signal()

    def __init__(self, board: Board) -> None:
        super().__init__()
        self.board = board
        self._model = _Model(board, self)
        self._is_stale = True
        self._is_following = False
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self.ready)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.setTabKeyNavigation(False)
        board.visible_changed.connect(self.refresh)
        board.metric_changed.connect(self.refresh)
        board.selection.changed.connect(self._follow)
        board.words_read.connect(self._on_words)
        theme.notifier.theme_changed.connect(self._fit)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.clicked.connect(lambda index: self._open(index.row()))
        self.doubleClicked.connect(lambda index: self._show_on_stage(index.row()))
        self._fit()

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Worst turns")

    def caption(self) -> str:
        """Says by what."""
        metric = self.board.metric_of()
        if metric is None:
            return ""
        if metric.better == "neither":
            return fill(self.tr("Farthest from the others by %1, which has no better side."), metric.title)
        return fill(self.tr("By %1, the worst first."), metric.title)

    def refresh(self) -> None:
        """Lists others, as soon as it is seen."""
        self._is_stale = True
        if self.isVisible():
            self._due.start()

    def stand_at(self, place: int) -> None:
        """Takes its turn after so many other views."""
        self._due.setInterval(place * TURN_MS)

    def ready(self) -> None:
        """Lists the turns, unless they are."""
        if not self._is_stale:
            return
        self._is_stale = False
        metric = self.board.metric_of()
        rows: Rows = NO_ROWS
        if metric is not None:
            bad = badness(metric, self.board.values(), self.board.norm())
            rows = worst_rows(bad, self.board.visible, N_TURNS)
        if not np.array_equal(rows, self._model.rows):
            self._model.beginResetModel()
            self._model.rows = rows
            self._model.endResetModel()
            self._follow()
        ids = [int(one) for one in self.board.frame.turn_id[rows]]
        self.board.words(ids)
        for column in range(3):
            self.resizeColumnToContents(column)
        self.setAccessibleName(self.title())
        self.setAccessibleDescription(self.summary())
        self.viewport().update()
        self.caption_changed.emit()

    def showEvent(self, event: object) -> None:
        """Lists what is due."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.ready()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the turn, Escape selects nothing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Escape:
            self.board.selection.clear()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Wants no more."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Some rows are seen."""
        return QSize(200, theme.text_px(ROW_PX) * (N_ROWS_SHOWN + 1))

    def data(self) -> ChartData:
        """Returns the list; words that were not read yet are missing."""
        self.ready()
        lines = range(len(self._model.rows))
        rows = self._model.rows
        columns = tuple([self._model.text(int(rows[line]), column) for line in lines] for column in (0, 1, 3))
        values = self.board.values()[rows]
        titles = self._model.titles
        return ChartData(
            (titles[0], titles[1], titles[2], titles[3]), (columns[0], columns[1], values, columns[2]), rows
        )

    def summary(self) -> str:
        """Says which turn is worst."""
        metric, frame, rows = self.board.metric_of(), self.board.frame, self._model.rows
        if metric is None or not len(rows):
            return self.tr("No turn is scored.")
        row = int(rows[0])
        who, value = frame.speakers[int(frame.speaker[row])].name, show_value(float(self.board.values()[row]))
        said = self.tr("Worst by %1: turn %2 by %3 with %4.")
        return fill(said, metric.title, int(frame.number[row]), who, value)

    def _on_words(self) -> None:
        self.viewport().update()

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.text_px(ROW_PX))
        self.updateGeometry()

    def _open(self, line: int) -> None:
        if 0 <= line < len(self._model.rows):
            self.board.point_row(int(self._model.rows[line]))

    def _show_on_stage(self, line: int) -> None:
        if 0 <= line < len(self._model.rows):
            self.board.open_on_stage(int(self.board.frame.turn_id[self._model.rows[line]]))

    def _on_selected(self) -> None:
        if self._is_following:
            return
        lines = sorted(index.row() for index in self.selectionModel().selectedRows())
        if len(lines) > 1:  # one alone is opened, not brushed
            self._is_following = True
            self.board.selection.select(self._model.rows[lines])
            self._is_following = False

    def _follow(self) -> None:
        """Selects here what is selected elsewhere."""
        if self._is_following:
            return
        self._is_following = True
        mask, picker = self.board.selection.mask, self.selectionModel()
        picker.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for line, row in enumerate(self._model.rows):
            if row < len(mask) and mask[row]:
                picker.select(self._model.index(line, 0), flags)
        self._is_following = False
