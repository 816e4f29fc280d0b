"""Fields for an age and for a choice of levels, both of which may be left open."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox

from gui.characters.field import Field, LineField
from gui.widgets.growing_edit import EditWatch
from gui.widgets.wheel_guard import WheelGuard

MAX_AGE = 1_000_000


class AgeField(LineField):
    """A whole number of years, or nothing. What is no number stays in the field, and why is said beside it."""

    keeps_refused = True

    def __init__(self, label: str, placeholder: str = "", **options: Any) -> None:
        super().__init__(label, placeholder, **options)
        self.check = self._check

    def value(self) -> Any:
        """Returns the years, None when the field is empty, or the text that is no number."""
        text = super().value()
        if not text:
            return None
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text

    def set_value(self, value: Any) -> None:
        """Shows years."""
        super().set_value("" if value is None else str(value))

    def texts(self) -> tuple[str, ...]:
        """Returns the figure."""
        return (super().value(),)

    def _check(self, value: Any) -> str | None:
        if value is None or (isinstance(value, int) and value <= MAX_AGE):
            return None
        return self.tr("An age is a whole number of years, from 0 to 1,000,000; until then the old one counts.")


class ChoiceField(Field):
    """One of a few numbered choices, or none."""

    def __init__(self, label: str, none_text: str, choices: Sequence[str], **options: Any) -> None:
        """Makes the field; the value of the first choice is 1."""
        self._box = QComboBox()
        self._box.addItems([none_text, *choices])
        self._box.setMinimumContentsLength(8)
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        super().__init__(label, self._box, **options)
        WheelGuard(self._box)
        self._box.activated.connect(self._on_activated)
        watch = EditWatch(self._box)
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(watch, name).connect(getattr(self, name))

    def value(self) -> int | None:
        """Returns the number of the choice, from 1; None when nothing is chosen."""
        return self._box.currentIndex() or None

    def set_value(self, value: int | None) -> None:
        """Shows a choice."""
        self._box.setCurrentIndex(value or 0)

    def texts(self) -> tuple[str, ...]:
        """Returns nothing: what is read is the sentence in the prompt."""
        return ()

    def _on_activated(self, _index: int) -> None:
        self._on_edited()
        self.left.emit()
