"""The prompt of a character in one of its roles, live while it is written."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from core.library.scenarios import get_scenario
from gui.characters.prompt_source import (
    Casting,
    find_castings,
    read_script,
    view_alone,
    view_in_role,
    with_character,
)
from gui.widgets.prompt_view import PromptView
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.character import CharacterBase

DELAY_MS = 40


class RolePrompt(QWidget):
    """A choice of the character's roles, and the prompt in it."""

    castings_changed = Signal(list)

    def __init__(
        self,
        workspace: Workspace,
        counter: TokenCounter,
        read_draft: Callable[[], CharacterBase],
        parent: QWidget | None = None,
    ) -> None:
        """Makes an empty view. `read_draft` returns the character as it is typed, with what it inherits."""
        super().__init__(parent)
        self._workspace = workspace
        self._read_draft = read_draft
        self._character_id = ""
        self._castings: list[Casting] = []
        self.view = PromptView(workspace, counter)
        self.picker = QComboBox()
        self.picker.setAccessibleName(self.tr("The role in which the prompt is shown"))
        self.picker.setMinimumContentsLength(12)
        self.picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.picker.currentTextChanged.connect(self.picker.setToolTip)
        self.picker.activated.connect(lambda _index: self._show())
        self.view.put_picker_first(self.picker)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(lambda: workspace.attempt(self._show))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    @property
    def picked(self) -> Casting | None:
        """The role in which the prompt is shown; None: in no scene."""
        place = self.picker.currentIndex()
        return self._castings[place] if 0 <= place < len(self._castings) else None

    def open(self, character_id: str) -> None:
        """Shows a character; empty: none."""
        shown = self.picked if character_id == self._character_id else None
        self._character_id = character_id
        self._castings = find_castings(self._workspace.project, character_id) if character_id else []
        self.picker.clear()
        for casting in self._castings:
            words = [word for word in (casting.role_name, casting.scenario_name) if word]
            self.picker.addItem(self.tr(" in ").join(words))
        self.picker.addItem(self.tr("In no scene"))
        places = {casting.role_id: place for place, casting in enumerate(self._castings)}
        self.picker.setCurrentIndex(places.get(shown.role_id, 0) if shown is not None else 0)
        self.castings_changed.emit(self._castings)
        self._show()

    def refresh(self) -> None:
        """The draft changed: shows it in a moment."""
        self._timer.start()

    def stop(self) -> None:
        """Shows nothing new until it is told to."""
        self._timer.stop()
        self.view.stop()

    def _show(self) -> None:
        if not self._character_id:
            self.view.show_view(None)
            return
        draft = self._read_draft()
        casting, project = self.picked, self._workspace.project
        scenario = get_scenario(project, casting.scenario_id) if casting is not None else None
        if casting is None or scenario is None:
            self.view.show_view(view_alone(draft))
            return
        script = with_character(read_script(project, scenario), casting.role_id, draft)
        self.view.show_view(view_in_role(script, casting.role_id) or view_alone(draft))
