"""Effects on a world, one a line.

tension + 1, tension - 2, tension = 3   a number, which stays within its bounds
door = open, door_open = yes            a word, a flag
key.holder = Theo, Theo takes key       who holds a prop; `nobody`
key.place = boathouse, lamp.state = lit
Theo learns "sold the boat"             a fact by its id or a piece of its text; also `suspects`, `forgets`
Mara leaves, Mara enters, Mara moves to boathouse
everyone learns f1
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from core.world.conditions import ATTRIBUTES
from core.world.lexer import NO_SPAN, Misread, Span, TokenKind, TokenReader, format_fact, format_name, read_tokens

RESERVED = frozenset(
    {"learns", "suspects", "forgets", "leaves", "enters", "moves", "goes", "to", "takes", "gets", "becomes"}
)
MAX_EFFECTS = 1_000


@dataclass(frozen=True, slots=True)
class Add:
    """A number goes up, or down when `amount` is negative."""

    name: str
    amount: int
    span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Put:
    """A variable, or the holder, place or state of a prop, gets a value."""

    name: str
    attribute: str
    """Empty for a variable."""
    value: int | str
    span: Span = field(default=NO_SPAN, compare=False)
    value_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Learn:
    """Somebody learns, suspects or forgets a fact."""

    role: str
    fact: str
    verb: str = "learns"
    span: Span = field(default=NO_SPAN, compare=False)
    fact_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody goes to a place."""

    role: str
    place: str
    span: Span = field(default=NO_SPAN, compare=False)
    place_span: Span = field(default=NO_SPAN, compare=False)


@dataclass(frozen=True, slots=True)
class Appear:
    """Somebody enters the scene, or leaves it."""

    role: str
    is_present: bool
    span: Span = field(default=NO_SPAN, compare=False)


Effect: TypeAlias = Add | Put | Learn | Move | Appear


def parse_effects(text: str) -> tuple[Effect, ...]:
    """Reads effects, one a line; empty lines are passed over. Raises Misread with the place of the fault."""
    effects = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            effects.append(_parse_line(line, offset))
        if len(effects) > MAX_EFFECTS:
            raise Misread("These are too many effects", (offset, offset + len(line)))
        offset += len(line) + 1
    return tuple(effects)


def format_effects(effects: tuple[Effect, ...]) -> str:
    """Writes effects: the other half of `parse_effects`."""
    return "\n".join(map(_format_effect, effects))


def _format_effect(effect: Effect) -> str:
    def name(text: str) -> str:
        return format_name(text, RESERVED)

    match effect:
        case Add(subject, amount):
            return f"{name(subject)} {'-' if amount < 0 else '+'} {abs(amount)}"
        case Put(subject, attribute, value):
            shown = str(value) if isinstance(value, int) else name(value)
            return f"{name(subject)}{'.' if attribute else ''}{attribute} = {shown}"
        case Learn(role, fact, verb):
            return f"{name(role)} {verb} {format_fact(fact, RESERVED)}"
        case Move(role, place):
            return f"{name(role)} moves to {name(place)}"
        case Appear(role, is_present):
            return f"{name(role)} {'enters' if is_present else 'leaves'}"


def _parse_line(line: str, offset: int) -> Effect:
    reader = TokenReader(read_tokens(line, offset), RESERVED)
    name, span = reader.take_name("a name")
    effect = _parse_verb(reader, name, span)
    if reader.here.kind != TokenKind.END:
        raise Misread(f"“{reader.here.text}” cannot stand here: an effect is a line by itself", reader.here.span)
    return effect


def _parse_verb(reader: TokenReader, name: str, span: Span) -> Effect:
    if reader.take_sign("."):
        return _parse_attribute(reader, name, span)
    if sign := reader.take_sign("+", "-"):
        amount = _parse_number(reader)
        return Add(name, -amount if sign.text == "-" else amount, span)
    if reader.take_sign("=") or reader.take_word("becomes"):
        value, value_span = _parse_value(reader)
        return Put(name, "", value, span, value_span)
    if verb := reader.take_word("learns", "suspects", "forgets"):
        fact, fact_span = reader.take_name("a fact")
        return Learn(name, fact, verb.text.casefold(), span, fact_span)
    if word := reader.take_word("leaves", "enters"):
        return Appear(name, word.text.casefold() == "enters", span)
    if reader.take_word("takes", "gets"):
        prop, prop_span = reader.take_name("a prop")
        return Put(prop, "holder", name, prop_span, span)
    if reader.take_word("moves", "goes"):
        if not reader.take_word("to"):
            raise Misread("Here should be “to” and a place", reader.here.span)
        place, place_span = reader.take_name("a place")
        return Move(name, place, span, place_span)
    raise Misread("After a name should be +, - or = and a value, or what somebody does, such as “leaves”", span)


def _parse_attribute(reader: TokenReader, name: str, span: Span) -> Effect:
    token = reader.take()
    attribute = token.text.casefold()
    if attribute not in ATTRIBUTES:
        raise Misread("After the point should be holder, place or state", token.span)
    if not reader.take_sign("="):
        raise Misread("Here should be = and what it becomes", reader.here.span)
    value, value_span = reader.take_name("what it becomes")
    return Put(name, attribute, value, span, value_span)


def _parse_value(reader: TokenReader) -> tuple[int | str, Span]:
    if reader.here.kind == TokenKind.NUMBER or reader.here.is_sign("-"):
        start = reader.here.span[0]
        sign = -1 if reader.take_sign("-") else 1
        return sign * _parse_number(reader), (start, reader.last.span[1])
    return reader.take_name("a value")


def _parse_number(reader: TokenReader) -> int:
    if reader.here.kind != TokenKind.NUMBER:
        raise Misread("Here should be a whole number", reader.here.span)
    return int(reader.take().text)
