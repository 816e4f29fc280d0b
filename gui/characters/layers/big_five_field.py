"""The Big Five as a field: the radar, and beside it the same degrees to be typed, and said in words."""

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.characters.trait_words import FACTORS, LIKE_MOST, big_five_sentences, describe_factor
from gui import theme
from gui.characters.field import Field
from gui.characters.layers.radar import Radar
from gui.widgets.growing_edit import EditWatch
from gui.widgets.wheel_guard import WheelGuard
from models.persona import BigFive

_UNSAID = -1


class BigFiveEditor(QFrame):
    """A radar and five numbers that follow each other."""

    edited = Signal()
    released = Signal()
    entered = Signal()
    left = Signal()
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        titles = self._titles()
        theme.set_kind(self, "card")
        self.radar = Radar(titles)
        self.numbers = {factor: self._make_number(titles[factor]) for factor in FACTORS}
        self._words = {factor: QLabel() for factor in FACTORS}
        self.reset = QPushButton(self.tr("Reset"))
        self.reset.setToolTip(self.tr("Nothing is said of any factor any more"))
        theme.set_kind(self.reset, "ghost")
        self.reset.clicked.connect(self._on_reset)
        self.radar.edited.connect(self._on_radar_edited)
        self.radar.released.connect(self.released)
        for corner in self.radar.corners.values():
            self._watch(corner)
        for number in self.numbers.values():
            number.valueChanged.connect(self._on_number_changed)
            self._watch(number)
        self._lay_out(titles)
        self._fix_heights()
        theme.notifier.theme_changed.connect(self._fix_heights)
        self.set_value({})

    def value(self) -> dict[str, int | None]:
        """Returns the degree of each factor; None: not said."""
        return self.radar.degrees()

    def set_value(self, value: dict[str, int | None]) -> None:
        """Shows degrees."""
        self.radar.set_degrees(value)
        for factor, number in self.numbers.items():
            degree = value.get(factor)
            blocked = number.blockSignals(True)
            number.setValue(_UNSAID if degree is None else degree)
            number.blockSignals(blocked)
            self._words[factor].setText(self._describe(factor, degree))
        self.reset.setEnabled(any(degree is not None for degree in value.values()))

    def _titles(self) -> dict[str, str]:
        return {
            "openness": self.tr("Openness"),
            "conscientiousness": self.tr("Conscientiousness"),
            "extraversion": self.tr("Extraversion"),
            "agreeableness": self.tr("Agreeableness"),
            "neuroticism": self.tr("Neuroticism"),
        }

    def _describe(self, factor: str, degree: int | None) -> str:
        if degree is None:
            return self.tr("not said")
        if degree in LIKE_MOST:
            return self.tr("like most people: nothing is said")
        return describe_factor(factor, degree)

    def _make_number(self, title: str) -> QSpinBox:
        number = QSpinBox()
        number.setRange(_UNSAID, 100)
        number.setSpecialValueText("–")
        number.setAccessibleName(title)
        number.setAccessibleDescription(self.tr("From 0 to 100; below 0 it is not said"))
        theme.pad_spin_box(number)
        number.setFixedWidth(theme.text_px(82))
        WheelGuard(number)
        return number

    def _watch(self, editor: QWidget) -> None:
        watch = EditWatch(editor)
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(watch, name).connect(getattr(self, name))

    def _lay_out(self, titles: dict[str, str]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for row, factor in enumerate(FACTORS):
            name = QLabel(titles[factor])
            name.setBuddy(self.numbers[factor])
            words = self._words[factor]
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            theme.set_kind(words, "small")
            texts = QVBoxLayout()
            texts.setSpacing(0)
            texts.addWidget(name)
            texts.addWidget(words)
            grid.addWidget(self.numbers[factor], row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addLayout(texts, row, 1)
        side = QVBoxLayout()
        side.addStretch(1)
        side.addLayout(grid)
        side.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        side.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 8, 14, 8)
        self._row.setSpacing(14)
        self._row.addWidget(self.radar, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(side, 1)

    def minimumSizeHint(self) -> QSize:
        """Returns a width at which the numbers stand under the radar."""
        hint = super().minimumSizeHint()
        hint.setWidth(min(hint.width(), self.radar.sizeHint().width() + 24))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the numbers beside the radar, or under it where there is no room."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= self.radar.sizeHint().width() + theme.text_px(236)
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)

    def _fix_heights(self) -> None:
        """Two lines for what each degree says, needed or not: nothing moves while a corner is dragged."""
        for words in self._words.values():
            words.setMinimumHeight(2 * QFontMetrics(theme.ui_font(12)).lineSpacing() + 2)

    def _on_radar_edited(self) -> None:
        self.set_value(self.radar.degrees())
        self.edited.emit()

    def _on_number_changed(self, _number: int) -> None:
        self.set_value(
            {factor: None if box.value() == _UNSAID else box.value() for factor, box in self.numbers.items()}
        )
        self.edited.emit()

    def _on_reset(self) -> None:
        self.set_value({})
        self.edited.emit()
        self.released.emit()


class BigFiveField(Field):
    """The five factors of a persona."""

    def __init__(self, label: str, **options: Any) -> None:
        self.big_five = BigFiveEditor()
        super().__init__(label, self.big_five, **options)
        self.big_five.edited.connect(self._on_edited)
        self.big_five.released.connect(self.left)
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(self.big_five, name).connect(getattr(self, name))

    def value(self) -> dict[str, int | None]:
        """Returns the degree of each factor."""
        return self.big_five.value()

    def set_value(self, value: dict[str, int | None]) -> None:
        """Shows degrees."""
        if value != self.value():
            self.big_five.set_value(value)

    def texts(self) -> tuple[str, ...]:
        """Returns what the weights read."""
        return tuple(big_five_sentences(BigFive.model_validate(self.value())))

    def focus_editor(self) -> None:
        """Goes to the first corner."""
        next(iter(self.big_five.radar.corners.values())).setFocus(Qt.FocusReason.OtherFocusReason)
