"""Chooses wordings of the phrase book and fills their slots."""

import random

from assets.weights.actors import Filled
from assets.weights.facts import capital, vary
from assets.weights.phrasebook import load_book

_PHRASES: dict[str, list[str]] = load_book("phrases")


class Wording:
    """Wordings drawn with one generator."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def say(self, key: str, **slots: str) -> str:
        """One wording of a list of the phrase book."""
        return self.vary(self.rng.choice(_PHRASES[key]).format_map(slots))

    def fill(self, line: str, slots: Filled, **more: str) -> str:
        """A line of a matter with its slots filled."""
        return self.vary(line.format_map(Filled(slots | more)))

    def vary(self, text: str) -> str:
        """Resolves the choices of a text."""
        return vary(text, self.rng)

    @staticmethod
    def split(line: str) -> tuple[str, str]:
        """`thought :: speech` taken apart."""
        thought, _, speech = line.rpartition("::")
        return thought.strip(), capital(speech.strip())
