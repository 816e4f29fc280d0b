"""The room of the mind: what one of the cast holds, feels, plans and thinks after a turn, each with its cause."""

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.playtest.looking_back.mind_reading import MindReading, read_mind
from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from gui.stage.mind.fold import Fold
from gui.stage.mind.sections import connect_lines, sections_of
from gui.stage.session import StageSession
from gui.stage.side_room import ReadingRoom
from gui.stage.transcript.scrolling import scroll_area
from gui.workspace import Workspace

FOLDED_AT_FIRST = frozenset({"limits", "reminders"})


class MindRoom(ReadingRoom):
    """A mind after the selected turn, at the head when none is."""

    SETTLE_MS = 120
    KEY = "mind"
    ICON = "mdi6.head-cog-outline"

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self.mind: MindReading | None = None
        """What is shown."""
        self.folds: dict[str, Fold] = {}
        self._role_id = ""
        self._turn_id: int | None = None
        self._make_widgets()
        self._lay_out()
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self.refresh_in_sight)
        session.cast_changed.connect(self._on_cast_changed)
        session.state_changed.connect(self._on_state_changed)
        theme.notifier.theme_changed.connect(self._on_theme_changed)

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Mind")

    def show_turn(self, turn_id: int | None) -> None:
        """Shows the mind after another turn."""
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self.refresh_in_sight()

    def show_role(self, role_id: str) -> None:
        """Shows the mind of another member of the cast."""
        if role_id != self._role_id and self.who.findData(role_id) >= 0:
            self._role_id = role_id
            self.who.setCurrentIndex(self.who.findData(role_id))
            self.refresh_in_sight()

    # How it is put together

    def _make_widgets(self) -> None:
        self.who = QComboBox()
        self.who.setAccessibleName(self.tr("Whose mind"))
        self.who.activated.connect(self._on_who_activated)
        self.when = QLabel()
        theme.set_kind(self.when, "small")
        self.now_button = QPushButton(self.tr("Now"))
        theme.set_kind(self.now_button, "small-link")
        self.now_button.setToolTip(self.tr("Shows the mind as it is at the end of the branch"))
        self.now_button.clicked.connect(lambda: self.show_turn(None))
        self.empty = small_label("", "small")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 4, 12, 0)
        head.setSpacing(8)
        head.addWidget(self.who)
        head.addWidget(self.when, 1)
        head.addWidget(self.now_button)
        column = QWidget()
        self._cards = QVBoxLayout(column)
        self._cards.setContentsMargins(12, 4, 12, 12)
        self._cards.setSpacing(8)
        self._cards.addWidget(self.empty)
        self._cards.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(scroll_area(column), 1)

    # What happened

    def _on_opened(self) -> None:
        self.mind = None
        self._role_id, self._turn_id = "", None
        self._fill_who()
        self.refresh_in_sight()

    def _on_cast_changed(self) -> None:
        self._fill_who()
        self.refresh_in_sight()

    def _on_state_changed(self) -> None:
        if self.session.is_loaded and self.mind is None:
            self._fill_who()
            self.refresh_in_sight()

    def _on_theme_changed(self) -> None:
        if self.mind is not None:
            self._show(self.mind)

    def _on_who_activated(self, place: int) -> None:
        self._role_id = self.who.itemData(place)
        self.refresh_in_sight()

    def _fill_who(self) -> None:
        script = self.session.cast
        parts = script.parts if script is not None else ()
        self.who.clear()
        for part in parts:
            self.who.addItem(part.character.name, part.role_id)
        if self.who.findData(self._role_id) < 0:
            self._role_id = parts[0].role_id if parts else ""
        self.who.setCurrentIndex(self.who.findData(self._role_id))
        self.who.setVisible(bool(parts))

    def read(self) -> None:
        """Reads the mind."""
        session = self.session
        if session.script is None or not session.is_loaded or not self.workspace.is_project_open:
            self._show_nothing(self.tr("Nothing is played yet. Play a scene, and what goes on in its cast shows here."))
            return
        if self.who.count() == 0:
            self._fill_who()
        turn = session.tree.get(self._turn_id)
        is_on_path = (
            turn is not None and turn.number <= len(session.path) and session.path[turn.number - 1].id == turn.id
        )
        self._turn_id = self._turn_id if is_on_path else None
        head = session.head
        project, playtest_id, role_id = self.workspace.project, session.playtest_id, self._role_id
        readers = session.readers
        turn_id = self._turn_id if self._turn_id is not None else head.id if head is not None else None

        def work() -> MindReading | None:
            return read_mind(project, playtest_id, turn_id, role_id, readers.of(project, playtest_id))

        def show(mind: MindReading | None) -> None:
            if mind is not None:
                self._show(mind)

        self.read_later(work, show, lambda error: self._show_nothing(f"{error.message} {error.hint}"))

    # What is shown

    def _show_nothing(self, words: str) -> None:
        self.forget()
        self.mind = None
        self.empty.setText(words)
        self.empty.show()
        self.when.clear()
        self.now_button.hide()
        for fold in self.folds.values():
            fold.hide()

    def _show(self, mind: MindReading) -> None:
        self.mind = mind
        self.empty.hide()
        is_now = self._turn_id is None
        said = self.tr("after turn %1") if mind.number else self.tr("before the first turn")
        self.when.setText(fill(said, mind.number))
        self.now_button.setVisible(not is_now)
        for section in sections_of(mind):
            fold = self.folds.get(section.key) or self._add_fold(section.key, section.title)
            fold.set_note(section.note)
            connect_lines(section.rows, self._go_to)
            fold.show_rows(section.rows)
            fold.show()

    def _add_fold(self, key: str, title: str) -> Fold:
        fold = self.folds[key] = Fold(title)
        fold.set_open(key not in FOLDED_AT_FIRST)
        self._cards.insertWidget(self._cards.count() - 1, fold)
        return fold

    def _go_to(self, number: int) -> None:
        """Has the transcript go to a turn of the path that is shown."""
        turn_id = self.mind.turn_ids.get(number) if self.mind is not None else None
        if turn_id is not None:
            self.turn_wanted.emit(turn_id)
