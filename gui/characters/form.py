"""The form of a character: every field that an author writes, in the order in which the weights read them."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.characters.autosave import Autosave, Commit
from gui.characters.field import Field, LineField, ListField, TextField, WordsField
from gui.characters.sections import Sections, row_of
from gui.widgets.portrait import PictureCache, Portrait
from gui.widgets.token_label import TokenCounter
from models.character import CharacterBase

PORTRAIT_PX = 132


class CharacterForm(QWidget):
    """All fields of one character. What is typed is kept by itself."""

    drafted = Signal()
    """What the fields hold has changed, kept or not."""
    origin_entered = Signal(object)
    """The cursor went into the field of a BlockOrigin; None: a field that the weights never read."""
    undo_requested = Signal()
    redo_requested = Signal()
    faulted = Signal(str, str)

    def __init__(self, counter: TokenCounter, cache: PictureCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self.fields: dict[str, Field] = {}
        """By the name of the column."""
        self.portrait = Portrait(cache, PORTRAIT_PX, changeable=True)
        self.portrait_fault = QLabel()
        self.sections = Sections()
        self.carried = QLabel()
        self._add_identity()
        self._add_statements()
        self._add_voice_knowledge_limits()
        self._add_opening()
        self._add_examples()
        self._add_advanced()
        self._autosave = Autosave(self.fields, self)
        self._autosave.drafted.connect(self.drafted)
        self._autosave.faulted.connect(self.faulted)
        for field in self.fields.values():
            field.entered.connect(lambda field=field: self._on_entered(field))
            field.undo_requested.connect(self.undo_requested)
            field.redo_requested.connect(self.redo_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sections)

    def open(self, character: CharacterBase, commit: Commit) -> None:
        """Shows another character."""
        self._autosave.open(_values_of(character), commit)
        self.sections.go_to(0)
        self._show_carried(character)
        self.set_portrait_fault("")

    def refresh(self, character: CharacterBase) -> None:
        """The character was changed, here or elsewhere."""
        self._autosave.refresh(_values_of(character))
        self._show_carried(character)

    def close_row(self) -> None:
        """Keeps what was typed and lets go of the character."""
        self._autosave.close()

    def forget_row(self) -> None:
        """Lets go of a character that is gone."""
        self._autosave.forget()

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def draft(self) -> dict[str, Any]:
        """Returns the fields as they would be kept now."""
        return self._autosave.draft()

    def begin(self) -> None:
        """Puts the cursor into the name of a new character, ready to be typed over."""
        self.sections.go_to(0)
        name = self.fields["name"]
        name.focus_editor()
        name.select_all()

    def set_portrait_fault(self, message: str) -> None:
        """Says what is wrong with a picture, or nothing."""
        self.portrait_fault.setText(message)
        self.portrait_fault.setVisible(bool(message))

    def light(self, origin: BlockOrigin | None) -> None:
        """Points at the field that a block comes from."""
        for field in self.fields.values():
            field.set_lit(origin is not None and field.origin == origin)

    def go_to_origin(self, origin: BlockOrigin) -> bool:
        """Puts the cursor into the field that a block comes from; returns whether there is one."""
        for field in self.fields.values():
            if field.origin == origin:
                self.go_to_field(field)
                return True
        return False

    def go_to_field(self, field: Field) -> None:
        """Scrolls to a field and puts the cursor into it."""
        field.focus_editor()
        self.sections.show_widget(field)

    def _add(self, name: str, field: Field) -> Field:
        self.fields[name] = field
        return field

    def _text(self, name: str, label: str, placeholder: str, origin: BlockOrigin | None, **options: Any) -> Field:
        options.setdefault("counter", self._counter)
        return self._add(name, TextField(label, placeholder, origin=origin, **options))

    def _add_identity(self) -> None:
        section = self.sections.add_section(self.tr("Identity"), self.tr("Identity"))
        name = self._add(
            "name",
            LineField(self.tr("Name"), self.tr("Mara Voss"), origin=BlockOrigin.NAME, counter=self._counter),
        )
        name.check = self._check_name
        nickname = self._add("nickname", LineField(self.tr("Nickname, for {{char}}"), self.tr("the name")))
        summary = self._text(
            "summary",
            self.tr("In a sentence, for lists; never read by the weights"),
            self.tr("A keeper who has covered for the sea so long that she no longer notices when she lies."),
            None,
            counter=None,
            min_lines=1,
        )
        fields = QVBoxLayout()
        fields.setSpacing(14)
        fields.addLayout(row_of(name, nickname, stretches=(3, 2)))
        fields.addWidget(summary)
        fields.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(self.portrait, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(fields, 1)
        section.addLayout(top)
        theme.set_kind(self.portrait_fault, "fault")
        self.portrait_fault.setWordWrap(True)
        self.portrait_fault.setTextFormat(Qt.TextFormat.PlainText)
        section.addWidget(self.portrait_fault)
        section.addWidget(
            self._text(
                "description",
                self.tr("Description"),
                self.tr("Who they are, in prose. The weights read it as it stands."),
                BlockOrigin.DESCRIPTION,
            )
        )
        section.addWidget(
            self._text(
                "personality",
                self.tr("Personality"),
                self.tr("Temper, habits, what they want and what they avoid."),
                BlockOrigin.PERSONALITY,
            )
        )

    def _add_statements(self) -> None:
        section = self.sections.add_section(self.tr("Statements"))
        field = ListField(
            self.tr("Statements"),
            self.tr("A fact that is true of them"),
            counter=self._counter,
            origin=BlockOrigin.STATEMENTS,
            explanation=self.tr(
                "Single facts, numbered: the fidelity scores cite them. Enter adds one, Alt+Up and Alt+Down move it."
            ),
        )
        field.statement_list.set_add_text(self.tr("Add a statement"))
        section.addWidget(self._add("statements", field))

    def _add_voice_knowledge_limits(self) -> None:
        texts = (
            (
                "voice",
                self.tr("Voice"),
                self.tr("How they speak: their words, how long their sentences are, what they never say."),
                self.tr("Short sentences. Answers questions with smaller questions."),
                BlockOrigin.VOICE,
            ),
            (
                "knowledge",
                self.tr("Knows"),
                self.tr("What they know of the world, and where it ends."),
                self.tr("The tides, the lamp, who was out that night."),
                BlockOrigin.KNOWLEDGE,
            ),
            (
                "boundaries",
                self.tr("Limits"),
                self.tr("What they would never do or say, whatever happens in the scene."),
                self.tr("Never leaves the island. Never names the drowned."),
                BlockOrigin.BOUNDARIES,
            ),
        )
        for column, label, explanation, placeholder, origin in texts:
            section = self.sections.add_section(label)
            section.addWidget(self._text(column, label, placeholder, origin, explanation=explanation))

    def _add_opening(self) -> None:
        section = self.sections.add_section(
            self.tr("Opening"), self.tr("Opening"), self.tr("Where they usually are, and how they begin.")
        )
        situation = self.tr("Where they are when nobody has written a scene. Cards call it the scenario.")
        section.addWidget(self._text("situation", self.tr("Situation"), situation, BlockOrigin.SITUATION))
        greeting = self.tr("The first line of a scene that has no greeting of its own.")
        section.addWidget(self._text("greeting", self.tr("Greeting"), greeting, None))
        others = ListField(
            self.tr("Other greetings"), self.tr("Another way to begin"), counter=self._counter, multiline=True
        )
        others.statement_list.set_add_text(self.tr("Add a greeting"))
        section.addWidget(self._add("alternate_greetings", others))

    def _add_examples(self) -> None:
        section = self.sections.add_section(self.tr("Examples"))
        field = self._text(
            "example_dialogue",
            self.tr("Example dialogue"),
            "<START>\n{{user}}: …\n{{char}}: …",
            BlockOrigin.EXAMPLES,
            min_lines=4,
            explanation=self.tr("A few lines that show the voice. Each example begins with a line <START>."),
        )
        section.addWidget(field)
        insert = QPushButton(self.tr("Add an example"))
        insert.setIcon(theme.icon("mdi6.plus", "dim"))
        theme.set_kind(insert, "ghost")
        insert.clicked.connect(lambda: self._insert_example(field))
        section.addWidget(insert, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_advanced(self) -> None:
        section = self.sections.add_section(
            self.tr("More"),
            self.tr("More"),
            self.tr("How the weights are instructed, and what character cards carry besides."),
        )
        instruction = self.tr("Comes before the app’s own instruction, or around it where you write {{original}}.")
        section.addWidget(
            self._text("system_prompt", self.tr("Instruction to the weights"), instruction, BlockOrigin.INSTRUCTION)
        )
        reminder = self.tr("Read last, before every turn. Use it sparingly.")
        section.addWidget(
            self._text("post_history_instructions", self.tr("Reminder after the history"), reminder, None)
        )
        tags = self._add("tags", WordsField(self.tr("Tags, with commas between them"), self.tr("island, 1926")))
        creator = self._add("creator", LineField(self.tr("Creator")))
        version = self._add("character_version", LineField(self.tr("Version")))
        section.addWidget(tags)
        section.addLayout(row_of(creator, version, stretches=(2, 1)))
        section.addWidget(
            self._text("creator_notes", self.tr("Notes, for people; never read by the weights"), "", None, counter=None)
        )
        theme.set_kind(self.carried, "small")
        self.carried.setTextFormat(Qt.TextFormat.PlainText)
        self.carried.setWordWrap(True)
        section.addWidget(self.carried)

    def _check_name(self, value: str) -> str | None:
        return None if value else self.tr("A character needs a name; the old one is kept.")

    def _insert_example(self, field: Field) -> None:
        written = str(field.value()).rstrip()
        field.set_value(f"{written}\n<START>\n{{{{user}}}}: \n{{{{char}}}}: ".lstrip())
        field.edited.emit()
        self.go_to_field(field)

    def _show_carried(self, character: CharacterBase) -> None:
        entries = character.book.get("entries")
        parts = []
        if isinstance(entries, list) and entries:
            several = self.tr("a lorebook with %1 entries").replace("%1", str(len(entries)))
            parts.append(self.tr("a lorebook with one entry") if len(entries) == 1 else several)
        extensions = sorted({*_extension_keys(character.card_extra)})
        if extensions:
            parts.append(self.tr("extensions: %1").replace("%1", ", ".join(extensions)))
        self.carried.setVisible(bool(parts))
        text = self.tr("The card also carries %1. This is kept for export, and not read by the weights yet.")
        self.carried.setText(text.replace("%1", "; ".join(parts)))

    def _on_entered(self, field: Field) -> None:
        self.sections.mark(field)
        self.origin_entered.emit(field.origin)


def _values_of(character: CharacterBase) -> dict[str, Any]:
    return {name: getattr(character, name) for name in CharacterBase.model_fields}


def _extension_keys(card_extra: dict[str, Any]) -> list[str]:
    """The names of everything that an imported card holds and the form does not show."""
    data, top = card_extra.get("data", {}), card_extra.get("top", {})
    extensions = data.get("extensions", {})
    return [*top, *(key for key in data if key != "extensions"), *(extensions if isinstance(extensions, dict) else ())]
