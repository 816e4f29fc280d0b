"""Sentences of a memory, where there is room for one only."""

import re

_SENTENCE = re.compile(r".*?[.!?…][\"'”’)*]*(?=\s|$)")
MAX_SENTENCE_CHARS = 240


def first_sentence(text: str) -> str:
    """Returns the first sentence of a text, on one line, and no more than `MAX_SENTENCE_CHARS` of it."""
    line = " ".join(text.split())
    found = _SENTENCE.match(line)
    return shorten(found[0] if found else line, MAX_SENTENCE_CHARS)


def shorten(text: str, max_chars: int) -> str:
    """Returns a text, cut between two words where it is too long."""
    if len(text) <= max_chars:
        return text
    return text[:max_chars].rsplit(" ", 1)[0] + " …"
