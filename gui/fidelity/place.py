"""Fidelity: the scores of one playtest or many, as views in which every point leads into the text."""

import importlib
import importlib.util
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.characters.empty import EmptyPlace
from gui.fidelity.arrangement import arrange
from gui.fidelity.board import Board
from gui.fidelity.chart import Chart
from gui.fidelity.chart_card import ChartCard
from gui.fidelity.detail_card import DetailCard
from gui.fidelity.grid import CardGrid
from gui.fidelity.panel_list import DETAIL_ACTIONS, PANELS, make_panel
from gui.fidelity.place_tools import ChartTools, PlaceActions
from gui.fidelity.sources import PlaytestRow, Sources, read_playtest_rows
from gui.fidelity.top_bar import TopBar
from gui.fidelity.views.comparison import ComparisonView
from gui.fidelity.views.distributions import DistributionsView
from gui.fidelity.views.heat_map import HeatMapView
from gui.fidelity.views.lines import LinesView
from gui.fidelity.views.radar import RadarView
from gui.fidelity.views.scatter import ScatterView
from gui.fidelity.views.timeline import TimelineView
from gui.fidelity.views.worst import WorstView
from gui.place import Place
from gui.stage.fill import fill
from gui.stage.room_tabs import RoomTabs
from gui.workspace import Workspace

SOURCES_PX, SIDE_PX = 204, 320
"""Widths at 100 %, where there is room for them."""
SOURCES_SHARE, SIDE_SHARE = 0.19, 0.29
"""Of the width, at most: large text leaves the middle its room too."""
NARROW_HEADS = 4
"""So many columns of the heat map fit into half the width."""
CARD_PX = 24
"""What a card takes of its width beside the view."""
REFRESH_MS = 300
_TABLES = frozenset({"playtest", "turn"})


