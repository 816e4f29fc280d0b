"""An interview in two stages: a talk about a life, then scales item by item against the whole form.

Research on what weights write in a part: nothing is treated, and nothing is diagnosed.

Source: PsAIch (methods 2.16). We differ: questions and scales are our own or in the public domain.
"""

from dataclasses import dataclass, replace

from core.fidelity.interviews.administer import Asked
from core.fidelity.interviews.free_answers import open_question, say
from core.fidelity.interviews.questionnaire import LifeTalk
from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.inference.request import Message

GO_ON = "(Thank you.)"
"""What is said between an answer and the next question."""


@dataclass(frozen=True, slots=True)
class Said:
    """A question of the talk and what was said to it."""

    question: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One scale, asked item by item and as a whole form."""

    scale: str
    title: str
    by_item: float | None
    """The raw sum."""
    whole: float | None
    difference: float | None
    """Whole form less item by item; None unless both are there."""
    n_differ: int
    """Items whose answer differs by one point or more."""


def hold_talk(
    respondent: Respondent, talk: LifeTalk, seed: int = 0, on_item: OnItem = nobody_looks
) -> tuple[list[Said], Respondent]:
    """Asks the questions one after the other; unlike items of a scale, each sees what was said before in this talk.

    Returns:
        What was said, and the character that has the talk behind it.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or the talk no longer fits into the context.
    """
    said: list[Said] = []
    now = replace(respondent, messages=respondent.asked(talk.opening))
    for place, question in enumerate(talk.questions):
        on_item(place, len(talk.questions))
        words = say(now, question, seed + place)
        said.append(Said(question, words))
        now = replace(now, messages=(*now.asked(open_question(question)), *_answered(words)))
    on_item(len(said), len(talk.questions))
    return said, now


def compare_totals(by_item: Asked, whole: Asked) -> list[Comparison]:
    """Compares the sums of each scale, and counts the items that were answered otherwise."""
    pairs = [
        (one.item.scale, abs(one.value - other.value))
        for one, other in zip(by_item.answers, whole.answers, strict=True)
        if one.value is not None and other.value is not None
    ]
    found = []
    for name, score in by_item.scales.items():
        other = whole.scales[name]
        difference = None if score.value is None or other.value is None else other.value - score.value
        n_differ = sum(scale == name and gap >= 1 for scale, gap in pairs)
        found.append(Comparison(name, score.scale.title, score.value, other.value, difference, n_differ))
    return found


def _answered(words: str) -> tuple[Message, Message]:
    return Message("assistant", words or "…"), Message("user", GO_ON)
