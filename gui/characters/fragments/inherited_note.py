"""What a field has from fragments: its origin, the inherited texts, and the way to make them the row's own."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme

MAX_SHOWN = 12
MAX_CHARS = 400


@dataclass(frozen=True, slots=True)
class Inherited:
    """What one field has from fragments."""

    texts: tuple[str, ...]
    """A text for each entry of a list; one for other values."""
    sources: tuple[str, ...]
    """Names of the fragments that these are from, each once."""


class InheritedNote(QWidget):
    """A line with the origin under a field, and the inherited entries of a list, dimmed."""

    def __init__(self, own_requested: SignalInstance) -> None:
        super().__init__()
        self._shown: Inherited | None = None
        self._origin = QLabel()
        self._origin.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self._origin, "small")
        self._texts = QLabel()
        self._texts.setTextFormat(Qt.TextFormat.PlainText)
        self._texts.setWordWrap(True)
        self._texts.setContentsMargins(12, 0, 0, 0)
        theme.set_kind(self._texts, "dim")
        self._own = QPushButton(self.tr("Make own"))
        self._own.setToolTip(self.tr("Copies it into this character, where it can be changed"))
        theme.set_kind(self._own, "small-link")
        self._own.clicked.connect(own_requested)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._origin)
        line.addWidget(self._own)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._texts)
        column.addLayout(line)

    def show_inherited(self, inherited: Inherited | None, *, with_texts: bool) -> None:
        """Shows the origin of what is inherited, and the texts where the editor cannot."""
        if inherited == self._shown:
            return
        self._shown = inherited
        self.setVisible(inherited is not None)
        if inherited is None:
            return
        shown = [_shorten(text) for text in inherited.texts[:MAX_SHOWN]]
        if len(inherited.texts) > MAX_SHOWN:
            shown.append(self.tr("and %1 more").replace("%1", str(len(inherited.texts) - MAX_SHOWN)))
        self._texts.setText("\n".join(shown))
        self._texts.setVisible(with_texts)
        names = " + ".join(f"“{name}”" for name in inherited.sources)
        self._origin.setText(self.tr("from %1").replace("%1", names))
        self._own.setAccessibleName(self.tr("Make own: what is from %1").replace("%1", names))


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…"
