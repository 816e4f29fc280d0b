"""What makes it less likely that a speaker says again, word for word, what it said before. Knows no weights."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_BASE, _FREE = 1.75, 2
"""As DRY's: so many equal tokens are free, and with each one more the penalty grows by this factor."""
_MOST = 40
"""Equal tokens beyond which the penalty no longer grows."""


class SaidAgain:
    """Lessens the tokens that would go on with a repetition, while an answer is written.

    The growth of the penalty is DRY's; but what counts is what the speaker said in earlier answers, not what anybody
    told it or what it has just thought: facts are there to be said once. Adding a token costs as much as it has come
    before.

    Source: p-e-w (2024), Don't Repeat Yourself, for the formula.

    Args:
        penalty: What is taken off the logit of a token that would be the third equal one, in nats.
        said: Tokens of each earlier answer.
    """

    def __init__(self, penalty: float, said: Iterable[Sequence[int]]) -> None:
        self._penalty = penalty
        self._next: list[int | None] = []
        """Token at each place of all that was said; None at the end of an answer."""
        self._places: dict[int, list[int]] = {}
        """Token -> the places behind it."""
        self._equal: dict[int, int] = {}
        """Place -> how many of the last tokens stand before it too."""
        for tokens in said:
            for place, token in enumerate(tokens, len(self._next) + 1):
                self._places.setdefault(token, []).append(place)
            self._next += [*tokens, None]

    def add(self, token: int) -> None:
        """Takes the next token of the answer."""
        self._equal = {place: self._equal.get(place - 1, 0) + 1 for place in self._places.get(token, ())}

    def lessen(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns logits with what would be said again made less likely; the same array if nothing would.

        Args:
            logits: (n_vocab,); not changed.
        """
        longest: dict[int, int] = {}
        for place, n_equal in self._equal.items():
            token = self._next[place]
            if token is not None and n_equal >= _FREE:
                longest[token] = max(n_equal, longest.get(token, 0))
        if not longest:
            return logits
        changed = logits.copy()
        for token, n_equal in longest.items():
            changed[token] -= self._penalty * _BASE ** (min(n_equal, _MOST) - _FREE)
        return changed
