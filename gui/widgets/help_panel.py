"""F1: what the shown place is for, how to begin, and its shortcuts."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.place import Place

WIDTH, HEIGHT = 520, 560


class HelpPanel(QDialog):
    """A window beside the work; it does not block it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = _label("title")
        self._text = _label("")
        self._shortcuts = QWidget()
        area = QScrollArea()
        area.setWidgetResizable(True)
        inner = QWidget()
        self._inner_layout = QVBoxLayout(inner)
        self._inner_layout.setContentsMargins(0, 0, 12, 0)
        self._inner_layout.setSpacing(16)
        self._inner_layout.addWidget(self._text)
        self._inner_layout.addWidget(self._shortcuts)
        self._inner_layout.addStretch()
        area.setWidget(inner)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addWidget(area, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def explain(self, place: Place, groups: Mapping[str, Sequence[QAction]]) -> None:
        """Shows the help of a place, its shortcuts first and then those of the menus."""
        self.setWindowTitle(self.tr("About %1").replace("%1", place.TITLE))
        self._title.setText(place.TITLE)
        self._text.setText(place.HELP.replace("\n", "\n\n"))
        self._show_shortcuts({place.TITLE: place.place_actions(), **groups})
        self.resize(theme.text_px(WIDTH), HEIGHT)
        self.show()
        self.raise_()

    def _show_shortcuts(self, groups: Mapping[str, Sequence[QAction]]) -> None:
        fresh = QWidget()
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        row = 0
        for title, actions in groups.items():
            with_keys = [action for action in actions if not action.shortcut().isEmpty()]
            if with_keys:
                grid.setRowMinimumHeight(row, 12 if row else 0)
                grid.addWidget(_label("heading", title), row + 1, 0, 1, 2)
                row += 2
            for action in with_keys:
                keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
                grid.addWidget(_label("dim", keys), row, 0)
                grid.addWidget(_label("", action.text().replace("&", "").rstrip("…")), row, 1)
                row += 1
        self._inner_layout.replaceWidget(self._shortcuts, fresh)
        self._shortcuts.deleteLater()
        self._shortcuts = fresh


def _label(kind: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(kind == "")
    theme.set_kind(label, kind)
    return label
