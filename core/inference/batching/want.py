"""What a request still needs read: tokens into a lane, and logits of some of them. Pure: knows no weights."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from core.inference.batching.logprobs import Rows
from core.inference.batching.prefix_cache import Lane


class Kind(IntEnum):
    """What a want is for; the smaller goes first."""

    WRITE = 0
    """The next token of an answer."""
    READ = 1
    """A prompt that somebody waits for."""
    ALONG = 2
    """Words of an answer, for those who hear or weigh it."""
    BACKGROUND = 3


@dataclass(slots=True)
class Reading:
    """What one request has read so far, for its `Usage`."""

    n_tokens: int = 0
    n_copied_tokens: int = 0
    n_restored_tokens: int = 0
    n_batches: int = 0
    n_batch_tokens: int = 0
    n_evicted: int = 0
    work_s: float = 0.0


@dataclass(eq=False, slots=True)
class Want:
    """Tokens that a lane is to hold, from the first. They may grow at the end."""

    lane: Lane
    kind: Kind
    tokens: list[int] = field(repr=False)
    reading: Reading
    next_row: int
    """Position from which on the logits of what follows are wanted and not there yet."""
    number: int = 0
    """Of the request."""
    consume: Callable[[int, Rows], None] | None = None
    """Takes the logits after a position and those after it, as they come; None: they are kept in `rows`."""
    rows: list[Rows] = field(default_factory=list)
    complete: bool = True
    """False: more tokens will come."""
    n_held: int = 0
    """Tokens that the lane holds; true while the lane's reader is this want."""

    @property
    def limit(self) -> int:
        """Most tokens that may be held already: a token whose logits are wanted must be read."""
        return min(self.next_row, len(self.tokens))

    @property
    def n_without_rows(self) -> int:
        """How many of the tokens to be read next come before the first whose logits are wanted."""
        return max(0, self.next_row - self.n_held)

    @property
    def done(self) -> bool:
        """All is there."""
        return self.next_row >= len(self.tokens) and self.n_held >= len(self.tokens)

    def take(self, end: int, rows: Rows) -> None:
        """Takes the logits of a chunk that ended before position `end`."""
        self.n_held = end
        if not len(rows):
            return
        start = end - len(rows)
        self.next_row = end
        if self.consume:
            self.consume(start, rows)
        else:
            self.rows.append(rows)

    def take_rows(self) -> Rows:
        """Returns the logits that came, (n_rows, n_vocab), and keeps none."""
        rows, self.rows = self.rows, []
        return rows[0] if len(rows) == 1 else np.concatenate(rows)
