"""One administration of one questionnaire, in any of the three modes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from core.errors import UserError
from core.fidelity.interviews.answer import Answer
from core.fidelity.interviews.digits import MAX_ORDERS, answer_by_digits
from core.fidelity.interviews.free_answers import MAX_ANSWER_TOKENS, answer_freely
from core.fidelity.interviews.questionnaire import Questionnaire
from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.interviews.scoring import ScaleScore, acquiescence, score_scales
from core.fidelity.interviews.whole_form import answer_whole_form
from core.fidelity.judging.judge import Judge

Mode = Literal["digits", "free", "whole"]
MODES: tuple[Mode, ...] = get_args(Mode)
ITEM_TOKENS = 96
"""Room that a question about one item and its answer take at most, beside what is said freely."""
FORM_TOKENS_PER_ITEM = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire that was answered."""

    questionnaire: Questionnaire
    mode: Mode
    answers: tuple[Answer, ...]

    @property
    def scales(self) -> dict[str, ScaleScore]:
        """The sums."""
        return score_scales(self.questionnaire, self.answers)

    @property
    def acquiescence(self) -> float | None:
        """Mean raw answer less the middle."""
        return acquiescence(self.questionnaire, self.answers)

    @property
    def mass(self) -> float | None:
        """Mean probability that an answer begins with a point of the form at all; None where it is not known."""
        known = [answer.mass for answer in self.answers if answer.mass is not None]
        return sum(known) / len(known) if known else None

    def documents(self) -> list[dict[str, Any]]:
        """Returns the answers as a row keeps them."""
        return [answer.to_document() for answer in self.answers]


def check(questionnaire: Questionnaire, mode: str, n_orders: int, *, has_judge: bool, allow_sensitive: bool) -> Mode:
    """Returns the mode. Raises UserError when a questionnaire cannot be asked like this."""
    if questionnaire.is_sensitive and not allow_sensitive:
        raise UserError(
            f"“{questionnaire.title}” is off. {questionnaire.notice}", "Allow sensitive questions to ask it."
        )
    if mode not in MODES:
        raise UserError(f"There is no mode “{mode}”.", f"Choose from: {', '.join(MODES)}.")
    if mode == "free" and not has_judge:
        raise UserError("Free answers need a judge, who says what they mean.", "Choose a judge, or ask by digits.")
    if not 1 <= n_orders <= MAX_ORDERS:
        raise UserError(f"Each item is asked in 1 to {MAX_ORDERS} orders.", "Choose fewer or more.")
    return next(one for one in MODES if one == mode)


def room_for(questionnaire: Questionnaire, mode: Mode) -> int:
    """Returns the tokens that a question and its answer take at most, by a generous guess."""
    if mode == "whole":
        return FORM_TOKENS_PER_ITEM * len(questionnaire.items) + ITEM_TOKENS
    return ITEM_TOKENS + (MAX_ANSWER_TOKENS if mode == "free" else 0)


def administer(
    respondent: Respondent,
    questionnaire: Questionnaire,
    mode: Mode = "digits",
    *,
    judge: Judge | None = None,
    n_orders: int = 1,
    seed: int = 0,
    on_item: OnItem = nobody_looks,
) -> Asked:
    """Asks all items of a questionnaire. Blocks until answered.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights or the judge cannot be run, or cannot answer in this mode.
    """
    answers: Sequence[Answer]
    if mode == "digits":
        answers = answer_by_digits(respondent, questionnaire, n_orders, seed, on_item)
    elif mode == "whole":
        answers = answer_whole_form(respondent, questionnaire, seed)
        on_item(len(questionnaire.items), len(questionnaire.items))
    else:
        if judge is None:
            raise UserError("Free answers are read by a judge.", "Name weights that judge, or choose another mode.")
        answers = answer_freely(respondent, questionnaire, judge, seed, on_item)
    return Asked(questionnaire, mode, tuple(answers))
