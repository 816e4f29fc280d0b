"""The right side of the Stage: the charts, or the X-ray of one turn."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.stage.charts_panel import ChartsPanel
from gui.stage.fill import fill
from gui.stage.session import StageSession
from gui.stage.turn_detail import TurnDetail
from gui.workspace import Workspace

CHARTS, DETAIL = 0, 1


class SidePanel(QWidget):
    """Two tabs. The one of the turn is there once a turn was looked into."""

    row_clicked = Signal(int)
    """A turn was clicked in a chart."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.charts = ChartsPanel(workspace, session)
        self.detail = TurnDetail(workspace, session)
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setAccessibleName(self.tr("Charts or details of a turn"))
        self._tabs.addTab(self.tr("Fidelity, live"))
        self._tabs.addTab("")
        self._tabs.setTabVisible(DETAIL, False)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.charts)
        self._pages.addWidget(self.detail)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(14, 4, 12, 0)
        tabs.addWidget(self._tabs)
        layout.addLayout(tabs)
        layout.addWidget(self._pages, 1)
        self.charts.row_clicked.connect(self.row_clicked)
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self._on_path_changed)

    @property
    def shows_detail(self) -> bool:
        """Whether the X-ray is in sight."""
        return self._tabs.currentIndex() == DETAIL

    def show_turn(self, turn_id: int) -> None:
        """Brings the X-ray of a turn to the front."""
        if self._session.tree.get(turn_id) is not None:
            self._tabs.setTabVisible(DETAIL, True)
            self.follow_turn(turn_id)
            self._tabs.setCurrentIndex(DETAIL)

    def follow_turn(self, turn_id: int) -> None:
        """Has the X-ray be of another turn, whichever tab is in front; does nothing before the first was wanted."""
        turn = self._session.tree.get(turn_id)
        if turn is not None and self._tabs.isTabVisible(DETAIL):
            self.detail.show_turn(turn_id)
            self._tabs.setTabText(DETAIL, fill(self.tr("Turn %1"), turn.number))

    def show_charts(self) -> None:
        """Shows the charts."""
        self._tabs.setCurrentIndex(CHARTS)

    def _on_path_changed(self, first: int) -> None:
        """An edit or another alternative takes the place of the turn that is shown."""
        turn, path = self._session.tree.get(self.detail.turn_id), self._session.path
        if turn is not None and first < turn.number <= len(path):
            self.follow_turn(path[turn.number - 1].id)

    def _on_opened(self) -> None:
        self.show_charts()
        self._tabs.setTabVisible(DETAIL, False)
