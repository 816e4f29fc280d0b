"""The panel of those who would listen: lines tried on an audience before one is said, and readers of the scene."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import UserError
from core.fidelity.judged.line_audience import AUDIENCE, Candidate, Simulation, simulate_audience
from core.fidelity.judged.playtester import READERS, Review, review
from core.fidelity.judging.masks import Masked, mask_names
from core.fidelity.judging.verdicts import NotJudged
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.panels.judges.judge_choice import JudgeChoice, Seat
from gui.fidelity.panels.lab_panel import LabPanel, fault_words, offer_cast, say, wide_combo, words
from gui.fidelity.panels.long_work import LongWork, OnStep
from gui.fidelity.panels.open_branch import BranchAt, OpenBranch, read_branch
from gui.fidelity.panels.result_table import Cell, ResultTable
from gui.fidelity.panels.trying.review_cards import ReviewCards
from gui.stage.fill import fill
from gui.task import IsCancelled
from gui.widgets.growing_edit import GrowingEdit

MAX_LINES = 6
CLEARLY_AHEAD = 0.505
"""Share of pairs that the interval of the best line must lie above."""
Asked = Callable[[Project, BranchAt, OnStep, IsCancelled], object]


@dataclass(frozen=True, slots=True)
class _Readers:
    """What readers said of a branch; some may have been unable to."""

    reviews: tuple[Review, ...]
    n_failed: int
    reason: str


class AudiencePanel(LabPanel):
    """Two askings of one judge; nothing of either is kept in the playtest."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(board, parent)
        self._branch: OpenBranch | None = None
        self.judge = JudgeChoice(self.workspace)
        self.cannot_said = words()
        self.add_part(self.tr("Who plays the audience"), self.judge, self.cannot_said)
        self._make_lines()
        self._make_readers()
        self.column.addStretch(1)
        for work in (self.line_work, self.reader_work):
            work.began.connect(self._allow)
            work.ended.connect(self._allow)
            self.workspace.closing.connect(work.close_task)
        self._allow()

    def panel_actions(self) -> list[QAction]:
        """Trying the lines, and asking the readers."""
        return [self.line_action, self.reader_action]

    def stop_and_wait(self) -> None:
        """Ends both: the project is about to change or to close."""
        for work in (self.line_work, self.reader_work):
            work.cancel()
        for work in (self.line_work, self.reader_work):
            work.stop_and_wait()

    def forget(self, *, has_grown: bool) -> None:
        """Shows nothing of another branch. After one more turn, lines for the one before say nothing any more."""
        self._drop_lines()
        if has_grown:
            return
        self.reader_work.cancel()
        self.reader_work.show_fault("")
        self.reviews.show_reviews([])
        say(self.reader_said, "")
        self._take(None)

    def _drop_lines(self) -> None:
        self.line_work.cancel()
        self.line_work.show_fault("")
        self.standings.show_rows([])
        self.standings.hide()
        say(self.line_said, "")

    def refresh(self) -> None:
        """Reads the branch: who may speak, and after what."""
        at = self.branch()
        self.judge.refresh(at.playtest_id if at is not None else "")
        if at is None:
            self.read_nothing()
            self._take(None)
            return
        project = self.workspace.project
        self.read_later(lambda: read_branch(project, at), self._take, self._refuse)

    def candidates(self) -> list[str]:
        """Returns the lines that were typed, each once."""
        typed = [line.strip() for line in self.lines.text().split("\n")]
        return list(dict.fromkeys(line for line in typed if line))[:MAX_LINES]

    # What a person does

    def try_lines(self) -> None:
        """Has the audience choose among the lines that were typed."""
        speaker, texts = str(self.who.currentData() or ""), self.candidates()
        if not self.try_button.isEnabled():
            return
        self._run(self.line_work, lambda seat: partial(_try_lines, seat, speaker=speaker, texts=texts))

    def ask_readers(self) -> None:
        """Has five kinds of readers review the branch."""
        if self.read_button.isEnabled():
            self._run(self.reader_work, lambda seat: partial(_ask_readers, seat))

    def _run(self, work: LongWork, make: Callable[[Seat], Asked]) -> None:
        at, project = self.branch(), self.workspace.project
        if at is None:
            return
        try:
            seat = self.judge.seat()
        except UserError as error:
            work.show_fault(fault_words(error))
            return
        asked = make(seat)
        work.start(lambda on_step, is_cancelled: asked(project, at, on_step, is_cancelled), self.here())

    # How it is put together

    def _make_lines(self) -> None:
        self.who = wide_combo(self.tr("Who says the next line"))
        self.lines = GrowingEdit(3, 10)
        self.lines.setAccessibleName(self.tr("Ways to say the next line, one a line"))
        self.lines.setPlaceholderText(self.tr("Write that I was slow with a pen.\nThen write it down and be done."))
        self.lines.edited.connect(self._allow)
        self.try_button = QPushButton(
            theme.icon("mdi6.account-group-outline", "accent_text"), self.tr("Try these lines")
        )
        theme.set_kind(self.try_button, "primary")
        self.try_button.clicked.connect(self.try_lines)
        self.line_action = QAction(theme.icon("mdi6.account-group-outline"), self.tr("Try lines on an audience"), self)
        self.line_action.triggered.connect(lambda _checked=False: self.try_lines())
        self.line_work = LongWork(self.tr("Audience"), self.try_button)
        self.line_work.succeeded.connect(self._show_simulation)
        self.line_said = words()
        headings = [self.tr("Line"), self.tr("Wins"), self.tr("From – to")]
        self.standings = ResultTable(self.tr("How the lines did"), headings, wide=0)
        self.standings.hide()
        names = ", ".join(profile.name for profile in AUDIENCE)
        said = fill(
            self.tr("Up to %1 ways to say the next line, one a line. Each of %2 compares all pairs, both ways round."),
            MAX_LINES,
            names,
        )
        self.add_part(
            self.tr("Try a line before it is said"),
            words(said),
            self.who,
            self.lines,
            self.line_work,
            self.line_said,
            self.standings,
        )

    def _make_readers(self) -> None:
        self.read_button = QPushButton(theme.icon("mdi6.book-open-variant"), self.tr("Ask five readers"))
        self.read_button.clicked.connect(self.ask_readers)
        self.reader_action = QAction(theme.icon("mdi6.book-open-variant"), self.tr("Ask readers for a critique"), self)
        self.reader_action.triggered.connect(lambda _checked=False: self.ask_readers())
        self.reader_work = LongWork(self.tr("Readers"), self.read_button)
        self.reader_work.succeeded.connect(self._show_readers)
        self.reader_said = words()
        say(self.reader_said, "")
        self.reviews = ReviewCards()
        names = ", ".join(reader.name for reader in READERS)
        said = fill(
            self.tr("%1 read the branch that is open, say what works and what is broken, and rate it from 1 to 10."),
            names,
        )
        self.add_part(self.tr("What readers say"), words(said), self.reader_work, self.reader_said, self.reviews)

    # What came of it

    def _take(self, branch: OpenBranch | None) -> None:
        self._branch = branch
        offer_cast(self.who, branch.names if branch is not None else {})
        self._allow()

    def _refuse(self, error: UserError) -> None:
        say(self.line_said, fault_words(error), "fault")

    def _allow(self) -> None:
        has_branch = self._branch is not None
        is_quiet = not self.line_work.is_running
        n_lines = len(self.candidates())
        why = self.why_read_only()  # the judge is kept in the project
        say(self.cannot_said, why, "small")
        has_branch = has_branch and not why
        can_try = has_branch and is_quiet and n_lines > 1 and bool(self.who.currentData())
        self.try_button.setEnabled(can_try)
        self.line_action.setEnabled(can_try)
        can_read = has_branch and not self.reader_work.is_running
        self.read_button.setEnabled(can_read)
        self.reader_action.setEnabled(can_read)
        if n_lines == 1:
            say(self.line_said, self.tr("One more line, and they can be compared."), "small")
        elif not self.standings.isVisible():
            say(self.line_said, "")

    def _show_simulation(self, found: Simulation) -> None:
        if not self.is_still(self.line_work.about):
            return
        rows: list[tuple[object, list[Cell], str]] = []
        for one in found.standings:
            rate = one.win_rate
            liked = "\n".join(f"{name}: {share:.0%}" for name, share in one.by_profile.items())
            cells: list[Cell] = [
                (one.candidate.text, one.candidate.text),
                (f"{rate.mean:.0%}", rate.mean),
                (f"{rate.low:.0%} – {rate.high:.0%}", rate.low),
            ]
            rows.append((one.place, cells, f"{one.candidate.text}\n{liked}"))
        self.standings.show_rows(rows)
        self.standings.setVisible(bool(rows))
        say(self.line_said, self._say_simulation(found), "warning" if found.reason else "small")

    def _say_simulation(self, found: Simulation) -> str:
        if found.reason:
            return found.reason
        best = found.standings[0]
        said = fill(self.tr("Most would rather hear “%1”."), best.candidate.text)
        if len(found.standings) > 1 and best.win_rate.low <= CLEARLY_AHEAD:
            said = self.tr("No line is clearly ahead: the best one's interval reaches below a half.")
        if found.consistent is not None:
            share = f"{100 * found.consistent:.0f}"
            said += " " + fill(self.tr("In %1 of 100 pairs both orders name the same line."), share)
        return said

    def _show_readers(self, found: _Readers) -> None:
        if not self.is_still(self.reader_work.about, may_grow=True):
            return
        self.reviews.show_reviews(found.reviews)
        if not found.reviews:
            say(self.reader_said, found.reason or self.tr("No reader could say anything."), "warning")
            return
        mean = sum(one.rating for one in found.reviews) / len(found.reviews)
        said = fill(self.tr("%1 of 10 on average."), f"{mean:.1f}")
        if found.n_failed:
            said += " " + fill(self.tr("%1 readers could not be understood."), found.n_failed)
        say(self.reader_said, said, "small")


