"""What single charts of the place let one choose, and what can be done in all of it by a key."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton

from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.chart_card import ChartCard
from gui.fidelity.top_bar import menu_words
from gui.fidelity.views.heat_map import HeatMapView
from gui.fidelity.views.radar import RadarView
from gui.fidelity.views.scatter import ScatterView

if TYPE_CHECKING:
    from gui.fidelity.place import FidelityPlace


class ChartTools(QObject):
    """Buttons in the heads of the heat map, the radar and the scatter plot."""

    def __init__(self, board: Board, cards: Mapping[str, ChartCard], parent: QObject) -> None:
        super().__init__(parent)
        self._board = board
        heat, radar, scatter = (cards[key].view for key in (HeatMapView.KEY, RadarView.KEY, ScatterView.KEY))
        assert isinstance(heat, HeatMapView)
        assert isinstance(radar, RadarView)
        assert isinstance(scatter, ScatterView)
        self._scatter = scatter
        self.rank_button = _tool("mdi6.sort-descending", self.tr("Colour by rank instead of distance"))
        self.rank_button.setCheckable(True)
        self.rank_button.toggled.connect(heat.color_by_rank)
        self.measures_button = _tool("mdi6.chart-bar", self.tr("Show the measures instead of the interviews"))
        self.measures_button.setCheckable(True)
        self.measures_button.toggled.connect(radar.show_measures)
        self.measures_button.hide()
        radar.caption_changed.connect(lambda: self.measures_button.setVisible(radar.has_interviews))
        self.other_button = self._make_other()
        cards[heat.KEY].tools.insertWidget(0, self.rank_button)
        cards[radar.KEY].tools.insertWidget(0, self.measures_button)
        cards[scatter.KEY].tools.insertWidget(0, self.other_button)

    def _make_other(self) -> QToolButton:
        button = _tool("mdi6.arrow-up-down", self.tr("Choose the measure along the height"))
        button.setAccessibleName(self.tr("Measure along the height"))
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.other_menu = QMenu(button)
        self.other_menu.aboutToShow.connect(self._fill_others)
        button.setMenu(self.other_menu)
        return button

    def _fill_others(self) -> None:
        self.other_menu.clear()
        shown = self._scatter.other_column()
        for column in self._board.turn_columns():
            if column.key != self._board.metric:
                action = self.other_menu.addAction(menu_words(column.title))
                action.setCheckable(True)
                action.setChecked(shown is not None and column.key == shown.key)
                action.triggered.connect(lambda _checked, key=column.key: self._scatter.choose_other(key))


class PlaceActions(QObject):
    """What can be done in the place."""

    def __init__(self, place: "FidelityPlace") -> None:
        super().__init__(place)
        self._place = place
        self.all: list[QAction] = []
        self.export = self._act(self.tr("Export chart…"), "Ctrl+E", lambda: place.card_in_use().open_menu())
        self.table = self._act(self.tr("Show chart as a table"), "Ctrl+Shift+T", self._toggle_table)
        self.metric = self._act(self.tr("Choose the measure"), "Ctrl+M", place.top.metric_button.showMenu)
        self.clear = self._act(self.tr("Select nothing"), "", place.board.selection.clear)
        self.stage = self._act(self.tr("Open the turn on the Stage"), "Ctrl+Return", self._open_on_stage)

    def _act(self, text: str, keys: str, run: Callable[[], object]) -> QAction:
        action = QAction(text, self._place)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(run)
        self._place.addAction(action)
        self.all.append(action)
        return action

    def _toggle_table(self) -> None:
        card = self._place.card_in_use()
        card.show_as_table(not card.table_button.isChecked())

    def _open_on_stage(self) -> None:
        if turn_id := self._place.board.turn_id:
            self._place.board.open_on_stage(turn_id)


def _tool(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    theme.set_kind(button, "ghost")
    button.setIcon(theme.icon(icon, "dim", on="accent"))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setIconSize(QSize(18, 18))
    return button
