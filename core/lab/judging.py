"""A judge at work on a playtest: what is still to be judged, one asking after the other, each committed at once.

Names are masked for the judge and shown in the rows. What a judge has said by the same words of a question is not asked
again, unless that is wanted; what it said before stays.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, func, select

from core.errors import UserError
from core.fidelity.judging.judge import Identity, Judge
from core.fidelity.judging.judged_metric import JudgedMetric, Target, ask_judge
from core.fidelity.judging.licence import read_licence
from core.fidelity.judging.masks import Masked, Masks
from core.fidelity.score import ScoreValue
from core.inference.request import Ask, WeightsInfo
from core.inference.servers.kinds import kind_of
from core.lab.authored_metrics import as_authored
from core.lab.judged_evidence import Pin, was_played_by
from core.lab.masked_branch import MaskedBranch
from core.library.judges import find_or_add_judge
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at, recastings
from core.playtest.scores.lines import is_line
from core.playtest.script import Script
from core.project import Project
from models.branch_score import BranchScore
from models.playtest import Playtest, Turn
from models.score import Score

MAX_FAILURES = 3
"""So many askings in a row that cannot be run at all end the work."""

OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SeatedJudge:
    """A judge of a project: whom to ask, its row, and what its licence says."""

    judge: Judge
    row_id: str
    badge: str
    """`red`, `amber`, `green`; empty: not examined yet."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One thing to ask a judge: by these metrics of one question, about this."""

    judged: JudgedMetric
    turn_id: int
    """The turn that is judged, or the last one of what is judged."""
    role_id: str = ""
    """Whose lines are judged, where more than one turn is."""
    is_turn: bool = True

    @property
    def key(self) -> tuple[str, str, int, str]:
        """Tells askings apart, also later ones."""
        return self.judged.names[0], self.judged.prompt_version, self.turn_id, self.role_id


@dataclass(frozen=True, slots=True)
class SoFar:
    """How far a judge came with one question before."""

    judged: JudgedMetric
    n_done: int
    n_total: int
    """Askings that the branch makes of it now."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of judging."""

    n_scored: int
    n_not_scored: int
    """Without a value; each has its reason."""


def identity_of(info: WeightsInfo) -> Identity:
    """Returns who weights are as a judge; a server that tells no hash is known by its address and model."""
    is_server = kind_of(info) is not None
    sha256 = info.sha256 or hashlib.sha256(f"{info.path}#{info.name}".encode()).hexdigest()
    return Identity(info.name or info.path, sha256, is_server)


def seat_judge(project: Project, info: WeightsInfo, ask: Ask, n_samples: int = 3) -> SeatedJudge:
    """Returns the judge that these weights are in a project; it is added where it is new."""
    identity = identity_of(info)
    row = find_or_add_judge(
        project, identity.name, identity.weights_sha256, is_server=identity.is_server, n_samples=n_samples
    )
    licence = read_licence(row.licence)
    return SeatedJudge(Judge(identity, ask, n_samples), row.id, licence.badge if licence is not None else "")


