"""One difference on a card: where it is, the old struck out, the new underlined, and a way back."""

import json
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from core.history.differences import ABSENT, Difference, Mark, diff_items, diff_words
from gui import theme
from gui.history.words import difference_title

CONTEXT_CHARS = 120
"""Of what stayed the same, on each side of a change."""
MAX_CHARS = 6_000
"""Of one card."""
MAX_HEIGHT = 320

Piece = tuple[Mark, str]


def pieces_of(difference: Difference) -> list[Piece]:
    """Returns what a card shows. Any thread: this may take a while for long texts."""
    old, new = difference.before, difference.after
    if isinstance(old, str) and isinstance(new, str):
        return _shorten(diff_words(old, new))
    if isinstance(old, list) and isinstance(new, list):
        items = diff_items(old, new)
        ends = ["\n"] * (len(items) - 1) + [""]
        return _shorten([(mark, f"{_plain(item)}{end}") for (mark, item), end in zip(items, ends, strict=True)])
    pieces = []
    if old is not ABSENT and old not in (None, "", [], {}):
        pieces.append((Mark.GONE, _plain(old)))
    if new is not ABSENT and new not in (None, "", [], {}):
        pieces.append((Mark.NEW, _plain(new)))
    if len(pieces) == 2:
        pieces.insert(1, (Mark.SAME, "\n" if any("\n" in text for _mark, text in pieces) else "  "))
    return _shorten(pieces)


class DifferenceCard(QFrame):
    """Shows one difference."""

    restore_requested = Signal(object)
    """The Difference whose old side is wanted again."""

    def __init__(self, difference: Difference, pieces: list[Piece], can_restore: bool) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        self.difference = difference
        title = QLabel(difference_title(difference))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        theme.set_kind(title, "strong")
        self.restore = QPushButton(self.tr("Take the old one"))
        theme.set_kind(self.restore, "chip")
        self.restore.setAccessibleName(self.tr("Take the old one: %1").replace("%1", title.text()))
        self.restore.setEnabled(can_restore)
        self.restore.clicked.connect(lambda: self.restore_requested.emit(self.difference))
        self.text = _DifferenceText(pieces)
        self.text.setAccessibleName(title.text())
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._tell_kind(difference))
        head.addWidget(self.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 10, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text)

    def _tell_kind(self, difference: Difference) -> QLabel:
        if difference.after is ABSENT:
            label = QLabel(self.tr("removed"))
            theme.set_kind(label, "fault")
        elif difference.before is ABSENT:
            label = QLabel(self.tr("added"))
            theme.set_kind(label, "good")
        else:
            label = QLabel("")
        return label


class _DifferenceText(QTextEdit):
    """Text that is as high as it is long, up to a limit."""

    def __init__(self, pieces: list[Piece], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "plain")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pieces = pieces
        self._fill()
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        theme.notifier.theme_changed.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        colors = theme.colors()
        cursor = QTextCursor(self.document())
        for mark, text in self._pieces:
            look = QTextCharFormat()
            if mark == Mark.GONE:
                look.setForeground(QColor(colors.fault))
                look.setBackground(QColor(theme.mix(colors.card, colors.fault, 0.14)))
                look.setFontStrikeOut(True)
            elif mark == Mark.NEW:
                look.setForeground(QColor(colors.good))
                look.setBackground(QColor(theme.mix(colors.card, colors.good, 0.14)))
                look.setFontUnderline(True)
            else:
                look.setForeground(QColor(colors.dim))
            cursor.insertText(text, look)
        self._fit()

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 4
        self.setFixedHeight(min(max(height, 24), theme.text_px(MAX_HEIGHT)))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if part not in (None, "", [], {})}
        if all(isinstance(part, str | int | float) for part in kept.values()):
            return "\n".join(f"{key.replace('_', ' ')}: {_plain(part)}" for key, part in kept.items())
        return json.dumps(kept, ensure_ascii=False, indent=1)
    if isinstance(value, list):
        return "\n".join(_plain(item) for item in value)
    return str(value)


def _shorten(pieces: list[Piece]) -> list[Piece]:
    """Leaves out the middle of long pieces that stayed the same, and the end of endless ones."""
    shown: list[Piece] = []
    n_chars = 0
    for place, (mark, text) in enumerate(pieces):
        if mark == Mark.SAME and len(text) > 2 * CONTEXT_CHARS + 20:
            head = text[:CONTEXT_CHARS] if place else ""
            tail = text[-CONTEXT_CHARS:] if place < len(pieces) - 1 else ""
            text = f"{head} … {tail}"  # noqa: PLW2901
        if n_chars + len(text) > MAX_CHARS:
            shown.append((mark, text[: MAX_CHARS - n_chars] + " …"))
            break
        shown.append((mark, text))
        n_chars += len(text)
    return shown
