"""A button that does, shows and says what an action does, shows and says."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from gui import theme

ICON_NAME = "icon_name"
"""Property of an action: the name of its icon, for buttons that show it in another colour."""


class ActionButton(QPushButton):
    """Follows an action, with its words or with its icon alone."""

    def __init__(
        self, action: QAction, *, has_words: bool = True, is_on_accent: bool = False, parent: QWidget | None = None
    ) -> None:
        """`is_on_accent`: the button has the accent's colour, and its icon that of words on it."""
        super().__init__(parent)
        self._is_on_accent = is_on_accent
        self._action = action
        self._has_words = has_words
        action.changed.connect(self._follow)
        self.clicked.connect(action.trigger)
        self._follow()

    def show_words(self, has_words: bool) -> None:
        """Shows the icon with its words or without."""
        self._has_words = has_words
        self._follow()

    def _follow(self) -> None:
        action = self._action
        self.setText(action.iconText() if self._has_words else "")
        name = str(action.property(ICON_NAME) or "")
        self.setIcon(theme.icon(name, "accent_text") if self._is_on_accent and name else action.icon())
        self.setEnabled(action.isEnabled())
        keys = action.shortcut().toString()
        self.setToolTip(f"{action.toolTip()} ({keys})" if keys else action.toolTip())
        self.setAccessibleName(action.text())
