"""The turn for which lore is searched: who reads, what was said, what happened before."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.lore.timed import NOTHING_ACTIVE, ActiveEffects

CountTokens = Callable[[Sequence[str]], Sequence[int]]
BYTES_PER_TOKEN = 4


def estimate_tokens(texts: Sequence[str]) -> list[int]:
    """Guesses how many tokens texts take, where there are no weights to ask."""
    return [-(-len(text.encode()) // BYTES_PER_TOKEN) for text in texts]


@dataclass(frozen=True, slots=True)
class Line:
    """A message: who spoke and what was said."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """All that decides which entries fire, beside the books themselves."""

    lines: Sequence[Line]
    """What was said so far, oldest first."""
    char: str = ""
    """What `{{char}}` stands for."""
    user: str = "You"
    fields: Mapping[str, str] = field(default_factory=dict)
    """Texts that entries may have searched besides, by the names of `compiled.SCAN_FIELDS`."""
    names: frozenset[str] = frozenset()
    """Who reads, for entries that are for some characters only; folded."""
    tags: frozenset[str] = frozenset()
    """As `names`."""
    trigger: str = "normal"
    """What kind of turn it is: `normal`, `continue`, `swipe`, `regenerate`, `impersonate` or `quiet`."""
    n_own_lines: int = 0
    """How many of the lines are by who reads."""
    greeting: int | None = None
    """Which greeting began the scene, from 0; None: it is not known, and nothing depends on it."""
    effects: ActiveEffects = NOTHING_ACTIVE
    budget_tokens: int = 2_048
    count_tokens: CountTokens = estimate_tokens
    seed: int = 0


def draw(seed: int, *about: object) -> float:
    """Returns a number in [0, 1) that depends on the seed and on what it is drawn for, and on nothing else."""
    words = "\0".join(str(part) for part in (seed, *about))
    return int.from_bytes(hashlib.blake2b(words.encode(errors="replace"), digest_size=7).digest(), "big") / 2**56
