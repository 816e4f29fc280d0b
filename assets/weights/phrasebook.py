"""Reads the phrase book of the teaching set: TOML files of words, facts, phrases and matters."""

import tomllib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("phrasebook")


def load_book(name: str) -> dict[str, Any]:
    """Loads one file of the phrase book."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