class FidelityPlace(Place):
    """All views of the lab, and what is beside them."""

    TITLE = "Fidelity"
    ICON = "mdi6.chart-scatter-plot"
    HELP = QCoreApplication.translate(
        "FidelityPlace",
        "How true the characters stay, as charts that lead into the text.\n"
        "On the left, check the playtests and branches that are shown; several are compared. Above the charts, choose "
        "the measure that all of them look at, and whose turns.\n"
        "Click any point, cell or row: its turn opens on the right, with the words, the line of the persona and the "
        "reason for each score. A double-click goes to it on the Stage. Drag over points to select them: they are "
        "selected in all charts. Escape selects nothing.\n"
        "In a chart, arrow keys go from point to point, Enter opens one, Space selects it. Ctrl+Shift+T shows a "
        "chart as a table, Ctrl+E exports it as a picture or as numbers.",
    )

    note_raised = Signal(str, str)
    """A word about what was done, and a hint."""
    import_requested = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.board = Board(workspace, self)
        self.rows: list[PlaytestRow] = []
        self._wanted = ""
        """A playtest that was asked for before the list was read."""
        self._is_stale = True
        self._reading = 0
        self._is_wide = False
        self.sources = Sources(self.board)
        self.top = TopBar(self.board)
        self.detail = DetailCard(self.board)
        self.cards = self._make_cards()
        self.tools = ChartTools(self.board, self.cards, self)
        self.grid = CardGrid(arrange(self.cards))
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.actions_of_turn: list[QAction] = []
        self.acts = PlaceActions(self)
        self._lay_out()
        self._connect()
        self._install_detail_actions()

    # What the window asks

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows a playtest alone."""
        if kind == "playtest" and entity_id:
            self._wanted = entity_id
            self.refresh()

    def current_entity(self) -> tuple[str, str]:
        """Returns the playtest, where one is shown alone."""
        ids = self.board.playtest_ids
        return ("playtest", ids[0]) if len(ids) == 1 else ("", "")

    def place_actions(self) -> list[QAction]:
        """Returns what can be done here."""
        panels = [action for panel in self._panels.values() for action in self._actions_of(panel)]
        return [*self.acts.all, *self.actions_of_turn, *panels]

    def stop_and_wait(self) -> None:
        """Ends what the panels are doing: the project is about to change or to close."""
        self.top.catch_up.stop_and_wait()
        self._tell_panels("stop_and_wait")
        for worker in self.board.children():
            if hasattr(worker, "stop_and_wait"):
                worker.stop_and_wait()

    def flush(self) -> None:
        """Keeps what was typed into the panels."""
        self._tell_panels("flush")

    def _tell_panels(self, what: str) -> None:
        for panel in self._panels.values():
            if hasattr(panel, what):
                getattr(panel, what)()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what changed in the meantime."""
        super().showEvent(event)
        self.board.wake(True)
        if self._is_stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Reads nothing while nobody looks."""
        super().hideEvent(event)
        self.board.wake(False)

    def refresh(self) -> None:
        """Reads which playtests there are."""
        self._is_stale = False
        self._timer.stop()
        self._reading += 1
        number, project = self._reading, self.workspace.project

        def show(rows: list[PlaytestRow]) -> None:
            if number == self._reading:
                self._show_rows(rows)

        self.workspace.jobs.run(lambda: read_playtest_rows(project), show, is_long=True)

    # How it is put together

    def _make_cards(self) -> dict[str, ChartCard]:
        board = self.board
        self.lines, self.heat = LinesView(board), HeatMapView(board)
        self.distributions, self.scatter = DistributionsView(board), ScatterView(board)
        self.timeline, self.comparison = TimelineView(board), ComparisonView(board)
        self.radar, self.worst = RadarView(board), WorstView(board)
        views = (
            self.lines,
            self.heat,
            self.distributions,
            self.scatter,
            self.timeline,
            self.comparison,
            self.radar,
            self.worst,
        )
        for place, view in enumerate(views):
            view.stand_at(place)
        return {view.KEY: ChartCard(view) for view in views}

    def _lay_out(self) -> None:
        self.page = QScrollArea()
        self.page.setWidgetResizable(True)
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.page.setWidget(self.grid)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.top)
        middle.addWidget(self.page, 1)
        self._side = self._make_side()
        full = QWidget()
        row = QHBoxLayout(full)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sources)
        row.addWidget(_hairline())
        row.addLayout(middle, 1)
        row.addWidget(_hairline())
        row.addWidget(self._side)
        self.empty = self._make_empty()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(full)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._fit()

    def _make_side(self) -> QFrame:
        side = QFrame()
        theme.set_kind(side, "panel")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(0)
        self.tabs = RoomTabs()
        self.tabs.setAccessibleName(self.tr("What is beside the charts"))
        self.tabs.add_room(self.tr("Turn"), "mdi6.comment-text-outline")
        for spec in PANELS:
            self.tabs.add_room(QCoreApplication.translate("FidelityPanels", spec.title), spec.icon)
        self.tabs.setVisible(bool(PANELS))
        self.tabs.currentChanged.connect(self._show_panel)
        self.beside = QStackedWidget()
        self.beside.addWidget(self.detail)
        self._panels: dict[str, QWidget] = {}
        column.addWidget(self.tabs)
        column.addWidget(self.beside, 1)
        return side

    def _make_empty(self) -> EmptyPlace:
        empty = EmptyPlace(
            self.ICON,
            self.tr("Nothing has been played yet"),
            self.tr(
                "Here the scores of a playtest become charts: how well each character keeps to its persona, turn by "
                "turn, beside how people talk. Every point opens the words behind it. Play a few turns, or bring in "
                "a chat that was played elsewhere."
            ),
        )
        self.stage_button = empty.add_button(self.tr("Open the Stage"), "mdi6.play")
        self.stage_button.clicked.connect(lambda: self.open_requested.emit("stage", ""))
        self.import_button = empty.add_button(self.tr("Import a chat…"), "mdi6.tray-arrow-up")
        self.import_button.clicked.connect(self.import_requested)
        return empty

    def _connect(self) -> None:
        board = self.board
        self.sources.chosen.connect(self._on_chosen)
        board.note_raised.connect(self.note_raised)
        board.stage_wanted.connect(self._show_on_stage)
        board.panel_wanted.connect(self.show_panel)
        board.pointed.connect(self._on_pointed)
        board.row_chosen.connect(lambda: self.tabs.setCurrentIndex(0))
        board.frame_changed.connect(self._on_frame_changed)
        self.heat.caption_changed.connect(self._widen)
        self.detail.stage_clicked.connect(self._show_on_stage)
        for card in self.cards.values():
            card.exported.connect(self._on_exported)
        self.workspace.rows_changed.connect(self._on_rows_changed)
        self.workspace.project_opened.connect(self._on_project_opened)
        theme.notifier.theme_changed.connect(self._fit)
        self._on_pointed(0)

    def _install_detail_actions(self) -> None:
        if importlib.util.find_spec(DETAIL_ACTIONS) is not None:
            install = importlib.import_module(DETAIL_ACTIONS).install
            charts = [card.view for card in self.cards.values() if isinstance(card.view, Chart)]
            self.actions_of_turn = list(install(self.board, self.detail, charts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sides give way to the middle where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        left = min(theme.text_px(SOURCES_PX), int(self.width() * SOURCES_SHARE))
        right = min(theme.text_px(SIDE_PX), int(self.width() * SIDE_SHARE))
        self.sources.setFixedWidth(max(left, 120))
        self._side.setFixedWidth(max(right, 180))

    # What is shown

    def _show_rows(self, rows: list[PlaytestRow]) -> None:
        self.rows = rows
        self._stack.setCurrentIndex(1 if rows else 0)
        self.setFocusProxy(self.cards["lines"].view if rows else self.stage_button)
        known = {row.id for row in rows}
        kept = [one for one in self.board.playtest_ids if one in known]
        if self._wanted in known:
            kept, self._wanted = [self._wanted], ""
        if not kept and rows:
            kept = [next((row.id for row in rows if row.n_scores), rows[0].id)]
        heads = {one: self.board.heads.get(one, ()) for one in kept}
        if tuple(kept) != self.board.playtest_ids:
            self.board.show_playtests(kept, heads)
        self.sources.show_rows(rows)

    def _on_chosen(self, ids: list[str], heads: dict[str, Sequence[int]]) -> None:
        if not ids:
            self.sources.fill()  # something is always shown
            return
        self.board.show_playtests(ids, heads)

    def _widen(self) -> None:
        """Gives the heat map the whole width where it compares much, or half would cut the names of measures."""
        room = self.grid.half_px - CARD_PX
        if (is_wide := self.heat.n_heads > NARROW_HEADS or self.heat.least_width() > room) != self._is_wide:
            self._is_wide = is_wide
            self.grid.show_spots(arrange(self.cards, is_wide=is_wide))

    def _on_frame_changed(self) -> None:
        self.acts.stage.setEnabled(bool(self.board.turn_id))

    def _on_rows_changed(self, table: str, _entity_id: str) -> None:
        if table not in _TABLES:
            return
        if self.isVisible():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._is_stale = True

    def _on_project_opened(self) -> None:
        self._reading += 1
        self._wanted = ""
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def _on_pointed(self, turn_id: int) -> None:
        self.acts.stage.setEnabled(bool(turn_id))

    def show_panel(self, key: str) -> None:
        """Shows a panel beside the charts."""
        self.tabs.setCurrentIndex(1 + [spec.key for spec in PANELS].index(key))

    def _show_panel(self, place: int) -> None:
        if place == 0:
            self.beside.setCurrentWidget(self.detail)
            return
        spec = PANELS[place - 1]
        if spec.key not in self._panels:
            panel = self._panels[spec.key] = make_panel(spec, self.board)
            self.beside.addWidget(panel)
        self.beside.setCurrentWidget(self._panels[spec.key])

    def _actions_of(self, panel: QWidget) -> list[QAction]:
        return list(panel.panel_actions()) if hasattr(panel, "panel_actions") else []

    # What a person does

    def card_in_use(self) -> ChartCard:
        """Returns the card that has the focus, else the first."""
        focused = QApplication.focusWidget()
        found = (card for card in self.cards.values() if focused is not None and card.isAncestorOf(focused))
        return next(found, self.cards["lines"])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape selects nothing."""
        if event.key() == Qt.Key.Key_Escape and self.board.selection.n:
            self.board.selection.clear()
        else:
            super().keyPressEvent(event)

    def _show_on_stage(self, turn_id: int) -> None:
        self.open_requested.emit("turn", str(turn_id))

    def _on_exported(self, path: str) -> None:
        self.note_raised.emit(fill(self.tr("Exported to %1"), path), "")


def _hairline() -> QFrame:
    line = QFrame()
    theme.set_kind(line, "vertical-hairline")
    return line
