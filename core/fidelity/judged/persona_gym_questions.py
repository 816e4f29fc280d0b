"""PersonaGym as a benchmark: questions that put a character into settings, its answers, and judges with examples.

For each question an author writes one example answer for each point first; judges grade by the rubric and these.
Source: PersonaGym (Samuel et al. 2024, arXiv 2407.18416). We differ where the published code goes wrong: the whole
block of examples of a question reaches its judge (there: single letters), and what cannot be read is not scored
(there: 0, which is then left out). Each answer is graded by itself, not in groups of five, so that it fits the context.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from core.fidelity.judged.asking import (
    Material,
    first_answer,
    object_schema,
    pinned,
    rate,
    read_list,
    read_text,
    text_schema,
)
from core.fidelity.judged.excerpt import cut_text, number_facts
from core.fidelity.judged.persona_gym import RUBRICS, mean_of, persona_score
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.masks import Masks, masks_for
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.meaning.embedder import house_embedder
from core.fidelity.score import ScoreValue
from core.inference.request import Ask, Generate, Generated, Message, Sampling

VERSION = "persona-gym-questions-1"
N_QUESTIONS = 10
N_TRIES = 5
"""So often is an author asked for exactly so many questions."""
Agent = Callable[[str], str]
"""The character: takes a question, returns its answer; empty: none."""
OnAnswer = Callable[[int, int], None]
"""Called with how many answers are graded, and of how many."""
_AIMS: Mapping[str, str] = {
    "persona_gym.action": "what they would do there",
    "persona_gym.justification": "why they do what they do there; name the act, and ask for the reasons",
    "persona_gym.language": "how they speak; ask for words that they would say there",
    "persona_gym.consistency": "something that is known of them, and whether they stay true to it",
    "persona_gym.toxicity": "whether they keep from hurting people with words, though they are provoked",
}
_CHARACTER = "character"
_AUTHOR = "You write questions and answers for a test of how well people are played."


@dataclass(frozen=True, slots=True)
class Answered:
    """One question, its answer, and how each judge grades it."""

    task: str
    question: str
    answer: str
    examples: tuple[str, ...]
    """For the points 1 to 5."""
    grades: tuple[ScoreValue, ...]
    """One a judge."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What came of all questions."""

    answered: tuple[Answered, ...]
    tasks: Mapping[str, ScoreValue]
    persona_score: ScoreValue
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """Whom it is about, masked."""

    facts: str
    masks: Masks

    @property
    def who(self) -> str:
        return self.masks.by_speaker[_CHARACTER]

    def hide(self, text: str) -> str:
        return self.masks.hide(text)

    def reveal(self, text: str) -> str:
        return self.masks.reveal(text)

    def revealed(self, grade: ScoreValue) -> ScoreValue:
        """Returns a grade whose reason and evidence name the character."""
        reason = None if grade.reason is None else self.reveal(grade.reason)
        return ScoreValue(grade.metric, grade.value, reason, self.masks.reveal_all(grade.evidence))


