"""Labels against scores: told live, only where there are enough, and never by a score that is no value."""

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.lab.agreement import agreement_between_judges, agreement_between_people, agreement_of
from core.library.judges import find_or_add_judge
from core.library.labels import contest_score, list_labels, set_label
from core.project import Project
from models.label import Verdict
from models.playtest import Playtest
from models.score import Score
from tests.core.lab.judged_scene import play_scene, spoken


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def playtest(project: Project) -> Playtest:
    return play_scene(project, 12)


def score_all(
    project: Project, playtest: Playtest, metric: str, values: list[float | None], judge_id=None
) -> list[int]:
    rows = [
        Score(
            turn_id=turn.id, metric=metric, value=value, reason=None if value is not None else "No.", judge_id=judge_id
        )
        for turn, value in zip(spoken(project, playtest), values, strict=True)
    ]
    with project.append() as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def label_all(project: Project, playtest: Playtest, goods: list[bool]) -> None:
    for turn, good in zip(spoken(project, playtest), goods, strict=False):
        set_label(project, turn.id, Verdict.GOOD if good else Verdict.OFF)


def of(project: Project, playtest: Playtest, metric: str, judge_id: str | None = None):
    found = agreement_of(project, playtest.id, lambda _metric: "higher")
    return next(one for one in found if (one.metric, one.judge_id) == (metric, judge_id))


GOODS = [True] * 6 + [False] * 6


def test_scores_that_go_with_the_labels(project: Project, playtest: Playtest) -> None:
    judge = find_or_add_judge(project, "Judge", "1" * 64)
    score_all(project, playtest, "x", [float(20 - place) for place in range(12)])
    score_all(project, playtest, "x", [float(place) for place in range(12)], judge.id)
    label_all(project, playtest, GOODS)
    computed, judged = of(project, playtest, "x"), of(project, playtest, "x", judge.id)
    assert (computed.n, computed.n_good, computed.auc, computed.kappa, computed.cut) == (12, 6, 1.0, 1.0, 15.0)
    assert computed.spearman == pytest.approx(math.sqrt(108 / 143))
    assert (judged.auc, judged.reason) == (0.0, None)
    assert judged.spearman == pytest.approx(-computed.spearman)


def test_too_few_labels_say_so_and_more_are_seen_at_once(project: Project, playtest: Playtest) -> None:
    score_all(project, playtest, "x", [float(place) for place in range(12)])
    label_all(project, playtest, GOODS[:9])
    few = of(project, playtest, "x")
    assert few.auc is None
    assert few.reason == "Too few labels: 6 good and 3 off; 10 are needed, 3 of each at least."
    set_label(project, spoken(project, playtest)[9].id, Verdict.OFF)
    assert of(project, playtest, "x").reason is None
    project.undo()
    assert of(project, playtest, "x").reason is not None


def test_turns_without_a_value_and_scores_without_spread_say_nothing(project: Project, playtest: Playtest) -> None:
    score_all(project, playtest, "gone", [None] * 12)
    score_all(project, playtest, "flat", [1.0] * 12)
    label_all(project, playtest, GOODS)
    assert of(project, playtest, "gone").n == 0
    assert of(project, playtest, "flat").reason == "All labelled turns have the same score."


def test_the_last_score_counts_and_contests_are_counted(project: Project, playtest: Playtest) -> None:
    ids = score_all(project, playtest, "x", [float(-place) for place in range(12)])
    label_all(project, playtest, GOODS)
    contest_score(project, ids[0], "Not so.")
    assert (of(project, playtest, "x").auc, of(project, playtest, "x").n_contested) == (1.0, 1)
    score_all(project, playtest, "x", [float(place) for place in range(12)])
    assert (of(project, playtest, "x").auc, of(project, playtest, "x").n_contested) == (0.0, 0)


def test_lower_is_better_where_the_metric_says_so(project: Project, playtest: Playtest) -> None:
    score_all(project, playtest, "x", [float(place) for place in range(12)])
    label_all(project, playtest, GOODS)
    (found,) = [one for one in agreement_of(project, playtest.id, lambda _metric: "lower") if one.metric == "x"]
    assert (found.auc, found.kappa, found.cut) == (1.0, 1.0, 5.0)


def test_people_agree_with_each_other(project: Project, playtest: Playtest) -> None:
    turns = spoken(project, playtest)
    for turn, good in zip(turns, GOODS, strict=True):
        for person in ("", "Ann"):
            set_label(project, turn.id, Verdict.GOOD if good else Verdict.OFF, person=person)
    assert agreement_between_people(list_labels(project, playtest.id)) == 1.0
    assert agreement_between_people([]) is None


def test_judges_agree_with_each_other(project: Project, playtest: Playtest) -> None:
    first, second = (find_or_add_judge(project, name, name * 64).id for name in "ab")
    score_all(project, playtest, "x", [0.0] * 12, first)
    score_all(project, playtest, "x", [float(place) for place in range(12)], first)
    assert agreement_between_judges(project, playtest.id) == []
    score_all(project, playtest, "x", [float(place) for place in range(11)] + [None], second)
    (found,) = agreement_between_judges(project, playtest.id)
    assert (found.metric, found.n, found.alpha) == ("x", 11, 1.0)
    assert set(found.judge_ids) == {first, second}
