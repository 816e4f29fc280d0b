"""The side panel: the fields of the beat, the way or the several beats that are selected on the canvas."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QScrollArea, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from core.library.beats import move_link, update_beats, update_link
from core.playtest.story.renames import rename_beat
from gui import theme
from gui.scenarios.beats.beat_panel import BeatPanel, ManyPanel
from gui.scenarios.beats.link_panel import LinkPanel
from gui.scenarios.open_story import OpenStory
from gui.stage.flow_layout import FlowLayout
from models.beat import Beat

NOTHING, BEAT, MANY, LINK = range(4)


class SelectionPanel(QScrollArea):
    """Shows one of four forms. What is typed is kept by itself, as one undo step for each field."""

    left = Signal()
    """Escape, or Enter in a name: the keyboard goes back to the canvas."""
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, story: OpenStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self._beat_ids: tuple[str, ...] = ()
        self._link_id = ""
        self.beat = BeatPanel(lambda: story.reader)
        self.many = ManyPanel(lambda: story.reader)
        self.link = LinkPanel(lambda: story.reader)
        self._stack = QStackedWidget()
        for panel in (self._make_nothing(), self.beat, self.many, self.link):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(16, 16, 16, 16)
            column.addWidget(panel)
            column.addStretch(1)
            self._stack.addWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._stack)
        self._connect()

    @property
    def page(self) -> int:
        """Which form is shown: NOTHING, BEAT, MANY or LINK."""
        return self._stack.currentIndex()

    def add_arranging(self, actions: list[Any]) -> None:
        """Puts the buttons that align and distribute over the form of several beats."""
        row = QWidget()
        flow = FlowLayout(row, 4)
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(action.text())
            theme.set_kind(button, "ghost")
            flow.addWidget(button)
        self.many.arrange.addWidget(row)

    def show_selection(self, beat_ids: set[str], link_ids: set[str]) -> None:
        """Shows the fields of what is selected; what was typed before is kept first."""
        graph = self._story.graph
        beats = tuple(sorted(key for key in beat_ids if key in graph.beats))
        links = [key for key in link_ids if key in graph.links]
        link_id = links[0] if len(links) == 1 and not beats else ""
        if (beats, link_id) == (self._beat_ids, self._link_id):
            return
        self.flush()
        self._let_go()
        self._beat_ids, self._link_id = beats, link_id
        if len(beats) == 1:
            self._open_beat(beats[0])
        elif beats:
            self._open_many(beats)
        elif link_id:
            self._open_link(link_id)
        self._show_page(BEAT if len(beats) == 1 else MANY if beats else LINK if link_id else NOTHING)
        self.verticalScrollBar().setValue(0)

    def refresh(self, describe: dict[str, str]) -> None:
        """Rows have changed: shows them, except where one is typing. `describe`: link id -> words."""
        graph, world, roles = self._story.graph, self._story.world, self._story.roles
        self.beat.show_scope(roles, world.places)
        self.many.show_scope(world.places)
        self.link.show_scope(roles, world.facts)
        if len(self._beat_ids) == 1 and self._beat_ids[0] in graph.beats:
            self.beat.refresh(graph.beats[self._beat_ids[0]])
            self.beat.show_ways(graph, self._beat_ids[0], describe)
            self.beat.check_now()
        elif len(self._beat_ids) > 1:
            found = [graph.beats[key] for key in self._beat_ids if key in graph.beats]
            if found:
                self.many.refresh(found)
        elif self._link_id in graph.links:
            self.link.refresh(graph.links[self._link_id], graph)
            self.link.check_now()

    def forget(self) -> None:
        """Lets go of rows that are gone."""
        self._let_go()
        self._beat_ids, self._link_id = (), ""
        self._show_page(NOTHING)

    def flush(self) -> None:
        """Keeps at once what was typed."""
        for panel in (self.beat, self.many, self.link):
            panel.autosave.flush()

    def go_to_name(self) -> None:
        """Puts the cursor into the name of the beat, or the label of the way, ready to be typed over."""
        field = self.link.fields["label"] if self._link_id else self.beat.fields["name"]
        self.ensureWidgetVisible(field)
        field.focus_editor()
        field.select_all()

    def go_to(self, name: str) -> None:
        """Puts the cursor into a field of what is shown, when it has one of this name."""
        panel = self.link if self._link_id else self.beat
        if name in panel.fields:
            panel.fields[name].focus_editor()
            self.ensureWidgetVisible(panel.fields[name], 0, 48)

    def _open_beat(self, beat_id: str) -> None:
        project = self._story.workspace.project

        def commit(field: str, value: Any) -> None:
            if field == "name":
                rename_beat(project, beat_id, value)
            else:
                update_beats(project, {beat_id: {field: value}})

        self.beat.open(self._story.graph.beats[beat_id], commit)

    def _open_many(self, beat_ids: tuple[str, ...]) -> None:
        project = self._story.workspace.project

        def commit(field: str, value: Any) -> None:
            if value is not ...:
                update_beats(project, {beat_id: {field: value} for beat_id in beat_ids})

        beats: list[Beat] = [self._story.graph.beats[key] for key in beat_ids]
        self.many.open(beats, commit)

    def _open_link(self, link_id: str) -> None:
        project = self._story.workspace.project

        def commit(field: str, value: Any) -> None:
            if field == "position":
                move_link(project, link_id, int(value) - 1)
            else:
                update_link(project, link_id, **{field: value})

        graph = self._story.graph
        self.link.open(graph.links[link_id], graph, commit)

    def _let_go(self) -> None:
        for panel in (self.beat, self.many, self.link):
            panel.autosave.forget()

    def _show_page(self, page: int) -> None:
        self._stack.setCurrentIndex(page)
        for place in range(self._stack.count()):  # the page that is shown alone decides the height
            policy = self._stack.widget(place).sizePolicy()
            self._stack.widget(place).setVisible(place == page)
            self._stack.widget(place).setSizePolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the canvas."""
        if event.key() == Qt.Key.Key_Escape:
            self.flush()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        for field in (self.beat.fields["name"], self.link.fields["label"]):
            if isinstance(field.editor, QLineEdit):
                field.editor.returnPressed.connect(self.flush)
                field.editor.returnPressed.connect(self.left)
        for panel in (self.beat, self.many, self.link):
            panel.autosave.faulted.connect(self._story.workspace.faulted)
            for field in panel.fields.values():
                field.undo_requested.connect(self.undo_requested)
                field.redo_requested.connect(self.redo_requested)

    def _make_nothing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        title = QLabel(self.tr("Beats"))
        theme.set_kind(title, "heading")
        column.addWidget(title)
        for keys, words in (
            (
                "",
                self.tr("A beat is a step of the scene: it sets what each role wants, and where the scene can go on."),
            ),
            ("N", self.tr("new beat, or double-click")),
            ("Shift+N", self.tr("new beat after this one")),
            ("L", self.tr("link to another, or drag from a dot at the edge")),
            (self.tr("Arrows"), self.tr("go from beat to beat")),
            (self.tr("Enter"), self.tr("edit the name")),
            (self.tr("Alt+Arrows"), self.tr("move")),
            (self.tr("Space"), self.tr("hold, and drag the canvas")),
            ("Ctrl+F", self.tr("find by any word")),
        ):
            text = f"<b>{keys}</b>&nbsp;&nbsp;{words}" if keys else words
            label = QLabel(text)
            label.setWordWrap(True)
            theme.set_kind(label, "small")
            column.addWidget(label)
        return page