class BranchJudging:
    """A judge on a branch that may still grow. For one thread."""

    def __init__(
        self,
        project: Project,
        playtest_id: str,
        seat: SeatedJudge,
        metrics: Sequence[JudgedMetric],
        *,
        head_id: int | None = None,
        turn_ids: Sequence[int] | None = None,
        again: bool = False,
    ) -> None:
        """Takes what to judge.

        Args:
            head_id: Last turn of the branch; None: the branch that is being played, as it grows.
            turn_ids: Of these turns alone, and nothing of more than one turn; None: all.
            again: Also what this judge has judged already; its old scores stay.

        Raises:
            UserError: The playtest is gone or cannot be read.
        """
        self._project = project
        self._branch = Branch(project, playtest_id)
        self._seat = seat
        self._metrics = tuple(metrics)
        self._head_id = head_id
        self._wanted = set(turn_ids) if turn_ids is not None else None
        self._seen: MaskedBranch | None = None
        self._known: list[Turn] = []
        """What was said on the branch when it was last looked at, and where each of it stands."""
        self._places: dict[int, int] = {}
        self._is_recast = True
        self._done = set() if again else _read_done(project, playtest_id, seat.row_id)
        self._has_looked = False
        self.n_before = 0
        """Askings that had been answered when it was first looked for what is due."""
        self.n_scored = 0
        self.n_not_scored = 0
        self.graded_itself = False
        """Whether any of it was written by the judge's own weights."""

    def due(self, *, summaries: bool = True) -> list[Asking]:
        """Returns what is not judged yet, turns first; reads turns that came meanwhile.

        Args:
            summaries: Also what is about all that somebody said, or about the whole.

        Raises:
            UserError: The playtest was deleted meanwhile.
        """
        with self._project.reading() as session:
            self._require_playtest(session)
        self._branch.read_new()
        wanted = _askings(self._look(), self._branch.script, self._metrics, self._wanted, summaries=summaries)
        due = [asking for asking in wanted if asking.key not in self._done]
        if not self._has_looked:
            self._has_looked = True
            self.n_before = len(wanted) - len(due)
        return due

    def judge(self, asking: Asking) -> UserError | None:
        """Asks once and commits what is said; returns why the judge could not be run, if that was so.

        Raises:
            CancelledError: It was stopped; nothing is committed.
            UserError: The playtest was deleted meanwhile; nothing is committed.
        """
        said = self._said(asking.turn_id)
        masked = self._masked(said)
        pin = self._pin(asking, said, masked.masks)
        self.graded_itself |= pin.pinned["graded_itself"]
        failure = None
        try:
            metric = as_authored(asking.judged, self._script_at(said), masked.masks.hide)
            scores = ask_judge(metric, self._seat.judge, masked, _target_of(asking, said))
        except UserError as error:
            failure = error
            scores = not_judged(asking.judged, error)
            pin.pinned["failed"] = True
        self._commit(asking, [replace(score, evidence=pin.evidence(score.evidence)) for score in scores])
        self._done.add(asking.key)
        return failure

    def _look(self) -> list[Turn]:
        """Reads the branch to its end, and keeps what was said for the questions about it."""
        path = self._branch.path_to(self._head_id) if self._head_id is not None else self._branch.path()
        self._known = [turn for turn in path if is_line(turn)]
        self._places = {turn.id or 0: place for place, turn in enumerate(self._known)}
        self._is_recast = bool(recastings(path))
        return self._known

    def _said(self, turn_id: int) -> list[Turn]:
        """Returns the turns that said something, up to one."""
        place = self._places.get(turn_id)
        if place is not None:
            return self._known[: place + 1]
        return [turn for turn in self._branch.path_to(turn_id) if is_line(turn)]

    def _masked(self, said: list[Turn]) -> Masked:
        script = self._script_at(said)
        if self._seen is None or not self._seen.is_of(script, said):
            self._seen = MaskedBranch(script)
        return self._seen.masked(said)

    def _script_at(self, said: list[Turn]) -> Script:
        last = said[-1].id or 0
        if not self._is_recast and last in self._places:
            return self._branch.script
        return cast_at(self._branch.script, self._branch.path_to(last))

    def _require_playtest(self, session: Session) -> None:
        playtest = session.get(Playtest, self._branch.playtest_id)
        if playtest is None or playtest.deleted_at is not None:
            raise UserError("The playtest is gone, so judging it ended.", "Undo, or the trash, may bring it back.")

    def _pin(self, asking: Asking, said: list[Turn], masks: Masks) -> Pin:
        judge = self._seat.judge.identity
        played = said[-1:] if asking.is_turn else [turn for turn in said if asking.role_id in ("", turn.speaker_id)]
        pinned = {
            "judge": judge.record(),
            "prompt": asking.judged.prompt_version,
            "badge": self._seat.badge,
            "graded_itself": any(was_played_by(judge, turn) for turn in played),
        }
        return Pin(pinned, [turn.number for turn in said], [turn.text for turn in played], masks)

    def _commit(self, asking: Asking, scores: Sequence[ScoreValue]) -> None:
        with self._project.append() as session:
            self._require_playtest(session)
            for score in scores:
                session.add(self._row(asking, score))
        n_scored = sum(score.value is not None for score in scores)
        self.n_scored += n_scored
        self.n_not_scored += len(scores) - n_scored

    def _row(self, asking: Asking, score: ScoreValue) -> Score | BranchScore:
        said: dict[str, Any] = {
            "metric": score.metric,
            "value": score.value,
            "reason": score.reason,
            "evidence": score.evidence,
        }
        if asking.is_turn:
            return Score(turn_id=asking.turn_id, judge_id=self._seat.row_id, **said)
        return BranchScore(
            playtest_id=self._branch.playtest_id,
            head_id=asking.turn_id,
            role_id=asking.role_id,
            judge_id=self._seat.row_id,
            **said,
        )


