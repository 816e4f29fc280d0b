"""The menus and their actions. What they do is done by the window and by `gui.project_commands`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QMenuBar, QMessageBox, QPushButton, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from gui import theme
from gui.history.words import action_title

if TYPE_CHECKING:
    from gui.main_window import MainWindow

SCALES = (100, 110, 125, 150, 175, 200)


class Menus(QObject):
    """The menu bar, kept true: undo says what it takes back, recent projects are those that exist."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._groups: dict[str, list[QAction]] = {}
        self.bar = QMenuBar()
        self._make_project_menu()
        self._make_edit_menu()
        self._make_view_menu()
        self._make_help_menu()
        self._make_corner()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(50)
        self._soon.timeout.connect(self.refresh)
        window.workspace.rows_changed.connect(lambda _what, _id: self._soon.start())
        window.workspace.project_opened.connect(self.refresh)

    def actions_by_group(self) -> dict[str, list[QAction]]:
        """Returns every action under the title of its menu."""
        return self._groups

    def refresh(self) -> None:
        """Reads what undo and redo would do, and the recent projects."""
        project = self._window.workspace.project
        try:
            undo, redo = project.undo_label(), project.redo_label()
        except UserError:
            undo = redo = None
        self.undo.setEnabled(undo is not None)
        self.undo.setText(self.tr("Undo %1").replace("%1", _plain(undo)) if undo else self.tr("Undo"))
        self.redo.setEnabled(redo is not None)
        self.redo.setText(self.tr("Redo %1").replace("%1", _plain(redo)) if redo else self.tr("Redo"))
        for action in (self.rename, self._import):
            action.setEnabled(not project.is_read_only)
        self._project_name.setText(project.name)

    def scales(self) -> tuple[int, ...]:
        """Returns the text sizes that there are, in percent."""
        return SCALES

    def change_scale(self, step: int) -> None:
        """Makes all text one step larger or smaller; 0 is 100 %."""
        now = theme.scale_of(self._window.workspace.settings)
        nearest = min(range(len(SCALES)), key=lambda place: abs(SCALES[place] - now))
        place = min(max(nearest + step, 0), len(SCALES) - 1) if step else 0
        self.set_scale(SCALES[place])

    def _make_project_menu(self) -> None:
        menu, add = self._menu(self.tr("&Project"))
        projects = self._window.projects
        add(self.tr("New…"), "mdi6.file-plus-outline", projects.ask_new, QKeySequence.StandardKey.New)
        add(self.tr("Open…"), "mdi6.folder-open-outline", projects.ask_open, QKeySequence.StandardKey.Open)
        self._recent = menu.addMenu(self.tr("Recent"))
        self._recent.aboutToShow.connect(self._fill_recent)
        add(self.tr("Demo again"), "mdi6.creation-outline", projects.open_demo)
        menu.addSeparator()
        self._import = add(self.tr("Import…"), "mdi6.tray-arrow-down", self._window.importer.ask, "Ctrl+I")
        # No keys of its own: each place has Ctrl+E for what it exports.
        add(self.tr("Export what is open…"), "mdi6.tray-arrow-up", projects.export)
        menu.addSeparator()
        self.rename = add(self.tr("Rename…"), "mdi6.rename-outline", projects.ask_rename)
        add(self.tr("Save a copy…"), "mdi6.content-copy", projects.ask_copy, "Ctrl+Shift+S")
        add(self.tr("Restore a backup…"), "mdi6.backup-restore", projects.ask_backup)
        add(self.tr("Reveal in folder"), "mdi6.folder-search-outline", projects.reveal)
        menu.addSeparator()
        add(self.tr("Settings…"), "mdi6.cog-outline", self._window.show_settings, "Ctrl+,").setMenuRole(
            QAction.MenuRole.PreferencesRole
        )
        menu.addSeparator()
        add(self.tr("Close window"), "mdi6.close", self._window.close, QKeySequence.StandardKey.Close)
        add(self.tr("Quit"), "mdi6.exit-to-app", self._window.close, QKeySequence.StandardKey.Quit).setMenuRole(
            QAction.MenuRole.QuitRole
        )

    def _make_edit_menu(self) -> None:
        menu, add = self._menu(self.tr("&Edit"))
        self.undo = add(self.tr("Undo"), "mdi6.undo", self._window.undo, QKeySequence.StandardKey.Undo)
        self.redo = add(self.tr("Redo"), "mdi6.redo", self._window.redo, QKeySequence.StandardKey.Redo)
        menu.addSeparator()
        add(self.tr("History…"), "mdi6.history", self._window.histories.show_current, "Ctrl+H")

    def _make_view_menu(self) -> None:
        from gui.main_window import PLACES

        menu, add = self._menu(self.tr("&View"))
        for number, spec in enumerate(PLACES, start=1):
            add(self.tr(spec.title), spec.icon, lambda key=spec.key: self._window.show_place(key), f"Ctrl+{number}")
        menu.addSeparator()
        self._themes = self._choices(
            menu.addMenu(self.tr("Theme")),
            {"system": self.tr("As the system"), "dark": self.tr("Dark"), "light": self.tr("Light")},
            lambda: self._window.workspace.settings.theme,
            self.set_theme,
            self.tr("Theme: %1"),
        )
        sizes = menu.addMenu(self.tr("Text size"))
        self._scales = self._choices(
            sizes,
            {scale: f"{scale} %" for scale in SCALES},
            lambda: theme.scale_of(self._window.workspace.settings),
            self.set_scale,
            self.tr("Text size: %1"),
        )
        add(self.tr("Larger text"), "mdi6.format-font-size-increase", lambda: self.change_scale(1), "Ctrl++")
        add(self.tr("Smaller text"), "mdi6.format-font-size-decrease", lambda: self.change_scale(-1), "Ctrl+-")
        add(self.tr("Text at 100 %"), "mdi6.format-size", lambda: self.change_scale(0), "Ctrl+0")
        menu.addSeparator()
        add(
            self.tr("Close the last notice"),
            "mdi6.close-box-outline",
            self._window.notices.dismiss_last,
            "Ctrl+Shift+X",
        )

    def _make_help_menu(self) -> None:
        _menu, add = self._menu(self.tr("&Help"))
        add(self.tr("What is this place?"), "mdi6.help-circle-outline", self._window.show_help, "F1")
        add(self.tr("All actions…"), "mdi6.magnify", self._window.open_palette, "Ctrl+K")
        add(self.tr("Keyboard shortcuts…"), "mdi6.keyboard-outline", self._window.show_shortcuts, "Ctrl+F1")
        add(self.tr("About Tableread"), "mdi6.information-outline", self._show_about).setMenuRole(
            QAction.MenuRole.AboutRole
        )

    def _make_corner(self) -> None:
        corner = QWidget()
        layout = QHBoxLayout(corner)
        layout.setContentsMargins(8, 4, 8, 0)
        layout.setSpacing(12)
        self._project_name = QLabel()
        theme.set_kind(self._project_name, "small")
        self._project_name.setToolTip(self.tr("The open project"))
        palette = QPushButton("Ctrl+K")
        theme.set_kind(palette, "keys")
        palette.setToolTip(self.tr("All actions"))
        palette.setAccessibleName(self.tr("All actions"))
        palette.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        palette.clicked.connect(self._window.open_palette)
        layout.addWidget(self._project_name, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(palette, 0, Qt.AlignmentFlag.AlignVCenter)
        self._corner = corner
        self.bar.setCornerWidget(corner)

    def _menu(self, title: str) -> tuple[QMenu, Callable[..., QAction]]:
        menu = self.bar.addMenu(title)
        actions = self._groups.setdefault(title.replace("&", ""), [])

        def add(text: str, icon: str, run: Callable[[], object], shortcut: object = None) -> QAction:
            action = QAction(theme.icon(icon, "dim"), text, self)
            action.triggered.connect(lambda _checked=False: run())
            if shortcut is not None:
                action.setShortcut(shortcut)
            menu.addAction(action)
            actions.append(action)
            return action

        return menu, add

    def _choices(
        self, menu: QMenu, names: dict, current: Callable[[], object], choose: Callable, title: str
    ) -> QActionGroup:
        group = QActionGroup(menu)
        for value, name in names.items():
            action = group.addAction(name)
            action.setCheckable(True)
            action.setData(value)
            action.triggered.connect(lambda _checked=False, value=value: choose(value))
            menu.addAction(action)
            listed = QAction(title.replace("%1", name), self)
            listed.triggered.connect(action.trigger)
            self._groups[self.tr("View")].append(listed)

        def mark() -> None:
            for action in group.actions():
                action.setChecked(action.data() == current())

        menu.aboutToShow.connect(mark)
        return group

    def set_theme(self, choice: str) -> None:
        """Gives the window another theme: `dark`, `light` or `system`."""

        def change(settings: AppSettings) -> None:
            settings.theme = choice

        self._change_look(change)

    def set_scale(self, scale: int) -> None:
        """Gives all text another size, in percent."""

        def change(settings: AppSettings) -> None:
            settings.window = {**settings.window, theme.SCALE_KEY: str(scale)}

        self._change_look(change)

    def _change_look(self, change: Callable[[AppSettings], None]) -> None:
        workspace = self._window.workspace
        if workspace.attempt(lambda: workspace.change_settings(change)):
            self._window.apply_look()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._window.projects.recent():
            action = self._recent.addAction(path.stem)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _checked=False, path=path: self._window.projects.open(path))
        if self._recent.isEmpty():
            self._recent.addAction(self.tr("No other project yet")).setEnabled(False)

    def _show_about(self) -> None:
        from importlib.metadata import version

        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("About Tableread"))
        box.setText(f"Tableread {version('tableread')}")
        box.setInformativeText(
            self.tr(
                "Author characters and scenes, play them on local weights, and see how true they stay.\n\n"
                "Everything stays on this machine. Licence: Apache 2.0. Typeface: Inter, SIL Open Font License."
                " Icons: Material Design Icons, Apache 2.0."
            )
        )
        box.open()


def _plain(label: str) -> str:
    """A label may hold an ampersand, which menus take for a mnemonic."""
    label = action_title(label)
    short = label if len(label) <= 48 else label[:47] + "…"
    return short.replace("&", "&&")
