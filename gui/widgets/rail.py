"""The narrow rail on the left that names the places."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from gui import theme

ICON_PX = 22
WIDTH = 68


class Rail(QFrame):
    """One button a place, the shown one lit."""

    place_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "rail")
        self.setAccessibleName(self.tr("Places"))
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(4, 12, 4, 12)
        self._layout.setSpacing(4)
        self._layout.addStretch()
        theme.notifier.theme_changed.connect(self._fit)

    def add_place(self, key: str, title: str, icon: str, shortcut: str) -> None:
        """Adds a place below the others."""
        button = QToolButton()
        theme.set_kind(button, "rail")
        button.setText(title)
        button.setIcon(theme.icon(icon, "dim", on="accent"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setToolTip(f"{title}  {shortcut}")
        button.setAccessibleName(title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.place_chosen.emit(key))
        self._buttons[key] = button
        self._group.addButton(button)
        self._layout.insertWidget(self._layout.count() - 1, button)
        self._fit()

    def show_place(self, key: str) -> None:
        """Lights a place."""
        self._buttons[key].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down move between the places."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        focused = next((i for i, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        buttons[(focused + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)

    def _fit(self) -> None:
        icon_px = theme.text_px(ICON_PX)
        metrics = QFontMetrics(theme.ui_font(11, QFont.Weight.Medium))
        widest = max((metrics.horizontalAdvance(button.text()) for button in self._buttons.values()), default=0)
        width = max(WIDTH, widest + 24)
        self.setFixedWidth(width)
        for button in self._buttons.values():
            button.setIconSize(QSize(icon_px, icon_px))
            button.setFixedWidth(width - 9)
            button.setMinimumHeight(icon_px + theme.text_px(11) + 24)
