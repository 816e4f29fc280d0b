"""Who hears a line: everyone who is there, one who is whispered to, or some."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from gui import theme
from gui.stage.fill import fill
from gui.stage.names import join_names
from gui.stage.plain_tip import plain_tip


class LastingMenu(QMenu):
    """A menu that stays open while its boxes are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a box ticks it; anything else is as in any menu."""
        if not _tick(self.activeAction()):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks a box."""
        if event.key() != Qt.Key.Key_Space or not _tick(self.activeAction()):
            super().keyPressEvent(event)


class AudienceChooser(QPushButton):
    """A button that says who hears, with a menu to choose from."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self._speaker_id = ""
        self._chosen: list[str] | None = None
        self._needs_one = False
        theme.set_kind(self, "chip")
        self.setStyleSheet("padding-right: 26px;")
        self._menu = LastingMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self._say()

    @property
    def audience(self) -> list[str] | None:
        """Role ids of those who hear; None: everyone who can."""
        return None if self._chosen is None else [one for one in self._names if one in self._chosen]

    def show_cast(self, names: dict[str, str]) -> None:
        """Sets who can be chosen: role id -> name."""
        self._names = names
        if self._chosen is not None and not set(self._chosen) <= set(names):
            self._chosen = None
        self._say()

    def set_speaker(self, speaker_id: str, *, needs_one: bool = False) -> None:
        """Sets who speaks, who is not asked about; `needs_one`: exactly one hears."""
        self._speaker_id = speaker_id
        self._needs_one = needs_one
        others = self._others()
        if self._chosen is not None:
            self._chosen = [one for one in self._chosen if one in others] or None
        if needs_one and (self._chosen is None or len(self._chosen) != 1):
            self._chosen = (self._chosen or others)[:1] or None
        self._say()

    def choose(self, role_ids: list[str] | None) -> None:
        """Chooses who hears."""
        self._chosen = role_ids
        self.set_speaker(self._speaker_id, needs_one=self._needs_one)
        self.changed.emit()

    def role_called(self, word: str) -> str | None:
        """Returns the role of the one other whose name begins with a word, or None."""
        wanted = word.casefold()
        found = [
            role_id
            for role_id in self._others()
            if any(part.startswith(wanted) for part in self._names[role_id].casefold().split())
        ]
        return found[0] if len(found) == 1 and wanted else None

    def _others(self) -> list[str]:
        return [one for one in self._names if one != self._speaker_id]

    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        if not self._needs_one:
            everyone = menu.addAction(self.tr("&Everyone who is there"))
            everyone.triggered.connect(lambda _checked: self.choose(None))
            menu.addSeparator()
        for role_id in self._others():
            text = self._names[role_id] if self._needs_one else fill(self.tr("Whisper to %1"), self._names[role_id])
            whisper = menu.addAction(text.replace("&", "&&"))
            whisper.triggered.connect(lambda _checked, role_id=role_id: self.choose([role_id]))
        if not self._needs_one and len(self._others()) > 2:
            menu.addSeparator()
            self._add_boxes(menu)

    def _add_boxes(self, menu: QMenu) -> None:
        for role_id in self._others():
            box = QAction(fill(self.tr("%1 hears it"), self._names[role_id]).replace("&", "&&"), menu)
            box.setCheckable(True)
            box.setChecked(self._chosen is None or role_id in self._chosen)
            box.toggled.connect(lambda hears, box=box, role_id=role_id: self._hear(box, role_id, hears))
            menu.addAction(box)

    def _hear(self, box: QAction, role_id: str, hears: bool) -> None:
        """Adds a hearer, or takes one away; the last one stays: what nobody hears would be said to everyone."""
        chosen = set(self._others() if self._chosen is None else self._chosen)
        chosen = chosen | {role_id} if hears else chosen - {role_id}
        if not chosen:
            box.setChecked(True)
            return
        everyone = chosen == set(self._others())
        self.choose(None if everyone else [one for one in self._others() if one in chosen])

    def _say(self) -> None:
        names = [self._names[one] for one in self._chosen or () if one in self._names]
        if not names:
            text = self.tr("to everyone")
        elif len(names) == 1:
            text = fill(self.tr("only to %1"), names[0])
        elif len(names) == 2:
            text = fill(self.tr("to %1"), join_names(names))
        else:
            text = fill(self.tr("to %1 people"), len(names))
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(fill(self.tr("Who hears it: %1"), join_names(names) or self.tr("everyone")))
        self.setToolTip(plain_tip(self.accessibleName()))


def _tick(action: QAction | None) -> bool:
    if action is None or not action.isCheckable():
        return False
    action.toggle()
    return True
