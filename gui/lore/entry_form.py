"""The editor of one entry: all its fields, from those that every entry needs to the rare ones."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.characters.autosave import Autosave
from gui.characters.field import Field, LineField, TextField, WordsField
from gui.lore.fields import ChoiceField, LinesField, NumberField, SwitchField, maybe_field
from gui.lore.fold import Fold
from gui.lore.wording import logic_name, position_name, role_name
from gui.widgets.token_label import TokenCounter
from models.fields import MAX_NAME_CHARS
from models.lore import KeyLogic, LoreEntry, LoreEntryBase, LorePosition, LoreRole

translate = QCoreApplication.translate
BIG = 1_000_000


class EntryForm(QScrollArea):
    """Shows one entry at a time and keeps what is typed."""

    edited = Signal(str)
    """A field of the entry was kept: its name."""
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, counter: TokenCounter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry_id = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Entry"))
        self.fields: dict[str, Field] = _make_fields(counter)
        self.folds: list[tuple[Fold, tuple[str, ...]]] = []
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        for number, (title, rows) in enumerate(_groups()):
            fold = Fold(title, is_open=number == 0)
            for row in rows:
                fold.add_row([self.fields[name] for name in row])
            self.folds.append((fold, tuple(name for row in rows for name in row)))
            column.addWidget(fold)
        self.folds[0][0].button.hide()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self._note, "small")
        column.addWidget(self._note)
        column.addStretch(1)
        self.setWidget(content)
        self.autosave = Autosave(self.fields, self)
        self.autosave.drafted.connect(self._on_drafted)
        for field in self.fields.values():
            field.undo_requested.connect(self.undo_requested)
            field.redo_requested.connect(self.redo_requested)

    def open(self, entry: LoreEntry, commit: Callable[[str, Any], None]) -> None:
        """Shows an entry. `commit` writes one field; it raises UserError when the value is refused."""
        self.entry_id = entry.id

        def keep(name: str, value: Any) -> None:
            commit(name, value)
            self.edited.emit(name)

        self.autosave.open(_values_of(entry), keep)
        extra = ", ".join(sorted(entry.extra))
        known = self.tr("Fields of the file that it came from are kept with it (%1).").replace("%1", extra)
        self._note.setText(known if extra else "")
        self._note.setVisible(bool(extra))

    def refresh(self, entry: LoreEntry) -> None:
        """The entry changed elsewhere."""
        self.autosave.refresh(_values_of(entry))

    def close_entry(self) -> None:
        """Lets go of the entry."""
        self.autosave.close()
        self.entry_id = ""

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.autosave.flush()

    def focus_field(self, name: str) -> None:
        """Puts the cursor into a field, and opens its group."""
        for fold, names in self.folds:
            if name in names:
                fold.set_open(True)
        self.fields[name].focus_editor()
        self.ensureWidgetVisible(self.fields[name])

    def _on_drafted(self) -> None:
        new = LoreEntryBase()
        for fold, names in self.folds:
            fold.show_count(sum(self.fields[name].value() != getattr(new, name) for name in names))
        is_depth = self.fields["position"].value() == LorePosition.DEPTH
        self.fields["depth"].setVisible(is_depth)
        self.fields["role"].setVisible(is_depth)
        self.fields["outlet"].setVisible(self.fields["position"].value() == LorePosition.OUTLET)


def _values_of(entry: LoreEntryBase) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in LoreEntryBase.model_fields}


def _tr(text: str) -> str:
    return translate("EntryForm", text)


def _make_fields(counter: TokenCounter) -> dict[str, Field]:
    return _text_fields(counter) | _search_fields() | _rule_fields()


def _text_fields(counter: TokenCounter) -> dict[str, Field]:
    return {
        "name": LineField(_tr("Name"), _tr("For you; the weights never read it"), max_chars=1000),
        "keys": LinesField(_tr("Keys, one a line"), _tr("harbour\n/light(house)?/i"), min_lines=2, max_lines=10),
        "content": TextField(
            _tr("Text"), _tr("What the weights read when a key is found."), min_lines=5, max_lines=24, counter=counter
        ),
        "constant": SwitchField(_tr("Always, without a key")),
        "enabled": SwitchField(_tr("On")),
        "secondary_keys": LinesField(_tr("Secondary keys, one a line"), min_lines=2, max_lines=8),
        "comment": TextField(_tr("Note"), _tr("For you; the weights never read it"), min_lines=1, max_lines=8),
        "folder": LineField(_tr("Folder")),
        "automation_id": LineField(_tr("Automation id"), max_chars=1000),
        "outlet": LineField(_tr("Outlet"), _tr("NAME of {{outlet::NAME}}"), max_chars=MAX_NAME_CHARS),
        "group": LineField(_tr("Groups"), _tr("of each, one entry is used"), max_chars=10_000),
        "filter_names": WordsField(_tr("Characters"), _tr("names, with commas between")),
        "filter_tags": WordsField(_tr("Characters with a tag")),
        "triggers": WordsField(_tr("Kinds of turns"), _tr("normal, swipe, …")),
    }


def _search_fields() -> dict[str, Field]:
    by_book = _tr("as the book says")
    fields: dict[str, Field] = {
        "selective": SwitchField(_tr("Secondary keys count")),
        "logic": ChoiceField(_tr("Fires when a key is found"), [(one, logic_name(one)) for one in KeyLogic]),
        "case_sensitive": maybe_field(_tr("Capitals"), by_book, _tr("count"), _tr("do not count")),
        "whole_words": maybe_field(_tr("Whole words"), by_book, _tr("only"), _tr("parts of words too")),
        "use_regex": SwitchField(_tr("All keys are regular expressions (V3)")),
        "scan_depth": NumberField(_tr("Messages searched"), 0, 1000, nothing=by_book),
        "probability": NumberField(_tr("Probability"), 0, 100, suffix=" %"),
        "use_probability": SwitchField(_tr("Probability counts")),
        "position": ChoiceField(_tr("Where it goes"), [(one, position_name(one)) for one in LorePosition]),
        "depth": NumberField(_tr("Messages after it"), 0, BIG),
        "role": ChoiceField(_tr("Said by"), [(one, role_name(one)) for one in LoreRole]),
        "order": NumberField(_tr("Order: the larger, the later"), -BIG, BIG),
        "priority": NumberField(_tr("Priority in the budget"), -BIG, BIG, nothing=_tr("none")),
    }
    searched = {
        "match_character_description": _tr("Search the description"),
        "match_character_personality": _tr("Search the personality"),
        "match_scenario": _tr("Search the scenario"),
        "match_creator_notes": _tr("Search the creator's notes"),
        "match_character_depth_prompt": _tr("Search the character's note"),
        "match_persona_description": _tr("Search the user's description"),
    }
    return fields | {name: SwitchField(title) for name, title in searched.items()}


def _rule_fields() -> dict[str, Field]:
    messages = _tr(" messages")
    return {
        "ignore_budget": SwitchField(_tr("Outside the budget")),
        "group_override": SwitchField(_tr("Goes first in its groups")),
        "group_weight": NumberField(_tr("Weight in the draw"), 0, BIG),
        "group_scoring": maybe_field(_tr("Most keys win the group"), _tr("as the book says"), _tr("yes"), _tr("no")),
        "exclude_recursion": SwitchField(_tr("Not found by what entries say")),
        "prevent_recursion": SwitchField(_tr("What it says finds nothing")),
        "recursion_level": NumberField(_tr("Waits for entries, level"), 0, 1000),
        "sticky": NumberField(_tr("Stays for"), 0, BIG, suffix=messages),
        "cooldown": NumberField(_tr("Then rests for"), 0, BIG, suffix=messages),
        "delay": NumberField(_tr("Waits until there are"), 0, BIG, suffix=messages),
        "filter_excludes": SwitchField(_tr("For all but these")),
        "vectorized": SwitchField(_tr("Found by meaning (SillyTavern only)")),
    }


def _groups() -> list[tuple[str, list[tuple[str, ...]]]]:
    """Title -> rows of names, from what every entry needs to what is rare."""
    return [
        (_tr("Entry"), [("name",), ("keys",), ("content",), ("enabled", "constant")]),
        (_tr("Where it goes"), [("position", "order"), ("depth", "role"), ("outlet",)]),
        (
            _tr("When it fires"),
            [
                ("logic", "selective"),
                ("secondary_keys",),
                ("probability", "use_probability"),
                ("case_sensitive", "whole_words"),
                ("scan_depth",),
                ("use_regex",),
            ],
        ),
        (_tr("How long"), [("sticky", "cooldown"), ("delay",)]),
        (
            _tr("With other entries"),
            [
                ("group",),
                ("group_weight", "group_override"),
                ("group_scoring", "recursion_level"),
                ("exclude_recursion",),
                ("prevent_recursion",),
                ("priority", "ignore_budget"),
            ],
        ),
        (
            _tr("For whom, and what is searched"),
            [
                ("filter_names", "filter_tags"),
                ("filter_excludes", "triggers"),
                ("match_character_description",),
                ("match_character_personality",),
                ("match_character_depth_prompt",),
                ("match_scenario",),
                ("match_creator_notes",),
                ("match_persona_description",),
            ],
        ),
        (_tr("Notes and foreign fields"), [("folder",), ("comment",), ("automation_id",), ("vectorized",)]),
    ]
