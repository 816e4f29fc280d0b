"""The prompt of each role of a scenario, live while it is written: what one reads, the others never see."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from core.playtest.script import Script
from gui import theme
from gui.characters.prompt_source import view_in_role
from gui.widgets.portrait import Face, PictureCache, face_icon
from gui.widgets.prompt_view import PromptView
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace

DELAY_MS = 40


class RolePrompt(QWidget):
    """A choice of the roles that are cast, and the prompt of one of them."""

    role_picked = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        counter: TokenCounter,
        cache: PictureCache,
        read_script: Callable[[], Script | None],
        parent: QWidget | None = None,
    ) -> None:
        """Makes an empty view. `read_script` returns the scenario with its cast as they are typed."""
        super().__init__(parent)
        self._cache = cache
        self._read_script = read_script
        self._shown: list[tuple[str, str, Face]] = []
        self.view = PromptView(workspace, counter)
        self.picker = QComboBox()
        self.picker.setAccessibleName(self.tr("The role whose prompt is shown"))
        self.picker.setMinimumContentsLength(12)
        self.picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.picker.setPlaceholderText(self.tr("Nobody is cast yet"))
        self.picker.activated.connect(self._on_activated)
        self.view.add_picker(self.picker)
        cache.loaded.connect(self._draw_icons)
        theme.notifier.theme_changed.connect(self._draw_icons)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.show_now)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    @property
    def role_id(self) -> str:
        """The role whose prompt is shown; empty when nobody is cast."""
        return str(self.picker.currentData() or "")

    def show_roles(self, roles: list[tuple[str, str, Face]]) -> None:
        """Takes id, name and face of each role that is cast; the choice stays where it can."""
        if roles != self._shown:
            kept = self.role_id
            self._shown = roles
            self.picker.clear()
            for role_id, name, face in roles:
                text = face.name if not name else self.tr("%1, the %2").replace("%1", face.name).replace("%2", name)
                self.picker.addItem(text, role_id)
            self.picker.setCurrentIndex(max(0, self.picker.findData(kept)) if roles else -1)
            self.picker.setEnabled(bool(roles))
            self._draw_icons()
        self.show_now()

    def pick(self, role_id: str) -> None:
        """Shows the prompt of a role, when it is cast."""
        place = self.picker.findData(role_id)
        if place >= 0 and place != self.picker.currentIndex():
            self.picker.setCurrentIndex(place)
            self.show_now()

    def refresh(self) -> None:
        """Something was typed: shows it in a moment."""
        self._timer.start()

    def stop(self) -> None:
        """Shows nothing new until it is told to."""
        self._timer.stop()
        self.view.stop()

    def show_now(self) -> None:
        """Shows the prompt as it is now."""
        script = self._read_script() if self.role_id else None
        self.view.show_view(view_in_role(script, self.role_id) if script is not None else None)

    def _draw_icons(self) -> None:
        for place, (_role_id, _name, face) in enumerate(self._shown):
            self.picker.setItemIcon(place, face_icon(face, self._cache.find(face.picture)))

    def _on_activated(self, _place: int) -> None:
        self.show_now()
        self.role_picked.emit(self.role_id)
