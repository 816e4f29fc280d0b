"""The room of memory: the stream of one character, which a person can change, and what came back to it."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.library.memories import add_memory, delete_memories, edit_memory, set_memory_pinned
from core.memory.entries import Entry, EntryKind
from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from gui.stage.memory.memory_list import MemoryList
from gui.stage.memory.memory_reader import MemoryNow, MemoryReader
from gui.stage.memory.recalled_view import RecalledView
from gui.stage.session import StageSession
from gui.stage.side_room import ReadingRoom
from gui.stage.transcript.scrolling import scroll_area
from gui.workspace import Workspace

_MOST_RECALLED = 0.42
"""The most of the height that what came back takes by itself."""


class MemoryRoom(ReadingRoom):
    """Shows memories at the end of the branch; what is changed counts from the next turn on, on this branch."""

    KEY = "memory"
    ICON = "mdi6.brain"

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self.now: MemoryNow | None = None
        """What is shown."""
        self._role_id = ""
        self._next_role_id = ""
        """To be shown once nothing is being written any more; empty: none."""
        self._turn_id: int | None = None
        self._reader: tuple[str, object, MemoryReader] | None = None
        self._choose_next = ""
        self._is_border_moved = False
        self._make_widgets()
        self._lay_out()
        self._connect()

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Memory")

    def show_turn(self, turn_id: int | None) -> None:
        """Shows what came back before another turn."""
        if turn_id != self._turn_id:
            self._turn_id = turn_id
            self.refresh_in_sight()

    def show_role(self, role_id: str) -> None:
        """Shows another character, once what is being written is kept or left."""
        if self.list.editor is not None:
            self._next_role_id = role_id
        elif role_id != self._role_id:
            self._role_id = role_id
            self.refresh_in_sight()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what changed meanwhile."""
        super().showEvent(event)
        self._share_height()

    # What a person does

    def add(self) -> None:
        """Opens the editor for a new memory."""
        if self._can_change():
            editor = self.list.write_new()
            if editor is not None:
                editor.kept.connect(self._keep_new)

    def edit(self, entry_id: str) -> None:
        """Opens the editor over a memory."""
        entry = self._entry(entry_id)
        if entry is not None and self._can_change(entry):
            editor = self.list.edit_entry(entry)
            if editor is not None:
                editor.kept.connect(lambda text, importance: self._keep(entry, text, importance))

    def toggle_pin(self, entry_id: str) -> None:
        """Pins a memory, or takes the pin away."""
        entry = self._entry(entry_id)
        if entry is not None and self._can_change(entry):
            self._act(
                lambda turn_id, role_id: set_memory_pinned(
                    self.workspace.project, turn_id, role_id, entry_id, not entry.is_pinned
                )
            )

    def delete(self, entry_ids: list[str]) -> None:
        """Lets the character forget memories."""
        entries = [entry for one in entry_ids if (entry := self._entry(one)) is not None]
        ids = [entry.id for entry in entries if self._can_change(entry)]
        if ids:
            self._act(lambda turn_id, role_id: delete_memories(self.workspace.project, turn_id, role_id, ids))

    def show_source(self, entry_id: str) -> None:
        """Brings the turn that a memory comes from into sight."""
        entry = self._entry(entry_id)
        if entry is not None and self.now is not None and 0 < entry.number <= len(self.now.turn_ids):
            self.turn_wanted.emit(self.now.turn_ids[entry.number - 1])

    # How it is put together

    def _make_widgets(self) -> None:
        self.who = QComboBox()
        self.who.setAccessibleName(self.tr("Whose memories"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search memories"))
        self.search.setAccessibleName(self.tr("Search memories"))
        self.search.setClearButtonEnabled(True)
        theme.set_kind(self.search, "search")
        self.add_button = _button("mdi6.plus", self.tr("Add a memory"))
        self.edit_button = _button("mdi6.pencil-outline", self.tr("Edit the memory (F2)"))
        self.pin_button = _button("mdi6.pin-outline", self.tr("Pin the memory: it is told before every turn (P)"))
        self.delete_button = _button("mdi6.delete-outline", self.tr("Delete the memory (Delete)"))
        self.note = small_label("", "small")
        self.list = MemoryList()
        self.empty = small_label("", "small")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.recalled = RecalledView()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.who, 1)
        for button in (self.add_button, self.edit_button, self.pin_button, self.delete_button):
            head.addWidget(button)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(12, 4, 12, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.search)
        column.addWidget(self.note)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(scroll_area(self.recalled))
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        self.who.activated.connect(lambda place: self.show_role(str(self.who.itemData(place))))
        self.search.textChanged.connect(self._on_searched)
        self.add_button.clicked.connect(self.add)
        self.edit_button.clicked.connect(lambda: self._with_current(self.edit))
        self.pin_button.clicked.connect(lambda: self._with_current(self.toggle_pin))
        self.delete_button.clicked.connect(lambda: self.delete([one.id for one in self.list.chosen()]))
        self.list.edit_wanted.connect(self.edit)
        self.list.pin_wanted.connect(self.toggle_pin)
        self.list.delete_wanted.connect(self.delete)
        self.list.source_wanted.connect(self.show_source)
        self.list.menu_wanted.connect(self._show_menu)
        self.list.editing_ended.connect(self._on_editing_ended)
        self.list.selectionModel().selectionChanged.connect(lambda _on, _off: self._refresh_buttons())
        self.splitter.splitterMoved.connect(self._on_border_moved)
        self.recalled.turn_wanted.connect(self.turn_wanted)
        self.recalled.entry_wanted.connect(self.list.choose)
        self.session.opened.connect(self._on_opened)
        self.session.path_changed.connect(self.refresh_in_sight)
        self.session.cast_changed.connect(self.refresh_in_sight)
        self.session.state_changed.connect(self._on_state_changed)
        self.workspace.rows_changed.connect(self._on_rows_changed)
        self.workspace.project_opened.connect(self._refresh_buttons)
        theme.notifier.theme_changed.connect(self.list.viewport().update)

    # What happened

    def _on_opened(self) -> None:
        self._next_role_id = ""
        self.list.close_editor()
        self._reader = None
        self._turn_id = None
        self.now = None
        self.refresh_in_sight()

    def _on_editing_ended(self) -> None:
        self._role_id, self._next_role_id = self._next_role_id or self._role_id, ""
        self.refresh_in_sight()

    def _on_state_changed(self) -> None:
        if self.session.is_loaded and self.now is None:
            self.refresh_in_sight()

    def _on_rows_changed(self, what: str, _entity_id: str) -> None:
        if what == "memorychange":
            self.refresh_in_sight()

    def _on_searched(self, text: str) -> None:
        self.list.search(text)
        self._say_empty()

    def holds_still(self) -> bool:
        """What is being written stays in place."""
        return self.list.editor is not None

    def read(self) -> None:
        """Reads memories: the first look at a long playtest takes a while."""
        session, script = self.session, self.session.script
        if script is None or not session.is_loaded or not self.workspace.is_project_open:
            self._show_nothing()
            return
        if script.part(self._role_id) is None:
            self._role_id = script.parts[0].role_id if script.parts else ""
        self._fill_who()
        turn_ids = [turn.id for turn in session.path]
        project, playtest_id, known = self.workspace.project, session.playtest_id, self._reader
        role_id, turn_id = self._role_id, self._turn_id

        def work() -> tuple[MemoryReader, MemoryNow | None]:
            is_known = known is not None and known[0] == playtest_id and known[1] is script
            reader = known[2] if known is not None and is_known else MemoryReader(project, playtest_id, script)
            return reader, reader.read(turn_ids, role_id, turn_id)

        def show(read: tuple[MemoryReader, MemoryNow | None]) -> None:
            self._reader = (playtest_id, script, read[0])
            self._show(read[1])

        def fail(error: UserError) -> None:
            self._show_nothing()
            self.note.setText(f"{error.message} {error.hint}".strip())
            self.note.show()

        self.read_later(work, show, fail)

    # What is shown

    def _show_nothing(self) -> None:
        self.forget()
        self.now = None
        self.who.clear()
        self.list.show_entries((), 0.0)
        self.recalled.show_now(None)
        self._say_empty()
        self._say_note()
        self._refresh_buttons()

    def _show(self, now: MemoryNow | None) -> None:
        if now is None:
            self._show_nothing()
            return
        self.now = now
        self.list.show_entries(now.entries, now.now_s, now.visible)
        if self._choose_next and self.list.choose(self._choose_next):
            self._choose_next = ""
        self.recalled.show_now(now)
        self._share_height()
        self._say_empty()
        self._say_note()
        self._refresh_buttons()

    def _share_height(self) -> None:
        """The list gets what the recalled memories leave, until somebody moves the border."""
        height, width = self.splitter.height(), self.recalled.width()
        if self._is_border_moved or not self.isVisible():
            return
        wanted = self.recalled.layout().totalHeightForWidth(width)
        lower = min(wanted, round(height * _MOST_RECALLED))
        self.splitter.setSizes([height - lower, lower])

    def _on_border_moved(self) -> None:
        self._is_border_moved = True

    def _fill_who(self) -> None:
        script = self.session.script
        parts = script.parts if script is not None else ()
        shown = [(part.character.name, part.role_id) for part in parts]
        if shown != [(self.who.itemText(place), self.who.itemData(place)) for place in range(self.who.count())]:
            self.who.clear()
            for name, role_id in shown:
                self.who.addItem(name, role_id)
        self.who.setCurrentIndex(self.who.findData(self._role_id))

    def _say_empty(self) -> None:
        has_rows, words = bool(self.list.memories.rows), self.search.text().strip()
        if words and self.list.memories.n_entries:
            self.empty.setText(fill(self.tr("No memory has “%1”."), words))
        else:
            self.empty.setText(self.tr("Nothing is remembered yet. What the character hears comes here turn by turn."))
        self.empty.setVisible(not has_rows)
        self.list.setVisible(has_rows or self.list.editor is not None or not words)

    def _say_note(self) -> None:
        project = self.workspace.project if self.workspace.is_project_open else None
        words = ""
        if project is not None and project.why_read_only is not None:
            words = fill(self.tr("This project is open for reading only. %1"), project.why_read_only.message)
        elif self.now is not None and not self.now.is_on:
            words = self.tr("Recall is off in this scene: only pinned memories are told. Scenarios can switch it on.")
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _refresh_buttons(self) -> None:
        can_add, current = self._can_change(), self.list.current()
        can_edit = current is not None and self._can_change(current)
        self.add_button.setEnabled(can_add)
        for button in (self.edit_button, self.pin_button):
            button.setEnabled(can_edit)
        is_told = current is not None and current.kind is EntryKind.PERSONA and not can_edit and can_add
        words = self.tr("The persona tells it as it is: change it in Characters")
        self.edit_button.setToolTip(words if is_told else self.edit_button.accessibleName())
        self.delete_button.setEnabled(any(self._can_change(entry) for entry in self.list.chosen()))

    # What can be changed

    def _entry(self, entry_id: str) -> Entry | None:
        entries = self.now.entries if self.now is not None else ()
        return next((entry for entry in entries if entry.id == entry_id), None)

    def _can_change(self, entry: Entry | None = None) -> bool:
        """Whether a memory can be changed; without one, whether one can be added."""
        if self.now is None or self.session.head is None or not self.workspace.is_project_open:
            return False
        if self.workspace.project.is_read_only:
            return False
        return entry is None or entry.kind is not EntryKind.PERSONA or self.now.recalls_persona

    def _with_current(self, work: Callable[[str], None]) -> None:
        entry = self.list.current()
        if entry is not None:
            work(entry.id)

    def _keep_new(self, text: str, importance: float | None) -> None:
        def keep(turn_id: int, role_id: str) -> None:
            self._choose_next = add_memory(self.workspace.project, turn_id, role_id, text, importance)

        if self._act(keep):
            self.list.close_editor()

    def _keep(self, entry: Entry, text: str, importance: float | None) -> None:
        is_same = text == entry.text and importance in (None, entry.importance)
        chosen = importance if importance != entry.importance else None

        def keep(turn_id: int, role_id: str) -> None:
            edit_memory(self.workspace.project, turn_id, role_id, entry.id, text, chosen)

        if is_same or self._act(keep):
            self.list.close_editor()

    def _act(self, work: Callable[[int, str], object]) -> bool:
        head = self.session.head
        if head is None:
            return False
        return self.workspace.attempt(lambda: work(head.id, self._role_id))

    def _show_menu(self, point: QPoint) -> None:
        entry = self.list.current()
        if entry is None:
            return
        menu = QMenu(self)
        can_change = self._can_change(entry)
        pin = self.tr("Unpin") if entry.is_pinned else self.tr("Pin")
        ids = [one.id for one in self.list.chosen()]
        for words, work, is_enabled in (
            (self.tr("Go to the turn"), lambda: self.show_source(entry.id), bool(entry.number)),
            (self.tr("Edit"), lambda: self.edit(entry.id), can_change),
            (pin, lambda: self.toggle_pin(entry.id), can_change),
            (self.tr("Copy"), lambda: QGuiApplication.clipboard().setText(entry.text), True),
            (self.tr("Delete"), lambda: self.delete(ids), can_change),
        ):
            action = QAction(words, menu)
            action.setEnabled(is_enabled)
            action.triggered.connect(lambda _checked=False, work=work: work())
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.list.viewport().mapToGlobal(point))


def _button(icon: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setAutoRaise(True)
    return button
