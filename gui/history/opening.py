"""Which history is meant when somebody asks for it, and its window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import UserError
from core.history.entities import PARTS, Entity, model_of
from core.history.moments import MomentKind
from core.library.playtests import get_playtest
from gui.history.dialog import HistoryDialog

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Histories(QObject):
    """Opens histories over the window, one window for each entity."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._open: dict[Entity, HistoryDialog] = {}

    def show_current(self) -> HistoryDialog | None:
        """Shows the history of what is open or chosen in the place that is shown; says so where there is nothing."""
        kind, entity_id = self._window.current_entity()
        if not entity_id:
            self._window.notices.show_note(
                self.tr("There is nothing here that has a history."),
                self.tr("Open a character or a scenario, or choose something in the Library."),
            )
            return None
        return self.show_entity(kind, entity_id)

    def show_entity(self, kind: str, entity_id: str) -> HistoryDialog | None:
        """Shows the history of one entity; of a playtest, that of its scenario, at what it ran."""
        self._window.keep_typed()
        if kind == "playtest":
            return self._show_played(entity_id)
        if kind not in PARTS:
            return None
        entity = Entity(kind, entity_id)
        if entity not in self._open:
            dialog = HistoryDialog(self._window.workspace, entity, self._name_of(entity), self._window)
            dialog.destroyed.connect(lambda: self._open.pop(entity, None))
            self._open[entity] = dialog
        dialog = self._open[entity]
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        dialog.moments.setFocus()
        return dialog

    def _show_played(self, playtest_id: str) -> HistoryDialog | None:
        playtest = get_playtest(self._window.workspace.project, playtest_id)
        if playtest is None or not playtest.scenario_id:
            self._window.notices.show_note(self.tr("This playtest came without a scenario of this project."))
            return None
        dialog = self.show_entity("scenario", playtest.scenario_id)
        if dialog is not None:
            dialog.choose(MomentKind.PLAYTEST, playtest_id)
        return dialog

    def _name_of(self, entity: Entity) -> str:
        try:
            with self._window.workspace.project.reading() as session:
                row = session.get(model_of(entity.kind), entity.id)
        except UserError:
            return ""
        return str(getattr(row, "name", "") or getattr(row, "label", "") or "")
