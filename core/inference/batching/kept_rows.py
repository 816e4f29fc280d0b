"""Distributions that answers were drawn from or weighed by, kept for a while, so that a score need not read again."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.inference.batching.logprobs import Rows, log_softmax, token_logprobs
from core.inference.batching.prefix_cache import common_prefix

LIMIT_BYTES = 128 * 2**20
N_ANSWERS = 256

Context = tuple[int, ...]
"""The tokens before an answer."""


@dataclass(eq=False, slots=True)
class Kept:
    """What is known of one answer in one chat, from its first token on."""

    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    """Of each token, in nats."""
    logits: list[Rows] = field(default_factory=list)
    """Of each token, in pieces of (n, n_vocab); empty when they were too large to keep or nobody asked."""
    n_bytes: int = 0
    whole: bool = True
    """No logits have been dropped."""

    def add(self, tokens: Sequence[int], logits: Rows, *, distributions: bool) -> int:
        """Adds the next tokens and the logits they were drawn from; returns the bytes that are kept of them."""
        self.tokens += tokens
        self.logprobs += token_logprobs(logits, tokens).tolist()
        if not distributions or not self.whole:
            return 0
        if logits.base is not None and logits.base.nbytes > logits.nbytes:
            logits = logits.copy()  # a part of a batch would keep all of it in memory
        self.logits.append(logits)
        self.n_bytes += logits.nbytes
        return logits.nbytes

    def drop_logits(self) -> int:
        """Drops distributions and keeps log-probabilities; returns the bytes that are free then."""
        n_bytes, self.n_bytes, self.whole = self.n_bytes, 0, False
        self.logits.clear()
        return n_bytes


class KeptRows:
    """Recent answers by the tokens that were read before them; oldest are dropped first."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._n_bytes = 0
        self._oldest_first: deque[tuple[Context, Kept]] = deque()
        self._kept: dict[Context, list[Kept]] = {}

    def begin(self, context: Sequence[int]) -> Kept:
        """Makes room for a new answer behind this context; several may follow the same."""
        key, kept = tuple(context), Kept()
        self._kept.setdefault(key, []).append(kept)
        self._oldest_first.append((key, kept))
        if len(self._oldest_first) > N_ANSWERS:
            self._drop_oldest()
        return kept

    def add(self, kept: Kept, tokens: Sequence[int], logits: Rows, *, distributions: bool = True) -> None:
        """Keeps what the next tokens of an answer were drawn from, (n_tokens, n_vocab).

        Of answers whose distributions are too large only the log-probabilities stay.
        """
        self._n_bytes += kept.add(tokens, logits, distributions=distributions)
        for _, other in self._oldest_first:
            if self._n_bytes <= self._limit_bytes:
                break
            self._n_bytes -= other.drop_logits()

    def logprobs(self, context: Sequence[int], completion: Sequence[int]) -> list[float]:
        """Returns the log-probabilities of the first tokens of a completion, as far as they are known."""
        behind = self._kept.get(tuple(context), ())
        known = [kept.logprobs[: common_prefix(kept.tokens, completion)] for kept in behind]
        return max(known, key=len, default=[]) or _first_logprob(behind, completion)

    def rows(self, context: Sequence[int], completion: Sequence[int], start: int, stop: int) -> Rows | None:
        """Returns log-probabilities over the vocabulary for `completion[start:stop]`; None unless all are kept."""
        for kept in self._kept.get(tuple(context), ()):
            if common_prefix(kept.tokens, completion) >= stop and sum(map(len, kept.logits)) >= stop:
                return log_softmax(np.concatenate(_between(kept.logits, start, stop)))
        return None

    def _drop_oldest(self) -> None:
        key, oldest = self._oldest_first.popleft()
        self._n_bytes -= oldest.drop_logits()
        self._kept[key].remove(oldest)
        if not self._kept[key]:
            del self._kept[key]


def _first_logprob(behind: Sequence[Kept], completion: Sequence[int]) -> list[float]:
    """Returns the log-probability of a completion's first token where the answer kept there began with another."""
    whole = (kept for kept in behind if kept.tokens and sum(map(len, kept.logits)) == len(kept.tokens))
    row = next((kept.logits[0][:1] for kept in whole), None)
    return [] if row is None or not completion else token_logprobs(row, completion[:1]).tolist()


def _between(pieces: Sequence[Rows], start: int, stop: int) -> list[NDArray[np.float32]]:
    found, first = [], 0
    for piece in pieces:
        end = first + len(piece)
        if end > start and first < stop:
            found.append(piece[max(0, start - first) : stop - first])
        first = end
    return found
