"""The editor of one fragment: the form of a character, in part, and who inherits from it."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.library.fragments import (
    delete_fragment,
    get_fragment,
    heirs_of,
    update_fragment,
    update_fragment_content,
)
from gui import theme
from gui.characters.form import CharacterForm
from gui.characters.form_values import values_of_fragment
from gui.characters.header import ElidedLabel
from gui.widgets.portrait import PictureCache
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace

_COLUMNS = ("name", "summary")
_MAX_NAMED = 4


class FragmentEditor(QWidget):
    """A bar with the way back, and the form."""

    closed = Signal()
    """Back to the character."""

    def __init__(
        self, workspace: Workspace, counter: TokenCounter, cache: PictureCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.fragment_id = ""
        self.form = CharacterForm(counter, cache, is_fragment=True)
        self.form.faulted.connect(workspace.faulted)
        self.form.undo_requested.connect(workspace.undo)
        self.form.redo_requested.connect(workspace.redo)
        self.back = QPushButton(self.tr("Back"))
        self.back.setIcon(theme.icon("mdi6.arrow-left"))
        self.back.setToolTip(self.tr("Back to the character"))
        theme.set_kind(self.back, "ghost")
        self.back.clicked.connect(self.close_fragment)
        self.remove = QPushButton(self.tr("Delete fragment"))
        self.remove.setIcon(theme.icon("mdi6.delete-outline"))
        theme.set_kind(self.remove, "ghost")
        self.remove.clicked.connect(self.delete)
        self._title = ElidedLabel("subtitle")
        self._heirs = QLabel()
        theme.set_kind(self._heirs, "small")
        self._lay_out()

    def open(self, fragment_id: str) -> None:
        """Shows a fragment, ready to be named when it is new."""
        project = self._workspace.project
        fragment = get_fragment(project, fragment_id)
        if fragment is None:
            self.close_fragment()
            return
        self.fragment_id = fragment_id

        def commit(path: str, value: Any) -> None:
            if path in _COLUMNS:
                update_fragment(project, fragment_id, **{path: value})
            else:
                update_fragment_content(project, fragment_id, path, value)

        self.form.open(values_of_fragment(fragment), commit)
        self._show_identity(fragment.name)
        if not fragment.content and not fragment.summary:
            self.form.begin()

    def refresh(self) -> None:
        """Rows changed: shows the fragment as it is now; one that is gone is closed."""
        fragment = get_fragment(self._workspace.project, self.fragment_id) if self.fragment_id else None
        if fragment is None:
            self.form.forget_row()
            self.close_fragment()
        else:
            self.form.refresh(values_of_fragment(fragment))
            self._show_identity(fragment.name)

    def close_fragment(self) -> None:
        """Keeps what was typed and goes back."""
        self.form.close_row()
        self.fragment_id = ""
        self.closed.emit()

    def delete(self) -> None:
        """Deletes the fragment; undo brings it back, with all who inherit from it."""
        self.form.flush()
        gone = self.fragment_id
        if self._workspace.attempt(lambda: delete_fragment(self._workspace.project, gone)):
            self.form.forget_row()
            self.close_fragment()

    def _show_identity(self, name: str) -> None:
        self._title.show_text(self.tr("Fragment “%1”").replace("%1", name))
        names = [one.name for one in heirs_of(self._workspace.project, self.fragment_id)]
        text = self.tr("inherited by %1").replace("%1", ", ".join(names[:_MAX_NAMED])) if names else ""
        if len(names) > _MAX_NAMED:
            text += self.tr(" and %1 more").replace("%1", str(len(names) - _MAX_NAMED))
        self._heirs.setText(text or self.tr("nobody inherits from it yet"))

    def _lay_out(self) -> None:
        bar = QFrame()
        theme.set_kind(bar, "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.back)
        row.addWidget(self._title)
        row.addWidget(self._heirs)
        row.addStretch(1)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.form, 1)
