"""What can be done to the turn that is open in Fidelity: label it, contest a score of it, have it judged again."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from core.errors import UserError
from core.fidelity.catalogue import METRICS
from core.fidelity.judging.judged_metric import JudgedMetric
from core.lab.judge_queue import JudgingJob
from core.library.labels import labels_of_turn, set_label
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.detail_card import DetailCard
from gui.fidelity.panels.judges.asking_list import is_about_turns, offered_metrics
from gui.fidelity.panels.judges.judge_choice import SAMPLES, chosen_judge, name_of_judge, read_standing_of, say_played
from gui.fidelity.panels.judges.judging_desk import desk_of
from gui.fidelity.panels.judges.standing import Standing
from gui.fidelity.panels.lab_panel import fault_words
from gui.stage.fill import fill
from gui.stage.labels.score_notes import contest
from gui.stage.labels.turn_labels import TurnLabel
from gui.stage.labels.why_form import WhyForm
from models.label import Label, Verdict
from models.score import Score


def install(board: Board, card: DetailCard, charts: Sequence[QWidget] = ()) -> list[QAction]:
    """Adds the actions to the card, and their keys to it and to charts; returns them.

    Elsewhere the keys are letters: lists and choices find what begins with them.
    """
    acts = DetailActions(board, card)
    for action in acts.all:
        card.add_action(action)
    for widget in (card, *charts):
        widget.addActions(acts.all)
    return acts.all


class DetailActions(QObject):
    """Acts on the turn that is open, and on the measure that is looked at."""

    def __init__(self, board: Board, card: DetailCard) -> None:
        super().__init__(card)
        self._board = board
        self._card = card
        self._score: Score | None = None
        """The score that is being contested while its form is open."""
        self.form = WhyForm(card)
        self.form.kept.connect(self._keep)
        self.good = self._make(self.tr("Good"), "mdi6.thumb-up-outline", "G", self.tr("This turn is good"))
        self.off = self._make(self.tr("Off"), "mdi6.thumb-down-outline", "O", self.tr("This turn is off"))
        self.why = self._make(self.tr("Why…"), "mdi6.comment-edit-outline", "Y", self.tr("Why it is good or off"))
        self.disagree = self._make(
            self.tr("I disagree…"), "mdi6.hand-back-left-outline", "D", self.tr("With the score that is looked at")
        )
        self.rejudge = self._make(
            self.tr("Judge again"), "mdi6.gavel", "J", self.tr("By the judge chosen in Judges; the old verdict stays")
        )
        self.all = [self.good, self.off, self.why, self.disagree, self.rejudge]
        self.good.triggered.connect(lambda: self.toggle(Verdict.GOOD))
        self.off.triggered.connect(lambda: self.toggle(Verdict.OFF))
        self.why.triggered.connect(self.ask_why)
        self.disagree.triggered.connect(self.ask_to_contest)
        self.rejudge.triggered.connect(self.judge_again)
        card.shown.connect(self._allow)
        board.workspace.rows_changed.connect(self._on_rows_changed)
        self._allow()

    def toggle(self, verdict: Verdict) -> None:
        """Says that the turn is good or off, or takes just that back."""
        label = self._label()
        is_taken_back = label is not None and label.verdict == verdict
        self._set(None if is_taken_back else verdict, label.why if label is not None else "")

    def ask_why(self) -> None:
        """Opens the line for why."""
        label = self._label()
        said = TurnLabel(label.verdict, label.why) if label is not None else None
        self._score = None
        self.form.open_at(self._card, self._below(), self._card.turn_id, self._number(), said)

    def ask_to_contest(self) -> None:
        """Opens the line for why the score that is looked at is wrong."""
        self._score = score = self._looked_at()
        if score is None:
            return
        said = labels_of_turn(self._board.workspace.project, self._card.turn_id)
        why = next((one.why for one in said if one.metric == score.metric and not one.person), "")
        self.form.open_to_contest(self._card, self._below(), self._card.turn_id, self._title(score), why)

    def judge_again(self) -> None:
        """Has the turn judged by the same measure once more, behind whatever is being played.

        Where nobody was chosen to judge yet, that comes first: else weights would judge their own lines unasked.
        """
        judged, board = self._judged(), self._board
        row = board.frame.row_of(self._card.turn_id)
        if judged is None or row < 0:
            return
        workspace = board.workspace
        choice = chosen_judge(workspace.settings)
        if choice is None:
            board.panel_wanted.emit("judges")
            board.note_raised.emit(self.tr("Nobody was chosen to judge yet."), self.tr("Choose who judges in Judges."))
            return
        try:
            engine = workspace.find_engine(choice) if choice else workspace.engine
        except UserError as error:
            board.note_raised.emit(self.tr("This turn cannot be judged."), fault_words(error))
            return
        desk = desk_of(board)
        job = JudgingJob(
            board.frame.playtests[int(board.frame.playtest[row])].id,
            engine,
            [judged],
            SAMPLES,
            gives_way=desk.gives_way(engine),
            head_id=self._card.turn_id,
            turn_ids=(self._card.turn_id,),
            again=True,
        )
        name = name_of_judge(workspace, choice)
        title = fill(self.tr("%1 of turn %2, again, by %3"), judged.metrics[0].title, self._number(), name)
        desk.submit(job, title, choice)
        self._say_who_judges(title, choice, job.playtest_id)

    def _say_who_judges(self, title: str, choice: str, playtest_id: str) -> None:
        """Says who is asked, and whether they would judge their own lines, once that is found out."""
        workspace, note = self._board.workspace, self._board.note_raised
        project, settings = workspace.project, workspace.settings
        behind = self.tr("It is judged behind the playtest; see Judges.")

        def say_it(standing: Standing) -> None:
            note.emit(title, " ".join(part for part in (say_played(standing), behind) if part))

        def read() -> Standing:
            return read_standing_of(project, settings, choice, playtest_id)

        workspace.jobs.run(read, say_it, lambda _error: note.emit(title, behind), is_long=True)

    # What is looked at

    def _make(self, text: str, icon: str, keys: str, tip: str) -> QAction:
        action = QAction(theme.icon(icon), text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(tip)
        return action

    def _label(self) -> Label | None:
        if not self._card.turn_id:
            return None
        said = labels_of_turn(self._board.workspace.project, self._card.turn_id)
        return next((one for one in said if not one.metric and not one.person), None)

    def _looked_at(self) -> Score | None:
        """The score of the measure that is looked at."""
        metric, _mark, judge_id = self._card.column_key.partition("@")
        wanted = (metric, judge_id or None)
        return next((one for one in reversed(self._card.scores) if (one.metric, one.judge_id) == wanted), None)

    def _judged(self) -> JudgedMetric | None:
        """What a judge would be asked for that measure."""
        metric = self._card.column_key.partition("@")[0]
        if not metric or not self._board.workspace.is_project_open:
            return None
        known = METRICS.get(metric)
        if known is not None and known.needs != "judge":
            return None
        offered = offered_metrics(self._board.workspace.project)
        return next((one for one in offered if metric in one.names and is_about_turns(one)), None)

    def _title(self, score: Score) -> str:
        column = self._board.frame.columns.get(self._card.column_key)
        return column.title if column is not None else score.metric

    def _number(self) -> int:
        row = self._board.frame.row_of(self._card.turn_id)
        return int(self._board.frame.number[row]) if row >= 0 else 0

    def _below(self) -> QRect:
        return QRect(0, 0, self._card.width(), self._card.height() // 3)

    # What is said

    def _set(self, verdict: Verdict | None, why: str) -> None:
        turn_id, project = self._card.turn_id, self._board.workspace.project
        if turn_id:
            self._board.workspace.attempt(lambda: set_label(project, turn_id, verdict, why))

    def _keep(self, _turn_id: int, verdict: Verdict, why: str) -> None:
        score, self._score = self._score, None
        if score is None:
            self._set(verdict, why)
        else:
            self._board.workspace.attempt(lambda: contest(self._board.workspace.project, score, why))

    def _on_rows_changed(self, what: str, _entity_id: str) -> None:
        if what == Label.__tablename__:
            self._allow()

    def _allow(self) -> None:
        workspace = self._board.workspace
        can_write = workspace.is_project_open and not workspace.project.is_read_only
        is_open = bool(self._card.turn_id) and can_write
        label = self._label() if is_open else None
        for action, verdict, name in (
            (self.good, Verdict.GOOD, self.tr("Good")),
            (self.off, Verdict.OFF, self.tr("Off")),
        ):
            is_said = label is not None and label.verdict == verdict
            action.setEnabled(is_open)
            action.setText(f"✓ {name}" if is_said else name)
        self.why.setEnabled(is_open)
        score = self._looked_at()
        self.disagree.setEnabled(is_open and score is not None and score.value is not None)
        self.rejudge.setEnabled(is_open and self._judged() is not None)
