"""The panel of a user's own measures: listed, written, tried on the open branch, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QPushButton, QWidget

from core.errors import UserError
from core.library.own_metrics import add_own_metric, change_own_metric, delete_own_metric, list_own_metrics
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.panels.lab_panel import Here, LabPanel, fault_words, say, words
from gui.fidelity.panels.long_work import LongWork, OnStep
from gui.fidelity.panels.own.own_form import OwnForm
from gui.fidelity.panels.own.python_card import PythonCard
from gui.fidelity.panels.own.trial import TriedTurn, keep_tried, try_measure
from gui.fidelity.panels.own.wording import kind_words
from gui.fidelity.panels.result_table import MAX_ROWS, Cell, ResultTable, number_cell
from gui.stage.fill import fill
from gui.task import IsCancelled
from models.own_metric import OwnMetric, OwnMetricBase, OwnMetricKind

MAX_LIST_ROWS = 6


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is tried, and where: what came of it is shown and kept there alone."""

    here: Here
    own_id: str
    body: str


class OwnPanel(LabPanel):
    """One measure at a time."""

    WATCHED = ("ownmetric",)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, parent)
        self._measures: list[OwnMetric] = []
        self._own: OwnMetric | None = None
        self._wanted_id = ""
        self._project: Project | None = None
        """Whose measures are listed."""
        self._tried: list[TriedTurn] = []
        self._trial: _Trial | None = None
        """What is shown was tried so."""
        self._make_list()
        self.forms: dict[OwnMetricKind, OwnForm] = {}
        self._form_place = self.column.count()
        self.python = PythonCard()
        self.python.decided.connect(self._on_decided)
        self.python.hide()
        self.column.addWidget(self.python)
        self._make_trial()
        self.column.addStretch(1)
        self._show_chosen()

    def panel_actions(self) -> list[QAction]:
        """Adding a measure of each kind, and trying the one that is shown."""
        return [*self._adds, self._try_action]

    @property
    def form(self) -> OwnForm | None:
        """The editor in sight."""
        return self.forms.get(self._own.kind) if self._own is not None else None

    def stop_and_wait(self) -> None:
        """Ends the trial: the project is about to change or to close."""
        self.work.stop_and_wait()

    def forget(self, *, has_grown: bool) -> None:
        """Shows no trial of another branch; in another project there are other measures."""
        if not has_grown:
            self._drop_trial()
        if self._own is not None and self._project is not self.here().project:
            self._measures, self._own = [], None
            self.list.clear()
            self._show_chosen()

    def flush(self) -> None:
        """Keeps at once what was typed."""
        for form in self.forms.values():
            form.autosave.flush()

    def refresh(self) -> None:
        """Reads the list again; what is being typed stays."""
        self._project = self.workspace.project
        self._measures = list_own_metrics(self._project)
        wanted = self._wanted_id or (self._own.id if self._own is not None else "")
        self._wanted_id = ""
        place = next((at for at, one in enumerate(self._measures) if one.id == wanted), 0 if self._measures else -1)
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._measures:
            said = kind_words(one.kind)
            item = QListWidgetItem(theme.icon(said.icon, "dim"), one.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{one.name}, {said.title}")
            item.setToolTip(said.title)
            self.list.addItem(item)
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)
        n_shown = min(len(self._measures), MAX_LIST_ROWS)
        self.list.setFixedHeight(n_shown * max(self.list.sizeHintForRow(0), 1) + 2 * self.list.frameWidth() + 8)
        self.list.setVisible(bool(self._measures))
        self._open(self._measures[place] if place >= 0 else None)

    # What a person does

    def add(self, kind: OwnMetricKind) -> None:
        """Adds a measure of a kind, ready to be written."""
        self.flush()
        draft = OwnMetricBase(name=fill(self.tr("New %1"), kind_words(kind).title.lower()), kind=kind)

        def work() -> None:
            self._wanted_id = add_own_metric(self.workspace.project, draft).id
            self._read_now()
            if self.form is not None:
                self.form.fields["name"].focus_editor()
                self.form.fields["name"].select_all()

        self.workspace.attempt(work)

    def delete(self) -> None:
        """Deletes the measure that is shown; undo brings it back, and its scores stay."""
        if self._own is None:
            return
        own, project = self._own, self.workspace.project
        self.flush()
        if self.workspace.attempt(lambda: delete_own_metric(project, own.id)):
            self.board.note_raised.emit(fill(self.tr("“%1” was deleted."), own.name), self.tr("Ctrl+Z brings it back."))
            self._read_now()

    def try_it(self) -> None:
        """Measures the open branch and shows what came of it. Nothing is kept."""
        at = self.branch()
        if self._own is None or not self.try_button.isEnabled():
            return
        self.flush()
        own = next((one for one in list_own_metrics(self.workspace.project) if one.id == self._own.id), self._own)
        if at is None:
            say(self.said, self.tr("There is no branch to try it on: choose a playtest first."), "warning")
            return
        self._drop_trial()
        self._own = own
        project, trial = self.workspace.project, _Trial(self.here(), own.id, own.body)

        def run(on_step: OnStep, is_cancelled: IsCancelled) -> list[TriedTurn]:
            return try_measure(project, at, own, on_step, is_cancelled)

        self.work.start(run, trial)

    def keep(self) -> None:
        """Keeps what was tried as scores of the branch that it was tried on."""
        trial, tried = self._trial, self._tried
        if trial is None or not self._is_still(trial):
            return
        self._tried = []
        self.keep_button.hide()
        project, here = self.workspace.project, trial.here

        def done(n_kept: int) -> None:
            self.board.note_raised.emit(
                fill(self.tr("%1 scores are kept."), n_kept), self.tr("Choose the measure above the charts.")
            )

        def fail(error: UserError) -> None:
            if self.is_still(here, may_grow=True):
                self._show_fault(error)

        self.workspace.jobs.run(lambda: keep_tried(project, tried), done, fail)

    # How it is put together

    def _make_list(self) -> None:
        self.column.addWidget(
            words(self.tr("What only you look for: a rubric for a judge, phrases, an expression, or a program."))
        )
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Own measures"))
        theme.set_kind(self.list, "card")
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.column.addWidget(self.list)
        menu = QMenu(self)
        self._adds = [self._add_action(menu, kind) for kind in OwnMetricKind]
        self.add_button = QPushButton(theme.icon("mdi6.plus"), self.tr("Add a measure"))
        self.add_button.setMenu(menu)
        self.delete_button = QPushButton(theme.icon("mdi6.delete-outline"), self.tr("Delete"))
        theme.set_kind(self.delete_button, "ghost")
        self.delete_button.clicked.connect(self.delete)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addStretch(1)
        row.addWidget(self.delete_button)
        self.column.addLayout(row)
        self.add_said = words()
        self.column.addWidget(self.add_said)

    def _add_action(self, menu: QMenu, kind: OwnMetricKind) -> QAction:
        said = kind_words(kind)
        action = QAction(theme.icon(said.icon), fill(self.tr("Add own measure: %1"), said.title), self)
        action.setToolTip(said.explanation)
        action.triggered.connect(lambda _checked=False: self.add(kind))
        menu.addAction(action)
        return action

    def _make_trial(self) -> None:
        self._try_action = QAction(theme.icon("mdi6.play"), self.tr("Try own measure on this branch"), self)
        self._try_action.triggered.connect(lambda _checked=False: self.try_it())
        self.try_button = QPushButton(theme.icon("mdi6.play", "accent_text"), self.tr("Try on this branch"))
        theme.set_kind(self.try_button, "primary")
        self.try_button.clicked.connect(self.try_it)
        self.work = LongWork(self.tr("Trial"), self.try_button)
        self.work.succeeded.connect(self._on_tried)
        self.work.began.connect(self._show_chosen)
        self.work.ended.connect(self._show_chosen)
        self.workspace.closing.connect(self.work.close_task)
        self.keep_button = QPushButton(self.tr("Keep as scores"))
        self.keep_button.setToolTip(self.tr("Charts and agreement have them then, like those of any other measure"))
        self.keep_button.clicked.connect(self.keep)
        self.keep_button.hide()
        self.column.addWidget(self.work)
        self.said = words()
        self.column.addWidget(self.said)
        say(self.said, "")
        headings = [self.tr("Turn"), self.tr("Who"), self.tr("Value"), self.tr("Matches")]
        self.table = ResultTable(self.tr("What each turn came to"), headings, wide=3)
        self.table.row_chosen.connect(self.board.point)
        self.table.hide()
        self.column.addWidget(self.table)
        self.column.addWidget(self.keep_button, 0, Qt.AlignmentFlag.AlignLeft)

    def _form_of(self, kind: OwnMetricKind) -> OwnForm:
        if kind not in self.forms:
            form = self.forms[kind] = OwnForm(kind)
            form.autosave.faulted.connect(self.workspace.faulted)
            self.column.insertWidget(self._form_place, form)
            for field in form.fields.values():
                field.undo_requested.connect(self.workspace.undo)
                field.redo_requested.connect(self.workspace.redo)
        return self.forms[kind]

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self._measures):
            self._open(self._measures[row])

    def _open(self, own: OwnMetric | None) -> None:
        is_other = (own.id if own is not None else "") != (self._own.id if self._own is not None else "")
        is_rewritten = not is_other and own is not None and self._own is not None and own.body != self._own.body
        self._own = own
        if own is not None and is_other:
            own_id = own.id
            self._form_of(own.kind).open(own, lambda name, value: self._commit(own_id, name, value))
        elif own is not None:
            self._form_of(own.kind).refresh(own)
        if is_other or is_rewritten:
            self._drop_trial()
        self._show_chosen()

    def _drop_trial(self) -> None:
        """Shows nothing of a trial: it was of something else."""
        self.work.cancel()
        self.work.show_fault("")
        self._trial, self._tried = None, []
        say(self.said, "")
        self.table.show_rows([])
        self.table.hide()
        self.keep_button.hide()

    def _is_still(self, trial: object) -> bool:
        """Whether just this was tried, where it was: the same text of the same measure, on the same turns."""
        own = self._own
        if own is None or not isinstance(trial, _Trial) or not self.is_still(trial.here, may_grow=True):
            return False
        return (own.id, own.body) == (trial.own_id, trial.body)

    def _commit(self, own_id: str, name: str, value: Any) -> None:
        change_own_metric(self.workspace.project, own_id, **{name: value})

    def _show_chosen(self) -> None:
        own = self._own
        for kind, form in self.forms.items():
            form.setVisible(own is not None and own.kind == kind)
        self.delete_button.setVisible(own is not None)
        why = self.why_read_only()
        for action in self._adds:
            action.setEnabled(not why)
        for button in (self.add_button, self.delete_button):
            button.setEnabled(not why)
        is_python = own is not None and own.kind == OwnMetricKind.PYTHON
        if own is not None and is_python and own.body and self._project is not None:
            self.python.show_measure(self._project, own)
        self.python.setVisible(own is not None and is_python and bool(own.body))
        is_rubric = own is not None and own.kind == OwnMetricKind.RUBRIC
        can_try = own is not None and not is_rubric and (not is_python or self.python.is_allowed)
        self.work.setVisible(own is not None and not is_rubric)
        self.try_button.setEnabled(can_try and not self.work.is_running)
        self._try_action.setEnabled(self.try_button.isEnabled())
        said = self.tr("A rubric is for a judge: in Judges it stands among the measures to be asked.")
        say(self.add_said, " ".join(part for part in (why, said if is_rubric else "") if part), "small")

    def _on_decided(self) -> None:
        self._show_chosen()

    # What came of it

    def _on_tried(self, tried: list[TriedTurn]) -> None:
        """Shows it where what was tried is still looked at."""
        trial = self.work.about
        if self._is_still(trial) and isinstance(trial, _Trial):
            self._trial, self._tried = trial, tried
            self._show_tried(tried)

    def _show_tried(self, tried: Sequence[TriedTurn]) -> None:
        self.keep_button.setVisible(bool(tried) and not self.why_read_only())
        shown = sorted(tried, key=_order_of, reverse=True)[:MAX_ROWS]
        self.table.show_rows([self._row_of(one) for one in sorted(shown, key=lambda one: one.number)])
        self.table.setVisible(bool(tried))
        found = [one.value for one in tried if one.value is not None]
        if not tried:
            say(self.said, self.tr("Nobody said anything on this branch yet."), "small")
        elif not found:
            say(self.said, fill(self.tr("Not scored: %1"), tried[0].reason), "warning")
        else:
            say(self.said, self._say_found(found, len(tried)), "small")

    def _say_found(self, found: Sequence[float], n_tried: int) -> str:
        n_above, n_found, mean = sum(value > 0 for value in found), len(found), f"{sum(found) / len(found):.3f}"
        said = fill(self.tr("%1 of %2 turns come to more than 0; %3 on average."), f"{n_above:,}", f"{n_found:,}", mean)
        if n_tried > MAX_ROWS:
            more = self.tr("The table has the %1 that come to most; %2 more are counted here.")
            said += " " + fill(more, MAX_ROWS, f"{n_tried - MAX_ROWS:,}")
        return said

    def _row_of(self, one: TriedTurn) -> tuple[object, Sequence[Cell], str]:
        is_whole = one.value is not None and one.value == round(one.value)
        matches = ", ".join(one.matches) or one.reason
        cells: list[Cell] = [
            (str(one.number), float(one.number)),
            (one.speaker, one.speaker),
            number_cell(one.value, "{:g}" if is_whole else "{:.3f}"),
            (matches, matches),
        ]
        return one.turn_id, cells, one.reason or matches

    def _show_fault(self, error: UserError) -> None:
        self.table.hide()
        self.keep_button.hide()
        say(self.said, fault_words(error), "fault")


def _order_of(one: TriedTurn) -> float:
    return float("-inf") if one.value is None else one.value
