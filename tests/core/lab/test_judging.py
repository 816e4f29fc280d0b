"""A playtest judged: masked, pinned, resumed, judged again; what a judge fails at is not scored and says why."""

import json
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from core.errors import UserError
from core.fidelity.judged.own_rubric import rubric_metric
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.masks import Masks
from core.inference.request import Request, Score
from core.inference.scripted import INFO
from core.lab.judging import BranchJudging, SeatedJudge, identity_of, judge_playtest, seat_judge
from core.library.characters import create_character
from core.library.judges import list_judges, save_licence
from core.library.playtests import delete_playtest, list_scores
from core.library.scenarios import create_scenario
from core.library.trash import empty_trash
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.branch_score import BranchScore
from models.character import CharacterBase
from models.playtest import Playtest
from models.scenario import RoleBase, ScenarioBase
from tests.core.lab.judged_scene import JUDGE_INFO, SPEAKER, TURN, WHOLE, play_on, play_scene, spoken
from tests.licences import licence_with
from tests.scripted_judge import scripted_judge, weigh_by

FIVES = weigh_by({"": {"5": 1.0}}, otherwise=0.0)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def playtest(project: Project) -> Playtest:
    return play_scene(project)


def seat(project: Project, judge: Judge | None = None, info=JUDGE_INFO) -> SeatedJudge:
    return seat_judge(project, info, (judge or scripted_judge(FIVES)).ask)


def judged_rows(project: Project, playtest: Playtest) -> list:
    return [one for one in list_scores(project, playtest.id) if one.judge_id]


def branch_rows(project: Project) -> list[BranchScore]:
    with project.reading() as session:
        return list(session.exec(select(BranchScore).order_by(BranchScore.id)))


def test_every_turn_of_the_cast_is_judged_and_pinned(project: Project, playtest: Playtest) -> None:
    asked: list[Request] = []
    found = judge_playtest(
        BranchJudging(project, playtest.id, seat(project, scripted_judge(FIVES, asked=asked)), [TURN])
    )
    rows, turns = judged_rows(project, playtest), spoken(project, playtest)
    assert (found.n_scored, found.n_not_scored) == (4, 0)
    assert [row.turn_id for row in rows] == [turn.id for turn in turns]
    assert [row.value for row in rows] == pytest.approx([5.0] * 4)
    evidence = rows[0].evidence
    assert evidence["judge"] == {"name": "Judge", "weights_sha256": "1" * 64, "is_server": False}
    assert (evidence["prompt"], evidence["badge"], evidence["graded_itself"]) == ("v1", "", False)
    assert evidence["words"] == [turns[0].text]
    assert (evidence["turn"], evidence["shown"]) == (turns[0].number, {"turns": [turns[0].number]})
    seen = "\n".join(message.content for one in asked if isinstance(one, Score) for message in one.messages)
    assert "Person A" in seen
    assert not any(name in seen for name in ("Mara", "Theo"))


def test_speakers_and_the_whole_are_judged_at_the_head(project: Project, playtest: Playtest) -> None:
    judge_playtest(BranchJudging(project, playtest.id, seat(project), [SPEAKER, WHOLE]))
    rows = branch_rows(project)
    names = {part["role_id"]: part["character"]["name"] for part in playtest.script["parts"]}
    assert [(row.metric, names.get(row.role_id, "")) for row in rows] == [
        ("play.speaker", "Mara"),
        ("play.speaker", "Theo"),
        ("play.whole", ""),
    ]
    assert {row.head_id for row in rows} == {playtest.head_id}
    assert rows[0].evidence["why"] == "Mara"


def test_what_was_judged_is_not_asked_again_but_what_came_since_is(project: Project, playtest: Playtest) -> None:
    judge_playtest(BranchJudging(project, playtest.id, seat(project), [TURN, WHOLE]))
    assert BranchJudging(project, playtest.id, seat(project), [TURN, WHOLE]).due() == []
    play_on(project, playtest, 1)
    later = BranchJudging(project, playtest.id, seat(project), [TURN, WHOLE])
    assert [(one.judged, one.is_turn) for one in later.due()] == [(TURN, True), (WHOLE, False)]


def test_judging_again_keeps_the_old_scores(project: Project, playtest: Playtest) -> None:
    judge_playtest(BranchJudging(project, playtest.id, seat(project), [TURN]))
    one = spoken(project, playtest)[1].id
    lower = scripted_judge(weigh_by({"": {"2": 1.0}}, otherwise=0.0))
    judge_playtest(BranchJudging(project, playtest.id, seat(project, lower), [TURN, WHOLE], turn_ids=[one], again=True))
    assert [row.value for row in judged_rows(project, playtest) if row.turn_id == one] == pytest.approx([5.0, 2.0])
    assert branch_rows(project) == []


def test_another_wording_is_another_question(project: Project, playtest: Playtest) -> None:
    judge_playtest(BranchJudging(project, playtest.id, seat(project), [TURN]))
    assert len(BranchJudging(project, playtest.id, seat(project), [replace(TURN, prompt_version="v2")]).due()) == 4


