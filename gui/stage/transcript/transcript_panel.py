"""The middle of the Stage: the transcript, and everything that can be done with one of its turns."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.stage.cast.faces import faces_of
from gui.stage.labels.labelling import Labelling
from gui.stage.saying import say_end_of_branch
from gui.stage.session import StageSession
from gui.stage.stage_actions import StageActions, connect_all
from gui.stage.transcript.jump_form import JumpForm
from gui.stage.transcript.search_bar import SearchBar
from gui.stage.transcript.seen_by_bar import SeenByBar
from gui.stage.transcript.transcript_model import TranscriptModel
from gui.stage.transcript.transcript_view import TranscriptView
from gui.stage.transcript.turn_actions import TurnActionBar
from gui.stage.transcript.turn_editor import TurnEditor
from gui.stage.transcript.turn_layout import Spot
from gui.widgets.portrait import PictureCache
from gui.workspace import Workspace
from models.label import Verdict


class TranscriptPanel(QWidget):
    """Shows the open branch; acts on the current turn, or on the one whose button was used."""

    row_selected = Signal(int)
    """The current row, or -1."""
    details_wanted = Signal(int)
    """Turn id."""
    hint_changed = Signal(str)
    """What the keys do while a turn is edited; empty otherwise."""

    def __init__(
        self,
        workspace: Workspace,
        session: StageSession,
        acts: StageActions,
        pictures: PictureCache,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._acts = acts
        self.model = TranscriptModel(session, self)
        self.view = TranscriptView(pictures)
        self.view.setModel(self.model)
        self.view.addActions(acts.all())
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.bar = TurnActionBar(self.view, [acts.edit, acts.retry, acts.continue_here, acts.copy, acts.details])
        self.editor: TurnEditor | None = None
        self.labelling = Labelling(workspace, session.labels, self.model, self.view, self)
        self._end_button = QPushButton(self.view.viewport())
        self._end_button.setIcon(theme.icon("mdi6.arrow-down"))
        self._end_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._end_button.clicked.connect(self.view.go_to_end)
        self._end_button.hide()
        self.view.viewport().installEventFilter(self)
        self.search = SearchBar(self.model, self.view)
        self.seen_by = SeenByBar(session)
        self.jump = JumpForm(workspace, session, self)
        self.ending = QLabel()
        self.ending.setTextFormat(Qt.TextFormat.PlainText)
        self.ending.setWordWrap(True)
        self.ending.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.ending.setContentsMargins(24, 4, 24, 10)
        theme.set_kind(self.ending, "warning")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.search, self.seen_by, self.view, self.ending):
            layout.addWidget(widget, int(widget is self.view))
        self.setFocusProxy(self.view)
        self._connect()

    def _connect(self) -> None:
        acts, view = self._acts, self.view
        turn_acts = {
            acts.edit: self.edit,
            acts.retry: self.retry,
            acts.continue_here: self.continue_from,
            acts.previous: lambda row: self.choose_alternative(row, -1),
            acts.next: lambda row: self.choose_alternative(row, 1),
            acts.pin: self.toggle_pin,
            acts.good: lambda row: self.labelling.toggle(row, Verdict.GOOD),
            acts.off: lambda row: self.labelling.toggle(row, Verdict.OFF),
            acts.why: self.labelling.ask_why,
            acts.toggle_thought: self.model.toggle_thought,
            acts.copy: self.copy,
            acts.details: self.show_details,
        }
        connect_all({act: lambda work=work: self._on_current(work) for act, work in turn_acts.items()})
        self.bar.triggered.connect(lambda act, row: turn_acts[act](row))
        connect_all(
            {
                acts.toggle_thoughts: lambda: self.model.open_thoughts(not self.model.are_thoughts_open),
                acts.go_to_end: view.go_to_end,
                acts.copy_all: self.copy_all,
                acts.find: self.search.open,
                acts.find_next: lambda: self.search.step(1),
                acts.find_previous: lambda: self.search.step(-1),
                acts.seen_by: lambda: self.seen_by.open_menu(self.view),
                acts.jump: lambda: self.jump.open_over(self.view, view.currentIndex().row()),
            }
        )
        self.jump.row_chosen.connect(view.go_to)
        self.seen_by.chosen.connect(self.look_through)
        view.spot_clicked.connect(self._on_spot_clicked)
        view.row_activated.connect(self.show_details)
        view.row_hovered.connect(self._on_row_hovered)
        view.end_seen.connect(self._on_end_seen)
        view.customContextMenuRequested.connect(self._open_menu)
        view.selectionModel().currentChanged.connect(self._on_current_changed)
        self._session.opened.connect(self._on_opened)
        self._session.path_changed.connect(self._on_path_changed)
        self._session.state_changed.connect(self._say_ending)

    # What can be done with a turn

    def edit(self, row: int) -> None:
        """Opens an editor in the turn's place."""
        if self.editor is not None:
            self.editor.close_editor()
        entry = self.model.entry(row)
        if entry.is_live or entry.line:
            return
        self.view.go_to(row)
        self.editor = TurnEditor(self.view, row)
        self.editor.committed.connect(lambda turn_id, text: self._session.direct(lambda one: one.edit(turn_id, text)))
        self.editor.closed.connect(self._on_editor_closed)
        self.hint_changed.emit(
            self.tr(
                "Enter keeps your words as an alternative of this turn · Shift+Enter breaks the line · Escape leaves it"
            )
        )

    def retry(self, row: int) -> None:
        """Has the weights write an alternative of the turn."""
        entry = self.model.entry(row)
        turn_id = entry.turn_id
        if turn_id is not None and entry.can_retry:
            self._session.direct(lambda director: director.retry(turn_id))
            self.view.go_to_end()

    def continue_from(self, row: int) -> None:
        """Makes the turn the end of the branch: what comes next begins another one."""
        turn_id = self.model.entry(row).turn_id
        if turn_id is not None:
            self._session.direct(lambda director: director.continue_from(turn_id))

    def choose_alternative(self, row: int, step: int) -> None:
        """Goes to the previous or next alternative of the turn."""
        entry = self.model.entry(row)
        turn_id = entry.turn_id
        if turn_id is not None and 1 <= entry.place + step <= entry.n_alternatives:
            self._session.direct(lambda director: director.choose_alternative(turn_id, step))

    def toggle_pin(self, row: int) -> None:
        """Pins the turn, so that it stays in every view, or takes the pin away."""
        entry = self.model.entry(row)
        if entry.turn_id is not None:
            self._session.set_pinned(entry.turn_id, not entry.is_pinned)

    def copy(self, row: int) -> None:
        """Copies the selected words, or the selected turns, or this one."""
        is_selected = row in {index.row() for index in self.view.selectedIndexes()}
        entry = self.model.entry(row)
        QGuiApplication.clipboard().setText(self.view.selected_text() if is_selected else entry.line or entry.text)

    def copy_all(self) -> None:
        """Copies all turns of the branch, with their speakers."""
        QGuiApplication.clipboard().setText(self.model.write_out(range(self.model.rowCount())))

    def look_through(self, role_id: str) -> None:
        """Shows what a role has perceived; empty: all."""
        self.model.look_through(role_id)
        self.search.search_again()
        self.seen_by.show_role(role_id)
        self.view.setFocus()

    def show_details(self, row: int) -> None:
        """Wants the turn's scores and what the weights read."""
        turn_id = self.model.entry(row).turn_id
        if turn_id is not None:
            self.view.setCurrentIndex(self.model.index(row))
            self.details_wanted.emit(turn_id)

    def go_to_turn(self, turn_id: int) -> None:
        """Selects a turn of this branch and brings it into sight."""
        row = self.model.row_of(turn_id)
        if row is not None:
            self.view.go_to(row)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the button that leads to the end in its corner."""
        if event.type() == QEvent.Type.Resize:
            self._place_end_button()
        return super().eventFilter(watched, event)

    def _on_current(self, work: object) -> None:
        """Does something with the current row, the last one if there is none."""
        row = self.view.currentIndex().row()
        row = row if row >= 0 else self.model.rowCount() - 1
        if 0 <= row < self.model.rowCount():
            work(row)  # type: ignore[operator]

    def _on_spot_clicked(self, row: int, spot: Spot) -> None:
        match spot:
            case Spot.THOUGHT:
                self.model.toggle_thought(row)
            case Spot.PIN:
                self.toggle_pin(row)
            case Spot.ALARM:
                self.show_details(row)
            case Spot.LABEL:
                self.labelling.ask_why(row)
            case Spot.PREVIOUS:
                self.choose_alternative(row, -1)
            case Spot.NEXT:
                self.choose_alternative(row, 1)

    def _on_row_hovered(self, row: int) -> None:
        if 0 <= row < self.model.rowCount():
            entry = self.model.entry(row)
            can_write = self._session.can_write
            self.bar.allow(self._acts.retry, can_write and entry.can_retry)
            self.bar.allow(self._acts.edit, can_write and not entry.line)
            self.bar.allow(self._acts.continue_here, can_write and row < self.model.rowCount() - 1)

    def _on_end_seen(self, is_seen: bool) -> None:
        self._end_button.setVisible(not is_seen and self.model.rowCount() > 0)
        self._name_end_button(0)

    def _on_path_changed(self, first: int) -> None:
        if not self.view.is_at_end:
            self._name_end_button(self.model.rowCount() - first)

    def _name_end_button(self, n_new: int) -> None:
        self._end_button.setText(self.tr("New turns below") if n_new > 0 else self.tr("To the last turn"))
        self._place_end_button()

    def _place_end_button(self) -> None:
        self._end_button.adjustSize()
        port = self.view.viewport()
        self._end_button.move(
            (port.width() - self._end_button.width()) // 2, port.height() - self._end_button.height() - 12
        )
        self._end_button.raise_()

    def _on_opened(self) -> None:
        self.view.show_faces(faces_of(self._session.script))
        self.seen_by.show_role("")
        self.row_selected.emit(-1)

    def _say_ending(self) -> None:
        self.ending.setText(say_end_of_branch(self._session))
        self.ending.setVisible(bool(self.ending.text()))

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.row_selected.emit(current.row())

    def _on_editor_closed(self) -> None:
        self.editor = None
        self.hint_changed.emit("")

    def _open_menu(self, point: QPoint) -> None:
        index = self.view.indexAt(point)
        if not index.isValid():
            return
        if not self.view.selectionModel().isSelected(index):
            self.view.setCurrentIndex(index)
        entry = self.model.entry(index.row())
        allowed = {
            self._acts.retry: entry.can_retry,
            self._acts.previous: entry.place > 1,
            self._acts.next: entry.place < entry.n_alternatives,
            self._acts.toggle_thought: bool(entry.thought),
            self._acts.edit: not entry.is_live and not entry.line,
        }
        allowed |= dict.fromkeys(self._acts.of_label(), self.labelling.can_label(index.row()))
        self._acts.pin.setText(self.tr("Unpin") if entry.is_pinned else self.tr("Pin: keep in every view"))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for act in self._acts.of_turn():
            if allowed.get(act, not entry.is_live):
                menu.addAction(act)
        menu.popup(self.view.viewport().mapToGlobal(point))
