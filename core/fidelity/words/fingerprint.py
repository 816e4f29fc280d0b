"""The fingerprint of a speaker: nineteen features of how people write to each other, and how near to people's it is.

Source: USI, Sim2Real, as in the code of PPol (methods 2.9). The lists of phrases are ours (`assets/measures`), so that
figures published with other lists cannot be compared.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any

from core.fidelity.words.phrases import PhraseBook, load_phrase_lists
from core.fidelity.words.said import Triple, read_words
from core.fidelity.words.talk import SHORT_WORDS

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "d1": (
        "words_per_turn",
        "short_utterance_rate",
        "politeness_rate",
        "formality_rate",
        "identity_confusion_rate",
        "acknowledgment_rate",
        "verbosity_cv",
        "repetition_rate",
    ),
    "d2": ("front_loading_ratio", "identifiers_per_turn", "opening_length"),
    "d3": (
        "uncertainty_rate",
        "certainty_rate",
        "pushback_rate",
        "clarification_rate",
        "information_seeking_rate",
    ),
    "d4": ("emotion_rate", "accusation_rate", "strategy_pivot_rate"),
}
"""How one talks; how one tells things; how sure one is and how much one asks; how one feels and gets one's way."""
FEATURES = tuple(feature for features in DIMENSIONS.values() for feature in features)
_BY_PHRASES = {
    f"{name}_rate": name
    for name in (
        *("politeness", "formality", "identity_confusion", "acknowledgment", "uncertainty", "certainty"),
        *("pushback", "clarification", "information_seeking", "emotion", "accusation", "strategy_pivot"),
    )
}
_N_FIRST = 2
_OFTEN = 3
_N_QUOTED = 3
_IDENTIFIER = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{1,190}|#\w+|\b[A-Z0-9]{6,}\b|\d{7,}")
"""What stands before it and the bounds keep the search linear in the text."""
_MAY_IDENTIFY = re.compile(r"[@#]|[A-Z0-9]{6}")


@cache
def _book() -> PhraseBook:
    return PhraseBook(load_phrase_lists("fingerprint-en"))


class FingerprintCounter:
    """Counts the turns of one speaker. A turn costs its words, however many came before."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Starts with some turns, or none."""
        self.n_turns = 0
        self._n_latin = self._n_other = 0
        """Characters of turns that are mostly in Latin letters, and of others."""
        self.quotes: dict[str, list[dict[str, Any]]] = {}
        """Feature -> the first places that count for it: `turn`, `words`."""
        self._n_words = self._n_squares = self._n_short = self._n_identifiers = 0
        self._first: list[int] = []
        self._n_found = dict.fromkeys(_BY_PHRASES.values(), 0)
        self._uses: dict[Triple, int | list[int]] = {}
        """Three words in a row -> the own turn that used them, or those of the first four uses."""
        self._repeating: set[int] = set()
        for number, text in enumerate(texts, 1):
            self.add(text, number)

    def add(self, text: str, number: int) -> None:
        """Takes the next turn, and its number in the conversation."""
        said = read_words(text)
        n_words = said.n_runs
        self.n_turns += 1
        if said.is_latin:
            self._n_latin += len(text)
        else:
            self._n_other += len(text)
        self._n_words += n_words
        self._n_squares += n_words * n_words
        self._n_short += n_words <= SHORT_WORDS
        if len(self._first) < _N_FIRST:
            self._first.append(n_words)
        for name, phrase in _book().find(text).items():
            self._n_found[name] += 1
            self._quote(f"{name}_rate", number, phrase)
        if _MAY_IDENTIFY.search(text):
            for word in _IDENTIFIER.findall(text):
                self._n_identifiers += 1
                self._quote("identifiers_per_turn", number, word)
        self._count_triples(said.triples)

    @property
    def has_words(self) -> bool:
        """Whether there are words, and most are in Latin letters: in others no phrase is found, whatever is said."""
        return self._n_words > 0 and self._n_latin >= self._n_other

    def features(self) -> dict[str, float]:
        """Returns the features by name; without a turn ValueError is raised."""
        if not self.n_turns:
            raise ValueError("a fingerprint needs a turn")
        n = self.n_turns
        mean = self._n_words / n
        spread = math.sqrt(max(0.0, self._n_squares / n - mean * mean))
        found = {
            "words_per_turn": mean,
            "short_utterance_rate": self._n_short / n,
            "verbosity_cv": spread / mean if mean and n > 1 else 0.0,
            "repetition_rate": len(self._repeating) / n,
            "front_loading_ratio": sum(self._first) / self._n_words if self._n_words and n > 1 else 1.0,
            "identifiers_per_turn": self._n_identifiers / n,
            "opening_length": float(self._first[0]),
        } | {feature: self._n_found[name] / n for feature, name in _BY_PHRASES.items()}
        return {feature: found[feature] for feature in FEATURES}

    def _quote(self, feature: str, number: int, words: str) -> None:
        quotes = self.quotes.setdefault(feature, [])
        if len(quotes) < _N_QUOTED:
            quotes.append({"turn": number, "words": words})

    def _count_triples(self, triples: Sequence[Triple]) -> None:
        """A triple that is used a fourth time makes all turns that hold it repeating, earlier and later ones."""
        uses, turn = self._uses, self.n_turns
        for triple in triples:
            held = uses.get(triple, 0)
            if held == 0:
                uses[triple] = turn  # most are used once: a list for each would cost more than all the rest
            elif isinstance(held, int):
                uses[triple] = [held, turn]
            elif len(held) <= _OFTEN:
                held.append(turn)
                if len(held) > _OFTEN:
                    self._repeating.update(held)
            else:
                self._repeating.add(turn)


def fingerprint(texts: Iterable[str]) -> dict[str, float]:
    """Returns the nineteen features of one speaker's turns in one conversation. Raises ValueError without a turn.

    Words are runs of letters, digits and underscores; in phrases and rows of three an apostrophe joins. Lengths are in
    words; rates are shares of turns with at least one phrase of a list. `verbosity_cv`: population sd / mean of
    lengths; `repetition_rate`: share of turns that hold three words in a row which are used more than three times;
    `front_loading_ratio`: words of the first two turns by all; with one turn the former is 0 and the latter 1.
    """
    return FingerprintCounter(texts).features()


def mean_fingerprint(episodes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Returns the mean of each feature over some conversations, which is what is to be aligned."""
    return {feature: fmean(episode[feature] for episode in episodes) for feature in FEATURES}


@dataclass(frozen=True, slots=True)
class Alignment:
    """How near a fingerprint is to people's, each in [0, 1]; 1: the same."""

    by_feature: Mapping[str, float]
    by_dimension: Mapping[str, float]
    """Means of their features: d1 … d4."""
    overall: float
    """Mean of the dimensions."""


def dice(one: float, other: float) -> float:
    """Returns 2 min / (sum) of two amounts >= 0, in [0, 1]; 1 where both are 0."""
    return 2 * min(one, other) / (one + other) if one + other else 1.0


def align(found: Mapping[str, float], human: Mapping[str, float]) -> Alignment:
    """Aligns mean fingerprints. Source: USI (methods 2.9): features are averaged over conversations first."""
    by_feature = {feature: dice(found[feature], human[feature]) for feature in FEATURES}
    by_dimension = {name: fmean(by_feature[one] for one in features) for name, features in DIMENSIONS.items()}
    return Alignment(by_feature, by_dimension, fmean(by_dimension.values()))
