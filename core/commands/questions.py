"""`tableread questions`: PersonaGym's questions to the character of a card, and how a judge grades its answers."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core.app_settings import load_settings
from core.characters.macros import expand_macros
from core.characters.prompt import Scene, join_blocks, render_system
from core.commands.judge_line import judge_document, print_judge
from core.commands.printing import console, print_json
from core.commands.replay import open_engines
from core.errors import UserError
from core.fidelity.judged.persona_gym import METRICS, RUBRICS
from core.fidelity.judged.persona_gym_questions import (
    N_QUESTIONS,
    Benchmark,
    OnAnswer,
    agent_of,
    ask_character,
    introduce,
)
from core.fidelity.judging.judge import Judge
from core.inference.engine_choice import local_weights
from core.inference.request import Ask, Engine
from core.interchange.cards import read_card
from core.lab.judging import identity_of
from core.lab.respondents import ask_in_background
from models.character import CharacterBase
from models.scenario import RoleBase

_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")


@dataclass(frozen=True, slots=True)
class QuestionsRequest:
    """What was typed."""

    card: Path
    tasks: Sequence[str] = tuple(RUBRICS)
    """Names of metrics; PersonaScore needs all five."""
    n_questions: int = N_QUESTIONS
    one_line: bool = False
    """Tell the character one line about itself, as PersonaGym does, in place of its whole prompt."""
    seed: int = 0
    judge: str = ""
    """Path of weights, or a server; empty: the weights that answer."""
    weights: Path | None = None
    as_json: bool = False


def questions(request: QuestionsRequest) -> None:
    """Runs the command. Raises UserError for the world's faults."""
    character = _character(request.card)
    settings = load_settings()
    with open_engines(local_weights(settings, request.weights)) as (engine, find), _showing_answers() as on_answer:
        judge = judge_of(find(request.judge) if request.judge else engine, request.seed)
        graded_itself = judge.identity.weights_sha256 == identity_of(engine.info).weights_sha256
        found = put_questions(character, ask_in_background(engine), judge, request, on_answer)
    if request.as_json:
        print_json(document(found) | judge_document(judge.identity, "", graded_itself=graded_itself))
        return
    show(character.name, found)
    print_judge(judge.identity.name, "", graded_itself=graded_itself)


def judge_of(engine: Engine, seed: int = 0) -> Judge:
    """Returns a judge that is asked in the engine's background."""
    return Judge(identity_of(engine.info), ask_in_background(engine), seed=seed)


def put_questions(
    character: CharacterBase, ask: Ask, judge: Judge, request: QuestionsRequest, on_answer: OnAnswer
) -> Benchmark:
    """Asks a character and has its answers graded."""
    facts = facts_of(character)
    system = join_blocks(render_system(character, RoleBase(), Scene("")))
    if request.one_line:
        system = introduce(character.name, facts[0])
    agent = agent_of(ask, system, seed=request.seed)
    return ask_character(
        character.name,
        facts,
        agent,
        [judge],
        tasks=request.tasks,
        n_questions=request.n_questions,
        aliases=[character.nickname],
        on_answer=on_answer,
    )


def document(found: Benchmark) -> dict[str, Any]:
    """Returns what --json prints."""
    return {
        "scores": {name: score.value for name, score in found.tasks.items()},
        "reasons": {name: score.reason for name, score in found.tasks.items() if score.reason},
        "persona_score": found.persona_score.value,
        "settings": list(found.settings),
        "judge": found.persona_score.evidence["judge"],
        "prompt_version": found.persona_score.evidence["prompt_version"],
        "answers": [
            {
                "task": one.task,
                "question": one.question,
                "answer": one.answer,
                "examples": list(one.examples),
                "grades": [grade.value for grade in one.grades],
                "reasons": [grade.reason for grade in one.grades if grade.reason],
            }
            for one in found.answered
        ],
    }


def show(name: str, found: Benchmark) -> None:
    """Prints a line for each task."""
    out = console()
    titles = {metric.name: metric.title for metric in METRICS}
    out.print(
        f"{name}: {len(found.answered)} answer{'' if len(found.answered) == 1 else 's'}", style="bold", markup=False
    )
    for score in (*found.tasks.values(), found.persona_score):
        value = "–" if score.value is None else f"{score.value:.2f}"
        out.print(f"{titles[score.metric]:<22}{value:>6}  {score.reason or ''}".rstrip(), markup=False)


def parse_tasks(names: Sequence[str] | None) -> tuple[str, ...]:
    """Returns the metrics of some tasks, each once; all of them for none. Raises UserError for an unknown name."""
    known = {metric.split(".")[1]: metric for metric in RUBRICS}
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise UserError(f"There is no task “{unknown[0]}”.", f"Choose from: {', '.join(known)}.")
    return tuple(dict.fromkeys(known[name] for name in names or known))


def _character(card: Path) -> CharacterBase:
    character = read_card(card).character
    if not facts_of(character):
        message = f"The card of {character.name} tells nothing of them, so nothing can be graded."
        raise UserError(message, "Add single facts to the character in the editor, and write the card again.")
    return character


def facts_of(character: CharacterBase) -> list[str]:
    """Returns the statements of a character; of a card without any, the sentences that describe it."""
    stated = [statement.strip() for statement in character.statements if statement.strip()]
    told = expand_macros(f"{character.description}\n{character.personality}", character.spoken_name, "you")
    return stated or [sentence.strip() for sentence in _SENTENCE_END.split(told) if sentence.strip()]


@contextmanager
def _showing_answers() -> Iterator[OnAnswer]:
    """Shows a bar on standard error while answers are graded, where somebody looks."""
    screen = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("asking", total=None)
        yield lambda n_done, n_all: progress.update(task, completed=n_done, total=n_all)
