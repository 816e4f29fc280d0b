"""Reflection: when enough has happened, a character asks itself what stands out, and draws conclusions with sources.

Source: Park et al. (2023), "Generative Agents", section 4.2: three salient questions on the last 100 records, and for
each, conclusions that cite the records they rest on. We differ: without weights, or where their answer is of no use,
questions and conclusions are extracted from the records by rule, and the record says why.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from core.characters.words import meaning_words
from core.inference.request import Generate, Message, Sampling
from core.memory.entries import Entry, EntryKind
from core.memory.sentences import shorten
from core.memory.stream import Stream

N_RECORDS = 100
"""The last ones, which the questions are about."""
N_QUESTIONS = 3
N_PER_QUESTION = 8
"""Memories that are looked up for each question."""
MAX_INSIGHTS = 5
N_SHOWN = 12
"""Memories that the weights read at once."""
MAX_LINE_CHARS = 200
MAX_INSIGHT_CHARS = 240
MIN_WORDS = 3
MIN_SUBJECT_CHARS = 4
MAX_TOKENS = 220


@dataclass(frozen=True, slots=True)
class Insight:
    """A conclusion and what it rests on."""

    text: str
    cites: tuple[str, ...]
    importance: float


def is_due(stream: Stream, reflect_at: float) -> bool:
    """Whether enough has happened since the last reflection: the sum of the importance of what was perceived since."""
    return unreflected_importance(stream) >= reflect_at


def unreflected_importance(stream: Stream) -> float:
    """Returns the sum of the importance of what the role has perceived since its last reflection."""
    total = 0.0
    for entry in reversed(stream.entries):
        if entry.kind is EntryKind.OBSERVATION:
            if entry.number < stream.last_reflection:
                break
            total += entry.importance
    return total


def last_records(stream: Stream) -> list[Entry]:
    """Returns what is reflected upon: the last memories of any kind but those of closed sessions."""
    newest_first = (entry for entry in reversed(stream.entries) if entry.kind is not EntryKind.SESSION)
    return list(islice(newest_first, N_RECORDS))[::-1]


# By rule


def salient_subjects(entries: Sequence[Entry], left_out: frozenset[str] = frozenset()) -> list[str]:
    """Returns up to three words that stand out: those of the largest sum of importance that two memories share.

    A word that speaks of much the same memories as one before it is passed over. Conclusions of old are no memories
    here: what was extracted once would be extracted for ever.

    Args:
        left_out: Words that say nothing to the role, such as its own name.
    """
    places: dict[str, set[int]] = {}
    for place, entry in enumerate(entries):
        words = meaning_words(entry.said) if entry.kind is not EntryKind.REFLECTION else frozenset()
        for word in words - left_out:
            if len(word) >= MIN_SUBJECT_CHARS:
                places.setdefault(word, set()).add(place)
    weights = {
        word: sum(entries[place].importance for place in found) for word, found in places.items() if len(found) > 1
    }
    chosen: list[str] = []
    for word in sorted(weights, key=lambda word: (-weights[word], word)):
        if all(len(places[word] & places[one]) * 2 <= len(places[word]) for one in chosen):
            chosen.append(word)
        if len(chosen) == N_QUESTIONS:
            break
    return chosen


def question_about(subject: str) -> str:
    """Returns the question that a subject raises."""
    return f"What do I know about {subject}?"


def extract_insight(subject: str, found: Sequence[Entry]) -> Insight | None:
    """Returns what memories say of a subject: the weightiest of those that name it; None when fewer than two do.

    Args:
        found: Memories, the nearest to the question first.
    """
    about = [
        entry for entry in found if entry.kind is not EntryKind.REFLECTION and subject in meaning_words(entry.said)
    ]
    if len(about) < 2:
        return None
    weightiest = max(about, key=lambda entry: entry.importance)
    said = shorten(weightiest.said, MAX_INSIGHT_CHARS)
    told = f"{weightiest.speaker} said “{said}”" if weightiest.speaker else said
    text = f"What stays with me about “{subject}”: {told}"
    return Insight(text, tuple(entry.id for entry in about), mean_importance(about))


def mean_importance(entries: Sequence[Entry]) -> float:
    """Returns the mean importance of memories, [1, 10]."""
    return round(sum(entry.importance for entry in entries) / len(entries), 2)


# With weights


def questions_request(lane: str, name: str, entries: Sequence[Entry]) -> Generate:
    """Returns the request for the three questions that stand out to a character."""
    asked = (
        f"{_lines(entries[-N_SHOWN:])}\n\nWhich {N_QUESTIONS} questions about the people and things here matter most "
        f"to {name} now?"
    )
    schema = _object({"questions": {"type": "array", "minItems": N_QUESTIONS, "maxItems": N_QUESTIONS, "items": _TEXT}})
    return _request(lane, name, asked, schema)


def read_questions(text: str) -> list[str]:
    """Returns the questions of an answer; none when it has none of any use."""
    asked = _read(text).get("questions")
    found = [" ".join(one.split()) for one in asked if isinstance(one, str)] if isinstance(asked, list) else []
    return list(dict.fromkeys(one for one in found if len(meaning_words(one)) >= 2))[:N_QUESTIONS]


def insights_request(lane: str, name: str, question: str, found: Sequence[Entry]) -> Generate:
    """Returns the request for what a character concludes from numbered memories."""
    asked = (
        f"{_lines(found[:N_SHOWN])}\n\n{question}\nWhat does {name} conclude from this? Give the conclusion in one "
        "sentence, and the numbers of the lines that it rests on."
    )
    numbers = {"type": "array", "minItems": 1, "maxItems": 4, "items": {"type": "integer"}}
    return _request(lane, name, asked, _object({"insight": _TEXT, "lines": numbers}))


def read_insight(text: str, found: Sequence[Entry]) -> tuple[Insight | None, str]:
    """Returns the conclusion of an answer, or None and why it is of no use.

    It must say something, cite lines that there are, not repeat a line, and share a word of meaning with one of them.
    """
    answer = _read(text)
    said, numbers = answer.get("insight"), answer.get("lines")
    if not isinstance(said, str) or not isinstance(numbers, list):
        return None, "The weights gave no conclusion."
    said = shorten(" ".join(said.split()), MAX_INSIGHT_CHARS)
    shown = found[:N_SHOWN]
    cited = [shown[one - 1] for one in dict.fromkeys(map(_as_number, numbers)) if 1 <= one <= len(shown)]
    if len(said.split()) < MIN_WORDS or not cited:
        return None, "The conclusion of the weights says nothing, or cites nothing that there is."
    known = frozenset().union(*(meaning_words(entry.text) for entry in cited))
    if not meaning_words(said) & known or any(said in entry.text for entry in shown):
        return None, "The conclusion of the weights does not follow from what it cites, or repeats it."
    return Insight(said, tuple(entry.id for entry in cited), mean_importance(cited)), ""


_TEXT: dict[str, Any] = {"type": "string", "minLength": 8, "maxLength": MAX_INSIGHT_CHARS}


def _request(lane: str, name: str, asked: str, schema: str) -> Generate:
    system = f"You are the quiet inner voice of {name}. Answer as JSON."
    messages = (Message("system", system), Message("user", asked))
    sampling = Sampling(temperature=0.0)
    return Generate(lane, messages, max_tokens=MAX_TOKENS, sampling=sampling, grammar=schema)


def _object(properties: Mapping[str, Any]) -> str:
    return json.dumps(
        {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    )


def _lines(entries: Sequence[Entry]) -> str:
    return "\n".join(
        f"{number}. {shorten(entry.text, MAX_LINE_CHARS)}" for number, entry in enumerate(entries, start=1)
    )


def _read(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _as_number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
