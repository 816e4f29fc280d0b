"""A field from -100 to 100 with words for both ends; 0 says nothing."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSpinBox, QWidget

from gui import theme
from gui.characters.field import Field
from gui.widgets.growing_edit import EditWatch

MOST = 100


class DegreeField(Field):
    """A slider and the figure beside it."""

    def __init__(self, label: str, least: str, most: str, **options: Any) -> None:
        """Makes the field.

        Args:
            least: What -100 means, in a word or two.
            most: What 100 means.
        """
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(-MOST, MOST)
        self._slider.setPageStep(10)
        self._slider.setAccessibleName(label)
        self._figure = QSpinBox()
        self._figure.setRange(-MOST, MOST)
        self._figure.setAccessibleName(label)
        theme.pad_spin_box(self._figure)
        editor = QWidget()
        row = QHBoxLayout(editor)
        row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((_small(least), 0), (self._slider, 1), (_small(most), 0), (self._figure, 0)):
            row.addWidget(widget, stretch)
        editor.setFocusProxy(self._slider)
        super().__init__(label, editor, **options)
        self._slider.valueChanged.connect(self._on_moved)
        self._figure.valueChanged.connect(self._on_typed)
        self._slider.sliderReleased.connect(self.left)
        for part in (self._slider, self._figure):
            watch = EditWatch(part)
            for name in ("entered", "left", "undo_requested", "redo_requested"):
                getattr(watch, name).connect(getattr(self, name))
        self._is_showing = False

    def value(self) -> int:
        """Returns the degree."""
        return self._slider.value()

    def set_value(self, value: int) -> None:
        """Shows a degree."""
        self._is_showing = True
        self._slider.setValue(value)
        self._figure.setValue(value)
        self._is_showing = False

    def texts(self) -> tuple[str, ...]:
        """Returns nothing: what is read is the sentence in the prompt."""
        return ()

    def _on_moved(self, value: int) -> None:
        self._figure.setValue(value)
        self._tell()

    def _on_typed(self, value: int) -> None:
        if self._slider.value() != value:
            self._slider.setValue(value)

    def _tell(self) -> None:
        if not self._is_showing:
            self._on_edited()


def _small(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_kind(label, "small")
    return label
