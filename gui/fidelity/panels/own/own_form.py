"""The editor of one own measure: name, body, which way is better, how to read it. Keeps what is typed."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.characters.autosave import Autosave
from gui.characters.field import Field, LineField, TextField
from gui.fidelity.panels.lab_panel import words
from gui.fidelity.panels.own.wording import better_choices, check_body, kind_words
from gui.lore.fields import ChoiceField
from models.own_metric import OwnMetric, OwnMetricKind

MAX_BODY_CHARS = 10_000
"""Of what is one line."""
FIELDS = ("name", "body", "better", "how_to_read")


class OwnForm(QWidget):
    """Shows one measure of one kind."""

    def __init__(self, kind: OwnMetricKind) -> None:
        super().__init__()
        said = kind_words(kind)
        self.fields: dict[str, Field] = {
            "name": LineField(self.tr("Name")),
            "body": _body_field(kind),
            "better": ChoiceField(self.tr("Which way is better"), better_choices()),
            "how_to_read": TextField(
                self.tr("How to read it"), self.tr("One sentence, shown beside its scores"), min_lines=1, max_lines=4
            ),
        }
        self.fields["name"].check = lambda name: None if name.strip() else self.tr("A measure needs a name.")
        self.fields["body"].check = lambda text: check_body(kind, text)
        self.fields["body"].keeps_refused = True  # half an expression is no expression, and goes on being typed
        self.autosave = Autosave(self.fields, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(words(said.explanation))
        for field in self.fields.values():
            column.addWidget(field)

    def open(self, own: OwnMetric, commit: Callable[[str, Any], None]) -> None:
        """Shows a measure. `commit` writes one field; it raises UserError when the value is refused."""
        self.autosave.open(values_of(own), commit)

    def refresh(self, own: OwnMetric) -> None:
        """It changed elsewhere."""
        self.autosave.refresh(values_of(own))


def _body_field(kind: OwnMetricKind) -> Field:
    said = kind_words(kind)
    if kind in (OwnMetricKind.REGEX, OwnMetricKind.PYTHON):
        return LineField(said.body, said.example, max_chars=MAX_BODY_CHARS)
    return TextField(said.body, said.example)


def values_of(own: OwnMetric) -> dict[str, Any]:
    """Returns what the form shows of a measure."""
    return {name: getattr(own, name) for name in FIELDS}
