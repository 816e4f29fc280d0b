"""What each role wants while a beat lasts."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui import theme
from gui.characters.field import Field
from gui.scenarios.open_story import NamedRole
from gui.widgets.growing_edit import EditWatch, GrowingEdit


class GoalsField(Field):
    """A text for each role, in a card; the value is role id -> goal, without those that are empty."""

    def __init__(self, label: str) -> None:
        self._card = QFrame()
        theme.set_kind(self._card, "card")
        self._column = QVBoxLayout(self._card)
        self._column.setContentsMargins(12, 10, 12, 12)
        self._column.setSpacing(4)
        self._roles: tuple[tuple[str, str, int | None], ...] = ()
        self._kept: dict[str, str] = {}
        self.edits: dict[str, GrowingEdit] = {}
        super().__init__(label, self._card)
        theme.notifier.theme_changed.connect(self._make_edits)

    def show_roles(self, roles: Sequence[NamedRole]) -> None:
        """Takes the roles in order; what is typed stays."""
        wanted = tuple((role.id, role.name, role.face.color_index if role.face is not None else None) for role in roles)
        if wanted != self._roles:
            kept = self.value()
            self._roles = wanted
            self._make_edits()
            self.set_value(kept)

    def value(self) -> dict[str, str]:
        """Returns the goals; those of roles that are not shown stay as they were."""
        shown = {role_id: edit.text() for role_id, edit in self.edits.items()}
        return {key: text for key, text in (self._kept | shown).items() if text.strip()}

    def set_value(self, value: dict[str, str]) -> None:
        """Shows goals."""
        self._kept = dict(value)
        for role_id, edit in self.edits.items():
            edit.replace_text(value.get(role_id, ""))

    def focus_editor(self) -> None:
        """Goes to the first role."""
        if self.edits:
            next(iter(self.edits.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_edits(self) -> None:
        kept = self.value()
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, QWidget):
                widget.hide()
                widget.deleteLater()
        self.edits = {}
        for role_id, name, color_index in self._roles:
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            color = theme.character_color(color_index) if color_index is not None else theme.colors().dim
            label.setStyleSheet(f"color: {color}; font-size: {theme.text_px(12)}px; font-weight: 600;")
            edit = GrowingEdit(1, 8)
            edit.setPlaceholderText(self.tr("as in the whole scene"))
            edit.setAccessibleName(self.tr("Goal of %1 here").replace("%1", name))
            edit.replace_text(kept.get(role_id, ""))
            edit.edited.connect(self._on_edited)
            self.watch(EditWatch(edit))
            self._column.addWidget(label)
            self._column.addWidget(edit)
            self.edits[role_id] = edit
        if not self._roles:
            self._column.addWidget(QLabel(self.tr("The scene has no roles yet.")))
