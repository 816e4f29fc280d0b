"""What runs the characters now, as it was read back from the loaded weights."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from core.errors import UserError
from core.events import WorkerStopped
from core.inference.request import WeightsInfo
from core.inference.servers.kinds import kind_of
from gui import theme
from gui.weights.card import Card, plain_label
from gui.weights.figures import describe_bytes, describe_chat_format, describe_count, describe_device


class InUseCard(Card):
    """Facts, or why there are none."""

    safe_mode_left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._name = plain_label("title")
        self._state = plain_label("dim")
        self._fault = plain_label("fault")
        self.head.addWidget(self._name)
        self.head.addWidget(self._state, 1, Qt.AlignmentFlag.AlignBottom)
        self.add_to_top(self._fault)
        self._facts = {
            "file": self.add_fact(self.tr("File")),
            "size": self.add_fact(self.tr("Size")),
            "chat": self.add_fact(self.tr("Chat format")),
            "context": self.add_fact(self.tr("Context")),
            "device": self.add_fact(self.tr("Runs on")),
            "safe": self.add_fact(self.tr("Safe mode")),
        }
        self._safe_note = plain_label(
            "warning",
            self.tr(
                "These weights crashed on this machine and now run without the parts of llama.cpp that crashed, which "
                "is slower. That stays so until you try normal mode again: after an update of llama.cpp, say. If they "
                "crash once more, safe mode comes back by itself, and the turn being written goes on."
            ),
        )
        self.add(self._safe_note)
        self._leave = QPushButton(self.tr("Try normal mode again"))
        self._leave.setIcon(theme.icon("mdi6.shield-off-outline"))
        self._leave.clicked.connect(self.safe_mode_left)
        row = QHBoxLayout()
        row.addWidget(self._leave)
        row.addStretch()
        self.add_row(row)
        self._show_safe(False)

    def show_info(self, info: WeightsInfo, reasons: Mapping[str, str]) -> None:
        """Shows loaded weights. `reasons`: SHA-256 to why they run in safe mode."""
        state = self.tr("loaded") if kind_of(info) is None else self.tr("answers")
        self._show(info.name, state, "good", "")
        size = self.tr("%1, %2 parameters, vocabulary of %3").replace("%1", describe_bytes(info.size_bytes))
        size = size.replace("%2", describe_count(info.n_params)).replace("%3", f"{info.n_vocab:,}")
        context = self.tr("%1 tokens for each of %2 sequences, %3 of memory").replace("%1", f"{info.n_ctx:,}")
        context = context.replace("%2", str(info.n_sequences)).replace("%3", describe_bytes(info.kv_bytes))
        reason = reasons.get(info.sha256, self.tr("they crashed a moment ago"))
        safe = self.tr("on: slower, and without what made these weights crash here") + f" ({reason})"
        texts = {
            "file": info.path,
            "size": size,
            "chat": describe_chat_format(info.chat_format),
            "context": context,
            "device": describe_device(info),
            "safe": safe if info.safe_mode else self.tr("off"),
        }
        if kind_of(info) is not None:
            texts |= self._texts_of_server(info)
        for key, text in texts.items():
            self._facts[key].setText(text)
        theme.set_kind(self._facts["safe"], "warning" if info.safe_mode else "")
        self.show_facts(True)
        self._show_safe(info.safe_mode)

    def _texts_of_server(self, info: WeightsInfo) -> dict[str, str]:
        """What is known of weights that run elsewhere; the rest is not made up."""
        not_told = self.tr("the server does not say")
        size = self.tr("%1 parameters, vocabulary of %2").replace("%1", describe_count(info.n_params))
        context = self.tr("%1 tokens").replace("%1", f"{info.n_ctx:,}")
        return {
            "size": size.replace("%2", f"{info.n_vocab:,}") if info.n_params and info.n_vocab else not_told,
            "context": context,
            "safe": self.tr("only for weights on this machine"),
        }

    def show_loading(self, name: str) -> None:
        """Says that weights are being loaded."""
        self._show(name, self.tr("loading …"), "dim", "")
        self._clear()

    def show_stopped(self, name: str, stopped: WorkerStopped) -> None:
        """Says that their process died and what happens next."""
        restart = self.tr("They start again when they are needed.")
        self._show(name, self.tr("stopped"), "warning", f"{stopped.why} {restart} {stopped.next_step}".strip())
        self._clear()

    def show_error(self, name: str, error: UserError) -> None:
        """Says why they are not loaded."""
        self._show(name, self.tr("not loaded"), "fault", str(error))
        self._clear()

    def _show(self, name: str, state: str, kind: str, fault: str) -> None:
        self._name.setText(name)
        self._state.setText(state)
        theme.set_kind(self._state, kind)
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def _clear(self) -> None:
        """Shows no facts: nothing is loaded that they could be true of."""
        for label in self._facts.values():
            label.clear()
        self.show_facts(False)
        self._show_safe(False)

    def _show_safe(self, safe: bool) -> None:
        self._safe_note.setVisible(safe)
        self._leave.setVisible(safe)
