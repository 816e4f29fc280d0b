"""Two ways of asking the same form after the same talk: item by item, and as a whole."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.fidelity.interviews.two_stages import Comparison
from gui.fidelity.panels.lab_panel import words
from gui.fidelity.panels.result_table import Cell, ResultTable, number_cell
from gui.stage.fill import fill


class ComparisonView(QWidget):
    """Shown after an interview in two stages; both ways are among the interviews from then on."""

    def __init__(self) -> None:
        super().__init__()
        headings = [self.tr("Scale"), self.tr("Items"), self.tr("Whole"), self.tr("Gap")]
        self.table = ResultTable(self.tr("Item by item against the whole form"), headings, wide=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(
            words(
                self.tr("Asked item by item, and as a whole form, which gives away what it is for. Sums as answered.")
            )
        )
        column.addWidget(self.table)
        self.hide()

    def show_comparisons(self, comparisons: Sequence[Comparison]) -> None:
        """Shows other ones; hidden where there are none."""
        rows: list[tuple[object, list[Cell], str]] = [
            (
                one.scale,
                [
                    (one.title, one.title),
                    *(number_cell(value, "{:.1f}") for value in (one.by_item, one.whole)),
                    number_cell(one.difference, "{:+.1f}"),
                ],
                fill(self.tr("%1 items were answered otherwise."), one.n_differ),
            )
            for one in comparisons
        ]
        self.table.show_rows(rows)
        self.setVisible(bool(rows))
