"""How far each measure and each judge agrees with the labels that people gave.

Read anew whenever a label changes: only scores of labelled turns are read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from core.fidelity.catalogue import METRICS
from core.fidelity.judging.agreement import auc, cohen_kappa, kendall_tau_b, krippendorff_alpha, spearman
from core.fidelity.metric import Better
from core.project import Project
from models.label import Label, Verdict
from models.playtest import Turn
from models.score import Score

MIN_LABELS, MIN_OF_EACH = 10, 3
"""Labelled turns with a score, and of them good ones and off ones each, below which nothing is said."""
IDS_AT_ONCE = 500

BetterOf = Callable[[str], Better]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the scores of one metric, by one judge if it is judged, go with the labels."""

    metric: str
    judge_id: str | None
    n: int
    """Turns that have both a label and a value."""
    n_good: int
    auc: float | None = None
    """How likely a turn labelled good scores better than one labelled off; 0.5 is chance."""
    kappa: float | None = None
    """Cohen's kappa at the cut that suits the labels best, so it flatters where they are few."""
    cut: float | None = None
    """From this value on towards the better side, a turn counts as good."""
    spearman: float | None = None
    kendall: float | None = None
    n_contested: int = 0
    """Scores that somebody disagreed with."""
    n_confirmed: int = 0
    reason: str | None = None
    """Why nothing is said; None where something is."""


