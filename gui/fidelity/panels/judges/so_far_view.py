"""What the chosen judge has begun on the branch and not ended, with a button that has it go on."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from core.fidelity.judging.judged_metric import JudgedMetric
from core.lab.judging import SoFar
from gui import theme
from gui.fidelity.panels.judges.asking_list import name_questions, title_of
from gui.fidelity.panels.lab_panel import say, words
from gui.stage.fill import fill


class SoFarView(QWidget):
    """A sentence and a button; hidden where there is nothing to go on with."""

    go_on_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[JudgedMetric] = []
        """What it would go on with."""
        self.said = words()
        self.button = QPushButton(theme.icon("mdi6.play-outline"), self.tr("Go on"))
        self.button.clicked.connect(self.go_on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.said)
        column.addWidget(self.button)
        self.hide()

    def show_so_far(self, found: Sequence[SoFar]) -> None:
        """Shows how far the judge came; nothing: it has ended all that it began."""
        self.wanted = [one.judged for one in found]
        self.setVisible(bool(found))
        if not found:
            return
        counted = say_before(sum(one.n_done for one in found), sum(one.n_total for one in found))
        name = name_questions(self.wanted)
        said = fill(self.tr("%1: %2; judging goes on with the rest."), name, counted)
        say(self.said, said, "small")
        self.said.setToolTip("\n".join(f"{title_of(one.judged)}: {one.n_done:,} / {one.n_total:,}" for one in found))
        self.button.setAccessibleName(fill(self.tr("Go on judging: %1"), name))
        self.button.setAccessibleDescription(said)


def say_before(n_done: int, n_total: int) -> str:
    """Returns how much had been judged before."""
    translate = QCoreApplication.translate
    said = translate("SoFarView", "%1 of %2 were judged before")
    if n_done == 1:
        said = translate("SoFarView", "%1 of %2 was judged before")
    return fill(said, f"{n_done:,}", f"{n_total:,}")
