"""How important a memory is, from 1 (mundane) to 10 (it changes a life): by its words, or as the weights say."""

from collections.abc import Sequence

from core.characters.words import meaning_words
from core.inference.request import OPTIONS, Choose, Chosen, Message
from core.memory.emotion import Emotion, read_emotion, strength
from core.memory.entries import bounded_importance

MANY_WORDS = 20
"""Distinct words of meaning from which on a text counts as saying much."""
MIN_LABEL_MASS = 0.1
"""Probability that the weights answer with a label at all, below which their answer says nothing."""
_LEVELS = tuple(str(level) for level in range(1, 11))
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


def importance_request(lane: str, name: str, about: str, text: str) -> Choose:
    """Returns the question how important a memory is to a character.

    Source: Generative Agents, section 4.1 (importance asked once, at writing); we take the expectation over the
    probabilities of ten answers in place of one answer.

    Args:
        lane: Of the chat.
        about: Who the character is, in a few words.
    """
    asked = (
        f"How much does this matter to {name}? 1 is an everyday trifle that is soon forgotten, 10 is something that "
        f"changes a life.\n\nWhat happened: {text}\n\n{OPTIONS}\n\nAnswer with one letter."
    )
    return Choose(
        lane, (Message("system", f"You judge what {name} remembers. {about}".strip()), Message("user", asked)), _LEVELS
    )


def expected_importance(chosen: Chosen) -> float | None:
    """Returns the expectation over the ten levels in [1, 10]; None where the weights hardly answer at all."""
    if chosen.label_mass < MIN_LABEL_MASS or len(chosen.by_label) != len(_LEVELS):
        return None
    return round(bounded_importance(expectation(chosen.by_label)), 2)


def expectation(probabilities: Sequence[float]) -> float:
    """Returns the mean level of probabilities of the levels 1, 2, and so on."""
    return sum(level * probability for level, probability in enumerate(probabilities, start=1))
