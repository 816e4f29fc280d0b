"""One metric of both branches in one chart."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.fidelity.catalogue import METRICS
from core.playtest.looking_back.side_by_side import Comparison, Side
from gui import theme
from gui.stage.charts.plot import Plot
from gui.stage.charts.score_series import thin_out
from gui.stage.fill import fill

N_POINTS = 800
MAX_DOTS = 60


def side_colors() -> tuple[str, str]:
    """Returns the colours of the left and of the right branch."""
    return theme.colors().accent, theme.character_color(1)


class ComparisonChart(QFrame):
    """Both lines, and where the branches part."""

    number_clicked = Signal(int)
    """A turn's number was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "card")
        self._comparison: Comparison | None = None
        self.selector = QComboBox()
        self.selector.setAccessibleName(self.tr("Metric of the chart"))
        for name, one in METRICS.items():
            self.selector.addItem(one.title, name)
        self._unit = QLabel()
        theme.set_kind(self._unit, "small")
        self.key = QLabel()
        self.key.setTextFormat(Qt.TextFormat.RichText)
        theme.set_kind(self.key, "small")
        self.plot = Plot()
        self.lines = [pg.PlotDataItem(connect="finite", antialias=True) for _ in range(2)]
        self._fork = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._fork, *self.lines):
            self.plot.addItem(item)
        head = QHBoxLayout()
        head.addWidget(self.selector)
        head.addWidget(self._unit, 1)
        head.addWidget(self.key)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 12, 8)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self.selector.currentIndexChanged.connect(self._draw)
        self.plot.clicked.connect(lambda number: self.number_clicked.emit(round(number)))
        theme.notifier.theme_changed.connect(self._draw)

    def show_comparison(self, comparison: Comparison) -> None:
        """Draws other branches."""
        self._comparison = comparison
        self._draw()

    def _draw(self) -> None:
        colors, name = theme.colors(), self.selector.currentData()
        self._unit.setText(METRICS[name].unit)
        for edge in ("left", "bottom"):
            axis = self.plot.getAxis(edge)
            axis.setPen(pg.mkPen(None))
            axis.setTextPen(QColor(colors.dim))
            axis.setTickFont(theme.ui_font(11))
        comparison = self._comparison
        if comparison is None:
            return
        self._fork.setPen(pg.mkPen(colors.dim, width=1, style=Qt.PenStyle.DotLine))
        self._fork.setValue(comparison.n_common + 0.5)
        self._fork.setVisible(0 < comparison.n_common < len(comparison.pairs))
        said, sides = [], (comparison.left, comparison.right)
        for line, side, color in zip(self.lines, sides, side_colors(), strict=True):
            xs, ys = _points(side, name)
            has_dots = len(xs) <= MAX_DOTS
            xs, ys = thin_out(xs, ys, N_POINTS)
            pen = pg.mkPen(color, width=2 if has_dots else 1)
            line.setData(
                xs, ys, pen=pen, symbol="o" if has_dots else None, symbolSize=5, symbolBrush=color, symbolPen=None
            )
            if len(ys):
                said.append(fill(self.tr("%1 ends at %2"), side.name, f"{float(ys[-1]):z.2f}"))
        self._fit_range(comparison)
        self.plot.setAccessibleName(", ".join([METRICS[name].title, *said]))

    def _fit_range(self, comparison: Comparison) -> None:
        self.plot.setXRange(0.5, max(len(comparison.pairs), 8) + 0.5, padding=0)
        low, high = math.inf, -math.inf
        for line in self.lines:
            _xs, ys = line.getData()
            if ys is not None and len(ys):
                low, high = min(low, float(np.min(ys))), max(high, float(np.max(ys)))
        if low <= high:
            pad = (high - low) * 0.12 or max(abs(high) * 0.1, 0.05)
            self.plot.setYRange(low - pad, high + pad, padding=0)


def _points(side: Side, metric: str) -> tuple[np.ndarray, np.ndarray]:
    scored = [(turn.number, turn.scores[metric]) for turn in side.turns if metric in turn.scores]
    return np.array([number for number, _ in scored], float), np.array([value for _, value in scored], float)
