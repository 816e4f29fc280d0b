"""What makes a scene take a way: its kind, and what belongs to that kind."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from core.world.triggers import (
    MAX_TURNS,
    AfterTurns,
    AtOnce,
    Choice,
    FactSpoken,
    PhraseSaid,
    Trigger,
    read_trigger,
    trigger_document,
)
from gui import theme
from gui.characters.field import Field
from gui.scenarios.choices import CalmComboBox
from gui.scenarios.open_story import NamedRole
from gui.widgets.growing_edit import EditWatch
from models.world import Fact

KINDS: tuple[type[Trigger], ...] = (AtOnce, AfterTurns, PhraseSaid, FactSpoken, Choice)


class TriggerField(Field):
    """The value is the document of a trigger."""

    def __init__(self, label: str) -> None:
        editor = QWidget()
        self.kind = CalmComboBox()
        for kind, name in _kind_names().items():
            self.kind.addItem(name, kind)
        self.kind.setAccessibleName(label)
        self.turns = QSpinBox()
        self.turns.setRange(1, MAX_TURNS)
        self.turns.setSuffix(self.tr(" turns"))
        self.turns.setAccessibleName(self.tr("Turns in the beat"))
        theme.pad_spin_box(self.turns)
        self.phrase = QLineEdit()
        self.phrase.setMaxLength(10_000)
        self.phrase.setPlaceholderText(self.tr("the words that are said"))
        self.phrase.setAccessibleName(self.tr("The words that are said"))
        self.fact = CalmComboBox()
        self.fact.setAccessibleName(self.tr("The fact that comes out"))
        self.by = CalmComboBox()
        self.by.setAccessibleName(self.tr("Who says it"))
        self.meaning = QLabel()
        self.meaning.setWordWrap(True)
        theme.set_kind(self.meaning, "small")
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.kind, self.turns, self.phrase, self.fact, self.by, self.meaning):
            column.addWidget(widget)
        for box in (self.kind, self.fact, self.by):
            box.setMinimumContentsLength(4)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setSizeAdjustPolicy(CalmComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._kept: dict[str, Any] = {}
        self._is_showing = False
        super().__init__(label, editor)
        self.kind.activated.connect(self._on_kind_chosen)
        self.turns.valueChanged.connect(self._on_changed)
        self.phrase.textEdited.connect(self._on_changed)
        for box in (self.fact, self.by):
            box.activated.connect(self._on_chosen)
        for widget in (self.kind, self.turns, self.phrase, self.fact, self.by):
            self.watch(EditWatch(widget))
        self._show_parts("at_once")

    def show_scope(self, roles: Sequence[NamedRole], facts: Sequence[Fact]) -> None:
        """Takes the roles and facts that can be chosen."""
        kept = self.value()
        self.by.clear()
        self.by.addItem(self.tr("Anyone says it"), "")
        for role in roles:
            self.by.addItem(self.tr("%1 says it").replace("%1", role.name), role.name)
        self.fact.clear()
        self.fact.addItem(self.tr("Choose a fact"), "")
        for fact in facts:
            self.fact.addItem(fact.text[:80] or fact.id, fact.id)
        self.set_value(kept)

    def value(self) -> dict[str, Any]:
        """Returns the trigger as it is kept."""
        by = str(self.by.currentData() or "")
        match self.kind.currentData():
            case "turns":
                return trigger_document(AfterTurns(n_turns=self.turns.value()))
            case "phrase":
                return trigger_document(PhraseSaid(text=self.phrase.text(), by=by))
            case "fact":
                return trigger_document(FactSpoken(fact_id=str(self.fact.currentData() or ""), by=by))
            case "choice":
                return trigger_document(Choice())
        return {}

    def set_value(self, value: dict[str, Any]) -> None:
        """Shows a trigger; one that cannot be read is shown as at once."""
        try:
            trigger = read_trigger(value)
        except ValueError:
            trigger = AtOnce()
        self._is_showing = True
        self.kind.setCurrentIndex(max(0, self.kind.findData(trigger.kind)))
        if isinstance(trigger, AfterTurns):
            self.turns.setValue(trigger.n_turns)
        if isinstance(trigger, PhraseSaid) and self.phrase.text() != trigger.text:
            self.phrase.setText(trigger.text)
        if isinstance(trigger, FactSpoken):
            _choose(self.fact, trigger.fact_id, trigger.fact_id)
        if isinstance(trigger, PhraseSaid | FactSpoken):
            _choose(self.by, trigger.by, trigger.by)
        self._show_parts(trigger.kind)
        self._is_showing = False

    def focus_editor(self) -> None:
        """Goes to the choice of the kind."""
        self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_parts(self, kind: str) -> None:
        self.turns.setVisible(kind == "turns")
        self.phrase.setVisible(kind == "phrase")
        self.fact.setVisible(kind == "fact")
        self.by.setVisible(kind in ("phrase", "fact"))
        self.meaning.setText(_meaning(kind))

    def _on_kind_chosen(self) -> None:
        self._show_parts(str(self.kind.currentData()))
        self._on_chosen()

    def _on_chosen(self) -> None:
        self.edited.emit()
        self.left.emit()

    def _on_changed(self) -> None:
        if not self._is_showing:
            self._on_edited()


def describe_trigger(document: dict[str, Any], facts: dict[str, str]) -> str:
    """Says in a few words what a trigger waits for; empty: nothing. `facts`: id -> text."""
    try:
        trigger = read_trigger(document)
    except ValueError:
        return _tr("not readable")
    who = f"{trigger.by}: " if isinstance(trigger, PhraseSaid | FactSpoken) and trigger.by else ""
    match trigger:
        case AfterTurns(n_turns=n_turns):
            return _tr("after %1 turns").replace("%1", str(n_turns))
        case PhraseSaid(text=text):
            return f"{who}“{text[:60]}”"
        case FactSpoken(fact_id=fact_id):
            return _tr("%1 comes out").replace("%1", who + facts.get(fact_id, "")[:60])
        case Choice():
            return _tr("by choice")
    return ""


def _choose(box: CalmComboBox, value: str, name: str) -> None:
    """Chooses a value; one that is not in the list any more is added, so that it is not lost."""
    if box.findData(value) < 0:
        box.addItem(name, value)
    box.setCurrentIndex(box.findData(value))


def _kind_names() -> dict[str, str]:
    return {
        "at_once": _tr("As soon as it can"),
        "turns": _tr("After some turns"),
        "phrase": _tr("When words are said"),
        "fact": _tr("When a fact comes out"),
        "choice": _tr("When the director chooses"),
    }


def _meaning(kind: str) -> str:
    return {
        "at_once": _tr("After the next turn at which the conditions hold."),
        "turns": _tr("When the beat has lasted so long, and the conditions hold."),
        "phrase": _tr("In any case and with any punctuation between the words."),
        "fact": _tr("When a turn has most of the words of the fact."),
        "choice": _tr("Asked on the Stage, where the conditions hold."),
    }.get(kind, "")


def _tr(text: str) -> str:
    return QCoreApplication.translate("TriggerField", text)
