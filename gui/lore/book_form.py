"""The editor of a book itself: its name, whose it is, how it is searched; and how all books of the project are."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.characters.autosave import Autosave
from gui.characters.field import Field, LineField, TextField
from gui.lore.book_list import Owner
from gui.lore.fields import CalmComboBox, NumberField, SwitchField, maybe_field
from gui.lore.fold import Fold
from models.lore import Lorebook, LoreSettings

BOOK_SETTINGS = ("scan_depth", "token_budget", "recursive", "case_sensitive", "whole_words", "group_scoring")
PROJECT_SETTINGS = tuple(LoreSettings.model_fields)


class BookForm(QScrollArea):
    """Shows one book and keeps what is typed."""

    owner_chosen = Signal(object)
    """Whose the book is to be: an `Owner`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fields: dict[str, Field] = _book_fields()
        self.project_fields: dict[str, Field] = _project_fields()
        self.owner = CalmComboBox()
        self.owner.setAccessibleName(self.tr("Whose it is"))
        self.owner.activated.connect(lambda: self.owner_chosen.emit(self.owner.currentData()))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        for name in ("name", "description", "enabled"):
            column.addWidget(self.fields[name])
        label = QLabel(self.tr("Whose it is: a character's book enters only that character's view"))
        label.setWordWrap(True)
        theme.set_kind(label, "small")
        column.addWidget(label)
        column.addWidget(self.owner)
        book = Fold(self.tr("How this book is searched"), is_open=True)
        for pair in (("scan_depth", "token_budget"), ("whole_words", "case_sensitive"), ("recursive", "group_scoring")):
            book.add_row([self.fields[name] for name in pair])
        column.addWidget(book)
        project = Fold(self.tr("How all books of the project are searched"))
        for pair in (
            ("scan_depth", "budget_percent"),
            ("budget_cap", "note_depth"),
            ("min_activations", "max_depth"),
            ("max_recursion_steps", "recursive"),
            ("include_names", "whole_words"),
            ("case_sensitive", "group_scoring"),
        ):
            project.add_row([self.project_fields[name] for name in pair])
        column.addWidget(project)
        column.addStretch(1)
        self.setWidget(content)
        self.autosave = Autosave(self.fields, self)
        self.project_autosave = Autosave(self.project_fields, self)

    def open(self, book: Lorebook, commit: Callable[[str, Any], None]) -> None:
        """Shows a book. `commit` writes one field; it raises UserError when the value is refused."""
        self.autosave.open(_values_of(book), commit)

    def open_settings(self, settings: LoreSettings, commit: Callable[[str, Any], None]) -> None:
        """Shows the settings of the project, with what writes one of them."""
        self.project_autosave.open(settings.model_dump(), commit)

    def refresh(self, book: Lorebook, settings: LoreSettings) -> None:
        """Something changed elsewhere."""
        self.autosave.refresh(_values_of(book))
        self.project_autosave.refresh(settings.model_dump())

    def focus_name(self) -> None:
        """Puts the cursor into the name, all of it selected."""
        field = self.fields["name"]
        field.focus_editor()
        self.ensureWidgetVisible(field)
        if isinstance(field.editor, QLineEdit):
            field.editor.selectAll()

    def show_owners(self, names: Mapping[Owner, str], chosen: Owner) -> None:
        """Offers whose the book may be."""
        self.owner.clear()
        self.owner.addItem(self.tr("All scenes of the project"), Owner())
        for owner, name in names.items():
            icon = "mdi6.account-outline" if owner.character_id else "mdi6.graph-outline"
            self.owner.addItem(theme.icon(icon, "dim"), name, owner)
        place = next((at for at in range(self.owner.count()) if self.owner.itemData(at) == chosen), 0)
        self.owner.setCurrentIndex(place)

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.autosave.flush()
        self.project_autosave.flush()


def _values_of(book: Lorebook) -> dict[str, Any]:
    own = {"name": book.name, "description": book.description, "enabled": book.enabled}
    return own | {name: book.settings.get(name) for name in BOOK_SETTINGS}


def _tr(text: str) -> str:
    return QCoreApplication.translate("BookForm", text)


def _book_fields() -> dict[str, Field]:
    by_project = _tr("as the project says")
    yes, no = _tr("yes"), _tr("no")
    return {
        "name": LineField(_tr("Name")),
        "description": TextField(_tr("Note"), _tr("For you; the weights never read it"), min_lines=2, max_lines=8),
        "enabled": SwitchField(_tr("In use")),
        "scan_depth": NumberField(_tr("Messages searched"), 0, 1000, nothing=by_project),
        "token_budget": NumberField(_tr("Its own budget in tokens"), 0, 10_000_000, nothing=_tr("none")),
        "recursive": maybe_field(_tr("What entries say is searched"), by_project, yes, no),
        "case_sensitive": maybe_field(_tr("Capitals count"), by_project, yes, no),
        "whole_words": maybe_field(_tr("Whole words only"), by_project, yes, no),
        "group_scoring": maybe_field(_tr("Most keys win a group"), by_project, yes, no),
    }


def _project_fields() -> dict[str, Field]:
    return {
        "scan_depth": NumberField(_tr("Messages searched"), 0, 1000),
        "budget_percent": NumberField(_tr("Budget, of the context"), 1, 100, suffix=" %"),
        "budget_cap": NumberField(_tr("At most, in tokens (0: any)"), 0, 10_000_000),
        "note_depth": NumberField(_tr("Author's note: messages after it"), 0, 1000),
        "min_activations": NumberField(_tr("Search back until so many fire"), 0, 1000),
        "max_depth": NumberField(_tr("But not further than (0: any)"), 0, 1000),
        "max_recursion_steps": NumberField(_tr("Steps of one search (0: any)"), 0, 100),
        "recursive": SwitchField(_tr("Search what entries say")),
        "include_names": SwitchField(_tr("Search names of speakers")),
        "whole_words": SwitchField(_tr("Whole words only")),
        "case_sensitive": SwitchField(_tr("Capitals count")),
        "group_scoring": SwitchField(_tr("Most keys win a group")),
    }
