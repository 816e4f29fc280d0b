"""One role of a cast: what it is called, who plays it, what they want and what they hide."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.characters.autosave import Autosave, Commit
from gui.characters.field import Field, LineField, TextField
from gui.characters.sections import row_of
from gui.scenarios.choices import PopupBox
from gui.scenarios.fold import Fold
from gui.scenarios.script_field import ReadStory, ScriptField
from gui.widgets.portrait import Face, PictureCache, Portrait
from gui.widgets.statement_row import DragHandle
from gui.widgets.token_label import TokenCounter
from models.scenario import RoleBase

_PORTRAIT_PX = 44
SCENE_FIELDS = ("style", "emotion", "relations", "personality")
"""What a role adds to its character in this scene alone."""


class RoleHandle(DragHandle):
    """What a role is taken by: with the mouse, or with Alt+Up, Alt+Down and Del once it has the focus."""

    move_requested = Signal(int)
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(20)
        self.setToolTip(self.tr("Drag to move. With the keyboard: Alt+Up, Alt+Down; Del removes"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del removes the role."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints a grip, brighter with the focus."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colors().accent if self.hasFocus() else theme.colors().dim))
        middle = self.rect().center()
        for column in (-3, 3):
            for row in (-6, 0, 6):
                painter.drawEllipse(middle.x() + column - 1, middle.y() + row - 1, 3, 3)


class RoleCard(QFrame):
    """The form of one role."""

    drafted = Signal()
    origin_entered = Signal(object)
    cast_requested = Signal()
    """Somebody is to be chosen for the role."""
    character_opened = Signal()
    move_requested = Signal(int)
    remove_requested = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    faulted = Signal(str, str)

    def __init__(
        self, counter: TokenCounter, cache: PictureCache, read_story: ReadStory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        theme.set_kind(self, "card")
        self.handle = RoleHandle()
        self._portrait = Portrait(cache, _PORTRAIT_PX)
        self._nobody = QLabel()
        self.player = PopupBox()
        self.player.opened.connect(self.cast_requested)
        self._open = _small_button("mdi6.account-edit-outline", self.tr("Go to this character"))
        self._open.clicked.connect(self.character_opened)
        self._remove = _small_button("mdi6.close", self.tr("Remove this role"))
        self._remove.clicked.connect(self.remove_requested)
        self.fields: dict[str, Field] = {
            "name": LineField(self.tr("Role"), self.tr("keeper")),
            "goal": TextField(
                self.tr("Goal"),
                self.tr("What they want from this scene."),
                origin=BlockOrigin.GOAL,
                counter=counter,
            ),
            "secret": TextField(
                self.tr("Secret"),
                self.tr("What nobody else is told."),
                origin=BlockOrigin.SECRET,
                counter=counter,
            ),
            "goal_test": ScriptField(
                self.tr("The goal is reached when"), self.tr("a condition: Theo knows f1 and tension < 3"), read_story
            ),
            **_scene_fields(self, counter),
        }
        self._autosave = Autosave(self.fields, self)
        self._lay_out()
        self._connect()

    def open(self, role: RoleBase, commit: Commit) -> None:
        """Shows a role."""
        self._autosave.open(_values_of(role), commit)
        self._note_more()

    def refresh(self, role: RoleBase) -> None:
        """The role was changed, here or elsewhere."""
        self._autosave.refresh(_values_of(role))
        self._note_more()

    def close_row(self) -> None:
        """Keeps what was typed."""
        self._autosave.close()

    def forget_row(self) -> None:
        """Lets go of a role that is gone."""
        self._autosave.forget()

    def field_of(self, origin: BlockOrigin) -> Field | None:
        """Returns the field that a block comes from, or None."""
        return next((field for field in self.fields.values() if field.origin == origin), None)

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def draft(self) -> dict[str, Any]:
        """Returns the fields as they would be kept now."""
        return self._autosave.draft()

    def show_player(self, face: Face | None) -> None:
        """Shows who plays the role; None: nobody yet."""
        self._portrait.setVisible(face is not None)
        self._nobody.setVisible(face is None)
        self._open.setEnabled(face is not None)
        self.warning.setVisible(face is None)
        if face is not None:
            self._portrait.show_face(face)
        name = face.name if face is not None else self.tr("Choose a character")
        self.player.show_choice(name)
        self.player.setAccessibleName(self.tr("Played by %1").replace("%1", name))

    def show_place(self, number: int) -> None:
        """Says the place of the role in the order."""
        self.handle.setAccessibleName(self.tr("Role %1, to be moved").replace("%1", str(number)))

    def light(self, origin: BlockOrigin | None) -> None:
        """Points at the field that a block comes from."""
        for field in self.fields.values():
            field.set_lit(origin is not None and field.origin == origin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+Up and Alt+Down move the role, from anywhere in it."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_requested.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._nobody.setFixedSize(_PORTRAIT_PX, _PORTRAIT_PX)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.notifier.theme_changed.connect(self._draw_nobody)
        self._draw_nobody()
        player = QVBoxLayout()
        player.setSpacing(4)
        label = QLabel(self.tr("Played by"))
        theme.set_kind(label, "small")
        player.addWidget(label)
        player.addWidget(self.player)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._portrait, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addWidget(self._nobody, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(player, 1)
        top.addWidget(self.fields["name"], 1, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._open, 0, Qt.AlignmentFlag.AlignBottom)
        top.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignBottom)
        self.warning = QLabel(self.tr("Nobody plays this role: it is left out of the scene until it is cast."))
        self.warning.setWordWrap(True)
        theme.set_kind(self.warning, "warning")
        inside = QVBoxLayout()
        inside.setSpacing(12)
        inside.addLayout(top)
        inside.addWidget(self.warning)
        inside.addLayout(row_of(self.fields["goal"], self.fields["secret"]))
        inside.addWidget(self._make_more())
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 12, 16, 16)
        row.setSpacing(8)
        row.addWidget(self.handle)
        row.addLayout(inside, 1)

    def show_field(self, field: Field) -> None:
        """Unfolds what a field is in."""
        if self.more.inside.isAncestorOf(field):
            self.more.set_open(True)

    def _make_more(self) -> Fold:
        """The four fields of this scene alone, folded: most roles need none of them."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.fields["goal_test"])
        column.addLayout(row_of(self.fields["style"], self.fields["emotion"]))
        column.addLayout(row_of(self.fields["relations"], self.fields["personality"]))
        self.more = Fold(self.tr("In this scene"), inside)
        return self.more

    def _note_more(self) -> None:
        """Says in the fold which of its fields are written."""
        folded = ("goal_test", *SCENE_FIELDS)
        written = [self.fields[name].editor.accessibleName() for name in folded if self.fields[name].value()]
        otherwise = self.tr("test of the goal, style, emotion, relations, personality")
        self.more.note(", ".join(written).lower() if written else otherwise)

    def _connect(self) -> None:
        self._autosave.drafted.connect(self.drafted)
        self._autosave.drafted.connect(self._note_more)
        self._autosave.faulted.connect(self.faulted)
        self.handle.remove_requested.connect(self.remove_requested)
        for field in self.fields.values():
            field.entered.connect(lambda field=field: self.origin_entered.emit(field.origin))
            field.undo_requested.connect(self.undo_requested)
            field.redo_requested.connect(self.redo_requested)

    def _draw_nobody(self) -> None:
        icon = theme.icon("mdi6.account-question-outline", "warning")
        self._nobody.setPixmap(icon.pixmap(28, 28))


def _small_button(icon: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon, "dim"))
    button.setToolTip(text)
    button.setAccessibleName(text)
    theme.set_kind(button, "ghost")
    return button


def _scene_fields(card: RoleCard, counter: TokenCounter) -> dict[str, Field]:
    texts = {
        "style": (card.tr("Style"), card.tr("How they speak here: formal, in half sentences."), BlockOrigin.ROLE_STYLE),
        "emotion": (card.tr("Emotion"), card.tr("How they feel when it begins."), BlockOrigin.ROLE_EMOTION),
        "relations": (card.tr("Relations"), card.tr("How they stand to the others here."), BlockOrigin.ROLE_RELATIONS),
        "personality": (
            card.tr("Personality"),
            card.tr("What of them this scene brings out."),
            BlockOrigin.ROLE_PERSONALITY,
        ),
    }
    return {
        name: TextField(label, placeholder, min_lines=1, origin=origin, counter=counter)
        for name, (label, placeholder, origin) in texts.items()
    }


def _values_of(role: RoleBase) -> dict[str, Any]:
    return {name: getattr(role, name) for name in ("name", "goal", "goal_test", "secret", *SCENE_FIELDS)}
