"""What readers say of a scene: a card for each, folded to the rating and the critique."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.fidelity.judged.playtester import Review
from gui import theme
from gui.fidelity.panels.lab_panel import replace_all, words
from gui.stage.fill import fill


class ReviewCards(QWidget):
    """Cards, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def show_reviews(self, reviews: Sequence[Review]) -> None:
        """Shows other reviews."""
        replace_all(self._column, [ReviewCard(one) for one in reviews])
        self.setVisible(bool(reviews))


class ReviewCard(QFrame):
    """One reader."""

    def __init__(self, review: Review) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        head = QHBoxLayout()
        head.addWidget(words(review.reader, "strong"), 1)
        head.addWidget(words(fill(self.tr("%1 of 10"), review.rating), "strong"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(words(review.critique, ""))
        for title, text in (
            (self.tr("Mechanics"), review.mechanics),
            (self.tr("Dynamics"), review.dynamics),
            (self.tr("Aesthetics"), review.aesthetics),
        ):
            if text:
                column.addWidget(words(f"{title}: {text}"))
        if review.faults:
            column.addWidget(words(fill(self.tr("Broken: %1"), "; ".join(review.faults)), "warning"))
