"""Goal success rate: a scene is cut into goals, samples of a judge vote whether each was reached, and why not.

Where samples disagree, a person should decide: the evidence says so.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.judged.asking import (
    SYSTEM,
    not_judged,
    object_schema,
    pinned,
    read_list,
    read_text,
    read_whole,
    text_schema,
)
from core.fidelity.judged.excerpt import PERSONA_TOKENS, SCENE_TOKENS, cut_text, excerpt_before, excerpt_whole
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.judged_metric import JudgedMetric
from core.fidelity.judging.verdicts import NotJudged
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

VERSION = "goals-1"
METRIC = Metric(
    name="goals",
    title="Goals reached",
    unit="share of goals",
    low=0.0,
    high=1.0,
    better="higher",
    needs="judge",
    how_to_read="How many goals of the scene were reached; each failure has a cause.",
    source="“Mind the Goal” (2025): goal success rate and root causes",
    scope="conversation",
    cost="judge",
    inputs="the whole scene, and its goals where the scenario gives them",
    formula="goals reached / goals decided, by majority of samples",
)
_MAX_TOKENS = 260
_STRETCH_TOKENS = 700
_BOUNDARY_TOKENS = 300
_YES, _NO = "a new goal begins", "the same goal goes on"


class Cause(StrEnum):
    """Why a goal was not reached; the likeliest one."""

    UNDERSTANDING = "language understanding"
    REFUSAL = "refusal"
    INCORRECT_RETRIEVAL = "incorrect retrieval"
    RETRIEVAL_FAILURE = "retrieval failure"
    SYSTEM_ERROR = "system error"
    WRONG_ROUTING = "wrong routing"
    OUT_OF_DOMAIN = "out of domain"
    PERSONA_BREAK = "persona break"
    PREMATURE_END = "premature end"


CAUSES: Mapping[Cause, str] = {
    Cause.UNDERSTANDING: "somebody was misunderstood",
    Cause.REFUSAL: "somebody refused",
    Cause.INCORRECT_RETRIEVAL: "something was remembered or told wrongly",
    Cause.RETRIEVAL_FAILURE: "something known was not remembered",
    Cause.SYSTEM_ERROR: "the words are broken, empty or cut off",
    Cause.WRONG_ROUTING: "the wrong person was asked or answered",
    Cause.OUT_OF_DOMAIN: "it lies beyond what anybody there could do",
    Cause.PERSONA_BREAK: "somebody stepped out of who they are",
    Cause.PREMATURE_END: "the scene ended, or moved on, too early",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What should be reached, and in which turns it is looked for."""

    text: str = ""
    """Empty: whatever these turns are about."""
    standard: str = ""
    """What each turn that counts must do, in the author's words; empty: serve the goal."""
    first: int = 0
    """Place of the first line, from 0."""
    last: int | None = None
    """Place of the last line, from 0; None: the last of all."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one sample says of one goal."""

    is_reached: bool
    cause: Cause | None
    turns: tuple[int, ...]
    """That are below the standard, from 1."""
    why: str


def goals_metric(goals: Sequence[Goal] = ()) -> JudgedMetric:
    """Returns the judged metric; without goals, the judge cuts the scene into goals first."""
    given = tuple(goals)

    def judge_whole(judge: Judge, about: About, lines: Sequence[Line]) -> tuple[ScoreValue, ...]:
        return (_judge(judge, about, lines, given),)

    return JudgedMetric((METRIC,), VERSION, judge_whole=judge_whole)


def cut_into_goals(judge: Judge, about: About, lines: Sequence[Line]) -> tuple[Goal, ...] | NotJudged:
    """Asks of each line but the first whether a new goal begins with it; returns the stretches between."""
    begins = [0]
    for place in range(1, len(lines)):
        excerpt = excerpt_before(about, lines, place, _BOUNDARY_TOKENS)
        task = (
            "A goal is what those present want to get done together for the moment. "
            f"What of the last line, turn [{place + 1}]?"
        )
        choice = judge.choose(Question(SYSTEM, f"{_scene(about)}{excerpt.text}\n\n{task}"), (_YES, _NO))
        if isinstance(choice, NotJudged):
            return choice
        if choice.probabilities[0] > 0.5:
            begins.append(place)
    ends = [*(begin - 1 for begin in begins[1:]), len(lines) - 1]
    return tuple(Goal(first=first, last=last) for first, last in zip(begins, ends, strict=True))


