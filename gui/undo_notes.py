"""Says what was undone or done again, and where that is when it is somewhere else."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core import ledger
from core.errors import UserError
from core.history.entities import PARTS, Entity, model_of
from gui.history.words import action_title
from gui.widgets.field_names import row_name

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.widgets.notice import Notice

SHOWN_IN_PART = {"role": "role", "beat": "beat", "lore_entry": "entry"}
"""Table -> what `Place.show_part` calls one of its rows."""
_OWNERS = {table: (kind, column) for kind, parts in PARTS.items() for table, column in parts if table != kind}


class UndoNotes(QObject):
    """One note for the last step back or forth; a new one takes the place of the one before."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._last: Notice | None = None
        window.workspace.stepped.connect(self._on_stepped)

    def _on_stepped(self, label: str, is_redo: bool) -> None:
        if self._last is not None:
            self._last.dismiss()
        message = (self.tr("Done again: %1") if is_redo else self.tr("Undone: %1")).replace("%1", action_title(label))
        try:
            found = self._find(is_redo)
        except UserError:
            found = None
        hint, action = "", None
        if found is not None and (found[0].kind, found[0].id) != self._window.current_entity():
            entity, name, part = found
            hint = f"{row_name(entity.kind)}: {name}" if name else row_name(entity.kind)
            target = f"{entity.id}#{part}" if part else entity.id
            action = (self.tr("Show"), lambda: self._window.open_entity(entity.kind, target))
        self._last = note = self._window.notices.show_note(message, hint, action)
        note.dismissed.connect(lambda: self._forget(note))

    def _forget(self, note: "Notice") -> None:
        if self._last is note:
            self._last = None

    def _find(self, is_redo: bool) -> tuple[Entity, str, str] | None:
        """Returns what the step changed, its name, and the part of it; None where that is not there any more."""
        with self._window.workspace.project.reading() as session:
            action = ledger.last_done(session) if is_redo else ledger.first_undone(session)
            if action is None:
                return None
            for change in ledger.changes_of(session, action):
                kind, entity_id, part = change.entity, change.entity_id, ""
                if kind in _OWNERS:
                    row = ledger.read_row(session, kind, entity_id)
                    part = f"{SHOWN_IN_PART[kind]}:{entity_id}" if row and kind in SHOWN_IN_PART else ""
                    kind, column = _OWNERS[kind]
                    entity_id = str({**(change.before or {}), **(change.after or {}), **(row or {})}.get(column, ""))
                if kind not in (*PARTS, "playtest") or not entity_id:
                    continue
                owner = session.get(model_of(kind), entity_id)
                if owner is not None and not getattr(owner, "deleted_at", ""):
                    return Entity(kind, entity_id), str(getattr(owner, "name", "")), part
        return None
