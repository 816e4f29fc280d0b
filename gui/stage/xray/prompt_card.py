"""What a character read, block by block in the colours of where each comes from, with what each costs."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from core.characters.prompt import BlockOrigin
from core.playtest.looking_back.xray import TextBlock, Xray
from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from gui.widgets.prompt_costs import Legend, TokenBar
from gui.widgets.prompt_origins import Span
from gui.widgets.prompt_text import PromptText

TEXT_HEIGHT = 300


class PromptCard(QFrame):
    """The prompt of an X-ray."""

    def __init__(self, xray: Xray) -> None:
        super().__init__()
        self._xray = xray
        theme.set_kind(self, "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(small_label(fill(self.tr("What %1 read"), xray.reader), "strong"), 1)
        self.open_button = QPushButton(self.tr("Open large"))
        theme.set_kind(self.open_button, "small-link")
        self.open_button.clicked.connect(self.open_large)
        head.addWidget(self.open_button)
        layout.addLayout(head)
        if not xray.is_rebuilt:
            is_speaker = xray.reader_id == xray.turn.speaker_id
            said = self.tr("As the weights would have read it: they did not write this turn.")
            other = self.tr("As it would have read at that moment; it did not speak then.")
            layout.addWidget(small_label(said if is_speaker else other, "small"))
        layout.addWidget(small_label(self._say_costs(), "small"))
        counts = count_origins(xray)
        bar, legend = TokenBar(), Legend()
        bar.show_counts(counts)
        legend.show_counts(counts)
        layout.addWidget(bar)
        layout.addWidget(legend)
        self.text = make_text(xray)
        self.text.setFixedHeight(theme.text_px(TEXT_HEIGHT))
        legend.origin_hovered.connect(self.text.point_at)
        legend.origin_chosen.connect(lambda origin: self.text.point_at(origin, scroll=True))
        self.text.origin_hovered.connect(legend.point_at)
        layout.addWidget(self.text)

    def open_large(self) -> None:
        """Shows the prompt in a window of its own."""
        dialog = QDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(fill(self.tr("What %1 read at turn %2"), self._xray.reader, self._xray.turn.number))
        dialog.resize(860, 720)
        layout = QVBoxLayout(dialog)
        layout.setContentsMargins(16, 16, 16, 16)
        legend, text = Legend(), make_text(self._xray)
        legend.show_counts(count_origins(self._xray))
        legend.origin_hovered.connect(text.point_at)
        legend.origin_chosen.connect(lambda origin: text.point_at(origin, scroll=True))
        layout.addWidget(legend)
        layout.addWidget(text, 1)
        dialog.open()

    def _say_costs(self) -> str:
        xray = self._xray
        sums = [sum(block.n_tokens for block in part) for part in (xray.blocks, xray.history, xray.notes)]
        about = "≈ " if xray.tokens_are_estimate else ""
        said = fill(
            self.tr("%1%2 tokens: %3 of who and where it is, %4 of the talk"), about, *_numbers(sum(sums), *sums[:2])
        )
        if sums[2]:
            said += fill(self.tr(", %1 from its mind"), *_numbers(sums[2]))
        if xray.n_turns_left:
            said += fill(self.tr("; %1 turns had left the view"), xray.n_turns_left)
        return said


def count_origins(xray: Xray) -> dict[BlockOrigin, int | None]:
    """Returns the tokens of each origin, in the order of the prompt."""
    counts: dict[BlockOrigin, int | None] = {}
    for block in (*xray.blocks, *xray.notes):
        origin = _origin(block)
        if origin is not None:
            counts[origin] = (counts.get(origin) or 0) + block.n_tokens
    return counts


def make_text(xray: Xray) -> PromptText:
    """Returns the whole prompt, coloured."""
    text, spans = lay_out(xray)
    shown = PromptText()
    shown.set_counts(count_origins(xray))
    shown.show_spans(text, spans)
    shown.setMinimumWidth(80)
    shown.moveCursor(QTextCursor.MoveOperation.Start)
    return shown


def lay_out(xray: Xray) -> tuple[str, tuple[Span, ...]]:
    """Returns the prompt as one text, and where each block is in it."""
    pieces: list[tuple[str, BlockOrigin | None, bool]] = [(one.text, _origin(one), False) for one in xray.blocks]
    for message in xray.history:
        pieces += [(f"[{message.origin}]", None, True), (message.text, None, False)]
    if xray.notes:
        pieces.append(("[mind]", None, True))
        pieces += [(one.text, _origin(one), False) for one in xray.notes]
    if xray.opening:
        pieces += [("[begins with]", None, True), (xray.opening, None, False)]
    spans, at = [], 0
    for words, origin, is_control in pieces:
        spans.append(Span(at, at + len(words), origin, is_control))
        at += len(words) + 1
    return "\n".join(words for words, _, _ in pieces), tuple(spans)


def _origin(block: TextBlock) -> BlockOrigin | None:
    return BlockOrigin(block.origin) if block.origin in set(BlockOrigin) else None


def _numbers(*values: int) -> tuple[str, ...]:
    return tuple(f"{value:,}" for value in values)
