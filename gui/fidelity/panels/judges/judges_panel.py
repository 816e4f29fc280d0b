"""The panel of judges: who, how far to trust them, what they are asked behind the playtest, and whether you agree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget
from sqlmodel import select

from core.errors import UserError
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.licence import Licence, examine, licence_items
from core.inference.request import Engine
from core.lab.agreement import Agreement, BetweenJudges, agreement_between_judges, agreement_of
from core.lab.frame import column_key
from core.lab.judge_queue import JudgingJob
from core.lab.judging import SoFar, read_so_far
from core.library.judges import list_judges, save_licence
from core.library.labels import list_labels
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.panels.judges.agreement_view import AgreementView
from gui.fidelity.panels.judges.asking_list import (
    FOLLOW,
    OPEN,
    SELECTED,
    AskingList,
    is_about_turns,
    name_questions,
    offered_metrics,
)
from gui.fidelity.panels.judges.judge_choice import SAMPLES, JudgeChoice, name_of_judge
from gui.fidelity.panels.judges.judging_desk import desk_of
from gui.fidelity.panels.judges.licence_view import LicenceView
from gui.fidelity.panels.judges.queue_view import QueueView
from gui.fidelity.panels.judges.so_far_view import SoFarView
from gui.fidelity.panels.judges.verdict_view import Verdict, VerdictView, read_verdicts
from gui.fidelity.panels.lab_panel import LabPanel, fault_words, say, words
from gui.fidelity.panels.long_work import LongWork, OnStep
from gui.fidelity.panels.open_branch import BranchAt
from gui.stage.fill import fill
from gui.task import IsCancelled
from models.own_metric import OwnMetric


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read for the panel."""

    metrics: list[JudgedMetric]
    agreements: list[Agreement]
    between: list[BetweenJudges]
    n_labels: int
    judges: Mapping[str, str]
    titles: Mapping[str, str]
    verdicts: list[Verdict]
    so_far: list[SoFar]


