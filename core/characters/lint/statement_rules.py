"""Statements that deny or repeat each other, or that no playtest has ever shown."""

from collections.abc import Iterator

from core.characters.lint.finding import Finding, Fix, Place, Severity, Surroundings
from core.characters.words import is_negated, meaning_words
from models.character import CharacterBase

_PATH = "statements"


def find_statement_contradictions(character: CharacterBase) -> Iterator[Finding]:
    """Finds statements with the same words, one of which denies the other or says it again."""
    seen: dict[frozenset[str], tuple[int, bool]] = {}
    for item, statement in enumerate(character.statements):
        words, negated = meaning_words(statement), is_negated(statement)
        if not words:
            continue
        place = Place(_PATH, item)
        before = seen.setdefault(words, (item, negated))
        if before[0] == item:
            continue
        other = Place(_PATH, before[0])
        if before[1] != negated:
            sentence = f"Statements {before[0] + 1} and {item + 1} deny each other."
            yield Finding("denied", Severity.WARNING, sentence, place, other)
        else:
            sentence = f"Statement {item + 1} says what {before[0] + 1} says already."
            yield Finding("repeated", Severity.NOTE, sentence, place, other, Fix("Remove it", place, None))


def find_unused_statements(character: CharacterBase, around: Surroundings) -> Iterator[Finding]:
    """Finds statements that showed in no turn of any playtest."""
    for item, n_turns in enumerate(around.uses or ()):
        if n_turns == 0 and item < len(character.statements) and character.statements[item].strip():
            quote = character.statements[item].strip()
            short = quote if len(quote) <= 60 else f"{quote[:59]}…"
            sentence = f"No turn of any playtest has shown statement {item + 1}: “{short}”"
            yield Finding("unused", Severity.NOTE, sentence, Place(_PATH, item))
