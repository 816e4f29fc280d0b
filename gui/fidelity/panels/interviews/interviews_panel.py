"""The panel of interviews: asked for, held behind the scene with progress, kept, and read."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from core.errors import UserError
from core.lab.interviews import hold_interview, hold_over_scene
from core.lab.profiles import OverScene, Radar, read_over_scene, read_radar
from core.lab.two_stages import TALK, TwoStages, hold_two_stages
from core.library.interviews import list_interviews
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.panels.interviews.asking_form import AskingForm, Wanted
from gui.fidelity.panels.interviews.comparison_view import ComparisonView
from gui.fidelity.panels.interviews.result_view import ResultView
from gui.fidelity.panels.judges.judge_choice import JudgeChoice
from gui.fidelity.panels.lab_panel import LabPanel, fault_words, say, wide_combo, words
from gui.fidelity.panels.long_work import LongWork, OnStep
from gui.fidelity.panels.open_branch import BranchAt, OpenBranch, read_branch
from gui.stage.fill import fill
from gui.stage.labels.score_notes import say_moment
from gui.task import IsCancelled
from models.interview import Interview

translate = QCoreApplication.translate
TIP = Qt.ItemDataRole.ToolTipRole


@dataclass(frozen=True, slots=True)
class _Held:
    """The interviews of a playtest, newest first, and the branch they are read beside."""

    branch: OpenBranch
    interviews: list[Interview]


class InterviewsPanel(LabPanel):
    """Asks, and shows one interview at a time."""

    WATCHED = ("interview",)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, parent)
        self._held: _Held | None = None
        self._shown_id = ""
        self.form = AskingForm()
        self.form.wanted.connect(self.hold)
        self.judge = JudgeChoice(self.workspace)
        self.judge.setVisible(False)
        self.form.mode.currentIndexChanged.connect(self._show_judge)
        self.work = LongWork(self.tr("Interview"), self.form.ask_button)
        self.work.succeeded.connect(self._on_held)
        self.work.began.connect(lambda: self.form.set_busy(True))
        self.work.ended.connect(lambda: self.form.set_busy(False))
        self.workspace.closing.connect(self.work.close_task)
        self.empty = words(
            self.tr(
                "An interview asks a character a questionnaire at one point of the scene, in a branch that is thrown "
                "away: the scene never learns of it. Nobody is diagnosed: the numbers describe what the weights write "
                "in this part."
            )
        )
        self.chosen = wide_combo(self.tr("Interviews that were held"))
        self.chosen.activated.connect(lambda _place: self._show(str(self.chosen.currentData())))
        self.comparison = ComparisonView()
        self.result = ResultView()
        self.said = words()
        self._ask_action = QAction(theme.icon("mdi6.comment-question-outline"), self.tr("Hold an interview"), self)
        self._ask_action.setEnabled(False)
        self.form.allowed.connect(self._ask_action.setEnabled)
        self._ask_action.triggered.connect(lambda _checked=False: self.form.ask())
        for widget in (
            self.empty,
            self.form,
            self.judge,
            self.work,
            self.comparison,
            self.chosen,
            self.said,
            self.result,
        ):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        for widget in (self.chosen, self.result, self.said):
            widget.hide()
        board.pointed.connect(lambda _turn_id: self._show_choices())

    def stop_and_wait(self) -> None:
        """Ends the interview: the project is about to change or to close."""
        self.work.stop_and_wait()

    def forget(self, *, has_grown: bool) -> None:
        """Shows no interview of another branch; what was held is kept, and read again."""
        if has_grown:
            return
        self._held = None
        self.work.cancel()
        self.work.show_fault("")
        self.comparison.show_comparisons(())
        self.chosen.clear()
        say(self.said, "")
        self._show_choices()
        self._show("")

    def panel_actions(self) -> list[QAction]:
        """Holding what is chosen."""
        return [self._ask_action]

    def refresh(self) -> None:
        """Reads the branch and what was held."""
        at = self.branch()
        self.judge.refresh(at.playtest_id if at is not None else "")
        self.form.set_refused(self.why_read_only())
        if at is None:
            self.read_nothing()
            self._held = None
            self._show_choices()
            self._show("")
            return
        project = self.workspace.project
        self.read_later(lambda: _read(project, at), self._take, self._refuse)

    def hold(self, wanted: Wanted) -> None:
        """Holds what was asked for, behind whatever is being played."""
        project, workspace = self.workspace.project, self.workspace
        is_free = wanted.plan.mode == "free"
        try:
            engine = workspace.engine
            take_seat = self.judge.seat() if is_free else None
        except UserError as error:
            self.work.show_fault(fault_words(error))
            return

        def run(on_step: OnStep, is_cancelled: IsCancelled) -> list[Interview] | TwoStages:
            if wanted.in_two_stages:
                return hold_two_stages(
                    project,
                    engine,
                    wanted.plan,
                    find_engine=workspace.find_engine,
                    on_step=on_step,
                    cancelled=is_cancelled,
                )
            keep = hold_over_scene if wanted.over_scene else hold_interview
            seat = take_seat(is_cancelled) if take_seat is not None else None
            held = keep(
                project,
                engine,
                wanted.plan,
                judge=seat.judge if seat is not None else None,
                judge_id=seat.row_id if seat is not None else None,
                find_engine=workspace.find_engine,
                on_step=on_step,
                cancelled=is_cancelled,
            )
            return held if isinstance(held, list) else [held]

        self.work.start(run, self.here())

    # What was read

    def _take(self, held: _Held) -> None:
        self._held = held
        self._show_choices()
        self.chosen.clear()
        names = held.branch.names
        numbers = {turn.id: turn.number for turn in held.branch.path}
        for one in held.interviews:
            at = self.tr("before the first turn") if one.turn_id is None else ""
            if one.turn_id is not None:
                number = numbers.get(one.turn_id)
                at = fill(self.tr("turn %1"), number) if number else self.tr("another branch")
            said = [names.get(one.role_id, one.role_id), at, one.questionnaire, _mode_word(one.mode)]
            self.chosen.addItem(" · ".join(said), one.id)
            self.chosen.setItemData(self.chosen.count() - 1, say_moment(one.created_at), TIP)
        known = {one.id for one in held.interviews}
        newest = held.interviews[0].id if held.interviews else ""
        self._show(self._shown_id if self._shown_id in known else newest)

    def _refuse(self, error: UserError) -> None:
        say(self.said, fault_words(error), "fault")

    def _on_held(self, held: list[Interview] | TwoStages) -> None:
        """Shows what was held, where that branch is still looked at; else it is found among the others later."""
        if not self.is_still(self.work.about, may_grow=True):
            return
        comparisons = held.comparisons if isinstance(held, TwoStages) else ()
        self.comparison.show_comparisons(comparisons)
        rows = [held.by_item] if isinstance(held, TwoStages) else held
        self._shown_id = rows[-1].id if rows else self._shown_id
        self.refresh()

    def _show_choices(self) -> None:
        frame = self.board.frame
        row = frame.row_of(self.board.turn_id)
        at = self.branch()
        is_on_branch = row >= 0 and at is not None and row in frame.sides[0].rows
        turn = (self.board.turn_id, int(frame.number[row])) if is_on_branch else (0, 0)
        self.form.show_branch(at, self._held.branch.names if self._held is not None else {}, turn)
        self.empty.setVisible(self._held is None or not self._held.interviews)

    def _show_judge(self) -> None:
        self.judge.setVisible(self.form.mode.currentData() == "free")

    def _show(self, interview_id: str) -> None:
        """Shows one interview, and how it moved over the scene."""
        self._shown_id = interview_id
        held = self._held
        row = next((one for one in held.interviews if one.id == interview_id), None) if held is not None else None
        for widget in (self.chosen, self.result):
            widget.setVisible(row is not None)
        if row is None or held is None:
            return
        self.chosen.setCurrentIndex(self.chosen.findData(interview_id))
        project, branch = self.workspace.project, held.branch

        def show(read: tuple[Radar | None, OverScene | None]) -> None:
            self.result.show_interview(row, *read)

        self.read_later(lambda: _read_beside(project, row, branch), show, self._refuse)


def _read(project: Project, at: BranchAt) -> _Held:
    return _Held(read_branch(project, at), list_interviews(project, at.playtest_id))


def _read_beside(project: Project, row: Interview, branch: OpenBranch) -> tuple[Radar | None, OverScene | None]:
    if row.questionnaire == TALK:
        return None, None
    path_ids = [turn.id or 0 for turn in branch.path]
    over = read_over_scene(project, row.playtest_id, row.role_id, path_ids, row.questionnaire, row.mode)
    return read_radar(project, row), over


def _mode_word(mode: str) -> str:
    return {
        "digits": translate("InterviewsPanel", "by digits"),
        "free": translate("InterviewsPanel", "freely"),
        "whole": translate("InterviewsPanel", "whole form"),
    }.get(mode, mode)
