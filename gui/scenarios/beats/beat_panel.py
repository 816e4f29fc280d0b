"""The fields of one beat, or of several at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.characters.autosave import Autosave, Commit
from gui.characters.field import Field, LineField, TextField
from gui.scenarios.beats.card import kind_name
from gui.scenarios.beats.goals_field import GoalsField
from gui.scenarios.beats.graph import Graph
from gui.scenarios.beats.played_bars import PlayedBars
from gui.scenarios.choices import ListedField, SwitchField
from gui.scenarios.fold import Fold
from gui.scenarios.open_story import NamedRole
from gui.scenarios.script_field import ReadStory, ScriptField
from models.beat import Beat, BeatKind
from models.world import Place

NAMES = (
    "name",
    "kind",
    "condition",
    "effects",
    "success",
    "failure_effects",
    "text",
    "goals",
    "place_id",
    "is_repeatable",
)


class BeatPanel(QWidget):
    """The form of one beat. What is typed is kept by itself."""

    link_chosen = Signal(str)
    """A way out is to be shown."""

    def __init__(self, read_story: ReadStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ListedField(self.tr("Kind"))
        self._kind.show_choices([(kind, _capital(kind_name(kind))) for kind in BeatKind])
        self._place = ListedField(self.tr("Place"))
        self.goals = GoalsField(self.tr("Goals here"))
        self.fields: dict[str, Field] = {
            "name": LineField(self.tr("Name"), self.tr("Theo reads the log")),
            "kind": self._kind,
            "condition": ScriptField(
                self.tr("When"), self.tr("always, e.g. log.state = open and Theo is present"), read_story
            ),
            "effects": ScriptField(
                self.tr("Then"), self.tr("nothing changes, e.g. tension + 1"), read_story, is_effects=True
            ),
            "success": ScriptField(self.tr("Succeeds when"), self.tr("either may happen"), read_story),
            "failure_effects": ScriptField(
                self.tr("Otherwise"), self.tr("it always succeeds"), read_story, is_effects=True
            ),
            "text": TextField(self.tr("Said by the narrator"), self.tr("nothing"), min_lines=1),
            "goals": self.goals,
            "place_id": self._place,
            "is_repeatable": SwitchField(
                self.tr("Again"), self.tr("Can be entered again"), self.tr("Otherwise it happens once at most.")
            ),
        }
        self.autosave = Autosave(self.fields, self)
        self._ways = QVBoxLayout()
        self._ways.setSpacing(4)
        self._ways_title = _heading(self.tr("Ways out"))
        self._played_title = _heading("")
        self.played = PlayedBars()
        self._lay_out()

    def open(self, beat: Beat, commit: Commit) -> None:
        """Shows another beat."""
        self.autosave.open(_values_of(beat), commit)
        self._fail.set_open(bool(beat.success or beat.failure_effects))

    def refresh(self, beat: Beat) -> None:
        """The beat was changed, here or elsewhere."""
        self.autosave.refresh(_values_of(beat))

    def show_scope(self, roles: Sequence[NamedRole], places: Sequence[Place]) -> None:
        """Takes the roles and places that can be chosen."""
        self.goals.show_roles(roles)
        anywhere: list[tuple[str | None, str]] = [(None, self.tr("Wherever the cast is"))]
        self._place.show_choices([*anywhere, *((place.id, place.name or place.id) for place in places)])

    def show_ways(self, graph: Graph, beat_id: str, describe: Mapping[str, str]) -> None:
        """Lists the ways out of the beat, in the order in which they are tried; `describe`: link id -> words."""
        while (item := self._ways.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, QWidget):
                widget.hide()
                widget.deleteLater()
        ways = graph.ways_out.get(beat_id, ())
        self._ways_title.setVisible(bool(ways))
        for link in ways:
            target = graph.beats[link.to_id].name or self.tr("Unnamed beat")
            words = " · ".join(word for word in (describe.get(link.id, ""), target) if word)
            button = QPushButton((words if len(words) < 44 else words[:43] + "…").replace("&", "&&"))
            button.setIcon(theme.icon("mdi6.arrow-right", "dim"))
            button.setToolTip(self.tr("Show this way"))
            theme.set_kind(button, "chip")
            button.clicked.connect(lambda _checked=False, link_id=link.id: self.link_chosen.emit(link_id))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setStyleSheet("QPushButton { text-align: left; }")
            self._ways.addWidget(button)

    def show_played(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """Shows how often each way out was taken: words, count and colour; nothing when none ever was."""
        total = sum(count for _words, count, _color in rows)
        self._played_title.setText(self.tr("Played %1 times").replace("%1", f"{total:,}"))
        self._played_title.setVisible(total > 0)
        self.played.setVisible(total > 0)
        self.played.show_rows(rows if total else [])

    def check_now(self) -> None:
        """Reads all conditions and effects again: names may have come or gone."""
        for field in self.fields.values():
            if isinstance(field, ScriptField):
                field.check_now()

    def _lay_out(self) -> None:
        inside = QWidget()
        fail = QVBoxLayout(inside)
        fail.setContentsMargins(0, 0, 0, 0)
        fail.setSpacing(12)
        fail.addWidget(self.fields["success"])
        fail.addWidget(self.fields["failure_effects"])
        self._fail = Fold(self.tr("It can fail"), inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(_heading(self.tr("Beat")))
        column.addWidget(self.fields["name"])
        column.addWidget(self._kind)
        for name in ("condition", "effects"):
            column.addWidget(self.fields[name])
        column.addWidget(self._fail)
        for name in ("text", "goals", "place_id", "is_repeatable"):
            column.addWidget(self.fields[name])
        column.addWidget(self._ways_title)
        column.addLayout(self._ways)
        column.addWidget(self._played_title)
        column.addWidget(self.played)
        self.show_played([])


class ManyPanel(QWidget):
    """What several beats have in common: a change holds for all of them."""

    def __init__(self, read_story: ReadStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = _heading("")
        self._kind = ListedField(self.tr("Kind"))
        self._place = ListedField(self.tr("Place"))
        self._again = ListedField(self.tr("Again"))
        self._places: Sequence[Place] = ()
        self._scripts = {
            "condition": ScriptField(self.tr("When"), "", read_story),
            "effects": ScriptField(self.tr("Then"), "", read_story, is_effects=True),
        }
        self.fields: dict[str, Field] = {
            "kind": self._kind,
            "place_id": self._place,
            "is_repeatable": self._again,
            **self._scripts,
        }
        self.autosave = Autosave(self.fields, self)
        self.arrange = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.title)
        column.addLayout(self.arrange)
        for field in self.fields.values():
            column.addWidget(field)

    def open(self, beats: Sequence[Beat], commit: Commit) -> None:
        """Shows other beats."""
        self._show_choices(beats)
        self.autosave.open(self._common(beats), commit)

    def refresh(self, beats: Sequence[Beat]) -> None:
        """The beats were changed."""
        self._show_choices(beats)
        self.autosave.refresh(self._common(beats))

    def show_scope(self, places: Sequence[Place]) -> None:
        """Takes the places that can be chosen."""
        self._places = places

    def _common(self, beats: Sequence[Beat]) -> dict[str, Any]:
        """What all beats have; `...` where they differ, or no text."""
        values: dict[str, Any] = {}
        for name in self.fields:
            found = {getattr(beat, name) for beat in beats}
            differ = "" if name in self._scripts else ...
            values[name] = found.pop() if len(found) == 1 else differ
            if name in self._scripts:
                different = self.tr("different; what is written here replaces all")
                self._scripts[name].set_placeholder(different if found else self.tr("none"))
        return values

    def _show_choices(self, beats: Sequence[Beat]) -> None:
        self.title.setText(self.tr("%1 beats").replace("%1", str(len(beats))))
        differ = (..., self.tr("different"))

        def choices(name: str, known: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
            return [differ, *known] if len({getattr(beat, name) for beat in beats}) > 1 else known

        self._kind.show_choices(choices("kind", [(kind, _capital(kind_name(kind))) for kind in BeatKind]))
        places = [(None, self.tr("Wherever the cast is")), *((one.id, one.name or one.id) for one in self._places)]
        self._place.show_choices(choices("place_id", places))
        again = [(False, self.tr("Once at most")), (True, self.tr("Can be entered again"))]
        self._again.show_choices(choices("is_repeatable", again))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_kind(label, "heading")
    return label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _values_of(beat: Beat) -> dict[str, Any]:
    return {name: getattr(beat, name) for name in NAMES}
