"""What several fidelity tests share: the real corpora, where this machine has them."""

import csv
import json
import lzma
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SHARED = Path(__file__).parents[4] / "shared"
_TURN = re.compile(r"User [12]: ?(.*)")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with `cases/` and `corpus/` beside the repository."""
    if not (_SHARED / "cases" / "metrics").is_dir():
        pytest.skip(f"{_SHARED}/cases/metrics is not on this machine")
    return _SHARED


@pytest.fixture(scope="session")
def mirrorbench(shared: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Reads the conversations of one MirrorBench corpus."""

    def read(name: str) -> list[dict[str, Any]]:
        with lzma.open(shared / "cases" / "metrics" / f"{name}_mirror.jsonl.xz", "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return read


@pytest.fixture(scope="session")
def persona_chat(shared: Path) -> list[list[str]]:
    """The turns of each dialogue of the test split of Synthetic-Persona-Chat."""
    path = shared / "cases" / "metrics" / "synthetic_persona_chat_test.csv.xz"
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        dialogues = [row["Best Generated Conversation"] for row in csv.DictReader(file)]
    return [[turn[1] for turn in map(_TURN.match, dialogue.split("\n")) if turn] for dialogue in dialogues]
