"""What was flagged, along the turns: alarms, reminders, bleed, the worst turns, and what people said."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from core.lab.flags import ALARM, REMINDER
from core.lab.frame import GOOD, OFF
from core.lab.summaries import badness, worst_rows
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Chart, Rows
from gui.fidelity.chart_data import ChartData, Named
from gui.fidelity.plane import Plane, dots, paint_axes
from gui.fidelity.points import inside, nearest
from gui.stage.fill import fill

N_WORST = 12
WORST_SHARE = 0.1
LANE_PX = 30
BLEED = "bleed"


@dataclass(frozen=True)
class Lane:
    """One kind of flag."""

    title: str
    rows: Rows
    color: str


class TimelineView(Chart):
    """One lane for each kind; a mark is a turn."""

    KEY = "timeline"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self._lanes: list[Lane] = []
        self._rows: Rows = NO_ROWS
        self._lane_of = np.zeros(0, np.int64)
        self._xs = self._ys = np.zeros(0)

    def title(self) -> str:
        """Returns its name."""
        return self.tr("What was flagged")

    def caption(self) -> str:
        """Says what the worst are worst at."""
        metric = self.board.metric_of()
        return fill(self.tr("Worst: by %1."), metric.title) if metric is not None else ""

    def prepare(self) -> None:
        """Finds the flagged turns."""
        board, frame, colors = self.board, self.board.frame, theme.colors()
        visible = board.visible
        flagged = {
            kind: frame.rows_of_turns(flag.turn_id for flag in board.flags if flag.kind == kind)
            for kind in (ALARM, REMINDER)
        }
        bleeding = np.flatnonzero(frame.values(BLEED) > 0) if BLEED in frame.scores else NO_ROWS
        lanes = [
            Lane(self.tr("Alarms"), flagged[ALARM], colors.fault),
            Lane(self.tr("Worst turns"), self._worst(), colors.fault),
            Lane(self.tr("Bleed"), bleeding, colors.warning),
            Lane(self.tr("Reminders"), flagged[REMINDER], colors.warning),
            Lane(self.tr("You: off"), np.flatnonzero(frame.label & OFF), colors.accent),
            Lane(self.tr("You: good"), np.flatnonzero(frame.label & GOOD), colors.good),
        ]
        shown = [Lane(lane.title, lane.rows[visible[lane.rows]], lane.color) for lane in lanes]
        always = {self.tr("Alarms"), self.tr("Worst turns")}
        self._lanes = [lane for lane in shown if len(lane.rows) or lane.title in always]
        self._rows = np.concatenate([lane.rows for lane in self._lanes]) if self._lanes else NO_ROWS
        self._lane_of = np.repeat(np.arange(len(self._lanes)), [len(lane.rows) for lane in self._lanes])
        self._place(QRectF(self.rect()))

    def _worst(self) -> Rows:
        metric = self.board.metric_of()
        if metric is None:
            return NO_ROWS
        bad = badness(metric, self.board.values(), self.board.norm())
        n_scored = int((self.board.visible & ~np.isnan(bad)).sum())
        n = min(N_WORST, max(1, round(n_scored * WORST_SHARE))) if n_scored else 0
        return worst_rows(bad, self.board.visible, n)

    def wide_height(self) -> int:
        """As high as its lanes."""
        return theme.text_px(LANE_PX) * max(2, len(self._lanes)) + theme.text_px(26)

    def _place(self, rect: QRectF) -> Plane:
        metrics = QFontMetricsF(theme.ui_font(12))
        left = max((metrics.horizontalAdvance(lane.title) for lane in self._lanes), default=60.0) + 22
        frame = self.board.frame
        last = max((len(side.rows) for side in frame.sides), default=8)
        inner = rect.adjusted(left, 4, -8, -(metrics.height() + 6))
        n_lanes = max(1, len(self._lanes))
        plane = Plane(inner, 0.5, max(last, 8) + 0.5, 0.0, float(n_lanes))
        self.plane = plane
        self._xs = plane.xs(frame.number[self._rows].astype(float))
        self._ys = plane.ys(n_lanes - self._lane_of - 0.5)
        return plane

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paints the lanes."""
        plane = self._place(rect)
        colors = theme.colors()
        paint_axes(painter, plane, x_label=self.tr("turn"), whole_x=True, y_ticks=False)
        painter.setFont(theme.ui_font(12))
        height = plane.rect.height() / max(1, len(self._lanes))
        for place, lane in enumerate(self._lanes):
            top = plane.rect.top() + place * height
            painter.setPen(QPen(QColor(colors.line), 1))
            middle = top + height / 2
            painter.drawLine(QPointF(plane.rect.left(), middle), QPointF(plane.rect.right(), middle))
            painter.setPen(QColor(colors.text if len(lane.rows) else colors.dim))
            words = QRectF(rect.left() + 8, top, plane.rect.left() - rect.left() - 8, height)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, lane.title)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints the marks."""
        self._place(rect)
        self._paint_dots(painter, np.ones(len(self._rows), np.bool_))

    def paint_selected(self, painter: QPainter, _rect: QRectF) -> None:
        """Paints what is selected."""
        self._paint_dots(painter, self.board.selection.mask[self._rows])

    def _paint_dots(self, painter: QPainter, here: np.ndarray) -> None:
        for place, lane in enumerate(self._lanes):
            mine = here & (self._lane_of == place)
            dots(painter, self._xs[mine], self._ys[mine], QColor(lane.color), 9)

    def row_at(self, point: QPointF) -> int:
        """Returns the nearest mark."""
        place = nearest(self._xs, self._ys, point)
        return int(self._rows[place]) if place >= 0 else -1

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the marks in the rectangle."""
        found: Rows = np.unique(self._rows[inside(self._xs, self._ys, band)])
        return found

    def order(self) -> Rows:
        """Goes along the turns."""
        found: Rows = np.unique(self._rows)
        return found

    def spot_of(self, row: int) -> QPointF | None:
        """Returns where a turn is marked first."""
        found = np.flatnonzero(self._rows == row)
        return QPointF(float(self._xs[found[0]]), float(self._ys[found[0]])) if len(found) else None

    def tip_at(self, point: QPointF) -> str:
        """Says what is flagged, and why it rang."""
        row = self.row_at(point)
        if row < 0:
            return ""
        turn_id = int(self.board.frame.turn_id[row])
        kinds = {
            "cannot_know": self.tr("Alarm: says what it cannot know."),
            "secret_out": self.tr("Alarm: a secret is out."),
        }
        mine = [flag for flag in self.board.flags if flag.turn_id == turn_id]
        why = [kinds.get(flag.what, self.tr("Alarm.")) for flag in mine if flag.kind == ALARM]
        why += [self.tr("Reminded of who they are before this turn.") for flag in mine if flag.kind == REMINDER]
        return "\n".join([self.describe_row(row), *dict.fromkeys(why)])

    def data(self) -> ChartData:
        """Returns all marks."""
        frame, rows = self.board.frame, self._rows
        kinds = Named([lane.title for lane in self._lanes], self._lane_of)
        names = Named([one.name for one in frame.speakers], frame.speaker[rows])
        return ChartData(
            (self.tr("Flag"), self.tr("Turn"), self.tr("Character")), (kinds, frame.number[rows], names), rows
        )

    def summary(self) -> str:
        """Counts."""
        return f"{', '.join(f'{lane.title}: {len(lane.rows)}' for lane in self._lanes)}."
