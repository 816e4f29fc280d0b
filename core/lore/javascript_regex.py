"""Regular expressions of JavaScript, run by the `regex` library: same flags, same classes, and a time limit.

Differences that are left: surrogates are whole characters here, and a group inside a loop keeps its last text.
"""

from dataclasses import dataclass
from functools import lru_cache

import regex

MAX_PATTERN_CHARS = 10_000
MAX_REPEATS = 10_000
"""Product of all least counts of a pattern: the library unrolls them, and a million end the process."""
FLAGS = frozenset("dgimsuvy")

_WORD = "A-Za-z0-9_"
_NOT_WORD = "\\x00-/:-@\\[-\\^`{-\U0010ffff"
_SPACE = "\\t-\\r \\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_NOT_SPACE = (
    "\\x00-\\x08\\x0e-\\x1f!-\\x9f\\xa1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e"
    "\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\ufefe\\uff00-\U0010ffff"
)
_SETS = {
    "d": "0-9",
    "D": "\\x00-/:-\U0010ffff",
    "w": _WORD,
    "W": _NOT_WORD,
    "s": _SPACE,
    "S": _NOT_SPACE,
}
_LINE_ENDS = "\\n\\r\\u2028\\u2029"
_BOUNDARY = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_NO_BOUNDARY = f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_CONTROLS = {"t": "\\t", "n": "\\n", "v": "\\x0b", "f": "\\f", "r": "\\r"}
_COUNT = regex.compile(r"\{([0-9]{1,9})(?:(,)([0-9]{0,9}))?\}")
_NAME = regex.compile(r"[\p{L}$_][\p{L}\p{N}$_]*")
_SPECIAL = frozenset("^$\\.*+?()[]{}|/")


class BadPattern(ValueError):
    """A pattern that JavaScript would refuse."""


class TooSlow(Exception):
    """A search was given up at its time limit."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled expression."""

    compiled: "regex.Pattern[str]"
    is_anchored: bool
    """Whether it can only be found at the start (flag y)."""

    def find(self, text: str, timeout_s: float) -> tuple[int, int] | None:
        """Returns where the first match lies. Raises TooSlow."""
        search = self.compiled.match if self.is_anchored else self.compiled.search
        try:
            match = search(text, timeout=timeout_s)
        except TimeoutError as error:
            raise TooSlow from error
        except MemoryError as error:
            raise TooSlow from error
        return None if match is None else match.span()


def parse_literal(key: str) -> tuple[str, str] | None:
    """Takes `/pattern/flags` apart; None where a key is no such thing, as SillyTavern sees it."""
    end = key.rfind("/")
    if len(key) < 3 or key[0] != "/" or end < 2:
        return None
    pattern, flags = key[1:end], key[end + 1 :]
    if not set(flags) <= set("gimsuy") or len(set(flags)) < len(flags) or regex.search(r"(?:^|[^\\])/", pattern):
        return None
    return pattern.replace("\\/", "/"), flags


@lru_cache(maxsize=20_000)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """Compiles an expression. Raises BadPattern where JavaScript would refuse it."""
    if len(pattern) > MAX_PATTERN_CHARS:
        raise BadPattern(f"longer than {MAX_PATTERN_CHARS:,} characters")
    if not set(flags) <= FLAGS:
        raise BadPattern("unknown flag")
    translated = _Translator(pattern, flags).translate()
    options = regex.VERSION0 | (regex.IGNORECASE if "i" in flags else 0)
    try:
        return Pattern(regex.compile(translated, options), "y" in flags)
    except (regex.error, OverflowError, RecursionError, ValueError) as error:
        raise BadPattern(str(error)) from error


