"""Every action of every place and menu, with its keys."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem

from gui import theme
from gui.settings.page import SettingsPage

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class ShortcutsPage(SettingsPage):
    """A list to search. Actions without keys are in it too: the command palette does them."""

    KEY = "shortcuts"
    TITLE = QT_TRANSLATE_NOOP("ShortcutsPage", "Keyboard")
    ICON = "mdi6.keyboard-outline"

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._explain(
            self.tr("Ctrl+K lists all that can be done now, and does it. F1 explains the place that is shown.")
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search for an action or its keys"))
        self.search.setAccessibleName(self.tr("Search for an action or its keys"))
        theme.set_kind(self.search, "search")
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Actions and their keys"))
        self.list.setHeaderLabels([self.tr("Action"), self.tr("Keys")])
        self.list.setRootIsDecorated(False)
        self.list.setItemsExpandable(False)
        self.list.setIndentation(12)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        theme.set_kind(self.list, "card")
        self._column.addWidget(self.search)
        self._column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._filter)

    def refresh(self) -> None:
        """Lists all actions that there are by now."""
        self.list.clear()
        for title, actions in self._window.every_action().items():
            group = QTreeWidgetItem(self.list, [title])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            for action in actions:
                if (name := _name_of(action)) and not action.isSeparator():
                    QTreeWidgetItem(group, [name, _keys_of(action)])
            group.setHidden(group.childCount() == 0)
        self.list.expandAll()
        self._filter(self.search.text())

    def _filter(self, words: str) -> None:
        wanted = words.casefold().split()
        for row in range(self.list.topLevelItemCount()):
            group = self.list.topLevelItem(row)
            n_shown = 0
            for place in range(group.childCount()):
                item = group.child(place)
                text = f"{group.text(0)} {item.text(0)} {item.text(1)}".casefold()
                is_shown = all(word in text for word in wanted)
                item.setHidden(not is_shown)
                n_shown += is_shown
            group.setHidden(n_shown == 0)


def _name_of(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…")


def _keys_of(action: QAction) -> str:
    keys = [one.toString(one.SequenceFormat.NativeText) for one in action.shortcuts()]
    return ", ".join(dict.fromkeys(keys))
