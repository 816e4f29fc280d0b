"""What can be done to scenarios: in the command palette, in menus, and by shortcut while the editor has the focus."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from gui.characters.actions import make_action, make_moves
from gui.characters.empty import EmptyPlace

if TYPE_CHECKING:
    from gui.scenarios.place import ScenariosPlace


class ScenarioActions(QObject):
    """The actions of the editor of scenarios."""

    def __init__(self, place: "ScenariosPlace") -> None:
        super().__init__(place)
        self._place = place
        self._new = make_action(place, self.tr("New scenario"), "mdi6.plus", place.new_scenario, "Ctrl+Shift+N")
        self._import = make_action(place, self.tr("Import pack…"), "mdi6.tray-arrow-down", place.import_requested.emit)
        self._play = make_action(place, self.tr("Play this scenario"), "mdi6.play", place.play, "Ctrl+Return")
        self._delete = make_action(place, self.tr("Delete scenario"), "mdi6.delete-outline", place.delete)
        self._of_one = [
            make_action(place, self.tr("Add a role"), "mdi6.account-plus-outline", place.add_role, "Ctrl+Shift+R"),
            make_action(place, self.tr("Duplicate scenario"), "mdi6.content-copy", place.duplicate, "Ctrl+D"),
            make_action(place, self.tr("Export pack…"), "mdi6.package-variant-closed", place.ask_export, "Ctrl+E"),
        ]
        self._moves = make_moves(place, place.form.sections, place.roster)
        self.all = [self._new, self._play, *self._of_one, self._import, self._delete, *self._moves]
        """For the command palette."""

    def enable(self, enabled: bool) -> None:
        """Says whether there is a scenario to do something to."""
        for action in (self._play, *self._of_one, self._delete, *self._moves):
            action.setEnabled(enabled)

    def make_menu(self) -> QMenu:
        """Returns the menu of one scenario."""
        menu = QMenu(self._place)
        menu.addActions([*self._of_one, self._import])
        menu.addSeparator()
        menu.addAction(self._delete)
        return menu

    def make_empty(self, icon: str) -> EmptyPlace:
        """Returns what stands in the place of the editor when there is no scenario."""
        empty = EmptyPlace(
            icon,
            self.tr("No scene yet"),
            self.tr(
                "A scenario is a place and a time, and roles with goals and secrets. Cast your characters in it,"
                " press Play, and watch them talk. Open the example to see one that works."
            ),
        )
        empty.add_button(self.tr("New scenario"), "mdi6.plus").clicked.connect(self._new.trigger)
        empty.add_button(self.tr("Open an example"), "mdi6.drama-masks").clicked.connect(self._place.add_example)
        empty.add_button(self.tr("Import a pack…"), "mdi6.tray-arrow-down").clicked.connect(self._import.trigger)
        return empty
