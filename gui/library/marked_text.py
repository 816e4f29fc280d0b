"""Paints a few lines of text with the words that were searched marked in it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from core.library.search_query import Span
from gui import theme

ELLIPSIS = "…"


def paint_lines(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    color: str,
    n_lines: int,
    line_px: int,
    marks: Sequence[Span] = (),
) -> None:
    """Paints the first lines of a text, the last one cut with an ellipsis; `marks` are begins and ends of words."""
    layout, end = _lay_out(text, font, rect.width(), n_lines, line_px, marks)
    if end < len(text):
        layout, _end = _lay_out(
            text[: max(0, end - 2)].rstrip() + ELLIPSIS, font, rect.width(), n_lines, line_px, marks
        )
    painter.setPen(QColor(color))
    layout.draw(painter, QPointF(rect.topLeft()))


def _lay_out(
    text: str, font: QFont, width: int, n_lines: int, line_px: int, marks: Sequence[Span]
) -> tuple[QTextLayout, int]:
    """Returns the lines, and where the text ends that is on them."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats([_format_range(text, mark) for mark in marks if mark[0] < len(text)])
    end = 0
    layout.beginLayout()
    for number in range(n_lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, number * line_px))
        end = line.textStart() + line.textLength()
    layout.endLayout()
    return layout, end if n_lines else 0


def _format_range(text: str, mark: Span) -> QTextLayout.FormatRange:
    colors = theme.colors()
    style = QTextCharFormat()
    style.setBackground(QColor(theme.mix(colors.card, colors.warning, 0.34 if theme.is_dark() else 0.28)))
    style.setForeground(QColor(colors.text))
    begin, end = (len(text[:place].encode("utf-16-le")) // 2 for place in mark)
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = begin, end - begin, style
    return found
