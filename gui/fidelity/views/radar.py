"""A radar: what interviews measured against what was intended; without interviews, the measures of each character."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from core.errors import UserError
from core.lab.frame import Column
from core.lab.profiles import Radar, read_radar
from core.lab.summaries import Usual, goodness_z, means_by_speaker, usual_of
from core.library.interviews import list_interviews
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart import NO_ROWS, Rows
from gui.fidelity.chart_data import ChartData, show_value
from gui.fidelity.plane import paint_nothing
from gui.fidelity.stops import StopsChart
from gui.stage.fill import fill

MAX_AXES = 7
MIN_AXES = 3
SUMS_UP = frozenset({"voice.z", "meaning.adherence"})
RINGS = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Ray:
    """One axis."""

    title: str
    key: str = ""
    """Of the column, where the axis is a measure."""


@dataclass(frozen=True)
class Shape:
    """What is drawn for one character."""

    speaker: int
    shares: tuple[float, ...]
    """Along each axis, 0 in the middle and 1 at the end; NaN: not known."""
    values: tuple[float, ...]
    is_intended: bool = False


class RadarView(StopsChart):
    """All characters in one radar of measures; or one radar for each that was interviewed."""

    KEY = "radar"

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self.shows_measures = False
        """Measures are wanted though there are interviews."""
        self._radars: dict[str, Radar] = {}
        """Role id -> its newest interview, of the playtest that is shown first."""
        self._read_for: tuple[str, ...] | None = None
        self._ticket: object = None
        self._rays: list[Ray] = []
        self._usual: dict[str, Usual] = {}
        self._groups: list[list[Shape]] = []
        """Shapes that share a radar."""
        board.frame_changed.connect(self._read_interviews)
        board.news.connect(self._forget)

    @property
    def has_interviews(self) -> bool:
        """Whether anybody who is shown was interviewed."""
        return bool(self._radars)

    def show_measures(self, wanted: bool) -> None:
        """Shows measures, or interviews."""
        self.shows_measures = wanted
        self.refresh()

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Intended and measured") if self._is_interviews else self.tr("Profile")

    def caption(self) -> str:
        """Says how to read it."""
        if self._is_interviews:
            return self.tr("Big Five of the newest interview: filled is measured, dashed is intended.")
        return self.tr("The further out, the better; the middle ring is what is usual here, or for people.")

    @property
    def _is_interviews(self) -> bool:
        return self.has_interviews and not self.shows_measures

    def _on_metric_changed(self) -> None:
        """It shows all measures."""

    def _forget(self) -> None:
        self._read_for = None

    def _read_interviews(self) -> None:
        ids = self.board.playtest_ids
        if ids == self._read_for or not ids:
            if not ids:
                self._radars = {}
            return
        self._read_for = ids
        project, ticket = self.board.workspace.project, object()
        self._ticket = ticket

        def keep(found: dict[str, Radar]) -> None:
            if ticket is self._ticket and found != self._radars:
                self._radars = found
                self.refresh()

        def pass_over(_fault: UserError) -> None:
            """The measures are shown."""

        self.board.workspace.jobs.run(lambda: _read_newest(project, ids), keep, pass_over, is_long=True)

    def prepare(self) -> None:
        """Works out the shapes."""
        if self._is_interviews:
            self._prepare_interviews()
        else:
            self._prepare_measures()

    def _prepare_interviews(self) -> None:
        frame = self.board.frame
        self._groups, self._rays = [], []
        for role_id, radar in self._radars.items():
            speaker = next((place for place, one in enumerate(frame.speakers) if one.role_id == role_id), -1)
            if speaker < 0:
                continue
            self._rays = [Ray(axis.title) for axis in radar.axes]
            group = []
            for is_intended in (True, False):
                values = [axis.intended if is_intended else axis.measured for axis in radar.axes]
                known = [math.nan if one is None else float(one) for one in values]
                if not all(math.isnan(one) for one in known):
                    group.append(Shape(speaker, tuple(one / 100 for one in known), tuple(known), is_intended))
            self._groups.append(group)

    def _prepare_measures(self) -> None:
        columns = _one_a_group([one for one in self.board.turn_columns() if one.metric.better != "neither"])[:MAX_AXES]
        self._rays = [Ray(one.metric.title, one.key) for one in columns]
        if len(columns) < MIN_AXES:
            self._groups = []
            return
        frame, visible = self.board.frame, self.board.visible
        self._usual = {one.key: usual_of(frame.values(one.key)[visible], self.board.norm(one.key)) for one in columns}
        means = [means_by_speaker(self.board.frame, one.key, self.board.visible)[0] for one in columns]
        shapes = []
        for speaker in self.board.speakers():
            values = tuple(float(one[speaker]) for one in means)
            if not all(math.isnan(one) for one in values):
                pairs = zip(columns, values, strict=True)
                shapes.append(Shape(speaker, tuple(self._share(*pair) for pair in pairs), values))
        self._groups = [shapes] if shapes else []

    def _share(self, column: Column, value: float) -> float:
        """Returns how far out a mean is: half way is usual, a whole standard deviation better is three quarters."""
        if math.isnan(value):
            return value
        z = goodness_z(column.metric, value, self._usual[column.key])
        return min(max(0.5 + z / 4, 0.02), 1.0)

    # Painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paints rings, axes and shapes."""
        if not self._groups:
            paint_nothing(painter, rect, self.tr("A profile needs three measures that have a better and a worse side."))
            return
        for place, group in enumerate(self._groups):
            self._paint_group(painter, self._area(place, rect), group)

    def _area(self, place: int, rect: QRectF) -> QRectF:
        width = rect.width() / max(1, len(self._groups))
        return QRectF(rect.left() + place * width, rect.top(), width, rect.height())

    def _spokes(self, area: QRectF) -> tuple[QPointF, float, list[QPointF]]:
        metrics = QFontMetricsF(theme.ui_font(11))
        margin = metrics.height() * 2.1
        radius = max(20.0, min(area.width() / 2 - margin * 1.8, area.height() / 2 - margin))
        middle = QPointF(area.center().x(), area.center().y() + metrics.height() * 0.2)
        turns = [2 * math.pi * place / max(1, len(self._rays)) - math.pi / 2 for place in range(len(self._rays))]
        return middle, radius, [QPointF(math.cos(turn), math.sin(turn)) for turn in turns]

    def _paint_group(self, painter: QPainter, area: QRectF, group: list[Shape]) -> None:
        colors = theme.colors()
        middle, radius, spokes = self._spokes(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ring in RINGS:
            style = Qt.PenStyle.DashLine if ring == 0.5 else Qt.PenStyle.SolidLine
            painter.setPen(QPen(QColor(colors.edge if ring in (0.5, 1.0) else colors.line), 1, style))
            painter.drawPolygon(QPolygonF([middle + spoke * (radius * ring) for spoke in spokes]))
        painter.setPen(QPen(QColor(colors.line), 1))
        for spoke in spokes:
            painter.drawLine(middle, middle + spoke * radius)
        self._paint_titles(painter, area, middle, radius, spokes)
        if len(self._groups) > 1 or self._is_interviews:
            self._paint_name(painter, area, group)
        for shape in group:
            self._paint_shape(painter, middle, radius, spokes, shape)

    def _paint_name(self, painter: QPainter, area: QRectF, group: list[Shape]) -> None:
        """Says who a radar of its own is of."""
        if not group:
            return
        metrics = QFontMetricsF(theme.ui_font(11))
        painter.setFont(theme.ui_font(11))
        painter.setPen(QColor(self.board.color_of(group[0].speaker)))
        name = metrics.elidedText(
            self.board.short_name(group[0].speaker), Qt.TextElideMode.ElideRight, area.width() - 16
        )
        painter.drawText(QPointF(area.left() + 8, area.top() + metrics.ascent() + 2), name)

    def _paint_shape(
        self, painter: QPainter, middle: QPointF, radius: float, spokes: list[QPointF], shape: Shape
    ) -> None:
        color = QColor(self.board.color_of(shape.speaker))
        tint = QColor(color)
        tint.setAlphaF(0.16)
        painter.setPen(QPen(color, 1.8, Qt.PenStyle.DashLine if shape.is_intended else Qt.PenStyle.SolidLine))
        painter.setBrush(Qt.BrushStyle.NoBrush if shape.is_intended else tint)
        points = [
            middle + spoke * (radius * share)
            for spoke, share in zip(spokes, shape.shares, strict=True)
            if not math.isnan(share)
        ]
        if len(points) > 2:
            painter.drawPolygon(QPolygonF(points))
        elif points:
            painter.drawPolyline(QPolygonF(points))
        if not shape.is_intended:
            painter.setPen(QPen(color, 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(QPolygonF(points))

    def _paint_titles(
        self, painter: QPainter, area: QRectF, middle: QPointF, radius: float, spokes: list[QPointF]
    ) -> None:
        font = theme.ui_font(11)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(theme.colors().dim))
        for ray, spoke in zip(self._rays, spokes, strict=True):
            end = middle + spoke * (radius + metrics.height() * 0.9)
            room = min(area.width() * 0.48, theme.text_px(130))
            if abs(spoke.x()) > 0.3:
                room = (area.right() - end.x() if spoke.x() > 0 else end.x() - area.left()) - 2
            title = metrics.elidedText(ray.title, Qt.TextElideMode.ElideRight, max(room, 30.0))
            width = metrics.horizontalAdvance(title)
            x = end.x() - (width / 2 if abs(spoke.x()) <= 0.3 else 0 if spoke.x() > 0 else width)
            painter.drawText(QPointF(x, end.y() + metrics.ascent() / 2 - 1), title)

    def dims(self) -> bool:
        """Profiles are of all turns that are looked at."""
        return False

    # Mouse

    def _corners(self) -> list[tuple[Shape, int, QPointF]]:
        """Returns all corners: whose, on which axis, and where."""
        found = []
        for place, group in enumerate(self._groups):
            middle, radius, spokes = self._spokes(self._area(place, QRectF(self.rect())))
            for shape in group:
                for ray, (spoke, share) in enumerate(zip(spokes, shape.shares, strict=True)):
                    if not math.isnan(share):
                        found.append((shape, ray, middle + spoke * (radius * share)))
        return found

    def _corner_at(self, point: QPointF) -> tuple[Shape, int] | None:
        near = ((shape, ray) for shape, ray, spot in self._corners() if (point - spot).manhattanLength() < 12)
        return next(near, None)

    def n_stops(self) -> int:
        """A stop is a corner."""
        return len(self._corners())

    def say_stop(self, stop: int) -> str:
        """Returns what a corner is."""
        shape, ray, _spot = self._corners()[stop]
        return self._say_corner(shape, ray)

    def spot_of_stop(self, stop: int) -> QPointF:
        """Returns where a corner is."""
        return self._corners()[stop][2]

    def take_stop(self, stop: int, *, add: bool) -> None:
        """Has the measure of a corner looked at, and selects the turns behind it."""
        shape, ray, _spot = self._corners()[stop]
        self._take_corner(shape, ray, add=add)

    def open_line(self, line: int, data: ChartData) -> None:
        """A line of the table is an axis: its measure is looked at."""
        if 0 <= line < min(len(self._rays), len(data)) and self._rays[line].key:
            self.board.choose_metric(self._rays[line].key)

    def tip_at(self, point: QPointF) -> str:
        """Says what a corner is."""
        found = self._corner_at(point)
        return self._say_corner(*found) if found is not None else ""

    def _say_corner(self, shape: Shape, ray: int) -> str:
        name = self.board.frame.speakers[shape.speaker].name
        which = (self.tr("intended") if shape.is_intended else self.tr("measured")) if self._is_interviews else ""
        shown = show_value(shape.values[ray])
        return f"{name}\n{self._rays[ray].title} {shown} {which}".rstrip()

    def click(self, point: QPointF, *, add: bool) -> None:
        """A corner has its measure looked at, and selects the turns behind it."""
        found = self._corner_at(point)
        if found is None:
            self.board.selection.clear()
        else:
            self._take_corner(*found, add=add)

    def _take_corner(self, shape: Shape, ray: int, *, add: bool) -> None:
        if self._rays[ray].key:
            self.board.choose_metric(self._rays[ray].key)
        self.board.selection.select(self._rows_behind(shape, ray), add=add)

    def rows_in(self, band: QRectF) -> Rows:
        """Returns the turns behind the corners in the rectangle."""
        found = [self._rows_behind(shape, ray) for shape, ray, spot in self._corners() if band.contains(spot)]
        return np.unique(np.concatenate(found)) if found else NO_ROWS

    def _rows_behind(self, shape: Shape, ray: int) -> Rows:
        frame, key = self.board.frame, self._rays[ray].key
        mask = self.board.visible & (frame.speaker == shape.speaker)
        return np.flatnonzero(mask & ~np.isnan(frame.values(key))) if key else np.flatnonzero(mask)

    # In words

    def data(self) -> ChartData:
        """Returns the value of each corner."""
        frame = self.board.frame
        titles, columns = [self.tr("Axis")], [[ray.title for ray in self._rays]]
        for shape in (shape for group in self._groups for shape in group):
            name = frame.speakers[shape.speaker].name
            if self._is_interviews:
                which = self.tr("intended") if shape.is_intended else self.tr("measured")
                name = f"{name}, {which}"
            titles.append(name)
            columns.append(list(shape.values))  # type: ignore[arg-type]
        return ChartData(tuple(titles), tuple(columns)) if self._groups else ChartData()

    def summary(self) -> str:
        """Says what an interview found, or where each character is strong and weak."""
        frame = self.board.frame
        if self._is_interviews:
            return " ".join(
                f"{self.board.names.get(role_id, '')}: {radar.sentence}" for role_id, radar in self._radars.items()
            )
        said = []
        for shape in (shape for group in self._groups for shape in group):
            known = [
                (share, ray.title) for share, ray in zip(shape.shares, self._rays, strict=True) if not math.isnan(share)
            ]
            if known:
                best, worst = max(known)[1], min(known)[1]
                said.append(
                    fill(self.tr("%1 is best in %2, worst in %3"), frame.speakers[shape.speaker].name, best, worst)
                )
        return f"{'; '.join(said)}." if said else self.tr("There is no profile to show.")


def _one_a_group(columns: list[Column]) -> list[Column]:
    """Returns one measure of each group, the one that sums it up: several of one group would weigh it double."""
    found: dict[str, Column] = {}
    for column in columns:
        group = column.metric.name.partition(".")[0]
        if group not in found or column.metric.name in SUMS_UP:
            found[group] = column
    return list(found.values())


def _read_newest(project: Project, playtest_ids: tuple[str, ...]) -> dict[str, Radar]:
    """Returns the radar of the newest personality interview of each role. For a thread of its own."""
    found: dict[str, Radar] = {}
    for playtest_id in playtest_ids:
        for row in list_interviews(project, playtest_id):
            if row.questionnaire.startswith("ipip") and row.role_id not in found:
                found[row.role_id] = read_radar(project, row)
    return found
