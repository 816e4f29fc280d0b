"""One score of a turn: its value or why there is none, who said so, the evidence, and what can be said against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from core.fidelity.catalogue import METRICS
from core.fidelity.metric import Metric
from gui import theme
from gui.stage.charts.score_evidence import add_evidence, small_label
from gui.stage.fill import fill
from gui.stage.labels.disagreement import Disagreement
from gui.widgets.badge import Badge
from models.score import Score

__all__ = ["Beside", "ScoreCard", "small_label"]

OWN = "own."


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a score beside its row."""

    title: str = ""
    """Of a measure that is not in the catalogue: a user's own."""
    judge: str = ""
    """Name of the judge; empty: it was computed."""
    badge: str = ""
    """Of the judge, see `gui.widgets.badge`."""
    contested: str | None = None
    """Why the user disagrees; None: nothing was said."""
    older: Sequence[tuple[str, str, str]] = ()
    """Earlier verdicts, newest first: when, by whom, and what."""
    can_contest: bool = False


NOTHING_BESIDE = Beside()


class ScoreCard(QFrame):
    """One score, how to read it, and its evidence."""

    disagreed = Signal(object, object)
    """The score, and why the user disagrees; None: not any more."""

    def __init__(
        self, score: Score, metric: Metric | None = None, title: str = "", beside: Beside = NOTHING_BESIDE
    ) -> None:
        """Shows a score; `metric` and `title` are asked for only where the catalogue does not have the measure."""
        super().__init__()
        metric = metric or METRICS.get(score.metric)
        title = title or beside.title or (metric.title if metric is not None else score.metric)
        theme.set_kind(self, "card")
        self.setToolTip(metric.how_to_read if metric is not None else "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(4)
        header = QHBoxLayout()
        header.addWidget(small_label(title, "strong"), 1)
        if score.value is not None:
            header.addWidget(small_label(f"{score.value:.3f}", "strong"))
        layout.addLayout(header)
        if beside.judge:
            self._add_judge(layout, beside)
        if score.value is None:
            layout.addWidget(small_label(fill(self.tr("Not scored: %1"), score.reason or ""), "small"))
        else:
            if metric is not None and metric.unit:
                layout.addWidget(small_label(metric.unit, "small"))
            add_evidence(layout, score.evidence)
        self._add_older(layout, beside)
        if beside.can_contest and score.id is not None and (score.value is not None or beside.contested is not None):
            self._add_disagreement(layout, score, title, beside)

    def _add_judge(self, layout: QVBoxLayout, beside: Beside) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(small_label(fill(self.tr("by %1"), beside.judge), "small"), 1)
        row.addWidget(Badge(beside.badge))
        layout.addLayout(row)

    def _add_older(self, layout: QVBoxLayout, beside: Beside) -> None:
        if beside.older:
            layout.addWidget(small_label(self.tr("Before"), "small"))
        for when, who, what in beside.older:
            layout.addWidget(small_label(" · ".join(part for part in (when, who, what) if part), "small"))

    def _add_disagreement(self, layout: QVBoxLayout, score: Score, title: str, beside: Beside) -> None:
        self.disagreement = Disagreement(title, beside.contested)
        self.disagreement.kept.connect(lambda why: self.disagreed.emit(score, why))
        self.disagreement.taken_back.connect(lambda: self.disagreed.emit(score, None))
        layout.addWidget(self.disagreement)
