"""The World tab: variables, props, places, where everybody is, and when the scene is won or lost."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import UserError
from core.library.beats import update_world
from core.playtest.story.renames import rename_place, rename_prop, rename_variable
from gui.characters.autosave import Autosave
from gui.characters.sections import Sections
from gui.scenarios.open_story import OpenStory
from gui.scenarios.script_field import ScriptField
from gui.scenarios.world import values
from gui.scenarios.world.thing_model import Column, Wrong
from gui.scenarios.world.thing_table import ThingTable
from models.fields import new_id
from models.world import Place, Prop, Variable, VariableKind, World

Part = TypeVar("Part", Variable, Prop, Place)


class WorldTab(QWidget):
    """Tables of the open scenario. Every change is kept at once, as one undo step."""

    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, story: OpenStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self._workspace = story.workspace
        self.sections = Sections()
        self.variables = self._add_variables()
        self.props = self._add_props()
        self.places = self._add_places()
        self.people = self._add_people()
        self.fields = self._add_outcome()
        self._autosave = Autosave(self.fields, self)
        self._autosave.faulted.connect(self._workspace.faulted)
        for field in self.fields.values():
            field.undo_requested.connect(self.undo_requested)
            field.redo_requested.connect(self.redo_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sections)
        story.opened.connect(self._on_opened)
        story.changed.connect(self._show)

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def go_to(self, kind: str, key: str, field: str = "") -> None:
        """Shows a part: variable and prop by name, place by id, or the `win` or `lose` of the scenario."""
        if kind == "scenario" and field in self.fields:
            self.fields[field].focus_editor()
            self.sections.show_widget(self.fields[field])
            self.sections.mark(self.fields[field])
            return
        tables = {"variable": self.variables, "prop": self.props, "place": self.places}
        if kind in tables:
            self.sections.show_widget(tables[kind])
            self.sections.mark(tables[kind])
            tables[kind].go_to(key, field)

    # What a person does

    def add_variable(self) -> None:
        """Adds a number from 0 to 10 and asks for its name."""
        world = self._story.world
        name = values.free_name("number", [one.name for one in (*world.variables, *world.props)])
        made = Variable(name=name)
        if self._keep(world.model_copy(update={"variables": [*world.variables, made]}), self.tr("Add variable")):
            self.variables.go_to(name, "name", edits=True)

    def add_prop(self) -> None:
        """Adds a thing and asks for its name."""
        world = self._story.world
        name = values.free_name("thing", [one.name for one in (*world.variables, *world.props)])
        if self._keep(world.model_copy(update={"props": [*world.props, Prop(name=name)]}), self.tr("Add prop")):
            self.props.go_to(name, "name", edits=True)

    def add_place(self) -> None:
        """Adds a place and asks for its name."""
        world = self._story.world
        place = Place(id=new_id(), name=values.free_name(self.tr("Place"), [one.name for one in world.places]))
        if self._keep(world.model_copy(update={"places": [*world.places, place]}), self.tr("Add place")):
            self.places.go_to(place.id, "name", edits=True)

    # How it is done

    def _remove_named(self, group: str, name: str) -> None:
        world = self._story.world
        left = [one for one in getattr(world, group) if one.name != name]
        self._keep(world.model_copy(update={group: left}), self.tr("Remove %1").replace("%1", name))

    def _remove_place(self, place_id: str) -> None:
        """Takes a place out, and all that is there: props are nowhere then, roles wherever they are needed."""
        world = self._story.world
        left = [
            one.model_copy(update={"adjacent": [other for other in one.adjacent if other != place_id]})
            for one in world.places
            if one.id != place_id
        ]
        props = [one.model_copy(update={"place": None}) if one.place == place_id else one for one in world.props]
        people = {role: place for role, place in world.role_places.items() if place != place_id}
        changed = world.model_copy(update={"places": left, "props": props, "role_places": people})
        self._keep(changed, self.tr("Remove place"))

    def _edit(self, table: ThingTable, key: str, column: str, value: Any, keep: Callable[[], str | None]) -> None:
        """Keeps one cell; a fault is said in its row, and what was typed stays there.

        Args:
            keep: Returns the key of the row where that has changed.
        """
        try:
            fresh_key = keep() or key
        except Wrong as wrong:
            table.model.refuse(key, wrong.column, wrong.message, value)
        except UserError as error:
            table.model.refuse(key, column, str(error), value)
        else:
            table.model.accept(key, column)
            table.model.follow(key, fresh_key)
            self._story.refresh_world()

    def _edit_variable(self, key: str, column: str, value: Any) -> None:
        world, project, scenario_id = self._story.world, self._workspace.project, self._story.scenario_id

        def keep() -> str:
            before = next(one for one in world.variables if one.name == key)
            after = values.read_variable({column: value}, before, column)
            if column == "name":
                rename_variable(project, scenario_id, key, after.name)
            else:
                self._write("variables", _replaced(world.variables, before, after))
            return after.name

        self._edit(self.variables, key, column, value, keep)

    def _edit_prop(self, key: str, column: str, value: Any) -> None:
        world, project, scenario_id = self._story.world, self._workspace.project, self._story.scenario_id

        def keep() -> str:
            before = next(one for one in world.props if one.name == key)
            after = values.read_prop({column: value}, before, column)
            if column == "name":
                rename_prop(project, scenario_id, key, after.name)
            else:
                self._write("props", _replaced(world.props, before, after))
            return after.name

        self._edit(self.props, key, column, value, keep)

    def _edit_place(self, key: str, column: str, value: Any) -> None:
        world, project, scenario_id = self._story.world, self._workspace.project, self._story.scenario_id

        def keep() -> None:
            before = next(one for one in world.places if one.id == key)
            after = values.read_place({column: value}, before, column, world.places)
            if column == "name":
                rename_place(project, scenario_id, key, after.name)
            else:
                self._write("places", _replaced(world.places, before, after))

        self._edit(self.places, key, column, value, keep)

    def _edit_person(self, role_id: str, column: str, value: Any) -> None:
        left = {role: place for role, place in self._story.world.role_places.items() if role != role_id}
        people = left | {role_id: str(value)} if value else left
        self._edit(self.people, role_id, column, value, lambda: self._write("role_places", people))

    def _write(self, group: str, parts: object) -> None:
        world = self._story.world.model_copy(update={group: parts})
        update_world(self._workspace.project, self._story.scenario_id, world)

    def _keep(self, world: World, label: str) -> bool:
        project, scenario_id = self._workspace.project, self._story.scenario_id
        if not scenario_id or not self._workspace.attempt(lambda: update_world(project, scenario_id, world, label)):
            return False
        self._story.refresh_world()
        return True

    # How it is put together

    def _add_variables(self) -> ThingTable:
        kinds = [
            (VariableKind.INTEGER.value, self.tr("number")),
            (VariableKind.CHOICE.value, self.tr("one of some words")),
            (VariableKind.FLAG.value, self.tr("yes or no")),
        ]
        columns = [
            Column("name", self.tr("Name"), width_px=140),
            Column("kind", self.tr("Kind"), choices=lambda: kinds, width_px=150),
            Column("values", self.tr("Values"), width_px=170, hint=self.tr("0 to 10, or words with commas")),
            Column("start", self.tr("At the start"), width_px=100),
            Column(
                "is_public",
                self.tr("Public"),
                is_flag=True,
                width_px=64,
                hint=self.tr("Whether the cast is told its value"),
            ),
            Column("note", self.tr("What it stands for"), width_px=0, hint=self.tr("never read by the weights")),
        ]
        table = ThingTable(
            self.tr("Variables"),
            columns,
            self.tr("Add a variable"),
            self.tr(
                "Nothing is counted yet. A variable is what conditions ask for:"
                " tension from 0 to 10, a door that is open."
            ),
        )
        table.edited.connect(self._edit_variable)
        table.add_requested.connect(self.add_variable)
        table.remove_requested.connect(lambda name: self._remove_named("variables", name))
        self._add_section(
            self.tr("Variables"),
            self.tr("What can change. Conditions and effects use the names; a change of name follows into them."),
            table,
        )
        return table

    def _add_props(self) -> ThingTable:
        def where() -> list[tuple[str, str]]:
            return values.where_choices(self._story.roles, self._story.world.places)

        columns = [
            Column("name", self.tr("Name"), width_px=140),
            Column("where", self.tr("At the start"), choices=where, width_px=170),
            Column(
                "states", self.tr("States"), width_px=190, hint=self.tr("words with commas; the first is at the start")
            ),
            Column(
                "is_visible", self.tr("Seen"), is_flag=True, width_px=64, hint=self.tr("Whether those present see it")
            ),
            Column("description", self.tr("Description"), width_px=0),
        ]
        table = ThingTable(
            self.tr("Props"),
            columns,
            self.tr("Add a prop"),
            self.tr("No things yet: a key that somebody holds, a lamp that is lit or dark."),
        )
        table.edited.connect(self._edit_prop)
        table.add_requested.connect(self.add_prop)
        table.remove_requested.connect(lambda name: self._remove_named("props", name))
        self._add_section(
            self.tr("Props"),
            self.tr("Things with a holder or a place, and a state: key.holder, key.place, lamp.state."),
            table,
        )
        return table

    def _add_places(self) -> ThingTable:
        columns = [
            Column("name", self.tr("Name"), width_px=160),
            Column("adjacent", self.tr("One can go to"), width_px=230, hint=self.tr("names of places with commas")),
            Column("description", self.tr("Description"), width_px=0),
        ]
        table = ThingTable(
            self.tr("Places"),
            columns,
            self.tr("Add a place"),
            self.tr("One room is enough for most scenes. Add places when it matters who is where."),
        )
        table.edited.connect(self._edit_place)
        table.add_requested.connect(self.add_place)
        table.remove_requested.connect(self._remove_place)
        self._add_section(self.tr("Places"), self.tr("Where the cast can be, and where one can go from there."), table)
        return table

    def _add_people(self) -> ThingTable:
        def where() -> Sequence[tuple[str, str]]:
            anywhere = ("", self.tr("wherever they are needed"))
            return [anywhere, *((place.id, place.name or place.id) for place in self._story.world.places)]

        columns = [
            Column("name", self.tr("Role"), is_fixed=True, width_px=200),
            Column("place", self.tr("At the start"), choices=where, width_px=240),
        ]
        table = ThingTable(self.tr("Where everybody is"), columns, "", self.tr("The scene has no roles yet."))
        table.edited.connect(self._edit_person)
        self._add_section(self.tr("People"), self.tr("Where each role is when the scene begins."), table)
        return table

    def _add_outcome(self) -> dict[str, Any]:
        section = self.sections.add_section(
            self.tr("Outcome"),
            self.tr("Outcome"),
            self.tr("Conditions that end the scene wherever it is, beside endings among the beats."),
        )
        fields = {
            "win": ScriptField(self.tr("Won when"), self.tr("only by a beat that wins"), lambda: self._story.reader),
            "lose": ScriptField(self.tr("Lost when"), self.tr("only by a beat that loses"), lambda: self._story.reader),
        }
        for field in fields.values():
            section.addWidget(field)
        return fields

    def _add_section(self, name: str, explanation: str, table: ThingTable) -> None:
        self.sections.add_section(name, name, explanation).addWidget(table)

    def _on_opened(self) -> None:
        self._autosave.flush()
        self._autosave.forget()
        for table in (self.variables, self.props, self.places, self.people):
            table.model.forget()
        scenario_id = self._story.scenario_id
        if scenario_id:
            project = self._workspace.project

            def commit(field: str, value: Any) -> None:
                update_world(project, scenario_id, self._story.world.model_copy(update={field: value}))

            world = self._story.world
            self._autosave.open({"win": world.win, "lose": world.lose}, commit)
        self._show()

    def _show(self) -> None:
        world, roles = self._story.world, self._story.roles
        self.variables.show_rows([(one.name, values.variable_values(one)) for one in world.variables])
        self.props.show_rows([(one.name, values.prop_values(one)) for one in world.props])
        self.places.show_rows([(one.id, values.place_values(one, world.places)) for one in world.places])
        self.people.show_rows(
            [(role.id, {"name": role.name, "place": world.role_places.get(role.id, "")}) for role in roles]
        )
        self._autosave.refresh({"win": world.win, "lose": world.lose})


def _replaced(parts: Sequence[Part], before: Part, after: Part) -> list[Part]:
    return [after if one is before else one for one in parts]
