"""Conditions and changes of a story over named numbers, and how languages say them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from core.world.meaning import Act, AllOf, AtLeast, Been, ChangeBy, Fixed, Lasted, Meaning, Neither, OneOf, SetTo, Test


@dataclass(frozen=True, slots=True)
class Number:
    """A variable of the story."""

    name: str
    start: int
    low: int
    high: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A variable beside a number."""

    name: str
    sign: str
    value: int


@dataclass(frozen=True, slots=True)
class Sure:
    """Holds always, or never."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Every:
    """All of two or more."""

    parts: tuple["Question", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of two or more."""

    parts: tuple["Question", ...]


Question: TypeAlias = Check | Sure | Every | Some
ALWAYS, NEVER = Sure(True), Sure(False)


@dataclass(frozen=True, slots=True)
class Change:
    """A variable becomes a value, or grows by it and stays within its bounds."""

    number: Number
    value: int
    is_step: bool = False


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a language writes a question."""

    both: str = " and "
    either: str = " or "
    equal: str = "=="
    prefix: str = ""
    """Before the name of a variable."""
    true: str = "true"
    false: str = "false"

    def ask(self, question: Question) -> str:
        """Writes a question."""
        match question:
            case Sure(holds):
                return self.true if holds else self.false
            case Check(name, sign, value):
                return f"{self.prefix}{name} {self.equal if sign == '=' else sign} {value}"
            case Every(parts):
                return self.both.join(f"({self.ask(part)})" for part in parts)
            case Some(parts):
                return self.either.join(f"({self.ask(part)})" for part in parts)


def join(*questions: Question) -> Question:
    """Returns the question whether all hold."""
    parts = tuple(question for question in questions if question != ALWAYS)
    if NEVER in parts:
        return NEVER
    return Every(parts) if len(parts) > 1 else parts[0] if parts else ALWAYS


def read_meaning(meaning: Meaning, number_of: Callable[[int], Number], been_of: Callable[[str], Number]) -> Question:
    """Says a condition with names. What counts turns holds, and so does its contrary: a reader takes none.

    Args:
        number_of: Slot -> its variable.
        been_of: Beat id -> its variable.
    """

    def read(one: Meaning, *, is_so: bool = True) -> Question:
        match one:
            case Fixed(holds):
                return Sure(holds == is_so)
            case Lasted():
                return ALWAYS
            case Test(slot, sign, value):
                return Check(number_of(slot).name, sign if is_so else _OPPOSITE[sign], value)
            case Been(beat_id):
                return Check(been_of(beat_id).name, "=" if is_so else "!=", 1)
            case Neither(inner):
                return read(inner, is_so=not is_so)
            case AllOf(parts) | OneOf(parts):
                if not parts:
                    return Sure(not is_so)
                read_parts = [read(part, is_so=is_so) for part in parts]
                return join(*read_parts) if isinstance(one, AllOf) == is_so else _some(read_parts)

    return read(meaning)


def read_act(act: Act, number: Number) -> Change:
    """Says an effect with names. A number that may only grow is a step of 0 from that value upwards."""
    match act:
        case SetTo(_, value):
            return Change(number, value)
        case ChangeBy(_, amount):
            return Change(number, amount, is_step=True)
        case AtLeast(_, value):
            return Change(Number(number.name, number.start, value, number.high), 0, is_step=True)


def _some(parts: list[Question]) -> Question:
    kept = tuple(part for part in parts if part != NEVER)
    if ALWAYS in kept:
        return ALWAYS
    return Some(kept) if len(kept) > 1 else kept[0] if kept else NEVER


_OPPOSITE = {"=": "!=", "!=": "=", ">=": "<", "<": ">=", "<=": ">", ">": "<="}
