"""One turn laid out for the transcript: where words, thought and small controls lie, and how they are painted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap, QTextCharFormat, QTextLayout, QTextOption

from gui import theme
from gui.stage.plain_tip import plain_tip
from gui.stage.transcript.transcript_entry import Chip, ChipKind, Entry, label_mark, say_mark
from gui.widgets.portrait import Face
from models.playtest import Origin, SpeakerKind

translate = QCoreApplication.translate

MARGIN = 24
AVATAR = 36
GAP = 12
PAD = 10
SLIM_PAD = 3
MAX_TEXT_WIDTH = 720
LINE_HEIGHT = 1.5
TEXT_LEFT = MARGIN + AVATAR + GAP
_STAGE_DIRECTION = re.compile(r"\*[^*\n]+\*")


class Spot(StrEnum):
    """What lies at a point of a turn."""

    NOTHING = "nothing"
    TEXT = "text"
    THOUGHT = "thought"
    PREVIOUS = "previous"
    NEXT = "next"
    MARK = "mark"
    PIN = "pin"
    CHIP = "chip"
    """Says something when the mouse rests on it."""
    ALARM = "alarm"
    LABEL = "label"
    """What the user said of the turn."""


UNSEEN_OPACITY = 0.38
CHIP_COLORS = {
    ChipKind.AUDIENCE: "dim",
    ChipKind.WHISPER: "accent",
    ChipKind.OVERHEARD: "warning",
    ChipKind.ALARM: "fault",
    ChipKind.REMINDER: "warning",
    ChipKind.POINT: "warning",
    ChipKind.BRANCH: "good",
    ChipKind.HELD: "warning",
    ChipKind.GOOD: "good",
    ChipKind.OFF: "fault",
}
"""Fields of `theme.Colors`."""
CHIP_SPOTS = {ChipKind.ALARM: Spot.ALARM, ChipKind.GOOD: Spot.LABEL, ChipKind.OFF: Spot.LABEL}
"""Chips that do something when they are clicked."""


@dataclass(frozen=True)
class Fonts:
    """The fonts of the transcript at the present text size."""

    text: QFont = field(default_factory=theme.ui_font)
    name: QFont = field(default_factory=lambda: theme.ui_font(14, QFont.Weight.DemiBold))
    small: QFont = field(default_factory=lambda: theme.ui_font(12))
    thought: QFont = field(default_factory=lambda: _italic(theme.ui_font(13)))

    @property
    def line(self) -> float:
        """Height of a line of text."""
        return round(QFontMetricsF(self.text).height() * LINE_HEIGHT * 0.82)

    @property
    def header(self) -> float:
        """Height of the line with the name."""
        return round(QFontMetricsF(self.name).height() + 4)


class TurnLayout:
    """A turn at one width. `height` is that of the row."""

    def __init__(self, entry: Entry, width: float, fonts: Fonts, editor_height: int = 0) -> None:
        """Lays out a turn; `editor_height` is that of an editor in place of the words, if there is one."""
        self.entry = entry
        self.width = width
        self._fonts = fonts
        self._is_slim = bool(entry.line)
        self._is_told = self._is_slim or entry.kind == SpeakerKind.NARRATOR
        self._labels: list[tuple[QRectF, str, Spot]] = []
        self._chips: dict[int, Chip] = {}
        """Place in the labels -> chip."""
        self.text_width = text_width(width)
        y = float(SLIM_PAD if self._is_slim else PAD)
        if not self._is_told:
            y = self._lay_out_header(y)
        elif not self._is_slim:
            y += 4
        self.thought: QTextLayout | None = None
        if entry.thought and entry.is_thought_open:
            self.thought = _lay_out(entry.thought, fonts.thought, self.text_width - 14, fonts.line - 1, dim=True)
            self._thought_rect = QRectF(TEXT_LEFT, y + 2, 2, self.thought.lineCount() * (fonts.line - 1))
            y += self._thought_rect.height() + 8
        self.text_top = y
        self.words: QTextLayout = self._lay_out_words()
        words_height = max(self.words.lineCount(), 1) * self._line_height
        self.text_rect = QRectF(self.text_left, y, self.text_width, editor_height or words_height)
        y = self.text_rect.bottom()
        if self._is_told and (entry.n_alternatives > 1 or entry.is_pinned or entry.chips):
            y = self._place_labels(self.text_left, y, self.text_left)
            self._center_labels()
        below = SLIM_PAD if self._is_slim else PAD + 4 * self._is_told
        self.height = round(y + below)

    @property
    def _line_height(self) -> float:
        return self._fonts.line - 2 if self._is_slim else self._fonts.line

    @property
    def text_left(self) -> float:
        """Where the words begin."""
        return (self.width - self.text_width) / 2 if self._is_told else float(TEXT_LEFT)

    def spot_at(self, point: QPointF) -> Spot:
        """Returns what lies at a point, from the row's corner."""
        for rect, _label, spot in self._labels:
            if rect.contains(point):
                return spot
        return Spot.TEXT if self.text_rect.contains(point) and not self._is_slim else Spot.NOTHING

    def cursor_at(self, point: QPointF) -> int:
        """Returns the place in the words that lies nearest to a point."""
        inside = point - QPointF(self.text_left, self.text_top)
        for place in range(self.words.lineCount()):
            line = self.words.lineAt(place)
            if inside.y() < line.y() + self._line_height or place == self.words.lineCount() - 1:
                return line.xToCursor(inside.x())
        return 0

    def tip_at(self, point: QPointF) -> str:
        """Returns what to say of a point when the mouse rests there; what others wrote is escaped."""
        for place, (rect, _label, _spot) in enumerate(self._labels):
            if place in self._chips and rect.contains(point):
                return plain_tip(self._chips[place].sentence)
        match self.spot_at(point):
            case Spot.THOUGHT:
                return translate("TurnLayout", "Show or fold this thought (T)")
            case Spot.PREVIOUS:
                return translate("TurnLayout", "Previous alternative (Left)")
            case Spot.NEXT:
                return translate("TurnLayout", "Next alternative (Right)")
            case Spot.MARK:
                return "\n".join(map(say_mark, self.entry.marks))
            case Spot.PIN:
                return translate("TurnLayout", "Stays in every view when the context is full. Click to unpin (P)")
        return ""

    def paint(
        self,
        painter: QPainter,
        face: Face | None,
        portrait: QPixmap | None,
        *,
        selection: tuple[int, int] | None = None,
        found: Sequence[tuple[int, int]] = (),
        is_edited: bool = False,
    ) -> None:
        """Paints the turn at the origin.

        Args:
            face: Who speaks; None for the narrator.
            selection: Start and end of the selected words.
            found: Starts and ends of the words that were searched for, as `count_units` counts.
            is_edited: An editor covers the words.
        """
        painter.setOpacity(UNSEEN_OPACITY if self.entry.is_unseen else 1.0)
        if face is not None and not self._is_told:
            if portrait is not None:
                painter.drawPixmap(QPointF(MARGIN, PAD), portrait)
            self._paint_name(painter, QColor(theme.character_color(face.color_index)))
        self._paint_labels(painter)
        if self.thought is not None:
            self._paint_thought(painter)
        if is_edited:
            return
        is_dim = self._is_told or not self.entry.text
        painter.setPen(QColor(theme.colors().dim if is_dim else theme.colors().text))
        origin = QPointF(self.text_left, self.text_top)
        self.words.draw(painter, origin, [*_found(found), *_selected(selection)])
        if self.entry.is_live and (self.entry.text or not self.entry.thought):
            self._paint_caret(painter, origin)

    def _lay_out_words(self) -> QTextLayout:
        entry, fonts = self.entry, self._fonts
        align = Qt.AlignmentFlag.AlignHCenter if self._is_told else Qt.AlignmentFlag.AlignLeft
        if self._is_slim:
            return _lay_out(f"— {entry.line} —", fonts.small, self.text_width, self._line_height, align, dim=True)
        if not entry.text and not entry.is_live:
            silence = translate("TurnLayout", "(says nothing)")
            return _lay_out(silence, fonts.thought, self.text_width, fonts.line, dim=True)
        return _lay_out(entry.text, fonts.text, self.text_width, fonts.line, align)

    def _lay_out_header(self, top: float) -> float:
        """Places the name and what stands beside it; returns where the words begin."""
        self._number_left = TEXT_LEFT + QFontMetricsF(self._fonts.name).horizontalAdvance(self.entry.speaker) + 8
        after = QFontMetricsF(self._fonts.small).horizontalAdvance(self._number()) + 12
        return self._place_labels(self._number_left + after, top, TEXT_LEFT)

    def _place_labels(self, x: float, top: float, left: float) -> float:
        """Places alternatives, thought, chips and marks, in more lines where one has no room; returns their end."""
        metrics = QFontMetricsF(self._fonts.small)
        right = left + self.text_width
        for label, spot, pad, chip in self._wanted_labels():
            width = min(metrics.horizontalAdvance(label) + 2 * pad, self.text_width)
            if x + width > right and x > left:
                x, top = left, top + self._fonts.header
            if chip is not None:
                self._chips[len(self._labels)] = chip
            self._labels.append((QRectF(x, top, width, self._fonts.header), label, spot))
            x += width + 4
        return top + self._fonts.header

    def _wanted_labels(self) -> list[tuple[str, Spot, float, Chip | None]]:
        entry = self.entry
        wanted: list[tuple[str, Spot, float, Chip | None]] = []
        if entry.n_alternatives > 1:
            count = f"{entry.place} / {entry.n_alternatives}"
            wanted += [("‹", Spot.PREVIOUS, 6, None), (count, Spot.NOTHING, 0, None), ("›", Spot.NEXT, 6, None)]
        if entry.thought:
            sign = "▾ " if entry.is_thought_open else "▸ "
            wanted.append((sign + entry.thinks, Spot.THOUGHT, 6, None))
        for chip in entry.chips:
            wanted.append((chip.text, CHIP_SPOTS.get(chip.kind, Spot.CHIP), 8, chip))
        if entry.is_pinned:
            wanted.append((translate("TurnLayout", "pinned"), Spot.PIN, 8, None))
        return wanted + [(label_mark(mark), Spot.MARK, 8, None) for mark in entry.marks]

    def _center_labels(self) -> None:
        """Puts the labels of a told turn in the middle, if they are one line."""
        tops = {rect.top() for rect, _label, _spot in self._labels}
        if len(tops) != 1:
            return
        width = self._labels[-1][0].right() - self._labels[0][0].left()
        shift = (self.text_width - width) / 2
        self._labels = [(rect.translated(shift, 0), label, spot) for rect, label, spot in self._labels]

    def _number(self) -> str:
        number = str(self.entry.number)
        match self.entry.origin:
            case Origin.EDITED:
                return number + translate("TurnLayout", " · edited")
            case Origin.HUMAN if self.entry.kind == SpeakerKind.CHARACTER:
                return number + translate("TurnLayout", " · by you")
        if self.entry.finish == "length":
            return number + translate("TurnLayout", " · cut at the length")
        return number

    def _paint_name(self, painter: QPainter, color: QColor) -> None:
        colors, height = theme.colors(), self._fonts.header
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(self._fonts.name)
        painter.setPen(color)
        painter.drawText(QRectF(TEXT_LEFT, PAD, self.width, height), middle, self.entry.speaker)
        painter.setFont(self._fonts.small)
        painter.setPen(QColor(colors.dim))
        painter.drawText(QRectF(self._number_left, PAD, self.width, height), middle, self._number())

    def _paint_labels(self, painter: QPainter) -> None:
        colors, metrics = theme.colors(), QFontMetricsF(self._fonts.small)
        painter.setFont(self._fonts.small)
        for place, (rect, label, spot) in enumerate(self._labels):
            color = {Spot.MARK: colors.fault, Spot.PIN: colors.accent}.get(spot)
            if place in self._chips:
                color = getattr(colors, CHIP_COLORS[self._chips[place].kind])
            if color is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.mix(colors.ground, color, 0.16)))
                painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(color or colors.dim))
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_thought(self, painter: QPainter) -> None:
        assert self.thought is not None
        painter.fillRect(self._thought_rect, QColor(theme.colors().edge))
        painter.setPen(QColor(theme.colors().dim))
        self.thought.draw(painter, self._thought_rect.topLeft() + QPointF(14, 0))

    def _paint_caret(self, painter: QPainter, origin: QPointF) -> None:
        line = self.words.lineAt(self.words.lineCount() - 1) if self.words.lineCount() else None
        x = line.naturalTextWidth() if line is not None else 0.0
        y = line.y() if line is not None else 0.0
        caret = QRectF(origin.x() + x + 1, origin.y() + y + 2, 7, self._fonts.line - 6)
        painter.fillRect(caret, QColor(theme.colors().accent))


