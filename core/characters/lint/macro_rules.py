"""Macros that nobody knows, or that do nothing where they stand."""

import re
from collections.abc import Iterator

from core.characters.lint.finding import Finding, Fix, Severity, Surroundings
from core.characters.lint.texts import Text, all_texts
from core.characters.macros import expand_macros
from models.character import CharacterBase

_MACRO = re.compile(r"\{\{([^{}]*)\}\}")
_USER = re.compile(r"\{\{user\}\}|<user>", re.IGNORECASE)
_SAID_ALOUD = frozenset({"greeting", "alternate_greetings", "example_dialogue"})
"""Where a name before a line is all that is meant, or nothing of it stands in the system text."""
_OPEN = re.compile(r"\{\{[^{}]{0,40}$")
_KNOWN = frozenset({"char", "user", "random", "pick", "roll", "reverse", "comment", "hidden_key"})
_PULLS_IN = frozenset({"system_prompt"})


def find_macros(character: CharacterBase) -> Iterator[Finding]:
    """Finds unknown macros, those without effect, and those that are never closed."""
    for text in all_texts(character):
        for match in _MACRO.finditer(text.text):
            problem = _problem(match, text.path)
            if problem:
                yield _finding(text, match.start(), match.end(), problem)
        unclosed = _OPEN.search(text.text.rstrip())
        if unclosed:
            yield _finding(text, unclosed.start(), unclosed.end(), "“%s” is never closed with }}.", keep=True)


def find_nameless_user(character: CharacterBase, around: Surroundings) -> Iterator[Finding]:
    """Finds what names the other person where a scene calls it “You”, which there is the character itself."""
    names = around.user_names or ("You",)
    if not any(name.strip().casefold() in ("", "you") for name in names):
        return
    for text in all_texts(character):
        match = None if text.path in _SAID_ALOUD else _USER.search(text.text)
        if match:
            sentence = (
                "“{{user}}” is read as “You” here, and “you” is the character itself:"
                " write who is meant, or give the person at the keyboard a name in the scene."
            )
            yield Finding("user-is-you", Severity.NOTE, sentence, text.place(match.start(), match.end()))
            return


def _problem(match: re.Match[str], path: str) -> str:
    body = match[1].strip()
    name = re.split(r"[:\s]", body, maxsplit=1)[0].casefold()
    if body.startswith("//"):
        return ""
    if name == "original":
        return "" if path in _PULLS_IN else "“%s” does nothing here: it belongs into the instruction to the weights."
    if name not in _KNOWN:
        return "“%s” is no macro that is known here: the weights read it as it stands."
    return "“%s” lacks what it should choose from." if expand_macros(match[0], "A", "B") == match[0] else ""


def _finding(text: Text, start: int, end: int, problem: str, *, keep: bool = False) -> Finding:
    sentence = problem.replace("%s", " ".join(text.text[start:end].split())[:60])
    mended = f"{text.text[:start]}{text.text[end:]}"
    fix = None if keep else Fix("Remove it", text.place(), mended)
    return Finding("macro", Severity.WARNING, sentence, text.place(start, end), fix=fix)
