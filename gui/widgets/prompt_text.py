"""The text of a prompt, each block on the tint of where it comes from."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.widgets.prompt_origins import Span, origin_color, origin_name
from gui.widgets.text_change import replace_in_document, utf16_length

_TINT, _LIT_TINT = 0.10, 0.26
_BAR_PX, _INDENT_PX, _GAP_PX, _PAD_PX = 3, 11, 3, 3
_LINE_HEIGHT_PERCENT = 125


class PromptText(QTextEdit):
    """Plain text, read-only. Each line belongs to one origin, or to none."""

    origin_hovered = Signal(object)
    origin_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._spans: tuple[Span, ...] = ()
        self._counts: dict[BlockOrigin, int | None] = {}
        self._lit: BlockOrigin | None = None
        self._line_spans: list[Span | None] = []
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("What the weights read"))
        self.setAccessibleDescription(self.tr("Enter goes to the field that a line comes from"))
        theme.set_kind(self, "plain")
        theme.notifier.theme_changed.connect(self._restyle_later)

    def text(self) -> str:
        """Returns the text."""
        return self.document().toRawText().replace("\u2029", "\n")

    def show_spans(self, text: str, spans: tuple[Span, ...]) -> None:
        """Shows a text; only what differs is laid out again, and the scroll position stays."""
        self._spans = spans
        replace_in_document(self.document(), self.text(), text)
        self._line_spans = self._find_line_spans(text)
        self._restyle()

    def set_counts(self, counts: dict[BlockOrigin, int | None]) -> None:
        """Takes what each origin costs, for the tooltips."""
        self._counts = counts

    def point_at(self, origin: BlockOrigin | None, *, scroll: bool = False) -> None:
        """Lights the lines of an origin."""
        if origin != self._lit:
            self._lit = origin
            self.viewport().update()
        if scroll:
            self._scroll_to(origin)

    def _scroll_to(self, origin: BlockOrigin | None) -> None:
        lines = [line for line, span in enumerate(self._line_spans) if span is not None and span.origin == origin]
        if origin is None or not lines:
            return
        top = self._place_of(self.document().findBlockByNumber(lines[0])).top()
        bottom = self._place_of(self.document().findBlockByNumber(lines[-1])).bottom()
        if top < 0 or bottom > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(round(bar.value() + top - 24))

    def _find_line_spans(self, text: str) -> list[Span | None]:
        """The span of each line: the first one with an origin that has text in it."""
        found: list[Span | None] = []
        at, nth = 0, 0
        for line in text.split("\n"):
            end = at + len(line)
            while nth < len(self._spans) and self._spans[nth].end < max(at, 1):
                nth += 1
            inside = [span for span in self._spans[nth : nth + 4] if span.start <= end and span.end >= at]
            written = [span for span in inside if span.start < end and span.end > at] or inside
            found.append(next((span for span in written if span.origin is not None), None))
            at = end + 1
        return found

    def _restyle_later(self) -> None:
        """Once the stylesheet of the theme is in force."""
        QTimer.singleShot(0, self, self._restyle)

    def _restyle(self) -> None:
        """Gives each line its margins, and the control tokens their colour."""
        line, cursor = self.document().begin(), QTextCursor(self.document())
        for number, span in enumerate(self._line_spans):
            is_first = number > 0 and span is not self._line_spans[number - 1]
            wanted = _line_format(is_first)
            if line.blockFormat() != wanted:
                cursor.setPosition(line.position())
                cursor.setBlockFormat(wanted)
            line = line.next()
        self.setExtraSelections(self._mark_controls())
        self.viewport().update()

    def _mark_controls(self) -> list[QTextEdit.ExtraSelection]:
        """The control tokens in their colour. Spans follow one another, so each place is counted from the last one."""
        text, color = self.text(), QColor(theme.colors().accent)
        marks: list[QTextEdit.ExtraSelection] = []
        at, place = 0, 0
        for span in self._spans:
            if not span.is_control:
                continue
            start = place + utf16_length(text[at : span.start])
            at, place = span.end, start + utf16_length(text[span.start : span.end])
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document())  # type: ignore[attr-defined]
            mark.cursor.setPosition(start)  # type: ignore[attr-defined]
            mark.cursor.setPosition(place, QTextCursor.MoveMode.KeepAnchor)  # type: ignore[attr-defined]
            mark.format = QTextCharFormat()  # type: ignore[attr-defined]
            mark.format.setForeground(color)  # type: ignore[attr-defined]
            marks.append(mark)
        return marks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the tints under the text."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        line = self.cursorForPosition(event.rect().topLeft()).block()
        while line.isValid() and line.previous().isValid() and self._span_of(line.previous()) is self._span_of(line):
            line = line.previous()
        while line.isValid():
            span, first = self._span_of(line), self._place_of(line)
            last = first
            while line.next().isValid() and self._span_of(line.next()) is span:
                line = line.next()
                last = self._place_of(line)
            if span is not None and span.origin is not None:
                self._paint_tint(painter, first.top() - _PAD_PX, last.bottom() + _PAD_PX, span.origin)
            if last.bottom() > event.rect().bottom():
                break
            line = line.next()
        painter.end()
        super().paintEvent(event)

    def _paint_tint(self, painter: QPainter, top: float, bottom: float, origin: BlockOrigin) -> None:
        color = QColor(origin_color(origin))
        place = QRectF(0, top, self.viewport().width() - 2, bottom - top)
        tint = QColor(color)
        tint.setAlphaF(_LIT_TINT if origin == self._lit else _TINT)
        painter.setBrush(tint)
        painter.drawRoundedRect(place, 4, 4)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(0, top, _BAR_PX, bottom - top), 1.5, 1.5)

    def _span_of(self, line: QTextBlock) -> Span | None:
        number = line.blockNumber()
        return self._line_spans[number] if 0 <= number < len(self._line_spans) else None

    def _place_of(self, line: QTextBlock) -> QRectF:
        """Where the lines of a block of text are in the viewport, without the gap above them."""
        origin = self.document().documentLayout().blockBoundingRect(line).topLeft()
        layout = line.layout().boundingRect()
        return layout.translated(origin).translated(0, -self.verticalScrollBar().value())

    def _origin_at(self, position: QPointF) -> BlockOrigin | None:
        line = self.cursorForPosition(position.toPoint()).block()
        span, place = self._span_of(line), self._place_of(line)
        is_inside = place.top() - _PAD_PX <= position.y() <= place.bottom() + _PAD_PX
        return span.origin if span is not None and is_inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Points at the block under the mouse."""
        super().mouseMoveEvent(event)
        origin = self._origin_at(event.position())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if origin else Qt.CursorShape.IBeamCursor)
        if origin != self._lit:
            self.setToolTip(self._explain(origin))
            self.origin_hovered.emit(origin)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes to where the block comes from; a selection does not."""
        super().mouseReleaseEvent(event)
        origin = self._origin_at(event.position())
        if origin is not None and event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.origin_chosen.emit(origin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a click does."""
        span = self._span_of(self.textCursor().block())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and span is not None:
            self.origin_chosen.emit(span.origin)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Points at nothing any more."""
        super().leaveEvent(event)
        self.origin_hovered.emit(None)

    def _explain(self, origin: BlockOrigin | None) -> str:
        if origin is None:
            return ""
        n_tokens = self._counts.get(origin)
        if n_tokens is None:
            return origin_name(origin)
        text = self.tr("%1: %2 tokens").replace("%1", origin_name(origin))
        return text.replace("%2", f"{n_tokens:,}")


def _line_format(is_first: bool) -> QTextBlockFormat:
    wanted = QTextBlockFormat()
    wanted.setLeftMargin(_INDENT_PX)
    wanted.setRightMargin(6)
    wanted.setTopMargin(_GAP_PX + 2 * _PAD_PX if is_first else 0)
    wanted.setLineHeight(_LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return wanted
