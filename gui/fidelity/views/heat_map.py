"""Characters against measures: the mean of each cell as a number, its colour says how good that is."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPen

from core.lab.frame import Column
from core.lab.summaries import badness, usual_of, worst_rows
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Chart, Rows
from gui.fidelity.chart_data import ChartData
from gui.fidelity.judge_badge import badge_color, badge_words
from gui.fidelity.plane import paint_nothing
from gui.fidelity.views.heat_cells import FEW, Cell, fit_value, grade, tabulate, whole_scores
from gui.stage.fill import fill

ROW_PX, HEADER_PX = 26, 24
CELL_PX, LABEL_PAD_PX = 46, 26
"""The least width of a cell at 100 %, and the room round a label."""
STRONGEST = 0.4
"""How much of the colour a cell has at 2 standard deviations and beyond: text stays readable on it, 4.5 to 1."""


class HeatMapView(Chart):
    """One line a measure, one column a character; of several branches side by side."""

    KEY = "heat"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self.by_rank = False
        self._columns: list[Column] = []
        self._heads: list[tuple[int, int]] = []
        """Side and speaker of each column of the map."""
        self._rows: list[Rows] = []
        """Of each column of the map."""
        self._cells: list[list[Cell | None]] = []
        self._at = (-1, -1)
        """Line and column where the keyboard or the mouse is."""
        self._widest_px = 0.0
        """Of all labels."""

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Characters by measures")

    def caption(self) -> str:
        """Says what the colours mean, and the dashes where there are any."""
        said = self.tr("Means; green is better than usual, red is worse.")
        if self.by_rank:
            said = self.tr("Means. Green: the best of its line, red: the last.")
        has_thin = any(cell is not None and cell.is_thin for line in self._cells for cell in line)
        return f"{said} {fill(self.tr('Dashed: fewer than %1 turns.'), FEW)}" if has_thin else said

    @property
    def n_heads(self) -> int:
        """How many columns it has."""
        return len(self._heads)

    def least_width(self) -> float:
        """Returns the width from which on no name of a measure is cut."""
        return self._widest_px + LABEL_PAD_PX + theme.text_px(CELL_PX) * len(self._heads)

    def color_by_rank(self, by_rank: bool) -> None:
        """Colours by rank within the line, or by distance in standard deviations."""
        self.by_rank = by_rank
        self.refresh()

    def prepare(self) -> None:
        """Works out the cells."""
        frame, speakers = self.board.frame, self.board.speakers()
        self._heads, self._rows = [], []
        for place, side in enumerate(frame.sides):
            seen = side.rows[self.board.visible[side.rows]]
            for speaker in speakers:
                rows = seen[frame.speaker[seen] == speaker]
                if len(rows):
                    self._heads.append((place, speaker))
                    self._rows.append(rows)
        self._columns, self._cells = [], []
        for column in frame.columns.values():
            cells = self._measure(column)
            if any(cell is not None for cell in cells):
                self._columns.append(column)
                self._cells.append(cells)
        metrics = QFontMetricsF(theme.ui_font(12))
        widths = (metrics.horizontalAdvance(self._label(one)) + self._dot_px(one) for one in self._columns)
        self._widest_px = max(widths, default=0.0)
        line, head = self._at
        self._at = (min(line, len(self._columns) - 1), min(head, len(self._heads) - 1))

    def _measure(self, column: Column) -> list[Cell | None]:
        """Returns the cells of one line."""
        frame, key = self.board.frame, column.key
        if key not in frame.scores:
            return self._measure_speakers(column)
        values = frame.scores[key]
        means = []
        for rows in self._rows:
            mine = values[rows]
            mine = mine[~np.isnan(mine)]
            means.append((float(mine.mean()), len(mine)) if len(mine) else None)
        return grade(column.metric, means, usual_of(values[self.board.visible], self.board.norm(column.key)))

    def _measure_speakers(self, column: Column) -> list[Cell | None]:
        """Returns the cells of a measure that is about all that somebody said: the latest on each branch."""
        found = [whole_scores(self.board.frame, column.key, side, speaker) for side, speaker in self._heads]
        seen = np.array([one[0] for one in found if one is not None])
        return grade(column.metric, found, usual_of(seen, self.board.norm(column.key)))

    def _on_metric_changed(self) -> None:
        self._layers.forget()  # one label has the accent; all cells stay
        self.update()

    # Painting

    def wide_height(self) -> int:
        """As high as its lines."""
        n_lines = max(1, len(self._columns))
        n_heads = 2 if len(self.board.frame.sides) > 1 else 1
        return theme.text_px(ROW_PX) * n_lines + theme.text_px(HEADER_PX) * n_heads + 8

    def _cell_rect(self, line: int, head: int, rect: QRectF) -> QRectF:
        n_heads = 2 if len(self.board.frame.sides) > 1 else 1
        top = rect.top() + theme.text_px(HEADER_PX) * n_heads
        left = rect.left() + self._label_width(rect)
        width = (rect.right() - left) / max(1, len(self._heads))
        height = min((rect.bottom() - top - 4) / max(1, len(self._columns)), theme.text_px(34))
        return QRectF(left + head * width, top + line * height, width, height)

    def _label_width(self, rect: QRectF) -> float:
        cells = theme.text_px(CELL_PX) * len(self._heads)
        return min(self._widest_px + LABEL_PAD_PX, max(rect.width() * 0.5, rect.width() - cells))

    def _label(self, column: Column) -> str:
        """Returns what stands before a line: who judged is said where several judged the same."""
        n_alike = sum(one.metric.name == column.metric.name for one in self._columns)
        return column.title if n_alike > 1 else column.metric.title

    def _dot_px(self, column: Column) -> float:
        return 12.0 if column.judge is not None else 0.0

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints heads, labels and cells."""
        if not self._columns:
            paint_nothing(painter, rect, self.summary())
            return
        self._paint_heads(painter, rect)
        font = theme.ui_font(12)
        metrics = QFontMetricsF(font)
        colors = theme.colors()
        for line, column in enumerate(self._columns):
            first = self._cell_rect(line, 0, rect)
            painter.setFont(font)
            painter.setPen(QColor(colors.accent if column.key == self.board.metric else colors.text))
            left = rect.left() + 8
            if column.judge is not None:
                painter.setBrush(QColor(badge_color(column.judge)))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QPointF(left + 3, first.center().y()), 4, 4)
                painter.setPen(QColor(colors.accent if column.key == self.board.metric else colors.text))
                left += self._dot_px(column)
            room = first.left() - left - 8
            label = metrics.elidedText(self._label(column), Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left, first.top(), room, first.height()), Qt.AlignmentFlag.AlignVCenter, label)
            for head, cell in enumerate(self._cells[line]):
                self._paint_cell(painter, self._cell_rect(line, head, rect).adjusted(1, 1, -1, -1), cell)

    def _paint_heads(self, painter: QPainter, rect: QRectF) -> None:
        frame = self.board.frame
        font = theme.ui_font(12)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        height = theme.text_px(HEADER_PX)
        has_sides = len(frame.sides) > 1
        for head, (side, speaker) in enumerate(self._heads):
            cell = self._cell_rect(0, head, rect)
            top = rect.top() + (height if has_sides else 0)
            painter.setPen(QColor(self.board.color_of(speaker)))
            name = metrics.elidedText(self.board.short_name(speaker), Qt.TextElideMode.ElideRight, cell.width() - 6)
            painter.drawText(QRectF(cell.left(), top, cell.width(), height), Qt.AlignmentFlag.AlignCenter, name)
            if has_sides and (head == 0 or self._heads[head - 1][0] != side):
                n_mine = sum(one == side for one, _speaker in self._heads)
                wide = QRectF(cell.left(), rect.top(), cell.width() * n_mine, height)
                painter.setPen(QColor(theme.colors().dim))
                title = metrics.elidedText(frame.sides[side].title, Qt.TextElideMode.ElideMiddle, wide.width() - 8)
                painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, title)
                if head:
                    painter.setPen(QPen(QColor(theme.colors().edge), 1))
                    painter.drawLine(QPointF(cell.left(), rect.top() + 4), QPointF(cell.left(), rect.bottom() - 4))

    def _paint_cell(self, painter: QPainter, rect: QRectF, cell: Cell | None) -> None:
        colors = theme.colors()
        if cell is None:
            painter.setPen(QColor(colors.dim))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "–")
            return
        painter.setPen(QPen(QColor(colors.dim), 1, Qt.PenStyle.DashLine) if cell.is_thin else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._ground(cell)))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5) if cell.is_thin else rect, 3, 3)
        painter.setPen(QColor(colors.text))
        painter.setFont(theme.ui_font(12))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, fit_value(cell.value, rect.width()))

    def _ground(self, cell: Cell) -> str:
        colors = theme.colors()
        good = (cell.rank - 0.5) * 4 if self.by_rank else cell.z
        weight = min(abs(good) / 2, 1.0) * STRONGEST
        return theme.mix(colors.raised, colors.good if good > 0 else colors.fault, weight)

    def paint_selected(self, painter: QPainter, rect: QRectF) -> None:
        """Rings the characters that have selected turns."""
        mask = self.board.selection.mask
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.colors().accent), 1.5))
        for head, rows in enumerate(self._rows):
            if self._columns and bool(mask[rows].any()):
                top, bottom = self._cell_rect(0, head, rect), self._cell_rect(len(self._columns) - 1, head, rect)
                painter.drawRoundedRect(top.united(bottom), 4, 4)

    def dims(self) -> bool:
        """Means stay readable."""
        return False

    def _paint_marks(self, painter: QPainter) -> None:
        super()._paint_marks(painter)
        line, head = self._at
        if 0 <= line < len(self._columns) and 0 <= head < len(self._heads):
            painter.setPen(QPen(QColor(theme.colors().text), 1.5))
            painter.drawRoundedRect(self._cell_rect(line, head, QRectF(self.rect())).adjusted(1, 1, -1, -1), 3, 3)

    # Mouse and keys

    def _find(self, point: QPointF) -> tuple[int, int]:
        """Returns line and column under a point; column -1 for the label of a line, -1 twice for nothing."""
        if not self._columns or not self._heads:
            return -1, -1
        first = self._cell_rect(0, 0, QRectF(self.rect()))
        line = math.floor((point.y() - first.top()) / max(first.height(), 1e-6))
        head = math.floor((point.x() - first.left()) / max(first.width(), 1e-6))
        if not 0 <= line < len(self._columns) or head >= len(self._heads):
            return -1, -1
        return line, max(head, -1)

    def rows_of_cell(self, line: int, head: int) -> Rows:
        """Returns the turns behind a cell."""
        frame = self.board.frame
        if not (0 <= line < len(self._columns) and 0 <= head < len(self._heads)):
            return NO_ROWS
        side, speaker = self._heads[head]
        rows = frame.sides[side].rows
        values = frame.values(self._columns[line].key)[rows]
        scored = ~np.isnan(values) if self._columns[line].key in frame.scores else np.ones(len(rows), np.bool_)
        found: Rows = rows[(frame.speaker[rows] == speaker) & self.board.visible[rows] & scored]
        return found

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the turns behind the cells that were dragged over."""
        area = QRectF(self.rect())
        cells = [
            (line, head)
            for line in range(len(self._columns))
            for head in range(len(self._heads))
            if self._cell_rect(line, head, area).intersects(band)
        ]
        found = [self.rows_of_cell(*cell) for cell in cells]
        return np.unique(np.concatenate(found)) if found else NO_ROWS

    def click(self, point: QPointF, *, add: bool) -> None:
        """A cell opens its worst turn; the label of a line has the measure looked at."""
        line, head = self._find(point)
        if line < 0:
            self.board.selection.clear()
        elif head < 0:
            self.board.choose_metric(self._columns[line].key)
        elif add:
            self.board.selection.select(self.rows_of_cell(line, head), add=True)
        else:
            self.open_cell(line, head)

    def open_cell(self, line: int, head: int) -> None:
        """Looks at the measure of a cell, and opens the worst of its turns."""
        if not (0 <= line < len(self._columns) and 0 <= head < len(self._heads)):
            return
        column, rows = self._columns[line], self.rows_of_cell(line, head)
        if column.key in self.board.frame.scores and len(rows):
            values = self.board.frame.values(column.key)
            mask = np.zeros(len(values), np.bool_)
            mask[rows] = True
            worst = worst_rows(badness(column.metric, values, self.board.norm(column.key)), mask, 1)
            self.board.choose_metric(column.key)
            self.board.point_row(int(worst[0]))
        elif len(rows):
            self.board.selection.select(rows)

    def turn_at(self, point: QPointF) -> int:
        """Returns the turn that the first click on a cell opened."""
        line, head = self._find(point)
        rows = self.rows_of_cell(line, head)
        is_open = self.board.frame.row_of(self.board.turn_id) in rows if self.board.turn_id else False
        return self.board.turn_id if is_open else 0

    def open_line(self, line: int, data: ChartData) -> None:
        """A line of the table is a measure: it is looked at."""
        if 0 <= line < min(len(self._columns), len(data)):
            self.board.choose_metric(self._columns[line].key)

    def tip_at(self, point: QPointF) -> str:
        """Says what a cell is, or what a measure means."""
        line, head = self._find(point)
        self._at = (line, head)
        self.update()
        return self.say_cell(line, head)

    def say_cell(self, line: int, head: int) -> str:
        """Returns what a cell, or the label of a line, is about."""
        if not 0 <= line < len(self._columns):
            return ""
        column = self._columns[line]
        judged = [badge_words(column.judge)] if column.judge is not None else []
        trusted = [words] if (words := self.board.trust_words(column.key)) else []
        if not 0 <= head < len(self._heads):
            return "\n".join([column.title, column.metric.how_to_read, *judged, *trusted])
        cell, (_side, speaker) = self._cells[line][head], self._heads[head]
        name = self.board.frame.speakers[speaker].name
        if cell is None:
            return "\n".join([f"{name} · {column.title}", self.tr("Not scored.")])
        about = fill(self.tr("%1: little to go by"), cell.words) if cell.is_thin else cell.words
        far = fill(self.tr("%1 standard deviations from what is usual, better is above 0"), f"{cell.z:+z.1f}")
        lines = [f"{name} · {column.title}", about]
        return "\n".join([*lines, *([far] if column.metric.better != "neither" else []), *judged])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell, Enter opens the worst turn of one, Space selects its turns."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        self.ready()
        key = Qt.Key(event.key())
        line, head = self._at
        if key in steps and self._columns and self._heads:
            down, along = steps[key]
            line = min(max(line + down, 0), len(self._columns) - 1)
            head = min(max(head + along, 0), len(self._heads) - 1)
            self._at = (line, head)
            said = self.say_cell(line, head)
            self.setAccessibleDescription(said.replace("\n", ", "))
            self._say(said, self._cell_rect(line, head, QRectF(self.rect())).center())
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and line >= 0 and head >= 0:
            self.open_cell(line, head)
        elif key == Qt.Key.Key_Space and line >= 0 and head >= 0:
            self.board.selection.select(self.rows_of_cell(line, head), add=True)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the mouse."""
        self._at = (-1, -1)
        super().leaveEvent(event)  # type: ignore[arg-type]

    # In words

    def _head_titles(self) -> list[str]:
        frame = self.board.frame
        names = [frame.speakers[speaker].name for _side, speaker in self._heads]
        if len(frame.sides) < 2:
            return names
        return [f"{name} ({frame.sides[side].title})" for name, (side, _one) in zip(names, self._heads, strict=True)]

    def data(self) -> ChartData:
        """Returns the means, each with the turns that it rests on."""
        return tabulate([one.title for one in self._columns], self._head_titles(), self._cells)

    def summary(self) -> str:
        """Says what stands out most."""
        found = [
            (cell.z, column.title, title, cell.words)
            for column, cells in zip(self._columns, self._cells, strict=True)
            for cell, title in zip(cells, self._head_titles(), strict=True)
            if cell is not None
        ]
        if not found:
            return self.tr("Nothing is scored.")
        said = fill(self.tr("%1 measures of %2 columns"), len(self._columns), len(self._heads))
        best_said = fill(self.tr("best is %1 of %2 (%3)"), *max(found)[1:])
        worst_said = fill(self.tr("worst is %1 of %2 (%3)"), *min(found)[1:])
        return f"{said}; {best_said}, {worst_said}."
