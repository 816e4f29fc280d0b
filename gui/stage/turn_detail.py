"""The X-ray of one turn: what it scored and on what evidence, what the weights read and reused, how fast they were."""

from typing import Any

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.fidelity.metrics import METRICS
from gui import theme
from gui.stage.fill import fill
from gui.stage.flow_layout import FlowLayout
from gui.stage.reading import read_evidence, read_turn
from gui.stage.session import StageSession
from gui.workspace import Workspace
from models.playtest import Origin, Turn
from models.score import Score

translate = QCoreApplication.translate

LEAST_NATS = 0.005
"""Tokens that weigh less are not shown: they would read 0.00."""


class TurnDetail(QScrollArea):
    """Shows one turn of the open playtest."""

    closed = Signal()

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self.turn_id: int | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Details of the turn"))
        session.scored.connect(self._on_scored)
        session.opened.connect(self.closed)
        theme.notifier.theme_changed.connect(self._refresh)

    def show_turn(self, turn_id: int) -> None:
        """Shows a turn."""
        self.turn_id = turn_id
        self._refresh()

    def _on_scored(self, turn_ids: tuple[int, ...] | None) -> None:
        if self.isVisible() and self.turn_id is not None and (turn_ids is None or self.turn_id in turn_ids):
            self._refresh()

    def _refresh(self) -> None:
        if self.turn_id is None or not self._workspace.is_project_open:
            return
        turn = read_turn(self._workspace.project, self.turn_id)
        if turn is None:
            return
        place = self.verticalScrollBar().value()
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 4, 12, 12)
        layout.setSpacing(12)
        layout.addWidget(_ReadCard(turn))
        latest = {score.metric: score for score in read_evidence(self._workspace.project, turn.id or 0)}
        for metric in METRICS:
            if metric in latest:
                layout.addWidget(_ScoreCard(latest[metric]))
        if not latest:
            layout.addWidget(_label(self.tr("Not scored."), "small"))
        layout.addStretch(1)
        self.setWidget(content)
        self.verticalScrollBar().setValue(place)


