"""The fields of one relationship, seen from one side, and what the weights will read of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.characters.relations import Relation, relations_text
from core.library.relationships import relate, unrelate
from gui import theme
from gui.characters.autosave import Autosave
from gui.characters.field import LineField, TextField
from gui.relationships.degree_field import DegreeField
from gui.workspace import Workspace
from models.relationship import Relationship, RelationshipBase


class EdgePanel(QScrollArea):
    """Edits what one character is to another; both directions by turning round."""

    turned = Signal()
    """Show the other direction."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._pair = ("", "")
        self._other = ""
        self._is_new = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.title, "subtitle")
        self.fields = {
            "label": LineField(self.tr("What the other is to them"), self.tr("her late brother’s friend")),
            "trust": DegreeField(self.tr("Trust"), self.tr("none"), self.tr("blind")),
            "power": DegreeField(self.tr("Power"), self.tr("obeys"), self.tr("commands")),
            "history": TextField(self.tr("What is between them")),
            "belief": TextField(self.tr("What they believe of the other, true or not")),
        }
        self._autosave = Autosave(self.fields, self)
        self._autosave.faulted.connect(workspace.faulted)
        self._autosave.drafted.connect(self._show_reading)
        self.reading = QLabel()
        self.reading.setWordWrap(True)
        self.reading.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.reading, "dim")
        self.turn_button = QPushButton()
        self.turn_button.clicked.connect(self.turned)
        self.forget_button = QPushButton(self.tr("Forget it"))
        self.forget_button.clicked.connect(self.forget)
        self._lay_out()
        self.show_none()

    @property
    def pair(self) -> tuple[str, str]:
        """Whose view it is, and of whom; empty when none is open."""
        return self._pair

    def show_edge(self, pair: tuple[str, str], names: tuple[str, str], row: Relationship | None) -> None:
        """Opens a relationship; one that is not said yet is made by the first word."""
        values = (row or RelationshipBase()).model_dump(include=set(self.fields))
        self._is_new = row is None
        if pair != self._pair:
            self._autosave.close()
            self._pair, self._other = pair, names[1]
            project = self._workspace.project
            self._autosave.open(values, lambda field, value: relate(project, *pair, **{field: value}))
        else:
            self._autosave.refresh(values)
        self.title.setText(self.tr("%1 → %2").replace("%1", names[0]).replace("%2", names[1]))
        self.turn_button.setText(self.tr("How %1 sees %2").replace("%1", names[1]).replace("%2", names[0]))
        self._show_parts(True)
        self._show_reading()

    def show_none(self) -> None:
        """Says how to begin."""
        self._autosave.close()
        self._pair = ("", "")
        self.title.setText(self.tr("Choose an arrow, or draw one from a portrait to another."))
        self._show_parts(False)

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def forget(self) -> None:
        """Takes this direction away; undo brings it back."""
        self._autosave.flush()
        pair = self._pair
        if all(pair) and self._workspace.attempt(lambda: unrelate(self._workspace.project, *pair)):
            self._autosave.forget()
            self._pair = ("", "")
            self.show_none()

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.title)
        for field in self.fields.values():
            field.undo_requested.connect(self._workspace.undo)
            field.redo_requested.connect(self._workspace.redo)
            column.addWidget(field)
        self._heading = QLabel(self.tr("What the weights read"))
        theme.set_kind(self._heading, "heading")
        column.addWidget(self._heading)
        column.addWidget(self.reading)
        column.addWidget(self.turn_button)
        column.addWidget(self.forget_button)
        column.addStretch(1)
        self.setWidget(body)

    def _show_parts(self, shown: bool) -> None:
        for part in (*self.fields.values(), self._heading, self.reading, self.turn_button):
            part.setVisible(shown)
        self.forget_button.setVisible(shown and not self._is_new)

    def _show_reading(self) -> None:
        values = {name: field.value() for name, field in self.fields.items()}
        text = relations_text([Relation(other=self._other, **values)]) if self._other else ""
        self.reading.setText(text or self.tr("Nothing yet."))
