"""How turns are written, for playtests that are begun from now on."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox

from core.app_settings import AppSettings
from core.playtest.settings import MAX_SEED
from gui.weights.card import Card

SCORE_CHOICES = (1, 2, 3, 5, 10, 0)
MAX_SPIN = 2**31 - 1


class WritingCard(Card):
    """The settings that a new playtest begins with; the Stage changes those of the one that is open."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("New playtests begin with"))
        self._is_filling = False
        self.temperature = QDoubleSpinBox()
        self.temperature.setRange(0, 5)
        self.temperature.setSingleStep(0.05)
        self.max_tokens = QSpinBox()
        self.max_tokens.setRange(1, 100_000)
        self.max_tokens.setSingleStep(10)
        self.max_tokens.setSuffix(self.tr(" tokens"))
        self.seed = QSpinBox()
        self.seed.setRange(0, min(MAX_SEED, MAX_SPIN))
        self.seed.setSpecialValueText(self.tr("another each time"))
        self.score_every = QComboBox()
        for choice in SCORE_CHOICES:
            self.score_every.addItem(self._name_choice(choice), choice)
        self.add_control(self.tr("T&emperature"), self.temperature, self.tr("Low is careful, high is bold."))
        self.add_control(self.tr("Answer &length"), self.max_tokens, self.tr("At most, with what is thought."))
        self.add_control(
            self.tr("&Seed"), self.seed, self.tr("The same seed gives the same words again on this machine.")
        )
        self.add_control(
            self.tr("S&core"), self.score_every, self.tr("Scoring takes the weights about as long as reading the turn.")
        )
        for spin in (self.temperature, self.max_tokens, self.seed):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(self._on_changed)
        self.score_every.currentIndexChanged.connect(self._on_changed)

    def values(self) -> Mapping[str, object]:
        """Returns what is set, by the names of `AppSettings`."""
        return {
            "temperature": round(self.temperature.value(), 2),
            "max_tokens": self.max_tokens.value(),
            "seed": self.seed.value(),
            "score_every": self.score_every.currentData(),
        }

    def show_settings(self, settings: AppSettings) -> None:
        """Shows what is remembered."""
        self._is_filling = True
        self.temperature.setValue(settings.temperature)
        self.max_tokens.setValue(settings.max_tokens)
        self.seed.setValue(min(settings.seed, self.seed.maximum()))
        if self.score_every.findData(settings.score_every) < 0:
            self.score_every.addItem(self._name_choice(settings.score_every), settings.score_every)
        self.score_every.setCurrentIndex(self.score_every.findData(settings.score_every))
        self._is_filling = False

    def _name_choice(self, every: int) -> str:
        if every == 0:
            return self.tr("when play pauses")
        return self.tr("every turn") if every == 1 else self.tr("every %1 turns").replace("%1", str(every))

    def _on_changed(self, _value: object) -> None:
        if not self._is_filling:
            self.changed.emit()
