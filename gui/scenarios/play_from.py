"""Playing from a beat: the state of the world is set by hand in a popover, and becomes effects before all else."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.world.scope import write_name
from gui import theme
from gui.scenarios.choices import CalmComboBox
from gui.scenarios.open_story import OpenStory
from gui.scenarios.world.thing_model import Column
from gui.scenarios.world.thing_table import ThingTable
from models.beat import Beat
from models.world import FactStatus, Variable, VariableKind

_WIDTH_PX = 460
_MAX_HEIGHT_PX = 520
AWAY, EVERYWHERE = "away", ""
_VERBS = {FactStatus.KNOWS.value: "learns", FactStatus.SUSPECTS.value: "suspects", "": "forgets"}

Write = Callable[[], str]
"""Returns the effect that sets one thing; empty: it is as at the start."""


class PlayFrom(QFrame):
    """A popup over the editor. Play begins; Escape leaves."""

    play_requested = Signal(str, str)
    """Id of the beat, and effects that are set before it begins."""

    def __init__(self, story: OpenStory, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        theme.set_kind(self, "overlay")
        self._story = story
        self._beat_id = ""
        self._writes: list[Write] = []
        self.editors: dict[str, QWidget] = {}
        """By what they set: name of a variable, `prop.holder`, `prop.state`, `place:` and the id of a role."""
        self.knowledge: ThingTable | None = None
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        theme.set_kind(self._title, "subtitle")
        words = QLabel(self.tr("How the world is when the scene begins here. Nothing of the scenario changes."))
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.play = QPushButton(self.tr("Play from here"))
        self.play.setIcon(theme.icon("mdi6.play", "accent_text"))
        theme.set_kind(self.play, "primary")
        self.play.clicked.connect(self._on_play)
        leave = QPushButton(self.tr("Cancel"))
        theme.set_kind(leave, "ghost")
        leave.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(self.play)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(words)
        column.addWidget(self._area, 1)
        column.addLayout(row)

    def open_for(self, beat: Beat, button: QWidget) -> None:
        """Opens under a button, for a beat of the open scenario."""
        self._beat_id = beat.id
        self._title.setText(self.tr("Play from “%1”").replace("%1", beat.name or self.tr("unnamed beat")))
        self._fill()
        inside = self._area.widget().sizeHint().height()
        chrome = 150
        self.resize(theme.text_px(_WIDTH_PX), min(theme.text_px(_MAX_HEIGHT_PX), inside + theme.text_px(chrome)))
        screen = button.screen().availableGeometry()
        place = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 6))
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        place.setY(max(screen.top(), min(place.y(), screen.bottom() - self.height())))
        self.move(place)
        self.show()
        self.play.setFocus(Qt.FocusReason.PopupFocusReason)

    def changes(self) -> str:
        """Returns what was set by hand, as effects, one a line."""
        return "\n".join(line for write in self._writes if (line := write()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves, Enter plays."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_play()
        else:
            super().keyPressEvent(event)

    def _on_play(self) -> None:
        self.hide()
        self.play_requested.emit(self._beat_id, self.changes())

    def _fill(self) -> None:
        self._writes, self.editors, self.knowledge = [], {}, None
        page = QWidget()
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(0, 4, 8, 4)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        world = self._story.world
        if world.variables:
            self._head(self.tr("Variables"))
            for variable in world.variables:
                self._add_variable(variable)
        if world.props:
            self._head(self.tr("Props"))
            for prop in world.props:
                self._add_prop(prop.name)
        if self._story.roles:
            self._head(self.tr("Who is where"))
            for role in self._story.roles:
                self._add_role(role.id, role.name)
        if world.facts and self._story.roles:
            self._head(self.tr("Who knows what"))
            self._add_knowledge()
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self._area.setWidget(page)

    def _head(self, text: str) -> None:
        label = QLabel(text)
        theme.set_kind(label, "heading")
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 2)

    def _row(self, name: str, key: str, editor: QWidget) -> None:
        label = QLabel(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(editor)
        editor.setAccessibleName(name)
        place = self._grid.rowCount()
        self._grid.addWidget(label, place, 0)
        self._grid.addWidget(editor, place, 1)
        self.editors[key] = editor

    def _add_variable(self, variable: Variable) -> None:
        name = write_name(variable.name)
        if variable.kind == VariableKind.INTEGER:
            spin = QSpinBox()
            spin.setRange(variable.low, variable.high)
            spin.setValue(int(variable.start))
            theme.pad_spin_box(spin)
            self._row(variable.name, variable.name, spin)
            self._writes.append(lambda: f"{name} = {spin.value()}" if spin.value() != variable.start else "")
            return
        words = list(variable.choices) if variable.kind == VariableKind.CHOICE else ["yes", "no"]
        start = str(variable.start) if variable.kind == VariableKind.CHOICE else "yes" if variable.start else "no"
        box = self._make_box([(word, word) for word in words], start)
        self._row(variable.name, variable.name, box)
        self._writes.append(lambda: f"{name} = {write_name(box.currentText())}" if box.currentData() != start else "")

    def _add_prop(self, name: str) -> None:
        prop = next(one for one in self._story.world.props if one.name == name)
        holders = [("nobody", self.tr("nobody")), *((role.name, role.name) for role in self._story.roles)]
        start = next((role.name for role in self._story.roles if role.id == prop.holder), "nobody")
        holder = self._make_box(holders, start)
        self._row(self.tr("%1: who has it").replace("%1", name), f"{name}.holder", holder)

        def write_holder() -> str:
            chosen = str(holder.currentData())
            return "" if chosen == start else f"{name}.holder = {chosen if chosen == 'nobody' else write_name(chosen)}"

        self._writes.append(write_holder)
        if self._story.world.places:
            self._add_prop_place(name, prop.place or "")
        if prop.states:
            state = self._make_box([(one, one) for one in prop.states], prop.states[0])
            self._row(self.tr("%1: state").replace("%1", name), f"{name}.state", state)
            self._writes.append(
                lambda: f"{name}.state = {write_name(state.currentText())}" if state.currentIndex() else ""
            )

    def _add_prop_place(self, name: str, start: str) -> None:
        places = self._story.world.places
        box = self._make_box(
            [("", self.tr("nowhere, or with its holder")), *((one.id, one.name or one.id) for one in places)], start
        )
        self._row(self.tr("%1: place").replace("%1", name), f"{name}.place", box)
        names = {one.id: one.name or one.id for one in places}

        def write() -> str:
            chosen = str(box.currentData() or "")
            return "" if chosen == start else f"{name}.place = {write_name(names[chosen]) if chosen else 'nowhere'}"

        self._writes.append(write)

    def _add_role(self, role_id: str, name: str) -> None:
        places = {place.id: place.name or place.id for place in self._story.world.places}
        choices = [(EVERYWHERE, self.tr("in the scene")), *places.items(), (AWAY, self.tr("away"))]
        start = self._story.world.role_places.get(role_id, EVERYWHERE)
        box = self._make_box(choices, start)
        self._row(name, f"place:{role_id}", box)
        called = write_name(name)

        def write() -> str:
            chosen = str(box.currentData() or "")
            if chosen == start:
                return ""
            return {AWAY: f"{called} leaves", EVERYWHERE: f"{called} enters"}.get(
                chosen, f"{called} moves to {write_name(places.get(chosen, ''))}"
            )

        self._writes.append(write)

    def _add_knowledge(self) -> None:
        statuses = (
            ("", self.tr("no")),
            (FactStatus.KNOWS.value, self.tr("knows")),
            (FactStatus.SUSPECTS.value, self.tr("suspects")),
        )
        roles, facts = self._story.roles, self._story.world.facts
        columns = [Column("text", self.tr("Fact"), is_fixed=True, width_px=0)]
        columns += [Column(role.id, role.name, steps=statuses, width_px=84) for role in roles]
        table = ThingTable(self.tr("Who knows what"), columns)
        started = {fact.id: {role.id: _as_known(fact.known_by.get(role.id)) for role in roles} for fact in facts}
        now = {fact_id: dict(known) for fact_id, known in started.items()}

        def show() -> None:
            table.show_rows([(fact.id, {"text": fact.text, **now[fact.id]}) for fact in facts])

        def edit(fact_id: str, role_id: str, value: object) -> None:
            now[fact_id][role_id] = str(value)
            show()

        def write() -> str:
            return "\n".join(
                f"{write_name(role.name)} {_VERBS[now[fact.id][role.id]]} {fact.id}"
                for fact in facts
                for role in roles
                if now[fact.id][role.id] != started[fact.id][role.id]
            )

        table.edited.connect(edit)
        show()
        self._writes.append(write)
        self._grid.addWidget(table, self._grid.rowCount(), 0, 1, 2)
        self.knowledge = table

    def _make_box(self, choices: list[tuple[str, str]], chosen: str) -> QComboBox:
        box = CalmComboBox()
        for value, name in choices:
            box.addItem(name, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        return box


def _as_known(status: FactStatus | None) -> str:
    """Who denies a fact knows it."""
    if status is None:
        return ""
    return FactStatus.SUSPECTS.value if status == FactStatus.SUSPECTS else FactStatus.KNOWS.value
