"""The actions of the Stage with their keys: for buttons, the menu of a turn, and the command palette."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gui import theme

translate = QCoreApplication.translate


@dataclass(frozen=True)
class StageActions:
    """All of them. Keys of one letter work while the transcript has the focus."""

    play: QAction
    step: QAction
    stop: QAction
    retry_last: QAction
    speak: QAction
    edit: QAction
    retry: QAction
    continue_here: QAction
    previous: QAction
    next: QAction
    pin: QAction
    toggle_thought: QAction
    toggle_thoughts: QAction
    copy: QAction
    details: QAction
    go_to_end: QAction
    new_playtest: QAction
    rename: QAction
    export: QAction
    delete: QAction
    settings: QAction

    def all(self) -> list[QAction]:
        """Returns them in order."""
        return [getattr(self, field.name) for field in fields(self)]

    def of_turn(self) -> list[QAction]:
        """Returns what can be done with one turn, in the order of its menu."""
        return [
            self.edit,
            self.retry,
            self.continue_here,
            self.previous,
            self.next,
            self.pin,
            self.toggle_thought,
            self.copy,
            self.details,
        ]


def make_actions(parent: QWidget) -> StageActions:
    """Makes the actions; what they do is connected by the place."""

    def make(text: str, icon: str, keys: str = "", tip: str = "", icon_text: str = "") -> QAction:
        action = QAction(theme.icon(icon), text, parent)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if keys:
            action.setShortcuts([QKeySequence(key) for key in keys.split(" or ")])
        action.setToolTip(tip or text)
        action.setIconText(icon_text or text)
        return action

    def tr(text: str) -> str:
        return translate("StageActions", text)

    return StageActions(
        play=make(tr("Play"), "mdi6.play", "Space", tr("Play until the scene ends")),
        step=make(tr("Step"), "mdi6.skip-next", "S", tr("Play one turn")),
        stop=make(tr("Stop"), "mdi6.stop", "Ctrl+.", tr("Stop at once; the half-spoken turn is not kept")),
        retry_last=make(
            tr("Retry the last turn"), "mdi6.refresh", "Ctrl+R", tr("Write the last turn again, otherwise")
        ),
        speak=make(tr("Say something"), "mdi6.message-outline", "/"),
        edit=make(tr("Edit"), "mdi6.pencil-outline", "E or F2"),
        retry=make(tr("Retry: another alternative"), "mdi6.refresh", "R"),
        continue_here=make(tr("Continue from here"), "mdi6.source-branch", "B"),
        previous=make(tr("Previous alternative"), "mdi6.chevron-left", "Left"),
        next=make(tr("Next alternative"), "mdi6.chevron-right", "Right"),
        pin=make(
            tr("Pin or unpin"),
            "mdi6.pin-outline",
            "P",
            tr("A pinned turn stays in every character's view when the context is full"),
        ),
        toggle_thought=make(tr("Show or fold the thought"), "mdi6.thought-bubble-outline", "T"),
        toggle_thoughts=make(tr("Show or fold all thoughts"), "mdi6.thought-bubble-outline", "Shift+T"),
        copy=make(tr("Copy"), "mdi6.content-copy", "Ctrl+C"),
        details=make(tr("Details: scores, prompt, speed"), "mdi6.magnify", "I"),
        go_to_end=make(tr("Go to the last turn"), "mdi6.arrow-down", "Ctrl+End"),
        new_playtest=make(tr("New playtest"), "mdi6.plus"),
        rename=make(tr("Rename playtest"), "mdi6.rename-outline"),
        export=make(tr("Export playtest…"), "mdi6.export-variant", "Ctrl+E"),
        delete=make(tr("Delete playtest"), "mdi6.delete-outline"),
        settings=make(tr("Temperature, length, seed"), "mdi6.tune-variant"),
    )


def connect_all(actions: dict[QAction, Callable[[], object]]) -> None:
    """Connects each action with what it does."""
    for action, slot in actions.items():
        action.triggered.connect(lambda _checked=False, slot=slot: slot())
