"""Fields whose value is chosen rather than typed: a switch, one of a few sentences, one of a list, a number."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.characters.field import Field
from gui.widgets.growing_edit import EditWatch

_INDENT_PX = 26


class SwitchField(Field):
    """Yes or no, with a sentence on what it means."""

    def __init__(self, label: str, text: str, meaning: str) -> None:
        editor = QWidget()
        self._box = QCheckBox(text)
        words = QLabel(meaning)
        words.setWordWrap(True)
        words.setIndent(_INDENT_PX)
        theme.set_kind(words, "small")
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._box)
        column.addWidget(words)
        super().__init__(label, editor)
        self._box.setAccessibleName(text)
        self._box.setAccessibleDescription(meaning)
        self._box.clicked.connect(self._on_chosen)
        self.watch(EditWatch(self._box))

    def value(self) -> bool:
        """Returns whether it is on."""
        return self._box.isChecked()

    def set_value(self, value: bool) -> None:
        """Turns it on or off."""
        self._box.setChecked(value)

    def focus_editor(self) -> None:
        """Goes to the switch."""
        self._box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chosen(self) -> None:
        self.edited.emit()
        self.left.emit()


class SentencesField(Field):
    """One of a few values, each with a sentence on what it means."""

    def __init__(self, label: str, choices: Sequence[tuple[Any, str, str]]) -> None:
        """Takes value, name and sentence of each choice."""
        editor = QWidget()
        self._group = QButtonGroup(editor)
        self._values = [value for value, _name, _sentence in choices]
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        for number, (_value, name, sentence) in enumerate(choices):
            button = QRadioButton(name)
            button.setAccessibleDescription(sentence)
            words = QLabel(sentence)
            words.setWordWrap(True)
            words.setIndent(_INDENT_PX)
            theme.set_kind(words, "small")
            self._group.addButton(button, number)
            column.addWidget(button)
            column.addWidget(words)
            column.addSpacing(6)
        super().__init__(label, editor)
        self._group.idClicked.connect(self._on_chosen)
        for button in self._group.buttons():
            self.watch(EditWatch(button))

    def value(self) -> Any:
        """Returns the chosen value."""
        return self._values[max(0, self._group.checkedId())]

    def set_value(self, value: Any) -> None:
        """Chooses a value."""
        self._group.button(self._values.index(value)).setChecked(True)

    def focus_editor(self) -> None:
        """Goes to the choice that is made."""
        self._group.button(max(0, self._group.checkedId())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chosen(self, _number: int) -> None:
        self.edited.emit()
        self.left.emit()


class CalmComboBox(QComboBox):
    """A list of choices that the wheel passes by."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls the page."""
        event.ignore()


class PopupBox(CalmComboBox):
    """Looks like a list of choices, and leaves it to others to show them."""

    opened = Signal()
    """The choices are wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumContentsLength(10)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)

    def show_choice(self, text: str) -> None:
        """Shows what is chosen."""
        self.clear()
        self.addItem(text)

    def showPopup(self) -> None:
        """Asks for the choices."""
        self.opened.emit()

    def hidePopup(self) -> None:
        """There is none of its own."""


class ListedField(Field):
    """One of a list that may change."""

    def __init__(self, label: str) -> None:
        self._box = CalmComboBox()
        self._box.setMinimumContentsLength(4)
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._box.setMinimumWidth(96)
        self._wanted: Any = None
        super().__init__(label, self._box)
        self._box.activated.connect(self._on_chosen)
        self.watch(EditWatch(self._box))

    def show_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Takes value and name of each choice; what was chosen stays."""
        self._box.clear()
        for value, name in choices:
            self._box.addItem(name, value)
        self.set_value(self._wanted)

    def value(self) -> Any:
        """Returns the chosen value."""
        return self._wanted

    def set_value(self, value: Any) -> None:
        """Chooses a value; the first of the list stands for one that is not in it."""
        self._wanted = value
        self._box.setCurrentIndex(max(0, self._box.findData(value)))

    def _on_chosen(self, place: int) -> None:
        self._wanted = self._box.itemData(place)
        self.edited.emit()
        self.left.emit()


class _CalmSpinBox(QSpinBox):
    """A number that the wheel passes by."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls the page."""
        event.ignore()


class NumberField(Field):
    """A whole number."""

    def __init__(self, label: str, lowest: int, highest: int, suffix: str = "") -> None:
        self._box = _CalmSpinBox()
        self._box.setRange(lowest, highest)
        self._box.setSuffix(suffix)
        self._box.setAccelerated(True)
        self._box.lineEdit().setTextMargins(8, 0, 0, 0)
        self._showing = False
        super().__init__(label, self._box)
        self._box.valueChanged.connect(self._on_changed)
        self.watch(EditWatch(self._box))

    def value(self) -> int:
        """Returns the number."""
        return self._box.value()

    def set_value(self, value: int) -> None:
        """Shows a number."""
        self._showing = True
        self._box.setValue(value)
        self._showing = False

    def set_highest(self, highest: int, suffix: str = "") -> None:
        """Takes another bound."""
        self._showing = True
        self._box.setMaximum(max(self._box.minimum(), highest))
        self._box.setSuffix(suffix)
        self._showing = False

    def _on_changed(self, _value: int) -> None:
        if not self._showing:
            self._on_edited()
