"""What makes tokens less likely because of what an answer already says: penalties, and DRY. Knows no weights."""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.inference.request import Sampling

Breakers = Mapping[int, Sequence[tuple[int, ...]]]
"""First token of each text that ends a repetition -> the tokens that may follow it to complete the text."""

_BREAKER_BYTES_MAX = 40
_BREAKER_TOKENS_MAX = 20
_LOG_OF_GREATEST_FLOAT = 88.7228391
_GREATEST_PENALTY = 1e30
"""Beyond any logit, and far enough from where float32 ends."""


class _Vocabulary(Protocol):
    def tokenize_exactly(self, data: bytes) -> list[int]: ...

    def bytes_of(self, tokens: Sequence[int]) -> bytes: ...


def find_breakers(texts: Sequence[str], vocabulary: _Vocabulary, pieces: Sequence[bytes]) -> Breakers:
    """Returns each token that holds a text, or begins it and is completed by tokens after it.

    Args:
        pieces: Token -> its bytes.
    """
    found: dict[int, list[tuple[int, ...]]] = {}
    for data in (text.encode("utf-8", "replace")[:_BREAKER_BYTES_MAX] for text in texts if text):
        for token in (token for token, piece in enumerate(pieces) if data in piece):
            found.setdefault(token, []).append(())
        for length in range(1, len(data)):
            tail = _tail(data, data[length:], vocabulary)
            beginning = data[:length]
            for token in (token for token, piece in enumerate(pieces) if piece.endswith(beginning)):
                if tail and data not in pieces[token] and tail not in found.setdefault(token, []):
                    found[token].append(tail)
    return {token: tuple(tails) for token, tails in found.items() if tails}


def penalised(
    logits: NDArray[np.float32], written: Sequence[int], sampling: Sampling, breakers: Breakers
) -> NDArray[np.float32]:
    """Returns logits with bias, penalties and DRY applied, in llama.cpp's order; the same array if none acts.

    Args:
        written: Tokens of the answer so far. What came before it is not looked at: a turn may well begin like the
            turn before it, and must be free to end.
    """
    recent = _window(written, sampling.repeat_last_n)
    counts = _counts(recent, sampling)
    repeats = _repeats(recent, sampling, breakers)
    if not (sampling.logit_bias or counts or repeats):
        return logits
    changed = logits.copy()
    for token, bias in sampling.logit_bias:
        if 0 <= token < len(changed):
            changed[token] += bias
    _penalise(changed, counts, sampling)
    for token, penalty in repeats.items():
        changed[token] -= penalty
    return changed


def repeat_lengths(recent: Sequence[int], limit: int) -> dict[int, int]:
    """Returns each token that would go on with a repetition -> how many of the last tokens stand before it too.

    Args:
        limit: Most tokens that are looked back on.
    """
    backwards = recent[::-1]
    lengths: dict[int, int] = {}
    for place, length in enumerate(_shared_starts(backwards)):
        shared = min(length, limit)
        if place and shared > lengths.get(backwards[place - 1], 0):
            lengths[backwards[place - 1]] = shared
    return lengths


def _window(written: Sequence[int], last_n: int) -> Sequence[int]:
    if last_n == 0:
        return ()
    return written if last_n < 0 else written[-last_n:]


def _counts(recent: Sequence[int], sampling: Sampling) -> dict[int, int]:
    if sampling.repeat_penalty == 1 and not sampling.presence_penalty and not sampling.frequency_penalty:
        return {}
    counts: dict[int, int] = {}
    for token in recent:
        counts[token] = counts.get(token, 0) + 1
    return counts


def _penalise(logits: NDArray[np.float32], counts: dict[int, int], sampling: Sampling) -> None:
    if not counts:
        return
    tokens = np.fromiter(counts, np.intp, len(counts))
    values = logits[tokens]
    values = np.where(values > 0, values / sampling.repeat_penalty, values * sampling.repeat_penalty)
    if sampling.frequency_penalty or sampling.presence_penalty:
        times = np.fromiter(counts.values(), np.float32, len(counts))
        values = values - (times * sampling.frequency_penalty + sampling.presence_penalty)
    logits[tokens] = values


def _repeats(recent: Sequence[int], sampling: Sampling, breakers: Breakers) -> dict[int, float]:
    """Returns DRY's penalty of each token that would lengthen a repetition.

    Source: p-e-w (2024), Don't Repeat Yourself, as in llama.cpp.
    """
    allowed = sampling.dry_allowed_length
    if not sampling.dry_multiplier or sampling.dry_base < 1 or len(recent) <= allowed:
        return {}
    limit = _n_since_breaker(recent, breakers)
    if limit < allowed:
        return {}
    most = int(_LOG_OF_GREATEST_FLOAT / math.log(sampling.dry_base)) if sampling.dry_base > 1.000001 else 0
    return {
        token: _dry_penalty(min(length - allowed, most) if most else length - allowed, sampling)
        for token, length in repeat_lengths(recent, limit).items()
        if length >= allowed and () not in breakers.get(token, ())
    }


def _dry_penalty(exponent: int, sampling: Sampling) -> float:
    return min(sampling.dry_multiplier * sampling.dry_base**exponent, _GREATEST_PENALTY)


def _n_since_breaker(recent: Sequence[int], breakers: Breakers) -> int:
    for n_after in range(len(recent)):
        start = len(recent) - 1 - n_after
        fitting = [
            len(tail)
            for tail in breakers.get(recent[start], ())
            if len(tail) <= n_after and tuple(recent[start + 1 : start + 1 + len(tail)]) == tail
        ]
        if fitting:
            return n_after - max(fitting)
    return len(recent)


def _shared_starts(items: Sequence[int]) -> list[int]:
    """Returns for each place how many items from there on are those at the start (the Z-algorithm, linear)."""
    lengths = [0] * len(items)
    left = right = 0
    for place in range(1, len(items)):
        length = min(right - place, lengths[place - left]) if place < right else 0
        while place + length < len(items) and items[length] == items[place + length]:
            length += 1
        lengths[place] = length
        if place + length > right:
            left, right = place, place + length
    return lengths


def _tail(data: bytes, rest: bytes, vocabulary: _Vocabulary) -> tuple[int, ...]:
    """Returns the tokens that write the rest of a text; none when the vocabulary has no way to."""
    tokens = vocabulary.tokenize_exactly(rest)
    if not tokens:  # the rest begins inside a character: the whole text's tokens may part there
        whole = vocabulary.tokenize_exactly(data)
        ends = (whole[start:] for start in range(len(whole)) if vocabulary.bytes_of(whole[start:]) == rest)
        tokens = next(ends, [])
    return tuple(tokens[:_BREAKER_TOKENS_MAX])
