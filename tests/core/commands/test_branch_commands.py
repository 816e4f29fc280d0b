"""`tableread xray` and `tableread replay` on what `tableread play --policy --set` has played."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from core.cli import main
from core.commands.stage_options import check_rules, rule_paths, split_changes
from core.commands.usage import WrongUsage
from core.library.branches import name_branch
from core.library.playtests import list_playtests, list_turns
from core.playtest.script import Script
from core.project import Project
from models.scenario import TurnPolicy
from models.stage import Recall

TURN_KEYS = {"event", "turn", "speaker", "text", "thought", "scores", "kind", "why", "audience", "alarms", "mood"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TABLEREAD_HOME", str(folder / "home"))
        from core.demo import make_demo_project

        path = folder / "demo.tableread"
        make_demo_project(path)
        rules = ["--set", "memory.recall=relevance", "--set", "mind.mood=yes", "--set", 'turns.order=["Mara Voss"]']
        arguments = ["play", str(path), "--turns", "4", "--seed", "3", "--max-tokens", "24", "--policy", "scripted"]
        assert main([*arguments, *rules, "--json"]) == 0
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_rules_and_policy_are_kept_in_the_script(played: Path) -> None:
    with closing(Project(played)) as project:
        script = Script.model_validate(list_playtests(project)[0].script)
    assert script.scenario.turn_policy == TurnPolicy.SCRIPTED
    assert script.rules.memory.recall == Recall.RELEVANCE
    assert script.rules.mind.mood
    assert [script.part(role_id).character.name for role_id in script.rules.turns.order] == ["Mara Voss"]


def test_a_turns_line_says_how_it_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--turns", "2", "--seed", "3", "--max-tokens", "8", "--out", str(tmp_path), "--json"]) == 0
    first, second, end = lines(capsys)
    assert set(first) == set(second) == TURN_KEYS
    assert (first["why"], second["alarms"], end["event"]) == (None, [], "end")
    assert second["why"]


def test_replay_of_what_was_played_is_equal(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = played.read_bytes()
    assert main(["replay", str(played), "--json"]) == 0
    *turns, end = lines(capsys)
    assert [turn["turn"] for turn in turns] == [1, 2, 3, 4]
    assert all(turn["equal"] for turn in turns)
    assert (end["turns"], end["written"], end["equal"], end["kept"]) == (4, 3, 3, 1)
    assert played.read_bytes() == before
    assert main(["replay", str(played)]) == 0
    assert "3 of 3 turns that were written again are equal. Kept as they are" in capsys.readouterr().out


def test_a_turn_that_is_not_equal_makes_the_exit_status(
    played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.tableread"
    other.write_bytes(played.read_bytes())
    with closing(Project(other)) as project:
        turns = list_turns(project, list_playtests(project)[0].id)
        with project.append() as session:
            turn = session.get_one(type(turns[2]), turns[2].id)
            turn.text = "I never said this."
        name_branch(project, turns[1].id, "first")
    assert main(["replay", str(other), "--branch", "First", "--json"]) == 1
    found = lines(capsys)
    assert [turn["equal"] for turn in found[:-1]][2] is False
    assert found[2]["why"]
    assert main(["replay", str(other), "--branch", str(turns[1].id), "--json"]) == 0
    assert len(lines(capsys)) == 3
    assert main(["replay", str(other), "--branch", "second"]) == 1
    assert "“first”" in capsys.readouterr().err


def test_the_xray_of_a_turn(played: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xray", str(played), "--turn", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["turn"], document["speaker"], document["reader"]) == (3, "Mara Voss", "Mara Voss")
    assert document["rebuilt"]
    assert {"origin", "text", "tokens"} == set(document["blocks"][0])
    assert document["mind"]["memory"]["mode"] == "relevance"
    assert document["turn_taking"]["policy"] == "scripted"
    assert document["seed"]
    assert "grounding" in document["scores"]
    assert main(["xray", str(played), "--turn", "3", "--character", "theo", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["reader"], document["rebuilt"]) == ("Theo Dane", False)
    assert main(["xray", str(played), "--turn", "3"]) == 0
    out = capsys.readouterr().out
    assert "── scene" in out
    assert "Sampling" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--turn", "99"], "turns 1 to 4"),
        (["--turn", "2", "--character", "Nobody"], "The cast is"),
        (["--turn", "2", "--playtest", "none"], "There is no playtest"),
    ],
)
def test_what_is_not_there_is_said(
    played: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["xray", str(played), *arguments]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "memory.recal=generative"], "Did you mean memory.recall?"),
        (["--set", "memry.recall=generative"], "Did you mean memory.recall?"),
        (["--set", "memory.recall=sometimes"], "'generative'"),
        (["--set", "memory.n_recalled=many"], "whole number"),
        (["--set", "plan.coach=[1"], "not JSON"),
        (["--policy", "chaos"], "round_robin"),
    ],
)
def test_wrong_rules_are_said_before_anything_is_played(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["play", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_policy_that_needs_a_person_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "--policy", "director", "--turns", "2", "--out", str(tmp_path)]) == 1
    assert "--policy" in capsys.readouterr().err


def test_rules_and_effects_are_told_apart() -> None:
    rules, others = split_changes(["tension=3", "key.holder = Theo", "memory.recall = off", "Mara leaves"])
    assert rules == {"memory.recall": "off"}
    assert others == ("tension=3", "key.holder = Theo", "Mara leaves")
    assert "hearing.overhears" in rule_paths()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("thought.states=belief,desire", ["belief", "desire"]),
        ("thought.states = belief , desire,", ["belief", "desire"]),
        ("thought.states=emotion", ["emotion"]),
        ("thought.states=", []),
        ('thought.states=["belief"]', ["belief"]),
        ("turns.order=Mara Voss, Theo", ["Mara Voss", "Theo"]),
        ("memory.recall=relevance", "relevance"),
    ],
)
def test_a_list_is_written_with_commas(text: str, read: object) -> None:
    check_rules([text], None)
    (value,) = split_changes([text])[0].values()
    assert value == read


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "thought.states=true",
            "thought.states cannot be “true”.",
            "It can be any of 'belief', 'intention', 'desire', 'emotion', 'knowledge', one or more with commas between "
            "them.",
        ),
        ("plan.plans=maybe", "plan.plans cannot be “maybe”.", "It can be yes or no."),
        ("plan.n_steps=11", "plan.n_steps cannot be “11”.", "It can be at most 10."),
        ("plan.n_steps=many", "plan.n_steps cannot be “many”.", "It can be a whole number, such as 3."),
        ("turns.gate=x", "turns.gate cannot be “x”.", "It can be a number, such as 0.5."),
        ("turns.weights=Mara", "turns.weights cannot be “Mara”.", 'It can be an object such as {"Mara": 0.5}.'),
    ],
)
def test_what_a_rule_can_be_is_said_in_words(text: str, message: str, hint: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        check_rules([text], None)
    assert (caught.value.message, caught.value.hint) == (message, hint)
