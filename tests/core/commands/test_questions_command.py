"""`tableread questions`: a card's character is asked, and its answers are graded."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli import main
from core.commands.judge_line import print_judge
from core.commands.questions import QuestionsRequest, document, facts_of, parse_tasks, put_questions, show
from core.errors import UserError
from core.fidelity.judged.persona_gym import RUBRICS
from core.inference.request import Finish, Generate, Generated, Request, Result
from models.character import CharacterBase
from tests.scripted_judge import USAGE, scripted_judge

MILA = CharacterBase(name="Mila", description="A stern keeper. {{char}} never lies.", personality="Stern!")
REQUEST = QuestionsRequest(Path("mila.json"), n_questions=2)


def write(chat: str, _seed: int) -> str:
    if "exactly 2 questions" in chat:
        return json.dumps({"questions": ["What do you do?", "What else?"]})
    return json.dumps({f"answer_{point}": f"Example for {point}." for point in range(1, 6)})


def test_answers_are_graded_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    chats: list[Generate] = []

    def ask(request: Request) -> Result | None:
        assert isinstance(request, Generate)
        chats.append(request)
        return Generated("I light the lamp.", (), Finish.END, USAGE)

    judge = scripted_judge(lambda _, options: [float(option == "4") for option in options], write)
    found = put_questions(MILA, ask, judge, REQUEST, lambda *_: None)
    assert found.persona_score.value == pytest.approx(4)
    assert len(chats) == 10
    assert "A stern keeper." in chats[0].messages[0].content
    show("Mila", found)
    print_judge(judge.identity.name, "", graded_itself=True)
    printed = capsys.readouterr().out
    assert "PersonaScore" in printed
    assert "4.00" in printed
    assert "also judged" in printed
    assert "Judged by Scripted judge (not examined" in printed
    read = json.loads(json.dumps(document(found)))
    assert read["persona_score"] == pytest.approx(4)
    assert len(read["answers"]) == 10
    put_questions(MILA, ask, judge, replace(REQUEST, one_line=True, tasks=parse_tasks(["action"])), lambda *_: None)
    assert chats[-1].messages[0].content == "You are Mila. A stern keeper."
    assert len(chats) == 12


def test_a_judge_that_cannot_be_read_is_shown_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    found = put_questions(MILA, lambda _: None, scripted_judge(write=lambda *_: "x"), REQUEST, lambda *_: None)
    assert set(document(found)["reasons"]) == set(RUBRICS)
    show("Mila", found)
    assert "exactly 2" in capsys.readouterr().out


def test_facts_are_statements_or_else_sentences() -> None:
    assert facts_of(MILA) == ["A stern keeper.", "Mila never lies.", "Stern!"]
    assert facts_of(MILA.model_copy(update={"statements": [" Mila is 40. ", " "]})) == ["Mila is 40."]


def test_tasks_are_named_by_their_ends() -> None:
    assert parse_tasks(["language", "language"]) == ("persona_gym.language",)
    assert parse_tasks(None) == tuple(RUBRICS)
    with pytest.raises(UserError) as caught:
        parse_tasks(["charm"])
    assert "toxicity" in caught.value.hint


def test_a_card_that_tells_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = tmp_path / "nobody.json"
    card.write_text(json.dumps({"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Nobody"}}))
    assert main(["questions", str(card)]) == 1
    assert "tells nothing" in capsys.readouterr().err
    assert main(["questions", str(card), "--task", "charm"]) == 1


def test_score_sends_to_a_judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = tmp_path / "chat.txt"
    chat.write_text("Ann: Hello.\nBen: Hm.")
    assert main(["score", str(chat), "--metrics", "echo,persona_gym"]) == 2
    assert "tableread judge FILE --metrics persona_gym.action" in capsys.readouterr().err
