"""Pairs of turns in two columns: what both say alike is dim, what differs is marked on its own side."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from core.history.differences import Mark, diff_words
from core.playtest.looking_back.side_by_side import Comparison, Pair, SideTurn
from gui import theme
from gui.stage.fill import fill
from gui.stage.transcript.long_list import LongListView
from gui.widgets.text_change import utf16_length

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
NUMBER_WIDTH, GAP, PAD = 44, 20, 9
MAX_LAYOUTS = 300


class PairsModel(QAbstractListModel):
    """One row a pair."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: tuple[Pair, ...] = ()

    def show(self, comparison: Comparison | None) -> None:
        """Takes other pairs."""
        self.beginResetModel()
        self.pairs = comparison.pairs if comparison is not None else ()
        self.endResetModel()

    def rowCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns how many pairs there are."""
        return len(self.pairs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns a pair as one sentence, for screen readers."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) or not index.isValid():
            return None
        pair = self.pairs[index.row()]
        if pair.is_same and pair.left is not None:
            return fill(self.tr("Turn %1, both: %2 says: %3"), pair.number, pair.left.speaker, pair.left.text)
        sides = [
            fill(self.tr("%1 says: %2"), turn.speaker, turn.text) if turn is not None else self.tr("nothing any more")
            for turn in (pair.left, pair.right)
        ]
        return fill(self.tr("Turn %1. Left, %2 Right, %3"), pair.number, *sides)


class _PairLayout:
    """One pair at one width."""

    def __init__(self, pair: Pair, width: float, font: QFont) -> None:
        self.pair = pair
        self.width = width
        column = max(80.0, (width - NUMBER_WIDTH - GAP - 16) / 2)
        self.lefts = (NUMBER_WIDTH, NUMBER_WIDTH + column + GAP)
        self.name_height = QFontMetricsF(theme.ui_font(13)).height() + 3
        pieces = None
        if pair.left is not None and pair.right is not None and not pair.is_same:
            pieces = diff_words(pair.left.text, pair.right.text)
        colors = theme.colors()
        self.words = [
            self._lay_out(pair.left, pieces, Mark.GONE, colors.fault, column, font),
            self._lay_out(pair.right, pieces, Mark.NEW, colors.good, column, font),
        ]
        heights = [
            words.boundingRect().height() if words is not None and words.lineCount() else 0.0 for words in self.words
        ]
        self.height = round(self.name_height + max(heights) + 2 * PAD)

    def _lay_out(
        self,
        turn: SideTurn | None,
        pieces: list[tuple[Mark, str]] | None,
        own: Mark,
        color: str,
        width: float,
        font: QFont,
    ) -> QTextLayout | None:
        if turn is None:
            return None
        layout = QTextLayout(turn.text.replace("\n", "\u2028"), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        if pieces is not None:
            layout.setFormats(_find_formats(pieces, own, color))
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height() * 1.15
        layout.endLayout()
        return layout


def _find_formats(pieces: list[tuple[Mark, str]], own: Mark, color: str) -> list[QTextLayout.FormatRange]:
    form = QTextCharFormat()
    form.setBackground(QColor(theme.mix(theme.colors().ground, color, 0.28)))
    ranges, at = [], 0
    for is_marked, text in _join_marked([(mark is own, text) for mark, text in pieces if mark in (Mark.SAME, own)]):
        length = utf16_length(text)
        if is_marked:
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = at, length, form  # type: ignore[attr-defined]
            ranges.append(one)
        at += length
    return ranges


def _join_marked(pieces: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Marks the white space between two marked words too, so that they read as one."""
    return [
        (
            is_marked
            or (not text.strip() and 0 < place < len(pieces) - 1 and pieces[place - 1][0] and pieces[place + 1][0]),
            text,
        )
        for place, (is_marked, text) in enumerate(pieces)
    ]


