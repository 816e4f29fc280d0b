"""The fingerprint of each speaker of a conversation, and how near it is to people's."""

from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.reference import load_reference
from core.fidelity.score import ScoreValue
from core.fidelity.words.fingerprint import DIMENSIONS, FEATURES, FingerprintCounter, align
from core.fidelity.words.said import NO_WORDS

_SOURCE = "USI (Sim2Real), as in PPol; phrases by Tableread"
_SHARE = "share of turns"
_WORDING = {
    "words_per_turn": ("Words a turn", "words", "How long turns are, on the mean."),
    "short_utterance_rate": ("Short turns", _SHARE, "How many turns have three words or fewer."),
    "politeness_rate": ("Politeness", _SHARE, "How many turns please, thank or apologise; weights do it too often."),
    "formality_rate": ("Formality", _SHARE, "How many turns have formal words, such as “regarding” or “therefore”."),
    "identity_confusion_rate": ("Talks like support", _SHARE, "How many turns sound like support staff or a bot."),
    "acknowledgment_rate": ("Acknowledgements", _SHARE, "How many turns say no more than that they have heard."),
    "verbosity_cv": ("Variety of length", "sd / mean", "How much the length of turns varies; weights vary little."),
    "repetition_rate": ("Set phrases", _SHARE, "How many turns hold three words in a row that are said four times."),
    "front_loading_ratio": ("Front loading", "share of words", "How much of all words is in the first two turns."),
    "identifiers_per_turn": ("Codes and addresses", "a turn", "How many codes, numbers and addresses a turn gives."),
    "opening_length": ("Opening", "words", "How long the first turn is."),
    "uncertainty_rate": ("Uncertainty", _SHARE, "How many turns hedge: maybe, I think, not sure."),
    "certainty_rate": ("Certainty", _SHARE, "How many turns are sure: definitely, of course, never."),
    "pushback_rate": ("Pushback", _SHARE, "How many turns disagree or refuse; weights give in too soon."),
    "clarification_rate": ("Asking back", _SHARE, "How many turns ask what was meant."),
    "information_seeking_rate": ("Asking", _SHARE, "How many turns ask for something they do not know."),
    "emotion_rate": ("Feeling", _SHARE, "How many turns say what they feel."),
    "accusation_rate": ("Accusation", _SHARE, "How many turns blame the other."),
    "strategy_pivot_rate": ("Change of course", _SHARE, "How many turns try another way."),
}
_DIMENSION_WORDING = {
    "d1": ("Like people: style", "How near length, politeness and repetition of turns are to people's; 1 is the same."),
    "d2": ("Like people: telling", "How near the way of telling things bit by bit is to people's; 1 is the same."),
    "d3": ("Like people: asking", "How near doubt, pushback and questions are to people's; 1 is the same."),
    "d4": ("Like people: feeling", "How near feelings and changes of course are to people's; 1 is the same."),
}
_UNBOUND = {"words_per_turn", "verbosity_cv", "identifiers_per_turn", "opening_length"}


def _feature_metric(feature: str) -> Metric:
    title, unit, how_to_read = _WORDING[feature]
    return Metric(
        name=f"fingerprint.{feature}",
        title=title,
        unit=unit,
        low=0.0,
        high=None if feature in _UNBOUND else 1.0,
        better="reference",
        needs="nothing",
        how_to_read=how_to_read,
        source=_SOURCE,
        scope="speaker",
        inputs="all turns of one speaker",
    )


def _alignment_metric(name: str, title: str, how_to_read: str) -> Metric:
    return Metric(
        name=f"fingerprint.{name}",
        title=title,
        unit="Dice, 1 is the same",
        low=0.0,
        high=1.0,
        better="higher",
        needs="human reference",
        how_to_read=how_to_read,
        source=_SOURCE,
        scope="speaker",
        inputs="all turns of one speaker, and the means of human speakers",
        formula="mean over features of 2 min(own, human) / (own + human)",
    )


METRICS = (
    *map(_feature_metric, FEATURES),
    *(_alignment_metric(name, *wording) for name, wording in _DIMENSION_WORDING.items()),
    _alignment_metric(
        "alignment", "Like people", "How near all nineteen features are to people's, in four parts; 1 is the same."
    ),
)


class _Fingerprints:
    """Goes through a conversation and counts for each speaker."""

    def __init__(self, _about: About) -> None:
        self._number = 0
        self._counters: dict[str, FingerprintCounter] = {}

    def add(self, line: Line) -> list[ScoreValue]:
        self._number += 1
        self._counters.setdefault(line.speaker, FingerprintCounter()).add(line.text, self._number)
        return []

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {speaker: score_fingerprint(counter) for speaker, counter in self._counters.items()}


def score_fingerprint(counter: FingerprintCounter) -> list[ScoreValue]:
    """Returns all scores of one speaker who has spoken; none where most of it is not in Latin letters."""
    if not counter.has_words:
        return [ScoreValue(metric.name, None, NO_WORDS) for metric in METRICS]
    found = counter.features()
    scores = [_score_feature(feature, value, counter) for feature, value in found.items()]
    reference = load_reference()
    human = {feature: norm.mean for feature, norm in reference.fingerprint.items()}
    alignment = align(found, human)
    for name, value in {**alignment.by_dimension, "alignment": alignment.overall}.items():
        features = DIMENSIONS.get(name, FEATURES)
        evidence = {
            "reference": reference.name,
            "n_turns": counter.n_turns,
            "features": {
                one: [round(found[one], 4), round(human[one], 4), round(alignment.by_feature[one], 4)]
                for one in features
            },
        }
        scores.append(ScoreValue(f"fingerprint.{name}", value, evidence=evidence))
    return scores


def _score_feature(feature: str, value: float, counter: FingerprintCounter) -> ScoreValue:
    places = counter.quotes.get(feature, [])
    evidence = {"n_turns": counter.n_turns, **({"places": list(places)} if places else {})}
    return ScoreValue(f"fingerprint.{feature}", value, evidence=evidence)


MEASURE = Measure(METRICS, _Fingerprints)
