"""The window of the relationship map: everybody, or the cast of one scenario, and the fields of one arrow."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from core.library.characters import list_characters
from core.library.relationships import list_relationships
from core.library.scenarios import list_roles, list_scenarios
from core.library.settings import get_setting, set_setting
from gui import theme
from gui.characters.row_news import RowNews
from gui.relationships.edge_panel import EdgePanel
from gui.relationships.map_view import MapView
from gui.widgets.portrait import Face, PictureCache, find_color_indexes
from gui.workspace import Workspace

PLACES_KEY = "relationships.places"
MAX_PEOPLE = 60
FARTHEST = 100_000.0
"""From the middle, in pixels."""


class RelationshipDialog(QDialog):
    """Stays open beside the window."""

    character_opened = Signal(str)

    def __init__(self, workspace: Workspace, scenario_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Relationships"))
        self.resize(1120, 720)
        self._workspace = workspace
        self._faces: dict[str, Face] = {}
        self.map = MapView(PictureCache(workspace, self))
        self.panel = EdgePanel(workspace)
        self.scope = QComboBox()
        self.scope.setAccessibleName(self.tr("Whose relationships"))
        self.others = QComboBox()
        self.others.setAccessibleName(self.tr("To whom"))
        self.hint = QLabel()
        theme.set_kind(self.hint, "small")
        self._fill_scopes(scenario_id)
        self._lay_out()
        self._connect()
        self.read()

    def read(self) -> None:
        """Shows the people of the scope and all that is between them."""
        project = self._workspace.project
        characters = list_characters(project)
        wanted = self._people_wanted([character.id for character in characters])
        colors = find_color_indexes(project, characters)
        by_id = {character.id: character for character in characters}
        shown = [by_id[one] for one in wanted if one in by_id][:MAX_PEOPLE]
        self._faces = {one.id: Face(one.name, colors.get(one.id, 0), one.portrait) for one in shown}
        kept = _places_of(get_setting(project, PLACES_KEY, {}), set(self._faces))
        self.map.show_people(self._faces, list_relationships(project, list(self._faces)), kept)
        n_left = len(wanted) - len(shown)
        self.hint.setText(
            self.tr("%1 more are not shown; choose a scenario.").replace("%1", str(n_left))
            if n_left > 0
            else self.tr("Right-drag or Shift-drag from one portrait to another draws an arrow.")
        )
        if all(self.panel.pair):
            self.open_edge(*self.panel.pair)

    def open_edge(self, character_id: str, other_id: str) -> None:
        """Opens what one is to another, said or not."""
        if character_id not in self._faces or other_id not in self._faces:
            self.panel.show_none()
            return
        edges = list_relationships(self._workspace.project, [character_id, other_id])
        row = next((edge for edge in edges if edge.character_id == character_id), None)
        names = self._faces[character_id].name, self._faces[other_id].name
        self.panel.show_edge((character_id, other_id), names, row)
        self.map.show_edge(character_id, other_id)

    def showEvent(self, event: QShowEvent) -> None:
        """Shows everybody at first."""
        super().showEvent(event)
        self.map.fit()

    def done(self, result: int) -> None:
        """Keeps what was typed."""
        self.panel.flush()
        self._news.stop()
        super().done(result)

    def _people_wanted(self, everybody: list[str]) -> list[str]:
        scenario_id = str(self.scope.currentData())
        if not scenario_id:
            return everybody
        roles = list_roles(self._workspace.project, scenario_id)
        return list(dict.fromkeys(role.character_id for role in roles if role.character_id))

    def _fill_scopes(self, scenario_id: str) -> None:
        self.scope.addItem(self.tr("Everybody"), "")
        for scenario in list_scenarios(self._workspace.project):
            self.scope.addItem(scenario.name, scenario.id)
        self.scope.setCurrentIndex(max(self.scope.findData(scenario_id), 0))

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 12, 16, 4)
        fit = QPushButton(self.tr("Fit"))
        fit.clicked.connect(self.map.fit)
        bar.addWidget(self.scope)
        bar.addWidget(fit)
        bar.addWidget(self.others)
        bar.addWidget(self.hint, 1)
        self.others.hide()
        splitter = QSplitter()
        splitter.addWidget(self.map)
        splitter.addWidget(self.panel)
        splitter.setSizes([760, 360])
        splitter.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(bar)
        whole.addWidget(splitter, 1)

    def _connect(self) -> None:
        self.scope.currentIndexChanged.connect(lambda _place: (self.panel.show_none(), self.read(), self.map.fit()))
        self.map.edge_chosen.connect(self.open_edge)
        self.map.person_chosen.connect(self._offer_others)
        self.map.person_opened.connect(self.character_opened)
        self.map.moved.connect(self._keep_places)
        self.panel.turned.connect(lambda: self.open_edge(*reversed(self.panel.pair)))
        self.others.activated.connect(self._on_other_chosen)
        self._news = RowNews(self._workspace, ("relationship", "character", "role"), self)
        self._news.arrived.connect(lambda _news: self._workspace.attempt(self.read))

    def _offer_others(self, character_id: str) -> None:
        """Lists whom the chosen person may be related to: the way to draw an arrow by keys."""
        self.others.clear()
        name = self._faces[character_id].name
        self.others.addItem(self.tr("%1 and …").replace("%1", name), "")
        for other_id, face in self._faces.items():
            if other_id != character_id:
                self.others.addItem(face.name, f"{character_id} {other_id}")
        self.others.show()

    def _on_other_chosen(self, _place: int) -> None:
        pair = str(self.others.currentData()).split()
        if len(pair) == 2:
            self.open_edge(*pair)
            self.panel.fields["label"].setFocus()

    def _keep_places(self, places: dict[str, list[float]]) -> None:
        project = self._workspace.project

        def keep() -> None:
            kept = get_setting(project, PLACES_KEY, {})
            known = kept if isinstance(kept, dict) else {}
            if {**known, **places} != known:
                set_setting(project, PLACES_KEY, {**known, **places})

        self._workspace.attempt(keep)


def _places_of(kept: object, people: set[str]) -> dict[str, list[float]]:
    """Returns the places that are two numbers a screen can have; a project from elsewhere may hold anything."""
    return {
        one: place
        for one, place in (kept.items() if isinstance(kept, dict) else ())
        if one in people
        and isinstance(place, list)
        and len(place) == 2
        and all(isinstance(side, int | float) and abs(side) <= FARTHEST for side in place)
    }
