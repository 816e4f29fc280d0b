"""One beat as a card: what stands on it, how large it is, and how it is painted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gui import theme
from models.beat import Beat, BeatKind

WIDTH_PX = 200
_PAD_X, _PAD_Y = 13, 10
_TITLE_PX, _LINE_PX = 13, 11
_TITLE_HEIGHT, _LINE_HEIGHT = 19, 17
_ROUND_PX = 9
_MAX_TITLE_LINES = 2
PORT_PX = 5
"""Radius of what links are drawn from."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one colour: the name of a colour of the theme, or `#rrggbb`."""

    text: str
    color: str = "dim"


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class CardFace:
    """All that is seen of a beat."""

    kind: BeatKind
    title: str
    lines: tuple[Line, ...] = ()
    is_marked: bool = False
    """Whether the checker found something about it."""

    @property
    def height(self) -> int:
        """In pixels at 100 %; the width is always the same."""
        rows = len(_title_rows(self.title)) * _TITLE_HEIGHT + len(self.lines) * _LINE_HEIGHT
        return -(-(rows + 2 * _PAD_Y) // 8) * 8

    @property
    def words(self) -> str:
        """What a screen reader says."""
        lines = ["".join(span.text for span in line) for line in self.lines]
        return ". ".join([self.title or _unnamed(), *lines])


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role as cards name it."""

    name: str
    color_index: int | None = None
    """None while nobody plays it."""


def make_face(beat: Beat, roles: dict[str, RoleName], place: str = "", findings: Sequence[str] = ()) -> CardFace:
    """Returns what is seen of a beat.

    Args:
        place: Name of where it happens; empty: anywhere.
        findings: What the checker says about it, most important first.
    """
    first = [kind_name(beat.kind), place or _first_line(beat.text)]
    lines: list[Line] = [(Span(" · ".join(word for word in first if word)),)]
    goals = [role_id for role_id, goal in beat.goals.items() if goal.strip() and role_id in roles]
    if goals:
        lines.append(_goal_line(beat, goals, roles))
    if beat.condition.strip():
        words = _tr("when %1").replace("%1", _one_line(beat.condition))
        lines.append((Span(words, "accent"),))
    if beat.effects.strip():
        lines.append(
            (Span(_tr("then %1").replace("%1", "; ".join(filter(str.strip, beat.effects.split("\n")))), "effect"),)
        )
    lines += [(Span(finding, "warning"),) for finding in findings[:1]]
    return CardFace(beat.kind, _one_line(beat.name), tuple(lines), bool(findings))


def kind_name(kind: BeatKind) -> str:
    """Returns what people call a kind of beat."""
    return {
        BeatKind.START: _tr("start"),
        BeatKind.STEP: _tr("step"),
        BeatKind.WIN: _tr("win"),
        BeatKind.LOSE: _tr("lose"),
        BeatKind.ENDING: _tr("ending"),
        BeatKind.EVENT: _tr("event"),
    }[kind]


def kind_color(kind: BeatKind) -> str:
    """Returns the colour of a kind of beat, `#rrggbb`."""
    colors = theme.colors()
    return {
        BeatKind.START: colors.accent,
        BeatKind.STEP: theme.mix(colors.edge, colors.dim, 0.5),
        BeatKind.WIN: colors.good,
        BeatKind.LOSE: colors.fault,
        BeatKind.ENDING: theme.mix(colors.dim, colors.text, 0.5),
        BeatKind.EVENT: theme.character_color(3),
    }[kind]


def find_color(name: str) -> QColor:
    """Returns the colour of a span."""
    if name == "effect":
        return QColor(theme.character_color(1))
    return QColor(name if name.startswith("#") else getattr(theme.colors(), name))


def paint_card(painter: QPainter, face: CardFace, *, with_text: bool = True) -> None:
    """Paints a card with its top left corner at the origin, in pixels at 100 %; its border is never under one."""
    colors = theme.colors()
    tone = colors.warning if face.is_marked else kind_color(face.kind)
    is_plain = face.kind == BeatKind.STEP and not face.is_marked
    rect = QRectF(0.5, 0.5, WIDTH_PX - 1, face.height - 1)
    painter.setBrush(QColor(colors.card if is_plain else theme.mix(colors.card, tone, 0.09)))
    width = max(1.0, 1.0 / max(painter.worldTransform().m11(), 0.01))
    border = QPen(QColor(tone if is_plain else theme.mix(colors.card, tone, 0.6)), width)
    if face.is_marked:
        border.setStyle(Qt.PenStyle.CustomDashLine)
        border.setDashPattern([4, 3])
    elif face.kind == BeatKind.EVENT:
        border.setStyle(Qt.PenStyle.CustomDashLine)
        border.setDashPattern([1, 2])
    painter.setPen(border)
    painter.drawRoundedRect(rect, _ROUND_PX, _ROUND_PX)
    if with_text:
        _paint_text(painter, face)


def paint_frame(painter: QPainter, height: float, color: str, width: float) -> None:
    """Paints a frame around a card: it is selected, or current."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(color), width))
    painter.drawRoundedRect(QRectF(0.5, 0.5, WIDTH_PX - 1, height - 1), _ROUND_PX, _ROUND_PX)


def _paint_text(painter: QPainter, face: CardFace) -> None:
    font, small = _fonts()
    painter.setFont(font)
    painter.setPen(QColor(theme.colors().text if face.title else theme.colors().dim))
    y = float(_PAD_Y)
    for row in _title_rows(face.title):
        painter.drawText(QPointF(_PAD_X, y + 14), row)
        y += _TITLE_HEIGHT
    painter.setFont(small)
    metrics = QFontMetricsF(small)
    for line in face.lines:
        x = float(_PAD_X)
        for span in line:
            room = WIDTH_PX - _PAD_X - x
            if room < 8:
                break
            text = metrics.elidedText(span.text, Qt.TextElideMode.ElideRight, room)
            painter.setPen(find_color(span.color))
            painter.drawText(QPointF(x, y + 13), text)
            x += metrics.horizontalAdvance(text)
        y += _LINE_HEIGHT


@lru_cache(maxsize=20_000)
def _title_rows(title: str) -> tuple[str, ...]:
    """Breaks a title into at most two rows that fit."""
    font, _small = _fonts()
    metrics, room = QFontMetricsF(font), WIDTH_PX - 2 * _PAD_X
    text = title or _unnamed()
    if metrics.horizontalAdvance(text) <= room:
        return (text,)
    words, row = text.split(), ""
    while words and metrics.horizontalAdvance(f"{row} {words[0]}".strip()) <= room:
        row = f"{row} {words.pop(0)}".strip()
    rest = " ".join(words) if row else text
    rows = [row, rest] if row else [rest]
    return tuple(metrics.elidedText(one, Qt.TextElideMode.ElideRight, room) for one in rows[:_MAX_TITLE_LINES])


@cache
def _fonts() -> tuple[QFont, QFont]:
    """The scale of the text is that of the whole canvas: cards are laid out at 100 %."""
    title, small = QFont(theme.FAMILY), QFont(theme.FAMILY)
    title.setPixelSize(_TITLE_PX)
    title.setWeight(QFont.Weight.DemiBold)
    small.setPixelSize(_LINE_PX)
    return title, small


def _goal_line(beat: Beat, role_ids: Sequence[str], roles: dict[str, RoleName]) -> Line:
    spans: list[Span] = []
    for role_id in role_ids:
        role = roles[role_id]
        color = theme.character_color(role.color_index) if role.color_index is not None else "dim"
        spans += [Span(" · "), Span(role.name, color)] if spans else [Span(role.name, color)]
    if len(role_ids) == 1:
        spans.append(Span(": " + _one_line(beat.goals[role_ids[0]])))
    return tuple(spans)


def _first_line(text: str) -> str:
    return _one_line(text[:200])


def _one_line(text: str) -> str:
    return " ".join(text[:400].split())


def _unnamed() -> str:
    return _tr("Unnamed beat")


def _tr(text: str) -> str:
    return QCoreApplication.translate("BeatCard", text)
