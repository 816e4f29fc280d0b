"""What became of entries, one below the other: what fired and by which key, what was dropped and by which rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.lore.verdicts import Verdict
from gui import theme
from gui.lore.wording import verdict_words
from gui.stage.elided_label import ElidedLabel

MAX_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Row:
    """An entry and what became of it."""

    entry_id: str
    title: str
    book: str
    verdict: Verdict
    n_tokens: int = 0


class VerdictList(QWidget):
    """Shows rows; a click asks for the entry."""

    entry_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.rows: list[VerdictRow] = []

    def show_rows(self, rows: Sequence[Row], titles: dict[str, str], said: list[str]) -> None:
        """Shows what became of entries, those that fired first."""
        while self._column.count():
            item = self._column.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []
        for row in rows[:MAX_SHOWN]:
            shown = VerdictRow(row, verdict_words(row.verdict, titles, said))
            shown.clicked.connect(lambda entry_id=row.entry_id: self.entry_clicked.emit(entry_id))
            self._column.addWidget(shown)
            self.rows.append(shown)
        if len(rows) > MAX_SHOWN:
            more = QLabel(self.tr("… and %1 more").replace("%1", f"{len(rows) - MAX_SHOWN:,}"))
            theme.set_kind(more, "small")
            self._column.addWidget(more)


class VerdictRow(QFrame):
    """One entry: a mark, its title, and why."""

    clicked = Signal()

    def __init__(self, row: Row, words: str) -> None:
        super().__init__()
        self.row = row
        self.words = words
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{row.title}: {words}")
        colors = theme.colors()
        mark = QLabel()
        icon = "mdi6.check-circle" if row.verdict.fired else "mdi6.minus-circle-outline"
        mark.setPixmap(theme.icon(icon, colors.good if row.verdict.fired else colors.dim).pixmap(16, 16))
        title = ElidedLabel()
        title.setText(row.title)
        theme.set_kind(title, "strong" if row.verdict.fired else "")
        where = ElidedLabel()
        where.setText(row.book)
        theme.set_kind(where, "small")
        cost = QLabel(self.tr("%1 tokens").replace("%1", f"{row.n_tokens:,}") if row.n_tokens else "")
        theme.set_kind(cost, "small")
        why = QLabel(words)
        why.setTextFormat(Qt.TextFormat.PlainText)
        why.setWordWrap(True)
        theme.set_kind(why, "small")
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (mark, title, where):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(cost)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(2)
        column.addLayout(head)
        inner = QHBoxLayout()
        inner.setContentsMargins(24, 0, 0, 0)
        inner.addWidget(why)
        column.addLayout(inner)
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Shows where the focus is."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            theme.set_kind(self, "note-card" if event.type() == QEvent.Type.FocusIn else "")
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Asks for the entry."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space are clicks."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)
