"""The fields of one way between two beats."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.characters.autosave import Autosave, Commit
from gui.characters.field import Field, LineField
from gui.scenarios.beats.graph import Graph
from gui.scenarios.beats.trigger_field import TriggerField
from gui.scenarios.choices import NumberField
from gui.scenarios.open_story import NamedRole
from gui.scenarios.script_field import ReadStory, ScriptField
from models.beat import BeatLink
from models.world import Fact


class LinkPanel(QWidget):
    """The form of one link. What is typed is kept by itself."""

    beat_chosen = Signal(str)
    """An end of the link is to be shown."""

    def __init__(self, read_story: ReadStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from, self._to = QPushButton(), QPushButton()
        self._ids = ("", "")
        for place, button in enumerate((self._from, self._to)):
            theme.set_kind(button, "chip")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, place=place: self.beat_chosen.emit(self._ids[place]))
        self.trigger = TriggerField(self.tr("Taken"))
        self._order = NumberField(self.tr("Tried as number"), 1, 1)
        self.fields: dict[str, Field] = {
            "label": LineField(self.tr("Label"), self.tr("what the way is called")),
            "trigger": self.trigger,
            "condition": ScriptField(self.tr("Only when"), self.tr("always"), read_story),
            "position": self._order,
        }
        self.autosave = Autosave(self.fields, self)
        title = QLabel(self.tr("Way"))
        theme.set_kind(title, "heading")
        ends = QHBoxLayout()
        ends.setSpacing(6)
        arrow = QLabel()
        arrow.setPixmap(theme.icon("mdi6.arrow-right", "dim").pixmap(16, 16))
        ends.addWidget(self._from, 1)
        ends.addWidget(arrow)
        ends.addWidget(self._to, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(title)
        column.addLayout(ends)
        for field in self.fields.values():
            column.addWidget(field)

    def open(self, link: BeatLink, graph: Graph, commit: Commit) -> None:
        """Shows another link."""
        self._show_ends(link, graph)
        self.autosave.open(_values_of(link, graph), commit)

    def refresh(self, link: BeatLink, graph: Graph) -> None:
        """The link was changed, here or elsewhere."""
        self._show_ends(link, graph)
        self.autosave.refresh(_values_of(link, graph))

    def show_scope(self, roles: Sequence[NamedRole], facts: Sequence[Fact]) -> None:
        """Takes the roles and facts that can be chosen."""
        self.trigger.show_scope(roles, facts)

    def check_now(self) -> None:
        """Reads the condition again."""
        field = self.fields["condition"]
        if isinstance(field, ScriptField):
            field.check_now()

    def _show_ends(self, link: BeatLink, graph: Graph) -> None:
        self._ids = (link.from_id, link.to_id)
        for button, beat_id in ((self._from, link.from_id), (self._to, link.to_id)):
            name = graph.beats[beat_id].name or self.tr("Unnamed beat")
            button.setText((name if len(name) < 18 else name[:17] + "…").replace("&", "&&"))
            button.setToolTip(name)
        n_ways = len(graph.ways_out.get(link.from_id, ()))
        self._order.set_highest(n_ways, self.tr(" of %1").replace("%1", str(n_ways)))
        self._order.setVisible(n_ways > 1)


def _values_of(link: BeatLink, graph: Graph) -> dict[str, Any]:
    order = [one.id for one in graph.ways_out.get(link.from_id, ())]
    return {
        "label": link.label,
        "trigger": link.trigger,
        "condition": link.condition,
        "position": order.index(link.id) + 1 if link.id in order else 1,
    }
