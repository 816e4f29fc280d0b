"""The Who knows tab: facts, and for each role whether it knows, suspects or denies them at the start."""

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from core.errors import UserError
from core.library.beats import update_world
from gui import theme
from gui.scenarios.open_story import OpenStory
from gui.scenarios.world import values
from gui.scenarios.world.thing_model import Column, Wrong
from gui.scenarios.world.thing_table import ThingTable
from models.fields import new_id
from models.world import Fact, FactStatus, World

ROLE_COLUMN_PX = 118


class KnowledgeTab(QWidget):
    """A matrix of facts and roles. A click or Space goes on to the next status; letters choose one."""

    def __init__(self, story: OpenStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self._workspace = story.workspace
        self.statuses = (
            ("", self.tr("does not know")),
            (FactStatus.KNOWS.value, self.tr("knows")),
            (FactStatus.SUSPECTS.value, self.tr("suspects")),
            (FactStatus.DENIES.value, self.tr("denies")),
        )
        self.table = ThingTable(
            self.tr("Who knows what"),
            self._columns(),
            self.tr("Add a fact"),
            self.tr(
                "No facts yet. A fact is something true in this scene that one may know or not:"
                " who sold the boat, when the lamp went out."
            ),
        )
        self.table.edited.connect(self._edit)
        self.table.add_requested.connect(self.add_fact)
        self.table.remove_requested.connect(self._remove)
        view = self.table.view
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        title = QLabel(self.tr("Who knows what"))
        theme.set_kind(title, "subtitle")
        words = QLabel(
            self.tr(
                "As it is when the scene begins; beats and talk change it. Click a cell, or press Space, to go through"
                " knows, suspects and denies. A secret is nothing that the others are told."
            )
        )
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(words)
        column.addSpacing(8)
        column.addWidget(self.table)
        column.addStretch(1)
        self.setFocusProxy(self.table)
        story.opened.connect(self._on_opened)
        story.changed.connect(self._show)
        theme.notifier.theme_changed.connect(self._show)

    def go_to(self, fact_id: str) -> None:
        """Puts the cursor on a fact."""
        self.table.go_to(fact_id, "text")

    def add_fact(self) -> None:
        """Adds a fact and asks for its words."""
        world = self._story.world
        taken = {fact.id for fact in world.facts}
        fact_id = next(one for number in range(1, len(taken) + 2) if (one := f"f{number}") not in taken)
        fact = Fact(id=fact_id or new_id(), text=self.tr("New fact"))
        if self._keep([*world.facts, fact], self.tr("Add fact")):
            self.table.go_to(fact.id, "text", edits=True)

    def _remove(self, fact_id: str) -> None:
        self._keep([fact for fact in self._story.world.facts if fact.id != fact_id], self.tr("Remove fact"))

    def _edit(self, key: str, column: str, value: Any) -> None:
        world = self._story.world
        try:
            before = next(fact for fact in world.facts if fact.id == key)
            after = values.read_fact({column: value}, before, column)
            self._write([after if fact is before else fact for fact in world.facts], "")
        except Wrong as wrong:
            self.table.model.refuse(key, wrong.column, wrong.message, value)
        except UserError as error:
            self.table.model.refuse(key, column, str(error), value)
        else:
            self.table.model.accept(key, column)
            self._story.refresh_world()

    def _keep(self, facts: list[Fact], label: str) -> bool:
        if not self._story.scenario_id or not self._workspace.attempt(lambda: self._write(facts, label)):
            return False
        self._story.refresh_world()
        return True

    def _write(self, facts: list[Fact], label: str) -> None:
        world: World = self._story.world.model_copy(update={"facts": facts})
        update_world(self._workspace.project, self._story.scenario_id, world, label or self.tr("Edit facts"))

    def _open_menu(self, place: QPoint) -> None:
        index = self.table.view.indexAt(place)
        if not index.isValid() or index.column() >= len(self.table.model.columns):
            return
        column = self.table.model.columns[index.column()]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if column.steps:
            for value, name in self.statuses:
                action = menu.addAction(name)
                action.setCheckable(True)
                action.setChecked(index.data(Qt.ItemDataRole.EditRole) == value)
                action.triggered.connect(lambda _checked=False, value=value: self.table.model.setData(index, value))
            menu.addSeparator()
        remove = menu.addAction(theme.icon("mdi6.delete-outline"), self.tr("Remove this fact"))
        key = self.table.model.rows[index.row()].key
        remove.triggered.connect(lambda: self._remove(key))
        menu.popup(self.table.view.viewport().mapToGlobal(place))

    def _columns(self) -> list[Column]:
        columns = [
            Column("text", self.tr("Fact"), width_px=0, hint=self.tr("what is true, in a sentence")),
            Column("is_secret", self.tr("Secret"), is_flag=True, width_px=66),
        ]
        for role in self._story.roles:
            color = theme.character_color(role.face.color_index) if role.face is not None else theme.colors().dim
            columns.append(Column(role.id, role.name, steps=self.statuses, width_px=ROLE_COLUMN_PX, color=color))
        return columns

    def _on_opened(self) -> None:
        self.table.model.forget()
        self._show()

    def _show(self) -> None:
        roles = self._story.roles
        self.table.show_columns(self._columns())
        self.table.show_rows([(fact.id, values.fact_values(fact, roles)) for fact in self._story.world.facts])
