"""Fields of an entry that are no text: choices, numbers, switches."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from gui import theme
from gui.characters.field import Field, TextField


class _CalmSpinBox(QSpinBox):
    """The wheel scrolls the form unless the box has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves the wheel to the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmComboBox(QComboBox):
    """As `_CalmSpinBox`."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leaves the wheel to the form."""
        event.ignore()


class LinesField(TextField):
    """A list of texts, one a line."""

    def value(self) -> list[str]:  # type: ignore[override]
        """Returns the lines that are not empty."""
        return [line.strip() for line in super().value().split("\n") if line.strip()]

    def set_value(self, value: list[str]) -> None:  # type: ignore[override]
        """Shows texts; a line end inside one becomes a space."""
        if self.value() != value:
            super().set_value("\n".join(text.replace("\n", " ") for text in value))


class ChoiceField(Field):
    """One of some values, each with what it is called."""

    def __init__(self, label: str, choices: Sequence[tuple[Any, str]], **options: Any) -> None:
        self._box = CalmComboBox()
        for value, name in choices:
            self._box.addItem(name, value)
        super().__init__(label, self._box, **options)
        self._box.activated.connect(self._on_chosen)

    def value(self) -> Any:
        """Returns the value that is chosen."""
        return self._box.currentData()

    def set_value(self, value: Any) -> None:
        """Chooses a value."""
        self._box.setCurrentIndex(max(0, self._box.findData(value)))

    def _on_chosen(self) -> None:
        self._on_edited()
        self.left.emit()


class NumberField(Field):
    """A whole number; where `nothing` is given, the least value stands for none and shows that text."""

    def __init__(
        self, label: str, low: int, high: int, *, nothing: str | None = None, suffix: str = "", **options: Any
    ) -> None:
        self._nothing = nothing
        self._low = low - 1 if nothing is not None else low
        self._box = _CalmSpinBox()
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box.setRange(self._low, high)
        self._box.setSuffix(suffix)
        if nothing is not None:
            self._box.setSpecialValueText(nothing)
        theme.pad_spin_box(self._box)
        super().__init__(label, self._box, **options)
        self._box.valueChanged.connect(self._on_changed)
        self._box.editingFinished.connect(self.left)
        self._loading = False

    def value(self) -> int | None:
        """Returns the number, or None for none."""
        number = self._box.value()
        return None if self._nothing is not None and number == self._low else number

    def set_value(self, value: int | None) -> None:
        """Shows a number."""
        self._loading = True
        self._box.setValue(self._low if value is None else value)
        self._loading = False

    def _on_changed(self) -> None:
        if not self._loading:
            self._on_edited()


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, label: str, **options: Any) -> None:
        self._box = QCheckBox(label)
        super().__init__(label, self._box, **options)
        self._label.hide()
        self._box.clicked.connect(self._on_clicked)

    def value(self) -> bool:
        """Returns whether it is on."""
        return self._box.isChecked()

    def set_value(self, value: bool) -> None:
        """Turns it on or off."""
        self._box.setChecked(bool(value))

    def _on_clicked(self) -> None:
        self._on_edited()
        self.left.emit()


def maybe_field(label: str, by_default: str, yes: str, no: str) -> ChoiceField:
    """Returns a field for yes, no, or as it is said elsewhere."""
    return ChoiceField(label, [(None, by_default), (True, yes), (False, no)])
