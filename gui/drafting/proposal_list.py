"""Proposals to take or leave, one row each: what would change, from what, why, and the words it comes from."""

import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.authoring.drafting.proposal import Proposal, value_at
from gui import theme
from gui.widgets.field_names import field_name
from models.character import CharacterBase

MAX_SHOWN_CHARS = 400


class ProposalRow(QFrame):
    """One proposal with a box to take it."""

    toggled = Signal()

    def __init__(self, proposal: Proposal, now: Any) -> None:
        super().__init__()
        self.proposal = proposal
        theme.set_kind(self, "card")
        title, value = field_name(proposal.path), _shorten(show_value(proposal.value))
        self.box = QCheckBox(title)
        self.box.setAccessibleName(f"{title}: {value}")
        replaces = bool(now) and not proposal.is_addition
        self.box.setChecked(not proposal.is_invented and not replaces)
        self.box.setAccessibleDescription(f"{proposal.why} {proposal.evidence}")
        self.box.toggled.connect(self.toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        column.addWidget(self.box)
        column.addWidget(_label(value, "plain"))
        if now and not proposal.is_addition:
            column.addWidget(_label(self.tr("Now: %1").replace("%1", _shorten(show_value(now))), "small"))
        column.addWidget(_label(proposal.why, "small"))
        if proposal.evidence and proposal.evidence != proposal.value:
            column.addWidget(_label(f"“{_shorten(proposal.evidence)}”", "dim"))


class ProposalList(QScrollArea):
    """All proposals of a draft."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Proposals"))
        self.rows: list[ProposalRow] = []
        self._fill([])

    def show_proposals(self, proposals: Sequence[Proposal], character: CharacterBase) -> None:
        """Shows a draft. What was read is chosen; what was made up, or would replace something, is not."""
        self.rows = [ProposalRow(proposal, value_at(character, proposal.path)) for proposal in proposals]
        for row in self.rows:
            row.toggled.connect(self.changed)
        self._fill(self.rows)
        self.changed.emit()

    def chosen(self) -> list[Proposal]:
        """Returns what is to be taken, in order."""
        return [row.proposal for row in self.rows if row.box.isChecked()]

    def choose_all(self, chosen: bool) -> None:
        """Takes or leaves everything."""
        for row in self.rows:
            row.box.setChecked(chosen)

    def _fill(self, rows: Sequence[QWidget]) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        for row in rows:
            column.addWidget(row)
        column.addStretch(1)
        self.setWidget(body)


def show_value(value: Any) -> str:
    """Returns a value as a person reads it."""
    if isinstance(value, dict) and "degree" in value:
        return f"{value['name']} ({value['degree']} %)"
    if isinstance(value, dict) and "title" in value:
        return f"{value['title']}: {value['text']}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1] + "…"


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setIndent(theme.text_px(26))
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
    theme.set_kind(label, kind)
    return label
