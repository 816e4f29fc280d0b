"""Sessions: a long pause in the story closes one, and what it was about is kept and found again by its words.

Source: Li et al. (2024), "Hello Again! LLM-powered Personalized Agent" (LD-Agent). We take the words of meaning in
their base forms in place of nouns, as we bring no tagger, and the time of the story in place of the clock's.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.characters.words import meaning_words
from core.inference.request import Generate, Message, Sampling
from core.memory.entries import Entry, EntryKind
from core.memory.readings import Readings
from core.memory.sentences import first_sentence
from core.memory.stream import Stream

DECAY_PER_SECOND = 1e-7
N_NEAREST = 10
"""Sessions nearest in meaning, among which the words decide."""
N_KEY_LINES = 3
MAX_WORDS = 60
MAX_SUMMARY_TOKENS = 120
MAX_READ_CHARS = 6_000
"""Of a session, what the weights read to sum it up: its last lines."""
_MIN_SINGULAR = 4


@dataclass(frozen=True, slots=True)
class Closed:
    """A session that a pause has closed: its memories, in order."""

    entries: tuple[Entry, ...]
    gap_s: float
    """How long the pause was."""


@dataclass(frozen=True, slots=True)
class SessionMatch:
    """The session that comes back, and why."""

    entry: Entry
    shared: tuple[str, ...]
    """Words of the situation that the session knows."""
    overlap: float
    decay: float
    score: float


def find_closed(stream: Stream, gap_s: float) -> list[Closed]:
    """Returns the sessions that have been closed since the last time, oldest first.

    Args:
        gap_s: A pause in the story that is longer closes a session.
    """
    if stream.longest_pause_s <= gap_s:
        return []
    closed, begun = [], list[Entry]()
    for entry in stream.entries:
        if entry.kind is EntryKind.OBSERVATION and entry.number > stream.last_session:
            if begun and entry.time_s - begun[-1].time_s > gap_s:
                closed.append(Closed(tuple(begun), entry.time_s - begun[-1].time_s))
                begun = []
            begun.append(entry)
    if begun and stream.now_s - begun[-1].time_s > gap_s:
        closed.append(Closed(tuple(begun), stream.now_s - begun[-1].time_s))
    return closed


def extract_summary(entries: Sequence[Entry]) -> str:
    """Returns what a session was about without the help of weights: the first sentences of its weightiest lines."""
    ranked = sorted(range(len(entries)), key=lambda place: (-entries[place].importance, -place))[:N_KEY_LINES]
    return " ".join(first_sentence(entries[place].text) for place in sorted(ranked))


def summary_request(lane: str, name: str, entries: Sequence[Entry]) -> Generate:
    """Returns the request that sums a session up."""
    lines = "\n".join(entry.text for entry in entries)[-MAX_READ_CHARS:]
    asked = f"{lines}\n\n(What happened here, and what was agreed? In at most two sentences, as {name} will recall it.)"
    messages = (
        Message("system", f"You sum up what {name} has been through. Plain facts only."),
        Message("user", asked),
    )
    return Generate(lane, messages, max_tokens=MAX_SUMMARY_TOKENS, sampling=Sampling(temperature=0.0))


def find_useless(summary: str, entries: Sequence[Entry]) -> str:
    """Returns why a summary that weights wrote is of no use; empty when it is."""
    words = session_words(summary)
    if not words:
        return "The weights wrote no summary."
    if not words & session_words(" ".join(entry.text for entry in entries)):
        return "The summary of the weights says nothing of what was said."
    return ""


def session_words(text: str) -> frozenset[str]:
    """Returns the words that a session is found again by, in base forms."""
    return frozenset(_base_form(word) for word in meaning_words(text))


def listed_words(text: str) -> list[str]:
    """Returns the same in an order of their own, as a record keeps them."""
    return sorted(session_words(text))[:MAX_WORDS]


def overlap(asked: Collection[str], kept: Collection[str]) -> float:
    """Returns how much two sets of words share, [0, 1]: half their share of the one, half their share of the other."""
    if not asked or not kept:
        return 0.0
    n_shared = len(set(asked) & set(kept))
    return 0.5 * n_shared / len(asked) + 0.5 * n_shared / len(kept)


def decay(seconds: float) -> float:
    """Returns how much of a session is left after some seconds of the story, (0, 1]."""
    return math.exp(-DECAY_PER_SECOND * max(seconds, 0.0))


def best_session(sessions: Sequence[Entry], query: str, now_s: float, readings: Readings) -> SessionMatch | None:
    """Returns the session that a situation brings back: overlap of words times decay; None where no word is shared."""
    asked = session_words(query)
    if not sessions or not asked:
        return None
    near = readings.compare([entry.text for entry in sessions], " ".join(sorted(asked)), with_emotions=False).cosines
    nearest = np.argsort(-near, kind="stable")[:N_NEAREST]
    matches = [_match(sessions[place], asked, now_s) for place in nearest]
    return max(
        (match for match in matches if match.shared), key=lambda match: (match.score, match.entry.time_s), default=None
    )


def _match(entry: Entry, asked: frozenset[str], now_s: float) -> SessionMatch:
    kept = frozenset(entry.words) if entry.words and not entry.is_changed else session_words(entry.text)
    shared, left = overlap(asked, kept), decay(now_s - entry.time_s)
    return SessionMatch(entry, tuple(sorted(asked & kept)), shared, left, shared * left)


def _base_form(word: str) -> str:
    """Takes the plural and the possessive from a word."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) < _MIN_SINGULAR or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses", "zes")) else word[:-1]
