"""A judge at work on a playtest: what is still to be judged, one asking after the other, each committed at once.

Names are masked for the judge and shown in the rows. What a judge has said by the same words of a question is not asked
again, unless that is wanted; what it said before stays.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, func, select

from core.errors import UserError
from core.fidelity.conversation import Line
from core.fidelity.judging.judge import Identity, Judge
from core.fidelity.judging.judged_metric import JudgedMetric, Target, ask_judge
from core.fidelity.judging.licence import read_licence
from core.fidelity.judging.masks import Masked, Masks, masks_for
from core.fidelity.score import ScoreValue
from core.inference.request import Ask, WeightsInfo
from core.inference.servers.kinds import kind_of
from core.lab.authored_metrics import as_authored
from core.lab.judged_evidence import Pin, was_played_by
from core.library.judges import find_or_add_judge
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at
from core.playtest.scores.lines import about_script, is_line, line_of
from core.playtest.script import NARRATOR_ID, USER_ID, Script
from core.project import Project
from models.branch_score import BranchScore
from models.playtest import Turn
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
        self._masks: dict[tuple[tuple[str, str], ...], Masks] = {}
        self._lines: dict[tuple[int, int], Line] = {}
        self._done = set() if again else _read_done(project, playtest_id, seat.row_id)
        self.n_scored = 0
        self.n_not_scored = 0

    def due(self, *, summaries: bool = True) -> list[Asking]:
        """Returns what is not judged yet, turns first; reads turns that came meanwhile.

        Args:
            summaries: Also what is about all that somebody said, or about the whole.
        """
        self._branch.read_new()
        said = self._said(self._head_id)
        cast = {part.role_id for part in self._branch.script.parts}
        due = [
            Asking(judged, turn.id or 0)
            for turn in said
            if turn.speaker_id in cast and (self._wanted is None or turn.id in self._wanted)
            for judged in self._metrics
            if judged.judge_turn is not None
        ]
        if summaries and said and self._wanted is None:
            speakers = [one for one in dict.fromkeys(turn.speaker_id for turn in said) if one in cast]
            head_id = said[-1].id or 0
            for judged in self._metrics:
                if judged.judge_speaker is not None:
                    due += [Asking(judged, head_id, speaker, is_turn=False) for speaker in speakers]
                elif judged.judge_whole is not None:
                    due.append(Asking(judged, head_id, is_turn=False))
        return [asking for asking in due if asking.key not in self._done]

    def judge(self, asking: Asking) -> UserError | None:
        """Asks once and commits what is said; returns why the judge could not be run, if that was so.

        Raises:
            CancelledError: It was stopped; nothing is committed.
        """
        said = self._said(asking.turn_id)
        masked = self._masked(said)
        pin = self._pin(asking, said, masked.masks)
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

    def _said(self, head_id: int | None) -> list[Turn]:
        """Returns the turns that said something, up to one that is told, else to the end of the branch."""
        path = self._branch.path_to(head_id) if head_id is not None else self._branch.path()
        return [turn for turn in path if is_line(turn)]

    def _masked(self, said: list[Turn]) -> Masked:
        """Returns a conversation with masks that are the same on every branch, while the cast is."""
        script = self._script_at(said)
        about = about_script(script)
        speakers = {turn.id: line_of(turn, about).speaker for turn in said}
        recast = {speakers[turn.id]: turn.speaker for turn in said if "/" in speakers[turn.id]}
        names = tuple({**about.names, **recast}.items())
        if names not in self._masks:
            self._masks[names] = _masks_of(script, dict(names))
        masks = self._masks[names]
        about = replace(
            about,
            personas={speaker: tuple(map(masks.hide, facts)) for speaker, facts in about.personas.items()},
            scene=masks.hide(about.scene),
            names={**masks.by_speaker, NARRATOR_ID: "Narrator"},
        )
        return Masked(about, tuple(self._line(turn, speakers[turn.id], masks) for turn in said), masks)

    def _script_at(self, said: list[Turn]) -> Script:
        return cast_at(self._branch.script, self._branch.path_to(said[-1].id))

    def _line(self, turn: Turn, speaker: str, masks: Masks) -> Line:
        key = (id(masks), turn.id or 0)  # masks are kept as long as this
        if key not in self._lines:
            self._lines[key] = Line(speaker, masks.hide(turn.text), masks.hide(turn.thought or ""))
        return self._lines[key]

    def _pin(self, asking: Asking, said: list[Turn], masks: Masks) -> Pin:
        judge = self._seat.judge.identity
        played = [turn for turn in said if _is_about(asking, turn)]
        pinned = {
            "judge": judge.record(),
            "prompt": asking.judged.prompt_version,
            "badge": self._seat.badge,
            "graded_itself": any(was_played_by(judge, turn) for turn in played),
        }
        return Pin(pinned, [turn.number for turn in said], [turn.text for turn in played], masks)

    def _commit(self, asking: Asking, scores: Sequence[ScoreValue]) -> None:
        with self._project.append() as session:
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


def _is_about(asking: Asking, turn: Turn) -> bool:
    if asking.is_turn:
        return turn.id == asking.turn_id
    return not asking.role_id or turn.speaker_id == asking.role_id


def _masks_of(script: Script, names: Mapping[str, str]) -> Masks:
    """Returns masks of the whole cast, so that they are the same on every branch and while it grows."""
    statements = [text for part in script.parts for text in part.character.statements]
    nicknames = {part.role_id: [part.character.nickname] for part in script.parts}
    everybody = {**names, USER_ID: script.scenario.user_name}
    return masks_for(everybody, [script.scenario.setting, *statements], nicknames)


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
