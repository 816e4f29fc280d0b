"""Sixty questions about one character: whether its weights say that it could answer each, by a yes against a no.

No refusal is seen: the character is asked from outside the scene what it could answer, and answers nothing.
"""

import math
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.logprobs.refusal import METRIC, ROWS, Row, refusal_matrix
from core.fidelity.logprobs.verbaliser import shares
from core.fidelity.score import ScoreValue
from core.inference.request import Score, Scored

N_PER_ROW = 12
STRANGER = "Alex"
_YES_NO = (("Yes", "yes"), ("No", "no"))


@dataclass(frozen=True, slots=True)
class RoleItem:
    """One question."""

    row: Row
    text: str
    statement_number: int | None = None
    """The statement that answers it, from 1."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a character's knowledge ends, as its author wrote it."""

    date: str = ""
    place: str = ""
    unknown: tuple[str, ...] = ()


def make_items(
    name: str, statements: Sequence[str], limits: Limits, other: str = STRANGER, seed: int = 0
) -> list[RoleItem]:
    """Returns twelve questions for each row: of the character's own persona and horizon first, then general ones."""
    rng = random.Random(f"{seed} {name}")
    own = {"knowledge": _beyond(limits), "none": _within(statements, rng)}
    found = []
    for row in ROWS:
        items = own.get(row, [])[:N_PER_ROW]
        general = [RoleItem(row, text.format(name=name, other=other)) for text in _general()[row]]
        found += [*items, *general[: N_PER_ROW - len(items)]]
    return found


def ask_role_items(respondent: Respondent, items: Sequence[RoleItem], on_item: OnItem = nobody_looks) -> list[float]:
    """Returns the probability of a no, it could not answer, to each; each stands alone behind the character's chat.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    found = []
    for place, item in enumerate(items):
        on_item(place, len(items))
        found.append(_refusal(respondent, item))
    on_item(len(items), len(items))
    return found


def role_question(name: str, item: RoleItem) -> str:
    """Returns what is asked about a question."""
    return (
        f"From outside the scene: could {name} give a true answer to a question, by who {name} is and what {name} "
        f"knows, without making anything up? “{item.text}” Answer yes or no."
    )


def score_role_knowledge(items: Sequence[RoleItem], refusals: Sequence[float]) -> ScoreValue:
    """Scores balanced accuracy. Evidence: the matrix, and the questions that went most wrong."""
    matrix = refusal_matrix([(item.row, share) for item, share in zip(items, refusals, strict=True)])
    if matrix.balanced is None:
        return ScoreValue(METRIC.name, None, "There are no questions on one of the two sides.")
    wrong = sorted(
        ((1 - share if item.row != "none" else share, item) for item, share in zip(items, refusals, strict=True)),
        key=lambda pair: -pair[0],
    )
    evidence = {
        "refusal": dict(matrix.rates),
        "over_refusal": matrix.over_refusal,
        "n_items": dict(matrix.n_items),
        "worst": [
            {"row": item.row, "question": item.text, "wrong": share, "statement_number": item.statement_number}
            for share, item in wrong[:5]
        ],
    }
    return ScoreValue(METRIC.name, matrix.balanced, evidence=evidence)


def _refusal(respondent: Respondent, item: RoleItem) -> float:
    """Returns P(no); a word counts with and without a capital."""
    chat = respondent.asked(role_question(respondent.name, item))
    sums = []
    for words in _YES_NO:
        scored = [
            respondent.run(Score(respondent.lane, chat, f"{respondent.opening}{word}", respondent.adapters))
            for word in words
        ]
        sums.append(max((math.fsum(one.logprobs) for one in scored if isinstance(one, Scored)), default=-math.inf))
    return shares(sums)[1]


def _beyond(limits: Limits) -> list[RoleItem]:
    found = [f"What do you know of {thing.strip().rstrip('.')}?" for thing in limits.unknown if thing.strip()]
    if limits.date:
        found.append(f"What happened in the world twenty years after {limits.date}?")
    if limits.place:
        found.append(f"Which streets lead to the market of a town far from {limits.place}?")
    return [RoleItem("knowledge", text) for text in found]


def _within(statements: Sequence[str], rng: random.Random) -> list[RoleItem]:
    numbered = [(number, text.strip()) for number, text in enumerate(statements, 1) if text.strip()]
    drawn = rng.sample(numbered, min(len(numbered), N_PER_ROW // 2))
    return [RoleItem("none", f"Somebody says of you: “{text}” Is that so?", number) for number, text in sorted(drawn)]


@cache
def _general() -> dict[str, list[str]]:
    text = (files("assets") / "questionnaires" / "_role-items.toml").read_text(encoding="utf-8")
    table: dict[str, list[str]] = tomllib.loads(text)
    return table
