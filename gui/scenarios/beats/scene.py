"""What lies on the canvas: cards with their places, and the curves between them. Knows rows only by their ids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from gui.scenarios.beats.card import PORT_PX, WIDTH_PX, CardFace
from gui.scenarios.beats.curves import Curve, make_curve
from gui.scenarios.beats.snapping import Box


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link as it is drawn."""

    from_id: str
    to_id: str
    words: str = ""
    is_marked: bool = False
    number: int = 0
    """Which of the links between the same two it is."""


class Scene:
    """The cards and curves of one graph."""

    def __init__(self) -> None:
        self.faces: dict[str, CardFace] = {}
        self.cards: dict[str, QRectF] = {}
        self.arrows: dict[str, Arrow] = {}
        self._curves: dict[str, Curve] = {}
        self._ends: dict[str, list[str]] = {}

    def show(self, faces: Mapping[str, CardFace], places: Mapping[str, QPointF], arrows: Mapping[str, Arrow]) -> None:
        """Replaces everything; curves between cards that stay are kept."""
        cards = {key: QRectF(places[key].x(), places[key].y(), WIDTH_PX, face.height) for key, face in faces.items()}
        moved = {key for key, card in cards.items() if self.cards.get(key) != card}
        stale = {
            key
            for key, arrow in self.arrows.items()
            if arrow.from_id in moved or arrow.to_id in moved or arrows.get(key) != arrow
        }
        self._curves = {key: curve for key, curve in self._curves.items() if key in arrows and key not in stale}
        self.faces, self.cards, self.arrows = dict(faces), cards, dict(arrows)
        ends = defaultdict(list)
        for key, arrow in self.arrows.items():
            ends[arrow.from_id].append(key)
            ends[arrow.to_id].append(key)
        self._ends = dict(ends)

    def move(self, places: Mapping[str, QPointF]) -> None:
        """Puts cards elsewhere."""
        for key, place in places.items():
            self.cards[key].moveTo(place)
            for link_id in self._ends.get(key, ()):
                self._curves.pop(link_id, None)

    def touching(self, beat_ids: Iterable[str]) -> set[str]:
        """Returns the links at some beats."""
        return {link_id for beat_id in beat_ids for link_id in self._ends.get(beat_id, ())}

    def curve(self, link_id: str) -> Curve:
        """Returns the curve of a link, drawn now if it was not yet."""
        found = self._curves.get(link_id)
        if found is None:
            arrow = self.arrows[link_id]
            twin = any(self.arrows[other].to_id == arrow.from_id for other in self._ends.get(arrow.to_id, ()))
            shift = arrow.number + (0.5 if twin and arrow.from_id != arrow.to_id else 0.0)
            found = make_curve(self.cards[arrow.from_id], self.cards[arrow.to_id], shift)
            self._curves[link_id] = found
        return found

    def bounds(self) -> QRectF:
        """Returns what all cards cover."""
        whole = QRectF()
        for card in self.cards.values():
            whole = whole.united(card)
        return whole

    def boxes(self, beat_ids: Iterable[str] | None = None) -> dict[str, Box]:
        """Returns left, top, width and height of cards, all or some."""
        wanted = self.cards if beat_ids is None else beat_ids
        return {key: self.cards[key].getRect() for key in wanted if key in self.cards}

    def card_at(self, place: QPointF) -> str:
        """Returns the card at a place, the one on top; empty: none."""
        return next((key for key in reversed(self.cards) if self.cards[key].contains(place)), "")

    def port_at(self, place: QPointF, among: Iterable[str], slack: float) -> str:
        """Returns the card, one of some, whose port is at a place; empty: none."""
        for key in among:
            for port in ports_of(self.cards[key]):
                span = place - port
                if span.x() ** 2 + span.y() ** 2 <= (PORT_PX + slack) ** 2:
                    return key
        return ""

    def link_at(self, place: QPointF) -> str:
        """Returns the link at a place; empty: none."""
        return next((key for key in self.arrows if self.curve(key).is_near(place)), "")

    def cards_in(self, part: QRectF) -> set[str]:
        """Returns the cards that a part of the canvas touches."""
        return {key for key, card in self.cards.items() if card.intersects(part)}


def ports_of(card: QRectF) -> tuple[QPointF, ...]:
    """Returns what links are drawn from: the middles of the sides."""
    middle = card.center()
    return (
        QPointF(card.right(), middle.y()),
        QPointF(middle.x(), card.bottom()),
        QPointF(card.left(), middle.y()),
        QPointF(middle.x(), card.top()),
    )