def agreement_of(project: Project, playtest_id: str, better_of: BetterOf | None = None) -> list[Agreement]:
    """Returns the agreement of each metric and judge that scored a labelled turn of a playtest, all branches.

    Args:
        better_of: Which way a metric is better, for metrics that the catalogue does not have.
    """
    with project.reading() as session:
        of_playtest = select(Label).join(Turn, col(Label.turn_id) == col(Turn.id))
        labels = list(session.exec(of_playtest.where(Turn.playtest_id == playtest_id)))
        scores = _last_scores(session, {label.turn_id for label in labels})
    goods = _goods(labels)
    contested, confirmed = _said_of_scores(labels, Verdict.OFF), _said_of_scores(labels, Verdict.GOOD)
    found = []
    for (metric, judge_id), by_turn in sorted(scores.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        values = {turn_id: score.value for turn_id, score in by_turn.items() if score.value is not None}
        pairs = [(values[turn_id], good) for turn_id, good in goods.items() if turn_id in values]
        ids = {score.id for score in by_turn.values()}
        agreement = _agree(metric, judge_id, pairs, (better_of or better_in_catalogue)(metric))
        found.append(_with_said(agreement, len(contested & ids), len(confirmed & ids)))
    return found


def agreement_between_people(labels: Iterable[Label]) -> float | None:
    """Returns Krippendorff's alpha of the people who labelled turns; None where no turn was labelled by two."""
    by_turn: dict[int, list[float | None]] = defaultdict(list)
    for label in labels:
        if not label.metric:
            by_turn[label.turn_id].append(float(label.verdict == Verdict.GOOD))
    return krippendorff_alpha(list(by_turn.values()))


@dataclass(frozen=True, slots=True)
class BetweenJudges:
    """How far several judges say the same of the same turns."""

    metric: str
    judge_ids: tuple[str, ...]
    n: int
    """Turns that two judges at least have scored."""
    alpha: float | None
    """Krippendorff's alpha (interval); None: fewer than `MIN_LABELS` turns, or no spread."""


def agreement_between_judges(project: Project, playtest_id: str) -> list[BetweenJudges]:
    """Returns the agreement of the judges of a playtest on each metric that two of them at least have scored."""
    query = (
        select(Score.metric, Score.judge_id, Score.turn_id, Score.value)
        .join(Turn, col(Score.turn_id) == col(Turn.id))
        .where(Turn.playtest_id == playtest_id, col(Score.judge_id).is_not(None))
        .order_by(col(Score.id))
    )
    said: dict[str, dict[int, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    with project.reading() as session:
        for metric, judge_id, turn_id, value in session.exec(query):
            if value is not None and judge_id is not None:
                said[metric][turn_id][judge_id] = value  # the last one counts
    found = []
    for metric, by_turn in sorted(said.items()):
        judges = tuple(sorted({judge for of_turn in by_turn.values() for judge in of_turn}))
        units = [list(of_turn.values()) for of_turn in by_turn.values() if len(of_turn) > 1]
        if len(judges) > 1:
            alpha = krippendorff_alpha(units, "interval") if len(units) >= MIN_LABELS else None
            found.append(BetweenJudges(metric, judges, len(units), alpha))
    return found


def better_in_catalogue(metric: str) -> Better:
    """Returns which way a metric is better."""
    return METRICS[metric].better if metric in METRICS else "neither"


def best_cut(values: Sequence[float], is_good: Sequence[bool], sign: int = 1) -> tuple[float, float] | None:
    """Returns the cut with the highest kappa and that kappa; None where no cut says anything.

    Args:
        sign: 1: values from the cut upwards count as good; -1: downwards.
    """
    tried = (
        (kappa, cut)
        for cut in sorted(set(values))
        if (kappa := cohen_kappa([sign * (value - cut) >= 0 for value in values], list(is_good))) is not None
    )
    best = max(tried, default=None)
    return None if best is None else (best[1], best[0])


def _agree(metric: str, judge_id: str | None, pairs: Sequence[tuple[float, bool]], better: Better) -> Agreement:
    n, n_good = len(pairs), sum(good for _, good in pairs)
    if n < MIN_LABELS or min(n_good, n - n_good) < MIN_OF_EACH:
        reason = (
            f"Too few labels: {n_good} good and {n - n_good} off; {MIN_LABELS} are needed, "
            f"{MIN_OF_EACH} of each at least."
        )
        return Agreement(metric, judge_id, n, n_good, reason=reason)
    values, goods = [value for value, _ in pairs], [good for _, good in pairs]
    if len(set(values)) == 1:
        return Agreement(metric, judge_id, n, n_good, reason="All labelled turns have the same score.")
    raw = auc([value for value, good in pairs if good], [value for value, good in pairs if not good])
    assert raw is not None  # there are some of each
    sign = _sign(better, raw)
    oriented = [sign * value for value in values]
    cut = best_cut(values, goods, sign)
    return Agreement(
        metric,
        judge_id,
        n,
        n_good,
        auc=raw if sign > 0 else 1 - raw,
        kappa=cut[1] if cut is not None else None,
        cut=cut[0] if cut is not None else None,
        spearman=spearman(oriented, goods),
        kendall=kendall_tau_b(oriented, goods),
    )


def _sign(better: Better, raw_auc: float) -> int:
    """Returns which way is better; where the metric has no such way, the one in which the labels lie."""
    if better == "higher":
        return 1
    if better == "lower":
        return -1
    return 1 if raw_auc >= 0.5 else -1


def _with_said(agreement: Agreement, n_contested: int, n_confirmed: int) -> Agreement:
    return replace(agreement, n_contested=n_contested, n_confirmed=n_confirmed)


def _goods(labels: Iterable[Label]) -> dict[int, bool]:
    """Returns turn -> whether most say that it is good; turns on which people are split are left out."""
    votes: dict[int, int] = defaultdict(int)
    for label in labels:
        if not label.metric:
            votes[label.turn_id] += 1 if label.verdict == Verdict.GOOD else -1
    return {turn_id: balance > 0 for turn_id, balance in votes.items() if balance}


def _said_of_scores(labels: Iterable[Label], verdict: Verdict) -> set[int | None]:
    return {label.score_id for label in labels if label.metric and label.verdict == verdict}


def _last_scores(session: Session, turn_ids: set[int]) -> dict[tuple[str, str | None], dict[int, Score]]:
    """Returns (metric, judge) -> turn -> its last score."""
    found: dict[tuple[str, str | None], dict[int, Score]] = defaultdict(dict)
    ids = sorted(turn_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        query = select(Score).where(col(Score.turn_id).in_(ids[start : start + IDS_AT_ONCE])).order_by(col(Score.id))
        for score in session.exec(query):
            found[score.metric, score.judge_id][score.turn_id] = score
    return found
