"""Whispers in words: how the weights begin one, and how those who hear it read it.

`(whispers to Theo and Ilse) Now.` is what everything here writes; much else that begins a reply is understood.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.playtest import TurnBase

WHISPER_KEY = "whisper"
"""Where a turn's record keeps whom it was meant for; missing: for everybody there."""
THINKS = "(thinks)"
"""The opening of what is meant for nobody."""
YOU = "you"
MAX_OPENING_CHARS = 200
_QUIET = (
    r"whisper(?:s|ed|ing)?|murmur(?:s|ed|ing)?|mutter(?:s|ed|ing)?|in a (?:low|hushed) voice|"
    r"under (?:his|her|their|my) breath|aside|quietly"
)
_BRACKETS = re.compile(r"\A\s*(?:\((?P<round>[^()\n]*)\)|\[(?P<square>[^\[\]\n]*)\]|\*(?P<star>[^*\n]+)\*)\s*:?\s*")
_BARE = re.compile(r"\A\s*(?P<bare>whispers? to [^:\n]{1,100}):\s*", re.IGNORECASE)
_PLAIN = re.compile(rf"(?:(?:{_QUIET}),? )?to\s+(?P<names>.+)", re.IGNORECASE)
_LEANS = re.compile(
    r"(?:.*\b)?(?:to|towards?|at|close to|over to|in to|near|beside)\s+(?P<names>.+?),?\s+(?:and\s+)?(?:then\s+)?"
    rf"(?:{_QUIET})\b.*",
    re.IGNORECASE,
)
_WHISPERS = re.compile(rf".*\b(?:{_QUIET})\b.*?\b(?:to|at|into|in)\s+(?P<names>.+)", re.IGNORECASE)
_WHISPERS_NAME = re.compile(r".*\bwhisper(?:s|ed|ing)?\s+(?P<names>.+)", re.IGNORECASE)
_INTO_EAR = re.compile(r"(?:['’]s|s['’])\s+ears?\b.*\Z", re.IGNORECASE)
_ONESELF = re.compile(r"(?:aside|(?:to )?(?:him|her|my|it|them)sel(?:f|ves))", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,\s*and\b|,|&|\band\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whisper:
    """A line for some, taken apart."""

    to: tuple[str, ...]
    """Ids of those it is for; empty: nobody, it is only thought."""
    text: str
    opening: str
    """What stood before the text, with the space between."""


def parse_whisper(
    written: str, names: Mapping[str, Sequence[str]], you: str | None = None, me: str = ""
) -> Whisper | None:
    """Reads a line that begins as a whisper: the other half of `format_whisper`; None for any other.

    Args:
        names: Id -> what it may be called, of all who may be whispered to. Words of these names do, too.
        you: Who is meant by “you”; None: nobody.
        me: The name of its speaker, which may stand before it.
    """
    start = len(me) if me and written[: len(me)].casefold() == me.casefold() else 0
    found = _BRACKETS.match(written[start : start + MAX_OPENING_CHARS]) or _BARE.match(written[:MAX_OPENING_CHARS])
    if found is None:
        return None
    inner = next(text for text in found.groupdict().values() if text is not None).strip().rstrip(":")
    end = found.end() + (start if found.re is _BRACKETS else 0)
    text, opening = written[end:], written[:end]
    if found.groupdict().get("star") is None and (inner.casefold() == THINKS.strip("()") or _is_to_oneself(inner)):
        return Whisper((), text, opening) if text.strip() else None
    to = _find_names(inner, names, you)
    return Whisper(to, text, opening) if to and text.strip() else None


def format_whisper(names: Iterable[str], text: str) -> str:
    """Writes a whisper, or what is only thought where there are no names."""
    return f"{_opening(names)} {text}"


def whispered_to(turn: TurnBase) -> dict[str, str] | None:
    """Returns whom a turn was meant for: id -> name; None for a turn for everybody there.

    The record may come from a stranger's pack.
    """
    whisper = turn.record.get(WHISPER_KEY)
    to = whisper.get("to") if isinstance(whisper, dict) else None
    if not isinstance(to, dict):
        return None
    return {str(role_id): name for role_id, name in to.items() if isinstance(name, str)}


def whisper_record(to: Mapping[str, str], opening: str = "") -> dict[str, Any]:
    """Returns what the record of a turn keeps of a whisper.

    Args:
        to: Id -> name of those it is for.
        opening: As its speaker wrote it.
    """
    return {WHISPER_KEY: {"to": dict(to), "as": opening}}


def as_written(turn: TurnBase) -> str:
    """Returns the words of a turn as its speaker wrote them, before a whisper was understood."""
    whisper = turn.record.get(WHISPER_KEY)
    opening = whisper.get("as") if isinstance(whisper, dict) else ""
    return f"{opening if isinstance(opening, str) else ''}{turn.text}"


def whisper_mark(turn: TurnBase, reader_id: str = "") -> str:
    """Returns how a turn is marked for a reader: `(whispers to you and Ilse)`; empty where it was said aloud."""
    to = whispered_to(turn)
    if to is None:
        return ""
    names = [name for role_id, name in to.items() if role_id != reader_id]
    return _opening([YOU, *names] if reader_id in to else names)


def _opening(names: Iterable[str]) -> str:
    listed = list(names)
    if not listed:
        return THINKS
    head = ", ".join(listed[:-1])
    return f"(whispers to {head} and {listed[-1]})" if head else f"(whispers to {listed[0]})"


def _is_to_oneself(inner: str) -> bool:
    return _ONESELF.fullmatch(inner) is not None


def _find_names(inner: str, names: Mapping[str, Sequence[str]], you: str | None) -> tuple[str, ...]:
    """Returns who is whispered to; nothing when a name is not known: a line is rather heard by all than by nobody."""
    known = _known_names(names)
    if you is not None:
        known[YOU] = you
    for pattern in (_PLAIN, _WHISPERS, _LEANS, _WHISPERS_NAME):
        found = pattern.fullmatch(inner.rstrip(" .!,"))
        if found is not None and (ids := _read_names(found["names"], known)):
            return ids
    return ()


def _read_names(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Reads names that are joined by commas and “and”; a name that has these words in it is tried whole first."""
    text = _INTO_EAR.sub("", " ".join(text.split()))
    if text.casefold() in known:
        return (known[text.casefold()],)
    ids: list[str] = []
    rest = text
    while rest:
        found = next(((one, n) for one in _longest_first(known) if (n := _length_of(one, rest))), None)
        if found is None:
            return ()
        ids.append(known[found[0]])
        rest = rest[found[1] :]
        joint = _AND.match(rest)
        if rest and (joint is None or joint.end() == len(rest)):
            return ()
        rest = rest[joint.end() :] if joint is not None else ""
    return tuple(dict.fromkeys(ids))


def _longest_first(known: Mapping[str, str]) -> list[str]:
    return sorted(known, key=len, reverse=True)


def _length_of(name: str, text: str) -> int:
    """Returns how many characters of a text that begins with a name are the name; 0 where it does not begin with it.

    Small letters of some names are more characters than the name as it is written.
    """
    for length in range(len(name), len(name) // 3, -1):
        after = text[length : length + 1]
        if text[:length].casefold() == name and not (after.isalnum() or after == "_"):
            return length
    return 0


def _known_names(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Returns whole names, and words of names that only one has, in small letters -> id."""
    known: dict[str, str] = {}
    words: dict[str, set[str]] = {}
    for role_id, several in names.items():
        for name in several:
            key = " ".join(name.split()).casefold()
            if key:
                known.setdefault(key, role_id)
            for word in key.split():
                words.setdefault(word, set()).add(role_id)
    for word, owners in words.items():
        if len(owners) == 1 and len(word) > 1:
            known.setdefault(word, next(iter(owners)))
    return known
