"""One entry of the recommended weights: what it is, what it wants, why, and a button to download it."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from core.inference.weights.recommended import Recommended
from gui import theme
from gui.weights.card import plain_label
from gui.weights.figures import describe_bytes


class RecommendedCard(QFrame):
    """Asks for its download."""

    wanted = Signal(object)
    """With the `Recommended`."""

    def __init__(self, entry: Recommended, suits: bool) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        self.entry = entry
        name = plain_label("strong", entry.name)
        name.setWordWrap(False)
        memory = QLabel(_tr("%1 GB of memory").replace("%1", str(entry.memory_gb)))
        theme.set_kind(memory, "chip")
        suited = plain_label("good", _tr("suits this machine") if suits else "")
        suited.setWordWrap(False)
        self.button = QPushButton(_tr("Download"))
        self.button.setIcon(theme.icon("mdi6.tray-arrow-down"))
        self.button.setAccessibleName(_tr("Download %1").replace("%1", entry.name))
        self.button.clicked.connect(lambda: self.wanted.emit(self.entry))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(name)
        head.addWidget(memory)
        head.addWidget(suited)
        head.addStretch()
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addLayout(head)
        text.addWidget(plain_label("", entry.why))
        size = _tr("about %1").replace("%1", describe_bytes(entry.about_bytes))
        text.addWidget(plain_label("small", f"{size} · {entry.licence} · {entry.repo}"))
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 16, 12)
        row.setSpacing(16)
        row.addLayout(text, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecommendedCard", text)
