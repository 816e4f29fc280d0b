"""The cast of a scenario: its roles as cards, to be filled, moved and removed."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from core.library.characters import create_character, list_characters
from core.library.scenarios import add_role, move_role, remove_role, update_role
from core.playtest.story.renames import rename_role
from gui import theme
from gui.characters.roster import Entry
from gui.scenarios.character_picker import CharacterPicker
from gui.scenarios.role_card import RoleCard
from gui.scenarios.script_field import ReadStory
from gui.widgets.portrait import Face, PictureCache, find_color_indexes
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import Role, RoleBase


class CastEditor(QWidget):
    """The roles of one scenario, in order. Every change is kept at once."""

    drafted = Signal()
    role_entered = Signal(str, object)
    """The cursor went into a field of a role: its id, and the BlockOrigin of the field."""
    character_opened = Signal(str)
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(
        self,
        workspace: Workspace,
        counter: TokenCounter,
        cache: PictureCache,
        read_story: ReadStory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._counter = counter
        self._cache = cache
        self._read_story = read_story
        self._scenario_id = ""
        self._roles: dict[str, Role] = {}
        self._cards: dict[str, RoleCard] = {}
        self._casting = ""
        self.picker = CharacterPicker(cache, self)
        self.picker.picked.connect(self._on_picked)
        self.picker.new_requested.connect(self._on_new_character)
        self._empty = QLabel(self.tr("No roles yet. A scene needs one at least; two can talk."))
        theme.set_kind(self._empty, "dim")
        self.add_button = QPushButton(self.tr("Add a role"))
        self.add_button.setIcon(theme.icon("mdi6.plus"))
        self.add_button.clicked.connect(self.add_role)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self._empty)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def cards(self) -> Mapping[str, RoleCard]:
        """The cards by the id of their role, in the order of the cast."""
        return {role_id: self._cards[role_id] for role_id in self._roles}

    def show_roles(self, scenario_id: str, roles: Sequence[Role], faces: Mapping[str, Face]) -> None:
        """Shows the roles of a scenario; cards of roles that stay keep what is being typed.

        Args:
            faces: Role id -> who plays it.
        """
        if scenario_id != self._scenario_id:
            self.close_rows()
        self._scenario_id = scenario_id
        wanted = {role.id: role for role in roles}
        for role_id in [role_id for role_id in self._cards if role_id not in wanted]:
            self._cards[role_id].forget_row()
            self._drop(role_id)
        self._roles = wanted
        for place, role in enumerate(roles):
            if role.id in self._cards:
                self._cards[role.id].refresh(role)
            else:
                self._make_card(role)
            card = self._cards[role.id]
            if self._column.indexOf(card) != place + 1:
                self._move_widget(card, place + 1)
            card.show_player(faces.get(role.id))
            card.show_place(place + 1)
        self._empty.setVisible(not roles)

    def close_rows(self) -> None:
        """Keeps what was typed and lets go of all roles."""
        for role_id in list(self._cards):
            self._cards[role_id].close_row()
            self._drop(role_id)
        self._roles = {}

    def forget_rows(self) -> None:
        """Lets go of roles that are gone."""
        for role_id in list(self._cards):
            self._cards[role_id].forget_row()
            self._drop(role_id)
        self._roles = {}

    def flush(self) -> None:
        """Keeps at once what was typed."""
        for card in self._cards.values():
            card.flush()

    def drafts(self) -> dict[str, RoleBase]:
        """Returns the roles as they would be kept now, by id, in the order of the cast."""
        return {
            role_id: RoleBase.model_construct(
                position=role.position, character_id=role.character_id, **self._cards[role_id].draft()
            )
            for role_id, role in self._roles.items()
        }

    def light(self, role_id: str, origin: BlockOrigin | None) -> None:
        """Points at the field of a role that a block comes from."""
        for other_id, card in self._cards.items():
            card.light(origin if other_id == role_id else None)

    def add_role(self) -> None:
        """Adds a role at the end and asks who plays it."""
        made: list[Role] = []
        project, scenario_id = self._workspace.project, self._scenario_id
        if self._workspace.attempt(lambda: made.append(add_role(project, scenario_id, RoleBase()))):
            role = made[0]
            self._roles[role.id] = role
            card = self._make_card(role)
            self._move_widget(card, len(self._roles))
            card.show_player(None)
            card.show_place(len(self._roles))
            self._empty.hide()
            card.player.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_player(self, role_id: str) -> None:
        """Asks who plays a role."""
        project = self._workspace.project
        characters = list_characters(project)
        colors = find_color_indexes(project, characters)
        entries = [
            Entry(
                character.id,
                character.name,
                character.summary[:200],
                (Face(character.name, colors.get(character.id, 0), character.portrait),),
            )
            for character in characters
        ]
        self._casting = role_id
        self.picker.open_under(self._cards[role_id].player, entries, self._roles[role_id].character_id or "")

    def move(self, role_id: str, to: int) -> None:
        """Gives a role another place, from 0."""
        self._place_card(role_id, to)
        self._keep_order(role_id)

    def _place_card(self, role_id: str, to: int) -> None:
        """Shows a role in another place; nothing is kept yet."""
        order = list(self._roles)
        to = min(max(to, 0), len(order) - 1)
        if order.index(role_id) == to:
            return
        order.remove(role_id)
        order.insert(to, role_id)
        self._roles = {one: self._roles[one] for one in order}
        focused = self._cards[role_id].focusWidget()
        self._move_widget(self._cards[role_id], to + 1)
        (focused or self._cards[role_id].handle).setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_order(self, role_id: str) -> None:
        to, project = list(self._roles).index(role_id), self._workspace.project
        if self._roles[role_id].position != to:
            self.flush()
            self._workspace.attempt(lambda: move_role(project, role_id, to))

    def remove(self, role_id: str) -> None:
        """Removes a role. Undo brings it back."""
        self.flush()
        order = list(self._roles)
        at, project = order.index(role_id), self._workspace.project
        if self._workspace.attempt(lambda: remove_role(project, role_id)):
            self._cards[role_id].forget_row()
            self._drop(role_id)
            del self._roles[role_id]
            order.remove(role_id)
            if order:
                self._cards[order[min(at, len(order) - 1)]].handle.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_card(self, role: Role) -> RoleCard:
        card = RoleCard(self._counter, self._cache, self._read_story)
        self._cards[role.id] = card
        project = self._workspace.project

        def commit(field: str, value: Any) -> None:
            if field == "name":
                rename_role(project, role.id, value)
            else:
                update_role(project, role.id, **{field: value})

        card.open(role, commit)
        card.drafted.connect(self.drafted)
        card.origin_entered.connect(lambda origin: self.role_entered.emit(role.id, origin))
        card.cast_requested.connect(lambda: self.ask_player(role.id))
        card.character_opened.connect(lambda: self._on_character_opened(role.id))
        card.move_requested.connect(lambda step: self.move(role.id, list(self._roles).index(role.id) + step))
        card.remove_requested.connect(lambda: self.remove(role.id))
        card.handle.dragged.connect(lambda y: self._drag(role.id, y))
        card.handle.dropped.connect(lambda: self._keep_order(role.id))
        card.undo_requested.connect(self.undo_requested)
        card.redo_requested.connect(self.redo_requested)
        card.faulted.connect(self._workspace.faulted)
        return card

    def _drop(self, role_id: str) -> None:
        card = self._cards.pop(role_id)
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _move_widget(self, card: RoleCard, place: int) -> None:
        self._column.removeWidget(card)
        self._column.insertWidget(place, card)

    def _drag(self, role_id: str, y: int) -> None:
        middles = [
            card.mapToGlobal(card.rect().center()).y() for other, card in self._cards.items() if other != role_id
        ]
        self._place_card(role_id, sum(middle < y for middle in middles))

    def _cast(self, role_id: str, character_id: str | None) -> None:
        project = self._workspace.project
        if role_id in self._roles:
            self._workspace.attempt(lambda: update_role(project, role_id, character_id=character_id))
            self._cards[role_id].player.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_picked(self, character_id: str) -> None:
        self._cast(self._casting, character_id or None)

    def _on_new_character(self) -> None:
        made = []
        draft = CharacterBase(name=self.tr("New character"))
        if self._workspace.attempt(lambda: made.append(create_character(self._workspace.project, draft))):
            self._cast(self._casting, made[0].id)
            self.character_opened.emit(made[0].id)

    def _on_character_opened(self, role_id: str) -> None:
        character_id = self._roles[role_id].character_id
        if character_id:
            self.character_opened.emit(character_id)
