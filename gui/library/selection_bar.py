"""The foot of the library: how many things are listed and selected, and what can be done to those that are."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton

from gui import theme
from gui.library.entries import Entry


class SelectionBar(QFrame):
    """Tags and folders of what is selected are in menus; the rest are actions of the place."""

    tag_toggled = Signal(str, bool)
    folder_chosen = Signal(str)

    def __init__(
        self, entry_actions: Sequence[QAction], trash_actions: Sequence[QAction], ask: Sequence[QAction]
    ) -> None:
        """`ask` are the actions that ask for a tag and for a folder."""
        super().__init__()
        theme.set_kind(self, "footer")
        self._tags: list[str] = []
        self._folders: list[str] = []
        self._selected: list[Entry] = []
        self._ask_tag, self._ask_folder = ask
        self.words = QLabel()
        theme.set_kind(self.words, "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 4, 12, 4)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        self.tag_menu = self._add_menu(row, self.tr("Tags"), "mdi6.tag-outline", self._fill_tags)
        self.folder_menu = self._add_menu(row, self.tr("Folder"), "mdi6.folder-outline", self._fill_folders)
        self._menus = [menu.parent() for menu in (self.tag_menu, self.folder_menu)]
        self._entry_buttons = [_button(action) for action in entry_actions]
        self._trash_buttons = [_button(action) for action in trash_actions]
        for button in self._trash_buttons:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for button in (*self._entry_buttons, *self._trash_buttons):
            row.addWidget(button)
        theme.notifier.theme_changed.connect(self._fit)
        self._fit()

    def show_choices(self, tags: Sequence[str], folders: Sequence[str]) -> None:
        """Takes the tags and folders that there are."""
        self._tags, self._folders = list(tags), list(folders)

    def show_selection(self, n_listed: int, selected: Sequence[Entry], *, in_trash: bool) -> None:
        """Says how many there are, and offers what can be done."""
        self._selected = list(selected)
        words = self.tr("one thing") if n_listed == 1 else self.tr("%1 things").replace("%1", f"{n_listed:,}")
        if in_trash:
            words = self.tr("%1 in the trash").replace("%1", words)
        if selected:
            words = self.tr("%1 of %2 selected").replace("%1", f"{len(selected):,}").replace("%2", words)
        self.words.setText(words)
        for button in (*self._entry_buttons, *self._menus):
            button.setVisible(bool(selected) and not in_trash)
        for button in self._trash_buttons:
            button.setVisible(in_trash)

    def _add_menu(self, row: QHBoxLayout, text: str, icon: str, fill: Callable[[QMenu], None]) -> QMenu:
        button = QPushButton(theme.icon(icon), text)
        theme.set_kind(button, "ghost")
        button.setStyleSheet("padding-right: 24px")
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        row.addWidget(button)
        return menu

    def _fill_tags(self, menu: QMenu) -> None:
        menu.clear()
        menu.addAction(self._ask_tag)
        menu.addSeparator()
        have = [{tag.casefold() for tag in entry.tags} for entry in self._selected]
        used = [tag for tag in self._tags if any(tag.casefold() in one for one in have)]
        for tag in dict.fromkeys([*used, *self._tags[:20]]):
            action = menu.addAction(tag.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(all(tag.casefold() in one for one in have))
            action.triggered.connect(lambda checked, tag=tag: self.tag_toggled.emit(tag, checked))

    def _fill_folders(self, menu: QMenu) -> None:
        menu.clear()
        menu.addAction(self._ask_folder)
        menu.addSeparator()
        for path in ["", *self._folders]:
            action = menu.addAction(path.replace("&", "&&") or self.tr("No folder"))
            action.setCheckable(True)
            action.setChecked(all(entry.folder == path for entry in self._selected))
            action.triggered.connect(lambda _checked, path=path: self.folder_chosen.emit(path))

    def _fit(self) -> None:
        self.setFixedHeight(theme.text_px(18) + 26)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    theme.set_kind(button, "ghost")
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    return button
