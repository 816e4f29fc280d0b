"""PersonaGym's five tasks on turns and on questions, and the published table's arithmetic."""

import json
import re

import pytest

from core.fidelity.judged import persona_gym, persona_gym_questions
from core.fidelity.judged.persona_gym import RUBRICS, judge_turn, persona_score
from core.fidelity.judged.persona_gym_questions import (
    agent_of,
    ask_character,
    introduce,
    load_settings,
    pick_settings,
    task_mean,
)
from core.fidelity.score import ScoreValue
from core.inference.request import Choose, Finish, Generate, Generated, Request, Result, Score
from tests.core.fidelity.judged.scenes import ABOUT, FACTS, LINES
from tests.scripted_judge import USAGE, scripted_judge

# justification, action, language, consistency, toxicity; our mean, and what is published
TABLE = {
    "Claude 3.5 Sonnet": ((4.52, 4.37, 3.98, 4.81, 4.88), 4.512, 4.51),
    "GPT-3.5": ((4.31, 4.28, 3.63, 4.70, 4.96), 4.376, 4.38),
    "Llama-2-13B": ((3.96, 3.87, 3.77, 4.12, 4.18), 3.980, 3.98),
    "Llama-2-70B": ((4.44, 4.32, 3.85, 4.67, 4.68), 4.392, 4.39),
    "Llama-3-8B": ((4.55, 4.43, 3.97, 4.77, 4.74), 4.492, 4.49),
}
BEST = {action: point for point, action in enumerate(RUBRICS, 1)}
"""Task -> the point that the scripted judge gives it."""


def weigh(chat: str, options: tuple[str, ...]) -> list[float]:
    """Gives each task a point of its own, known by its question."""
    point = next(BEST[name] for name, rubric in RUBRICS.items() if rubric.points[0] in chat)
    return [float(option == str(point)) for option in options]


def write(chat: str, _seed: int) -> str:
    if "exactly 10 questions" in chat:
        return json.dumps({"questions": [f"What do you do, question {number}?" for number in range(10)]})
    if "one short answer for each point" in chat:
        return json.dumps({f"answer_{point}": f"Example for {point}." for point in range(1, 6)})
    return json.dumps({"words": ["I slept"], "why": "Person B owns up."})


@pytest.mark.parametrize(("tasks", "ours", "published"), TABLE.values(), ids=list(TABLE))
def test_the_published_table(tasks: tuple[float, ...], ours: float, published: float) -> None:
    scores = [ScoreValue(name, value) for name, value in zip(RUBRICS, tasks, strict=True)]
    value = persona_score(scripted_judge(), scores).value
    assert value == pytest.approx(ours, abs=1e-9)
    assert value == pytest.approx(published, abs=0.005)


def test_a_task_without_a_value_hides_behind_no_mean() -> None:
    scores = [ScoreValue(name, 5.0) for name in list(RUBRICS)[1:]]
    score = persona_score(scripted_judge(), [ScoreValue(persona_gym.ACTION, None, "Not read."), *scores])
    assert score.value is None
    assert score.reason == "Not scored: Expected action."
    assert persona_score(scripted_judge(), scores).value is None, "a task that was not asked for is missing too"


@pytest.mark.parametrize(("grades", "mean"), [([5, 0, 4], 4.5), ([5, None, 4], 4.5), ([0, 0], None), ([], None)])
def test_grades_that_could_not_be_read_are_left_out(grades: list[float | None], mean: float | None) -> None:
    assert task_mean(grades) == mean


def test_a_turn_gets_the_point_of_each_task_and_their_mean() -> None:
    asked: list[Request] = []
    *tasks, score = judge_turn(scripted_judge(weigh, write, asked=asked), ABOUT, LINES, 3)
    assert [task.value for task in tasks] == pytest.approx([1, 2, 3, 4, 5])
    assert score.value == pytest.approx(3)
    assert tasks[3].evidence["words"] == ["I slept"]
    assert tasks[3].evidence["rubric_words"] == RUBRICS[persona_gym.CONSISTENCY].points[3]
    assert tasks[3].evidence["turn"] == 4
    assert sum(isinstance(request, Generate) for request in asked) == 1
    assert all("Person B owns up." in request.messages[1].content for request in asked if isinstance(request, Score))


def test_a_speaker_of_whom_nothing_is_known_is_not_scored() -> None:
    assert {score.value for score in judge_turn(scripted_judge(weigh, write), ABOUT, LINES, 0)} == {None}


def test_settings_are_many_and_the_same_persona_gets_the_same() -> None:
    assert len(set(load_settings())) == len(load_settings()) >= 150
    assert pick_settings(["Catches fish at sea every day."], 3) == pick_settings(["Catches fish at sea every day."], 3)
    assert "a fishing boat that has caught nothing" in pick_settings(["Catches fish at sea every day."], 5)


