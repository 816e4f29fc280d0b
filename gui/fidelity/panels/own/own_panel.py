"""The panel of a user's own measures: listed, written, tried on the open branch, deleted."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QPushButton, QWidget

from core.errors import UserError
from core.library.own_metrics import add_own_metric, change_own_metric, delete_own_metric, list_own_metrics
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.panels.lab_panel import LabPanel, fault_words, say, words
from gui.fidelity.panels.own.own_form import OwnForm
from gui.fidelity.panels.own.python_card import PythonCard
from gui.fidelity.panels.own.trial import TriedTurn, keep_tried, try_measure
from gui.fidelity.panels.own.wording import kind_words
from gui.fidelity.panels.result_table import ResultTable
from gui.stage.fill import fill
from models.own_metric import OwnMetric, OwnMetricBase, OwnMetricKind

MAX_LIST_ROWS = 6


class OwnPanel(LabPanel):
    """One measure at a time."""

    WATCHED = ("ownmetric",)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, parent)
        self._measures: list[OwnMetric] = []
        self._own: OwnMetric | None = None
        self._wanted_id = ""
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

    def flush(self) -> None:
        """Keeps at once what was typed."""
        for form in self.forms.values():
            form.autosave.flush()

    def refresh(self) -> None:
        """Reads the list again; what is being typed stays."""
        self._measures = list_own_metrics(self.workspace.project)
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
        say(self.said, self.tr("measuring …"), "small")
        project = self.workspace.project
        self.read_later(lambda: try_measure(project, at, own), self._show_tried, self._show_fault)

    def keep(self) -> None:
        """Keeps what was tried as scores of the branch."""
        tried, project, self._tried = self._tried, self.workspace.project, []
        self.keep_button.hide()

        def done(n_kept: int) -> None:
            self.board.note_raised.emit(
                fill(self.tr("%1 scores are kept."), n_kept), self.tr("Choose the measure above the charts.")
            )

        self.workspace.jobs.run(lambda: keep_tried(project, tried), done, self._show_fault)

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
        self._tried: list[TriedTurn] = []
        self.keep_button = QPushButton(self.tr("Keep as scores"))
        self.keep_button.setToolTip(self.tr("Charts and agreement have them then, like those of any other measure"))
        self.keep_button.clicked.connect(self.keep)
        self.keep_button.hide()
        row = QHBoxLayout()
        row.addWidget(self.try_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.said = words()
        self.column.addWidget(self.said)
        headings = [self.tr("Turn"), self.tr("Who"), self.tr("Value"), self.tr("Matches")]
        self.table = ResultTable(self.tr("What each turn came to"), headings, wide=3)
        self.table.row_chosen.connect(self.board.point)
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
        self._own = own
        if own is not None and is_other:
            own_id = own.id
            self._form_of(own.kind).open(own, lambda name, value: self._commit(own_id, name, value))
        elif own is not None:
            self._form_of(own.kind).refresh(own)
        if is_other:
            say(self.said, "")
            self.table.hide()
            self.keep_button.hide()
        self._show_chosen()

    def _commit(self, own_id: str, name: str, value: Any) -> None:
        change_own_metric(self.workspace.project, own_id, **{name: value})

    def _show_chosen(self) -> None:
        own = self._own
        for kind, form in self.forms.items():
            form.setVisible(own is not None and own.kind == kind)
        self.delete_button.setVisible(own is not None)
        is_python = own is not None and own.kind == OwnMetricKind.PYTHON
        if own is not None and is_python and own.body:
            self.python.show_measure(self.workspace.project, own)
        self.python.setVisible(own is not None and is_python and bool(own.body))
        is_rubric = own is not None and own.kind == OwnMetricKind.RUBRIC
        can_try = own is not None and not is_rubric and (not is_python or self.python.is_allowed)
        self.try_button.setVisible(own is not None and not is_rubric)
        self.try_button.setEnabled(can_try)
        self._try_action.setEnabled(can_try)
        if is_rubric:
            say(
                self.said,
                self.tr("A rubric is for a judge: in Judges it stands among the measures to be asked."),
                "small",
            )
        if own is None:
            say(self.said, "")
            self.table.hide()

    def _on_decided(self) -> None:
        self._show_chosen()

    # What came of it

    def _show_tried(self, tried: list[TriedTurn]) -> None:
        self._tried = tried
        self.keep_button.setVisible(bool(tried) and not self.workspace.project.is_read_only)
        rows = []
        for one in tried:
            value = (
                "–" if one.value is None else f"{one.value:g}" if one.value == round(one.value) else f"{one.value:.3f}"
            )
            matches = ", ".join(one.matches) or one.reason
            order = float("-inf") if one.value is None else one.value
            cells = [
                (str(one.number), float(one.number)),
                (one.speaker, one.speaker),
                (value, order),
                (matches, matches),
            ]
            rows.append((one.turn_id, cells, one.reason or matches))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        found = [one.value for one in tried if one.value is not None]
        n_hit = sum(bool(value) for value in found)
        if not tried:
            say(self.said, self.tr("Nobody said anything on this branch yet."), "small")
        elif not found:
            say(self.said, fill(self.tr("Not scored: %1"), tried[0].reason), "warning")
        else:
            mean = f"{sum(found) / len(found):.3f}"
            say(
                self.said,
                fill(self.tr("%1 of %2 turns come to more than 0; %3 on average."), n_hit, len(found), mean),
                "small",
            )

    def _show_fault(self, error: UserError) -> None:
        self.table.hide()
        self.keep_button.hide()
        say(self.said, fault_words(error), "fault")
