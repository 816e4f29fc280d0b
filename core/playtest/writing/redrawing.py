"""When a turn says again what its speaker has said, so that it is drawn anew, a little warmer. Pure."""

import re
from collections.abc import Iterable, Sequence

from core.characters.statements import split_sentences
from core.characters.words import split_words
from core.playtest.settings import PlaySettings

REDRAWS_KEY, REDRAWN_KEY, BASE_TEMPERATURE_KEY = "redraws", "redrawn", "base_temperature"
"""In the record of a turn: how often it might be drawn anew, how often it was, and the temperature it began with."""
N_OWN_TURNS = 12
"""So many of the speaker's last turns are looked at: much later, the same may well be said again."""
FEWEST_WORDS = 4
"""A shorter sentence may come again: `Good evening.`"""
WARMER, WARMEST = 0.2, 2.0
"""How much the temperature rises with each attempt, and to where: some servers take no more."""
_OPENING = re.compile(r"\A\s*(?:\([^)]*\)|\[[^\]]*\])")
_ACTIONS = re.compile(r"(\A|[.?!…])(?:\s*\*[^*]+\*)+")


def says_again(text: str, before: Sequence[str]) -> bool:
    """Returns whether a sentence of a speech is, word for word, one of the speaker's own last turns.

    What is done, between asterisks beside the sentences or in brackets at the beginning, is no speech. Words are parted
    by blanks: of a language without, no sentence counts.

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
    """Returns the settings of an attempt, from 0; where nothing is drawn anew, or at temperature 0, all are alike."""
    if not (attempt and settings.redraws and settings.temperature):
        return settings
    highest = max(settings.temperature, WARMEST)
    return settings.model_copy(update={"temperature": min(settings.temperature + WARMER * attempt, highest)})


def redraw_record(settings: PlaySettings, attempt: int) -> dict[str, float]:
    """Returns what the record of a turn keeps, so that it can be written again as it was."""
    record: dict[str, float] = {REDRAWS_KEY: settings.redraws}
    return record | ({REDRAWN_KEY: attempt, BASE_TEMPERATURE_KEY: settings.temperature} if attempt else {})


def _sentences(text: str) -> Iterable[tuple[str, ...]]:
    speech = _ACTIONS.sub(r"\1 ", _OPENING.sub("", text))
    found = (tuple(split_words(sentence)) for sentence in split_sentences(speech))
    return (words for words in found if len(words) >= FEWEST_WORDS)
