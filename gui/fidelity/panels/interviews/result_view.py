"""One interview: what was meant against what was measured, scale by scale and item by item, and how stable it is."""

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.lab.profiles import OverScene, Radar
from gui import theme
from gui.fidelity.panels.interviews.probability_bars import BARS_ROLE, WIDTH_PX, ProbabilityBars
from gui.fidelity.panels.interviews.trait_radar import RadarAxis, TraitRadar
from gui.fidelity.panels.lab_panel import say, words
from gui.fidelity.panels.result_table import MISSING, Cell, ResultTable, number_cell
from gui.stage.fill import fill
from gui.stage.mind.fold import Fold
from models.interview import Interview

_BARS_COLUMN = 2


class ResultView(QWidget):
    """Shows what is kept of one interview. What a row says may come from a stranger's pack."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = words()
        self.radar = TraitRadar()
        self.legend = words(self.tr("Filled: measured. Dashed: intended. The band: how far the answers spread."))
        self.sentence = words("", "")
        self.scales = ResultTable(
            self.tr("Scales"), [self.tr("Scale"), self.tr("Meant"), self.tr("Found"), "±"], wide=0
        )
        self.stability = words()
        self.over_scene = ResultTable(
            self.tr("Over the scene"), [self.tr("Scale"), "0", "10", "20", self.tr("sd")], wide=0
        )
        self.items = ResultTable(
            self.tr("Items"),
            [self.tr("Item"), self.tr("Answer"), self.tr("1 to 5")],
            wide=0,
        )
        self.items.least_px = {_BARS_COLUMN: theme.text_px(WIDTH_PX)}
        self.items.setItemDelegateForColumn(_BARS_COLUMN, ProbabilityBars(self.items))
        self._items_fold = Fold(self.tr("Items"))
        self._items_fold.show_rows([self.items])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (
            self.sentence,
            self.radar,
            self.legend,
            self.scales,
            self.stability,
            self.over_scene,
            self._items_fold,
            self.notice,
        ):
            column.addWidget(widget)

    def show_interview(self, row: Interview, radar: Radar | None, over: OverScene | None) -> None:
        """Shows a row with what was read beside it."""
        self._show_radar(radar)
        self._show_scales(row, radar)
        self._show_stability(over)
        self._show_items(row)
        record = row.record
        facts = [str(record.get("notice", "")), _say_weights(record), self._say_leaning(record)]
        say(self.notice, " ".join(part for part in facts if part))

    def _show_radar(self, radar: Radar | None) -> None:
        axes = radar.axes if radar is not None else ()
        is_drawn = len(axes) > 2
        self.radar.setVisible(is_drawn)
        self.legend.setVisible(is_drawn)
        sentence = radar.sentence if radar is not None else ""
        say(self.sentence, sentence)
        shown = [
            RadarAxis(axis.title, *(_number(value) for value in (axis.intended, axis.measured, axis.spread)))
            for axis in axes
        ]
        self.radar.show_axes(shown, sentence)

    def _show_scales(self, row: Interview, radar: Radar | None) -> None:
        axes = {axis.name: axis for axis in radar.axes} if radar is not None else {}
        rows: list[tuple[object, list[Cell], str]] = []
        for name, scale in row.scales.items():
            if not isinstance(scale, dict):
                continue
            axis, title = axes.get(name), str(scale.get("title", name))
            meant = axis.intended if axis is not None else None
            found = axis.measured if axis is not None else _number(scale.get("value"))
            spread = axis.spread if axis is not None else _number(scale.get("spread"))
            raw = fill(
                self.tr("Sum %1 of %2 to %3, %4 items answered. %5"),
                *(_short(_number(scale.get(key))) for key in ("value", "low", "high", "n_answered")),
                scale.get("reason") or "",
            )
            rows.append((name, [(title, title), _cell(meant), _cell(found), _cell(spread)], raw))
        self.scales.show_rows(rows)
        self.scales.setVisible(bool(rows))

    def _show_stability(self, over: OverScene | None) -> None:
        points = over.points if over is not None else ()
        self.over_scene.setVisible(len(points) > 1)
        if over is None:
            say(self.stability, "")
            return
        if len(points) < 2:
            say(self.stability, over.reason or "")
            return
        say(self.stability, self.tr("Over the scene: the same scale at each point, and its standard deviation."))
        numbers = [str(point.number) for point in points]
        self.over_scene.setColumnCount(len(points) + 2)
        self.over_scene.setHorizontalHeaderLabels([self.tr("Scale"), *numbers, self.tr("sd")])
        names = {name: None for point in points for name in point.scales}
        titles = {self.scales.key_of(at): self.scales.texts(at)[0] for at in range(self.scales.rowCount())}
        rows: list[tuple[object, list[Cell], str]] = []
        for name in names:
            title = str(titles.get(name, name))
            cells = [(title, title), *(_cell(point.scales.get(name)) for point in points)]
            rows.append((name, [*cells, _cell(over.stability.get(name))], title))
        self.over_scene.show_rows(rows)

    def _show_items(self, row: Interview) -> None:
        rows: list[tuple[object, list[Cell], str]] = []
        bars: dict[object, list[float]] = {}
        for answer in row.answers:
            number, text = answer.get("number"), str(answer.get("text", ""))
            value = _number(answer.get("value"))
            shares = _shares(answer.get("probabilities"))
            bars[number] = shares
            said = ", ".join(f"{point}: {share:.0%}" for point, share in enumerate(shares, 1))
            tip = str(answer.get("words") or answer.get("reason") or said)
            order = float(number) if isinstance(number, int) else 0.0
            shown = _short(value) if value is not None else self.tr("none")
            likeliest = float(max(shares, default=0.0))
            words_said = answer.get("words")
            shown_text = f"{number}. {text}" + (f"\n“{words_said}”" if words_said else "")
            cells: list[Cell] = [(shown_text, order), (shown, value or 0.0), ("", likeliest)]
            rows.append((number, cells, tip))
        self.items.show_rows(rows)
        for at in range(self.items.rowCount()):
            item, shares = self.items.item(at, _BARS_COLUMN), bars.get(self.items.key_of(at), [])
            if item is not None:
                item.setData(BARS_ROLE, shares)
                said = ", ".join(f"{point}: {share:.0%}" for point, share in enumerate(shares, 1))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
        self.items.setColumnHidden(_BARS_COLUMN, not any(bars.values()))
        self._items_fold.set_note(str(len(rows)))
        self._items_fold.setVisible(bool(rows))

    def _say_leaning(self, record: Mapping[str, Any]) -> str:
        leaning = _number(record.get("acquiescence"))
        if leaning is None:
            return ""
        said = self.tr("Leans to agree by %1 points.") if leaning > 0 else self.tr("Leans to disagree by %1 points.")
        return fill(said, f"{abs(leaning):.2f}")


def _say_weights(record: Mapping[str, Any]) -> str:
    weights = record.get("weights")
    name = weights.get("name") if isinstance(weights, dict) else ""
    return f"{name}." if isinstance(name, str) and name else ""


def _number(value: object) -> float | None:
    """Returns a number that can be shown: a pack may bring anything."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _short(value: float | None) -> str:
    return MISSING if value is None else f"{value:.0f}" if value == round(value) else f"{value:.1f}"


def _cell(value: float | None) -> Cell:
    return number_cell(value, "{:.0f}" if value is not None and value >= 10 else "{:.1f}")


def _shares(value: object) -> list[float]:
    if not isinstance(value, list):
        return []
    shares = [_number(one) for one in value]
    return [share for share in shares if share is not None] if None not in shares else []
