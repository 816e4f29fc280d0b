"""The words by which drafting rules read texts: `assets/authoring/reading.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ReadingWords:
    """All lists."""

    trade_endings: tuple[str, ...]
    """How nouns for trades end."""
    no_trades: frozenset[str]
    """Nouns that end so and are none."""
    trade_first_parts: frozenset[str]
    """First words of trades of two words."""
    traits: frozenset[str]
    big_five: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    """Factor -> words that show much of it, and little of it."""


@cache
def load_reading_words() -> ReadingWords:
    """Reads the lists that ship."""
    table = tomllib.loads((files("assets") / "authoring" / "reading.toml").read_text(encoding="utf-8"))
    trades = table["trades"]
    return ReadingWords(
        trade_endings=tuple(trades["endings"]),
        no_trades=frozenset(trades["never"]),
        trade_first_parts=frozenset(trades["first_parts"]),
        traits=frozenset(table["traits"]["others"]),
        big_five={
            factor: (tuple(words["much"]), tuple(words["little"])) for factor, words in table["big_five"].items()
        },
    )