def vote_on(judge: Judge, about: About, lines: Sequence[Line], goal: Goal) -> list[Vote]:
    """Has one goal judged by each sample; those that cannot be read are left out.

    A goal is reached only where no turn is below the standard. Source: “Mind the Goal” (2025).
    """
    last = len(lines) - 1 if goal.last is None else min(goal.last, len(lines) - 1)
    stretch = lines[: last + 1]
    inside = [Line(line.speaker, line.text if place >= goal.first else "") for place, line in enumerate(stretch)]
    excerpt = excerpt_whole(about, inside, _STRETCH_TOKENS)
    question = Question(SYSTEM, f"{_scene(about)}What was said:\n{excerpt.text}\n\n{_task(goal)}")
    answers = judge.answer(question, _schema(), _MAX_TOKENS)
    shown = {place + 1 for place in excerpt.places}
    return [vote for vote in (_read(answer, shown) for answer in answers) if vote is not None]


def success_rate(reached: Sequence[bool | None]) -> float | None:
    """Returns reached / decided; None stands for a goal that nobody could decide. None where none was."""
    decided = [one for one in reached if one is not None]
    return sum(decided) / len(decided) if decided else None


def majority(votes: Sequence[Vote]) -> bool | None:
    """Returns what most votes say; None for a tie and for no votes."""
    n_yes = sum(vote.is_reached for vote in votes)
    return None if 2 * n_yes == len(votes) else 2 * n_yes > len(votes)


def _judge(judge: Judge, about: About, lines: Sequence[Line], given: Sequence[Goal]) -> ScoreValue:
    if not any(line.text.strip() for line in lines):
        return not_judged(METRIC.name, judge, VERSION, NotJudged("Nothing was said."))
    goals = tuple(given) or cut_into_goals(judge, about, lines)
    if isinstance(goals, NotJudged):
        return not_judged(METRIC.name, judge, VERSION, goals)
    rows = [_row(goal, vote_on(judge, about, lines, goal), len(lines)) for goal in goals]
    value = success_rate([row["is_reached"] for row in rows])
    causes = Counter(row["cause"] for row in rows if row.get("cause"))
    evidence = {
        **pinned(judge, VERSION),
        "how": "samples",
        "goals": rows,
        "causes": dict(causes.most_common()),
        "were_goals_given": bool(given),
        "n_for_a_person": sum(row["needs_a_person"] for row in rows),
    }
    if value is None:
        return ScoreValue(METRIC.name, None, "The judge could decide on no goal.", evidence)
    return ScoreValue(METRIC.name, value, evidence=evidence)


def _row(goal: Goal, votes: Sequence[Vote], n_lines: int) -> dict[str, Any]:
    """Shows one goal: its turns, the votes, and the cause that most of those name who say that it failed."""
    is_reached = majority(votes)
    spoken = [vote for vote in votes if vote.is_reached == is_reached] or list(votes)
    causes = Counter(vote.cause for vote in votes if vote.cause is not None)
    cause = {"cause": str(causes.most_common(1)[0][0])} if is_reached is False and causes else {}
    last = n_lines if goal.last is None else goal.last + 1
    return {
        "goal": goal.text,
        "turns": list(range(goal.first + 1, last + 1)),
        "is_reached": is_reached,
        "votes": [vote.is_reached for vote in votes],
        "needs_a_person": len({vote.is_reached for vote in votes}) != 1,
        "below_standard": {"turns": sorted({turn for vote in spoken for turn in vote.turns})},
        "why": spoken[0].why if spoken else "No sample of the judge could be read.",
    } | cause


def _task(goal: Goal) -> str:
    what = f"The goal: {cut_text(goal.text, 100)}" if goal.text.strip() else "The goal is what these turns are about."
    standard = cut_text(goal.standard, PERSONA_TOKENS // 2) or "serve the goal"
    causes = "; ".join(f"{cause} = {words}" for cause, words in CAUSES.items())
    return (
        f"{what}\nThe standard: each turn that counts for it must {standard}.\n"
        "Which turns are below the standard, by number, and was the goal reached? It was not where a turn that it "
        f"needs is below the standard. If it was not, name the likeliest cause, one of: {causes}; else “none”."
    )


def _schema() -> dict[str, Any]:
    return object_schema(
        {
            "why": text_schema(240),
            "below": {"type": "array", "items": {"type": "integer"}, "maxItems": 8},
            "reached": {"type": "boolean"},
            "cause": {"enum": [*map(str, Cause), "none"]},
        }
    )


def _read(answer: Mapping[str, Any], shown: set[int]) -> Vote | None:
    reached = answer.get("reached")
    if not isinstance(reached, bool):
        return None
    numbers = (read_whole(one, 1, 10**9) for one in read_list(answer.get("below")))
    below = tuple(sorted({number for number in numbers if number is not None and number in shown}))
    is_reached = reached and not below
    named = read_text(answer.get("cause"))
    cause = Cause(named) if named in set(Cause) and not is_reached else None
    return Vote(is_reached, cause, below, read_text(answer.get("why")))


def _scene(about: About) -> str:
    return f"Where they are: {cut_text(about.scene, SCENE_TOKENS)}\n\n" if about.scene.strip() else ""


JUDGED = goals_metric()
