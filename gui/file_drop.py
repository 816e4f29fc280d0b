"""Files dropped anywhere on the window: caught before the widget under the mouse, unless it wants them itself."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QMainWindow, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from gui import theme
from gui.importing import Importer, can_import

_TEXT_WIDGETS = (QLineEdit, QPlainTextEdit, QTextEdit)
_DRAG_EVENTS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop, QEvent.Type.DragLeave)


class FileDrop(QObject):
    """Watches the native window, which hears of a drag before any widget does."""

    def __init__(self, window: QMainWindow, importer: Importer) -> None:
        super().__init__(window)
        self._window = window
        self._importer = importer
        self._hint = _Hint(window)

    def install(self) -> None:
        """Begins to watch. The window must have been shown."""
        self._window.setAcceptDrops(True)
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Takes drags of files that can be imported; leaves all others alone."""
        if event.type() not in _DRAG_EVENTS:
            return False
        if event.type() == QEvent.Type.DragLeave:
            self._hint.hide()
            return False
        assert isinstance(event, QDropEvent)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        wanted = [path for path in paths if can_import(path)]
        if not wanted or self._is_wanted_below(event):
            self._hint.hide()
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self._hint.hide()
            self._importer.import_files(wanted)
        else:
            self._hint.cover()
        return True

    def _is_wanted_below(self, event: QDropEvent) -> bool:
        """Whether a widget under the mouse takes files itself, such as the portrait of a character."""
        widget: QWidget | None = self._window.childAt(event.position().toPoint())
        while widget is not None and widget is not self._window:
            is_text = isinstance(widget, _TEXT_WIDGETS) or isinstance(widget.parentWidget(), _TEXT_WIDGETS)
            if widget.acceptDrops() and not is_text and widget.property("takes_files") is not False:
                return True
            widget = widget.parentWidget()
        return False


class _Hint(QFrame):
    """Says what dropping would do."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        theme.set_kind(self, "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label = QLabel(self.tr("Drop to import into this project"))
        theme.set_kind(label, "title")
        detail = QLabel(
            self.tr(
                "Characters (cards as PNG, JSON, WebP, JPEG or CHARX, BYAF, TinyTroupe, Sotopia and others), scenario "
                "packs (.trpack), projects (.tableread), weights (.gguf)"
            )
        )
        theme.set_kind(detail, "dim")
        layout = QVBoxLayout(self)
        layout.addStretch()
        for one in (label, detail):
            layout.addWidget(one, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()
        self.hide()

    def cover(self) -> None:
        """Shows the hint over the whole window."""
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()
