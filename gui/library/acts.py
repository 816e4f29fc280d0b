"""The actions of the library, with their shortcuts."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from gui import theme


@dataclass(frozen=True)
class LibraryActs:
    """Every action."""

    open: QAction
    play: QAction
    rename: QAction
    duplicate: QAction
    tag: QAction
    move: QAction
    export: QAction
    delete: QAction
    restore: QAction
    empty_trash: QAction
    find: QAction
    bring: QAction
    new_character: QAction
    new_scenario: QAction
    example: QAction
    new_folder: QAction
    show_everything: QAction
    show_trash: QAction

    def on_entries(self) -> list[QAction]:
        """Returns what is done to entries that are selected."""
        return [
            self.open, self.play, self.rename, self.duplicate, self.tag, self.move, self.export, self.delete
        ]  # fmt: skip

    def in_trash(self) -> list[QAction]:
        """Returns what is done in the trash."""
        return [self.restore, self.empty_trash]

    def new(self) -> list[QAction]:
        """Returns what adds something."""
        return [self.new_character, self.new_scenario, self.example]

    def allow_changes(self, is_allowed: bool) -> None:
        """Says whether the project can be written: what would be refused is not offered."""
        for action in (
            self.play, self.rename, self.duplicate, self.tag, self.move, self.delete, *self.in_trash(), self.bring,
            *self.new(), self.new_folder,
        ):  # fmt: skip
            action.setEnabled(is_allowed and action.isEnabled())

    def all(self) -> list[QAction]:
        """Returns all of them."""
        return [
            *self.on_entries(), *self.in_trash(), self.find, self.bring, *self.new(), self.new_folder,
            self.show_everything, self.show_trash,
        ]  # fmt: skip


def make_acts(place: QWidget) -> LibraryActs:
    """Makes the actions; the place connects them. Those on entries have their shortcuts where entries are listed."""

    def make(text: str, icon: str, shortcut: str = "") -> QAction:
        action = QAction(theme.icon(icon), text, place)
        if shortcut:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    acts = LibraryActs(
        open=make(_tr("Open"), "mdi6.open-in-app"),
        play=make(_tr("Play on the Stage"), "mdi6.play-outline"),
        rename=make(_tr("Rename…"), "mdi6.rename-outline", "F2"),
        duplicate=make(_tr("Duplicate"), "mdi6.content-duplicate", "Ctrl+D"),
        tag=make(_tr("Add a tag…"), "mdi6.tag-plus-outline", "Ctrl+T"),
        move=make(_tr("Move to a folder…"), "mdi6.folder-move-outline", "Ctrl+Shift+M"),
        export=make(_tr("Export…"), "mdi6.tray-arrow-up", "Ctrl+E"),
        delete=make(_tr("Delete"), "mdi6.trash-can-outline", "Delete"),
        restore=make(_tr("Restore"), "mdi6.restore", "Ctrl+Shift+R"),
        empty_trash=make(_tr("Empty the trash…"), "mdi6.delete-empty-outline"),
        find=make(_tr("Search"), "mdi6.magnify", "Ctrl+F"),
        bring=make(_tr("Import…"), "mdi6.tray-arrow-down"),
        new_character=make(_tr("New character"), "mdi6.account-plus-outline"),
        new_scenario=make(_tr("New scenario"), "mdi6.graph-outline"),
        example=make(_tr("Example character"), "mdi6.lightbulb-outline"),
        new_folder=make(_tr("New folder…"), "mdi6.folder-plus-outline"),
        show_everything=make(_tr("Show everything"), "mdi6.view-grid-outline"),
        show_trash=make(_tr("Show the trash"), "mdi6.trash-can-outline"),
    )
    acts.bring.setToolTip(_tr("Cards, lorebooks, scenario packs and projects"))
    return acts


def connect_all(pairs: dict[QAction, Callable[[], object]]) -> None:
    """Lets each action do something."""
    for action, run in pairs.items():
        action.triggered.connect(lambda _checked=False, run=run: run())


def _tr(text: str) -> str:
    return QCoreApplication.translate("LibraryActs", text)
