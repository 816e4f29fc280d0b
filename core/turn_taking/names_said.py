"""Who is named in a line, word by word, as SillyTavern's natural order reads it."""

import re
from collections.abc import Iterable, Sequence

from core.turn_taking.occasion import Candidate, Line

_WORD = re.compile(r"\w+")
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_]+")


def words_of(text: str) -> list[str]:
    """Returns the words of a text in order and in lower case.

    Words are runs of plain Latin letters, digits and underscores, so that `Zoë` is `zo`, as in the source. A word
    without any of these, such as one in Cyrillic, which the source never sees, is a word as it stands.
    """
    return [part.lower() for word in _WORD.findall(text) for part in (_PLAIN_WORD.findall(word) or [word])]


def name_words(candidate: Candidate) -> frozenset[str]:
    """Returns the words that name a member of the cast: of its name, and of its nickname."""
    return frozenset(words_of(f"{candidate.name} {candidate.nickname}"))


def named_in(line: Line, candidates: Sequence[Candidate], banned: str | None = None) -> list[Candidate]:
    """Returns who is named in a line, in the order of the words, each once.

    Args:
        candidates: In the order of the cast: the first whose name has a word is meant by it. Who did not hear the
            line does not answer to it.
        banned: Role id of somebody whose name does not count.
    """
    able = [one for one in candidates if one.role_id != banned and line.is_heard_by(one.role_id)]
    words = {one.role_id: name_words(one) for one in able}
    named = (next((one for one in able if word in words[one.role_id]), None) for word in words_of(line.text))
    return unique(one for one in named if one is not None)


def unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Returns each candidate at its first place."""
    return list({one.role_id: one for one in candidates}.values())
