"""One free trait: its name, and how much of it, by slider, figure and in words."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSlider, QSpinBox

from core.characters.trait_words import describe_degree
from gui import theme
from gui.characters.layers.entry_list import Entry
from models.fields import MAX_NAME_CHARS

MAX_CHARS = MAX_NAME_CHARS * 5


class TraitEntry(Entry):
    """A trait with its degree from 0 to 100."""

    def __init__(self) -> None:
        super().__init__(self.tr("Trait %1"))
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_CHARS)
        self.name.setProperty("example", True)
        self.name.setPlaceholderText(self.tr("e.g. stubborn"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.degree = QSpinBox()
        self.degree.setRange(0, 100)
        theme.pad_spin_box(self.degree)
        self.degree.setFixedWidth(theme.text_px(76))
        self._words = QLabel()
        theme.set_kind(self._words, "small")
        self._words.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.tr("no more than others")) - 12)
        for editor, name in (
            (self.name, self.tr("name")),
            (self.slider, self.tr("how much, as a slider")),
            (self.degree, self.tr("how much")),
        ):
            self.add_editor(editor, name)
        self._set_degree(100)
        self.name.textEdited.connect(lambda _text: self.edited.emit())
        self.slider.valueChanged.connect(self._on_degree_changed)
        self.degree.valueChanged.connect(self._on_degree_changed)
        self.slider.sliderReleased.connect(self.left)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.name, 3)
        row.addWidget(self.slider, 2)
        row.addWidget(self.degree)
        row.addWidget(self._words)
        self.body.addLayout(row)

    def value(self) -> Any:
        """Returns the trait, or None without a name."""
        name = self.name.text().strip()
        return {"name": name, "degree": self.degree.value()} if name else None

    def set_value(self, value: Any) -> None:
        """Shows a trait."""
        if self.name.text().strip() != value["name"]:
            self.name.setText(value["name"])
        self._set_degree(value["degree"])

    def clear(self) -> None:
        """Shows a trait without a name."""
        self.name.clear()
        self._set_degree(100)

    def _set_degree(self, degree: int) -> None:
        for editor in (self.slider, self.degree):
            blocked = editor.blockSignals(True)
            editor.setValue(degree)
            editor.blockSignals(blocked)
        self._words.setText(describe_degree(degree) or self.tr("plainly"))
        self.slider.setAccessibleDescription(self._words.text())

    def _on_degree_changed(self, degree: int) -> None:
        self._set_degree(degree)
        if self.value() is not None:
            self.edited.emit()
