"""Fields that are missing or too long, and fragments that do not go together."""

from collections.abc import Iterator

from core.characters.fragments import Resolved
from core.characters.lint.finding import Finding, Place, Severity, Surroundings
from models.character import CharacterBase

LONG_SHARE = 0.25
"""Of the context: a field that takes more leaves too little for the scene."""


def find_missing(character: CharacterBase) -> Iterator[Finding]:
    """Finds what a card without would feel the lack of."""
    if not character.greeting.strip() and not any(one.strip() for one in character.alternate_greetings):
        sentence = "There is no greeting: a scene that has none of its own begins in silence."
        yield Finding("greeting", Severity.NOTE, sentence, Place("greeting"))


def find_long_fields(around: Surroundings) -> Iterator[Finding]:
    """Finds fields that take a large part of the context."""
    if not around.n_ctx:
        return
    for path, n_tokens in around.n_tokens.items():
        if n_tokens > around.n_ctx * LONG_SHARE:
            share = round(100 * n_tokens / around.n_ctx)
            sentence = f"This field takes {n_tokens:,} tokens, {share} % of what the weights can hold."
            yield Finding("long", Severity.WARNING, sentence, Place(path))


def find_fragment_faults(resolved: Resolved) -> Iterator[Finding]:
    """Finds fragments that contradict each other or cannot be read."""
    for clash in resolved.clashes:
        *others, last = clash.sources
        names = ", ".join(f"“{name}”" for name in others)
        sentence = f"{names} and “{last}” say different things; the word of “{last}” counts."
        yield Finding("fragments", Severity.WARNING, sentence, Place(clash.path))
    for name in resolved.unread:
        sentence = f"The fragment “{name}” holds what no character can have; nothing of it is inherited."
        yield Finding("fragments", Severity.WARNING, sentence, Place("fragment_ids"))
