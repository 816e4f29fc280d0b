"""Writes a population: a sentence becomes a plan with exact quotas, the plan becomes people, who are then added."""

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.authoring.population.keeping import add_population, keep_state, recall_state
from core.authoring.population.run import Accepted, PopulationRun, count_quota
from core.authoring.population.run_state import PopulationState, Rejection
from core.authoring.population.words import Reading, read_population
from core.errors import UserError
from core.library.characters import list_characters
from gui import theme
from gui.population.plan_table import PlanTable
from gui.task import IsCancelled, Report, Task
from gui.workspace import Workspace

READ_AFTER_MS = 200
EXAMPLE = "40 villagers on an island, half over 60, one healer, three smiths"
MAX_SEED = 2**31 - 1

TOLD_EVERY_S = 0.05
"""A window that is told of each person at once has no time for a click on Cancel."""


class PopulationDialog(QDialog):
    """From a sentence to characters in the project."""

    added = Signal(list, str)
    """Ids of the new characters, and what they are called together."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Write a population"))
        self.resize(760, 640)
        self._workspace = workspace
        self._reading: Reading | None = None
        self._state: PopulationState | None = recall_state(workspace.project)
        self._task = Task("population", self)
        self._task.delivered.connect(self._on_events)
        self._task.failed.connect(self._on_fault)
        self._task.ended.connect(self._on_ended)
        self._make_parts()
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AFTER_MS)
        self._soon.timeout.connect(self._read)
        self.words.textChanged.connect(self._soon.start)
        if self._state is not None:
            self._show_kept(self._state)
        else:
            self._read()

    @property
    def state(self) -> PopulationState | None:
        """The run so far."""
        return self._state

    def start(self) -> None:
        """Begins, or goes on with what was cancelled."""
        if self._state is None or self._state.is_done:
            self._soon.stop()
            self._read()
            if self._reading is None:
                self.words.setFocus()
                return
            self._state = PopulationState(plan=self._reading.plan, seed=self.seed.value())
            self.people.clear()
            self.reasons.clear()
        state = self._state
        names = frozenset(character.name for character in list_characters(self._workspace.project))

        def work(_report: Report, is_cancelled: IsCancelled) -> None:
            batch: list[Accepted | Rejection] = []
            told = time.monotonic()
            for event in PopulationRun(state, names):
                batch.append(event)
                if time.monotonic() - told >= TOLD_EVERY_S or is_cancelled():
                    self._task.delivered.emit(batch)
                    batch, told = [], time.monotonic()
                if is_cancelled():
                    return
            self._task.delivered.emit(batch)

        self._task.start(work)
        self._show_running(True)

    def cancel_run(self) -> None:
        """Stops after the person at work; the run can go on later."""
        self._task.cancel()

    def add(self) -> None:
        """Adds everybody so far to the project, as one undo step."""
        state, project = self._state, self._workspace.project
        if state is None:
            return
        made: list[list[str]] = []
        if self._workspace.attempt(lambda: made.append(add_population(project, state))):
            self._workspace.attempt(lambda: keep_state(project, None))
            self._state = None
            self.added.emit(made[0], f"{len(made[0]):,} {state.plan.noun}")
            self.accept()

    def start_over(self) -> None:
        """Forgets the people so far."""
        self._state = None
        self._workspace.attempt(lambda: keep_state(self._workspace.project, None))
        self.people.clear()
        self.reasons.clear()
        self._show_running(False)
        self._read()

    def done(self, result: int) -> None:
        """Ends the work; what was not added is kept in the project to go on with."""
        self._task.close()
        self._soon.stop()
        if self._state is not None and self._state.accepted:
            self._workspace.attempt(lambda: keep_state(self._workspace.project, self._state))
        super().done(result)

    def _make_parts(self) -> None:
        self.words = QTextEdit()
        self.words.setAcceptRichText(False)
        self.words.setTabChangesFocus(True)
        self.words.setPlainText(EXAMPLE)
        self.words.setAccessibleName(self.tr("Who they are"))
        self.words.setFixedHeight(theme.text_px(72))
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.plan = PlanTable()
        self.seed = QSpinBox()
        self.seed.setRange(0, MAX_SEED)
        self.seed.setValue(1)
        theme.pad_spin_box(self.seed)
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(self.tr("The same words and seed give the same people."))
        self.people = QListWidget()
        self.people.setAccessibleName(self.tr("People so far"))
        self.people.setUniformItemSizes(True)
        self.reasons = QLabel()
        self.reasons.setWordWrap(True)
        theme.set_kind(self.reasons, "small")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.write_button = QPushButton(self.tr("Write them"))
        theme.set_kind(self.write_button, "primary")
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.again_button = QPushButton(self.tr("Start over"))
        self.add_button = QPushButton(self.tr("Add to the project"))
        self.write_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel_run)
        self.again_button.clicked.connect(self.start_over)
        self.add_button.clicked.connect(self.add)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        words = QLabel(
            self.tr("Say how many and what is true of how many of them. Numbers are kept exactly; the rest is drawn.")
        )
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        seed_row = QHBoxLayout()
        seed_label = QLabel(self.tr("&Seed"))
        seed_label.setBuddy(self.seed)
        seed_row.addWidget(self.said, 1)
        seed_row.addWidget(seed_label)
        seed_row.addWidget(self.seed)
        buttons = QHBoxLayout()
        for button in (self.again_button, self.cancel_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.write_button)
        column.addWidget(words)
        column.addWidget(self.words)
        column.addLayout(seed_row)
        column.addWidget(self.plan)
        column.addWidget(self.bar)
        column.addWidget(self.people, 1)
        column.addWidget(self.reasons)
        column.addLayout(buttons)
        self._show_running(False)

    def _read(self) -> None:
        """Reads the sentence and shows its plan, or what is wrong with it."""
        try:
            self._reading = read_population(self.words.toPlainText())
        except UserError as error:
            self._reading = None
            self.said.setText(f"{error.message} {error.hint}")
            theme.set_kind(self.said, "fault")
            self.plan.show_plan(None, [])
        else:
            unread = ", ".join(f"“{piece}”" for piece in self._reading.unread)
            self.said.setText(self.tr("Not understood: %1").replace("%1", unread) if unread else "")
            theme.set_kind(self.said, "warning" if unread else "small")
            self.plan.show_plan(self._reading.plan, [])
        self.write_button.setEnabled(self._reading is not None)

    def _show_kept(self, state: PopulationState) -> None:
        for character in state.characters():
            self.people.addItem(f"{character.name}: {character.summary}")
        self.said.setText(self.tr("These were being written when you left. Write on, add them, or start over."))
        theme.set_kind(self.said, "small")
        self._show_state(state)
        self._show_running(False)

    def _show_running(self, is_running: bool) -> None:
        state = self._state
        is_begun = state is not None and bool(state.accepted)
        is_done = state is not None and state.is_done
        self.words.setEnabled(not is_running and not is_begun)
        self.seed.setEnabled(not is_running and not is_begun)
        self.bar.setVisible(is_running or is_begun)
        self.cancel_button.setVisible(is_running)
        self.again_button.setVisible(is_begun and not is_running)
        self.add_button.setEnabled(is_begun and not is_running)
        self.add_button.setText(
            self.tr("Add %1 to the project").replace("%1", f"{len(state.accepted):,}")
            if is_begun and state is not None
            else self.tr("Add to the project")
        )
        self.write_button.setVisible(not is_running and not is_done)
        self.write_button.setText(self.tr("Write on") if is_begun else self.tr("Write them"))
        theme.set_kind(self.add_button, "primary" if is_done else "plain")

    def _show_state(self, state: PopulationState) -> None:
        self.bar.setMaximum(state.plan.n_people)
        self.bar.setValue(len(state.accepted))
        people = state.characters()
        self.plan.show_plan(state.plan, [count_quota(quota, people) for quota in state.plan.quotas], len(people))
        rejected = ", ".join(f"{rule} {count}" for rule, count in state.reasons().items())
        n_rejected = f"{len(state.rejections):,}"
        self.reasons.setText(
            self.tr("Sent back %1 times: %2").replace("%1", n_rejected).replace("%2", rejected) if rejected else ""
        )

    def _on_events(self, events: list[Accepted | Rejection]) -> None:
        for event in events:
            self._show_event(event)

    def _show_event(self, event: Accepted | Rejection) -> None:
        if isinstance(event, Rejection):
            item = QListWidgetItem(self.tr("Sent back: %1").replace("%1", event.why), self.people)
            item.setForeground(QColor(theme.colors().dim))
        elif self._state is not None:
            self.people.addItem(f"{event.character.name}: {event.character.summary}")
            self.people.scrollToBottom()
            self.bar.setMaximum(self._state.plan.n_people)
            self.bar.setValue(event.number + 1)

    def _on_fault(self, error: UserError) -> None:
        self.said.setText(f"{error.message} {error.hint}")
        theme.set_kind(self.said, "fault")

    def _on_ended(self) -> None:
        if self._state is not None:
            self._show_state(self._state)
        self._show_running(False)
