"""Which hub weights are downloaded from."""

from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from core.inference.weights.hub import DEFAULT_ENDPOINT
from gui.weights.card import Card, plain_label


class HubCard(Card):
    """An address; empty for the public hub, or the one that the system names."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__(self.tr("Hub"))
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Address of the hub"))
        self.field.setPlaceholderText(self.tr("automatic: HF_ENDPOINT, else %1").replace("%1", DEFAULT_ENDPOINT))
        self._keep = QPushButton(self.tr("Keep"))
        self._keep.setAccessibleName(self.tr("Keep the address of the hub"))
        self._fault = plain_label("fault")
        self._fault.hide()
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self._keep)
        self.add(line)
        note = self.tr(
            "A mirror, or a hub of your own that answers as Hugging Face does. A token in HF_TOKEN goes to it."
        )
        self.add(plain_label("small", note))
        self.add(self._fault)
        self._kept = ""
        self.field.textChanged.connect(lambda _text: self._show_state())
        self.field.returnPressed.connect(self._submit)
        self._keep.clicked.connect(self._submit)
        self._show_state()

    def show_address(self, address: str) -> None:
        """Shows what is remembered."""
        self._kept = address
        if not self.field.hasFocus():
            self.field.setText(address)
        self._show_state()

    def _submit(self) -> None:
        address = self.field.text().strip().rstrip("/")
        parts = urlsplit(address)
        if address and not (parts.scheme in ("http", "https") and parts.hostname):
            self._fault.setText(self.tr("That is no address. It begins with https:// and names a server."))
            self._fault.show()
            return
        self._kept = address
        self._show_state()
        self.changed.emit(address)

    def _show_state(self) -> None:
        self._fault.hide()
        self._keep.setEnabled(self.field.text().strip().rstrip("/") != self._kept)
