"""Weights against groups of people: how both answered the same questions, which come from a file."""

from collections.abc import Sequence

from core.errors import UserError
from core.fidelity.interviews.respondent import OnItem, nobody_looks
from core.fidelity.logprobs.simbench import GroupScore, HumanItem, predict, simbench_score
from core.inference.request import Engine
from core.lab.respondents import IsCancelled, ask_in_background, never

LANE = "people"


def compare_weights_with_people(
    engine: Engine, items: Sequence[HumanItem], on_step: OnItem = nobody_looks, cancelled: IsCancelled = never
) -> tuple[GroupScore, list[tuple[float, ...]]]:
    """Returns how near the weights came, and what share they gave each option of each question.

    Raises:
        CancelledError: It was cancelled.
        UserError: There is nothing to compare, or the weights cannot be run, or tell no probabilities.
    """
    ask, found = ask_in_background(engine, cancelled), []
    for place, item in enumerate(items):
        on_step(place, len(items))
        found.append(predict(ask, LANE, item))
    on_step(len(items), len(items))
    try:
        return simbench_score(items, found), found
    except ValueError as error:
        message = "There is nothing to compare: people answered no question, or all of a data set quite evenly."
        raise UserError(message, "Give a file with other questions.") from error
