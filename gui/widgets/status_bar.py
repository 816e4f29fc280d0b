"""The bar at the bottom: what runs the characters, how fast, what it takes, what is going on, and that it is saved.

Shows only what it is told; `gui.vital_signs` finds it out.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QWidget

from gui import theme

_TONES = {"good": "mdi6.circle", "dim": "mdi6.circle-outline", "warning": "mdi6.alert", "fault": "mdi6.alert-circle"}


class StatusBar(QFrame):
    """Figures with their meaning beside them."""

    weights_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "footer")
        self.setAccessibleName(self.tr("Status"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 16, 4)
        layout.setSpacing(16)
        self._tone = "dim"
        self._sign = QLabel()
        self._weights = QPushButton()
        theme.set_kind(self._weights, "status")
        self._weights.setAccessibleName(self.tr("What runs the characters"))
        self._weights.setAccessibleDescription(self.tr("Opens the Weights"))
        self._weights.clicked.connect(self.weights_clicked)
        self._weights.hide()
        self._speed = _figure(self.tr("Tokens per second of the last turn"))
        self._context = _figure(self.tr("How much of the context the last turn filled"))
        self._memory = _figure(self.tr("Memory of the window and of the process that runs the weights"))
        self._saved = _figure(self.tr("Every change is in the project file as soon as it is made"))
        self._jobs = QHBoxLayout()
        self._jobs.setSpacing(12)
        self._job_rows: dict[str, JobRow] = {}
        layout.addWidget(self._sign)
        for widget in (self._weights, self._speed, self._context, self._memory):
            layout.addWidget(widget)
        layout.addStretch()
        layout.addLayout(self._jobs)
        layout.addWidget(self._saved)
        theme.notifier.theme_changed.connect(self._paint_sign)
        self._paint_sign()

    def show_weights(self, text: str, details: str, tone: str) -> None:
        """Says what is loaded. `tone`: good, dim, warning or fault."""
        _set(self._weights, text)
        self._weights.setToolTip(details)
        self._tone = tone
        self._paint_sign()

    def show_speed(self, text: str) -> None:
        """Says how fast the last turn was."""
        _set(self._speed, text)

    def show_context(self, text: str) -> None:
        """Says how full the context is."""
        _set(self._context, text)

    def show_memory(self, text: str, details: str) -> None:
        """Says how much memory is used."""
        _set(self._memory, text)
        self._memory.setToolTip(details)

    def show_saved(self, text: str) -> None:
        """Says when the last change reached the file."""
        _set(self._saved, text)

    def start_job(self, key: str, text: str, cancel: Callable[[], object] | None = None) -> None:
        """Shows that something goes on, or another text for it."""
        if key not in self._job_rows:
            self._job_rows[key] = JobRow(cancel)
            self._jobs.addWidget(self._job_rows[key])
        self._job_rows[key].show_text(text)

    def end_job(self, key: str) -> None:
        """Takes it away again."""
        row = self._job_rows.pop(key, None)
        if row is not None:
            self._jobs.removeWidget(row)
            row.hide()
            row.deleteLater()

    def job_texts(self) -> list[str]:
        """Returns what is said to go on."""
        return [row.text for row in self._job_rows.values()]

    def texts(self) -> list[str]:
        """Returns the figures that are shown, from left to right."""
        labels = (self._weights, self._speed, self._context, self._memory, self._saved)
        return [label.text() for label in labels if label.text()]

    def _paint_sign(self) -> None:
        side = theme.text_px(12)
        self._sign.setPixmap(theme.icon(_TONES[self._tone], self._tone).pixmap(side, side))


class JobRow(QWidget):
    """One thing that goes on: a moving bar, its words, and a button to end it where that is possible."""

    def __init__(self, cancel: Callable[[], object] | None) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setFixedWidth(48)
        self._label = _figure("")
        layout.addWidget(bar)
        layout.addWidget(self._label)
        if cancel is not None:
            button = QToolButton()
            theme.set_kind(button, "ghost")
            button.setIcon(theme.icon("mdi6.close", "dim"))
            button.setToolTip(self.tr("Cancel"))
            button.setAccessibleName(self.tr("Cancel"))
            button.clicked.connect(cancel)
            layout.addWidget(button)

    @property
    def text(self) -> str:
        """What is said to go on."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Says what goes on."""
        _set(self._label, text)


def _figure(tip: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setToolTip(tip)
    theme.set_kind(label, "small")
    label.hide()
    return label


def _set(label: QLabel | QPushButton, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
