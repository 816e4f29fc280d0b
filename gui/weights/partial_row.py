"""A download that was not finished: go on with it, or throw it away."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.inference.weights.download import PART_SUFFIX, source_of
from gui.weights.card import plain_label
from gui.weights.figures import describe_bytes


class PartialRow(QWidget):
    """One line."""

    continued = Signal(str)
    """With the source that it was asked for as."""
    removed = Signal(object)

    def __init__(self, path: Path) -> None:
        super().__init__()
        source = source_of(path)
        name = path.name.removesuffix(PART_SUFFIX)
        words = _tr("%1: %2 have arrived").replace("%1", name).replace("%2", describe_bytes(path.stat().st_size))
        go_on = QPushButton(_tr("Go on"))
        go_on.setAccessibleName(_tr("Go on with %1").replace("%1", name))
        go_on.setEnabled(bool(source))
        go_on.clicked.connect(lambda: self.continued.emit(source))
        remove = QPushButton(_tr("Remove"))
        remove.setAccessibleName(_tr("Remove %1").replace("%1", name))
        remove.clicked.connect(lambda: self.removed.emit(path))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(plain_label("", words), 1)
        row.addWidget(go_on)
        row.addWidget(remove)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PartialRow", text)