def read_so_far(
    project: Project, playtest_id: str, judge_id: str, metrics: Sequence[JudgedMetric], head_id: int
) -> list[SoFar]:
    """Returns the questions of which a judge has answered some on a branch, but not all: judging can go on with them.

    Raises:
        UserError: The playtest is gone or cannot be read.
    """
    done = _read_done(project, playtest_id, judge_id)
    begun = {(name, version) for name, version, _turn_id, _role_id in done}
    metrics = [judged for judged in metrics if (judged.names[0], judged.prompt_version) in begun]
    if not metrics:
        return []
    branch = Branch(project, playtest_id)
    said = [turn for turn in branch.path_to(head_id) if is_line(turn)]
    found = []
    for judged in metrics:
        wanted = _askings(said, branch.script, [judged])
        found.append(SoFar(judged, sum(asking.key in done for asking in wanted), len(wanted)))
    return [one for one in found if 0 < one.n_done < one.n_total]


def _askings(
    said: Sequence[Turn],
    script: Script,
    metrics: Sequence[JudgedMetric],
    turn_ids: Collection[int] | None = None,
    *,
    summaries: bool = True,
) -> list[Asking]:
    """Returns all that a judge can be asked of a branch, turns first; of single turns alone where they are named."""
    cast = {part.role_id for part in script.parts}
    found = [
        Asking(judged, turn.id or 0)
        for turn in said
        if turn.speaker_id in cast and (turn_ids is None or turn.id in turn_ids)
        for judged in metrics
        if judged.judge_turn is not None
    ]
    if summaries and said and turn_ids is None:
        speakers = [one for one in dict.fromkeys(turn.speaker_id for turn in said) if one in cast]
        head_id = said[-1].id or 0
        for judged in metrics:
            if judged.judge_speaker is not None:
                found += [Asking(judged, head_id, speaker, is_turn=False) for speaker in speakers]
            elif judged.judge_whole is not None:
                found.append(Asking(judged, head_id, is_turn=False))
    return found


def judge_playtest(
    judging: BranchJudging, on_step: OnStep | None = None, stop: Callable[[], bool] | None = None
) -> Judged:
    """Judges all that is due, and commits each answer.

    Args:
        on_step: Called after each asking with how many are done, of how many.
        stop: Asked before each asking.

    Raises:
        CancelledError: It was stopped; what was judged stays.
        UserError: The judge could not be run at all.
    """
    due = judging.due()
    failures = 0
    for n_done, asking in enumerate(due, 1):
        if stop is not None and stop():
            raise CancelledError
        failure = judging.judge(asking)
        failures = failures + 1 if failure is not None else 0
        if failure is not None and failures == MAX_FAILURES:
            raise failure
        if on_step is not None:
            on_step(n_done, len(due))
    return Judged(judging.n_scored, judging.n_not_scored)


def not_judged(judged: JudgedMetric, error: UserError) -> tuple[ScoreValue, ...]:
    """Returns scores without a value where a judge could not be run."""
    reason = f"The judge could not be asked: {error.message}"
    return tuple(ScoreValue(name, None, reason) for name in judged.names)


def _target_of(asking: Asking, said: list[Turn]) -> Target:
    if asking.is_turn:
        return Target(turn=len(said) - 1)
    return Target(speaker=asking.role_id)


def _read_done(project: Project, playtest_id: str, judge_id: str) -> set[tuple[str, str, int, str]]:
    """Returns the keys of all that a judge has said of a playtest, but for what it could not be run for."""
    with project.reading() as session:
        return _done_turns(session, playtest_id, judge_id) | _done_branches(session, playtest_id, judge_id)


def _done_turns(session: Session, playtest_id: str, judge_id: str) -> set[tuple[str, str, int, str]]:
    prompt, failed = func.json_extract(Score.evidence, "$.prompt"), func.json_extract(Score.evidence, "$.failed")
    query = (
        select(Score.metric, prompt, Score.turn_id)
        .join(Turn, col(Score.turn_id) == col(Turn.id))
        .where(Turn.playtest_id == playtest_id, Score.judge_id == judge_id, failed.is_(None))
    )
    return {(metric, version, turn_id, "") for metric, version, turn_id in session.exec(query)}


def _done_branches(session: Session, playtest_id: str, judge_id: str) -> set[tuple[str, str, int, str]]:
    prompt = func.json_extract(BranchScore.evidence, "$.prompt")
    failed = func.json_extract(BranchScore.evidence, "$.failed")
    query = select(BranchScore.metric, prompt, BranchScore.head_id, BranchScore.role_id).where(
        BranchScore.playtest_id == playtest_id, BranchScore.judge_id == judge_id, failed.is_(None)
    )
    return set(session.exec(query))
