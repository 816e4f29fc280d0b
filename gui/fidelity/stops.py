"""A chart whose points are not turns but sums of many: bars, or corners. Keys go from one to the next."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import Chart
from gui.fidelity.chart_data import ChartData

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class StopsChart(Chart):
    """Arrows go from stop to stop, Enter has its turns selected, Space adds them to what is selected."""

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self.stop = -1
        """Where the keyboard is."""

    def n_stops(self) -> int:
        """Returns how many there are."""
        raise NotImplementedError

    def say_stop(self, stop: int) -> str:
        """Returns what a stop is about."""
        raise NotImplementedError

    def spot_of_stop(self, stop: int) -> QPointF:
        """Returns where a stop is painted."""
        raise NotImplementedError

    def take_stop(self, stop: int, *, add: bool) -> None:
        """Selects the turns behind a stop."""
        raise NotImplementedError

    def open_line(self, line: int, data: ChartData) -> None:
        """A line of the table twin was chosen: it is a stop."""
        if 0 <= line < min(self.n_stops(), len(data)):
            self.take_stop(line, add=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes along the stops."""
        self.ready()
        key, last = Qt.Key(event.key()), self.n_stops() - 1
        self.stop = min(self.stop, last)
        if key in STEPS and last >= 0:
            start = self.stop + STEPS[key] if self.stop >= 0 else (0 if STEPS[key] > 0 else last)
            self._go_to(min(max(start, 0), last))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and last >= 0:
            self._go_to(0 if key == Qt.Key.Key_Home else last)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.stop >= 0:
            self.take_stop(self.stop, add=key == Qt.Key.Key_Space)
        else:
            super().keyPressEvent(event)

    def _go_to(self, stop: int) -> None:
        self.stop = stop
        said = self.say_stop(stop)
        self.setAccessibleDescription(said.replace("\n", ", "))
        self._say(said, self.spot_of_stop(stop))
        self.update()

    def _paint_marks(self, painter: QPainter) -> None:
        super()._paint_marks(painter)
        if 0 <= self.stop < self.n_stops():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colors().text), 2))
            painter.drawEllipse(self.spot_of_stop(self.stop), 8.0, 8.0)

    def leaveEvent(self, event: object) -> None:
        """The mouse has no stop."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        if not self.hasFocus():
            self.stop = -1

    def focusOutEvent(self, event: object) -> None:
        """Shows no stop of the keyboard any more."""
        self.stop = -1
        super().focusOutEvent(event)
        self.update()
