"""What can be done in an editor: in the command palette, in menus, and by shortcut while the editor has the focus."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gui import theme
from gui.characters.empty import EmptyPlace
from gui.characters.roster import Roster
from gui.characters.sections import Sections

if TYPE_CHECKING:
    from gui.characters.place import CharactersPlace


def make_action(owner: QWidget, text: str, icon: str, run: Callable[[], object], shortcut: str = "") -> QAction:
    """Returns an action of `owner`; its shortcut holds inside that widget."""
    action = QAction(theme.icon(icon), text, owner)
    action.triggered.connect(lambda _checked=False: run())
    if shortcut:
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    owner.addAction(action)
    return action


def make_moves(owner: QWidget, sections: Sections, roster: Roster) -> list[QAction]:
    """Returns the actions that go about in an editor."""
    tr = owner.tr
    return [
        make_action(owner, tr("Next section"), "mdi6.arrow-down", lambda: sections.step(1), "Ctrl+PgDown"),
        make_action(owner, tr("Previous section"), "mdi6.arrow-up", lambda: sections.step(-1), "Ctrl+PgUp"),
        make_action(owner, tr("Find in the list"), "mdi6.magnify", roster.find, "Ctrl+F"),
    ]


class CharacterActions(QObject):
    """The actions of the editor of characters."""

    def __init__(self, place: "CharactersPlace") -> None:
        super().__init__(place)
        self._place = place
        self._new = make_action(
            place, self.tr("New character"), "mdi6.account-plus-outline", place.new_character, "Ctrl+Shift+N"
        )
        self._import = make_action(place, self.tr("Import card…"), "mdi6.tray-arrow-down", place.import_requested.emit)
        self._delete = make_action(place, self.tr("Delete character"), "mdi6.delete-outline", place.delete)
        self._of_one = [
            make_action(place, self.tr("Duplicate character"), "mdi6.content-copy", place.duplicate, "Ctrl+D"),
            make_action(place, self.tr("Export card…"), "mdi6.tray-arrow-up", place.ask_export, "Ctrl+E"),
            make_action(place, self.tr("Change portrait…"), "mdi6.image-edit-outline", place.ask_picture),
            make_action(
                place,
                self.tr("History of the character…"),
                "mdi6.history",
                lambda: place.history_requested.emit("character", place.character_id),
            ),
        ]
        self._of_text = [
            make_action(
                place, self.tr("Draft statements from prose…"), "mdi6.text-box-search-outline", place.draft_statements
            ),
            make_action(
                place,
                self.tr("Lorebook of the character"),
                "mdi6.book-open-page-variant-outline",
                lambda: place.open_requested.emit("character_lore", place.character_id),
            ),
            make_action(place, self.tr("New fragment"), "mdi6.puzzle-plus-outline", place.new_fragment),
            make_action(place, self.tr("Next finding"), "mdi6.alert-outline", lambda: place.inspection.step(1), "F8"),
            make_action(
                place, self.tr("Previous finding"), "mdi6.alert-outline", lambda: place.inspection.step(-1), "Shift+F8"
            ),
        ]
        self._moves = make_moves(place, place.form.sections, place.roster)
        self.all = [self._new, self._import, *self._of_one, *self._of_text, self._delete, *self._moves]
        """For the command palette."""

    def enable(self, enabled: bool) -> None:
        """Says whether there is a character to do something to."""
        for action in (*self._of_one, *self._of_text, self._delete, *self._moves):
            action.setEnabled(enabled)

    def make_menu(self, tools: Sequence[QAction] = ()) -> QMenu:
        """Returns the menu of one character, with tools before the deletion at its end."""
        menu = QMenu(self._place)
        menu.addActions([*self._of_one, self._import])
        menu.addSeparator()
        menu.addActions(self._of_text)
        menu.addSeparator()
        menu.addActions(list(tools))
        menu.addSeparator()
        menu.addAction(self._delete)
        return menu

    def make_empty(self, icon: str) -> EmptyPlace:
        """Returns what stands in the place of the editor when there is nobody."""
        empty = EmptyPlace(
            icon,
            self.tr("Nobody here yet"),
            self.tr(
                "A character is what the weights read before they speak: who somebody is, how they talk, what they"
                " know and what they would never do. Write one, or import a character card; then give it a role."
            ),
        )
        new = empty.add_button(self.tr("New character"), "mdi6.account-plus-outline")
        new.clicked.connect(self._new.trigger)
        empty.add_button(self.tr("Open an example"), "mdi6.drama-masks").clicked.connect(self._place.add_example)
        empty.add_button(self.tr("Import a card…"), "mdi6.tray-arrow-down").clicked.connect(self._import.trigger)
        return empty
