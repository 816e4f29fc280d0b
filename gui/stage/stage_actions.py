"""The actions of the Stage with their keys: for buttons, the menu of a turn, and the command palette."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.stage.action_button import ICON_NAME

translate = QCoreApplication.translate


@dataclass(frozen=True)
class StageActions:
    """All of them. Keys of one letter work while the transcript has the focus, others while the Stage is shown."""

    play: QAction
    hold: QAction
    step: QAction
    stop: QAction
    retry_last: QAction
    speak: QAction
    audience: QAction
    direct: QAction
    event: QAction
    whisper: QAction
    mood: QAction
    world: QAction
    presence: QAction
    time: QAction
    recast: QAction
    weights: QAction
    take_role: QAction
    hand_back: QAction
    next_speaker: QAction
    end_scene: QAction
    let_pass: QAction
    edit: QAction
    retry: QAction
    continue_here: QAction
    previous: QAction
    next: QAction
    pin: QAction
    good: QAction
    off: QAction
    why: QAction
    toggle_thought: QAction
    toggle_thoughts: QAction
    copy: QAction
    copy_all: QAction
    details: QAction
    find: QAction
    find_next: QAction
    find_previous: QAction
    seen_by: QAction
    jump: QAction
    go_to_end: QAction
    new_playtest: QAction
    rename: QAction
    export: QAction
    delete: QAction
    settings: QAction
    what_if: QAction
    compare: QAction
    name_branch: QAction

    def all(self) -> list[QAction]:
        """Returns them in order."""
        return [getattr(self, field.name) for field in fields(self)]

    def wide(self) -> list[QAction]:
        """Returns those whose keys work wherever the focus is, while the Stage is shown."""
        found = [self.hold, self.stop, self.retry_last, self.direct, self.audience, self.let_pass, *self.of_director()]
        return [*found, self.find, self.find_next, self.find_previous, self.jump]

    def of_director(self) -> list[QAction]:
        """Returns the acts of the director, in the order of their menu."""
        return [
            self.event,
            self.whisper,
            self.mood,
            self.world,
            self.presence,
            self.time,
            self.next_speaker,
            self.take_role,
            self.hand_back,
            self.recast,
            self.weights,
            self.end_scene,
        ]

    def on_turn(self) -> list[QAction]:
        """Returns what changes one turn, or the branch from it on."""
        return [self.edit, self.retry, self.continue_here, self.previous, self.next, self.pin, *self.of_label()]

    def of_label(self) -> list[QAction]:
        """Returns what says that a turn is good or off, and why."""
        return [self.good, self.off, self.why]

    def of_transcript(self) -> list[QAction]:
        """Returns what can be done with the transcript as a whole."""
        return [self.find, self.find_next, self.find_previous, self.seen_by, self.jump, self.copy_all]

    def of_turn(self) -> list[QAction]:
        """Returns what can be done with one turn, in the order of its menu."""
        return [
            self.edit,
            self.retry,
            self.continue_here,
            self.previous,
            self.next,
            self.pin,
            *self.of_label(),
            self.toggle_thought,
            self.copy,
            self.what_if,
            self.details,
        ]


def make_actions(parent: QWidget) -> StageActions:
    """Makes the actions; what they do is connected by the place."""
    made = {**_acts_of_play(parent), **_acts_of_director(parent), **_acts_of_turn(parent), **_acts_of_rest(parent)}
    actions = StageActions(**made)
    for action in actions.wide():
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        parent.addAction(action)
    return actions


def connect_all(actions: dict[QAction, Callable[[], object]]) -> None:
    """Connects each action with what it does."""
    for action, slot in actions.items():
        action.triggered.connect(lambda _checked=False, slot=slot: slot())


def _make(parent: QWidget, text: str, icon: str, keys: str = "", tip: str = "") -> QAction:
    action = QAction(theme.icon(icon), text, parent)
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    if keys:
        action.setShortcuts([QKeySequence(key) for key in keys.split(" or ")])
    action.setToolTip(tip or text)
    action.setIconText(text)
    action.setProperty(ICON_NAME, icon)
    return action


def _tr(text: str) -> str:
    return translate("StageActions", text)


def _acts_of_play(on: QWidget) -> dict[str, QAction]:
    hold = _make(
        on,
        _tr("Pause at once"),
        "mdi6.hand-back-right-outline",
        "Shift+Space",
        _tr("Pause in the middle of the sentence; play goes on with it"),
    )
    hold.setIconText(_tr("Hold"))
    stop = _make(on, _tr("Stop"), "mdi6.stop", "Ctrl+.", _tr("Stop at once; the half-spoken turn is not kept"))
    retry = _make(on, _tr("Retry the last turn"), "mdi6.refresh", "Ctrl+R", _tr("Write the last turn again, otherwise"))
    direct = _make(on, _tr("Direct…"), "mdi6.bullhorn-outline", "Ctrl+D", _tr("Everything that a director can do"))
    direct.setIconText(_tr("Direct"))
    return {
        "play": _make(on, _tr("Play"), "mdi6.play", "Space", _tr("Play until the scene ends")),
        "hold": hold,
        "step": _make(on, _tr("Step"), "mdi6.skip-next", "S", _tr("Play one turn")),
        "stop": stop,
        "retry_last": retry,
        "speak": _make(on, _tr("Say something"), "mdi6.message-outline", "/"),
        "audience": _make(on, _tr("Who hears the line"), "mdi6.account-voice", "Ctrl+Shift+A"),
        "direct": direct,
    }


def _acts_of_director(on: QWidget) -> dict[str, QAction]:
    return {
        "event": _make(on, _tr("Inject an event"), "mdi6.flash-outline", "Ctrl+Shift+E"),
        "whisper": _make(on, _tr("Whisper a motive"), "mdi6.ear-hearing", "Ctrl+Shift+W"),
        "mood": _make(on, _tr("Set a mood…"), "mdi6.emoticon-outline", "Ctrl+Shift+M"),
        "world": _make(on, _tr("Change the world…"), "mdi6.earth", "Ctrl+Shift+V"),
        "presence": _make(on, _tr("Enter, leave or move…"), "mdi6.door-open", "Ctrl+Shift+L"),
        "time": _make(on, _tr("Let time pass…"), "mdi6.clock-fast", "Ctrl+Shift+T"),
        "next_speaker": _make(on, _tr("Who speaks next…"), "mdi6.account-arrow-right-outline", "Ctrl+Shift+N"),
        "take_role": _make(on, _tr("Take a role…"), "mdi6.drama-masks", "Ctrl+Shift+Y"),
        "hand_back": _make(on, _tr("Hand a role back…"), "mdi6.hand-extended-outline", "Ctrl+Shift+H"),
        "recast": _make(on, _tr("Swap who plays a role…"), "mdi6.account-switch-outline", "Ctrl+Shift+C"),
        "weights": _make(on, _tr("Swap the weights of a role…"), "mdi6.hexagon-outline", "Ctrl+Shift+G"),
        "end_scene": _make(
            on,
            _tr("End the scene"),
            "mdi6.flag-checkered",
            "Ctrl+Shift+Q",
            _tr("The scene ends here; Play goes on anyway"),
        ),
        "let_pass": _make(on, _tr("Let your line pass"), "mdi6.debug-step-over", "Ctrl+Shift+P"),
    }


def _acts_of_turn(on: QWidget) -> dict[str, QAction]:
    pin_tip = _tr("A pinned turn stays in every character's view when the context is full")
    return {
        "edit": _make(on, _tr("Edit"), "mdi6.pencil-outline", "E or F2"),
        "retry": _make(on, _tr("Retry: another alternative"), "mdi6.refresh", "R"),
        "continue_here": _make(on, _tr("Continue from here"), "mdi6.source-branch", "B"),
        "previous": _make(on, _tr("Previous alternative"), "mdi6.chevron-left", "Left"),
        "next": _make(on, _tr("Next alternative"), "mdi6.chevron-right", "Right"),
        "pin": _make(on, _tr("Pin or unpin"), "mdi6.pin-outline", "P", pin_tip),
        "good": _make(on, _tr("Label: good"), "mdi6.thumb-up-outline", "G", _tr("It is good; again takes it back")),
        "off": _make(on, _tr("Label: off"), "mdi6.thumb-down-outline", "O", _tr("It is off; again takes it back")),
        "why": _make(on, _tr("Label: why…"), "mdi6.comment-edit-outline", "Y", _tr("Why this turn is good or off")),
        "toggle_thought": _make(on, _tr("Show or fold the thought"), "mdi6.thought-bubble-outline", "T"),
        "toggle_thoughts": _make(on, _tr("Show or fold all thoughts"), "mdi6.thought-bubble-outline", "Shift+T"),
        "copy": _make(on, _tr("Copy"), "mdi6.content-copy", "Ctrl+C"),
        "details": _make(on, _tr("Details: scores, prompt, speed"), "mdi6.magnify", "I"),
    }


def _acts_of_rest(on: QWidget) -> dict[str, QAction]:
    return {
        "copy_all": _make(on, _tr("Copy the whole transcript"), "mdi6.content-copy"),
        "find": _make(on, _tr("Find in the transcript"), "mdi6.text-search", "Ctrl+F"),
        "find_next": _make(on, _tr("Next match"), "mdi6.chevron-down", "F3"),
        "find_previous": _make(on, _tr("Previous match"), "mdi6.chevron-up", "Shift+F3"),
        "seen_by": _make(on, _tr("As seen by…"), "mdi6.eye-outline", "V"),
        "jump": _make(on, _tr("Go to a turn or beat…"), "mdi6.arrow-right-bold-circle-outline", "Ctrl+G"),
        "go_to_end": _make(on, _tr("Go to the last turn"), "mdi6.arrow-down", "Ctrl+End"),
        "new_playtest": _make(on, _tr("New playtest"), "mdi6.plus"),
        "rename": _make(on, _tr("Rename playtest"), "mdi6.rename-outline"),
        "export": _make(on, _tr("Export playtest…"), "mdi6.export-variant", "Ctrl+E"),
        "delete": _make(on, _tr("Delete playtest"), "mdi6.delete-outline"),
        "settings": _make(on, _tr("Temperature, length, seed"), "mdi6.tune-variant"),
        "what_if": _make(on, _tr("What if… from here"), "mdi6.head-question-outline", "W"),
        "compare": _make(on, _tr("Compare two branches"), "mdi6.compare-horizontal", "Shift+B"),
        "name_branch": _make(on, _tr("Name this branch"), "mdi6.rename-outline", "Shift+F2"),
    }
