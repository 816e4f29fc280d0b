"""The room of the world: where the scene is, what is where, who knows what, who has reached what they want."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from core.narrator.advancing import Point
from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from gui.stage.plain_tip import plain_tip
from gui.stage.session import StageSession
from gui.stage.side_room import ReadingRoom
from gui.stage.transcript.scrolling import scroll_area
from gui.stage.world.knowledge_grid import KnowledgeGrid
from gui.stage.world.saying import say_change, say_point
from gui.stage.world.value_table import ValueTable
from gui.stage.world.world_story import GoalNow, WorldNow, WorldReader
from gui.workspace import Workspace

MAX_POINTS = 60


class WorldRoom(ReadingRoom):
    """The world after the selected turn, at the head when none is."""

    KEY = "world"
    ICON = "mdi6.earth"

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self.now: WorldNow | None = None
        """What is shown."""
        self._reader: tuple[str, object, WorldReader] | None = None
        self._turn_id: int | None = None
        self._make_widgets()
        self._lay_out()
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self.refresh_in_sight)
        session.state_changed.connect(self._on_state_changed)
        theme.notifier.theme_changed.connect(self.refresh_in_sight)

    def title(self) -> str:
        """Returns its name."""
        return self.tr("World")

    def show_turn(self, turn_id: int | None) -> None:
        """Shows the world after another turn."""
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self.refresh_in_sight()

    def set_world(self, effects: str) -> None:
        """Has the director set something; only as it stands now can it be changed."""
        if self._is_now:
            self.session.direct(lambda director: director.set_world(effects))

    def choose_way(self, link_id: str) -> None:
        """Has the scene go one of its ways."""
        if self._is_now:
            self.session.direct(lambda director: director.choose_way(link_id))

    @property
    def _is_now(self) -> bool:
        head = self.session.head
        return self._turn_id is None or (head is not None and head.id == self._turn_id)

    # How it is put together

    def _make_widgets(self) -> None:
        self.when = QLabel()
        theme.set_kind(self.when, "small")
        self.now_button = QPushButton(self.tr("Now"))
        theme.set_kind(self.now_button, "small-link")
        self.now_button.setToolTip(self.tr("Shows the world as it stands at the end of the branch"))
        self.now_button.clicked.connect(lambda: self.show_turn(None))
        self.empty = small_label("", "small")
        self.values = ValueTable()
        self.values.effects_wanted.connect(self.set_world)
        self.grid = KnowledgeGrid()
        self.grid.effects_wanted.connect(self.set_world)
        self.grid.turn_wanted.connect(self.turn_wanted)
        self._scene, rows = _card(self.tr("Where the scene is"))
        self._scene_rows, self._way_rows, self._point_rows = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._ways_title = small_label(self.tr("Open ways"), "strong")
        self._ways: dict[tuple[str, bool], QPushButton | QLabel] = {}
        """Id of a way, and whether it can be chosen -> what says so; kept from turn to turn, with the focus."""
        rows.addLayout(self._scene_rows)
        rows.addWidget(self._ways_title)
        rows.addLayout(self._way_rows)
        rows.addLayout(self._point_rows)
        self._values, rows = _card(self.tr("Values and things"))
        rows.addWidget(self.values)
        self._places, self._place_rows = _card(self.tr("Who is where"))
        self._knowledge, rows = _card(self.tr("Who knows what"))
        rows.addWidget(self.grid)
        self._goals, self._goal_rows = _card(self.tr("Goals"))
        self._mechanics, self._mechanics_rows = _card(self.tr("The weights as keepers of the world"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 4, 12, 0)
        head.addWidget(self.when, 1)
        head.addWidget(self.now_button)
        column = QWidget()
        cards = QVBoxLayout(column)
        cards.setContentsMargins(12, 4, 12, 12)
        cards.setSpacing(12)
        cards.addWidget(self.empty)
        for card in (self._scene, self._knowledge, self._values, self._places, self._goals, self._mechanics):
            cards.addWidget(card)
        cards.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(scroll_area(column), 1)

    # What happened

    def _on_opened(self) -> None:
        self._reader = None
        self._turn_id = None
        self.now = None
        self.refresh_in_sight()

    def _on_state_changed(self) -> None:
        if self.session.is_loaded and self.now is None:
            self.refresh_in_sight()

    def read(self) -> None:
        """Reads the world: the first look at a long playtest takes a while."""
        session, script = self.session, self.session.script
        if script is None or not session.is_loaded or not self.workspace.is_project_open:
            self._show_nothing(self.tr("Nothing is played yet."))
            return
        turn = session.tree.get(self._turn_id)
        path = session.path[: turn.number] if turn is not None else session.path
        if turn is not None and (not path or path[-1].id != turn.id):
            self._turn_id, path = None, session.path
        turn_ids = [one.id for one in path]
        project, playtest_id, known = self.workspace.project, session.playtest_id, self._reader

        def work() -> tuple[WorldReader, WorldNow]:
            is_known = known is not None and known[0] == playtest_id and known[1] is script
            reader = known[2] if known is not None and is_known else WorldReader(project, playtest_id, script)
            return reader, reader.read(turn_ids)

        def show(read: tuple[WorldReader, WorldNow]) -> None:
            self._reader = (playtest_id, script, read[0])
            self._show(read[1])

        self.read_later(work, show, lambda error: self._show_nothing(f"{error.message} {error.hint}"))

    # What is shown

    def _show_nothing(self, words: str) -> None:
        self.forget()
        self.now = None
        self.empty.setText(words)
        self.empty.show()
        self.when.clear()
        self.now_button.hide()
        for card in (self._scene, self._values, self._places, self._knowledge, self._goals, self._mechanics):
            card.hide()

    def _show(self, now: WorldNow) -> None:
        self.now = now
        is_now = self._is_now
        said = self.tr("Now, after turn %1") if is_now else self.tr("As it was after turn %1")
        self.when.setText(fill(said, now.number) if now.number else self.tr("Before the first turn"))
        self.now_button.setVisible(not is_now)
        self.values.values.can_edit = self.grid.can_edit = is_now and self.session.can_write
        self._show_scene(now, is_now)
        self.values.show_world(now)
        self._values.setVisible(bool(now.values))
        self.grid.show_world(now, self._colors(now))
        self._knowledge.setVisible(bool(now.facts))
        self._show_places(now)
        self._show_goals(now)
        self._show_mechanics(now)
        cards = (self._scene, self._values, self._places, self._knowledge, self._goals)
        self.empty.setText(
            self.tr("This scene has no beats, values, places or facts. They are added in Scenarios, under World.")
        )
        self.empty.setVisible(not any(card.isVisibleTo(self) for card in cards))

    def _colors(self, now: WorldNow) -> dict[str, str]:
        found = {}
        for role_id in now.roles:
            place = self.session.color_index(role_id)
            found[role_id] = theme.character_color(place) if place is not None else theme.colors().dim
        return found

    def _show_scene(self, now: WorldNow, is_now: bool) -> None:
        rows = self._scene_rows
        _clear(rows)
        self._scene.setVisible(bool(now.beat or now.outcome))
        if now.beat:
            rows.addWidget(small_label(now.beat, "strong"))
            stay = self.tr("for 1 turn") if now.n_turns_here == 1 else fill(self.tr("for %1 turns"), now.n_turns_here)
            rows.addWidget(small_label(stay, "small"))
        if now.outcome is not None:
            outcomes = {"win": self.tr("The scene is won."), "lose": self.tr("The scene is lost.")}
            rows.addWidget(small_label(outcomes.get(now.outcome.value, self.tr("The scene has ended.")), "accent"))
        self._show_ways(now, is_now and self.session.can_write)
        _clear(self._point_rows)
        for point in now.points[:MAX_POINTS]:
            self._point_rows.addWidget(self._point_line(point, now.point_turns.get(point.beat_id)))

    def _show_ways(self, now: WorldNow, can_choose: bool) -> None:
        wanted = {(way.link_id, way.is_choice and can_choose): way for way in now.ways}
        self._ways_title.setVisible(bool(wanted))
        for gone in self._ways.keys() - wanted.keys():
            line = self._ways.pop(gone)
            self._way_rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        for place, (key, way) in enumerate(wanted.items()):
            words = f"{way.label} → {way.to}" if way.label else f"→ {way.to}"
            if key not in self._ways:
                self._ways[key] = self._way_line(*key)
                self._way_rows.insertWidget(place, self._ways[key])
                if key[1]:
                    self._way_rows.setAlignment(self._ways[key], Qt.AlignmentFlag.AlignLeft)
            self._ways[key].setText(words.replace("&", "&&") if key[1] else words)

    def _way_line(self, link_id: str, can_choose: bool) -> QPushButton | QLabel:
        if not can_choose:
            return small_label("", "small")
        button = QPushButton()
        theme.set_kind(button, "small-link")
        button.setToolTip(self.tr("Takes this way now"))
        button.clicked.connect(lambda: self.choose_way(link_id))
        return button

    def _point_line(self, point: Point, turn_id: int | None) -> QWidget:
        """One beat of the story; a click goes to the turn that led there."""
        sign, words = say_point(point)
        if turn_id is None:
            line: QWidget = small_label(f"{sign} {words}", "small")
            line.setToolTip(plain_tip(point.why))
            return line
        button = QPushButton(f"{sign} {words}".replace("&", "&&"))
        theme.set_kind(button, "small-link")
        button.clicked.connect(lambda: self.turn_wanted.emit(turn_id))
        return button

    def _show_places(self, now: WorldNow) -> None:
        rows = self._place_rows
        _clear(rows)
        colors = self._colors(now)
        for name, role_ids, things in now.places:
            rows.addWidget(
                self._place_line(name, [(now.roles.get(one, one), colors.get(one)) for one in role_ids], things)
            )
        for words, role_ids in ((self.tr("wherever needed"), now.everywhere), (self.tr("away"), now.away)):
            if role_ids and (now.places or role_ids is now.away):
                people = [(now.roles.get(one, one), colors.get(one)) for one in role_ids]
                rows.addWidget(self._place_line(words, people, ()))
        self._places.setVisible(bool(now.places or now.away))

    def _place_line(self, place: str, people: list[tuple[str, str | None]], things: tuple[str, ...]) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        name = small_label(place, "small")
        name.setFixedWidth(theme.text_px(96))
        layout.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        for person, color in people:
            label = small_label(person, "small")
            label.setStyleSheet(f"color: {color or theme.colors().text};")
            column.addWidget(label)
        if things:
            column.addWidget(small_label(", ".join(things), "small"))
        if not people and not things:
            column.addWidget(small_label("–", "small"))
        layout.addLayout(column, 1)
        return line

    def _show_goals(self, now: WorldNow) -> None:
        rows = self._goal_rows
        _clear(rows)
        colors = self._colors(now)
        for goal in now.goals:
            if rows.count():
                rows.addSpacing(6)
            name = small_label(now.roles.get(goal.role_id, ""), "strong")
            name.setStyleSheet(f"color: {colors.get(goal.role_id, theme.colors().text)}; font-weight: 600;")
            rows.addWidget(name)
            rows.addWidget(small_label(goal.goal or goal.test, "small"))
            rows.addWidget(self._goal_state(goal))
        self._goals.setVisible(bool(now.goals))

    def _goal_state(self, goal: GoalNow) -> QLabel:
        if not goal.test.strip():
            return small_label(self.tr("Nobody tests it."), "small")
        if goal.is_reached:
            return small_label(fill(self.tr("✓ reached, %1"), say_change(goal.since)), "good")
        return small_label(fill(self.tr("not reached: %1"), goal.test), "small")

    def _show_mechanics(self, now: WorldNow) -> None:
        rows, mechanics = self._mechanics_rows, now.mechanics
        _clear(rows)
        has_any = mechanics is not None and mechanics.n_rounds > 0
        self._mechanics.setVisible(has_any)
        if mechanics is None or not has_any:
            return
        said = fill(self.tr("Judged %1 times, %2 of them without a mistake."), mechanics.n_rounds, mechanics.n_clean)
        rows.addWidget(small_label(said, "small"))
        for name, value, meaning in (
            ("MEC", mechanics.mec, self.tr("rounds without a mistake")),
            ("ECE", mechanics.ece, self.tr("wrong events for each event")),
            ("VUE", mechanics.vue, self.tr("wrong values for each value")),
        ):
            if value is not None:
                rows.addWidget(small_label(f"{name} {value:.2f} · {meaning}", "small"))


def _card(title: str) -> tuple[QFrame, QVBoxLayout]:
    """Returns a card, and where its content goes."""
    card = QFrame()
    theme.set_kind(card, "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(12, 10, 12, 12)
    layout.setSpacing(6)
    heading = QLabel(title)
    theme.set_kind(heading, "heading")
    layout.addWidget(heading)
    rows = QVBoxLayout()
    rows.setSpacing(4)
    layout.addLayout(rows)
    return card, rows


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
