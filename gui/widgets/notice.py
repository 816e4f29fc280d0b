"""Notices at the foot of the place: a fault with its next step, or a word about what was done. Never modal."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui import theme

MAX_NOTICES = 2
WIDTH_PX, EDGE_PX = 460, 12
"""How wide notices are at 100 %, where there is room, and how far from the edges."""
NOTE_MS = 9000
_ICONS = {"fault": "mdi6.alert-circle-outline", "note": "mdi6.information-outline"}


class Notice(QFrame):
    """One sentence, one next step, at most one button."""

    dismissed = Signal()

    def __init__(self, tone: str, message: str, hint: str, action: tuple[str, Callable[[], object]] | None) -> None:
        super().__init__()
        self.message, self.hint = message, hint
        self.is_fault = tone == "fault"
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
    """The notices that stand, newest last. Floats over the foot of a widget or stands in the room of a place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._notices: list[Notice] = []
        self._room: QWidget | None = None
        self.hide()

    def float_over(self, under: QWidget) -> None:
        """Stands over the lower left of a widget from now on."""
        self.setParent(under)
        under.installEventFilter(self)

    def stand_in(self, room: QWidget | None) -> None:
        """Stands in an empty widget from now on, which grows as high as the notices; None: floats again."""
        if self._room is not None:
            self._room.removeEventFilter(self)
            self._room.setFixedHeight(0)
        self._room = room
        if room is not None:
            room.installEventFilter(self)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps its corner while what is under it changes its size, or its room moves."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and watched in (self.parent(), self._room):
            self._settle()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Takes the height that its notices need."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._settle()
        return super().event(event)

    def show_fault(self, message: str, hint: str = "") -> None:
        """Shows what is wrong and what to do next, until dismissed. The same fault twice is one notice."""
        for notice in self._notices:
            if (notice.message, notice.hint) == (message, hint):
                notice.dismiss()
        self._add(Notice("fault", message, hint, None))

    def show_note(self, message: str, hint: str = "", action: tuple[str, Callable[[], object]] | None = None) -> Notice:
        """Says what was done; goes away by itself. `action` is the text of a button and what it does."""
        notice = Notice("note", message, hint, action)
        self._add(notice)
        return notice

    def dismiss_last(self) -> None:
        """Takes the newest notice away."""
        if self._notices:
            self._notices[-1].dismiss()

    @property
    def notices(self) -> list[Notice]:
        """What stands now."""
        return list(self._notices)

    def _add(self, notice: Notice) -> None:
        self._notices.append(notice)
        notice.dismissed.connect(lambda: self._forget(notice))
        self._layout.addWidget(notice)
        while len(self._notices) > MAX_NOTICES:
            earlier = self._notices[:-1]
            next((one for one in earlier if not one.is_fault), earlier[0]).dismiss()
        self._settle()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(notice, QAccessible.Event.Alert))

    def _forget(self, notice: Notice) -> None:
        self._notices = [other for other in self._notices if other is not notice]
        self._layout.removeWidget(notice)
        if self._notices:
            self._settle()
        else:
            self.hide()
            if self._room is not None:
                self._room.setFixedHeight(0)

    def _settle(self) -> None:
        """Takes its place and its size."""
        under = self.parentWidget()
        if under is None or not self._notices:
            return
        room = self._room if self._room is not None and self._room.isVisibleTo(under) else None
        width = max(min(theme.text_px(WIDTH_PX), (room or under).width() - 2 * EDGE_PX), 0)
        self._layout.invalidate()
        height = (
            self._layout.totalHeightForWidth(width) if self._layout.hasHeightForWidth() else self.sizeHint().height()
        )
        corner = QPoint(EDGE_PX, under.height() - height - EDGE_PX)
        if room is not None:
            room.setFixedHeight(height + 2 * EDGE_PX)
            corner = room.mapTo(under, QPoint(EDGE_PX, EDGE_PX))
        self.setGeometry(QRect(corner, QSize(width, height)))


def _text(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