class JudgesPanel(LabPanel):
    """One judge at a time; many may have judged."""

    WATCHED = ("judge", "label", "score", "ownmetric")

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, parent)
        self._titles: Mapping[str, str] = {}
        self._judge_id = ""
        """Of the row of the judge that was read last."""
        self.desk = desk_of(board)
        self._make_judge()
        self._make_asking()
        self._make_rest()
        board.pointed.connect(lambda _turn_id: self.refresh_in_sight())
        board.selection.changed.connect(self._show_targets)
        self.workspace.engine_changed.connect(self.refresh_in_sight)

    def panel_actions(self) -> list[QAction]:
        """Examining, and judging what is ticked."""
        return [self.examine_action, self.judge_action]

    def refresh(self) -> None:
        """Reads how the judge stands, what it can be asked, and what people and judges said."""
        at = self.branch()
        playtest_id = at.playtest_id if at is not None else ""
        self.choice.refresh(playtest_id)
        self._allow_examining()
        self._show_targets()
        project, turn_id = self.workspace.project, self.board.turn_id
        judge_id = self._judge_id = self.choice.row_id
        begun_by = "" if self.desk.is_at_work else judge_id

        def show(known: _Known) -> None:
            self._show(known)
            is_wanted = judge_id == self.choice.row_id and not self.desk.is_at_work and not self.why_read_only()
            self.so_far.show_so_far(known.so_far if is_wanted else ())

        self.read_later(lambda: _read(project, at, turn_id, begun_by), show, self._refuse)

    def stop_and_wait(self) -> None:
        """Ends what judges are doing: the project is about to change or to close."""
        self.work.stop_and_wait()
        self.desk.stop_and_wait()

    def forget(self, *, has_grown: bool) -> None:
        """Shows no verdicts and no agreement of another branch."""
        if not has_grown:
            self.verdicts.show_verdicts(0, [])
            self.agreement.show_agreements([], 0, {}, {})
            self.agreement.show_between([], {})
            self.so_far.show_so_far(())

    # What a person does

    def examine(self) -> None:
        """Has the judge say who is speaking in 60 scenes, and keeps what it reached."""
        project = self.workspace.project
        if self.work.is_running or self.why_read_only():
            return
        self.choice.remember(self.choice.choice)
        try:
            take_seat = self.choice.seat()
        except UserError as error:
            self.work.show_fault(fault_words(error))
            return

        def run(on_step: OnStep, is_cancelled: IsCancelled) -> Licence:
            seat = take_seat(is_cancelled)
            licence = examine(seat.judge, licence_items(), on_step, is_cancelled)
            save_licence(project, seat.row_id, licence.record())
            return licence

        self.work.start(run, self.here())

    def judge(self) -> None:
        """Queues what is ticked, behind whatever is being played."""
        at, wanted = self.branch(), self.asking.wanted()
        target = self.asking.target
        if at is None or not self.judge_button.isEnabled():
            return
        turn_ids = {SELECTED: self.selected_turns(), OPEN: (self.board.turn_id,)}.get(target)
        if turn_ids is not None:
            wanted = [judged for judged in wanted if is_about_turns(judged)]
        head_id = {FOLLOW: None, OPEN: self.board.turn_id}.get(target, at.head_id)
        again = self.asking.again.isChecked()
        self._submit(
            lambda engine: JudgingJob(
                at.playtest_id,
                engine,
                wanted,
                SAMPLES,
                gives_way=self.desk.gives_way(engine),
                follow=target == FOLLOW,
                head_id=head_id,
                turn_ids=turn_ids,
                again=again,
            )
        )

    def go_on(self) -> None:
        """Queues what the judge has begun on the branch and not ended."""
        at, wanted = self.branch(), self.so_far.wanted
        if at is None or not wanted or self.why_read_only():
            return
        self._submit(
            lambda engine: JudgingJob(
                at.playtest_id, engine, wanted, SAMPLES, gives_way=self.desk.gives_way(engine), head_id=at.head_id
            )
        )

    def _submit(self, make: Callable[[Engine], JudgingJob]) -> None:
        choice = self.choice.choice
        try:
            self.choice.remember(choice)
            engine = self.workspace.find_engine(choice) if choice else self.workspace.engine
        except UserError as error:
            say(self.said, fault_words(error), "fault")
            return
        job = make(engine)
        name = fill(self.tr("%1, by %2"), name_questions(job.metrics), name_of_judge(self.workspace, choice))
        self.desk.submit(job, name, choice)

    # How it is put together

    def _make_judge(self) -> None:
        self.choice = JudgeChoice(self.workspace)
        self.licence = LicenceView()
        self.examine_button = QPushButton(theme.icon("mdi6.school-outline"), self.tr("Examine"))
        self.examine_button.setToolTip(self.tr("60 scenes from old plays: who is speaking? It decides the badge."))
        self.examine_button.clicked.connect(self.examine)
        self.examine_action = QAction(theme.icon("mdi6.school-outline"), self.tr("Examine the judge"), self)
        self.examine_action.triggered.connect(lambda _checked=False: self.examine())
        self.work = LongWork(self.tr("Examination"), self.examine_button)
        self.work.began.connect(self._allow_examining)
        self.work.ended.connect(self._allow_examining)
        self.examine_said = words()
        say(self.examine_said, "")
        self.work.succeeded.connect(lambda _licence: self.refresh_in_sight())
        self.workspace.closing.connect(self.work.close_task)
        self.choice.changed.connect(self._on_choice_changed)
        parts = (self.choice, self.licence, self.work, self.examine_said)
        self.add_part(self.tr("Judge"), *parts)

    def _make_asking(self) -> None:
        self.asking = AskingList()
        self.asking.changed.connect(self._allow)
        self.judge_button = QPushButton(theme.icon("mdi6.gavel", "accent_text"), self.tr("Judge"))
        theme.set_kind(self.judge_button, "primary")
        self.judge_button.clicked.connect(self.judge)
        self.judge_action = QAction(theme.icon("mdi6.gavel"), self.tr("Judge what is ticked"), self)
        self.judge_action.triggered.connect(lambda _checked=False: self.judge())
        self.said = words()
        say(self.said, "")
        self.so_far = SoFarView()
        self.so_far.go_on_clicked.connect(self.go_on)
        self.queue = QueueView(self.desk)
        self.desk.changed.connect(self._on_desk_changed)
        self.add_part(self.tr("Ask"), self.asking, self.judge_button, self.said, self.so_far, self.queue)

    def _make_rest(self) -> None:
        self.agreement = AgreementView()
        self.agreement.metric_chosen.connect(self._on_metric_chosen)
        self.verdicts = VerdictView()
        self.add_part(self.tr("Agreement with your labels"), self.agreement)
        self.add_part(self.tr("Verdicts of the open turn"), self.verdicts)
        self.column.addStretch(1)

    # What was read

    def _show(self, known: _Known) -> None:
        self._titles = known.titles
        self.asking.show_metrics(known.metrics)
        self.agreement.show_agreements(known.agreements, known.n_labels, known.judges, known.titles)
        self.agreement.show_between(known.between, known.titles)
        row = self.board.frame.row_of(self.board.turn_id)
        number = int(self.board.frame.number[row]) if row >= 0 else 0
        self.verdicts.show_verdicts(number, known.verdicts)
        self._allow()

    def _refuse(self, error: UserError) -> None:
        say(self.said, fault_words(error), "fault")

    def _show_targets(self) -> None:
        row = self.board.frame.row_of(self.board.turn_id)
        number = int(self.board.frame.number[row]) if row >= 0 else 0
        self.asking.show_targets(len(self.selected_turns()), number)

    def _on_choice_changed(self) -> None:
        self.licence.show_licence(self.choice.standing.licence)
        is_known = self.choice.standing.licence is not None
        self.examine_button.setText(self.tr("Examine again") if is_known else self.tr("Examine"))
        if self.choice.row_id != self._judge_id:
            self.so_far.show_so_far(())
            self.refresh_in_sight()

    def _on_desk_changed(self) -> None:
        """While judges are at work, the queue says how far they are; then what is left."""
        if self.desk.is_at_work:
            self.so_far.show_so_far(())
        else:
            self.refresh_in_sight()

    def _allow_examining(self) -> None:
        """Says why no licence could be kept, where that is so."""
        why = self.why_read_only()
        can_examine = self.workspace.is_project_open and not why and not self.work.is_running
        self.examine_button.setEnabled(can_examine)
        self.examine_action.setEnabled(can_examine)
        say(self.examine_said, why, "small")

    def _allow(self) -> None:
        """Says what is missing before a judge can be asked."""
        wanted, target = self.asking.wanted(), self.asking.target
        is_of_turns = target in (SELECTED, OPEN)
        can_judge = bool(wanted) and (not is_of_turns or any(map(is_about_turns, wanted)))
        why = self.why_read_only()
        if why:
            pass
        elif self.branch() is None:
            why = self.tr("There is nothing to judge: choose a playtest that has turns.")
        elif not wanted:
            why = self.tr("Tick what the judge is to be asked.")
        elif not can_judge:
            why = self.tr("What is ticked is about more than one turn: choose the whole branch.")
        is_allowed = not why and can_judge and self.workspace.is_project_open
        self.judge_button.setEnabled(is_allowed)
        self.judge_action.setEnabled(is_allowed)
        say(self.said, why, "small")

    def _on_metric_chosen(self, metric: str, judge_id: str) -> None:
        self.board.choose_metric(column_key(metric, judge_id or None))


def _read(project: Project, at: BranchAt | None, turn_id: int, begun_by: str) -> _Known:
    playtest_id = at.playtest_id if at is not None else ""
    metrics = offered_metrics(project)
    with project.reading() as session:
        titles = {f"own.{one.id}": one.name for one in session.exec(select(OwnMetric))}
    labels = list_labels(project, playtest_id) if playtest_id else []
    return _Known(
        metrics=metrics,
        agreements=agreement_of(project, playtest_id) if playtest_id else [],
        between=agreement_between_judges(project, playtest_id) if playtest_id else [],
        n_labels=len({label.turn_id for label in labels if not label.metric}),
        judges={judge.id: judge.name for judge in list_judges(project)},
        titles=titles,
        verdicts=read_verdicts(project, turn_id) if turn_id else [],
        so_far=read_so_far(project, at.playtest_id, begun_by, metrics, at.head_id) if at and begun_by else [],
    )
