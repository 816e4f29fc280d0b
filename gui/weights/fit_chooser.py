"""Chooses how long a context and how many sequences weights get, and says at once whether that fits."""

from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.inference.weights.catalog import SEQUENCE_CHOICES, context_tokens, is_gpu_build
from core.inference.weights.fit import Basis, Fit, Measured, Verdict, estimate_fit
from core.inference.weights.gguf_header import WeightsHeader
from gui import theme
from gui.weights.card import plain_label
from gui.weights.figures import describe_bytes
from gui.weights.memory_bar import MemoryBar, part_colors

CONTEXTS = (1024, 2048, 4096, 8192, 12_288, 16_384, 24_576, 32_768, 49_152, 65_536, 98_304, 131_072, 262_144)
TONES = {Verdict.FITS: "good", Verdict.TIGHT: "warning", Verdict.TOO_LARGE: "fault"}


class FitChooser(QWidget):
    """Two sliders, the verdict, and where the memory goes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._header: WeightsHeader | None = None
        self._measured: Sequence[Measured] = ()
        self._n_gpu_layers = 0
        self._freed_bytes = 0
        self._contexts: tuple[int, ...] = CONTEXTS
        self._wanted_sequences = 0
        self.context = self._make_slider(self.tr("Context"))
        self.sequences = self._make_slider(self.tr("Sequences"))
        self.sequences.setRange(0, len(SEQUENCE_CHOICES) - 1)
        self._context_text, self._sequences_text = plain_label(""), plain_label("")
        self.verdict = plain_label("good")
        self._bar = MemoryBar()
        self._parts = QLabel()
        self._parts.setTextFormat(Qt.TextFormat.RichText)
        self._parts.setWordWrap(True)
        theme.set_kind(self._parts, "small")
        self._basis = plain_label("small")
        self._lay_out()
        theme.notifier.theme_changed.connect(self._show)

    @property
    def fit(self) -> Fit | None:
        """Whether it fits as chosen; None before weights are shown."""
        if self._header is None:
            return None
        return estimate_fit(
            self._header, self.n_ctx, self.n_sequences, self._n_gpu_layers, self._measured, self._freed_bytes
        )

    @property
    def n_ctx(self) -> int:
        """The chosen tokens of one sequence."""
        return self._contexts[self.context.value()]

    @property
    def n_sequences(self) -> int:
        """The chosen number of sequences."""
        return SEQUENCE_CHOICES[self.sequences.value()]

    def show_weights(
        self, header: WeightsHeader, measured: Sequence[Measured], settings: AppSettings, freed_bytes: int
    ) -> None:
        """Shows other weights, with the remembered settings."""
        self._header, self._measured, self._freed_bytes = header, measured, freed_bytes
        self._n_gpu_layers = settings.n_gpu_layers if is_gpu_build() else 0
        wanted = context_tokens(header, settings.n_ctx)
        trained = header.n_ctx_train or CONTEXTS[3]
        self._contexts = tuple(sorted({*(one for one in CONTEXTS if one <= trained), wanted}))
        for slider, last, place in (
            (self.context, len(self._contexts) - 1, self._contexts.index(wanted)),
            (self.sequences, len(SEQUENCE_CHOICES) - 1, bisect_left(SEQUENCE_CHOICES, settings.n_sequences)),
        ):
            slider.blockSignals(True)
            slider.setRange(0, last)
            slider.setValue(place)
            slider.blockSignals(False)
        self._wanted_sequences = self.n_sequences
        self._give_way()
        self._show()

    def _give_way(self) -> None:
        """Takes as many sequences as there is room for, as loading does; the fewest where not even they fit."""
        self.sequences.blockSignals(True)
        while self.sequences.value() > 0 and self.fit is not None and not self.fit.fits:
            self.sequences.setValue(self.sequences.value() - 1)
        self.sequences.blockSignals(False)

    def _make_slider(self, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(name)
        slider.setPageStep(1)
        slider.valueChanged.connect(self._on_moved)
        return slider

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (slider, text) in enumerate(
            ((self.context, self._context_text), (self.sequences, self._sequences_text))
        ):
            grid.addWidget(plain_label("dim", slider.accessibleName()), row, 0)
            grid.addWidget(slider, row, 1)
            text.setMinimumWidth(theme.text_px(92))
            text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            text.setWordWrap(False)
            grid.addWidget(text, row, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        for widget in (self._bar, self.verdict, self._parts, self._basis):
            column.addWidget(widget)

    def _on_moved(self, _value: int) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        fit = self.fit
        self._bar.show_fit(fit)
        if fit is None:
            return
        self._context_text.setText(self.tr("%1 tokens").replace("%1", f"{self.n_ctx:,}"))
        self._sequences_text.setText(str(self.n_sequences))
        words = {
            Verdict.FITS: self.tr("Fits: needs %1 of the %2 that are free"),
            Verdict.TIGHT: self.tr("Tight: needs %1 of the %2 that are free"),
            Verdict.TOO_LARGE: self.tr("Does not fit: needs %1, and %2 are free"),
        }[fit.verdict]
        words = words.replace("%1", describe_bytes(fit.needed_bytes))
        self.verdict.setText(words.replace("%2", describe_bytes(fit.available_bytes)))
        theme.set_kind(self.verdict, TONES[fit.verdict])
        names = (self.tr("weights"), self.tr("context"), self.tr("work space"))
        sizes = (fit.weights_bytes, fit.kv_bytes, fit.compute_bytes)
        self._parts.setText(
            "&nbsp;&nbsp; ".join(
                f'<span style="color:{color}">●</span> {name}&nbsp;{describe_bytes(size).replace(" ", "&nbsp;")}'
                for color, name, size in zip(part_colors(), names, sizes, strict=True)
            )
        )
        few = self.tr("There is no room for the %1 sequences that are set.").replace("%1", str(self._wanted_sequences))
        is_few = fit.fits and self.n_sequences < self._wanted_sequences
        self._basis.setText(f"{few} {self._explain(fit)}" if is_few else self._explain(fit))

    def _explain(self, fit: Fit) -> str:
        text = {
            Basis.MEASURED: self.tr("Measured: they ran here with these settings."),
            Basis.CORRECTED: self.tr("Corrected by what they took here with other settings."),
            Basis.ESTIMATE: self.tr("An estimate: they were never loaded here."),
        }[fit.basis]
        if self._header is not None and self._header.sliding_window:
            text += " " + self.tr("Layers that look back %1 tokens keep all of the context here.").replace(
                "%1", f"{self._header.sliding_window:,}"
            )
        return text
