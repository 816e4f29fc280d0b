"""What the checker says about a scenario: each finding is a sentence, and names its culprit."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.world.lexer import NO_SPAN, Span


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Something that cannot work as it is written."""
    WARNING = "warning"
    """Something that the author hardly meant."""
    NOTE = "note"


class CulpritKind(StrEnum):
    """What a finding is about."""

    SCENARIO = "scenario"
    BEAT = "beat"
    LINK = "link"
    ROLE = "role"
    VARIABLE = "variable"
    PROP = "prop"
    PLACE = "place"
    FACT = "fact"


class Rule(StrEnum):
    """Which rule found it."""

    UNREACHABLE = "unreachable"
    DEAD_WAY = "dead_way"
    UNWINNABLE = "unwinnable"
    UNLOSABLE = "unlosable"
    ENDLESS = "endless"
    START = "start"
    NO_CAST = "no_cast"
    SECRET = "secret"
    UNKNOWN_NAME = "unknown_name"
    UNREADABLE = "unreadable"
    CONTRADICTION = "contradiction"
    ODD_VALUE = "odd_value"
    NOWHERE = "nowhere"
    UNUSED = "unused"
    AMBIGUOUS = "ambiguous"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Culprit:
    """What a finding is about: a row by its id, a part of the world by its name or id."""

    kind: CulpritKind
    id: str = ""
    """Empty for the scenario."""
    field: str = ""
    """Which of its texts, such as `condition`; empty: all of it."""
    span: Span = NO_SPAN
    """Which characters of that text; both 0: all of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or odd."""

    rule: Rule
    severity: Severity
    message: str
    """A sentence."""
    culprit: Culprit

    def to_document(self) -> dict[str, Any]:
        """Returns it as JSON."""
        return {
            "rule": self.rule.value,
            "severity": self.severity.value,
            "kind": self.culprit.kind.value,
            "id": self.culprit.id,
            "field": self.culprit.field,
            "span": list(self.culprit.span),
            "message": self.message,
        }


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """Returns findings with the gravest first, otherwise as they were found; each once."""
    ranks = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    return sorted(dict.fromkeys(findings), key=lambda finding: ranks[finding.severity])
