"""Notices at the top of the place: a fault with its next step, or a word about what was just done. Never modal."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui import theme

MAX_NOTICES = 3
NOTE_MS = 9000
_ICONS = {"fault": "mdi6.alert-circle-outline", "note": "mdi6.information-outline"}


class Notice(QFrame):
    """One sentence, one next step, at most one button."""

    dismissed = Signal()

    def __init__(self, tone: str, message: str, hint: str, action: tuple[str, Callable[[], object]] | None) -> None:
        super().__init__()
        self.message, self.hint = message, hint
        theme.set_kind(self, f"{tone}-card")
        self.setAccessibleName(f"{message} {hint}".strip())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 4, 6)
        layout.setSpacing(12)
        sign = QLabel()
        sign.setPixmap(theme.icon(_ICONS[tone], "fault" if tone == "fault" else "accent").pixmap(18, 18))
        layout.addWidget(sign)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(_text(message, ""))
        if hint:
            words.addWidget(_text(hint, "small"))
        layout.addLayout(words, 1)
        if action is not None:
            layout.addWidget(self._make_action(*action))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        if tone == "note":
            self._timer.start(NOTE_MS)
        layout.addWidget(self._make_close())

    def dismiss(self) -> None:
        """Takes the notice away."""
        self._timer.stop()
        self.hide()
        self.dismissed.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape dismisses."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _make_action(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        theme.set_kind(button, "chip")

        def run() -> None:
            self.dismiss()
            act()

        button.clicked.connect(run)
        return button

    def _make_close(self) -> QToolButton:
        close = QToolButton()
        theme.set_kind(close, "ghost")
        close.setIcon(theme.icon("mdi6.close", "dim"))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(self.dismiss)
        return close


class NoticeArea(QWidget):
    """The notices that stand, newest last. Takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setSpacing(4)
        self._notices: list[Notice] = []
        self.hide()

    def show_fault(self, message: str, hint: str = "") -> None:
        """Shows what is wrong and what to do next, until dismissed. The same fault twice is one notice."""
        for notice in self._notices:
            if (notice.message, notice.hint) == (message, hint):
                notice.dismiss()
        self._add(Notice("fault", message, hint, None))

    def show_note(self, message: str, hint: str = "", action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Says what was done; goes away by itself. `action` is the text of a button and what it does."""
        self._add(Notice("note", message, hint, action))

    @property
    def notices(self) -> list[Notice]:
        """What stands now."""
        return list(self._notices)

    def _add(self, notice: Notice) -> None:
        self._notices.append(notice)
        notice.dismissed.connect(lambda: self._forget(notice))
        self._layout.addWidget(notice)
        for old in self._notices[:-MAX_NOTICES]:
            old.dismiss()
        self.show()

    def _forget(self, notice: Notice) -> None:
        self._notices = [other for other in self._notices if other is not notice]
        if not self._notices:
            self.hide()


def _text(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