def test_weights_that_grade_themselves_say_so(project: Project, playtest: Playtest) -> None:
    played = spoken(project, playtest)[0].record["weights"]
    own = replace(INFO, sha256=played["sha256"], name=played["name"])
    judge_playtest(BranchJudging(project, playtest.id, seat(project, info=own), [TURN, SPEAKER]))
    rows = [*judged_rows(project, playtest), *branch_rows(project)]
    assert all(row.evidence["graded_itself"] for row in rows)


def test_a_failed_parse_is_not_scored_and_says_why(project: Project, playtest: Playtest) -> None:
    silent = scripted_judge(write=lambda _chat, _seed: "I would rather not.")
    found = judge_playtest(BranchJudging(project, playtest.id, seat(project, silent), [TURN]))
    rows = judged_rows(project, playtest)
    assert (found.n_scored, found.n_not_scored) == (0, 4)
    assert {(row.value, row.reason) for row in rows} == {(None, "No sample of the judge could be read.")}
    assert BranchJudging(project, playtest.id, seat(project), [TURN]).due() == []


def test_a_judge_that_cannot_be_run_ends_the_work_and_may_try_again(project: Project, playtest: Playtest) -> None:
    def fail(_request: Request) -> None:
        raise UserError("The server is down.", "Start it.")

    with pytest.raises(UserError, match="down"):
        judge_playtest(BranchJudging(project, playtest.id, seat(project, replace(scripted_judge(), ask=fail)), [TURN]))
    rows = judged_rows(project, playtest)
    assert len(rows) == 3
    assert all(row.value is None and "down" in row.reason for row in rows)
    assert len(BranchJudging(project, playtest.id, seat(project), [TURN]).due()) == 4


def test_stopped_work_keeps_what_was_judged(project: Project, playtest: Playtest) -> None:
    judging = BranchJudging(project, playtest.id, seat(project), [TURN])
    with pytest.raises(CancelledError):
        judge_playtest(judging, stop=lambda: judging.n_scored == 2)
    assert len(judged_rows(project, playtest)) == 2


def test_a_badge_stands_with_each_score(project: Project, playtest: Playtest) -> None:
    (row,) = [seat(project).row_id]
    save_licence(project, row, licence_with("red"))
    judge_playtest(BranchJudging(project, playtest.id, seat(project), [TURN]))
    assert {one.evidence["badge"] for one in judged_rows(project, playtest)} == {"red"}
    assert len(list_judges(project)) == 1


def test_a_server_that_tells_no_hash_is_known_by_address_and_model() -> None:
    from core.inference.servers.kinds import ServerKind

    one = replace(INFO, sha256="", path="http://a/v1", name="m", chat_format=f"server: {ServerKind.VLLM.value}")
    first, same, other = identity_of(one), identity_of(one), identity_of(replace(one, name="n"))
    assert first == same != other
    assert len(first.weights_sha256) == 64


def test_you_is_nobody_though_the_user_is_called_so(project: Project) -> None:
    role = create_character(project, CharacterBase(name="Mara", nickname="Captain Salt", statements=["Mara sails."]))
    draft = ScenarioBase(name="Quay", thoughts=False, max_turns=50)
    scenario = create_scenario(project, draft, [RoleBase(name="Mara", character_id=role.id)])
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=1))
    assert playtest.script["scenario"]["user_name"] == "You"
    play_on(project, playtest, 1, "You know me. Captain Salt never tells You.")
    asked: list[Request] = []
    judge_playtest(BranchJudging(project, playtest.id, seat(project, scripted_judge(FIVES, asked=asked)), [TURN]))
    assert "You know me. Person A never tells You." in asked[0].messages[1].content


def test_a_rubric_of_the_users_names_nobody(project: Project, playtest: Playtest) -> None:
    asked: list[Request] = []
    write = json.dumps({"words": [], "why": "So."})
    judge = scripted_judge(FIVES, lambda *_: write, asked=asked)
    rubric = rubric_metric("own.1", "Salt", "Mara is bitter, and Theo knows.")
    judge_playtest(BranchJudging(project, playtest.id, seat(project, judge), [rubric]))
    assert "Person A is bitter, and Person B knows." in asked[0].messages[1].content
    assert judged_rows(project, playtest)[0].evidence["rubric"] == "Mara is bitter, and Theo knows."


def test_a_playtest_that_is_gone_is_not_judged_on(project: Project, playtest: Playtest) -> None:
    judging = BranchJudging(project, playtest.id, seat(project), [TURN])
    first, *_ = judging.due()
    delete_playtest(project, playtest.id)
    with pytest.raises(UserError, match="The playtest is gone"):
        judging.judge(first)
    with pytest.raises(UserError, match="The playtest is gone"):
        judging.due()
    empty_trash(project)
    with pytest.raises(UserError, match="The playtest is gone"):
        judging.due()
    assert judged_rows(project, playtest) == []


def test_each_line_is_masked_once(project: Project, playtest: Playtest, monkeypatch: pytest.MonkeyPatch) -> None:
    play_on(project, playtest, 20)
    hidden: list[str] = []
    hide = Masks.hide
    monkeypatch.setattr(Masks, "hide", lambda self, text: hidden.append(text) or hide(self, text))
    judge_playtest(BranchJudging(project, playtest.id, seat(project), [TURN, SPEAKER, WHOLE]))
    assert len([text for text in hidden if "line 7." in text]) == 1
