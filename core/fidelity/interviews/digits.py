"""Items answered by a digit: how likely the weights take each one, without writing anything.

Source: methods 2.16, mode a: each item by itself behind the character's chat, the expected value of the digits.
"""

import math
import random
from collections.abc import Sequence

from core.fidelity.interviews.answer import Answer
from core.fidelity.interviews.questionnaire import Item, Questionnaire
from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.logprobs.verbaliser import shares
from core.inference.request import Score, Scored

MAX_ORDERS = 5

Order = tuple[int, ...]
"""Digit, from the lowest -> the point that it stands for in this wording."""


def answer_by_digits(
    respondent: Respondent,
    questionnaire: Questionnaire,
    n_orders: int = 1,
    seed: int = 0,
    on_item: OnItem = nobody_looks,
) -> list[Answer]:
    """Asks each item by itself.

    Args:
        n_orders: How many assignments of digits to points each item is asked in; more average out a liking for a digit.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    orders = orders_of(questionnaire, n_orders, seed)
    answers = []
    for n_done, item in enumerate(questionnaire.items):
        on_item(n_done, len(questionnaire.items))
        answers.append(_mean([_weigh(respondent, questionnaire, item, order) for order in orders], item))
    on_item(len(answers), len(questionnaire.items))
    return answers


def orders_of(questionnaire: Questionnaire, n_orders: int, seed: int) -> list[Order]:
    """Returns assignments of digits to points: as on the form, the other way round, then shuffled ones."""
    straight = tuple(range(questionnaire.low, questionnaire.high + 1))
    found: list[Order] = [straight, straight[::-1]]
    rng = random.Random(seed)
    while len(found) < n_orders:
        shuffled = tuple(rng.sample(straight, len(straight)))
        if shuffled not in found:
            found.append(shuffled)
    return found[: max(1, min(n_orders, MAX_ORDERS))]


def digit_question(questionnaire: Questionnaire, item: Item, order: Order) -> str:
    """Returns what is asked; the sentence comes last, so that all before it is read once for the whole form."""
    legend = ", ".join(
        f"{digit} = {questionnaire.points[point - questionnaire.low]}"
        for digit, point in enumerate(order, questionnaire.low)
    )
    return (
        f"A question from outside the scene, for a study. {questionnaire.question} {legend}. “{item.text}” "
        f"Answer with a number from {questionnaire.low} to {questionnaire.high}."
    )


def _weigh(respondent: Respondent, questionnaire: Questionnaire, item: Item, order: Order) -> Answer:
    chat = respondent.asked(digit_question(questionnaire, item, order))
    logprobs = []
    for digit in range(questionnaire.low, questionnaire.high + 1):
        completion = f"{respondent.opening}{digit}"
        scored = respondent.run(Score(respondent.lane, chat, completion, respondent.adapters))
        if not isinstance(scored, Scored) or not scored.logprobs:
            return Answer(item, None, "The weights have no token for a digit.")
        logprobs.append(_last_logprob(scored, str(digit)))
    if not all(map(math.isfinite, logprobs)):
        return Answer(item, None, "A digit has no log-probability.")
    by_point = dict(sorted(zip(order, shares(logprobs), strict=True)))
    mass = min(1.0, math.fsum(map(math.exp, logprobs)))
    return Answer(item, _expected(by_point), probabilities=by_point, mass=mass)


def _last_logprob(scored: Scored, text: str) -> float:
    """Returns the log-probability of the last tokens of an answer, those that write this text."""
    n_tokens = 1
    while n_tokens < len(scored.tokens) and len("".join(scored.tokens[-n_tokens:]).strip()) < len(text):
        n_tokens += 1
    return math.fsum(scored.logprobs[-n_tokens:])


def _mean(answers: Sequence[Answer], item: Item) -> Answer:
    failed = next((answer for answer in answers if answer.value is None), None)
    if failed is not None:
        return failed
    by_point = {
        point: math.fsum(answer.probabilities[point] for answer in answers) / len(answers)
        for point in answers[0].probabilities
    }
    mass = math.fsum(answer.mass or 0.0 for answer in answers) / len(answers)
    return Answer(item, _expected(by_point), probabilities=by_point, mass=mass)


def _expected(by_point: dict[int, float]) -> float:
    return math.fsum(point * share for point, share in by_point.items())
