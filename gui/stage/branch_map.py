"""The map of branches: the tree of turns from left to right; a click goes there."""

from html import escape

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui import theme
from gui.stage.branch_lanes import Lane, find_lanes, lane_of, turn_on_lane
from gui.stage.fill import fill
from gui.stage.reading import StageTurn
from gui.stage.session import StageSession

LANE_HEIGHT = 22
PAD = 16
DOT = 4.0


class BranchMap(QWidget):
    """Paints the branches of the open playtest; the one being played is bright."""

    branch_chosen = Signal(int, int)
    """Last turn of the branch that was chosen, and the turn on it to be shown."""

    height_changed = Signal(int)
    """It wants to be this high."""

    def __init__(self, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lanes: list[Lane] = []
        self._longest = 1
        """Turns of the longest branch."""
        self._known = ("", -1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        session.opened.connect(self._refresh)
        session.path_changed.connect(self._refresh)
        session.state_changed.connect(self._refresh)
        session.branches_changed.connect(self._refresh)
        theme.notifier.theme_changed.connect(self.update)
        self._refresh()

    @property
    def lanes(self) -> list[Lane]:
        """The branches, oldest first."""
        return self._lanes

    @property
    def present_lane(self) -> int:
        """The branch whose last turn, or a turn of which, is the head."""
        head = self._session.head
        if head is None or not self._lanes:
            return 0
        for place, lane in enumerate(self._lanes):
            if lane.leaf.id == head.id:
                return place
        return lane_of(self._session.tree, self._lanes, head)

    def sizeHint(self) -> QSize:
        """Returns room for every branch."""
        return QSize(180, 2 * PAD + LANE_HEIGHT * max(1, len(self._lanes) - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paints to the new width."""
        super().resizeEvent(event)
        self.update()

    def point_of(self, lane: int, number: int) -> QPointF:
        """Returns where a turn is painted."""
        share = (number - 1) / max(1, self._longest - 1)
        middle = PAD if len(self._lanes) > 1 else self.height() / 2
        return QPointF(PAD + share * (self.width() - 2 * PAD), middle + lane * LANE_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints lanes, then the present branch over them, then the head."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._lanes:
            self._paint_lanes(painter)
        else:
            painter.setPen(QColor(theme.colors().dim))
            painter.setFont(theme.ui_font(12))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Nothing played yet"))
        if self.hasFocus():
            painter.setPen(QColor(theme.colors().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes to the nearest turn."""
        if event.button() == Qt.MouseButton.LeftButton and self._lanes:
            lane, turn = self._nearest(event.position())
            self.branch_chosen.emit(self._lanes[lane].leaf.id, turn.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go to other branches."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._lanes:
            super().keyPressEvent(event)
            return
        leaf = self._lanes[min(max(self.present_lane + step, 0), len(self._lanes) - 1)].leaf
        self.branch_chosen.emit(leaf.id, leaf.id)

    def event(self, event: QEvent) -> bool:
        """Says which turn is under the mouse."""
        if isinstance(event, QHelpEvent) and self._lanes:
            lane, turn = self._nearest(QPointF(event.pos()))
            said = fill(self.tr("Branch %1, turn %2, %3"), lane + 1, turn.number, turn.speaker)
            QToolTip.showText(event.globalPos(), escape(said), self)
            return True
        return super().event(event)

    def _refresh(self) -> None:
        known = (self._session.playtest_id, len(self._session.tree))
        if self._known != known:
            self._known = known
            self._lanes = find_lanes(self._session.tree)
            self._longest = max((one.leaf.number for one in self._lanes), default=1)
            self.setMinimumHeight(self.sizeHint().height())
            self.height_changed.emit(self.sizeHint().height())
        n_turns = len(self._session.path)
        said = fill(self.tr("Branches: %1; this one has %2 turns"), len(self._lanes), n_turns)
        self.setAccessibleName(said)
        self.update()

    def _present_lanes(self) -> dict[int, int]:
        """Returns the lanes that the present branch runs along, and up to which turn."""
        head = self._session.head
        if head is None:
            return {}
        place, number = self.present_lane, head.number
        found = {place: number}
        while self._lanes[place].fork_number and self._lanes[place].fork_lane != place:
            place, number = self._lanes[place].fork_lane, self._lanes[place].fork_number
            found[place] = number
        return found

    def _paint_lanes(self, painter: QPainter) -> None:
        colors = theme.colors()
        present = self._present_lanes()
        for place in range(len(self._lanes)):
            if place not in present:
                self._paint_lane(painter, place, self._lanes[place].leaf.number, QColor(colors.edge))
        for place, number in present.items():
            if number < self._lanes[place].leaf.number:
                self._paint_lane(painter, place, self._lanes[place].leaf.number, QColor(colors.edge))
            self._paint_lane(painter, place, number, QColor(colors.dim))
        head = self._session.head
        if head is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawEllipse(self.point_of(self.present_lane, head.number), DOT + 1.5, DOT + 1.5)

    def _paint_lane(self, painter: QPainter, place: int, number: int, color: QColor) -> None:
        lane = self._lanes[place]
        end = self.point_of(place, number)
        path = QPainterPath()
        if lane.fork_number:
            start = self.point_of(lane.fork_lane, lane.fork_number)
            path.moveTo(start)
            bend = QPointF(min(start.x() + 14, end.x()), end.y())
            path.cubicTo(QPointF(bend.x(), start.y()), QPointF(start.x(), end.y()), bend)
            self._paint_dot(painter, start, color)
        else:
            path.moveTo(self.point_of(place, 1))
            self._paint_dot(painter, self.point_of(place, 1), color)
        path.lineTo(end)
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        self._paint_dot(painter, end, color)

    def _paint_dot(self, painter: QPainter, point: QPointF, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(point, DOT, DOT)

    def _nearest(self, point: QPointF) -> tuple[int, StageTurn]:
        lane = min(max(round((point.y() - self.point_of(0, 1).y()) / LANE_HEIGHT), 0), len(self._lanes) - 1)
        number = 1 + (point.x() - PAD) / max(1, self.width() - 2 * PAD) * (self._longest - 1)
        return lane, turn_on_lane(self._session.tree, self._lanes[lane], number)