def text_width(width: float) -> float:
    """Returns how wide the words of a row may be."""
    return max(120.0, min(width - TEXT_LEFT - MARGIN, float(MAX_TEXT_WIDTH)))


def count_units(text: str) -> int:
    """Returns the length of a text as Qt counts it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_units(text: str, start: int, end: int) -> str:
    """Returns a part of a text by places as Qt counts them."""
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def _lay_out(
    text: str,
    font: QFont,
    width: float,
    line_height: float,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    *,
    dim: bool = False,
) -> QTextLayout:
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    if not dim:
        layout.setFormats([_direction_format(match) for match in _STAGE_DIRECTION.finditer(text)])
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y + (line_height - line.height()) / 2))
        y += line_height
    layout.endLayout()
    return layout


def _direction_format(match: re.Match[str]) -> QTextLayout.FormatRange:
    """What stands between asterisks is done, not said."""
    form = QTextCharFormat()
    form.setFontItalic(True)
    form.setForeground(QColor(theme.colors().dim))
    return _range(count_units(match.string[: match.start()]), count_units(match.string[: match.end()]), form)


def _selected(selection: tuple[int, int] | None) -> list[QTextLayout.FormatRange]:
    if selection is None or selection[0] == selection[1]:
        return []
    form = QTextCharFormat()
    form.setBackground(QColor(theme.colors().selection))
    form.setForeground(QColor(theme.colors().text))
    return [_range(min(selection), max(selection), form)]


def _found(places: Sequence[tuple[int, int]]) -> list[QTextLayout.FormatRange]:
    form = QTextCharFormat()
    colors = theme.colors()
    form.setBackground(QColor(theme.mix(colors.ground, colors.warning, 0.45)))
    form.setForeground(QColor(colors.text))
    return [_range(start, end, form) for start, end in places]


def _range(start: int, end: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start = start
    found.length = end - start
    found.format = form
    return found


def _italic(font: QFont) -> QFont:
    font.setItalic(True)
    return font
