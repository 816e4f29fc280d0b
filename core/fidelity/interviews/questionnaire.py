"""Questionnaires: items with their key, and what they are answered with. Read from `assets/questionnaires`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.errors import UserError

IPIP = "ipip-50"
_FOLDER = "questionnaires"


@dataclass(frozen=True, slots=True)
class Scale:
    """What some items measure together."""

    name: str
    title: str
    slider: str = ""
    """The field of `models.persona.BigFive` that means the same; empty: none does."""
    slider_is_opposite: bool = False
    """More of the scale is less of the slider."""


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence that somebody finds more or less true of themselves."""

    number: int
    """From 1, as on the form."""
    text: str
    scale: str
    is_reversed: bool
    """Agreeing means less of the scale."""
    open: str
    """The same as an open question."""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A form. The points of its answers are whole numbers from `low`, single digits."""

    name: str
    title: str
    notice: str
    """What is to be said wherever its numbers are shown."""
    source: str
    low: int
    points: tuple[str, ...]
    """What each answer means, the lowest first."""
    question: str
    """What is asked of each sentence."""
    scales: tuple[Scale, ...]
    items: tuple[Item, ...]
    is_sensitive: bool = False
    """Close to health: off unless somebody asks for it and says so."""

    @property
    def high(self) -> int:
        """The highest answer."""
        return self.low + len(self.points) - 1

    @property
    def middle(self) -> float:
        """The answer that says neither."""
        return (self.low + self.high) / 2

    def items_of(self, scale: str) -> tuple[Item, ...]:
        """Returns the items of a scale, in order."""
        return tuple(item for item in self.items if item.scale == scale)


@dataclass(frozen=True, slots=True)
class LifeTalk:
    """Open questions that follow each other in one talk."""

    title: str
    notice: str
    source: str
    opening: str
    """What is said before the first question."""
    questions: tuple[str, ...]


def list_questionnaires() -> tuple[str, ...]:
    """Returns the names of all questionnaires, those that are not sensitive first."""
    found = [path.name.removesuffix(".toml") for path in (files("assets") / _FOLDER).iterdir()]
    names = sorted(name for name in found if name != "life-talk" and not name.startswith("_"))
    return tuple(sorted(names, key=lambda name: (load_questionnaire(name).is_sensitive, name != IPIP)))


@cache
def load_questionnaire(name: str) -> Questionnaire:
    """Returns a questionnaire. Raises UserError when there is none of this name."""
    path = files("assets") / _FOLDER / f"{name}.toml"
    if not name.replace("-", "").isalnum() or name == "life-talk" or not path.is_file():
        names = ", ".join(list_questionnaires())
        raise UserError(f"There is no questionnaire “{name}”.", f"Choose from: {names}.")
    return _parse(name, tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def load_life_talk() -> LifeTalk:
    """Returns the questions of the first stage of an interview in two stages."""
    table = tomllib.loads((files("assets") / _FOLDER / "life-talk.toml").read_text(encoding="utf-8"))
    return LifeTalk(**{**table, "questions": tuple(table["questions"])})


def _parse(name: str, table: dict[str, Any]) -> Questionnaire:
    return Questionnaire(
        name=name,
        title=table["title"],
        notice=table["notice"],
        source=table["source"],
        low=table["low"],
        points=tuple(table["points"]),
        question=table["question"],
        is_sensitive=table.get("is_sensitive", False),
        scales=tuple(Scale(scale, **values) for scale, values in table["scales"].items()),
        items=tuple(
            Item(number, one["text"], one["scale"], one["key"] == "-", one["open"])
            for number, one in enumerate(table["items"], 1)
        ),
    )
