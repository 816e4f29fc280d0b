"""Conditions over a world, written as a person would say them.

    tension >= 2 and not door_open          numbers, flags
    mood = angry or mood is sad             words
    key.holder = Theo, Theo has key         who holds a prop; `nobody`
    key.place = boathouse, lamp.state = lit where a prop is (`nowhere`), its state
    Theo knows "sold the boat"              a fact by its id or a piece of its text; also `suspects`, `does not know`
    anyone knows f1, everyone knows f1
    Theo at boathouse, Mara is away         where somebody is; `present` when anywhere in the scene
    visited The quarrel                     a beat that has been entered
    turns >= 10, turns here >= 3            of the whole scene, and of the beat that it is in

Names need quotes only where they contain a word or sign that means something. Nothing here knows which names exist:
see `core.world.scope`.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from core.world.lexer import NO_SPAN, Misread, Span, TokenKind, TokenReader, format_fact, format_name, read_tokens

MAX_DEPTH = 40
RESERVED = frozenset(
    {"and", "or", "not", "is", "at", "knows", "know", "suspects", "suspect", "does", "has", "holds", "visited"}
    | {"turns", "here", "present", "away"}
)
ATTRIBUTES = ("holder", "place", "state")
COMPARISONS = ("=", "!=", ">=", "<=", ">", "<")


@dataclass(frozen=True, slots=True)
class Always:
    """Holds wherever: what an empty text means."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A variable, or the holder, place or state of a prop, beside a value."""

    name: str
    attribute: str
    """Empty for a variable."""
    sign: str
    value: int | str
    span: Span = field(default=NO_SPAN, compare=False)
    value_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag that is set."""

    name: str
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Knows:
    """Somebody knows a fact, or suspects it."""

    role: str
    fact: str
    verb: str = "knows"
    span: Span = field(default=NO_SPAN, compare=False)
    fact_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Located:
    """Somebody is at a place."""

    role: str
    place: str
    span: Span = field(default=NO_SPAN, compare=False)
    place_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody is in the scene, or away."""

    role: str
    is_present: bool
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Visited:
    """A beat has been entered."""

    beat: str
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Turns:
    """How many turns there have been, in all or in the present beat."""

    sign: str
    number: int
    is_here: bool = False
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more."""

    parts: tuple["Condition", ...]


Atom: TypeAlias = Always | Compare | Flag | Knows | Located | Present | Visited | Turns
Condition: TypeAlias = Atom | Not | And | Or


def parse_condition(text: str) -> Condition:
    """Reads a condition; empty text holds always. Raises Misread with the place of the fault."""
    if not text.strip():
        return Always()
    return _Parser(TokenReader(read_tokens(text), RESERVED)).parse()


def format_condition(condition: Condition) -> str:
    """Writes a condition: the other half of `parse_condition`."""
    match condition:
        case Always():
            return ""
        case Not(inner):
            return f"not {_format_part(inner)}"
        case And(parts):
            return " and ".join(map(_format_part, parts))
        case Or(parts):
            return " or ".join(map(_format_part, parts))
    return _format_atom(condition)


def _format_part(condition: Condition) -> str:
    text = format_condition(condition)
    return f"({text})" if isinstance(condition, And | Or) else text


def _format_atom(atom: Atom) -> str:
    def name(text: str) -> str:
        return format_name(text, RESERVED)

    match atom:
        case Compare(subject, attribute, sign, value):
            shown = str(value) if isinstance(value, int) else name(value)
            return f"{name(subject)}{'.' if attribute else ''}{attribute} {sign} {shown}"
        case Flag(flag):
            return name(flag)
        case Knows(role, fact, verb):
            return f"{name(role)} {verb} {format_fact(fact, RESERVED)}"
        case Located(role, place):
            return f"{name(role)} at {name(place)}"
        case Present(role, is_present):
            return f"{name(role)} is {'present' if is_present else 'away'}"
        case Visited(beat):
            return f"visited {name(beat)}"
        case Turns(sign, number, is_here):
            return f"turns{' here' if is_here else ''} {sign} {number}"
    return ""


class _Parser:
    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self._depth = 0

    def parse(self) -> Condition:
        condition = self._alternatives()
        here = self._reader.here
        if here.kind != TokenKind.END:
            raise Misread(_explain_rest(here.text), here.span)
        return condition

    def _alternatives(self) -> Condition:
        parts = [self._conjunction()]
        while self._reader.take_word("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _conjunction(self) -> Condition:
        parts = [self._negation()]
        while self._reader.take_word("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _negation(self) -> Condition:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Misread("This is nested too deeply", self._reader.here.span)
        try:
            if self._reader.take_word("not"):
                return Not(self._negation())
            if opening := self._reader.take_sign("("):
                inner = self._alternatives()
                if not self._reader.take_sign(")"):
                    raise Misread("This parenthesis is not closed", opening.span)
                return inner
            return self._atom()
        finally:
            self._depth -= 1

    def _atom(self) -> Condition:
        reader = self._reader
        start = reader.here.span[0]
        if reader.take_word("visited"):
            beat, span = reader.take_name("the name of a beat")
            return Visited(beat, span)
        if reader.take_word("turns"):
            is_here = reader.take_word("here") is not None
            sign = self._sign()
            number = self._number()
            return Turns(sign, number, is_here, (start, reader.last.span[1]))
        name, span = reader.take_name("a name")
        if reader.take_sign("."):
            return self._attribute(name, span)
        return self._relation(name, span)

    def _attribute(self, name: str, span: Span) -> Condition:
        token = self._reader.take()
        attribute = token.text.casefold()
        if attribute not in ATTRIBUTES:
            raise Misread("After the point should be holder, place or state", token.span)
        sign = self._sign()
        if sign not in {"=", "!="}:
            raise Misread("A holder, place or state is compared with = or !=", self._reader.last.span)
        value, value_span = self._reader.take_name(_VALUE_OF[attribute])
        return Compare(name, attribute, sign, value, span, value_span)

    def _relation(self, name: str, span: Span) -> Condition:
        reader = self._reader
        if verb := reader.take_word("knows", "suspects"):
            fact, fact_span = reader.take_name("a fact")
            return Knows(name, fact, verb.text.casefold(), span, fact_span)
        if reader.take_word("has", "holds"):
            prop, prop_span = reader.take_name("a prop")
            return Compare(prop, "holder", "=", name, prop_span, span)
        if reader.take_word("does"):
            return self._does_not(name, span)
        if reader.take_word("at"):
            place, place_span = reader.take_name("a place")
            return Located(name, place, span, place_span)
        if reader.here.is_word("is"):
            return self._being(name, span)
        if reader.here.is_sign(*COMPARISONS):
            sign = self._sign()
            value, value_span = self._value()
            return Compare(name, "", sign, value, span, value_span)
        return Flag(name, span)

    def _does_not(self, name: str, span: Span) -> Condition:
        reader = self._reader
        if not reader.take_word("not"):
            raise Misread("After “does” should be “not know” or “not suspect”", reader.here.span)
        verb = reader.take_word("know", "suspect")
        if verb is None:
            raise Misread("After “does not” should be “know” or “suspect”", reader.here.span)
        fact, fact_span = reader.take_name("a fact")
        return Not(Knows(name, fact, f"{verb.text.casefold()}s", span, fact_span))

    def _being(self, name: str, span: Span) -> Condition:
        reader = self._reader
        reader.take()
        is_not = reader.take_word("not") is not None
        condition: Condition
        if reader.take_word("at"):
            place, place_span = reader.take_name("a place")
            condition = Located(name, place, span, place_span)
        elif word := reader.take_word("present", "away"):
            condition = Present(name, word.text.casefold() == "present", span)
        else:
            value, value_span = self._value()
            return Compare(name, "", "!=" if is_not else "=", value, span, value_span)
        return Not(condition) if is_not else condition

    def _sign(self) -> str:
        reader = self._reader
        if reader.take_word("is"):
            return "!=" if reader.take_word("not") else "="
        token = reader.take_sign(*COMPARISONS)
        if token is None:
            raise Misread("Here should be = or another comparison", reader.here.span)
        return token.text

    def _value(self) -> tuple[int | str, Span]:
        reader = self._reader
        if reader.here.kind == TokenKind.NUMBER or reader.here.is_sign("-"):
            start = reader.here.span[0]
            return self._number(), (start, reader.last.span[1])
        return reader.take_name("a value")

    def _number(self) -> int:
        reader = self._reader
        sign = -1 if reader.take_sign("-") else 1
        if reader.here.kind != TokenKind.NUMBER:
            raise Misread("Here should be a whole number", reader.here.span)
        return sign * int(reader.take().text)


_VALUE_OF = {"holder": "who holds it, or nobody", "place": "a place, or nowhere", "state": "a state"}


def _explain_rest(text: str) -> str:
    if text == ")":
        return "This parenthesis was not opened"
    return f"“{text}” cannot stand here: conditions are joined with “and” or “or”"
