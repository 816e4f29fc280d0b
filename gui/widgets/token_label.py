"""How many tokens a text costs, counted by the loaded weights; nothing is shown until they have counted."""

from concurrent.futures import CancelledError, Future

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from core.errors import UserError
from core.inference.request import CountTokens, TokenCounts
from gui import theme
from gui.workspace import Workspace

DEBOUNCE_MS = 300
MAX_REMEMBERED = 20_000


class TokenCounter(QObject):
    """Counts tokens of texts a moment after they were asked for, once for each text."""

    counted = Signal()
    """New counts are there."""
    faulted = Signal(str, str)
    """The weights cannot count: message and hint."""
    _settled = Signal(int, object, object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._counts: dict[str, int] = {}
        self._wanted: dict[str, None] = {}
        self._generation = 0
        self.n_ctx: int | None = None
        """Tokens that the weights can hold; None until they are loaded."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._submit)
        self._settled.connect(self._on_settled)
        workspace.engine_changed.connect(self._on_engine_changed)

    def find(self, text: str) -> int | None:
        """Returns the tokens of a text, or None when they were not counted yet."""
        return self._counts.get(text) if text else 0

    @property
    def is_counting(self) -> bool:
        """Whether the weights have counted anything yet."""
        return bool(self._counts)

    def ask(self, *texts: str) -> None:
        """Wants the counts of these texts; `counted` says when there are new ones."""
        unknown = [text for text in texts if text and text not in self._counts]
        if unknown:
            self._wanted |= dict.fromkeys(unknown)
            self._timer.start()

    def stop(self) -> None:
        """Forgets what was asked for and not counted yet, also what the weights are still counting."""
        self._generation += 1
        self._timer.stop()
        self._wanted.clear()

    def _submit(self) -> None:
        texts = tuple(self._wanted)
        self._wanted.clear()
        generation = self._generation
        try:
            future = self._workspace.engine.submit(CountTokens(texts))
        except UserError as error:
            self.faulted.emit(error.message, error.hint)
            return
        future.add_done_callback(lambda settled: self._report(generation, texts, settled))

    def _report(self, generation: int, texts: tuple[str, ...], future: Future[object]) -> None:
        """On the engine's thread."""
        if shiboken6.isValid(self):
            self._settled.emit(generation, texts, future)

    def _on_settled(self, generation: int, texts: tuple[str, ...], future: Future[TokenCounts]) -> None:
        if generation != self._generation or future.cancelled():
            return
        try:
            counts = future.result().counts
        except CancelledError:
            return
        except UserError as error:
            self.faulted.emit(error.message, error.hint)
            return
        if len(self._counts) > MAX_REMEMBERED:
            self._counts.clear()
        self._counts.update(zip(texts, counts, strict=True))
        self.counted.emit()
        if self.n_ctx is None:
            self._ask_context(generation)

    def _ask_context(self, generation: int) -> None:
        engine = self._workspace.engine

        def keep(n_ctx: int) -> None:
            if generation == self._generation:
                self.n_ctx = n_ctx
                self.counted.emit()

        self._workspace.jobs.run(lambda: engine.info.n_ctx, keep, lambda _error: None)

    def _on_engine_changed(self) -> None:
        self._generation += 1
        self._wanted |= dict.fromkeys(self._counts)
        self._counts.clear()
        self.n_ctx = None
        self.counted.emit()
        if self._wanted:
            self._timer.start()


class TokenLabel(QLabel):
    """The tokens of the texts that it was told, small and dim."""

    def __init__(self, counter: TokenCounter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self._texts: tuple[str, ...] = ()
        theme.set_kind(self, "small")
        self.setToolTip(self.tr("Tokens, counted by the loaded weights"))
        counter.counted.connect(self._refresh)

    def count(self, *texts: str) -> None:
        """Shows the tokens of these texts together; the number before stays until they are counted."""
        self._texts = texts
        self._counter.ask(*texts)
        self._refresh()

    def forget(self) -> None:
        """Shows nothing: the number was of something else."""
        self._texts = ()
        self.setText("")

    def _refresh(self) -> None:
        counts = [self._counter.find(text) for text in self._texts]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            if not self._counter.is_counting:
                self.setText("")
            return
        n_tokens = sum(known)
        self.setText(f"{n_tokens:,}" if n_tokens else "")
        self.setAccessibleName(self.tr("%1 tokens").replace("%1", str(n_tokens)))
