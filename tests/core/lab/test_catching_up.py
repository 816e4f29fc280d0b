"""Turns that were never scored are caught up with, whatever else was said of them."""

from pathlib import Path

import pytest

from core.fidelity.score import ScoreValue
from core.lab.catching_up import CatchingUp
from core.lab.keeping import keep_scores
from core.library.own_metrics import add_own_metric, allow_python, delete_own_metric
from core.library.playtests import list_scores
from core.playtest.scores.live_measures import LIVE_METRICS
from core.project import Project
from models.own_metric import OwnMetricBase, OwnMetricKind
from models.playtest import Playtest
from tests.core.lab.judged_scene import play_scene, spoken


@pytest.fixture
def project(tmp_path: Path):
    project = Project(tmp_path / "catching.tableread")
    yield project
    project.close()


def _catch_up(project: Project, playtest: Playtest) -> dict[int, dict[str, float | None]]:
    turns = spoken(project, playtest)
    work = CatchingUp(project, playtest.id, turns[-1].id or 0)
    while work.n_due:
        work.score_some(3)
    found: dict[int, dict[str, float | None]] = {turn.id or 0: {} for turn in turns}
    for row in list_scores(project, playtest.id):
        assert row.metric not in found[row.turn_id], "scored twice"
        found[row.turn_id][row.metric] = row.value
    return found


def test_a_weighed_or_own_score_is_no_house_score(project: Project):
    playtest = play_scene(project)
    first, second, *_rest = spoken(project, playtest)
    keep_scores(project, [(first.id or 0, ScoreValue("apc", 0.5)), (second.id or 0, ScoreValue("own.gone", 1.0))])
    found = _catch_up(project, playtest)
    assert all(set(LIVE_METRICS) <= set(scores) for scores in found.values())
    assert found[first.id or 0]["apc"] == 0.5
    assert _catch_up(project, playtest) == found


def test_own_measures_are_caught_up_with(project: Project):
    playtest = play_scene(project)
    _catch_up(project, playtest)
    phrases = add_own_metric(project, OwnMetricBase(name="Names", kind=OwnMetricKind.PHRASES, body="Theo\nMara"))
    gone = add_own_metric(project, OwnMetricBase(name="Gone", kind=OwnMetricKind.REGEX, body="line"))
    add_own_metric(project, OwnMetricBase(name="Rubric", kind=OwnMetricKind.RUBRIC, body="Is it kind?"))
    delete_own_metric(project, gone.id)
    found = _catch_up(project, playtest)
    assert [scores[f"own.{phrases.id}"] for scores in found.values()] == [2.0] * 4
    assert {name for scores in found.values() for name in scores} == {*LIVE_METRICS, f"own.{phrases.id}"}


def test_a_program_waits_until_it_is_allowed(project: Project):
    playtest = play_scene(project)
    text = "def score(line, history, persona):\n    return len(history)\n"
    (project.path.parent / "count.py").write_text(text, encoding="utf-8")
    own = add_own_metric(project, OwnMetricBase(name="Count", kind=OwnMetricKind.PYTHON, body="count.py"))
    assert not any(f"own.{own.id}" in scores for scores in _catch_up(project, playtest).values())
    allow_python(text)
    assert [scores[f"own.{own.id}"] for scores in _catch_up(project, playtest).values()] == [1.0, 2.0, 3.0, 4.0]
