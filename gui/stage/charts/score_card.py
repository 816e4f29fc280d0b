"""One score of a turn: its value or why there is none, and the evidence as words on tinted ground."""

from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.fidelity.catalogue import METRICS
from gui import theme
from gui.stage.fill import fill
from gui.stage.flow_layout import FlowLayout
from models.score import Score

translate = QCoreApplication.translate

LEAST_NATS = 0.005
"""Tokens that weigh less are not shown: they would read 0.00."""


class ScoreCard(QFrame):
    """One score, how to read it, and its evidence."""

    def __init__(self, score: Score) -> None:
        super().__init__()
        metric = METRICS[score.metric]
        theme.set_kind(self, "card")
        self.setToolTip(metric.how_to_read)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(4)
        header = QHBoxLayout()
        header.addWidget(small_label(metric.title, "strong"))
        header.addStretch(1)
        if score.value is not None:
            header.addWidget(small_label(f"{score.value:.3f}", "strong"))
        layout.addLayout(header)
        if score.value is None:
            layout.addWidget(small_label(fill(self.tr("Not scored: %1"), score.reason or ""), "small"))
            return
        layout.addWidget(small_label(metric.unit, "small"))
        self._show_evidence(layout, score.evidence)

    def _show_evidence(self, layout: QVBoxLayout, evidence: dict[str, Any]) -> None:
        colors = theme.colors()
        tokens = [
            (self.tr("The persona helped most"), evidence.get("helped"), colors.good, "{:+.2f}"),
            (self.tr("and hurt most"), evidence.get("hurt"), colors.fault, "{:+.2f}"),
            (self.tr("Pulled away most"), evidence.get("most"), colors.warning, "{:.2f}"),
        ]
        for title, all_found, color, form in tokens:
            found = [one for one in all_found or () if abs(float(one["nats"])) >= LEAST_NATS]
            if found:
                layout.addWidget(small_label(title, "small"))
                most = max(abs(float(one["nats"])) for one in found)
                chips = [
                    (_show_token(str(one["token"])), form.format(float(one["nats"])), abs(float(one["nats"])) / most)
                    for one in found
                ]
                layout.addWidget(_Chips(chips, color))
        if "shared" in evidence:
            shared = [str(word) for word in evidence["shared"]]
            said = fill(self.tr("Shared with %1"), evidence.get("partner", ""))
            layout.addWidget(small_label(said if shared else self.tr("No word in common."), "small"))
            layout.addWidget(_Chips([(word, "", 0.6) for word in shared[:24]], colors.fault))
        if evidence.get("most_repeated"):
            layout.addWidget(small_label(self.tr("Said most often so far"), "small"))
            chips = [(str(one["word"]), f"×{one['count']}", 0.4) for one in evidence["most_repeated"]]
            layout.addWidget(_Chips(chips, colors.accent))
        facts = _say_counts(evidence)
        if facts:
            layout.addWidget(small_label(facts, "small"))


class _Chips(QWidget):
    """Words on tinted ground, the stronger the tint the more they weigh."""

    def __init__(self, chips: list[tuple[str, str, float]], color: str) -> None:
        super().__init__()
        layout = FlowLayout(self, spacing=4)
        colors = theme.colors()
        for word, number, weight in chips:
            chip = small_label(f"{word}  {number}".strip(), "small")
            chip.setWordWrap(False)
            ground = theme.mix(colors.card, color, 0.12 + 0.22 * weight)
            chip.setStyleSheet(f"background: {ground}; color: {colors.text}; border-radius: 5px; padding: 2px 6px;")
            layout.addWidget(chip)


def _show_token(token: str) -> str:
    """Shows the white space of a token."""
    return token.replace("\n", "⏎").replace(" ", "·") if not token.strip() else token.strip("\n")


def _say_counts(evidence: dict[str, Any]) -> str:
    parts = []
    if "argmax_differs" in evidence:
        said = translate("ScoreCard", "%1 % of tokens would have been others")
        parts.append(fill(said, f"{100 * float(evidence['argmax_differs']):.0f}"))
    if "n_tokens" in evidence:
        of_weights = "helped" in evidence or "js" in evidence
        said = translate("ScoreCard", "%1 tokens") if of_weights else translate("ScoreCard", "%1 words so far")
        parts.append(fill(said, evidence["n_tokens"]))
    if "n_types" in evidence:
        parts.append(fill(translate("ScoreCard", "%1 different"), evidence["n_types"]))
    return " · ".join(parts)


def small_label(text: str, kind: str) -> QLabel:
    """Returns a label of plain text that breaks its lines."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
