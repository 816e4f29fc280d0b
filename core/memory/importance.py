"""How important a memory is, from 1 (mundane) to 10 (it changes a life): by its words, or as the weights say."""

import math
from collections.abc import Sequence

from core.characters.words import meaning_words
from core.inference.request import Message, Score, Scored
from core.memory.emotion import Emotion, read_emotion, strength
from core.memory.entries import bounded_importance

MANY_WORDS = 20
"""Distinct words of meaning from which on a text counts as saying much."""
N_DIGITS = 10
MIN_DIGIT_MASS = 0.05
"""Probability that the weights answer with a digit at all, below which their answer says nothing."""
_WEIGHTY = """
    accuse arrest baby betray birth blood child confess confession danger dead death debt die died divorce engaged
    escape fire forever forgive funeral ghost gold guilty gun heir hidden hide hospital inherit innocent jail key
    kill killed king knife letter lie lied lost love marriage married marry money murder murdered never oath pact
    poison police pregnant prison promise promised proof queen ransom reveal revenge save secret soul steal stole
    stolen sword treasure truth vow war wedding witness wound
"""
_WEIGHTY_WORDS = frozenset(_WEIGHTY.split())


def importance_of(text: str, emotion: Emotion | None = None) -> float:
    """Returns how important a text is by its words: 1 + 4 f + 2 m + 3 w.

    f is how strongly it feels (`strength` of its emotion, which is read where it is not given), m its distinct words of
    meaning divided by `MANY_WORDS` and at most 1, and w is 1 - 0.5^n for n words with weight, such as `secret` or
    `promise`. Each part lies in [0, 1].
    """
    words = meaning_words(text)
    said = min(len(words) / MANY_WORDS, 1.0)
    weight = 1 - 0.5 ** len(words & _WEIGHTY_WORDS)
    felt = strength(read_emotion(text) if emotion is None else emotion)
    return bounded_importance(round(1 + 4 * felt + 2 * said + 3 * weight, 2))


def importance_requests(lane: str, name: str, about: str, text: str) -> list[Score]:
    """Returns one request a digit from 0 to 9: how likely it is as the answer to how much a memory matters.

    The chat is the same in all of them, so that it is read once.

    Source: Generative Agents, section 4.1 (importance is asked once, at writing, from mundane to poignant); we take the
    expectation over the probabilities of all digits in place of the one that is written.

    Args:
        lane: Of the chat.
        about: Who the character is, in a few words.
    """
    asked = (
        f"What happened: {text}\n\nHow much does this matter to {name}, from 0 (an everyday trifle that is soon "
        "forgotten) to 9 (it changes a life)? Answer with one digit."
    )
    messages = (Message("system", f"You judge what {name} remembers. {about}".strip()), Message("user", asked))
    return [Score(lane, messages, str(digit)) for digit in range(N_DIGITS)]


def expected_importance(answers: Sequence[Scored]) -> float | None:
    """Returns 1 plus the expected digit, [1, 10]; None where the weights hardly answer with a digit at all.

    Args:
        answers: To `importance_requests`, in their order.
    """
    probabilities = [math.exp(sum(answer.logprobs)) for answer in answers]
    mass = sum(probabilities)
    if len(answers) != N_DIGITS or mass < MIN_DIGIT_MASS:
        return None
    digit = sum(digit * probability for digit, probability in enumerate(probabilities)) / mass
    return round(bounded_importance(1 + digit), 2)
