"""Single facts drafted from prose by rules: sentences, taken apart where they say two things. Pure.

A draft is for a person to accept one by one: where a rule cannot be sure, the words stay as they were written.
"""

import re
from collections.abc import Sequence

from core.characters.words import is_negated, meaning_words, similarity

MAX_DRAFTS = 500
MAX_FACT_CHARS = 1_000
SAME_FROM = 0.8
"""Two facts with so much of their words in common say the same."""

_SHORTENED = "mr mrs ms dr st prof capt sgt lt rev e.g i.e etc vs no jr sr"
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s|$)")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
_CLAUSE = re.compile(
    r"\s*(?:;|,\s+(?:and|but|so|yet))\s+(?=(?:she|he|they|you|I|his|her|their|your|my)\b)", re.IGNORECASE
)
_OPENER = re.compile(r"^(?:and|but|so|also|however|moreover|besides|still|then)\b,?\s+", re.IGNORECASE)
_PRONOUNS = {"she": "she", "her": "she", "he": "he", "his": "he"}
"""A pronoun that opens a sentence -> the pronoun of whom it is about."""
_OWNING = frozenset({"her", "his"})


def draft_statements(prose: str, name: str, known: Sequence[str] = (), pronouns: str = "") -> list[str]:
    """Returns the single facts that a text states and that are not known yet, in its order.

    Args:
        name: Of the character: `She keeps the light` becomes `Mara keeps the light`, where it is sure who she is.
        known: Statements that are there already.
        pronouns: Of the character, such as `she/her`; empty: the first that the text uses after the name.
    """
    facts: list[str] = []
    seen = [(meaning_words(fact), is_negated(fact)) for fact in known]
    for fact in _name_subjects(_clauses(prose), name, pronouns.partition("/")[0].strip().casefold()):
        if len(facts) == MAX_DRAFTS:
            break
        words, negated = meaning_words(fact), is_negated(fact)
        is_known = any(negated == other and similarity(words, those) >= SAME_FROM for those, other in seen)
        if words - meaning_words(name) and not is_known:
            seen.append((words, negated))
            facts.append(fact)
    return facts


def split_sentences(text: str) -> list[str]:
    """Splits prose into sentences; lines and list entries are sentences too."""
    sentences = []
    for written in text.splitlines():
        line = _BULLET.sub("", written).strip()
        start = 0
        for end in _END.finditer(line):
            word = line[start : end.start()].rsplit(None, 1)[-1:]
            if end[0] == "." and word and word[0].casefold().lstrip('(“"') in _ABBREVIATIONS:
                continue
            sentences.append(line[start : end.end()].strip())
            start = end.end()
        sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if any(map(str.isalnum, sentence))]


def _clauses(prose: str) -> list[str]:
    parts = []
    for sentence in split_sentences(prose):
        if not sentence.startswith(("<START>", "{{")) and len(sentence) <= MAX_FACT_CHARS:
            parts += [_as_sentence(_OPENER.sub("", part)) for part in _CLAUSE.split(sentence)]
    return [part for part in parts if part]


def _as_sentence(text: str) -> str:
    text = " ".join(text.split()).rstrip(",;")
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…\"”'’)" else f"{text}."


def _name_subjects(sentences: list[str], name: str, pronoun: str) -> list[str]:
    """Puts the name where a sentence begins with the character's pronoun, unless another was spoken of before."""
    short = next(iter(name.split()), name)
    about_them, named = True, []
    for sentence in sentences:
        first, _, rest = sentence.partition(" ")
        own = _PRONOUNS.get(first.casefold().strip(".,!?"))
        if own and about_them and rest and (not pronoun or own == pronoun):
            pronoun = own
            is_owner = first.casefold() in _OWNING
            named.append(f"{short}{'’s' if is_owner else ''} {rest}")
            about_them = not is_owner
            continue
        if not own:
            is_whole = first[-1] not in ",;:"  # otherwise it is no subject, as in `Patient, dry and slow to anger`
            about_them = first.casefold() in {"i", "you", short.casefold()} if is_whole else about_them
        named.append(sentence)
    return named
