"""Conditions and effects as words: what both small languages are made of, and where a fault is."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]
"""First character of a piece of text, from 0, and the one after its last."""
NO_SPAN: Span = (0, 0)
MAX_TOKENS = 20_000


class Misread(Exception):
    """Text that is no condition or effect: a sentence, and where in the text it is about."""

    def __init__(self, message: str, span: Span) -> None:
        """Takes a sentence without its full stop, and the place it is about."""
        super().__init__(message)
        self.message = message
        self.span = span


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    QUOTED = "quoted"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, quoted text or sign; `text` of quoted text is what stands between the quotes."""

    kind: TokenKind
    text: str
    span: Span

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, in any case."""
        return self.kind == TokenKind.WORD and self.text.casefold() in words

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == TokenKind.SIGN and self.text in signs


_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<quoted>"(?:[^"\\]|\\.)*"|“(?:[^”\\]|\\.)*”)
    | (?P<number>\d{1,18}(?![\w]))
    | (?P<large>\d{19,}(?![\w]))
    | (?P<word>\w+(?:[-'’][^\W\d]\w*)*)
    | (?P<sign>>=|<=|!=|==|<>|\+=|-=|[-+=<>≥≤≠().])
    """,
    re.VERBOSE | re.DOTALL,
)
_SAME_SIGN = {"==": "=", "<>": "!=", "≠": "!=", "≥": ">=", "≤": "<=", "+=": "+", "-=": "-"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_tokens(text: str, offset: int = 0) -> list[Token]:
    """Splits text into tokens, the last of which is an END.

    Args:
        offset: Where the text begins in the one that spans count from.

    Raises:
        Misread: A character belongs to nothing, or a number has more than 18 digits.
    """
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _misread_character(text, place, offset)
        span = (match.start() + offset, match.end() + offset)
        place = match.end()
        match match.lastgroup:
            case "quoted":
                tokens.append(Token(TokenKind.QUOTED, _ESCAPED.sub(_unescape, match[0][1:-1]), span))
            case "sign":
                tokens.append(Token(TokenKind.SIGN, _SAME_SIGN.get(match[0], match[0]), span))
            case "large":
                raise Misread("This number is too large", span)
            case "number" | "word" as kind:
                tokens.append(Token(TokenKind(kind), match[0], span))
        if len(tokens) > MAX_TOKENS:
            raise Misread("This is too long", span)
    tokens.append(Token(TokenKind.END, "", (len(text) + offset, len(text) + offset)))
    return tokens


def format_name(name: str, reserved: Collection[str]) -> str:
    """Writes a name so that it is read as one name: in quotes where it needs them."""
    return name if _is_plain(name, reserved) else quote(name)


def quote(name: str) -> str:
    """Writes a name in quotes, on one line."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def format_fact(fact: str, reserved: Collection[str]) -> str:
    """Writes a fact: its id, or a piece of its text in quotes."""
    return quote(fact) if " " in fact else format_name(fact, reserved)


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _is_plain(name: str, reserved: Collection[str]) -> bool:
    try:
        words = read_tokens(name)[:-1]
    except Misread:
        return False
    if not words or words[0].kind != TokenKind.WORD or " ".join(word.text for word in words) != name:
        return False
    return all(
        word.kind in {TokenKind.WORD, TokenKind.NUMBER} and word.text.casefold() not in reserved for word in words
    )


class TokenReader:
    """Goes through tokens from the first to the last."""

    def __init__(self, tokens: list[Token], reserved: Collection[str]) -> None:
        self._tokens = tokens
        self._reserved = reserved
        self._place = 0

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._place]

    @property
    def last(self) -> Token:
        """The token that was taken last."""
        return self._tokens[max(0, self._place - 1)]

    def take(self) -> Token:
        """Returns the next token and goes on; never beyond the end."""
        token = self.here
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def take_word(self, *words: str) -> Token | None:
        """Takes the next token if it is one of these words."""
        return self.take() if self.here.is_word(*words) else None

    def take_sign(self, *signs: str) -> Token | None:
        """Takes the next token if it is one of these signs."""
        return self.take() if self.here.is_sign(*signs) else None

    def at_name(self) -> bool:
        """Whether a name comes next."""
        token = self.here
        if token.kind == TokenKind.QUOTED:
            return True
        return token.kind == TokenKind.WORD and token.text.casefold() not in self._reserved

    def take_name(self, what: str) -> tuple[str, Span]:
        """Takes a name: text in quotes, or words and numbers up to a word or sign that means something.

        Args:
            what: What is named, with its article, for the sentence that says that it is missing.

        Raises:
            Misread: No name comes next.
        """
        if not self.at_name():
            raise Misread(f"Here should be {what}{self._instead()}", self.here.span)
        first = self.take()
        if first.kind == TokenKind.QUOTED:
            return first.text, first.span
        words, end = [first.text], first.span[1]
        while self.here.kind in {TokenKind.WORD, TokenKind.NUMBER} and self.here.text.casefold() not in self._reserved:
            token = self.take()
            words.append(token.text)
            end = token.span[1]
        return " ".join(words), (first.span[0], end)

    def _instead(self) -> str:
        token = self.here
        return ", but the text ends" if token.kind == TokenKind.END else f", not “{token.text}”"


def _misread_character(text: str, place: int, offset: int) -> Misread:
    rest = text[place:]
    if rest[0] in '"“':
        return Misread("This quotation mark is not closed", (place + offset, len(text) + offset))
    return Misread(f"“{rest[0]}” means nothing here", (place + offset, place + offset + 1))
