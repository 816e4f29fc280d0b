"""How tokens are drawn beside temperature: a part of the settings that stays folded until somebody wants it."""

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.playtest.sampler_settings import SamplerSettings
from gui import theme

_CONTEXT = "SamplerSection"


@dataclass(frozen=True, slots=True)
class _Knob:
    """One number that can be set."""

    name: str
    label: str
    hint: str
    high: float
    step: float
    low: float = 0
    decimals: int = 2


_KNOBS = (
    _Knob(
        "min_p",
        QT_TRANSLATE_NOOP(_CONTEXT, "M&in-p"),
        QT_TRANSLATE_NOOP(_CONTEXT, "Leaves out words below this share of the likeliest word's probability. 0: off."),
        1,
        0.01,
    ),
    _Knob(
        "top_p",
        QT_TRANSLATE_NOOP(_CONTEXT, "Top-&p"),
        QT_TRANSLATE_NOOP(_CONTEXT, "Keeps the likeliest words that together reach this probability. 1: off."),
        1,
        0.01,
    ),
    _Knob(
        "top_k",
        QT_TRANSLATE_NOOP(_CONTEXT, "Top-&k"),
        QT_TRANSLATE_NOOP(_CONTEXT, "Keeps this many of the likeliest words. 0: off."),
        1000,
        5,
        decimals=0,
    ),
    _Knob(
        "repeat_penalty",
        QT_TRANSLATE_NOOP(_CONTEXT, "&Repeat penalty"),
        QT_TRANSLATE_NOOP(_CONTEXT, "Makes words of the same answer less likely. 1: off."),
        2,
        0.05,
        low=0.5,
    ),
    _Knob(
        "dry_multiplier",
        QT_TRANSLATE_NOOP(_CONTEXT, "&DRY"),
        QT_TRANSLATE_NOOP(
            _CONTEXT, "Makes it less likely that an answer goes on repeating a run of words; 0.8 is usual. 0: off."
        ),
        10,
        0.1,
    ),
    _Knob(
        "xtc_probability",
        QT_TRANSLATE_NOOP(_CONTEXT, "&XTC"),
        QT_TRANSLATE_NOOP(
            _CONTEXT, "How often all but the least likely of the good words are left out, for surprise. 0: off."
        ),
        1,
        0.05,
    ),
    _Knob(
        "xtc_threshold",
        QT_TRANSLATE_NOOP(_CONTEXT, "XTC t&hreshold"),
        QT_TRANSLATE_NOOP(_CONTEXT, "From which probability on a word counts as good. 0.5: off."),
        0.5,
        0.01,
    ),
)


class SamplerSection(QWidget):
    """The main numbers of sampling, with a way back to the usual ones. Those not shown are kept as they are."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._settings = SamplerSettings()
        self._fold = QToolButton()
        self._fold.setText(self.tr("Samplin&g"))
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._state = QLabel()
        theme.set_kind(self._state, "small")
        self.reset_button = QPushButton(self.tr("Reset"))
        self.reset_button.setToolTip(self.tr("Back to the usual numbers, those not shown here too"))
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.knobs = {knob.name: self._make_knob(knob) for knob in _KNOBS}
        self._body = QWidget()
        self._lay_out()
        self._fold.toggled.connect(self._on_fold_toggled)
        self.reset_button.clicked.connect(self._on_reset_clicked)
        self._on_fold_toggled(False)

    @property
    def settings(self) -> SamplerSettings:
        """What is set."""
        return self._settings

    def show_settings(self, settings: SamplerSettings) -> None:
        """Shows settings, without saying that they changed."""
        self._settings = settings
        for name, spin in self.knobs.items():
            spin.blockSignals(True)
            spin.setValue(getattr(settings, name))
            spin.blockSignals(False)
        self._show_state()

    def unfold(self) -> None:
        """Shows the numbers."""
        self._fold.setChecked(True)

    def _make_knob(self, knob: _Knob) -> QDoubleSpinBox | QSpinBox:
        spin = QDoubleSpinBox() if knob.decimals else QSpinBox()
        if isinstance(spin, QDoubleSpinBox):
            spin.setDecimals(knob.decimals)
            spin.setRange(knob.low, knob.high)
            spin.setSingleStep(knob.step)
        else:
            spin.setRange(int(knob.low), int(knob.high))
            spin.setSingleStep(int(knob.step))
        spin.setKeyboardTracking(False)
        spin.setToolTip(self.tr(knob.hint))
        spin.setAccessibleName(self.tr(knob.label).replace("&", ""))
        spin.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
        theme.pad_spin_box(spin)
        spin.valueChanged.connect(self._on_value_changed)
        return spin

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._fold)
        head.addWidget(self._state, 1)
        head.addWidget(self.reset_button)
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for place, knob in enumerate(_KNOBS):
            label = QLabel(self.tr(knob.label))
            label.setBuddy(self.knobs[knob.name])
            label.setToolTip(self.tr(knob.hint))
            row, column = divmod(place, 2)
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(self.knobs[knob.name], row, 2 * column + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._body)

    def _show_state(self) -> None:
        usual = self._settings == SamplerSettings()
        self._state.setText(self.tr("as usual") if usual else self.tr("changed"))
        self.reset_button.setVisible(not usual)

    def _on_fold_toggled(self, open_: bool) -> None:
        self._body.setVisible(open_)
        self._fold.setIcon(theme.icon("mdi6.chevron-down" if open_ else "mdi6.chevron-right"))

    def _on_value_changed(self) -> None:
        shown = {name: spin.value() for name, spin in self.knobs.items()}
        self._settings = SamplerSettings.model_validate(self._settings.model_dump() | shown)
        self._show_state()
        self.changed.emit()

    def _on_reset_clicked(self) -> None:
        self.show_settings(SamplerSettings())
        self.changed.emit()