def _try_lines(
    seat: Seat,
    project: Project,
    at: BranchAt,
    on_step: OnStep,
    is_cancelled: IsCancelled,
    *,
    speaker: str,
    texts: list[str],
) -> Simulation:
    conversation = read_branch(project, at).conversation
    judge = seat(is_cancelled).judge
    return simulate_audience(
        judge,
        conversation.about,
        conversation.lines,
        speaker,
        [Candidate(text) for text in texts],
        on_pair=_stopping(on_step, is_cancelled),
    )


def _ask_readers(seat: Seat, project: Project, at: BranchAt, on_step: OnStep, is_cancelled: IsCancelled) -> _Readers:
    """Asks each reader with names masked; what they say has the names again."""
    conversation = read_branch(project, at).conversation
    judge, masked = seat(is_cancelled).judge, mask_names(conversation.about, conversation.lines)
    step, found, n_failed, reason = _stopping(on_step, is_cancelled), [], 0, ""
    for n_done, reader in enumerate(READERS, 1):
        said = review(judge, masked.about, masked.lines, reader)
        if isinstance(said, NotJudged):
            n_failed, reason = n_failed + 1, said.reason
        else:
            found.append(_revealed(said[0], masked))
        step(n_done, len(READERS))
    return _Readers(tuple(found), n_failed, reason)


def _revealed(one: Review, masked: Masked) -> Review:
    said = masked.masks.reveal_all(one.record())
    return Review(**(said | {"faults": tuple(said["faults"])}))


def _stopping(on_step: OnStep, is_cancelled: IsCancelled) -> OnStep:
    """Returns what reports a step, and raises CancelledError once nobody wants the rest."""

    def step(n_done: int, n_all: int) -> None:
        if is_cancelled():
            raise CancelledError
        on_step(n_done, n_all)

    return step
