"""A chart of the lab: painted by itself, brushed with the mouse, walked through by keys, heard as a sentence."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart_data import ChartData
from gui.fidelity.layers import Layers
from gui.fidelity.plane import Plane
from gui.fidelity.row_words import describe_row
from gui.stage.charts.charts_panel import HoverTip

TURN_MS = 12
DIMMED = 0.35
"""How strong what is not selected is painted while something is."""
Rows = NDArray[np.intp]
NO_ROWS: Rows = np.zeros(0, np.intp)


class Chart(QWidget):
    """One view. It takes the board's news by itself, and works out what it shows only when it is seen."""

    KEY = ""
    caption_changed = Signal()

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        self.plane: Plane | None = None
        self.cursor_row = -1
        """Where the keyboard or the mouse is."""
        self._is_stale = True
        self._layers = Layers(self)
        self._said_row = -1
        """Row that is being told of beside the mouse."""
        self._pressed: QPointF | None = None
        self._band: QRectF | None = None
        self._tip: HoverTip | None = None
        self._tip_spot = QPointF()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._work_out)
        self._late = QTimer(self, singleShot=True)
        self._late.timeout.connect(self.update)
        board.visible_changed.connect(self.refresh)
        board.metric_changed.connect(self._on_metric_changed)
        board.selection.changed.connect(self._on_selection_changed)
        board.pointed.connect(self._on_pointed)
        board.words_read.connect(self._say_again)
        theme.notifier.theme_changed.connect(self.refresh)

    # What each view says of itself

    def title(self) -> str:
        """Returns its name, translated."""
        raise NotImplementedError

    def caption(self) -> str:
        """Returns what stands under the title: unit, or how to read it; a short sentence."""
        return ""

    def prepare(self) -> None:
        """Works out what is to be painted. Takes a few milliseconds at most."""
        raise NotImplementedError

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paints what never fades, such as axes. It comes before `paint`."""

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints all else that does not depend on the selection."""
        raise NotImplementedError

    def paint_selected(self, painter: QPainter, rect: QRectF) -> None:
        """Paints what is selected, over the rest."""

    def data(self) -> ChartData:
        """Returns what it shows as a table."""
        raise NotImplementedError

    def summary(self) -> str:
        """Returns what it shows in one sentence."""
        raise NotImplementedError

    def row_at(self, _point: QPointF) -> int:
        """Returns the row that is under a point, or -1."""
        return -1

    def rows_in(self, _band: QRectF) -> Rows:
        """Returns the rows within a rectangle that was dragged."""
        return NO_ROWS

    def order(self) -> Rows:
        """Returns the rows in the order in which the arrow keys go through them."""
        return NO_ROWS

    def spot_of(self, _row: int) -> QPointF | None:
        """Returns where a row is painted."""
        return None

    def tip_at(self, point: QPointF) -> str:
        """Returns what is said beside the mouse; nothing for nothing."""
        return self.describe_row(self.row_at(point))

    def turn_at(self, point: QPointF) -> int:
        """Returns the turn that a double-click on a point goes to; 0 for none."""
        row = self.row_at(point)
        return int(self.board.frame.turn_id[row]) if row >= 0 else 0

    def open_line(self, line: int, data: ChartData) -> None:
        """A line of the table twin was chosen."""
        self.board.point_row(data.frame_row(line))

    def click(self, point: QPointF, *, add: bool) -> None:
        """A point was clicked."""
        row = self.row_at(point)
        if row >= 0 and add:
            self.board.selection.toggle(row)
        elif row >= 0:
            self.board.point_row(row)
        else:
            self.board.selection.clear()

    def wide_height(self) -> int:
        """Returns the height that it wants."""
        return theme.text_px(230)

    # News

    def refresh(self) -> None:
        """Shows something else in a moment: one view after the other, so that none of them all hold the window up."""
        self._is_stale = True
        if self.isVisible():
            self._due.start()

    def stand_at(self, place: int) -> None:
        """Takes its turn after so many other views, wherever all of them have something to do."""
        self._due.setInterval(place * TURN_MS)
        self._late.setInterval(place * TURN_MS)

    def _work_out(self) -> None:
        self.ready()
        self.update()

    def _on_metric_changed(self) -> None:
        self.refresh()

    def ready(self) -> None:
        """Works out what is shown, unless that is known."""
        if self._is_stale:
            self._is_stale = False
            self._layers.forget()
            height = self.wide_height()
            self.prepare()
            if self.wide_height() != height:
                self.updateGeometry()
            self.cursor_row = self.cursor_row if self.cursor_row < self.board.frame.n_rows else -1
            self.setAccessibleName(self.title())
            self.setAccessibleDescription(self.summary())
            self.caption_changed.emit()

    def describe_row(self, row: int, key: str = "") -> str:
        """Returns turn number, speaker, value and the first words of a row."""
        return describe_row(self.board, row, key)

    def sizeHint(self) -> QSize:
        """Wants its height, and takes the width that there is."""
        return QSize(theme.text_px(300), self.wide_height())

    def minimumSizeHint(self) -> QSize:
        """May be as narrow as a column."""
        return QSize(200, self.wide_height())

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the layers that stay, what is selected, and where the keyboard is.

        What is due soon is not worked out here: what was seen last stays, drawn to the size that there is now.
        """
        is_due = self._is_stale and self._due.isActive()
        if not is_due:
            self.ready()
            self._layers.draw(self.paint_ground, self.paint)
        painter = QPainter(self)
        self._layers.show(painter, self._strength())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.board.selection.n and not is_due:
            self.paint_selected(painter, QRectF(self.rect()))
        if not is_due:
            self._paint_marks(painter)
        painter.end()

    def _strength(self) -> float:
        return DIMMED if self.board.selection.n and self.dims() else 1.0

    def dims(self) -> bool:
        """Whether what is not selected fades."""
        return True

    def paint_whole(self, painter: QPainter, rect: QRectF) -> None:
        """Paints everything on any device, for a file."""
        self.ready()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, rect)
        painter.setOpacity(self._strength())
        self.paint(painter, rect)
        painter.setOpacity(1.0)
        if self.board.selection.n:
            self.paint_selected(painter, rect)

    def _paint_marks(self, painter: QPainter) -> None:
        colors = theme.colors()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        opened = self.board.frame.row_of(self.board.turn_id) if self.board.turn_id else -1
        for row, color, radius in ((opened, colors.accent, 7.0), (self.cursor_row, colors.text, 5.0)):
            spot = self.spot_of(row) if row >= 0 else None
            if spot is not None:
                painter.setPen(QPen(QColor(color), 2))
                painter.drawEllipse(spot, radius, radius)
        if self._band is not None:
            tint = QColor(colors.accent)
            tint.setAlphaF(0.18)
            painter.setPen(QPen(QColor(colors.accent), 1))
            painter.fillRect(self._band, tint)
            painter.drawRect(self._band)
        if self.hasFocus() and self.window().isActiveWindow():
            painter.setPen(QPen(QColor(colors.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def showEvent(self, event: QShowEvent) -> None:
        """Works out what is due."""
        super().showEvent(event)
        if self._is_stale:
            self._due.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Says nothing more beside the mouse."""
        super().hideEvent(event)
        self._hide_tip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What lies where is worked out again in a moment; until then the picture is stretched."""
        super().resizeEvent(event)
        self._is_stale = True
        if self.isVisible() and not self._due.isActive():
            self._due.start()

    def _on_selection_changed(self) -> None:
        if self.isVisible():
            self._late.start()

    def _on_pointed(self, _turn_id: int) -> None:
        self.update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a click or a brush."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the brush, or says what is under the mouse."""
        self.ready()
        if self._pressed is None:
            self._hover(event.position())
            return
        moved = event.position() - self._pressed
        if self._band is not None or moved.manhattanLength() >= QApplication.startDragDistance():
            self._hide_tip()
            self._band = QRectF(self._pressed, event.position()).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Selects what was brushed, or takes a click."""
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.ready()
        add = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
        band, self._band, self._pressed = self._band, None, None
        if band is None:
            self.click(event.position(), add=add)
        else:
            self.board.selection.select(self.rows_in(band), add=add)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the turn that is under the mouse on the Stage."""
        self.ready()
        if turn_id := self.turn_at(event.position()):
            self.board.open_on_stage(turn_id)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        super().leaveEvent(event)
        self._hide_tip()
        self._walk_to(-1)

    def _hover(self, point: QPointF) -> None:
        row = self.row_at(point)
        self._walk_to(row)
        said = self.tip_at(point)
        self.setCursor(Qt.CursorShape.PointingHandCursor if said else Qt.CursorShape.CrossCursor)
        if said:
            self._say(said, point)
            self._said_row = row
        else:
            self._hide_tip()

    def _say(self, said: str, point: QPointF) -> None:
        if self._tip is None:
            self._tip = HoverTip(self)
        self._tip_spot = point
        self._tip.say(said, self.mapToGlobal(point.toPoint()))

    def _say_again(self) -> None:
        """The words that were missing beside the mouse are known."""
        if self._tip is not None and self._tip.isVisible() and self._said_row >= 0:
            said = self.tip_at(self._tip_spot) or self.describe_row(self._said_row)
            self._tip.say(said, self.mapToGlobal(self._tip_spot.toPoint()))

    def _hide_tip(self) -> None:
        self._said_row = -1
        if self._tip is not None:
            self._tip.hide()

    def _walk_to(self, row: int) -> None:
        if row != self.cursor_row:
            self.cursor_row = row
            self.update()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from point to point, Space selects one, Enter opens its turn, Escape selects nothing."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        self.ready()
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and len(self.order()):
            self._go(int(self.order()[0 if key == Qt.Key.Key_Home else -1]))
        elif key == Qt.Key.Key_Space and self.cursor_row >= 0:
            self.board.selection.toggle(self.cursor_row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cursor_row >= 0:
            self.board.point_row(self.cursor_row)
        elif key == Qt.Key.Key_Escape and (self.board.selection.n or self._band is not None):
            self._band = self._pressed = None
            self.board.selection.clear()
            self.update()
        else:
            event.ignore()

    def _step(self, step: int) -> None:
        rows = self.order()
        if not len(rows):
            return
        start = self.cursor_row if self.cursor_row >= 0 else self.board.frame.row_of(self.board.turn_id)
        found = np.flatnonzero(rows == start)
        place = int(found[0]) + step if len(found) else (0 if step > 0 else len(rows) - 1)
        self._go(int(rows[min(max(place, 0), len(rows) - 1)]))

    def _go(self, row: int) -> None:
        self._walk_to(row)
        spot = self.spot_of(row)
        said = self.describe_row(row)
        self.setAccessibleDescription(said.replace("\n", ", "))
        if spot is not None:
            self._say(said, spot)
            self._said_row = row

    def focusOutEvent(self, event: object) -> None:
        """Shows no point of the keyboard any more."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._hide_tip()
        self._walk_to(-1)

    def focusInEvent(self, event: object) -> None:
        """Says what it shows."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.ready()
        self.setAccessibleDescription(self.summary())
        self.update()
