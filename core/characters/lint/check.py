"""All rules together."""

from collections.abc import Iterator
from dataclasses import replace

from core.characters.fragments import Resolved
from core.characters.lint.field_rules import find_fragment_faults, find_long_fields, find_missing
from core.characters.lint.finding import Finding, Severity, Surroundings, is_own
from core.characters.lint.macro_rules import find_macros, find_nameless_user
from core.characters.lint.never_rules import find_denied_habits
from core.characters.lint.speaking_rules import find_speaking_for_user
from core.characters.lint.statement_rules import find_statement_contradictions, find_unused_statements
from core.characters.lint.time_rules import find_time_contradictions
from core.characters.lint.trait_rules import find_liked_and_disliked, find_repeated_traits, find_trait_contradictions

MAX_FINDINGS = 200


def check_character(resolved: Resolved, around: Surroundings) -> tuple[Finding, ...]:
    """Returns what is wrong with a character, warnings first. What it inherits is mended in the fragment."""
    found = []
    for finding in _find_all(resolved, around):
        fixable = finding.fix is not None and is_own(resolved, finding.fix.place)
        found.append(finding if fixable or finding.fix is None else replace(finding, fix=None))
        if len(found) == MAX_FINDINGS:
            break
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.WARNING))


def _find_all(resolved: Resolved, around: Surroundings) -> Iterator[Finding]:
    character = resolved.character
    yield from find_fragment_faults(resolved)
    yield from find_time_contradictions(character, around)
    yield from find_trait_contradictions(character)
    yield from find_liked_and_disliked(character)
    yield from find_statement_contradictions(character)
    yield from find_denied_habits(character)
    yield from find_macros(character)
    yield from find_nameless_user(character, around)
    yield from find_speaking_for_user(character)
    yield from find_long_fields(around)
    yield from find_repeated_traits(character)
    yield from find_missing(character)
    yield from find_unused_statements(character, around)
