"""How the weights are loaded on this machine: threads, GPU layers, context."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox

from core.app_settings import AppSettings
from core.inference.request import WeightsInfo
from core.inference.weights.catalog import default_threads, is_gpu_build
from gui import theme
from gui.weights.card import Card, plain_label

MAX_THREADS = 256
MAX_LAYERS = 1000
MAX_CONTEXT = 1_048_576
CONTEXT_STEP = 1024


class MachineCard(Card):
    """Three numbers; zero lets the app choose."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("How they run here"))
        self._is_filling = False
        self.threads = self._make_spin(0, MAX_THREADS, 1)
        self.threads.setSpecialValueText(self.tr("automatic"))
        self.context = self._make_spin(0, MAX_CONTEXT, CONTEXT_STEP)
        self.context.setSpecialValueText(self.tr("automatic"))
        self.context.setSuffix(self.tr(" tokens"))
        self.gpu_layers = self._make_spin(-1, MAX_LAYERS, 1)
        self.gpu_layers.setSpecialValueText(self.tr("all that fit"))
        threads = self.tr("Automatic is %1 here: one core is left for the window where there are more than two.")
        self.add_control(self.tr("&Threads"), self.threads, threads.replace("%1", str(default_threads())))
        self._context_note = self.add_control(
            self.tr("&Context"),
            self.context,
            self.tr(
                "Automatic is what the weights were trained for, at most 8,192. More remembers longer, in more memory."
            ),
        )
        note = self.tr("Layers that the GPU computes; zero is none.")
        if not is_gpu_build():
            self.gpu_layers.setEnabled(False)
            note = self.tr(
                "The llama.cpp that is installed was built without a GPU. Install llama-cpp-python built for CUDA, "
                "Vulkan, ROCm or Metal to use one."
            )
        self.add_control(self.tr("&GPU layers"), self.gpu_layers, note)
        self.fault = plain_label("fault")
        self.fault.hide()
        self.add(self.fault)

    def values(self) -> Mapping[str, int]:
        """Returns what is set, by the names of `AppSettings`."""
        context = self.context.value()
        values = {"n_threads": self.threads.value(), "n_ctx": context}
        return values | ({"n_gpu_layers": self.gpu_layers.value()} if self.gpu_layers.isEnabled() else {})

    def show_settings(self, settings: AppSettings) -> None:
        """Shows what is remembered, unless somebody is typing."""
        self._is_filling = True
        for spin, value in (
            (self.threads, settings.n_threads),
            (self.context, settings.n_ctx),
            (self.gpu_layers, settings.n_gpu_layers),
        ):
            if spin.value() != value:
                spin.setValue(value)
            _mark_special(spin)
        self._is_filling = False

    def show_loaded(self, info: WeightsInfo) -> None:
        """Says what the loaded weights really use."""
        text = self.tr("In use: %1 tokens. Automatic is what the weights were trained for, at most 8,192.")
        self._context_note.setText(text.replace("%1", f"{info.n_ctx:,}"))

    def _make_spin(self, low: int, high: int, step: int) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(low, high)
        spin.setSingleStep(step)
        spin.setKeyboardTracking(False)
        spin.setGroupSeparatorShown(True)
        spin.valueChanged.connect(self._on_changed)
        return spin

    def _on_changed(self, _value: int) -> None:
        for spin in (self.threads, self.context, self.gpu_layers):
            _mark_special(spin)
        if not self._is_filling:
            self.changed.emit()


def _mark_special(spin: QSpinBox) -> None:
    """What the app chooses looks unlike a number that somebody set."""
    is_special = bool(spin.specialValueText()) and spin.value() == spin.minimum()
    theme.set_kind(spin, "automatic" if is_special else "")
