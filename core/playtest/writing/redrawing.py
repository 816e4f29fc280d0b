"""When a turn says again what its speaker has said, so that it is drawn anew, a little warmer. Pure."""

import re
from collections.abc import Iterable, Sequence

from core.characters.statements import split_sentences
from core.characters.words import split_words
from core.playtest.settings import PlaySettings

REDRAWN_KEY = "redrawn"
"""In the record of a turn: how often it was drawn anew."""
N_OWN_TURNS = 12
"""So many of the speaker's last turns are looked at: much later, the same may well be said again."""
FEWEST_WORDS = 4
"""A shorter sentence may come again: `Good evening.`"""
WARMER = 0.2
"""How much the temperature rises with each attempt."""
_ACTION = re.compile(r"\*[^*]*\*")


def says_again(text: str, before: Sequence[str]) -> bool:
    """Returns whether a sentence of a speech is, word for word, one of the speaker's own last turns.

    What is done between asterisks is no speech. Words are parted by blanks: of a language without, no sentence counts.

    Args:
        before: What the same speaker said up to now, turn by turn.
    """
    said = {sentence for told in before[-N_OWN_TURNS:] for sentence in _sentences(told)}
    return any(sentence in said for sentence in _sentences(text))


def must_redraw(text: str, before: Sequence[str], settings: PlaySettings, attempt: int) -> bool:
    """Returns whether a turn is to be drawn anew: it is empty, or says again what its speaker has said.

    Args:
        attempt: How often it was drawn before. An empty one is written again once (SPASM, methods 2.1).
    """
    if not text:
        return attempt < 1
    return attempt < settings.redraws and settings.temperature > 0 and says_again(text, before)


def warmed(settings: PlaySettings, attempt: int) -> PlaySettings:
    """Returns the settings of an attempt, from 0; at temperature 0 all are alike."""
    if not attempt or not settings.temperature:
        return settings
    return settings.model_copy(update={"temperature": min(settings.temperature + WARMER * attempt, 5.0)})


def _sentences(text: str) -> Iterable[tuple[str, ...]]:
    found = (tuple(split_words(sentence)) for sentence in split_sentences(_ACTION.sub(" ", text)))
    return (words for words in found if len(words) >= FEWEST_WORDS)
