"""Parses GBNF, the grammars of llama.cpp, into a flat program over bytes. Knows no tokens' bytes and no weights.

Grammars are hostile: their size has limits, and brackets may be nested as deeply as these allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from core.errors import UserError
from core.inference.sampling.utf8_ranges import LAST_CHARACTER, Range, all_but, merged, utf8_sequences

MAX_CHARS = 100_000
MAX_ITEMS = 100_000
MAX_REPEATS = 2000
"""Repeats that can be counted; a higher upper bound is none, as in llama.cpp."""

_ESCAPES = {"t": "\t", "r": "\r", "n": "\n", "\\": "\\", '"': '"', "[": "[", "]": "]", "-": "-"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Byte:
    """One byte out of a set."""

    allowed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Call:
    """Whatever a rule describes."""

    rule: int


@dataclass(frozen=True, slots=True)
class OneToken:
    """One whole token: the one of this text or id, or any other."""

    token: str | int
    negated: bool


@dataclass(frozen=True, slots=True)
class End:
    """The end of an alternative."""


Item = Byte | Call | OneToken | End
Items = list[Item]


@dataclass(frozen=True, slots=True)
class Program:
    """A grammar: alternatives one after the other, each closed by an `End`."""

    items: tuple[Item, ...]
    starts: tuple[tuple[int, ...], ...]
    """Rule -> where its alternatives begin."""
    root: int

    def alternatives(self, rule: int) -> list[tuple[Item, ...]]:
        """Returns the alternatives of a rule, without their ends."""
        places = (range(start, len(self.items)) for start in self.starts[rule])
        items = (map(self.items.__getitem__, place) for place in places)
        return [tuple(takewhile(lambda item: not isinstance(item, End), rest)) for rest in items]


def parse_gbnf(text: str) -> Program:
    """Parses a grammar, whose first rule is the one named `root`.

    Raises:
        UserError: with the line, where it is broken or too large.
    """
    if len(text) > MAX_CHARS:
        raise UserError(f"The grammar is longer than {MAX_CHARS:,} characters.", "Make it shorter.")
    return _Parser(text).parse()


class _Body:
    """What stands between two brackets, as far as it has been read."""

    def __init__(self) -> None:
        self._alternatives: list[Items] = [[]]
        self.last: Items | None = None
        """The last symbol, which repeats may follow."""

    def add(self, symbol: Items) -> None:
        self._alternatives[-1] += self.last or []
        self.last = symbol

    def begin_alternative(self) -> None:
        self._alternatives[-1] += self.last or []
        self._alternatives.append([])
        self.last = None

    def close(self) -> list[Items]:
        self.begin_alternative()
        return self._alternatives[:-1]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._n_items = 0
        self._names: dict[str, int] = {}
        self._rules: list[list[Items] | None] = []
        self._classes: dict[tuple[Range, ...], Items] = {}

    def parse(self) -> Program:
        self._skip(lines=True)
        while self._at < len(self._text):
            self._parse_rule()
        if "root" not in self._names:
            raise UserError("The grammar has no rule named root.", 'Write one, such as root ::= "yes" | "no".')
        for name, rule in self._names.items():
            if self._rules[rule] is None:
                raise UserError(f"The grammar uses a rule {name} that it does not have.", "Write that rule.")
        return self._flat()

    def _flat(self) -> Program:
        items: list[Item] = []
        starts: list[tuple[int, ...]] = []
        for rule in self._rules:
            places = []
            for alternative in rule or []:
                places.append(len(items))
                items += [*alternative, End()]
            starts.append(tuple(places))
        return Program(tuple(items), tuple(starts), self._names["root"])

    def _parse_rule(self) -> None:
        name = self._parse_name()
        self._skip(lines=False)
        if not self._text.startswith("::=", self._at):
            raise self._broken("::= is missing after the name of a rule")
        self._at += 3
        self._skip(lines=True)
        self._rules[self._rule_of(name)] = self._parse_alternatives()
        if self._at < len(self._text) and self._text[self._at] not in "\r\n":
            raise self._broken(f"{self._text[self._at]!r} does not belong here")
        self._skip(lines=True)

    def _parse_alternatives(self) -> list[Items]:
        """Parses the right side of a rule, with a body on the stack for each bracket that is open."""
        bodies = [_Body()]
        while True:
            body, nested = bodies[-1], len(bodies) > 1
            here = self._here()
            if here == "(":
                self._at += 1
                self._skip(lines=True)
                bodies.append(_Body())
            elif here == ")" and nested:
                self._at += 1
                bodies.pop()
                bodies[-1].add([self._add_rule(body.close())])
                self._skip(lines=len(bodies) > 1)
            elif here == "|":
                self._at += 1
                self._skip(lines=True)
                body.begin_alternative()
            elif repeats := self._parse_repeats(nested=nested):
                if body.last is None:
                    raise self._broken("there is nothing to repeat")
                body.last = self._repeated(body.last, *repeats)
            elif (symbol := self._parse_symbol()) is not None:
                self._count(len(symbol))
                body.add(symbol)
                self._skip(lines=nested)
            elif nested:
                raise self._broken("a bracket is not closed")
            else:
                return body.close()

    def _parse_symbol(self) -> Items | None:
        """Returns what one symbol stands for; none where no symbol begins."""
        here = self._here()
        if here == '"':
            return self._parse_literal()
        if here == "[":
            return self._parse_class()
        if here == ".":
            self._at += 1
            return self._class(all_but([]))
        if here in ("<", "!"):
            return [self._parse_token()]
        if _is_of_name(here):
            return [Call(self._rule_of(self._parse_name()))]
        return None

    def _parse_literal(self) -> Items:
        self._at += 1
        characters = []
        while self._here() != '"':
            characters.append(self._parse_character())
        self._at += 1
        return [Byte(frozenset({byte})) for byte in "".join(characters).encode("utf-8", "replace")]

    def _parse_class(self) -> Items:
        self._at += 1
        negated = self._here() == "^"
        self._at += negated
        ranges: list[Range] = []
        while self._here() != "]":
            first = last = ord(self._parse_character())
            if self._here() == "-" and self._text[self._at + 1 : self._at + 2] != "]":
                self._at += 1
                last = ord(self._parse_character())
            ranges.append((first, last))
        self._at += 1
        return self._class(all_but(ranges) if negated else ranges)

    def _parse_token(self) -> OneToken:
        start = self._at
        negated = self._here() == "!"
        self._at += negated
        end = self._text.find(">", self._at)
        if self._here() != "<" or end < 0:
            raise self._broken("a token is not closed")
        text = self._text[self._at : end + 1]
        self._at = end + 1
        if not text.startswith("<["):
            return OneToken(text, negated)
        number = text[2:-2]
        if not text.endswith("]>") or not number.isascii() or not number.isdigit() or len(number) > 9:
            self._at = start
            raise self._broken("the number of a token is not a number")
        return OneToken(int(number), negated)

    def _parse_repeats(self, *, nested: bool) -> tuple[int, int | None] | None:
        """Returns the fewest and the most repeats; None as the most: any number. None: nothing is repeated here."""
        here = self._here()
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(here)
        if simple is None and here != "{":
            return None
        self._at += 1
        repeats = simple or self._parse_counts()
        self._skip(lines=nested)
        return repeats

    def _parse_counts(self) -> tuple[int, int | None]:
        end = self._text.find("}", self._at)
        parts = [part.strip() for part in self._text[self._at : max(end, self._at)].split(",")]
        numbers = [int(part) if part.isascii() and part.isdigit() and len(part) < 10 else None for part in parts]
        fewest, most = numbers[0], numbers[-1]
        if fewest is None or len(parts) > 2 or (most is None and parts[-1]) or (most is not None and most < fewest):
            raise self._broken("what is between { and } is no number of repeats")
        if fewest > MAX_REPEATS:
            raise self._broken(f"more than {MAX_REPEATS:,} repeats are asked for")
        self._at = end + 1
        return fewest, None if most is None or most > MAX_REPEATS else most

    def _repeated(self, symbol: Items, fewest: int, most: int | None) -> Items:
        self._count(len(symbol) * max(fewest, 1))
        repeated = symbol * fewest
        if most is None:
            endless = Call(len(self._rules))
            return [*repeated, self._add_rule([[*symbol, endless], []])]
        rest: Items = []
        for _ in range(most - fewest):
            self._count(len(symbol) + 1)
            rest = [self._add_rule([[*symbol, *rest], []])]
        return repeated + rest

    def _parse_character(self) -> str:
        here = self._here()
        if not here or here in "\r\n":
            raise self._broken("a text or set of characters is not closed")
        self._at += 1
        if here != "\\":
            return here
        escape = self._here()
        self._at += 1
        if escape in _ESCAPES:
            return _ESCAPES[escape]
        digits = self._text[self._at : self._at + _HEX_DIGITS.get(escape, 0)]
        if not digits or len(digits) < _HEX_DIGITS[escape] or any(d not in "0123456789abcdefABCDEF" for d in digits):
            raise self._broken(f"\\{escape} means nothing")
        self._at += len(digits)
        if int(digits, 16) > LAST_CHARACTER:
            raise self._broken(f"\\{escape}{digits} is no character")
        return chr(int(digits, 16))

    def _parse_name(self) -> str:
        start = self._at
        while _is_of_name(self._here()):
            self._at += 1
        if start == self._at:
            raise self._broken("the name of a rule is missing")
        return self._text[start : self._at]

    def _rule_of(self, name: str) -> int:
        if name not in self._names:
            self._names[name] = len(self._rules)
            self._rules.append(None)
        return self._names[name]

    def _add_rule(self, alternatives: list[Items]) -> Call:
        self._rules.append(alternatives)
        self._count(len(alternatives))
        return Call(len(self._rules) - 1)

    def _class(self, ranges: Sequence[Range]) -> Items:
        key = tuple(merged(ranges))
        if key not in self._classes:
            self._classes[key] = self._spelled(key)
        return self._classes[key]

    def _spelled(self, ranges: tuple[Range, ...]) -> Items:
        """Returns what describes one character out of ranges, byte by byte."""
        if not ranges or ranges[-1][1] < 0x80:
            return [_bytes_in(*ranges)]
        sequences = [sequence for first, last in ranges for sequence in utf8_sequences(first, last)]
        plain = _bytes_in(*(sequence[0] for sequence in sequences if len(sequence) == 1))
        longer: list[Items] = [[_bytes_in(span) for span in sequence] for sequence in sequences if len(sequence) > 1]
        self._count(4 * len(longer))
        return [self._add_rule([[plain], *longer] if plain.allowed else longer)]

    def _skip(self, *, lines: bool) -> None:
        while here := self._here():
            if here == "#":
                while self._here() not in ("", "\r", "\n"):
                    self._at += 1
            elif here in " \t" or (lines and here in "\r\n"):
                self._at += 1
            else:
                return

    def _here(self) -> str:
        return self._text[self._at : self._at + 1]

    def _count(self, n_items: int) -> None:
        self._n_items += n_items
        if self._n_items > MAX_ITEMS:
            raise self._broken("it repeats too much")

    def _broken(self, what: str) -> UserError:
        line = self._text.count("\n", 0, self._at) + 1
        return UserError(f"The grammar is broken in line {line}: {what}.", "Correct the grammar.")


def _is_of_name(character: str) -> bool:
    return character == "-" or (character.isascii() and character.isalnum())


def _bytes_in(*ranges: Range) -> Byte:
    return Byte(frozenset(byte for first, last in ranges for byte in range(first, last + 1)))
