"""Entries with a text: an essay under its title, and a memory with when it was and how much it matters."""

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSpinBox

from gui import theme
from gui.characters.layers.entry_list import Entry
from gui.widgets.growing_edit import GrowingEdit
from models.fields import MAX_NAME_CHARS

MAX_CHARS = MAX_NAME_CHARS * 5
USUAL_IMPORTANCE = 5


class EssayEntry(Entry):
    """A short text by the character about themselves."""

    def __init__(self) -> None:
        super().__init__(self.tr("Essay %1"))
        self.title = QLineEdit()
        self.title.setMaxLength(MAX_CHARS)
        self.title.setPlaceholderText(self.tr("What it is about, such as: home"))
        self.text = GrowingEdit(min_lines=2)
        self.title.setProperty("example", True)
        self.text.setProperty("example", True)
        self.text.setPlaceholderText(self.tr("In their own words"))
        self.add_editor(self.title, self.tr("title"))
        self.add_editor(self.text, self.tr("text"))
        self.title.textEdited.connect(lambda _text: self.edited.emit())
        self.text.edited.connect(self.edited)
        self.body.addWidget(self.title)
        self.body.addWidget(self.text)

    def value(self) -> Any:
        """Returns the essay, or None when it is empty."""
        title, text = self.title.text().strip(), self.text.text()
        return {"title": title, "text": text} if title or text.strip() else None

    def set_value(self, value: Any) -> None:
        """Shows an essay."""
        if self.title.text().strip() != value["title"]:
            self.title.setText(value["title"])
        self.text.replace_text(value["text"])

    def clear(self) -> None:
        """Shows an empty essay."""
        self.set_value({"title": "", "text": ""})


class MemoryEntry(Entry):
    """Something that happened before the scene."""

    def __init__(self) -> None:
        super().__init__(self.tr("Memory %1"))
        self.when = QLineEdit()
        self.when.setMaxLength(MAX_CHARS)
        self.when.setPlaceholderText(self.tr("When, such as: autumn 1911"))
        self.importance = QSpinBox()
        self.importance.setRange(1, 10)
        self.importance.setValue(USUAL_IMPORTANCE)
        self.importance.setToolTip(self.tr("From 1, a trifle, to 10, what they live by"))
        theme.pad_spin_box(self.importance)
        self.text = GrowingEdit(min_lines=2)
        self.when.setProperty("example", True)
        self.text.setProperty("example", True)
        self.text.setPlaceholderText(self.tr("What they remember"))
        self.add_editor(self.text, self.tr("what happened"))
        self.add_editor(self.when, self.tr("when"))
        self.add_editor(self.importance, self.tr("how much it matters"))
        self.when.textEdited.connect(lambda _text: self.edited.emit())
        self.importance.valueChanged.connect(lambda _value: self.edited.emit() if self.value() is not None else None)
        self.text.edited.connect(self.edited)
        matters = QLabel(self.tr("matters"))
        theme.set_kind(matters, "small")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.when, 1)
        row.addWidget(matters)
        row.addWidget(self.importance)
        self.body.addWidget(self.text)
        self.body.addLayout(row)

    def value(self) -> Any:
        """Returns the memory, or None without a text."""
        text = self.text.text()
        if not text.strip():
            return None
        return {"text": text, "when": self.when.text().strip(), "importance": self.importance.value()}

    def set_value(self, value: Any) -> None:
        """Shows a memory."""
        self.text.replace_text(value["text"])
        if self.when.text().strip() != value["when"]:
            self.when.setText(value["when"])
        blocked = self.importance.blockSignals(True)
        self.importance.setValue(value["importance"])
        self.importance.blockSignals(blocked)

    def clear(self) -> None:
        """Shows an empty memory."""
        self.set_value({"text": "", "when": "", "importance": USUAL_IMPORTANCE})
