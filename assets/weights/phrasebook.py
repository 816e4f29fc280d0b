"""Reads the phrase book of the teaching set: TOML files of words, facts, phrases and matters."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("phrasebook")


def load_book(name: str) -> dict[str, Any]:
    """Loads one file of the phrase book."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def words_of(*names: str) -> frozenset[str]:
    """All that some files write in small letters."""
    text = " ".join(str(load_book(name)) for name in names)
    return frozenset(re.findall(r"(?<![\w'\\])[a-z]+", text.replace("\\n", " ")))
