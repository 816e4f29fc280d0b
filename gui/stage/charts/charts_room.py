"""The room of the charts."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.stage.charts.charts_panel import ChartsPanel
from gui.stage.session import StageSession
from gui.stage.side_room import SideRoom
from gui.workspace import Workspace


class ChartsRoom(SideRoom):
    """Fidelity, live."""

    KEY = "charts"
    ICON = "mdi6.chart-line"

    row_clicked = Signal(int)
    """A turn of the branch was clicked."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self.panel = ChartsPanel(workspace, session)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        self.panel.row_clicked.connect(self.row_clicked)

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Charts")
