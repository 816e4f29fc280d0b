"""The thread that scores turns: own measures are live, and it ends even where weights never answer."""

import time
from pathlib import Path

import pytest

from core.inference.request import Score
from core.library.own_metrics import add_own_metric, delete_own_metric
from core.library.playtests import list_scores
from core.playtest.branch import Branch
from core.playtest.scores import turn_scorer
from core.playtest.scores.scoring import Spoken, score_by_weights
from core.playtest.scores.turn_scorer import TurnScorer
from core.project import Project
from models.own_metric import OwnMetricBase, OwnMetricKind
from tests.core.lab.judged_scene import JudgingEngine, play_scene


@pytest.fixture
def project(tmp_path: Path):
    project = Project(tmp_path / "scoring.tableread")
    yield project
    project.close()


def silent() -> JudgingEngine:
    engine = JudgingEngine(lambda _request: None)
    engine.is_held = True
    return engine


def test_closing_does_not_wait_for_weights_that_never_answer(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turn_scorer, "CLOSE_S", 0.05)
    engine, branch = silent(), Branch(project, play_scene(project).id)

    def weigh(scorer: TurnScorer, _script, turn, _history, _note):
        part = branch.script.part(turn.speaker_id)
        return score_by_weights(
            engine, branch.script, Spoken(part, (), turn), ("grounding",), is_stopped=lambda: scorer._stopped
        )

    monkeypatch.setattr(TurnScorer, "_score_by_weights", weigh)
    scorer = TurnScorer(project, engine, branch, lambda _event: None)
    scorer.add(branch.path()[-1])
    assert engine.began.wait(10)
    began_s = time.monotonic()
    scorer.close()
    assert time.monotonic() - began_s < 5
    assert engine.n_cancelled == 1
    rows = {row.metric: row for row in list_scores(project, branch.playtest_id)}
    assert rows["grounding"].reason == "Scoring was stopped."
    assert "echo" in rows
    assert isinstance(engine.asked[0][0], Score)


def test_own_measures_are_live_from_the_turn_after_they_were_made(project: Project, monkeypatch: pytest.MonkeyPatch):
    playtest = play_scene(project)
    branch = Branch(project, playtest.id)
    turns = branch.path()[1:]
    scorer = TurnScorer(project, silent(), branch, lambda _event: None)
    monkeypatch.setattr(TurnScorer, "_score_by_weights", lambda *_: [])
    try:
        scorer.add(turns[0])
        assert scorer.wait(20)
        own = add_own_metric(project, OwnMetricBase(name="Names", kind=OwnMetricKind.PHRASES, body="Theo"))
        scorer.add(turns[1])
        assert scorer.wait(20)
        delete_own_metric(project, own.id)
        scorer.add(turns[2])
        assert scorer.wait(20)
    finally:
        scorer.close()
    scores = {(row.turn_id, row.metric): row.value for row in list_scores(project, playtest.id)}
    assert {key: value for key, value in scores.items() if key[1].startswith("own.")} == {
        (turns[1].id, f"own.{own.id}"): 1.0
    }
    assert (turns[2].id, "echo") in scores
