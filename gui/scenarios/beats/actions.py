"""What can be done on the canvas: keys while it has the focus, menus, and the command palette."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from gui import theme
from gui.scenarios.beats.arranging import Line
from gui.scenarios.beats.card import kind_name
from models.beat import BeatKind

if TYPE_CHECKING:
    from gui.scenarios.beats.editor import BeatsEditor


class BeatActions(QObject):
    """The actions of one canvas. They hold while it has the keyboard; the palette triggers them from anywhere."""

    def __init__(self, editor: "BeatsEditor") -> None:
        super().__init__(editor)
        self._editor = editor
        self.all: list[QAction] = []
        canvas, tr = editor.canvas, self.tr
        add = self._add
        self.new = add(tr("New beat"), "mdi6.plus", editor.new_beat, "N")
        self.after = add(tr("New beat after this one"), "mdi6.plus-box-outline", editor.new_beat_after, "Shift+N")
        self.link = add(tr("Link to another beat"), "mdi6.arrow-right-thin", canvas.begin_link, "L")
        self.name = add(tr("Edit the name"), "mdi6.rename-outline", editor.edit_name, "F2")
        self.play = add(tr("Play from here…"), "mdi6.play", editor.play_requested.emit, "P", "Ctrl+Return")
        self.copy = add(tr("Copy beats"), "mdi6.content-copy", editor.copy, QKeySequence.StandardKey.Copy)
        self.cut = add(tr("Cut beats"), "mdi6.content-cut", editor.cut, QKeySequence.StandardKey.Cut)
        self.paste = add(tr("Paste beats"), "mdi6.content-paste", editor.paste, QKeySequence.StandardKey.Paste)
        self.twin = add(tr("Duplicate beats"), "mdi6.content-duplicate", editor.duplicate, "Ctrl+D")
        self.delete = add(tr("Delete what is selected"), "mdi6.delete-outline", editor.delete, "Del", "Backspace")
        self.every = add(
            tr("Select all beats"), "mdi6.select-all", editor.select_all, QKeySequence.StandardKey.SelectAll
        )
        self.lines = [
            add(text, f"mdi6.align-{icon}", lambda line=line: editor.align(line))
            for line, text, icon in (
                (Line.LEFT, tr("Align left edges"), "horizontal-left"),
                (Line.CENTER, tr("Align middles, one above the other"), "horizontal-center"),
                (Line.RIGHT, tr("Align right edges"), "horizontal-right"),
                (Line.TOP, tr("Align upper edges"), "vertical-top"),
                (Line.MIDDLE, tr("Align middles, side by side"), "vertical-center"),
                (Line.BOTTOM, tr("Align lower edges"), "vertical-bottom"),
            )
        ]
        self.gaps = [
            add(tr("Equal gaps from left to right"), "mdi6.distribute-horizontal-center", lambda: editor.distribute(0)),
            add(tr("Equal gaps downwards"), "mdi6.distribute-vertical-center", lambda: editor.distribute(1)),
        ]
        self.tidy = add(tr("Tidy the layout"), "mdi6.auto-fix", editor.tidy, "Ctrl+Shift+L")
        self.find = add(tr("Find beats"), "mdi6.magnify", editor.find, QKeySequence.StandardKey.Find)
        self.zooms = [
            add(tr("Zoom in"), "mdi6.magnify-plus-outline", canvas.zoom_in, "+", "="),
            add(tr("Zoom out"), "mdi6.magnify-minus-outline", canvas.zoom_out, "-"),
            add(tr("Zoom to 100 %"), "mdi6.numeric-1-box-outline", canvas.zoom_reset, "1"),
            add(tr("Show the whole graph"), "mdi6.fit-to-screen-outline", canvas.zoom_fit, "Ctrl+9", "F"),
        ]
        self.kinds = {
            kind: add(
                tr("Kind: %1").replace("%1", kind_name(kind)),
                "mdi6.card-outline",
                lambda kind=kind: editor.set_kind(kind),
            )
            for kind in BeatKind
        }
        editor.canvas.selection_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Enables what can be done with what is selected."""
        canvas = self._editor.canvas
        n_beats, n_links = len(canvas.selected), len(canvas.selected_links)
        has_scenario = bool(self._editor.story.scenario_id)
        for action in (self.new, self.paste, self.tidy, self.find, self.every, *self.zooms):
            action.setEnabled(has_scenario)
        for action in (self.copy, self.cut, self.twin, *self.kinds.values()):
            action.setEnabled(n_beats > 0)
        self.link.setEnabled(bool(canvas.current))
        self.after.setEnabled(bool(canvas.current))
        self.play.setEnabled(n_beats == 1)
        self.name.setEnabled(n_beats + n_links == 1)
        self.delete.setEnabled(n_beats + n_links > 0)
        for action in self.lines:
            action.setEnabled(n_beats > 1)
        for action in self.gaps:
            action.setEnabled(n_beats > 2)

    def open_menu(self, place: QPoint) -> None:
        """Opens the menu of what is selected."""
        canvas = self._editor.canvas
        menu = QMenu(self._editor)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if canvas.selected:
            menu.addActions([self.play, self.name, self.after, self.link])
            kinds = menu.addMenu(theme.icon("mdi6.card-outline"), self.tr("Kind"))
            kinds.addActions(list(self.kinds.values()))
            if len(canvas.selected) > 1:
                arrange = menu.addMenu(theme.icon("mdi6.align-horizontal-left"), self.tr("Arrange"))
                arrange.addActions([*self.lines, *self.gaps])
            menu.addSeparator()
            menu.addActions([self.cut, self.copy, self.paste, self.twin, self.delete])
        elif canvas.selected_links:
            menu.addActions([self.name, self.delete])
        else:
            menu.addActions([self.new, self.paste, self.every, self.tidy, self.find])
            menu.addSeparator()
            menu.addActions(self.zooms)
        menu.popup(place)

    def _add(self, text: str, icon: str, run: Callable[[], object], *keys: str | QKeySequence.StandardKey) -> QAction:
        action = QAction(theme.icon(icon), text, self._editor.canvas)
        action.triggered.connect(lambda _checked=False: run())
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._editor.canvas.addAction(action)
        self.all.append(action)
        return action
