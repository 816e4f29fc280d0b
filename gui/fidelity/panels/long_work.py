"""One long piece of work with what shows it: how far it is, how long it may still take, and a button that ends it."""

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.errors import UserError
from gui.fidelity.panels.lab_panel import fault_words, say, words
from gui.stage.fill import fill
from gui.task import IsCancelled, Task

OnStep = Callable[[int, int], None]
"""Takes how much is done, and of how much."""
STOP_S = 5.0
"""How long work that was told to end is waited for."""
LEAST_S = 2.0
"""Before anything is said of how long it takes."""


class LongWork(QWidget):
    """Runs one thing at a time on a thread of its own.

    Its bar stands where the button that begins it was, and the line under it is always there: nothing below moves.
    """

    began = Signal()
    succeeded = Signal(object)
    ended = Signal()
    """In any case, and last."""

    def __init__(self, name: str, button: QPushButton, parent: QWidget | None = None) -> None:
        """Makes it.

        Args:
            name: What screen readers call the bar.
            button: What begins it; whoever made it says what it does and when it may.
        """
        super().__init__(parent)
        self.task = Task(name, self)
        self.task.progressed.connect(self._on_progressed)
        self.task.succeeded.connect(self._on_succeeded)
        self.task.failed.connect(self._on_failed)
        self.task.ended.connect(self._on_ended)
        self.about: object = None
        """What the work that began last is about: whoever shows its result asks whether that is still looked at."""
        self._is_unwanted = False
        self._began_s = 0.0
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(name)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancel)
        self.said = words()
        kept = self.said.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.said.setSizePolicy(kept)
        self._button = button
        self._places = QStackedWidget()
        self._places.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._places.addWidget(_row(button))
        self._places.addWidget(_row(self.bar, self.cancel_button))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._places)
        column.addWidget(self.said)
        say(self.said, "")

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.task.is_running

    def start(self, work: Callable[[OnStep, IsCancelled], Any], about: object = None) -> bool:
        """Begins; False: something else is under way still."""
        began = self.task.start(lambda report, is_cancelled: work(lambda *step: report(step), is_cancelled))
        if began:
            self.about, self._is_unwanted = about, False
            self._began_s = time.monotonic()
            self.bar.setRange(0, 0)
            had_focus = self._button.hasFocus()
            self._places.setCurrentIndex(1)
            if had_focus:
                self.cancel_button.setFocus()
            say(self.said, self.tr("beginning …"), "small")
            self.began.emit()
        return began

    def cancel(self) -> None:
        """Ends it as soon as it looks."""
        if self.is_running:
            self._is_unwanted = True
            say(self.said, self.tr("stopping …"), "small")
            self.task.cancel()

    def stop_and_wait(self) -> None:
        """Ends it and waits, but not for ever: the project is about to change or to close."""
        self.cancel()
        self.task.wait(STOP_S)

    def close_task(self) -> None:
        """Ends it and waits: the window closes."""
        self.task.close()

    def show_fault(self, text: str) -> None:
        """Says what is in the way, or nothing."""
        say(self.said, text, "fault")

    def _on_progressed(self, step: tuple[int, int]) -> None:
        n_done, n_all = step
        self.bar.setRange(0, n_all)
        self.bar.setValue(n_done)
        said = fill(self.tr("%1 of %2"), f"{n_done:,}", f"{n_all:,}")
        spent_s = time.monotonic() - self._began_s
        if 0 < n_done < n_all and spent_s >= LEAST_S:
            said += " · " + say_left(spent_s * (n_all - n_done) / n_done)
        say(self.said, said, "small")

    def _on_succeeded(self, result: object) -> None:
        say(self.said, "")
        self.succeeded.emit(result)

    def _on_failed(self, error: UserError) -> None:
        if not self._is_unwanted:
            say(self.said, fault_words(error), "fault")

    def _on_ended(self) -> None:
        is_fault = self.said.property("kind") == "fault" and bool(self.said.text())
        if not is_fault:
            say(self.said, "")
        had_focus = self.cancel_button.hasFocus()
        self._places.setCurrentIndex(0)
        self.ended.emit()
        if had_focus:
            self._button.setFocus()


def _row(*widgets: QWidget) -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 1 if widget is widgets[0] else 0)
    return page


def say_left(seconds: float) -> str:
    """Returns how long something may still take."""
    translate = QCoreApplication.translate
    if seconds < 90:
        return fill(translate("LongWork", "about %1 s left"), max(1, round(seconds)))
    return fill(translate("LongWork", "about %1 min left"), round(seconds / 60))
