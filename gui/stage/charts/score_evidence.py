"""The evidence of one score, as widgets: which words, which statement of the persona, which other turn, and why."""

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.stage.fill import fill
from gui.stage.flow_layout import FlowLayout

translate = QCoreApplication.translate

LEAST_NATS = 0.005
"""Tokens that weigh less are not shown: they would read 0.00."""
MAX_WORDS = 24
MAX_NATS = 1e6
"""No token weighs more: what does is not as expected."""
MAX_CHARS = 4000


def add_evidence(layout: QVBoxLayout, evidence: dict[str, Any]) -> None:
    """Adds what can be shown. It may come from a stranger's pack: what is not as expected is left out."""
    if not isinstance(evidence, dict):
        return
    _add_tokens(layout, evidence)
    _add_shared(layout, evidence)
    _add_repeated(layout, evidence)
    for line in _say_reasons(evidence):
        layout.addWidget(small_label(line, "small"))
    facts = _say_counts(evidence)
    if facts:
        layout.addWidget(small_label(facts, "small"))


def small_label(text: str, kind: str) -> QLabel:
    """Returns a label of plain text that breaks its lines."""
    label = QLabel(readable(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label


def readable(text: str) -> str:
    """Returns a stranger's text so that Qt takes it: a half of a character pair is none."""
    return text.encode("utf-8", "replace").decode()


def _add_tokens(layout: QVBoxLayout, evidence: dict[str, Any]) -> None:
    colors = theme.colors()
    tokens = [
        (translate("ScoreCard", "The persona helped most"), "helped", colors.good, "{:+.2f}"),
        (translate("ScoreCard", "and hurt most"), "hurt", colors.fault, "{:+.2f}"),
        (translate("ScoreCard", "Pulled away most"), "most", colors.warning, "{:.2f}"),
    ]
    for title, key, color, form in tokens:
        found = [(str(one["token"]), float(one["nats"])) for one in _rows(evidence, key, "token", "nats")]
        found = [(token, nats) for token, nats in found if LEAST_NATS <= abs(nats) <= MAX_NATS]
        if found:
            layout.addWidget(small_label(title, "small"))
            most = max(abs(nats) for _token, nats in found)
            layout.addWidget(
                Chips([(_show_token(token), form.format(nats), abs(nats) / most) for token, nats in found], color)
            )


def _add_shared(layout: QVBoxLayout, evidence: dict[str, Any]) -> None:
    colors = theme.colors()
    if "shared" in evidence:
        shared = _words(evidence, "shared")
        said = fill(translate("ScoreCard", "Shared with %1"), _text(evidence, "partner"))
        layout.addWidget(small_label(said if shared else translate("ScoreCard", "No word in common."), "small"))
        if shared:
            layout.addWidget(Chips([(word, "", 0.6) for word in shared], colors.fault))
    words = _words(evidence, "words")
    if words:
        layout.addWidget(small_label(translate("ScoreCard", "Which words"), "small"))
        layout.addWidget(Chips([(word, "", 0.5) for word in words], colors.accent))


def _add_repeated(layout: QVBoxLayout, evidence: dict[str, Any]) -> None:
    rows = _rows(evidence, "most_repeated", "word", "count")
    if rows:
        layout.addWidget(small_label(translate("ScoreCard", "Said most often so far"), "small"))
        chips = [(str(one["word"]), f"×{one['count']:.10g}", 0.4) for one in rows]
        layout.addWidget(Chips(chips, theme.colors().accent))


class Chips(QWidget):
    """Words on tinted ground, the stronger the tint the more they weigh."""

    def __init__(self, chips: Sequence[tuple[str, str, float]], color: str) -> None:
        super().__init__()
        layout = FlowLayout(self, spacing=4)
        colors = theme.colors()
        for word, number, weight in chips:
            chip = small_label(f"{word}  {number}".strip(), "small")
            chip.setWordWrap(False)
            ground = theme.mix(colors.card, color, 0.12 + 0.22 * weight)
            chip.setStyleSheet(f"background: {ground}; color: {colors.text}; border-radius: 5px; padding: 2px 6px;")
            layout.addWidget(chip)


def _say_reasons(evidence: dict[str, Any]) -> list[str]:
    """Returns the sentences that say why: of the measure, of the persona, of the judge."""
    lines = []
    statement, number = _text(evidence, "statement"), evidence.get("statement_number")
    if statement:
        said = (
            fill(translate("ScoreCard", "Statement %1"), number)
            if _is_count(number)
            else translate("ScoreCard", "Statement")
        )
        lines.append(f"{said}: “{statement}”")
    if _is_count(evidence.get("turn")):
        lines.append(fill(translate("ScoreCard", "Held against turn %1"), evidence["turn"]))
    lines += [_text(evidence, key) for key in ("why", "rationale")]
    return [line for line in lines if line]


def _say_counts(evidence: dict[str, Any]) -> str:
    parts = []
    if _is_number(evidence.get("argmax_differs")):
        parts.append(
            fill(
                translate("ScoreCard", "%1 % of tokens would have been others"),
                f"{100 * evidence['argmax_differs']:.0f}",
            )
        )
    if _is_count(evidence.get("n_tokens")):
        of_weights = "helped" in evidence or "js" in evidence
        parts.append(
            fill(
                translate("ScoreCard", "%1 tokens") if of_weights else translate("ScoreCard", "%1 words so far"),
                evidence["n_tokens"],
            )
        )
    if _is_count(evidence.get("n_types")):
        parts.append(fill(translate("ScoreCard", "%1 different"), evidence["n_types"]))
    return " · ".join(parts)


def _rows(evidence: dict[str, Any], key: str, *names: str) -> list[dict[str, Any]]:
    found = evidence.get(key)
    rows = found[:MAX_WORDS] if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, dict) and _is_complete(row, names)]


def _is_complete(row: dict[str, Any], names: tuple[str, ...]) -> bool:
    return isinstance(row.get(names[0]), str) and _is_number(row.get(names[1]))


def _words(evidence: dict[str, Any], key: str) -> list[str]:
    found = evidence.get(key)
    words = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return list(dict.fromkeys(words))[:MAX_WORDS]


def _text(evidence: dict[str, Any], key: str) -> str:
    found = evidence.get(key)
    return found[:MAX_CHARS] if isinstance(found, str) else ""


def _is_number(value: object) -> bool:
    """Whether it is a number that can be reckoned with: JSON of strangers has infinite ones, and of 400 digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12


def _show_token(token: str) -> str:
    """Shows the white space of a token."""
    return token.replace("\n", "⏎").replace(" ", "·") if not token.strip() else token.strip("\n")
