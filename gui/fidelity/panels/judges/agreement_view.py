"""How far each measure and each judge agrees with the labels of people: live, as labels come."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.fidelity.catalogue import METRICS
from core.lab.agreement import Agreement, BetweenJudges
from gui.fidelity.panels.lab_panel import say, words
from gui.fidelity.panels.result_table import MISSING, Cell, ResultTable, number_cell
from gui.stage.fill import fill


class AgreementView(QWidget):
    """A table, and a sentence where there is too little to say anything."""

    metric_chosen = Signal(str, str)
    """A measure, and the id of the judge, if any."""

    def __init__(self) -> None:
        super().__init__()
        self.said = words()
        headings = [self.tr("Measure"), "n", "κ", "ρ", "τ"]
        self.table = ResultTable(self.tr("Agreement with your labels"), headings, wide=0)
        for column, meaning in enumerate(self._meanings()):
            self.table.horizontalHeaderItem(column).setToolTip(meaning)
        self.table.row_chosen.connect(lambda key: self.metric_chosen.emit(*key))
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(6)
        column_box.addWidget(self.said)
        self.between = words()
        say(self.between, "")
        column_box.addWidget(self.table)
        column_box.addWidget(self.between)

    def show_agreements(
        self, found: Sequence[Agreement], n_labels: int, judges: Mapping[str, str], titles: Mapping[str, str]
    ) -> None:
        """Shows other figures.

        Args:
            n_labels: Turns that have a label.
            judges: Judge id -> name.
            titles: Names of measures that the catalogue does not have.
        """
        known = [one for one in found if one.reason is None]
        rows: list[tuple[object, list[Cell], str]] = []
        for one in sorted(known, key=lambda one: -(one.kappa if one.kappa is not None else -2.0)):
            metric = METRICS.get(one.metric)
            title = metric.title if metric is not None else titles.get(one.metric, one.metric)
            if one.judge_id is not None:
                title = f"{title}\n{judges.get(one.judge_id, '')}"
            cells: list[Cell] = [
                (title, title),
                (str(one.n), float(one.n)),
                *map(number_cell, (one.kappa, one.spearman, one.kendall)),
            ]
            rows.append(((one.metric, one.judge_id or ""), cells, self._explain(one)))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        say(self.said, self._say(found, known, n_labels), "small")

    def show_between(self, found: Sequence[BetweenJudges], titles: Mapping[str, str]) -> None:
        """Says how far judges agree with each other, where several said something."""
        lines = []
        for one in found:
            metric = METRICS.get(one.metric)
            title = metric.title if metric is not None else titles.get(one.metric, one.metric)
            alpha = MISSING if one.alpha is None else f"{one.alpha:.2f}"
            lines.append(fill(self.tr("%1: alpha %2 (%3 judges, %4 turns)"), title, alpha, len(one.judge_ids), one.n))
        head = self.tr("Judges with each other")
        say(self.between, "\n".join([head, *lines]) if lines else "")

    def _say(self, found: Sequence[Agreement], known: Sequence[Agreement], n_labels: int) -> str:
        if not n_labels:
            return self.tr(
                "Label some turns: G for good, O for off, Y for why, here or on the Stage. Then it shows here which "
                "measures and judges see what you see."
            )
        if not known:
            reason = next((one.reason for one in found if one.reason), "")
            return fill(self.tr("%1 turns are labelled. %2"), n_labels, reason or self.tr("None of them is scored."))
        return fill(self.tr("From %1 labelled turns. 1 is full agreement, 0 is chance."), n_labels)

    def _explain(self, one: Agreement) -> str:
        said = fill(self.tr("%1 turns, %2 of them good."), one.n, one.n_good)
        if one.cut is not None:
            said += " " + fill(
                self.tr("The best cut lies at %1; kappa is of that cut, and flatters where labels are few."),
                f"{one.cut:.3f}",
            )
        if one.auc is not None:
            said += " " + fill(
                self.tr("A good turn scores better than one that is off in %1 of 100 pairs."), f"{100 * one.auc:.0f}"
            )
        if one.n_contested or one.n_confirmed:
            said += " " + fill(self.tr("You disagreed with %1 of its scores."), one.n_contested)
        return said

    def _meanings(self) -> list[str]:
        return [
            "",
            self.tr("Turns that have both a label and a score"),
            self.tr("Cohen's kappa at the best cut"),
            self.tr("Spearman's correlation of ranks"),
            self.tr("Kendall's tau-b"),
        ]
