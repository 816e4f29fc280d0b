"""What can be done in the place of lorebooks: in menus, in the command palette, and by shortcut."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.characters.actions import make_action
from gui.characters.empty import EmptyPlace

if TYPE_CHECKING:
    from gui.lore.place import LorePlace


class LoreActions(QObject):
    """The actions of the place."""

    def __init__(self, place: "LorePlace") -> None:
        super().__init__(place)
        self._place = place
        table = place.table
        self._new = make_action(place, self.tr("New lorebook"), "mdi6.book-plus-outline", place.new_book)
        self._example = make_action(place, self.tr("Example lorebook"), "mdi6.lighthouse", place.add_example)
        self._import = make_action(place, self.tr("Import lorebook…"), "mdi6.tray-arrow-down", place.ask_import)
        self._of_book = [
            make_action(place, self.tr("Try the book out"), "mdi6.flask-outline", place.try_out, "Ctrl+T"),
            make_action(place, self.tr("Duplicate lorebook"), "mdi6.content-copy", place.duplicate_book),
            make_action(place, self.tr("Export lorebook…"), "mdi6.tray-arrow-up", place.ask_export, "Ctrl+E"),
            make_action(place, self.tr("Go to its owner"), "mdi6.arrow-top-right", place.open_owner),
        ]
        self._delete_book = make_action(place, self.tr("Delete lorebook"), "mdi6.delete-outline", place.delete_book)
        self._new_entry = make_action(place, self.tr("New entry"), "mdi6.plus", place.new_entry, "Ctrl+Shift+N")
        self._find = make_action(place, self.tr("Find in the entries"), "mdi6.magnify", table.find, "Ctrl+F")
        self._of_entries = [
            make_action(place, self.tr("Duplicate entries"), "mdi6.content-copy", place.duplicate_entries, "Ctrl+D"),
            make_action(
                place,
                self.tr("Turn entries on"),
                "mdi6.toggle-switch",
                lambda: place.change_selected({"enabled": True}),
            ),
            make_action(
                place,
                self.tr("Turn entries off"),
                "mdi6.toggle-switch-off-outline",
                lambda: place.change_selected({"enabled": False}),
            ),
            make_action(place, self.tr("Move entries up"), "mdi6.arrow-up", lambda: place.move_entries(-1), "Alt+Up"),
            make_action(
                place, self.tr("Move entries down"), "mdi6.arrow-down", lambda: place.move_entries(1), "Alt+Down"
            ),
            make_action(place, self.tr("Move entries to a folder…"), "mdi6.folder-outline", place.ask_folder),
            make_action(table.view, self.tr("Delete entries"), "mdi6.delete-outline", place.delete_entries, "Del"),
        ]
        self.all: list[QAction] = [
            self._new,
            self._example,
            self._import,
            *self._of_book,
            self._delete_book,
            self._new_entry,
            self._find,
            *self._of_entries,
        ]
        """For the command palette."""

    def enable(self, has_book: bool, *, is_read_only: bool) -> None:
        """Says whether there is a book to do something to, and whether the project can only be read."""
        for action in (*self._of_book, self._find):
            action.setEnabled(has_book)
        for action in (self._delete_book, *self._of_entries, self._of_book[1]):
            action.setEnabled(has_book and not is_read_only)
        for action in (self._new, self._example, self._import, self._new_entry):
            action.setEnabled(not is_read_only)
        self._place.table.add.setEnabled(not is_read_only)

    def book_menu(self) -> QMenu:
        """Returns the menu of the book."""
        return _menu(self._place, [self._new, self._import], self._of_book, [self._delete_book])

    def entry_menu(self) -> QMenu:
        """Returns the menu of the selected entries."""
        return _menu(self._place, [self._new_entry], self._of_entries)

    def make_empty(self, icon: str) -> EmptyPlace:
        """Returns what stands in the place where there is no book."""
        empty = EmptyPlace(
            icon,
            self.tr("No lore yet"),
            self.tr(
                "A lorebook holds what is true in your world: places, people, customs. Each entry waits for its keys. "
                "When somebody says “lighthouse”, the weights read what you wrote about the lighthouse, and only then: "
                "so a world can be larger than any context."
            ),
        )
        new = empty.add_button(self.tr("New lorebook"), "mdi6.book-plus-outline")
        new.clicked.connect(self._new.trigger)
        empty.add_button(self.tr("Open an example"), "mdi6.lighthouse").clicked.connect(self._example.trigger)
        empty.add_button(self.tr("Import a lorebook…"), "mdi6.tray-arrow-down").clicked.connect(self._import.trigger)
        return empty


def _menu(owner: QWidget, *groups: list[QAction]) -> QMenu:
    menu = QMenu(owner)
    for group in groups:
        menu.addActions(group)
        menu.addSeparator()
    return menu
