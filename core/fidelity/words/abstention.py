"""Abstention: whether somebody who is asked what they cannot know says so.

For a turn that was played here, what its record says of the question counts; for others, what stands in the horizon.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core.fidelity.conversation import About, Horizon, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.abstaining import abstains, new_names, words_of
from core.fidelity.words.limits import dates_beyond, is_about, questions_of

_SOURCE = "Concept incongruence (abstention and answer rates), by rule"
_INPUTS = "the turn, the questions before it, and what its speaker cannot know"
METRICS = (
    Metric(
        name="abstention",
        title="Says what it cannot know",
        unit="share of questions",
        low=0.0,
        high=1.0,
        better="higher",
        needs="nothing",
        how_to_read="1: asked what it cannot know, it declines or only reports others; 0: it answers.",
        source=_SOURCE,
        inputs=_INPUTS,
        formula="1 where a question beyond the horizon is declined",
    ),
    Metric(
        name="abstention.answered",
        title="Answers what it cannot know",
        unit="share of questions",
        low=0.0,
        high=1.0,
        better="lower",
        needs="nothing",
        how_to_read="1: asked what it cannot know, it gives a name or number that nobody told it.",
        source=_SOURCE,
        inputs=_INPUTS,
        formula="1 where the answer has a name or number that was not known",
    ),
)
_EMPTY = "The turn says nothing."
_NOT_ASKED = "Nobody asked what this speaker cannot know."
_NO_HORIZON = "No limit to what this speaker can know is given."
_MIND, _HORIZON = "mind", "horizon"
_MAX_OPEN = 8
_DIGIT = re.compile(r"\d")


class _Question(NamedTuple):
    turn: int
    text: str
    about: str


class _Abstention:
    """Keeps for each speaker with a horizon what was asked since its last turn."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._horizons = {
            speaker: horizon for speaker, horizon in about.horizons.items() if horizon.date or horizon.unknown
        }
        self._open: dict[str, list[_Question]] = {}
        self._number = 0
        self._known: dict[str, frozenset[str]] = {}

    def add(self, line: Line) -> list[ScoreValue]:
        self._number += 1
        scores = self._score(line)
        self._open.pop(line.speaker, None)
        for speaker, horizon in self._horizons.items():
            if speaker != line.speaker:
                asked = self._open.setdefault(speaker, [])
                asked += _asked_beyond(line.text, self._number, horizon)
                del asked[:-_MAX_OPEN]
        return scores

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}

    def _score(self, line: Line) -> list[ScoreValue]:
        if not line.text.strip():
            return [ScoreValue(metric.name, None, _EMPTY) for metric in METRICS]
        recorded = _recorded(line.record)
        if recorded is not None:
            return recorded
        asked = self._open.get(line.speaker)
        if not asked:
            reason = _NOT_ASKED if line.speaker in self._horizons else _NO_HORIZON
            return [ScoreValue(metric.name, None, reason) for metric in METRICS]
        questions = [{"turn": one.turn, "question": one.text, "about": one.about} for one in asked]
        known = self._known_words(line.speaker) | words_of(*(one.text for one in asked))
        return _scores(abstains(line.text, known), new_names(line.text, known), questions)

    def _known_words(self, speaker: str) -> frozenset[str]:
        if speaker not in self._known:
            about, horizon = self._about, self._horizons[speaker]
            names = [about.name(one) for one in (*about.personas, *about.names)]
            self._known[speaker] = words_of(
                *about.personas.get(speaker, ()), about.scene, horizon.date, horizon.place, *names
            )
        return self._known[speaker]


def _asked_beyond(text: str, number: int, horizon: Horizon) -> list[_Question]:
    if not horizon.unknown and not _DIGIT.search(text):
        return []
    found = []
    for sentence in questions_of(text):
        found += [_Question(number, sentence, words) for words in dates_beyond(sentence, horizon.date)]
        found += [_Question(number, sentence, entry) for entry in horizon.unknown if is_about(sentence, entry)]
    return found


def _recorded(record: Mapping[str, Any]) -> list[ScoreValue] | None:
    """Returns the scores of a turn whose record says what was asked and what came of it; it may hold anything."""
    mind = record.get(_MIND)
    kept = mind.get(_HORIZON) if isinstance(mind, dict) else None
    if not isinstance(kept, dict) or not isinstance(kept.get("abstained"), bool):
        return None
    asked = kept.get("asked")
    named = kept.get("named")
    # `turn` in a record is the turn's number in its playtest; in evidence it would be a line of this conversation
    questions = [
        {name: str(one[name]) for name in ("question", "about", "limit") if name in one}
        for one in (asked if isinstance(asked, list) else [])
        if isinstance(one, dict)
    ]
    return _scores(kept["abstained"], [str(one) for one in named] if isinstance(named, list) else [], questions)


def _scores(declines: bool, named: Sequence[str], questions: Sequence[Mapping[str, Any]]) -> list[ScoreValue]:
    asked = {"asked": [dict(one) for one in questions]}
    return [
        ScoreValue("abstention", float(declines), evidence=dict(asked)),
        ScoreValue("abstention.answered", float(bool(named)), evidence={**asked, "words": list(named)}),
    ]


MEASURE = Measure(METRICS, _Abstention)
