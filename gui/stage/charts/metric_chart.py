"""One chart of one metric: a line per character that grows with the turns."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from core.fidelity.catalogue import METRICS
from core.fidelity.logprobs.drift import DriftFit
from core.fidelity.reference import Reference
from gui import theme
from gui.stage.charts.plot import Plot
from gui.stage.charts.score_series import ScoreSeries, thin_out
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill

MIN_TURNS_SHOWN = 8
MAX_DOTS = 60
MAX_WIDE = 150
"""Points of a line that is drawn wide: Qt takes a hundred times longer for it than for a thin one."""
AXIS_WIDTH = 38
TICK_HEIGHT = 0.06
"""Where the ticks of alarms are, as a share of the chart's height."""
MAX_REMINDERS = 60
"""Lines that are drawn; of more, the last."""
MAX_SAID = 12


@dataclass(frozen=True, slots=True)
class Beside:
    """What is drawn beside the scores of the branch."""

    reminders: tuple[int, ...] = ()
    """Numbers of the turns before which somebody was reminded of who they are."""
    alarms: tuple[int, ...] = ()
    """Numbers of the turns that rang an alarm."""
    other: ScoreSeries | None = None
    """The scores of another branch."""
    other_name: str = ""


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who a line belongs to."""

    name: str
    color: str


class MetricChart(QFrame):
    """A card with a selector, the plot, and how to read it."""

    metric_chosen = Signal(str)
    row_hovered = Signal(int)
    """Row of the branch, or -1."""
    row_clicked = Signal(int)
    stepped = Signal(int)

    def __init__(self, metric: str, reference: Reference, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.metric_name = metric
        self._reference = reference
        self._series: ScoreSeries | None = None
        self._speakers: Mapping[str, Speaker] = {}
        self._fits: Mapping[str, DriftFit] = {}
        self._beside = NOTHING_BESIDE
        self._others: dict[str, pg.PlotDataItem] = {}
        self._reminders: list[pg.InfiniteLine] = []
        self._shown: tuple[float, float] | None = None
        """Turn numbers that are zoomed to; None: all."""
        self._lines: dict[str, pg.PlotDataItem] = {}
        self._levels: list[pg.InfiniteLine | pg.LinearRegionItem] = []
        self._fit_lines: list[pg.InfiniteLine] = []
        theme.set_kind(self, "card")
        self._selector = QPushButton()
        theme.set_kind(self._selector, "ghost")
        self._selector.setStyleSheet("padding: 2px 22px 2px 6px; font-weight: 600; text-align: left;")
        menu = QMenu(self)
        for name, one in METRICS.items():
            menu.addAction(one.title).triggered.connect(lambda _checked, name=name: self.choose(name))
        self._selector.setMenu(menu)
        self._selector.setMinimumWidth(80)
        self._unit = ElidedLabel()
        theme.set_kind(self._unit, "small")
        self.plot = Plot()
        self._caption = _small_label()
        self._caption.setWordWrap(True)
        header = QHBoxLayout()
        header.setSpacing(4)
        header.addWidget(self._selector)
        header.addWidget(self._unit, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 12, 10)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self._caption)
        self._add_marks()
        self.plot.hovered.connect(self._on_hovered)
        self.plot.clicked.connect(lambda number: self.row_clicked.emit(self._row_at(number)))
        self.plot.zoomed.connect(self._zoom)
        self.plot.stepped.connect(self.stepped)
        theme.notifier.theme_changed.connect(self._restyle)
        self._restyle()
        self._take_metric(metric)

    def _add_marks(self) -> None:
        """Adds what points at single turns."""
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._dot = pg.ScatterPlotItem(size=9)
        self._alarms = pg.ScatterPlotItem(size=9, symbol="t1", pen=None)
        self._alarms.setZValue(15)
        self.plot.addItem(self._alarms, ignoreBounds=True)
        for item in (self._marker, self._cursor, self._dot):
            item.setZValue(20)
            self.plot.addItem(item)
        self._cursor.hide()
        self._marker.hide()

    def show_series(
        self,
        series: ScoreSeries,
        speakers: Mapping[str, Speaker],
        fits: Mapping[str, DriftFit],
        beside: Beside = NOTHING_BESIDE,
    ) -> None:
        """Draws a line for each of the speakers, by speaker id."""
        if set(speakers) != set(self._lines):
            self._drop_lines()
        self._series, self._speakers, self._fits, self._beside = series, speakers, fits, beside
        self._draw()

    def show_all(self) -> None:
        """Ends a zoom."""
        self._shown = None

    def point_cursor(self, row: int) -> None:
        """Marks the row under the mouse, in whichever chart that is; -1 for none."""
        series = self._series
        if series is None or not 0 <= row < series.n_rows:
            self._cursor.hide()
            self._dot.setData([], [])
            return
        self._cursor.setValue(row + 1)
        self._cursor.show()
        value = float(series.values(self.metric_name)[row])
        self._dot.setData([] if math.isnan(value) else [row + 1], [] if math.isnan(value) else [value])

    def mark_row(self, row: int) -> None:
        """Marks the row that is selected in the transcript; -1 for none."""
        self._marker.setVisible(row >= 0)
        self._marker.setValue(row + 1)

    def _draw(self) -> None:
        series = self._series
        assert series is not None
        left, right = self._shown or (0.5, max(self._n_shown, MIN_TURNS_SHOWN) + 0.5)
        low, high = math.inf, -math.inf
        for speaker_id, speaker in self._speakers.items():
            xs, ys = _cut(*series.line(self.metric_name, speaker_id), left, right)
            xs, ys = thin_out(xs, ys, max(200, self.plot.width()))
            others = self._draw_other(speaker_id, speaker.color, left, right)
            for values in (ys, others):
                if np.any(~np.isnan(values)):
                    low, high = min(low, float(np.nanmin(values))), max(high, float(np.nanmax(values)))
            self._draw_line(speaker_id, xs, ys, speaker.color)
        for level in self._level_values():
            low, high = min(low, level), max(high, level)
        if low > high:
            low, high = METRICS[self.metric_name].low or 0.0, METRICS[self.metric_name].high or 1.0
        pad = (high - low) * 0.12 or max(abs(high) * 0.1, 0.05)
        self.plot.setXRange(left, right, padding=0)
        self.plot.setYRange(low - pad, high + pad, padding=0)
        self._draw_fits()
        self._draw_marks(low - pad + TICK_HEIGHT * (high - low + 2 * pad))
        if self._caption.text() != (said := self._say()):
            self._caption.setText(said)
        self._describe()

    def _draw_line(self, speaker_id: str, xs: NDArray[np.float64], ys: NDArray[np.float64], color: str) -> None:
        line = self._lines.get(speaker_id)
        if line is None:
            line = self._lines[speaker_id] = pg.PlotDataItem(connect="finite", antialias=True)
            line.curve.setSegmentedLineMode("on")
            line.setZValue(10)
            self.plot.addItem(line)
        line.setVisible(bool(np.any(~np.isnan(ys))))
        if not line.isVisible():
            return
        has_dots = len(xs) <= MAX_DOTS
        line.setData(
            xs,
            ys,
            pen=pg.mkPen(color, width=2 if len(xs) <= MAX_WIDE else 1),
            symbol="o" if has_dots else None,
            symbolSize=5,
            symbolBrush=color,
            symbolPen=None,
        )

    @property
    def _n_shown(self) -> int:
        """How many turns the longer of both branches has."""
        other = self._beside.other
        return max(self._series.n_rows if self._series is not None else 0, other.n_rows if other is not None else 0)

    def _draw_other(self, speaker_id: str, color: str, left: float, right: float) -> NDArray[np.float64]:
        """Draws the same speaker's line on another branch, dim; returns its values."""
        line = self._others.get(speaker_id)
        other = self._beside.other
        if other is None:
            if line is not None:
                self.plot.removeItem(self._others.pop(speaker_id))
            return np.zeros(0)
        if line is None:
            line = self._others[speaker_id] = pg.PlotDataItem(connect="finite", antialias=True)
            line.setZValue(5)
            self.plot.addItem(line)
        xs, ys = thin_out(*_cut(*other.line(self.metric_name, speaker_id), left, right), max(200, self.plot.width()))
        line.setData(xs, ys, pen=pg.mkPen(theme.mix(theme.colors().card, color, 0.55), width=1))
        return ys

    def _draw_marks(self, bottom: float) -> None:
        """Draws reminders as lines and alarms as ticks at the bottom."""
        for item in self._reminders:
            self.plot.removeItem(item)
        colors, numbers = theme.colors(), self._beside.reminders
        pen = pg.mkPen(colors.warning, width=1, style=Qt.PenStyle.DashLine)
        self._reminders = [pg.InfiniteLine(number, angle=90, pen=pen) for number in numbers[-MAX_REMINDERS:]]
        for item in self._reminders:
            item.setZValue(4)
            self.plot.addItem(item, ignoreBounds=True)
        alarms = self._beside.alarms
        self._alarms.setData(
            list(alarms), [bottom] * len(alarms), brush=QColor(colors.fault), pen=pg.mkPen(colors.card, width=1)
        )

    def _draw_fits(self) -> None:
        """Draws where each line settles."""
        for item in self._fit_lines:
            self.plot.removeItem(item)
        self._fit_lines = []
        for speaker_id, fit in self._fits.items() if self.metric_name == "drift" else ():
            if speaker_id not in self._speakers:
                continue
            pen = pg.mkPen(self._speakers[speaker_id].color, width=1.2, style=Qt.PenStyle.DashLine)
            item = pg.InfiniteLine(fit.equilibrium, angle=0, pen=pen)
            self.plot.addItem(item)
            self._fit_lines.append(item)

    def _level_values(self) -> list[float]:
        """Returns the levels that must be in sight besides the lines."""
        norm = self._reference.norms.get(self.metric_name)
        levels = [norm.mean] if norm is not None else [0.0]
        if self.metric_name == "drift":
            levels += [fit.equilibrium for fit in self._fits.values()]
        return levels

    def _restyle(self) -> None:
        """Takes the colours of the theme, and draws what people measure again."""
        colors = theme.colors()
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(None))
            axis.setTickPen(pg.mkPen(None))
            axis.setTextPen(QColor(colors.dim))
            axis.setTickFont(theme.ui_font(11))
            axis.setStyle(tickLength=0, tickTextOffset=4, maxTickLevel=0)
        self.plot.getAxis("left").setWidth(theme.text_px(AXIS_WIDTH))
        self.plot.getAxis("bottom").setHeight(theme.text_px(18))
        self._cursor.setPen(pg.mkPen(colors.dim, width=1))
        self._marker.setPen(pg.mkPen(colors.accent, width=1, style=Qt.PenStyle.DotLine))
        self._dot.setPen(pg.mkPen(colors.ground, width=1.5))
        self._dot.setBrush(QColor(colors.text))
        self._draw_levels()
        if self._series is not None:
            self._draw()

    def _draw_levels(self) -> None:
        colors = theme.colors()
        for item in self._levels:
            self.plot.removeItem(item)
        self._levels = []
        norm = self._reference.norms.get(self.metric_name)
        if norm is None:
            zero = pg.InfiniteLine(0, angle=0, pen=pg.mkPen(colors.line, width=1))
            self._levels.append(zero)
        else:
            tint = QColor(colors.good)
            tint.setAlphaF(0.10)
            band = pg.LinearRegionItem(
                (norm.p05, norm.p95), orientation="horizontal", movable=False, brush=tint, pen=pg.mkPen(None)
            )
            mean = pg.InfiniteLine(norm.mean, angle=0, pen=pg.mkPen(colors.good, width=1, style=Qt.PenStyle.DashLine))
            self._levels += [band, mean]
        for item in self._levels:
            item.setZValue(-10)
            self.plot.addItem(item, ignoreBounds=True)

    def _say(self) -> str:
        metric = METRICS[self.metric_name]
        said = metric.how_to_read
        norm = self._reference.norms.get(self.metric_name)
        if norm is not None:
            said += " " + self.tr("Green: where 9 of 10 people are.")
        if self.metric_name == "drift" and self._fits:
            said += " " + self._say_fits()
        if self._beside.reminders and self.metric_name == "drift":
            said += " " + self.tr("Upright, dashed: a reminder.")
        if self._beside.alarms and self.metric_name == "grounding":
            said += " " + self.tr("Red ticks: alarms.")
        if self._beside.other is not None:
            said += " " + fill(self.tr("Dim: “%1”."), self._beside.other_name)
        return said

    def _say_fits(self) -> str:
        """Says where drift settles, and how many turns it takes half the way there."""
        fits = {self._speakers[key].name.split()[0]: fit for key, fit in self._fits.items() if key in self._speakers}
        levels = ", ".join(f"{name} {fit.equilibrium:.2f}" for name, fit in fits.items())
        turns = sorted(f"{fit.half_life_turns:.1f}" for fit in fits.values())
        if not turns:
            return ""
        if max(fit.half_life_turns for fit in fits.values()) < 1:
            return fill(self.tr("Dashed: the level that it jumps around (%1)."), levels)
        took = turns[0] if turns[0] == turns[-1] else fill(self.tr("%1 to %2"), turns[0], turns[-1])
        return fill(self.tr("Dashed: where it settles (%1), half way in %2 turns."), levels, took)

    def _describe(self) -> None:
        """Says the last values, for a screen reader."""
        assert self._series is not None
        said = [METRICS[self.metric_name].title]
        for speaker_id, speaker in self._speakers.items():
            _xs, ys = self._series.line(self.metric_name, speaker_id)
            real = ys[~np.isnan(ys)]
            if len(real):
                said.append(f"{speaker.name} {real[-1]:.2f}")
        if self._beside.reminders:
            said.append(fill(self.tr("reminders at %1"), ", ".join(map(str, self._beside.reminders[-MAX_SAID:]))))
        if self._beside.alarms:
            said.append(fill(self.tr("alarms at %1"), ", ".join(map(str, self._beside.alarms[-MAX_SAID:]))))
        self.plot.setAccessibleName(", ".join(said))

    def choose(self, metric: str) -> None:
        """Shows another metric."""
        self._take_metric(metric)
        self.metric_chosen.emit(metric)

    def _take_metric(self, metric: str) -> None:
        self.metric_name = metric
        one = METRICS[metric]
        self._selector.setText(one.title)
        self._selector.setAccessibleName(fill(self.tr("Metric of this chart: %1"), one.title))
        self._selector.setToolTip(one.source)
        self._unit.setText(one.unit)
        self._draw_levels()
        if self._series is not None:
            self._draw()

    def _on_hovered(self, number: float) -> None:
        self.row_hovered.emit(-1 if math.isnan(number) else self._row_at(number))

    def _row_at(self, number: float) -> int:
        n_rows = self._series.n_rows if self._series is not None else 0
        return min(max(round(number) - 1, 0), n_rows - 1) if n_rows else -1

    def _zoom(self, number: float, factor: float) -> None:
        if self._series is None:
            return
        whole = (0.5, max(self._n_shown, MIN_TURNS_SHOWN) + 0.5)
        left, right = self._shown or whole
        left, right = number + (left - number) * factor, number + (right - number) * factor
        if not factor or right - left >= whole[1] - whole[0]:
            self._shown = None
        elif right - left >= 4:
            self._shown = (max(left, whole[0]), min(right, whole[1]))
        self._draw()

    def _drop_lines(self) -> None:
        for line in self._lines.values():
            self.plot.removeItem(line)
        self._lines.clear()
        for line in self._others.values():
            self.plot.removeItem(line)
        self._others.clear()


def _cut(
    xs: NDArray[np.float64], ys: NDArray[np.float64], left: float, right: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns what is in sight and one point more at each side."""
    first = max(0, int(np.searchsorted(xs, left)) - 1)
    last = int(np.searchsorted(xs, right)) + 1
    return xs[first:last], ys[first:last]


def _small_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    theme.set_kind(label, "small")
    return label
