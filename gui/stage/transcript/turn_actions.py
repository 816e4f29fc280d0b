"""The small bar of buttons over the turn under the mouse: what can be done with it."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from gui import theme
from gui.stage.transcript.transcript_view import TranscriptView

INSET = 16


class TurnActionBar(QFrame):
    """Buttons for one row. The same actions have keys, so that the bar itself takes no focus."""

    triggered = Signal(QAction, int)
    """An action and the row that it is for."""

    def __init__(self, view: TranscriptView, actions: list[QAction]) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._row = -1
        theme.set_kind(self, "overlay")
        self.setStyleSheet("TurnActionBar { border-radius: 7px; }")
        self._buttons: list[tuple[QToolButton, QAction]] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for action in actions:
            button = QToolButton()
            button.setAutoRaise(True)
            button.setIcon(action.icon())
            button.setIconSize(QSize(15, 15))
            button.setStyleSheet("padding: 3px 5px; border-radius: 5px;")
            button.setAccessibleName(action.text())
            keys = action.shortcut().toString()
            button.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked, action=action: self.triggered.emit(action, self._row))
            layout.addWidget(button)
            self._buttons.append((button, action))
        self.hide()
        view.row_hovered.connect(self._on_row_hovered)
        view.rearranged.connect(self._follow)

    def button_for(self, action: QAction) -> QToolButton:
        """Returns the button of an action."""
        return next(button for button, owner in self._buttons if owner is action)

    def allow(self, action: QAction, is_allowed: bool) -> None:
        """Shows or hides one button for the present row."""
        self.button_for(action).setVisible(is_allowed)

    @property
    def row(self) -> int:
        """The row that the bar is for, or -1."""
        return self._row

    def _on_row_hovered(self, row: int) -> None:
        self._row = row
        self._follow()

    def _follow(self) -> None:
        model = self._view.turns
        is_wanted = 0 <= self._row < model.rowCount() and not model.entry(self._row).is_live
        if is_wanted:
            self.adjustSize()
            rect = self._view.visualRect(model.index(self._row, 0))
            self.move(QPoint(rect.right() - self.width() - INSET, max(2, rect.top() + 2)))
        self.setVisible(is_wanted)
        self.raise_()