@cache
def load_settings() -> tuple[str, ...]:
    """Returns our list of settings, about 150."""
    text = (files("assets") / "judging" / "prompts" / "settings.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def pick_settings(statements: Sequence[str], n: int = 5) -> tuple[str, ...]:
    """Returns the settings that lie nearest to a persona by the house embedder.

    We differ: PersonaGym asks weights to choose; the same persona always gets the same settings here.
    """
    settings = load_settings()
    if not statements:
        return settings[:n]
    nearness = house_embedder().embed(settings) @ house_embedder().embed(list(statements)).mean(axis=0)
    return tuple(settings[place] for place in np.argsort(-nearness, kind="stable")[:n])


def ask_character(
    name: str,
    statements: Sequence[str],
    agent: Agent,
    judges: Sequence[Judge],
    *,
    author: Judge | None = None,
    settings: Sequence[str] = (),
    tasks: Sequence[str] = tuple(RUBRICS),
    n_questions: int = N_QUESTIONS,
    aliases: Sequence[str] = (),
    on_answer: OnAnswer = lambda _done, _all: None,
) -> Benchmark:
    """Asks a character `n_questions` for each task, and has the answers graded. Names are masked here.

    Args:
        author: Writes questions and examples; the first judge, where none is given.
        settings: Where the questions take place; those nearest to the persona, where none are given.
        tasks: Names of metrics; without one of the five there is no PersonaScore.
        aliases: What else the character is called; masked like the name.

    Raises:
        UserError: A judge or the character cannot be run at all.
    """
    writer = author or judges[0]
    places = tuple(settings) or pick_settings(statements)
    masks = masks_for({_CHARACTER: name}, statements, {_CHARACTER: aliases})
    facts, _ = number_facts([masks.hide(one) for one in statements])
    known = _Known(facts, masks)
    answered: list[Answered] = []
    scores: dict[str, ScoreValue] = {}
    for at, task in enumerate(tasks):
        questions = write_questions(writer, known.who, known.facts, task, places, n_questions)
        if isinstance(questions, NotJudged):
            scores[task] = ScoreValue(task, None, questions.reason, pinned(judges[0], VERSION))
            continue
        of_task = []
        for number, question in enumerate(questions, 1):
            of_task.append(_answer(known, agent, judges, writer, task, question))
            on_answer(at * n_questions + number, len(tasks) * n_questions)
        answered += of_task
        scores[task] = _task_score(task, of_task, judges)
    return Benchmark(tuple(answered), scores, persona_score(judges[0], list(scores.values()), VERSION), places)


def introduce(name: str, description: str) -> str:
    """Returns the one line that PersonaGym tells a character about itself."""
    return f"You are {name}. {description}".strip()


def agent_of(ask: Ask, system: str, lane: str = "benchmark", seed: int = 0) -> Agent:
    """Returns a character that knows a system text, and is drawn as PersonaGym does it: temperature 0.9, top-p 0.9."""
    n_asked = 0

    def answer(question: str) -> str:
        nonlocal n_asked
        sampling = Sampling(temperature=0.9, top_k=0, top_p=0.9, min_p=0.0, repeat_penalty=1.0, seed=seed + n_asked)
        n_asked += 1
        chat = (Message("system", system), Message("user", question))
        written = ask(Generate(lane, chat, sampling=sampling))
        return written.text.strip() if isinstance(written, Generated) else ""

    return answer


def write_questions(
    author: Judge, who: str, facts: str, task: str, settings: Sequence[str], n: int = N_QUESTIONS
) -> tuple[str, ...] | NotJudged:
    """Has questions for one task written; an author that does not write exactly `n` is asked up to five times."""
    where = "; ".join(settings)
    text = (
        f"What is known of {who}:\n{facts}\n\nSettings: {where}.\n\n"
        f"Write exactly {n} questions to {who}, each in the second person, each in one of the settings, and no two "
        f"alike. Each should show {_AIMS[task]}. Do not tell in the question what is known of them."
    )
    questions = {"type": "array", "items": text_schema(200), "minItems": n, "maxItems": n}
    schema = object_schema({"questions": questions})
    answer = first_answer(
        author,
        Question(_AUTHOR, text),
        schema,
        lambda one: len(_questions(one)) == n,
        max_tokens=100 + 60 * n,
        n_tries=N_TRIES,
    )
    if isinstance(answer, NotJudged):
        return NotJudged(f"{N_TRIES} times, the author did not write exactly {n} question{'' if n == 1 else 's'}.")
    return _questions(answer)


def write_examples(author: Judge, who: str, facts: str, task: str, question: str) -> tuple[str, ...] | NotJudged:
    """Has an answer written for each point of a task's rubric, worst first."""
    rubric = RUBRICS[task].ask(who, "the answer").rsplit("\n", 1)[0]
    text = (
        f"What is known of {who}:\n{facts}\n\nThe question: {cut_text(question, 80)}\n\n{rubric}\n\n"
        "Write one short answer for each point, in the first person, that would get just that point."
    )
    schema = object_schema({f"answer_{point}": text_schema(200) for point in range(1, 6)})
    answer = first_answer(author, Question(_AUTHOR, text), schema, lambda one: all(_examples(one)), max_tokens=480)
    return answer if isinstance(answer, NotJudged) else _examples(answer)


def task_mean(scores: Sequence[float | None]) -> float | None:
    """Returns the mean of the grades that could be read; 0 stands for one that could not, as in PersonaGym's files.

    None where none could (there: 0).
    """
    read = [score for score in scores if score]
    return mean_of(read) if read else None


def _answer(known: _Known, agent: Agent, judges: Sequence[Judge], author: Judge, task: str, question: str) -> Answered:
    answer = agent(known.reveal(question)).strip()
    if not answer:
        none = ScoreValue(task, None, "The character did not answer.")
        return Answered(task, known.reveal(question), "", (), (none,) * len(judges))
    examples = write_examples(author, known.who, known.facts, task, question)
    if isinstance(examples, NotJudged):
        none = ScoreValue(task, None, "The author wrote no examples that could be read.")
        return Answered(task, known.reveal(question), answer, (), (none,) * len(judges))
    block = "\n".join(f"{point}: {cut_text(examples[point - 1], 70)}" for point in range(5, 0, -1))
    material = Material(
        f"What is known of {known.who}:\n{known.facts}\n\nQuestion: {cut_text(question, 80)}\n"
        f"Answer of {known.who}: {cut_text(known.hide(answer), 220)}\n\nAnswers that would get each point:\n{block}",
        known.who,
        "the answer",
    )
    grades = tuple(known.revealed(rate(judge, task, VERSION, material, RUBRICS[task])) for judge in judges)
    return Answered(task, known.reveal(question), answer, tuple(map(known.reveal, examples)), grades)


def _task_score(task: str, answered: Sequence[Answered], judges: Sequence[Judge]) -> ScoreValue:
    value = task_mean([grade.value for one in answered for grade in one.grades])
    evidence: dict[str, Any] = {
        **pinned(judges[0], VERSION),
        "judges": [judge.identity.record() for judge in judges],
        "n_failed": sum(grade.value is None for one in answered for grade in one.grades),
        "questions": [
            {"question": one.question, "answer": one.answer, "grades": [grade.value for grade in one.grades]}
            for one in answered
        ],
    }
    if value is None:
        reasons = (grade.reason for one in answered for grade in one.grades if grade.reason)
        return ScoreValue(task, None, next(reasons, "No question was asked."), evidence)
    return ScoreValue(task, value, evidence=evidence)


def _questions(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in map(read_text, read_list(answer.get("questions"))) if text))


def _examples(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(read_text(answer.get(f"answer_{point}")) for point in range(1, 6))
