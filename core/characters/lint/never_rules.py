"""What somebody never does, against what the same somebody does elsewhere."""

import re
from collections.abc import Iterator

from core.characters.lint.finding import Finding, Severity
from core.characters.lint.texts import Text, facts
from core.characters.words import is_negated, meaning_words
from models.character import CharacterBase

_WHO = r"(?:I|you|she|he|they|we|\{\{char\}\}|%s)"
_HOW_OFTEN = r"(?:always|often|usually|still|also|sometimes|daily|regularly|secretly)"
_DENIAL = rf"(?<!\w){_WHO}[ \t]+never[ \t]+([a-z]+)([^.!?;,\n]*)"
_CLAIM = rf"(?<!\w){_WHO}[ \t]+(?:{_HOW_OFTEN}[ \t]+)?([a-z]+)([^.!?;,\n]*)"
_FREQUENT = re.compile(rf"\b(?:every|each|{_HOW_OFTEN}|nightly|weekly|evenings|mornings|nights)\b", re.IGNORECASE)
_HELPS = """
    is are am was were be been has have had do does did will would can could may might must should never not
"""
_HELPERS = frozenset(_HELPS.split())
_MAX_QUOTE_CHARS = 60


def find_denied_habits(character: CharacterBase) -> Iterator[Finding]:
    """Finds claims that say of somebody what another sentence says is never so. By the verb, and what stands by it."""
    name = re.escape(character.name.strip() or "{{char}}")
    denial, claim = (re.compile(pattern % name, re.IGNORECASE) for pattern in (_DENIAL, _CLAIM))
    denied: dict[str, tuple[Text, re.Match[str]]] = {}
    texts = facts(character)
    for text in texts:
        for match in denial.finditer(text.text):
            if stem := _stem(match[1]):
                denied.setdefault(stem, (text, match))
    if not denied:
        return
    for text in texts:
        for match in claim.finditer(text.text):
            other, never = denied.get(_stem(match[1]), (text, None))
            if never is not None and _denies(never, match) and not _is_same(other, text):
                yield _finding(other, never, text, match)


def _denies(never: re.Match[str], claim: re.Match[str]) -> bool:
    return not is_negated(claim[0]) and meaning_words(never[2]) <= meaning_words(claim[2])


def _is_same(other: Text, text: Text) -> bool:
    """Statements with the same words are told of by another rule."""
    are_statements = other.path == text.path == "statements"
    return are_statements and meaning_words(other.text) == meaning_words(text.text)


def _finding(other: Text, never: re.Match[str], text: Text, claim: re.Match[str]) -> Finding:
    is_sure = bool(_FREQUENT.search(claim[0])) or bool(meaning_words(never[2]))
    quotes = f"“{_quote(never[0])}” and “{_quote(claim[0])}”"
    sentence = f"{quotes} deny each other." if is_sure else f"{quotes} may deny each other."
    severity = Severity.WARNING if is_sure else Severity.NOTE
    place, elsewhere = text.place(claim.start(), claim.end()), other.place(never.start(), never.end())
    return Finding("denied", severity, sentence, place, elsewhere)


def _quote(words: str) -> str:
    quote = " ".join(words.split())
    return quote if len(quote) <= _MAX_QUOTE_CHARS else f"{quote[: _MAX_QUOTE_CHARS - 1]}…"


def _stem(verb: str) -> str:
    """The verb without the ending of the third person; empty for those that say nothing by themselves."""
    folded = verb.casefold()
    if folded in _HELPERS:
        return ""
    if folded.endswith("ies") and len(folded) > 4:
        return f"{folded[:-3]}y"
    if folded.endswith(("ches", "shes", "sses", "xes", "goes")):
        return folded[:-2]
    return folded.removesuffix("s") if len(folded) > 3 and not folded.endswith("ss") else folded
