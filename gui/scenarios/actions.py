"""What can be done to scenarios: in the command palette, in menus, and by shortcut while the editor has the focus."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.characters.actions import make_action, make_moves
from gui.characters.empty import EmptyPlace
from gui.scenarios.header import BEATS, FINDINGS, KNOWLEDGE, PLAYING, SCENE, WORLD
from gui.scenarios.templates import EmptyScenarios

if TYPE_CHECKING:
    from gui.scenarios.place import ScenariosPlace


class ScenarioActions(QObject):
    """The actions of the editor of scenarios."""

    def __init__(self, place: "ScenariosPlace") -> None:
        super().__init__(place)
        self._place = place
        self._new = make_action(place, self.tr("New scenario"), "mdi6.plus", place.new_scenario, "Ctrl+Shift+N")
        self._template = make_action(
            place,
            self.tr("New scenario from a template…"),
            "mdi6.view-grid-plus-outline",
            place.open_gallery,
            "Ctrl+Shift+T",
        )
        self._import = make_action(place, self.tr("Import pack…"), "mdi6.tray-arrow-down", place.import_requested.emit)
        self._play = make_action(place, self.tr("Play this scenario"), "mdi6.play", place.play, "Ctrl+Return")
        self._delete = make_action(place, self.tr("Delete scenario"), "mdi6.delete-outline", place.delete)
        self._of_one = self._make_of_one()
        self._tabs = self._make_tabs()
        self._parts = self._make_parts()
        self._moves = make_moves(place, place.form.sections, place.roster)
        self._beats = place.beats.acts.all
        self.all = [
            self._new,
            self._template,
            self._play,
            *self._of_one,
            self._import,
            self._delete,
            *self._tabs,
            *self._beats,
            *self._parts,
            *self._moves,
        ]
        """For the command palette."""

    def enable(self, enabled: bool) -> None:
        """Says whether there is a scenario to do something to."""
        for action in (self._play, *self._of_one, self._delete, *self._tabs, *self._parts, *self._moves):
            action.setEnabled(enabled)

    def make_new_menu(self) -> QMenu:
        """Returns what a new scenario can begin with."""
        menu = QMenu(self._place)
        menu.addAction(self._new.icon(), self.tr("Empty scenario")).triggered.connect(self._new.trigger)
        menu.addAction(self._template.icon(), self.tr("From a template…")).triggered.connect(self._template.trigger)
        return menu

    def make_menu(self) -> QMenu:
        """Returns the menu of one scenario."""
        menu = QMenu(self._place)
        menu.addActions([*self._of_one, self._import, self._template])
        menu.addSeparator()
        menu.addAction(self._delete)
        return menu

    def make_empty(self, icon: str) -> EmptyScenarios:
        """Returns what stands in the place of the editor when there is no scenario."""
        empty = EmptyPlace(
            icon,
            self.tr("No scene yet"),
            self.tr(
                "A scenario is a place and a time, and roles with goals and secrets. Cast your characters in it,"
                " press Play, and watch them talk. Begin with a template, or open the example to see one that works."
            ),
        )
        empty.add_button(self.tr("New scenario"), "mdi6.plus").clicked.connect(self._new.trigger)
        empty.add_button(self.tr("Open an example"), "mdi6.drama-masks").clicked.connect(self._place.add_example)
        empty.add_button(self.tr("Import a pack…"), "mdi6.tray-arrow-down").clicked.connect(self._import.trigger)
        whole = EmptyScenarios(empty)
        whole.template_chosen.connect(self._place.add_from_template)
        return whole

    def _make_of_one(self) -> list[QAction]:
        """What is done to one scenario."""
        place = self._place
        return [
            make_action(place, self.tr("Add a role"), "mdi6.account-plus-outline", place.add_role, "Ctrl+Shift+R"),
            make_action(place, self.tr("Duplicate scenario"), "mdi6.content-copy", place.duplicate, "Ctrl+D"),
            make_action(
                place,
                self.tr("Lorebook of the scenario"),
                "mdi6.book-open-page-variant-outline",
                lambda: place.open_requested.emit("scenario_lore", place.scenario_id),
            ),
            make_action(place, self.tr("Export pack…"), "mdi6.package-variant-closed", place.ask_export, "Ctrl+E"),
            make_action(place, self.tr("History of this scenario"), "mdi6.history", place.show_history),
            make_action(place, self.tr("Export story…"), "mdi6.file-tree-outline", place.ask_story_export),
        ]

    def _make_tabs(self) -> list[QAction]:
        """The ways to its tabs."""
        place = self._place
        return [
            make_action(place, text, icon, lambda tab=tab: place.show_tab(tab, focuses=True), f"Alt+{tab + 1}")
            for tab, text, icon in (
                (SCENE, self.tr("Show the scene and its cast"), "mdi6.form-select"),
                (BEATS, self.tr("Show the beats"), "mdi6.graph-outline"),
                (WORLD, self.tr("Show the world"), "mdi6.earth"),
                (KNOWLEDGE, self.tr("Show who knows what"), "mdi6.table-eye"),
                (PLAYING, self.tr("Show how it plays"), "mdi6.tune-variant"),
                (FINDINGS, self.tr("Show what the checker found"), "mdi6.alert-outline"),
            )
        ]

    def _make_parts(self) -> list[QAction]:
        """What is added to its world, and the checker."""
        place = self._place
        tab_acts = place.tab_acts
        return [
            make_action(place, self.tr("Add a variable"), "mdi6.plus", tab_acts.add_variable),
            make_action(place, self.tr("Add a prop"), "mdi6.plus", tab_acts.add_prop),
            make_action(place, self.tr("Add a place"), "mdi6.plus", tab_acts.add_place),
            make_action(place, self.tr("Add a fact"), "mdi6.plus", tab_acts.add_fact),
            make_action(
                place, self.tr("Check the scenario again"), "mdi6.check-circle-outline", place.checker.check_now
            ),
            make_action(place, self.tr("Show or hide the list of scenarios"), "mdi6.dock-left", place.toggle_roster),
        ]
