"""A card over the controls that asks for what an act of the director needs: a few choices, and one button."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import theme

WIDTH = 380
MARGIN = 8


class ActForm(QFrame):
    """Fields one below the other. Enter does it, Escape leaves it; it deletes itself."""

    def __init__(self, parent: QWidget, title: str, explanation: str, button: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_kind(self, "overlay")
        self.setAccessibleName(title)
        self._work: Callable[[], object] = lambda: None
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        heading = QLabel(title)
        theme.set_kind(heading, "strong")
        note = QLabel(explanation)
        note.setWordWrap(True)
        theme.set_kind(note, "small")
        self.button = QPushButton(button)
        theme.set_kind(self.button, "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._finish)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(note)
        layout.addLayout(self._grid)
        layout.addLayout(buttons)

    def add_choice(self, name: str, choices: Sequence[tuple[str, object]], chosen: object = None) -> QComboBox:
        """Adds a field with choices: what is shown, and what stands for it."""
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        for text, value in choices:
            box.addItem(text, value)
        if (place := box.findData(chosen)) >= 0:
            box.setCurrentIndex(place)
        self._add(name, box)
        return box

    def add_number(self, name: str, low: int, high: int, value: int) -> QSpinBox:
        """Adds a field for a number, both bounds included."""
        spin = QSpinBox()
        spin.setRange(low, high)
        spin.setValue(value)
        theme.pad_spin_box(spin)
        self._add(name, spin)
        return spin

    def add_line(self, name: str, hint: str = "") -> QLineEdit:
        """Adds a field for words."""
        line = QLineEdit()
        line.setPlaceholderText(hint)
        self._add(name, line)
        return line

    def show_field(self, field: QWidget, is_shown: bool) -> None:
        """Shows a field with its name, or neither."""
        place = self._grid.indexOf(field)
        row = self._grid.getItemPosition(place)[0]  # type: ignore[index]
        label = self._grid.itemAtPosition(row, 0)
        for widget in (field, label.widget() if label is not None else None):
            if widget is not None:
                widget.setVisible(is_shown)
        self._fit()

    def open_over(self, widget: QWidget, work: Callable[[], object]) -> None:
        """Shows the form with its lower right corner over a widget; `work` is done when the button is pressed."""
        self._work = work
        self._anchor = widget
        self._fit()
        self.show()
        first = self._grid.itemAtPosition(0, 1)
        if first is not None and first.widget() is not None:
            first.widget().setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does it from any field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.cancel_button.hasFocus():
            self._finish()
        else:
            super().keyPressEvent(event)

    def _add(self, name: str, field: QWidget) -> None:
        row = self._grid.rowCount() if self._grid.count() else 0
        label = QLabel(name)
        label.setBuddy(field)
        field.setAccessibleName(name.replace("&", ""))
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)

    def _finish(self) -> None:
        if self.button.isEnabled():
            self._work()
            self.close()

    def _fit(self) -> None:
        if not hasattr(self, "_anchor"):
            return
        room = self._anchor.screen().availableGeometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        self.setFixedWidth(min(theme.text_px(WIDTH), room.width()))
        self.adjustSize()
        corner = self._anchor.mapToGlobal(QPoint(self._anchor.width(), -MARGIN))
        x = min(max(corner.x() - self.width(), room.left()), room.right() + 1 - self.width())
        y = min(max(corner.y() - self.height(), room.top()), room.bottom() + 1 - self.height())
        self.move(x, y)