class _Translator:
    """Goes through a pattern once, from left to right."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._n_repeats = 1
        self._is_unicode = "u" in flags or "v" in flags
        self._is_multiline = "m" in flags
        self._dot = "(?s:.)" if "s" in flags else f"[^{_LINE_ENDS}]"
        self._n_groups, names = _groups_of(pattern)
        self._names = frozenset(names)
        if len(names) != len(self._names):
            raise BadPattern("two groups of one name")

    def translate(self) -> str:
        out: list[str] = []
        can_repeat = False
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            if char in "*+?" or (char == "{" and _COUNT.match(self._pattern, self._at)):
                if not can_repeat:
                    raise BadPattern("nothing to repeat")
                out.append(self._quantifier())
                can_repeat = False
                continue
            piece = self._piece(char)
            out.append(piece)
            can_repeat = not (char in "(|^" or (char == "$") or piece in (_BOUNDARY, _NO_BOUNDARY))
        return "".join(out)

    def _piece(self, char: str) -> str:
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._set()
        if char == "(":
            return self._group()
        self._at += 1
        if char == "^":
            return f"(?<![^{_LINE_ENDS}])" if self._is_multiline else "\\A"
        if char == "$":
            return f"(?![^{_LINE_ENDS}])" if self._is_multiline else "\\Z"
        if char == ".":
            return self._dot
        if char in "{}]" and self._is_unicode:
            raise BadPattern(f"lone {char}")
        return char if char in "|)" else _quote(char)

    def _quantifier(self) -> str:
        match = _COUNT.match(self._pattern, self._at)
        if match is None:
            text = self._pattern[self._at]
        else:
            low, comma, high = match.groups()
            if high and int(high) < int(low):
                raise BadPattern("numbers out of order")
            self._n_repeats *= max(1, int(low))
            if self._n_repeats > MAX_REPEATS:
                raise BadPattern(f"more than {MAX_REPEATS:,} repeats")
            text = f"{{{low}{comma or ''}{high or ''}}}"
        self._at += len(match[0]) if match else 1
        if self._pattern[self._at : self._at + 1] == "?":
            self._at += 1
            text += "?"
        return text

    def _group(self) -> str:
        rest = self._pattern[self._at :]
        for opening in ("(?:", "(?=", "(?!", "(?<=", "(?<!"):
            if rest.startswith(opening):
                self._at += len(opening)
                return opening
        if rest.startswith("(?<"):
            name = _NAME.match(rest, 3)
            if name is None or rest[name.end() : name.end() + 1] != ">":
                raise BadPattern("a group without a name")
            self._at += name.end() + 1
            return f"(?P<{_python_name(name[0])}>"
        if rest.startswith("(?"):
            raise BadPattern("an unknown kind of group")
        self._at += 1
        return "("

    def _escape(self) -> str:
        char = self._next_escaped()
        if char in "bB":
            self._at += 1
            return _BOUNDARY if char == "b" else _NO_BOUNDARY
        if char in _SETS:
            self._at += 1
            return f"[{_SETS[char]}]"
        if char in "123456789":
            return self._reference()
        if char == "k" and (self._names or self._is_unicode):
            match = regex.compile(r"k<([^>]*)>").match(self._pattern, self._at)
            if match is None or match[1] not in self._names:
                raise BadPattern("a group that is not there")
            self._at = match.end()
            name = _python_name(match[1])
            return f"(?({name})(?P={name}))"
        if char in "pP" and self._is_unicode:
            return self._property()
        return _quote(self._character())

    def _reference(self) -> str:
        digits = regex.compile(r"[0-9]{1,9}").match(self._pattern, self._at)
        assert digits is not None
        if int(digits[0]) <= self._n_groups:
            self._at = digits.end()
            return f"(?({int(digits[0])})\\{int(digits[0])}(?:))"
        if self._is_unicode:
            raise BadPattern("a group that is not there")
        octal = regex.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?").match(self._pattern, self._at)
        if octal is None:
            self._at += 1
            return _quote(self._pattern[self._at - 1])
        self._at = octal.end()
        return _quote(chr(int(octal[0], 8)))

    def _property(self) -> str:
        match = regex.compile(r"[pP]\{(\w+(?:=\w+)?)\}").match(self._pattern, self._at)
        if match is None:
            raise BadPattern("an unknown property")
        self._at = match.end()
        return f"\\{match[0]}"

    def _character(self) -> str:
        """Reads an escaped character and goes on after it."""
        char = self._pattern[self._at]
        self._at += 1
        if char in _CONTROLS:
            return {"t": "\t", "n": "\n", "v": "\x0b", "f": "\f", "r": "\r"}[char]
        if char == "0":
            octal = regex.compile(r"[0-7]{0,2}").match(self._pattern, self._at)
            digits = octal[0] if octal else ""
            if self._is_unicode and self._pattern[self._at : self._at + 1].isdecimal():
                raise BadPattern("an octal escape")
            self._at += len(digits)
            return chr(int(f"0{digits}", 8))
        number = regex.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}").match(
            self._pattern, self._at - 1
        )
        if number is not None and (number[3] is None or self._is_unicode):
            self._at = number.end()
            return _char_of(int(number[1] or number[2] or number[3], 16))
        if char == "c" and _is_letter(self._pattern[self._at : self._at + 1]):
            self._at += 1
            return chr(ord(self._pattern[self._at - 1]) % 32)
        if char == "c":
            self._at -= 1
            return "\\"
        if self._is_unicode and char not in _SPECIAL and char != "-":
            raise BadPattern(f"an unknown escape \\{char}")
        return char

    def _next_escaped(self) -> str:
        self._at += 1
        if self._at >= len(self._pattern):
            raise BadPattern("a lone backslash at the end")
        return self._pattern[self._at]

    def _set(self) -> str:
        self._at += 1
        negated = self._pattern[self._at : self._at + 1] == "^"
        self._at += negated
        members: list[str] = []
        while self._pattern[self._at : self._at + 1] != "]":
            low, is_set = self._member()
            members.append(low if is_set else _in_set(low))
            if self._pattern[self._at : self._at + 1] == "-" and self._pattern[self._at + 1 : self._at + 2] != "]":
                members[-1:] = self._range(low, is_set)
        self._at += 1
        if not members:
            return "(?s:.)" if negated else "(?!)"
        return f"[{'^' if negated else ''}{''.join(members)}]"

    def _range(self, low: str, is_set: bool) -> list[str]:
        """Goes on after the first member of a range; where either end is a set, the dash is a character."""
        self._at += 1
        high, ends_in_set = self._member()
        if is_set or ends_in_set:
            if self._is_unicode:
                raise BadPattern("a range of sets")
            return [low if is_set else _in_set(low), "\\-", high if ends_in_set else _in_set(high)]
        if ord(high) < ord(low):
            raise BadPattern("a range out of order")
        return [f"{_in_set(low)}-{_in_set(high)}"]

    def _member(self) -> tuple[str, bool]:
        """Reads one member of a set; returns it and whether it is a set itself."""
        if self._at >= len(self._pattern):
            raise BadPattern("a set that does not end")
        if self._pattern[self._at] != "\\":
            self._at += 1
            return self._pattern[self._at - 1], False
        char = self._next_escaped()
        if char in _SETS:
            self._at += 1
            return _SETS[char], True
        if char == "b":
            self._at += 1
            return "\b", False
        if char in "pP" and self._is_unicode:
            return self._property(), True
        if char in "1234567" and not self._is_unicode:
            octal = regex.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?").match(self._pattern, self._at)
            assert octal is not None
            self._at = octal.end()
            return chr(int(octal[0], 8)), False
        return self._character(), False


def _groups_of(pattern: str) -> tuple[int, list[str]]:
    """Returns how many groups a pattern has, and the names of those that have one."""
    bare = regex.sub(r"\\(?s:.)|\[(?:\\(?s:.)|[^\]\\])*\]", "", pattern)
    names = regex.findall(r"\(\?<([^=!>][^>]*)>", bare)
    return len(regex.findall(r"\((?!\?)", bare)) + len(names), names


def _python_name(name: str) -> str:
    return "g" + "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}_" for char in name)


def _char_of(number: int) -> str:
    if number > 0x10FFFF:
        raise BadPattern("a character that does not exist")
    return chr(number)


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _quote(char: str) -> str:
    return f"\\{char}" if char.isascii() and not char.isalnum() and char != "_" and char >= " " else char


def _in_set(char: str) -> str:
    return f"\\{char}" if char in "\\]^-[&~|#" else char