def test_questions_examples_and_grades() -> None:
    asked: list[Request] = []
    heard: list[str] = []
    told: list[tuple[int, int]] = []

    def agent(question: str) -> str:
        heard.append(question)
        return "" if question.endswith("question 9?") else "I am Mila, and I light the lamp."

    judge = scripted_judge(weigh, write, asked=asked)
    found = ask_character("Mila", FACTS, agent, [judge, judge], on_answer=lambda *pair: told.append(pair))
    assert len(heard) == len(found.answered) == 50
    assert told[-1] == (50, 50)
    assert [found.tasks[name].value for name in RUBRICS] == pytest.approx([1, 2, 3, 4, 5])
    assert found.persona_score.value == pytest.approx(3)
    assert found.tasks[persona_gym.ACTION].evidence["n_failed"] == 2
    grading = [request.messages[1].content for request in asked if isinstance(request, Score)]
    assert all(f"{point}: Example for {point}." in text for text in grading for point in range(1, 6))
    assert not any(re.search(r"\bMila\b", text) for text in grading)


def test_an_author_that_writes_too_few_is_asked_five_times_and_given_up() -> None:
    asked: list[Request] = []
    judge = scripted_judge(weigh, lambda *_: json.dumps({"questions": ["Only one?"]}), asked=asked)
    found = ask_character("Mila", FACTS, lambda _: "Yes.", [judge])
    assert len(asked) == 5 * len(RUBRICS)
    assert {score.value for score in found.tasks.values()} == {None}
    assert "exactly 10" in (found.tasks[persona_gym.ACTION].reason or "")
    assert found.persona_score.value is None


def test_without_examples_an_answer_is_not_graded() -> None:
    judge = scripted_judge(weigh, lambda chat, seed: write(chat, seed) if "exactly 10" in chat else "no")
    found = ask_character("Mila", FACTS, lambda _: "Yes.", [judge])
    assert {score.value for score in found.tasks.values()} == {None}
    assert "examples" in (found.tasks[persona_gym.ACTION].reason or "")


@pytest.mark.parametrize("answer", ["", "Yes."])
def test_what_is_kept_has_the_names_again(answer: str) -> None:
    def written(chat: str, seed: int) -> str:
        if "exactly 1 question" in chat:
            return json.dumps({"questions": ["Person A, where do you go?"]})
        return "no"

    judge = scripted_judge(weigh, written)
    found = ask_character("Mila", FACTS, lambda _: answer, [judge], n_questions=1, tasks=[persona_gym.ACTION])
    assert found.answered[0].question == "Mila, where do you go?"


def test_reasons_of_grades_have_the_names_again_and_nicknames_are_masked() -> None:
    def written(chat: str, seed: int) -> str:
        if "exactly 1 question" in chat:
            return json.dumps({"questions": ["Where do you go?"]})
        if "would get just that point" in chat:
            return write(chat, seed)
        return json.dumps({"reason": "Person A is true.", "score": 4})

    asked: list[Request] = []
    judge = scripted_judge(None, written, asked=asked)
    found = ask_character(
        "Mila",
        FACTS,
        lambda _: "They call me Bones.",
        [judge],
        n_questions=1,
        tasks=[persona_gym.ACTION],
        aliases=["Bones"],
    )
    assert found.answered[0].grades[0].evidence["rationale"] == "Mila is true."
    assert not any("Bones" in message.content for request in asked for message in request.messages)


def test_the_character_knows_one_line_and_is_drawn_as_published() -> None:
    asked: list[Request] = []

    def ask(request: Request) -> Result | None:
        asked.append(request)
        return Generated(" Aye. ", (), Finish.END, USAGE)

    agent = agent_of(ask, introduce("Mila", "A stern lighthouse keeper."))
    assert [agent("Who?"), agent("Why?")] == ["Aye.", "Aye."]
    first, second = asked
    assert isinstance(first, Generate)
    assert isinstance(second, Generate)
    assert (first.sampling.temperature, first.sampling.top_p) == (0.9, 0.9)
    assert first.sampling.seed != second.sampling.seed
    assert first.messages[0].content == "You are Mila. A stern lighthouse keeper."


def test_grading_is_by_rating_and_never_by_choice() -> None:
    asked: list[Request] = []
    judge = scripted_judge(weigh, write, asked=asked)
    ask_character("Mila", FACTS, lambda _: "Yes.", [judge], n_questions=persona_gym_questions.N_QUESTIONS)
    assert not any(isinstance(request, Choose) for request in asked)
