"""The frame of an editor: a list, a header, a form and a prompt, with borders that stay where they were put."""

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from gui import theme
from gui.workspace import Workspace

_REMEMBER_MS = 500


class Desk(QWidget):
    """Lays out one editor, or what stands in its place when there is nothing to edit."""

    closing = Signal()
    """The window is about to close: keep what was typed."""

    def __init__(self, workspace: Workspace, key: str, parent: QWidget | None = None) -> None:
        """Makes an empty frame. `key` names its layout in the app's settings."""
        super().__init__(parent)
        self._workspace = workspace
        self._key = key
        self._outer = _splitter()
        self._inner = _splitter()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REMEMBER_MS)
        self._timer.timeout.connect(self._remember)
        self._stack = QStackedLayout(self)
        self._watched: QWidget | None = None

    def fill(
        self,
        roster: QWidget,
        header: QWidget,
        form: QWidget,
        prompt: QWidget,
        empty: QWidget,
        foot: QWidget | None = None,
    ) -> None:
        """Puts the parts in their places. `foot` goes under the form."""
        head = QFrame()
        theme.set_kind(head, "bar")
        inside = QVBoxLayout(head)
        inside.setContentsMargins(24, 8, 12, 8)
        inside.addWidget(header)
        middle = form if foot is None else _stacked(form, foot)
        self._inner.addWidget(middle)
        self._inner.addWidget(prompt)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._inner, 1)
        self._outer.addWidget(roster)
        self._outer.addWidget(right)
        middle.setMinimumWidth(420)
        prompt.setMinimumWidth(272)
        self._outer.setStretchFactor(1, 1)
        self._inner.setStretchFactor(0, 1)
        self._outer.setSizes([max(216, theme.text_px(170)), 1160])
        self._inner.setSizes([784, 352])
        self._stack.addWidget(self._outer)
        self._stack.addWidget(empty)
        self._restore()
        for splitter in (self._outer, self._inner):
            splitter.splitterMoved.connect(lambda _place, _index: self._timer.start())

    def show_empty(self, empty: bool) -> None:
        """Shows the editor, or what stands in its place."""
        self._stack.setCurrentIndex(1 if empty else 0)

    def showEvent(self, event: object) -> None:
        """Watches the window, which may be closed in the middle of a word."""
        super().showEvent(event)  # type: ignore[arg-type]
        if self._watched is not self.window():
            self._watched = self.window()
            self._watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Says that the window closes."""
        if event.type() == QEvent.Type.Close and watched is self._watched:
            self.closing.emit()
        return super().eventFilter(watched, event)

    def _restore(self) -> None:
        try:
            remembered = self._workspace.settings.window
        except UserError:
            return
        for name, splitter in (("outer", self._outer), ("inner", self._inner)):
            state = remembered.get(f"{self._key}.{name}", "")
            if state:
                splitter.restoreState(QByteArray.fromBase64(state.encode()))

    def _remember(self) -> None:
        states = {
            f"{self._key}.{name}": bytes(splitter.saveState().toBase64().data()).decode()
            for name, splitter in (("outer", self._outer), ("inner", self._inner))
        }

        def change(settings: AppSettings) -> None:
            settings.window = settings.window | states

        self._workspace.attempt(lambda: self._workspace.change_settings(change))


def _splitter() -> QSplitter:
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(1)
    return splitter


def _stacked(upper: QWidget, lower: QWidget) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(upper, 1)
    column.addWidget(lower)
    return both
