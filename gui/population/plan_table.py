"""The quotas of a population as a table: what is wanted, and how many there are."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from core.authoring.population.apportion import apportion
from core.authoring.population.plan import OLDEST, PopulationPlan, Quota, QuotaKind
from gui import theme

MAX_ROWS = 6


class PlanTable(QTableWidget):
    """Read-only; one row a quota."""

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setAccessibleName(self.tr("Plan"))
        self.setHorizontalHeaderLabels([self.tr("Quota"), self.tr("Wanted"), self.tr("There")])
        self.horizontalHeaderItem(0).setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)

    def show_plan(self, plan: PopulationPlan | None, there: Sequence[int], n_people: int | None = None) -> None:
        """Shows a plan, how many of each quota there are so far, in the order of the plan, and of all."""
        quotas = plan.quotas if plan is not None else ()
        self.setRowCount(len(quotas) + (plan is not None))
        if plan is not None:
            self._fill(0, plan.noun.capitalize(), plan.n_people, n_people)
        for row, quota in enumerate(quotas, start=1):
            assert plan is not None
            part = quota.part_of(plan.n_people)
            wanted = quota.count if quota.count is not None else apportion(plan.n_people, [part, 1 - part])[0]
            self._fill(row, self._name(quota), wanted, there[row - 1] if there else None)
        rows = min(self.rowCount(), MAX_ROWS)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + rows * self.rowHeight(0) + theme.text_px(8))

    def _fill(self, row: int, name: str, wanted: int, there: int | None) -> None:
        for column, text in enumerate((name, f"{wanted:,}", "" if there is None else f"{there:,}")):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)

    def _name(self, quota: Quota) -> str:
        if quota.about is not QuotaKind.AGE:
            return quota.word.capitalize()
        if quota.high == OLDEST:
            return self.tr("Over %1").replace("%1", str(quota.low - 1))
        return self.tr("%1 to %2 years old").replace("%1", str(quota.low)).replace("%2", str(quota.high))