class _ReadCard(QFrame):
    """What the weights read, and how fast."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(_label(self.tr("What the weights read"), "strong"))
        record = turn.record
        if turn.origin != Origin.WEIGHTS or not record:
            said = {
                Origin.GREETING: self.tr("Nothing: this is the greeting that opens the scene."),
                Origin.EDITED: self.tr("Nothing: these words were edited by a person."),
            }
            layout.addWidget(_label(said.get(turn.origin, self.tr("Nothing: these words are a person's.")), "small"))
            return
        n_prompt, n_reused = int(record.get("n_prompt_tokens") or 0), int(record.get("n_reused_tokens") or 0)
        n_written, n_ctx = int(record.get("n_written_tokens") or 0), int(record.get("n_ctx") or 0)
        layout.addWidget(_ContextBar(n_reused, n_prompt - n_reused, n_written, n_ctx))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for row, (name, value) in enumerate(self._facts(turn, n_prompt, n_reused, n_written, n_ctx)):
            grid.addWidget(_label(name, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            fact = _label(value, "small")
            fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(fact, row, 1)
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)

    def _facts(self, turn: Turn, n_prompt: int, n_reused: int, n_written: int, n_ctx: int) -> list[tuple[str, str]]:
        record = turn.record
        first_s, total_s = float(record.get("first_token_s") or 0), float(record.get("total_s") or 0)
        speed = (n_written - 1) / (total_s - first_s) if total_s > first_s and n_written > 1 else None
        n_dropped = int(record.get("n_turns_dropped") or 0)
        weights = record.get("weights") or {}
        sampling = record.get("sampling") or {}
        facts = [
            (self.tr("Prompt"), fill(self.tr("%1 tokens of %2"), f"{n_prompt:,}", f"{n_ctx:,}")),
            (self.tr("Reused"), fill(self.tr("%1 tokens, not read again"), f"{n_reused:,}")),
            (self.tr("Read"), fill(self.tr("%1 tokens"), f"{n_prompt - n_reused:,}")),
            (self.tr("Written"), fill(self.tr("%1 tokens"), f"{n_written:,}")),
            (self.tr("First word"), fill(self.tr("%1 s"), f"{first_s:.2f}")),
            (self.tr("Speed"), fill(self.tr("%1 tokens a second"), f"{speed:.1f}") if speed else "–"),
            (self.tr("Ended"), _say_finish(turn.finish)),
            (self.tr("Left the view"), fill(self.tr("the first %1 turns"), n_dropped) if n_dropped else ""),
            (self.tr("Temperature"), f"{float(sampling['temperature']):.2f}" if "temperature" in sampling else ""),
            (self.tr("Seed"), str(record.get("seed", ""))),
            (self.tr("Weights"), str(weights.get("name", ""))),
            (self.tr("Ran on"), self._say_device(record)),
        ]
        return [(name, value) for name, value in facts if value]

    def _say_device(self, record: dict[str, Any]) -> str:
        said = str(record.get("gpu") or "") or self.tr("CPU")
        if record.get("n_threads"):
            said += fill(self.tr(", %1 threads"), record["n_threads"])
        return said + (self.tr(", safe mode") if record.get("safe_mode") else "")


class _ScoreCard(QFrame):
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
        header.addWidget(_label(metric.title, "strong"))
        header.addStretch(1)
        if score.value is not None:
            header.addWidget(_label(f"{score.value:.3f}", "strong"))
        layout.addLayout(header)
        if score.value is None:
            layout.addWidget(_label(fill(self.tr("Not scored: %1"), score.reason or ""), "small"))
            return
        layout.addWidget(_label(metric.unit, "small"))
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
                layout.addWidget(_label(title, "small"))
                most = max(abs(float(one["nats"])) for one in found)
                chips = [
                    (_show_token(str(one["token"])), form.format(float(one["nats"])), abs(float(one["nats"])) / most)
                    for one in found
                ]
                layout.addWidget(_Chips(chips, color))
        if "shared" in evidence:
            shared = [str(word) for word in evidence["shared"]]
            said = fill(self.tr("Shared with %1"), evidence.get("partner", ""))
            layout.addWidget(_label(said if shared else self.tr("No word in common."), "small"))
            layout.addWidget(_Chips([(word, "", 0.6) for word in shared[:24]], colors.fault))
        if evidence.get("most_repeated"):
            layout.addWidget(_label(self.tr("Said most often so far"), "small"))
            chips = [(str(one["word"]), f"×{one['count']}", 0.4) for one in evidence["most_repeated"]]
            layout.addWidget(_Chips(chips, colors.accent))
        facts = _say_counts(evidence)
        if facts:
            layout.addWidget(_label(facts, "small"))


class _Chips(QWidget):
    """Words on tinted ground, the stronger the tint the more they weigh."""

    def __init__(self, chips: list[tuple[str, str, float]], color: str) -> None:
        super().__init__()
        layout = FlowLayout(self, spacing=4)
        colors = theme.colors()
        for word, number, weight in chips:
            chip = _label(f"{word}  {number}".strip(), "small")
            chip.setWordWrap(False)
            ground = theme.mix(colors.card, color, 0.12 + 0.22 * weight)
            chip.setStyleSheet(f"background: {ground}; color: {colors.text}; border-radius: 5px; padding: 2px 6px;")
            layout.addWidget(chip)


class _ContextBar(QWidget):
    """The context as one bar: reused, read, written, free."""

    def __init__(self, n_reused: int, n_read: int, n_written: int, n_ctx: int) -> None:
        super().__init__()
        self._parts = (n_reused, n_read, n_written)
        self._n_ctx = max(n_ctx, sum(self._parts), 1)
        self.setFixedHeight(10)
        self.setAccessibleName(
            fill(self.tr("Context: %1 tokens reused, %2 read, %3 written"), n_reused, n_read, n_written)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the parts from left to right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = theme.colors()
        painter.setBrush(QColor(colors.edge))
        painter.drawRoundedRect(self.rect(), 5, 5)
        x = 0.0
        for n_tokens, color in zip(self._parts, (colors.accent, colors.warning, colors.good), strict=True):
            width = self.width() * n_tokens / self._n_ctx
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(QRectF(x, 0, max(width - 1, 1), self.height()), 4, 4)
            x += width


def _say_finish(finish: str) -> str:
    said = {
        "end": translate("TurnDetail", "by itself"),
        "length": translate("TurnDetail", "at the longest answer allowed"),
        "stop": translate("TurnDetail", "cut where somebody else would have spoken"),
        "context": translate("TurnDetail", "as the context was full"),
        "empty": translate("TurnDetail", "without a word"),
    }
    return said.get(finish, finish)


def _show_token(token: str) -> str:
    """Shows the white space of a token."""
    return token.replace("\n", "⏎").replace(" ", "·") if not token.strip() else token.strip("\n")


def _say_counts(evidence: dict[str, Any]) -> str:
    parts = []
    if "argmax_differs" in evidence:
        said = translate("TurnDetail", "%1 % of tokens would have been others")
        parts.append(fill(said, f"{100 * float(evidence['argmax_differs']):.0f}"))
    if "n_tokens" in evidence:
        of_weights = "helped" in evidence or "js" in evidence
        said = translate("TurnDetail", "%1 tokens") if of_weights else translate("TurnDetail", "%1 words so far")
        parts.append(fill(said, evidence["n_tokens"]))
    if "n_types" in evidence:
        parts.append(fill(translate("TurnDetail", "%1 different"), evidence["n_types"]))
    return " · ".join(parts)


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
