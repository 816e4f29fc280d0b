"""One remembered server: its name and address, and what can be done with it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.app_settings import Server
from gui import theme
from gui.weights.card import plain_label

if TYPE_CHECKING:  # it brings the network's libraries with it, which the window starts without
    from core.inference.servers.trial import Trial


class ServerRow(QWidget):
    """Asks for things; does nothing itself."""

    used = Signal(object)
    """With the server that shall play, or None: this one shall not play any more."""
    tried = Signal(object)
    removed = Signal(object)
    """With the server."""

    def __init__(self, server: Server, in_use: bool) -> None:
        super().__init__()
        self.server = server
        name = plain_label("strong", server.name)
        name.setWordWrap(False)
        state = plain_label("good", _tr("in use") if in_use else "")
        state.setWordWrap(False)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(name)
        head.addWidget(state)
        head.addStretch()
        self.use = self._make_button(_tr("Do not use") if in_use else _tr("Use"), _tr("Use %1"))
        self.use.clicked.connect(lambda: self.used.emit(None if in_use else server))
        self.try_out = self._make_button(_tr("Try"), _tr("Try %1"))
        self.try_out.clicked.connect(lambda: self.tried.emit(server))
        self.remove = self._make_button(_tr("Remove"), _tr("Remove %1"))
        self.remove.clicked.connect(lambda: self.removed.emit(server))
        self._findings = plain_label("small")
        self._findings.hide()
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addLayout(head)
        text.addWidget(plain_label("small", _describe(server)))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addLayout(text, 1)
        for button in (self.use, self.try_out, self.remove):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self._findings)

    def show_note(self, text: str, kind: str = "small") -> None:
        """Shows what is going on, or what went wrong."""
        theme.set_kind(self._findings, kind)
        self._findings.setText(text)
        self._findings.setVisible(bool(text))

    def show_trial(self, trial: "Trial") -> None:
        """Shows what the server is and can do."""
        from core.inference.servers.trial import abilities

        profile = trial.profile
        says = _tr("It runs %2 (%1) and said “%3”, the first word after %4 s.").replace("%1", profile.kind.value)
        says = says.replace("%4", f"{trial.first_token_s:.2f}").replace("%2", profile.model).replace("%3", trial.said)
        lines = [
            f"{'✓' if ability.can else '–'} {ability.name}" + (f": {ability.note}" if ability.note else "")
            for ability in abilities(trial)
        ]
        self.show_note("\n".join([says, *lines]))

    def _make_button(self, text: str, accessible: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(accessible.replace("%1", self.server.name))
        return button


def _describe(server: Server) -> str:
    model = server.model or _tr("the first model that it names")
    key = f" · {_tr('with a key')}" if server.has_key else ""
    return f"{server.base_url} · {model}{key}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("ServerRow", text)
