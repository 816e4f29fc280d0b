"""Weights worth a try, by memory. A short list that ships as data: no ranking, and nothing is measured for it here."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from core.inference.weights.hub import Source

FILE_NAME = "recommended.json"


@dataclass(frozen=True, slots=True)
class Recommended:
    """One entry of the list."""

    memory_gb: int
    """Of the machine that it suits, in GB: main memory, or a GPU's."""
    name: str
    repo: str
    file: str
    about_bytes: int
    """Size of the file as its page gives it, rounded; the hub says the exact one."""
    licence: str
    why: str

    @property
    def source(self) -> Source:
        """Where it is downloaded from."""
        return Source(self.file, self.repo)


@cache
def list_recommended() -> tuple[Recommended, ...]:
    """Returns the list, smallest memory first."""
    path = resources.files("assets") / "weights" / FILE_NAME
    entries = (Recommended(**entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    return tuple(sorted(entries, key=lambda one: one.memory_gb))


def best_for(memory_bytes: int) -> tuple[Recommended, ...]:
    """Returns the entries of the largest size that suits a machine with this much memory; may be none."""
    suited = [one for one in list_recommended() if one.memory_gb * 1e9 <= memory_bytes * 1.1]
    return tuple(one for one in suited if one.memory_gb == suited[-1].memory_gb) if suited else ()
