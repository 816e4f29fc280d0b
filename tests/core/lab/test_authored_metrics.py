"""Judged metrics know what the author of a scene said."""

import json
from typing import Any

import pytest

from core.fidelity.conversation import Line
from core.fidelity.judged import character_box, goals, moral, playtester, psyplay
from core.fidelity.judged.psyplay import DesignatedTrait
from core.fidelity.judging.judged_metric import JudgedMetric, Target, ask_judge
from core.fidelity.judging.masks import mask_names
from core.fidelity.score import ScoreValue
from core.inference.request import Request
from core.lab.authored_metrics import as_authored, traits_of
from core.playtest.scores.lines import about_script
from core.playtest.script import Part, Script
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from tests.scripted_judge import scripted_judge

LAYERS = {"personal": {"moral_level": 4, "big_five": {"extraversion": 5, "openness": 70, "neuroticism": 45}}}
LINES = [Line("m", "Theo, hand it over."), Line("t", "Never, Mara.")]
EVERYTHING: dict[str, Any] = {"why": "W.", "below": [], "reached": True, "cause": "none", "faults": []}


def script(layers: dict[str, Any] | None = None, goal: str = "", rules: str = "") -> Script:
    mara = CharacterBase(name="Mara", statements=["Mara steals."], layers=layers or {})
    parts = (
        Part(role_id="m", role=RoleBase(goal=goal), character=mara),
        Part(role_id="t", role=RoleBase(), character=CharacterBase(name="Theo")),
    )
    return Script(scenario=ScenarioBase(name="Quay", rules=rules), parts=parts)


def judged(metric: JudgedMetric, of: Script, target: Target) -> tuple[ScoreValue, str]:
    """Judges, and returns all that the judge was shown beside."""
    asked: list[Request] = []
    judge = scripted_judge(
        lambda _, options: [1.0, 3.0][: len(options)], lambda *_: json.dumps(EVERYTHING), asked=asked
    )
    masked = mask_names(about_script(of), LINES)
    (score,) = ask_judge(as_authored(metric, of, masked.masks.hide), judge, masked, target)
    shown = "\n".join(message.content for request in asked for message in request.messages)  # type: ignore[union-attr]
    assert "Mara" not in shown
    assert "Theo" not in shown
    return score, shown


def test_the_goals_are_those_of_the_roles() -> None:
    score, shown = judged(goals.JUDGED, script(goal="Get the key from Theo."), Target())
    assert score.evidence["were_goals_given"] is True
    assert [row["goal"] for row in score.evidence["goals"]] == ["Mara wants this: Get the key from Theo."]
    assert "Person A wants this: Get the key from Person B." in shown


def test_the_judge_is_told_the_moral_level() -> None:
    score, shown = judged(moral.JUDGED, script(LAYERS), Target(speaker="m"))
    assert score.evidence["level"] == 4
    assert "a villain" in shown


def test_traits_come_from_the_layers() -> None:
    assert traits_of(script(LAYERS).parts[0]) == [
        DesignatedTrait("openness", "high", "a bit"),
        DesignatedTrait("extraversion", "low", "extremely"),
    ]
    score, _ = judged(psyplay.JUDGED, script(LAYERS), Target(speaker="m"))
    assert score.value == pytest.approx(0.5)


def test_playtesters_read_the_rules() -> None:
    _, shown = judged(playtester.JUDGED, script(rules="Mara has one vote."), Target())
    assert "The rules:\nPerson A has one vote." in shown


def test_a_metric_stays_what_it_is_where_nothing_was_said() -> None:
    for metric in (goals.JUDGED, moral.JUDGED, psyplay.JUDGED, playtester.JUDGED, character_box.JUDGED):
        assert as_authored(metric, script(), str) is metric
    assert as_authored(character_box.JUDGED, script(LAYERS, "g", "r"), str) is character_box.JUDGED
