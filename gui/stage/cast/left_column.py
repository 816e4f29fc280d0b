"""The left side of the Stage: the cast, how the words are shared among them, and the map of branches."""

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.stage.branch_map import BranchMap
from gui.stage.cast.balance_follower import BalanceFollower
from gui.stage.cast.balance_meter import BalanceMeter
from gui.stage.cast.cast_panel import CastPanel
from gui.stage.session import StageSession
from gui.stage.transcript.scrolling import scroll_area
from gui.widgets.portrait import PictureCache
from gui.workspace import Workspace

MAX_MAP_HEIGHT = 220


class LeftColumn(QWidget):
    """One below the other, as long as there is room; the whole scrolls."""

    def __init__(
        self, workspace: Workspace, session: StageSession, pictures: PictureCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.cast = CastPanel(session, pictures)
        self.balance = BalanceMeter()
        BalanceFollower(workspace, session, self.balance)
        self.map = BranchMap(session)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(8)
        column.addWidget(_heading(self.tr("Cast")))
        column.addWidget(self.cast)
        column.addWidget(self.balance)
        column.addSpacing(12)
        column.addWidget(_heading(self.tr("Branches")))
        column.addWidget(self._make_map_card())
        column.addStretch(1)

    def _make_map_card(self) -> QFrame:
        scroll = scroll_area(self.map)
        self.map.height_changed.connect(lambda height: scroll.setFixedHeight(min(height, MAX_MAP_HEIGHT)))
        scroll.setFixedHeight(self.map.sizeHint().height())
        card = QFrame()
        theme.set_kind(card, "card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(scroll)
        return card


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_kind(label, "heading")
    return label
