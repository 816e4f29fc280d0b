"""What the kinds of own measures are called, and what is said of each."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.fidelity.conversation import Line
from core.fidelity.own import OwnDefinition
from core.fidelity.own.finding import begin_finding
from models.own_metric import OwnMetricKind

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class KindWords:
    """How a kind is called and explained."""

    title: str
    icon: str
    body: str
    """The name of its field."""
    example: str
    explanation: str


def _tr(text: str) -> str:
    return translate("OwnPanel", text)


def kind_words(kind: OwnMetricKind) -> KindWords:
    """Returns the words of a kind."""
    match kind:
        case OwnMetricKind.RUBRIC:
            return KindWords(
                _tr("Rubric"),
                "mdi6.gavel",
                _tr("What a judge goes by"),
                _tr("5: sounds like a keeper of 1926. 1: sounds like today."),
                _tr("Words for a judge, which rates each turn from 1 to 5."),
            )
        case OwnMetricKind.PHRASES:
            return KindWords(
                _tr("Phrases"),
                "mdi6.format-list-bulleted",
                _tr("Phrases, one a line"),
                _tr("as an assistant\nI cannot help with"),
                _tr("Counts how often a turn says one of them."),
            )
        case OwnMetricKind.REGEX:
            return KindWords(
                _tr("Regular expression"),
                "mdi6.regex",
                _tr("Regular expression"),
                r"\b(okay|guys|awesome)\b",
                _tr("Counts how often it is found in a turn."),
            )
        case OwnMetricKind.PYTHON:
            return KindWords(
                _tr("Python"),
                "mdi6.language-python",
                _tr("File in the project's folder"),
                "my_measure.py",
                _tr("A function in a file beside the project; it runs only after you allowed just this text of it."),
            )


def check_body(kind: OwnMetricKind, body: str) -> str | None:
    """Says what is wrong with a body, or None: as whatever measures with it would."""
    if kind != OwnMetricKind.REGEX or not body:
        return None
    return begin_finding(OwnDefinition("own", "", kind.value, body))().add(Line("", "")).pop().reason


def better_choices() -> list[tuple[str, str]]:
    """Returns which way may be better, with words for each."""
    return [
        ("neither", _tr("neither: it only tells")),
        ("higher", _tr("more is better")),
        ("lower", _tr("less is better")),
    ]
