"""The right side of the Stage: one of its rooms at a time, such as the charts, the world, or the X-ray of a turn."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from gui.stage.charts.charts_panel import ChartsPanel
from gui.stage.charts.charts_room import ChartsRoom
from gui.stage.room_tabs import RoomTabs
from gui.stage.session import StageSession
from gui.stage.side_room import SideRoom
from gui.stage.side_rooms import ROOMS
from gui.stage.turn_detail import TurnDetail
from gui.stage.xray.xray_room import XrayRoom
from gui.workspace import Workspace

ROOM_KEY = "stage.room"
"""In `AppSettings.window`: the room that was shown last."""


class SidePanel(QWidget):
    """The rooms, and who and what they are told is selected."""

    row_clicked = Signal(int)
    """A turn of the branch was clicked in a chart."""
    turn_wanted = Signal(int)
    """A turn of any branch is to be shown."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self._turn_id: int | None = None
        self._role_id = ""
        self._before_xray = ChartsRoom.KEY
        self.rooms: dict[str, SideRoom] = {one.KEY: one(workspace, session) for one in ROOMS}
        self._keys = list(self.rooms)
        self.tabs = RoomTabs()
        self.tabs.setAccessibleName(self.tr("Rooms of this side"))
        self._pages = QStackedWidget()
        for room in self.rooms.values():
            self.tabs.add_room(room.title(), room.ICON)
            self._pages.addWidget(room)
            room.turn_wanted.connect(self.turn_wanted)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(6, 2, 6, 0)
        tabs.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(tabs)
        layout.addWidget(self._pages, 1)
        self._show_remembered()
        self.tabs.currentChanged.connect(self._on_room_changed)
        self.charts_room.row_clicked.connect(self.row_clicked)
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self._on_path_changed)

    @property
    def charts_room(self) -> ChartsRoom:
        """The room of the charts."""
        room = self.rooms[ChartsRoom.KEY]
        assert isinstance(room, ChartsRoom)
        return room

    @property
    def charts(self) -> ChartsPanel:
        """The charts."""
        return self.charts_room.panel

    @property
    def xray(self) -> XrayRoom:
        """The X-ray."""
        room = self.rooms[XrayRoom.KEY]
        assert isinstance(room, XrayRoom)
        return room

    @property
    def detail(self) -> TurnDetail:
        """The turn that the X-ray shows."""
        return self.xray.detail

    @property
    def room(self) -> SideRoom:
        """The room in sight."""
        return self.rooms[self._keys[self.tabs.currentIndex()]]

    @property
    def shows_detail(self) -> bool:
        """Whether the X-ray is in sight."""
        return self.room is self.xray

    @property
    def selected_turn_id(self) -> int | None:
        """The turn that is selected in the transcript."""
        return self._turn_id

    def show_room(self, key: str) -> None:
        """Brings a room to the front."""
        if key in self.rooms:
            self.tabs.setCurrentIndex(self._keys.index(key))

    def show_turn(self, turn_id: int) -> None:
        """Brings the X-ray of a turn to the front."""
        if self._session.tree.get(turn_id) is not None:
            self.select_turn(turn_id)
            self.show_room(XrayRoom.KEY)

    def leave_detail(self) -> None:
        """Goes from the X-ray to the room that was shown before it."""
        if self.shows_detail:
            self.show_room(self._before_xray)

    def select_turn(self, turn_id: int | None) -> None:
        """Tells the rooms which turn is selected in the transcript."""
        head = self._session.head
        self._turn_id = None if head is not None and turn_id == head.id else turn_id
        turn = self._session.tree.get(turn_id)
        self.charts.select_row(turn.number - 1 if turn is not None else -1)
        if turn is not None and self._is_of_cast(turn.speaker_id):
            self._role_id = turn.speaker_id
        self._tell(self.room)

    def show_role(self, role_id: str) -> None:
        """Tells the rooms which member of the cast is chosen."""
        self._role_id = role_id
        self.room.show_role(role_id)

    def _tell(self, room: SideRoom) -> None:
        room.show_turn(None if self._session.head is None else self._turn_id)
        if self._role_id:
            room.show_role(self._role_id)

    def _is_of_cast(self, speaker_id: str) -> bool:
        script = self._session.script
        return script is not None and script.part(speaker_id) is not None

    def _on_room_changed(self, place: int) -> None:
        before = self._pages.currentWidget()
        if isinstance(before, SideRoom) and before is not self.xray:
            self._before_xray = before.KEY
        self._tell(self.room)
        self._pages.setCurrentIndex(place)
        self._remember(self._keys[place])

    def _on_path_changed(self, first: int) -> None:
        """An edit or another alternative takes the place of the turn that is selected."""
        turn, path = self._session.tree.get(self._turn_id), self._session.path
        if turn is None or turn.number <= first:
            return
        self.select_turn(path[turn.number - 1].id if turn.number <= len(path) else None)

    def _on_opened(self) -> None:
        self._role_id = ""
        self.select_turn(None)

    def _show_remembered(self) -> None:
        key = self._workspace.settings.window.get(ROOM_KEY, "")
        place = self._keys.index(key) if key in self.rooms else 0
        self.tabs.setCurrentIndex(place)
        self._pages.setCurrentIndex(place)

    def _remember(self, key: str) -> None:
        def change(settings: AppSettings) -> None:
            settings.window = {**settings.window, ROOM_KEY: key}

        self._workspace.attempt(lambda: self._workspace.change_settings(change))
