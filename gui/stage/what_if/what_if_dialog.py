"""What if: a turn and one thing to be changed are chosen, and the scene is played again from there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.library.playtests import delete_playtest
from core.playtest.looking_back.what_if import Change, Kind, start_what_if, turns_after
from gui import theme
from gui.stage.comparing.sides import Choice
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill
from gui.stage.session import StageSession
from gui.stage.what_if.changeable import Changeable, format_value, list_fields, make_change
from gui.widgets.field_names import field_name
from gui.workspace import Workspace
from models.playtest import Playtest

FIRST_WORDS = 90


class WhatIfDialog(QDialog):
    """Asks, starts the playtest, and shows how far it is."""

    finished_playing = Signal(object, object)
    """The branch that was asked about and the one that came of it, as choices for a comparison."""

    def __init__(
        self, workspace: Workspace, session: StageSession, turn_id: int | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What if"))
        self.resize(620, 560)
        self._workspace = workspace
        self._session = session
        self._fields: list[Changeable] = []
        self._original: Choice | None = None
        self._wanted_turns = 0
        self._is_over = False
        """Whether it was left; the playtest may still be in the making."""
        self._playtest_id = ""
        """Of the playtest that plays it again, once it does."""
        self._make_widgets(turn_id)
        self._lay_out()
        self._connect()
        self._fill_people()
        self._show_turn()

    # What is asked

    @property
    def kind(self) -> Kind:
        """What sort of thing is changed."""
        return Kind(self.what.currentData())

    def change(self) -> Change:
        """Returns what is to be changed. Raises UserError when it is no value."""
        if self.kind is Kind.WORLD:
            return Change(Kind.WORLD, value=self.value.toPlainText().strip())
        place = self.field.currentIndex()
        if not 0 <= place < len(self._fields):
            raise UserError("There is nothing to change here.", "Choose something else.")
        return make_change(self._fields[place], self.value.toPlainText())

    def play(self) -> None:
        """Makes the playtest and plays it again from the turn on."""
        path, number = self._session.path, self.number.value()
        if not 1 <= number <= len(path):
            return
        try:
            change = self.change()
        except UserError as error:
            self._say(f"{error.message} {error.hint}", "fault")
            return
        if self.kind is Kind.WORLD and not change.value:
            self._say(self.tr("Write what is to be otherwise, such as “tension = 8”."), "fault")
            return
        project, playtest_id, turn_id = self._workspace.project, self._session.playtest_id, path[number - 1].id
        playtest = self._session.playtest
        self._original = Choice(playtest_id, path[-1].id, playtest.name if playtest is not None else "")
        self.play_button.setEnabled(False)
        self._say("", "small")

        def work() -> Playtest:
            return start_what_if(project, playtest_id, turn_id, change)

        self._session.when_quiet(lambda: self._workspace.jobs.run(work, self._on_started, self._on_fault))

    # How it is put together

    def _make_widgets(self, turn_id: int | None) -> None:
        path = self._session.path
        turn = self._session.tree.get(turn_id)
        self.number = QSpinBox()
        theme.pad_spin_box(self.number)
        self.number.setRange(1, max(1, len(path)))
        self.number.setValue(turn.number if turn is not None else len(path))
        self.number.setAccessibleName(self.tr("The first turn that is played again"))
        self._first_words = ElidedLabel()
        theme.set_kind(self._first_words, "small")
        self.what = QComboBox()
        self.what.setAccessibleName(self.tr("What is changed"))
        for kind, name in (
            (Kind.CHARACTER, self.tr("A character's card")),
            (Kind.ROLE, self.tr("A role in this scene")),
            (Kind.SCENARIO, self.tr("The scenario and how it is run")),
            (Kind.WORLD, self.tr("The world at the start")),
        ):
            self.what.addItem(name, kind.value)
        self.who = QComboBox()
        self.who.setAccessibleName(self.tr("Whose"))
        self.field = QComboBox()
        self.field.setAccessibleName(self.tr("Which field"))
        self.field.setMaxVisibleItems(24)
        for box in (self.what, self.who, self.field):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.value = QPlainTextEdit()
        self.value.setTabChangesFocus(True)
        self.value.setAccessibleName(self.tr("What it becomes"))
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.hide()
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Turns played again"))
        self.progress.hide()
        self.play_button = QPushButton(theme.icon("mdi6.play", "accent_text"), self.tr("Play it again from here"))
        theme.set_kind(self.play_button, "primary")
        self.play_button.setDefault(True)
        self.play_button.setEnabled(bool(path))
        self.close_button = QPushButton(self.tr("Cancel"))

    def _lay_out(self) -> None:
        words = QLabel(
            self.tr(
                "The turns before stay as they are. One thing is changed, and what follows is played again with the"
                " same seeds, in a playtest of its own."
            )
        )
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        turn = QHBoxLayout()
        turn.setSpacing(12)
        turn.addWidget(self.number)
        turn.addWidget(self._first_words, 1)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("From turn"), turn)
        form.addRow(self.tr("Change"), self.what)
        form.addRow(self.tr("Of"), self.who)
        form.addRow(self.tr("Field"), self.field)
        form.addRow(self.tr("It becomes"), self.value)
        self._form = form
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.play_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(words)
        column.addLayout(form, 1)
        column.addWidget(self.said)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.number.valueChanged.connect(self._show_turn)
        self.what.currentIndexChanged.connect(self._fill_people)
        self.who.currentIndexChanged.connect(self._fill_fields)
        self.field.currentIndexChanged.connect(self._show_value)
        self.play_button.clicked.connect(self.play)
        self.close_button.clicked.connect(self.reject)
        self._session.path_changed.connect(self._on_progress)
        self._session.state_changed.connect(self._on_progress)
        self.finished.connect(self._on_closed)

    # What can be chosen

    def _show_turn(self) -> None:
        path, number = self._session.path, self.number.value()
        turn = path[number - 1] if 1 <= number <= len(path) else None
        words = " ".join(turn.text.split())[:FIRST_WORDS] if turn is not None else ""
        self._first_words.setText(f"{turn.speaker}: {words}" if turn is not None else "")

    def _fill_people(self) -> None:
        script, kind = self._session.script, self.kind
        has_people = kind in (Kind.CHARACTER, Kind.ROLE)
        self.who.blockSignals(True)
        self.who.clear()
        for part in script.parts if script is not None and has_people else ():
            role = part.role.name.strip()
            name = part.character.name
            self.who.addItem(f"{name} ({role})" if role and kind is Kind.ROLE else name, part.role_id)
        self.who.blockSignals(False)
        self._form.setRowVisible(self.who, has_people)
        self._form.setRowVisible(self.field, kind is not Kind.WORLD)
        self._fill_fields()

    def _fill_fields(self) -> None:
        script = self._session.script
        role_id = self.who.currentData() or ""
        self._fields = list_fields(script, self.kind, role_id) if script is not None else []
        self.field.blockSignals(True)
        self.field.clear()
        for one in self._fields:
            self.field.addItem(_name(one.field))
        self.field.blockSignals(False)
        self._show_value()

    def _show_value(self) -> None:
        if self.kind is Kind.WORLD:
            self.value.setPlainText("")
            self.value.setPlaceholderText("tension = 8\nkey.holder = nobody")
            return
        place = self.field.currentIndex()
        self.value.setPlaceholderText(self.tr("Empty: as if nobody had written it"))
        self.value.setPlainText(format_value(self._fields[place].value) if 0 <= place < len(self._fields) else "")

    # What comes of it

    def _on_started(self, playtest: Playtest) -> None:
        if self._is_over:
            self._workspace.attempt(lambda: delete_playtest(self._workspace.project, playtest.id))
            return
        self._playtest_id = playtest.id
        n_turns = turns_after(playtest)
        self._wanted_turns = self.number.value() - 1 + n_turns
        self.progress.setRange(0, n_turns)
        self.progress.show()
        self.close_button.setText(self.tr("Stop here"))
        self._session.open(playtest.id)
        self._session.play(n_turns)
        self._on_progress()

    def _on_fault(self, error: UserError) -> None:
        if self._is_over:
            return
        self.play_button.setEnabled(True)
        self._say(f"{error.message} {error.hint}", "fault")

    def _on_progress(self, _first: int = 0) -> None:
        session = self._session
        if not self._playtest_id or session.playtest_id != self._playtest_id or not session.is_loaded:
            return
        before = self.number.value() - 1
        self.progress.setValue(min(max(len(session.path) - before, 0), self.progress.maximum()))
        self.progress.setFormat(fill(self.tr("%1 of %2 turns"), self.progress.value(), self.progress.maximum()))
        if session.fault is not None:
            self._say(" ".join(session.fault), "fault")
        is_over = len(session.path) >= self._wanted_turns or (not session.is_playing and session.live is None)
        if is_over and len(session.path) > before:
            self.accept()

    def _on_closed(self) -> None:
        """Shows both, as far as it was played."""
        self._is_over = True
        for signal in (self._session.path_changed, self._session.state_changed):
            signal.disconnect(self._on_progress)
        if not self._playtest_id:
            return
        if self._session.playtest_id == self._playtest_id and self._session.is_playing:
            self._session.stop()
        playtest = self._session.playtest
        name = playtest.name if playtest is not None and playtest.id == self._playtest_id else self.tr("What if")
        if self._original is not None:
            self.finished_playing.emit(self._original, Choice(self._playtest_id, None, name))

    def _say(self, words: str, kind: str) -> None:
        theme.set_kind(self.said, kind)
        self.said.setText(words)
        self.said.setVisible(bool(words))


def _name(field: str) -> str:
    """Returns what a field is called; rules of the stage with their part."""
    if field.startswith("stage."):
        _stage, part, name = field.split(".", 2)
        return f"{part.capitalize()}: {name.replace('_', ' ')}"
    return field_name(field)
