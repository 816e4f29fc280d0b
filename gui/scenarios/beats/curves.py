"""The curves of links: from which side of a card to which side of another, with an arrowhead and a place for words."""

from dataclasses import dataclass
from math import atan2, cos, pi, sin

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF

ARROW_PX = 8
MIN_WORDS_PX, MAX_WORDS_PX = 48, 160
_SPREAD_PX = 10
_REACH_PX = 14
"""How near to a curve a click must be, across both sides."""


@dataclass(slots=True)
class Curve:
    """A drawn link, in pixels at 100 %."""

    path: QPainterPath
    arrow: QPolygonF
    middle: QPointF
    bounds: QRectF
    room: float
    """How wide words on it may be."""
    _near: QPainterPath | None = None

    def is_near(self, place: QPointF) -> bool:
        """Returns whether a click there means this link."""
        if not self.bounds.contains(place):
            return False
        if self._near is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(_REACH_PX)
            self._near = stroker.createStroke(self.path)
        return self._near.contains(place)


def make_curve(source: QRectF, target: QRectF, shift: float = 0.0) -> Curve:
    """Draws a link between two cards, `shift` steps beside the middle of their sides."""
    if source == target:
        return _loop(source, shift)
    start, out, end, into = _find_ends(source, target, shift * _SPREAD_PX)
    return _bend(start, out, end, into)


def make_loose_curve(source: QRectF, end: QPointF) -> Curve:
    """Draws a link that is being pulled from a card to the pointer."""
    target = QRectF(end.x(), end.y(), 0.1, 0.1)
    start, out, _end, into = _find_ends(source, target, 0.0)
    return _bend(start, out, end, into)


def _find_ends(source: QRectF, target: QRectF, shift: float) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """Returns where the curve begins and ends, and the direction in which it leaves each card."""
    one, other = source.center(), target.center()
    if target.left() >= source.right() + 16:
        sides = (source.right(), one.y() + shift, 1, 0), (target.left(), other.y() + shift, -1, 0)
    elif target.top() >= source.bottom() + 8:
        sides = (one.x() + shift, source.bottom(), 0, 1), (other.x() + shift, target.top(), 0, -1)
    elif target.bottom() <= source.top() - 8:
        sides = (one.x() + shift, source.top(), 0, -1), (other.x() + shift, target.bottom(), 0, 1)
    else:
        sides = (source.left(), one.y() + shift, -1, 0), (target.right(), other.y() + shift, 1, 0)
    (x, y, out_x, out_y), (to_x, to_y, in_x, in_y) = sides
    return QPointF(x, y), QPointF(out_x, out_y), QPointF(to_x, to_y), QPointF(in_x, in_y)


def _bend(start: QPointF, out: QPointF, end: QPointF, into: QPointF) -> Curve:
    span = end - start
    along = abs(span.x()) if out.y() == 0 else abs(span.y())
    pull = min(160.0, max(28.0, along / 2))
    tip = QPointF(end)
    base = end + into * ARROW_PX
    path = QPainterPath(start)
    one, other = start + out * pull, base + into * pull
    path.cubicTo(one, other, base)
    middle = (start + one * 3 + other * 3 + base) / 8
    room = MAX_WORDS_PX if out.y() else min(MAX_WORDS_PX, max(MIN_WORDS_PX, along - 12))
    return Curve(path, _arrow(base, tip), middle, _bounds(path), room)


def _loop(card: QRectF, shift: float) -> Curve:
    start = QPointF(card.right() - 40, card.top())
    end = QPointF(card.right(), card.top() + 22)
    path = QPainterPath(start)
    rise = 44 + 12 * shift
    base = end + QPointF(ARROW_PX, 0)
    path.cubicTo(start + QPointF(0, -rise), base + QPointF(rise, 0), base)
    return Curve(path, _arrow(base, end), path.pointAtPercent(0.5), _bounds(path), MAX_WORDS_PX)


def _arrow(base: QPointF, tip: QPointF) -> QPolygonF:
    angle = atan2(tip.y() - base.y(), tip.x() - base.x())
    wings = [
        base + QPointF(cos(angle + side * pi / 2), sin(angle + side * pi / 2)) * (ARROW_PX * 0.45) for side in (1, -1)
    ]
    return QPolygonF([tip, *wings])


def _bounds(path: QPainterPath) -> QRectF:
    return path.controlPointRect().adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX)
