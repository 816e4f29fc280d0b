"""The figures of a judge's licence, each with what it means."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.fidelity.judging.licence import AMBER_FROM, GREEN_FROM, Licence
from gui.fidelity.panels.lab_panel import say, words
from gui.fidelity.panels.result_table import number_cell
from gui.stage.fill import fill

translate = QCoreApplication.translate


def _tr(text: str) -> str:
    return translate("LicenceView", text)


class LicenceView(QWidget):
    """A sentence, and seven figures."""

    def __init__(self) -> None:
        super().__init__()
        self.said = words()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.said)
        column.addLayout(self._grid)
        self.show_licence(None)

    def show_licence(self, licence: Licence | None) -> None:
        """Shows a licence, or that there is none."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        say(self.said, say_licence(licence) if licence is not None else say_examination())
        for place, (name, value, meaning) in enumerate(figures_of(licence)):
            name_label, value_label = words(name), words(value, "")
            value_label.setAccessibleName(f"{name}: {value}")
            value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, label in enumerate((name_label, value_label)):
                label.setWordWrap(label is name_label)
                label.setToolTip(meaning)
                self._grid.addWidget(label, place, column)


def say_licence(licence: Licence | None) -> str:
    """Returns what a licence says in a sentence."""
    if licence is None:
        return _tr("Not examined yet: nobody knows how far to trust it.")
    said = _tr(
        "Named who is speaking in %1 of %2 scenes. Chance is 25 %; on a published test of the same kind people reached "
        "91 %. Red is under %3 %, green from %4 % on."
    )
    percent = f"{licence.top1:.0%}".replace("%", " %")
    words_of = fill(said, percent, licence.n, f"{AMBER_FROM:.0%}".rstrip("%"), f"{GREEN_FROM:.0%}".rstrip("%"))
    if licence.n_failed:
        words_of += " " + fill(_tr("%1 could not be judged and count as wrong."), licence.n_failed)
    return words_of


def say_examination() -> str:
    """Returns what an examination is, for a judge that had none."""
    return _tr(
        "Not examined yet: nobody knows how far to trust it. An examination asks it who is speaking in 60 scenes from "
        "old plays; how often it is right decides its badge."
    )


def figures_of(licence: Licence | None) -> list[tuple[str, str, str]]:
    """Returns the figures: name, value, meaning. Before an examination they have no value, but their place."""
    top = span = brier = ece = position_bias = self_agreement = alpha = number_cell(None)[0]
    if licence is not None:
        top, span = f"{licence.top1:.0%}", f"{licence.low:.0%} – {licence.high:.0%}"
        brier, ece, alpha = _figure(licence.brier), _figure(licence.ece), _figure(licence.alpha)
        position_bias, self_agreement = _figure(licence.position_bias), _figure(licence.self_agreement)
    return [
        (
            _tr("First choice right"),
            top,
            _tr("Share of scenes in which its first choice is right; a guess gives 25 %."),
        ),
        (_tr("Its 95 % interval"), span, _tr("Where that share lies, as 60 scenes can say it.")),
        (
            _tr("Off the truth (Brier)"),
            brier,
            _tr("How far its probabilities are from the truth; 0 is best, 0.19 is what a guess gives."),
        ),
        (_tr("Off in confidence (ECE)"), ece, _tr("How far its confidence is from how often it is right; 0 is best.")),
        (
            _tr("Pull of the place"),
            position_bias,
            _tr("How much the place in the list decides; 0 is best."),
        ),
        (
            _tr("Same answer again"),
            self_agreement,
            _tr("How often it says the same in another order; 1 is best."),
        ),
        (
            _tr("Agreement (alpha)"),
            alpha,
            _tr("Krippendorff's alpha over its orders, as if each were a person; 1 is best, 0 is chance."),
        ),
    ]


def _figure(value: float | None) -> str:
    return number_cell(value)[0]
