"""What makes the window's thread wait for none of the others: how long they may go on, and when garbage is looked for.

Python's look for garbage that refers to itself stops every thread. With a playtest of 10,000 turns in memory one look
through everything takes 100 to 350 ms of one core, so it waits until the window is not used. What nothing refers to
is freed at once, whatever is set here.
"""

import gc
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

YOUNG, MIDDLE, OLD = 2_000, 10, 500
"""How many objects more than were freed bring a look at the youngest; how many of those one at the next; and so on."""
SWITCH_S = 0.001
"""How long a thread that computes may go on while the window's waits; of Python itself five times as long."""


def put_window_first(app: QGuiApplication) -> None:
    """Sets it for this process. What the start has made is never looked through again."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    sys.setswitchinterval(SWITCH_S)
    app.applicationStateChanged.connect(_on_state_changed)


def _on_state_changed(state: Qt.ApplicationState) -> None:
    if state in (Qt.ApplicationState.ApplicationHidden, Qt.ApplicationState.ApplicationInactive):
        gc.collect()
