"""Exactly what the weights will read: the prompt block by block, coloured by origin, with what each block costs.

Shows what `core.characters.prompt` renders and adds nothing. Knows nothing of forms: it says which origin is
pointed at or chosen, and can be told to point at one.
"""

from concurrent.futures import CancelledError, Future
from functools import partial

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin, join_blocks
from core.errors import UserError
from core.inference.request import Render, Rendered
from core.playtest.view.views import View
from gui import theme
from gui.widgets.prompt_costs import Legend, TokenBar
from gui.widgets.prompt_origins import span_blocks, span_rendered
from gui.widgets.prompt_text import PromptText
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace

RENDER_DELAY_MS = 300
LEGEND_SHARE = 0.25
"""Of the height, what the legend may take before it scrolls."""
TALL_PX = 520
"""From this height, at a text size of 100 %, there is room to say what leaves first; below it a tooltip does."""


class PromptView(QWidget):
    """The prompt of one character, with a legend and the tokens of each origin."""

    origin_hovered = Signal(object)
    """The BlockOrigin under the mouse, or None."""
    origin_chosen = Signal(object)
    """A BlockOrigin was clicked, or Enter was pressed in its text."""
    _rendered_arrived = Signal(object, object)

    def __init__(self, workspace: Workspace, counter: TokenCounter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._counter = counter
        self._view: View | None = None
        self._rendered: Rendered | None = None
        self._fault = ""
        self._has_room = False
        self._make_widgets()
        self._lay_out()
        self._render_timer = QTimer(self)
        self._render_timer.setSingleShot(True)
        self._render_timer.setInterval(RENDER_DELAY_MS)
        self._render_timer.timeout.connect(self._render)
        self._text.origin_hovered.connect(self._on_hovered)
        self._legend.origin_hovered.connect(self._on_hovered)
        self._text.origin_chosen.connect(self.origin_chosen)
        self._legend.origin_chosen.connect(self.origin_chosen)
        self._rendered_arrived.connect(self._on_rendered)
        counter.counted.connect(self._show_counts)
        counter.faulted.connect(self._on_counter_faulted)
        workspace.engine_changed.connect(self._on_engine_changed)

    def add_picker(self, picker: QWidget) -> None:
        """Puts a choice of role over the prompt."""
        self._pickers.addWidget(picker, 1)

    def put_picker_first(self, picker: QWidget) -> None:
        """Puts a choice of role in the place of the heading, where a tab says already what is shown."""
        self._heading.hide()
        self._head.removeWidget(self._chat_format)
        self._head.addWidget(picker, 1)
        self._totals.addWidget(self._chat_format)

    def show_view(self, view: View | None) -> None:
        """Shows what a view reads; None: nothing."""
        if view == self._view:
            return
        self._view = view
        self._fault = ""
        if view is not None:
            self._counter.ask(join_blocks(view.blocks), *(block.text for block in view.blocks))
        if self._chat_format.isChecked():
            self._render_timer.start()
            if self._rendered is not None:
                return
        self._show_text()

    def stop(self) -> None:
        """Asks the weights for nothing until another view is shown."""
        self._render_timer.stop()

    def text(self) -> str:
        """Returns the text as it is shown."""
        return self._text.text()

    def point_at(self, origin: BlockOrigin | None, *, scroll: bool = False) -> None:
        """Lights the block of an origin."""
        self._text.point_at(origin, scroll=scroll)
        self._legend.point_at(origin)

    @property
    def chat_format_button(self) -> QPushButton:
        """Switches between the blocks and what the weights' chat format makes of them."""
        return self._chat_format

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves most of the room to the text."""
        super().resizeEvent(event)
        self._fit_legend()
        self._fit_room()

    def _fit_legend(self) -> None:
        wanted = self._legend.heightForWidth(self._legend_area.viewport().width())
        self._legend_area.setFixedHeight(min(wanted + 2, max(theme.text_px(40), round(self.height() * LEGEND_SHARE))))

    def _make_widgets(self) -> None:
        self._heading = QLabel(self.tr("What the weights read"))
        self._heading.setWordWrap(True)
        theme.set_kind(self._heading, "heading")
        self._total = QLabel()
        theme.set_kind(self._total, "small")
        self._total.setWordWrap(True)
        self._total.setAccessibleName(self.tr("Tokens of the prompt"))
        self._chat_format = QPushButton(self.tr("Chat format"))
        self._chat_format.setCheckable(True)
        self._chat_format.setToolTip(
            self.tr("Shows the prompt as the weights' own chat format renders it, control tokens included")
        )
        theme.set_kind(self._chat_format, "chip")
        self._chat_format.toggled.connect(self._on_format_toggled)
        self._text = PromptText()
        self._bar = TokenBar()
        self._legend = Legend()
        self._legend_area = QScrollArea()
        self._legend_area.setWidget(self._legend)
        self._legend_area.setWidgetResizable(True)
        self._legend_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._legend_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._note = QLabel()
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        self._note.hide()
        self._room = QLabel()
        self._room.setWordWrap(True)
        theme.set_kind(self._room, "small")
        self._room.setAccessibleName(self.tr("What leaves first when the context is full"))

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self._heading, 1)
        self._head.addWidget(self._chat_format)
        self._pickers = QHBoxLayout()
        self._pickers.setSpacing(8)
        card = QFrame()
        theme.set_kind(card, "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(10, 10, 4, 10)
        inside.addWidget(self._text)
        costs = QFrame()
        theme.set_kind(costs, "card")
        lines = QVBoxLayout(costs)
        lines.setContentsMargins(12, 10, 12, 10)
        lines.setSpacing(8)
        self._totals = QHBoxLayout()
        self._totals.addWidget(self._total, 1)
        lines.addLayout(self._totals)
        for widget in (self._bar, self._legend_area, self._room, self._note):
            lines.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._head)
        column.addLayout(self._pickers)
        column.addWidget(card, 1)
        column.addWidget(costs)

    def _show_text(self) -> None:
        view = self._view
        if view is None:
            self._text.show_spans("", ())
        elif self._chat_format.isChecked() and self._rendered is not None:
            self._text.show_spans(self._rendered.text, span_rendered(self._rendered.text, view))
        else:
            self._text.show_spans(join_blocks(view.blocks), span_blocks(view.blocks))
        self._show_counts()

    def _show_counts(self) -> None:
        view = self._view
        counts = self._count_origins(view) if view is not None else {}
        self._bar.show_counts(counts, self._counter.n_ctx)
        self._legend.show_counts(counts)
        self._fit_legend()
        self._text.set_counts(counts)
        self._show_total()
        self._note.setVisible(bool(self._fault))
        self._note.setText(self._fault)
        theme.set_kind(self._note, "fault")

    def _count_origins(self, view: View) -> dict[BlockOrigin, int | None]:
        """Each block by itself. Joined they may cost a few tokens less or more: the total is counted on its own."""
        return {block.origin: self._counter.find(block.text) for block in view.blocks}

    def _n_tokens(self) -> int | None:
        if self._view is None:
            return None
        if self._chat_format.isChecked() and self._rendered is not None:
            return self._rendered.n_tokens
        return self._counter.find(join_blocks(self._view.blocks))

    def _show_total(self) -> None:
        n_tokens, n_ctx = self._n_tokens(), self._counter.n_ctx
        self._total.setVisible(n_tokens is not None)
        if n_tokens is None:
            self._show_room(None)
            return
        too_long = n_ctx is not None and n_tokens > n_ctx
        text = self.tr("%1 tokens") if n_ctx is None else self.tr("%1 of %2 tokens")
        if too_long:
            text = self.tr("%1 tokens do not fit into the %2 that these weights hold")
        self._total.setText(text.replace("%1", f"{n_tokens:,}").replace("%2", f"{n_ctx or 0:,}"))
        theme.set_kind(self._total, "fault" if too_long else "small")
        self._show_room(None if n_ctx is None or too_long else n_ctx - n_tokens)

    def _show_room(self, n_tokens: int | None) -> None:
        """Says what is left for the scene, and what `core.playtest.view.long_scene` does when that is used up."""
        self._has_room = n_tokens is not None
        text = self.tr(
            "%1 tokens are left for the scene and the turn. When they are used up, the oldest turns leave first; "
            "of what stands here nothing is ever dropped."
        )
        self._room.setText(text.replace("%1", f"{n_tokens or 0:,}"))
        self._fit_room()

    def _fit_room(self) -> None:
        """Leaves the room to the prompt where there is little."""
        is_tall = self.height() >= theme.text_px(TALL_PX) or not self.isVisible()
        self._room.setVisible(self._has_room and is_tall)
        self._total.setToolTip(self._room.text() if self._has_room and not is_tall else "")

    def _render(self) -> None:
        if self._view is None or not self._chat_format.isChecked():
            return
        view = self._view
        try:
            future = self._workspace.engine.submit(Render(view.messages))
        except UserError as error:
            self._explain(error)
            return
        future.add_done_callback(partial(self._report, view))

    def _report(self, view: View, future: Future[object]) -> None:
        """On the engine's thread."""
        if shiboken6.isValid(self):
            self._rendered_arrived.emit(view, future)

    def _on_rendered(self, view: View, future: Future[Rendered]) -> None:
        if view != self._view or future.cancelled():
            return
        try:
            self._rendered = future.result()
        except CancelledError:
            return
        except UserError as error:
            self._explain(error)
            return
        self._show_text()

    def _explain(self, error: UserError) -> None:
        self._fault = str(error)
        self._chat_format.setChecked(False)
        self._show_counts()

    def _on_format_toggled(self, checked: bool) -> None:
        self._rendered = None
        if checked:
            self._render()
        else:
            self._show_text()

    def _on_hovered(self, origin: BlockOrigin | None) -> None:
        self.point_at(origin)
        self.origin_hovered.emit(origin)

    def _on_counter_faulted(self, message: str, hint: str) -> None:
        self._fault = f"{message} {hint}".strip()
        self._show_counts()

    def _on_engine_changed(self) -> None:
        self._rendered = None
        self._fault = ""
        self._render_timer.start()
        self._show_text()
