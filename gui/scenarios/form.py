"""The form of a scenario: the scene, the cast, and how it opens."""

from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from gui.characters.autosave import Autosave, Commit
from gui.characters.field import Field, LineField, TextField
from gui.characters.sections import Sections, row_of
from gui.scenarios.cast_editor import CastEditor
from gui.scenarios.choices import ListedField
from gui.widgets.token_label import TokenCounter
from models.scenario import ScenarioBase


class ScenarioForm(QWidget):
    """All fields of one scenario around its cast. What is typed is kept by itself."""

    drafted = Signal()
    """What the fields hold has changed, kept or not."""
    origin_entered = Signal(object)
    """The cursor went into the field of a BlockOrigin; None: a field that the weights never read."""
    undo_requested = Signal()
    redo_requested = Signal()
    faulted = Signal(str, str)

    def __init__(self, counter: TokenCounter, cast: CastEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self.fields: dict[str, Field] = {}
        """By the name of the column."""
        self.cast = cast
        self.sections = Sections()
        self._add_scene()
        self._add_cast()
        self._add_opening()
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

    def sizeHint(self) -> QSize:
        """Asks for a comfortable line."""
        return QSize(720, 600)

    def open(self, scenario: ScenarioBase, commit: Commit) -> None:
        """Shows another scenario."""
        self._autosave.open(_values_of(scenario), commit)
        self.sections.go_to(0)

    def refresh(self, scenario: ScenarioBase) -> None:
        """The scenario was changed, here or elsewhere."""
        self._autosave.refresh(_values_of(scenario))

    def close_row(self) -> None:
        """Keeps what was typed and lets go of the scenario."""
        self._autosave.close()

    def forget_row(self) -> None:
        """Lets go of a scenario that is gone."""
        self._autosave.forget()

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def draft(self) -> dict[str, Any]:
        """Returns the fields as they would be kept now."""
        return self._autosave.draft()

    def begin(self) -> None:
        """Puts the cursor into the name of a new scenario, ready to be typed over."""
        self.sections.go_to(0)
        self.fields["name"].focus_editor()
        self.fields["name"].select_all()

    def show_speakers(self, speakers: list[tuple[str, str]]) -> None:
        """Takes id and name of each role, for the choice of who speaks the greeting."""
        choices: list[tuple[str | None, str]] = [(None, self.tr("The narrator"))]
        self._speaker.show_choices([*choices, *speakers])

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

    def _add_scene(self) -> None:
        section = self.sections.add_section(
            self.tr("Scene"), self.tr("Scene"), self.tr("Known to the whole cast, and the first thing that they read.")
        )
        name = self._add("name", LineField(self.tr("Name"), self.tr("The Lighthouse Inquest"), counter=self._counter))
        name.check = self._check_name
        summary = TextField(
            self.tr("In a sentence, for lists; never read by the weights"),
            self.tr("An inquest into a dark lamp, held where the lamp can hear it."),
            min_lines=1,
        )
        setting = TextField(
            self.tr("Setting"),
            self.tr("March 1926. The inquest is held in the boathouse, because the chapel has no stove."),
            min_lines=3,
            origin=BlockOrigin.SCENE,
            counter=self._counter,
        )
        rules = TextField(
            self.tr("Rules"),
            self.tr("Instructions to everybody, such as language and tone."),
            origin=BlockOrigin.RULES,
            counter=self._counter,
        )
        section.addWidget(name)
        for column, field in (("summary", summary), ("setting", setting), ("rules", rules)):
            section.addWidget(self._add(column, field))

    def _add_cast(self) -> None:
        section = self.sections.add_section(
            self.tr("Cast"),
            self.tr("Cast"),
            self.tr("Who is there. Goal and secret are read by nobody but the character who plays the role."),
        )
        section.addWidget(self.cast)

    def _add_opening(self) -> None:
        section = self.sections.add_section(
            self.tr("Opening"),
            self.tr("Opening"),
            self.tr("The first turn. Without it, the first character of the cast who has a greeting begins."),
        )
        greeting = TextField(self.tr("Greeting"), self.tr("The tide bell rings. Nobody moves."), counter=self._counter)
        section.addWidget(self._add("greeting", greeting))
        self._speaker = ListedField(self.tr("Spoken by"))
        speaker = self._add("greeting_role_id", self._speaker)
        user = self._add("user_name", LineField(self.tr("Your name in the scene, for {{user}}"), "You"))
        user.check = self._check_user_name
        section.addLayout(row_of(speaker, user))

    def _on_entered(self, field: Field) -> None:
        self.sections.mark(field)
        self.origin_entered.emit(field.origin)

    def _check_name(self, value: str) -> str | None:
        return None if value else self.tr("A scenario needs a name; the old one is kept.")

    def _check_user_name(self, value: str) -> str | None:
        return None if value else self.tr("The characters need a name for you; the old one is kept.")


def _values_of(scenario: ScenarioBase) -> dict[str, Any]:
    return {name: getattr(scenario, name) for name in ScenarioBase.model_fields}