class PairsView(LongListView):
    """Paints the pairs in sight only."""

    pair_activated = Signal(int)
    """The row of a pair that was clicked twice, or that Enter was pressed on."""

    def __init__(self, model: PairsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._font = theme.ui_font()
        self._layouts: dict[int, _PairLayout] = {}
        self._sizes: NDArray[np.float64] = np.zeros(0)
        self.setAccessibleName(self.tr("Both branches, turn by turn"))
        self.setModel(model)
        theme.notifier.theme_changed.connect(self._on_theme_changed)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """What is shown."""
        model: Any = self.model()
        return model.pairs

    def row_height(self, row: int) -> float:
        """Returns the height of a pair."""
        return self._layout_of(row).height

    def estimate_heights(self, first: int) -> NDArray[np.float64]:
        """Estimates from the number of characters."""
        metrics = QFontMetricsF(self._font)
        n_chars = max(10.0, (self.viewport().width() - NUMBER_WIDTH - GAP) / 2 / metrics.averageCharWidth())
        lines = np.maximum(1, np.ceil(self._sizes[first:] / n_chars))
        return np.asarray(2 * PAD + metrics.height() * (1 + lines * 1.15))

    def read_rows(self, first: int) -> None:
        """Keeps how long the longer turn of each pair is."""
        sizes = [
            max(len(turn.text) if turn is not None else 0 for turn in (pair.left, pair.right))
            for pair in self.pairs[first:]
        ]
        self._sizes = np.concatenate([self._sizes[:first], np.array(sizes, dtype=np.float64)])

    def forget_layouts(self, first: int) -> None:
        """Drops what was laid out."""
        for row in [row for row in self._layouts if row >= first]:
            del self._layouts[row]

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A pair is wanted."""
        row, _point = self.place_of(event.position())
        if row >= 0:
            self.pair_activated.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter wants the current pair."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.pair_activated.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _layout_of(self, row: int) -> _PairLayout:
        width = float(self.viewport().width())
        layout = self._layouts.get(row)
        if layout is None or layout.width != width or layout.pair is not self.pairs[row]:
            if len(self._layouts) > MAX_LAYOUTS:
                self._layouts.clear()
            layout = self._layouts[row] = _PairLayout(self.pairs[row], width, self._font)
        return layout

    def paint_row(self, painter: QPainter, row: int) -> None:
        colors, layout, pair = theme.colors(), self._layout_of(row), self.pairs[row]
        area = QRectF(4, 1, self.viewport().width() - 8, layout.height - 2)
        if self.currentIndex().row() == row:
            painter.setPen(QColor(colors.accent if self.hasFocus() else colors.line))
            painter.setBrush(QColor(colors.card))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(QColor(colors.line))
        painter.drawLine(QPointF(NUMBER_WIDTH, layout.height), QPointF(self.viewport().width() - 12, layout.height))
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(colors.dim))
        number = QRectF(4, PAD, NUMBER_WIDTH - 14, layout.name_height)
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, str(pair.number))
        for turn, words, left in zip((pair.left, pair.right), layout.words, layout.lefts, strict=True):
            self._paint_turn(painter, pair, turn, words, left, layout.name_height)

    def _paint_turn(
        self,
        painter: QPainter,
        pair: Pair,
        turn: SideTurn | None,
        words: QTextLayout | None,
        left: float,
        name_height: float,
    ) -> None:
        colors = theme.colors()
        if turn is None or words is None:
            painter.setPen(QColor(colors.dim))
            painter.drawText(QPointF(left, PAD + name_height * 0.75), "–")
            return
        painter.setFont(theme.ui_font(13, QFont.Weight.DemiBold))
        is_other = pair.left is not None and pair.right is not None and pair.left.speaker != pair.right.speaker
        painter.setPen(QColor(colors.warning if is_other else colors.dim if pair.is_same else colors.text))
        painter.drawText(QPointF(left, PAD + name_height * 0.75), turn.speaker)
        painter.setPen(QColor(colors.dim if pair.is_same else colors.text))
        words.draw(painter, QPointF(left, PAD + name_height))

    def _on_theme_changed(self) -> None:
        self._font = theme.ui_font()
        self._layouts.clear()
        self.measure_again()
