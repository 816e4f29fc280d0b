"""The open scenario as its editor reads it: world, roles, beats and links, kept true while rows change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.library.beats import get_beat, get_link, list_beats, list_links
from core.library.scenarios import get_scenario
from core.world.graph import Story, StoryBeat, StoryLink, make_role
from core.world.meaning import Reader
from gui.characters.row_news import MANY
from gui.scenarios.beats.card import RoleName
from gui.scenarios.beats.graph import Graph, make_graph
from gui.scenarios.cast import Cast
from gui.widgets.portrait import Face
from gui.workspace import Workspace
from models.beat import Beat, BeatLink
from models.scenario import Role
from models.stage import HearingRules, NarratorMode, StageRules
from models.world import World

Row = TypeVar("Row", Beat, BeatLink)
TABLES = ("beat", "beat_link")
"""What is read beside the scenario, its roles and their characters."""


@dataclass(frozen=True, slots=True)
class NamedRole:
    """A role as the editor names it: its own name, else that of its character."""

    id: str
    name: str
    face: Face | None


class OpenStory(QObject):
    """What the tabs of the editor show. Everything is empty while no scenario is open."""

    opened = Signal()
    """Another scenario, or none."""
    changed = Signal()
    """The same scenario, and something of it is otherwise."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.scenario_id = ""
        self.world = World()
        self.hearing = HearingRules()
        self.has_acts = False
        self.graph = Graph()
        self.cast = Cast()
        self._reader: Reader | None = None

    @property
    def story(self) -> Story:
        """The story as it is kept now, for conditions and the checker."""
        return self.reader.scope.story

    @property
    def reader(self) -> Reader:
        """Reads conditions and effects in this story."""
        if self._reader is None:
            self._reader = Reader(self._make_story())
        return self._reader

    @property
    def roles(self) -> tuple[NamedRole, ...]:
        """The roles in order, each with a name to show."""
        faces = self.cast.faces
        return tuple(
            NamedRole(role.id, self._name_of(role, number, faces.get(role.id)), faces.get(role.id))
            for number, role in enumerate(self.cast.roles, start=1)
        )

    @property
    def role_names(self) -> dict[str, RoleName]:
        """Role id -> name and colour, for cards."""
        return {
            role.id: RoleName(role.name, role.face.color_index if role.face is not None else None)
            for role in self.roles
        }

    def open(self, scenario_id: str, cast: Cast) -> None:
        """Reads another scenario."""
        self.scenario_id, self.cast = scenario_id, cast
        self._read_world()
        self._read_graph()
        self._reader = None
        self.opened.emit()

    def close(self) -> None:
        """Lets go of the scenario."""
        if self.scenario_id:
            self.scenario_id, self.world, self.graph, self.cast = "", World(), Graph(), Cast()
            self._reader = None
            self.opened.emit()

    def refresh(self, cast: Cast, news: Mapping[str, set[str]] | None = None) -> None:
        """Reads again what changed: ids by table; everything when None."""
        if not self.scenario_id:
            return
        changed = _plain_cast(cast) != _plain_cast(self.cast)
        self.cast = cast
        if news is None or self.scenario_id in news.get("scenario", ()):
            before = self.world, self.hearing, self.has_acts
            self._read_world()
            changed = changed or (self.world, self.hearing, self.has_acts) != before
        beats, links = (news or {}).get("beat", set()), (news or {}).get("beat_link", set())
        if news is None or len(beats) + len(links) >= MANY:
            self._read_graph()
            changed = True
        elif beats or links:
            changed = self._read_parts(beats, links) or changed
        if changed:
            self._reader = None
            self.changed.emit()

    def refresh_world(self) -> None:
        """Reads the world again at once, without waiting for news."""
        self.refresh(self.cast, {"scenario": {self.scenario_id}})

    def refresh_graph(self) -> None:
        """Reads beats and links again at once."""
        self.refresh(self.cast)

    def _name_of(self, role: Role, number: int, face: Face | None) -> str:
        return role.name or (face.name if face is not None else self.tr("Role %1").replace("%1", str(number)))

    def _make_story(self) -> Story:
        names = {one.id: (one.name, one.nickname) for one in self.cast.characters.values()}
        roles = tuple(
            make_role(role.id, role.name, names.get(role.character_id or "", ()), role.character_id)
            for role in self.cast.roles
        )
        return Story(
            world=self.world,
            roles=roles,
            beats=tuple(StoryBeat.model_construct(**beat.model_dump()) for beat in self.graph.beats.values()),
            links=tuple(StoryLink.model_construct(**link.model_dump()) for link in self.graph.links.values()),
            hearing=self.hearing,
            has_acts=self.has_acts,
        )

    def _read_world(self) -> None:
        scenario = get_scenario(self.workspace.project, self.scenario_id)
        try:
            self.world = World.read(scenario.world) if scenario is not None else World()
            rules = StageRules.read(scenario.stage if scenario is not None else {})
            self.hearing, self.has_acts = rules.hearing, rules.narrator.mode != NarratorMode.OFF
        except ValueError as error:
            raise UserError(
                "The world of this scenario was made by another version of Tableread.", "Update Tableread to edit it."
            ) from error

    def _read_graph(self) -> None:
        project = self.workspace.project
        self.graph = make_graph(list_beats(project, self.scenario_id), list_links(project, self.scenario_id))

    def _read_parts(self, beat_ids: set[str], link_ids: set[str]) -> bool:
        """Reads some beats and links; returns whether any of them is otherwise."""
        project = self.workspace.project
        beats: dict[str, Beat] = dict(self.graph.beats)
        links: dict[str, BeatLink] = dict(self.graph.links)
        changes = [
            *(_replace(beats, beat_id, get_beat(project, beat_id), self.scenario_id) for beat_id in beat_ids),
            *(_replace(links, link_id, get_link(project, link_id), self.scenario_id) for link_id in link_ids),
        ]
        if any(changes):
            self.graph = make_graph(beats.values(), links.values())
        return any(changes)


def _replace(rows: dict[str, Row], key: str, fresh: Row | None, scenario_id: str) -> bool:
    """Puts a row in the place of what was known; returns whether that was otherwise."""
    known = rows.pop(key, None)
    if fresh is not None and fresh.scenario_id == scenario_id:
        rows[key] = fresh
    now = rows.get(key)
    return (known.model_dump() if known else None) != (now.model_dump() if now else None)


def _plain_cast(cast: Cast) -> list[object]:
    people = cast.characters
    return [
        (
            role.model_dump(),
            (one.name, one.nickname, one.portrait) if (one := people.get(role.character_id or "")) else None,
        )
        for role in cast.roles
    ]
