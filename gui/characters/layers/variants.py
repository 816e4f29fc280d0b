"""The section of the sides of a persona: what somebody is like where a situation brings it out."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit

from core.characters.prompt import BlockOrigin
from gui.characters.layers.entry_list import EntriesField, Entry
from gui.characters.layers.text_entries import MAX_CHARS
from gui.widgets.growing_edit import GrowingEdit

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


class VariantEntry(Entry):
    """One side: its name, what brings it out, and what the character is like then."""

    def __init__(self) -> None:
        super().__init__(self.tr("Side %1"))
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_CHARS)
        self.name.setPlaceholderText(self.tr("Name, such as: fierce"))
        self.situations = GrowingEdit(min_lines=2)
        self.situations.setPlaceholderText(
            self.tr("What brings it out, one situation a line, such as:\nsomebody threatens a child")
        )
        self.text = GrowingEdit(min_lines=2)
        self.text.setPlaceholderText(self.tr("What they are like then, such as: You stand tall and do not back down."))
        self.add_editor(self.name, self.tr("name"))
        self.add_editor(self.situations, self.tr("situations, one a line"))
        self.add_editor(self.text, self.tr("what they are like then"))
        self.name.textEdited.connect(lambda _text: self.edited.emit())
        self.situations.edited.connect(self.edited)
        self.text.edited.connect(self.edited)
        for editor in (self.name, self.situations, self.text):
            editor.setProperty("example", True)
            self.body.addWidget(editor)

    def value(self) -> Any:
        """Returns the side, or None when it is empty."""
        name, text = self.name.text().strip(), self.text.text()
        situations = [line.strip()[:MAX_CHARS] for line in self.situations.text().splitlines() if line.strip()]
        if not (name or situations or text.strip()):
            return None
        return {"name": name, "situations": situations, "text": text}

    def set_value(self, value: Any) -> None:
        """Shows a side."""
        if self.name.text().strip() != value["name"]:
            self.name.setText(value["name"])
        self.situations.replace_text("\n".join(value["situations"]))
        self.text.replace_text(value["text"])

    def clear(self) -> None:
        """Shows an empty side."""
        self.set_value({"name": "", "situations": [], "text": ""})


def add_variants(form: "CharacterForm") -> None:
    """Adds the section at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Sides"))
    field = EntriesField(
        tr("Sides"),
        VariantEntry,
        tr("Add a side"),
        lambda variant: (variant["text"],),
        origin=BlockOrigin.VARIANT,
        counter=form.counter,
        explanation=tr(
            "What they are like in some situations only. Before each of their turns, the side whose situations come "
            "nearest to what was just said is told to the weights; none, where none is near. The Stage shows which, "
            "and why."
        ),
    )
    section.addWidget(form.add("layers.variants", field))
