"""What the mouse is doing on the canvas: dragging cards, drawing a box, pulling a link, or moving the canvas itself."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from gui import theme
from gui.scenarios.beats.curves import make_loose_curve
from gui.scenarios.beats.scene_painter import paint_band, paint_curve, paint_guides
from gui.scenarios.beats.snapping import Snap, Snapper, snap_to_grid

if TYPE_CHECKING:
    from gui.scenarios.beats.canvas import BeatCanvas

PULL_PX = 7
"""How far, in pixels of the widget, a card lets itself be drawn into line with another."""
START_PX = 3
"""A press moves nothing until the pointer has gone this far."""


class Gesture:
    """From the press of a button to its release. Places are those of the widget."""

    cursor = Qt.CursorShape.ArrowCursor
    moves_view_at_edges = False

    def __init__(self, canvas: "BeatCanvas", start: QPointF) -> None:
        self.canvas = canvas
        self.start = start
        self.last = start
        self.has_begun = False

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer is somewhere else."""
        if not self.has_begun and (place - self.start).manhattanLength() < START_PX:
            return
        self.has_begun = True
        self.last = place
        self.follow(place, modifiers)
        self.canvas.update()

    def follow(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Does what the gesture is for."""

    def finish(self) -> None:
        """The button was released."""

    def cancel(self) -> None:
        """Escape was pressed: all is as it was."""

    def paint(self, painter: QPainter, size: QSize) -> None:
        """Paints what belongs to the gesture, over everything."""


class Pan(Gesture):
    """Moves the canvas."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def follow(self, place: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Keeps what was pressed under the pointer."""
        self.canvas.view.pan(place - self._at)
        self._at = place
        self.canvas.note_view_changed()

    def __init__(self, canvas: "BeatCanvas", start: QPointF) -> None:
        super().__init__(canvas, start)
        self._at = start


class DragCards(Gesture):
    """Moves the selected cards together; the one that was pressed snaps."""

    cursor = Qt.CursorShape.SizeAllCursor
    moves_view_at_edges = True

    def __init__(self, canvas: "BeatCanvas", start: QPointF, pressed: str) -> None:
        super().__init__(canvas, start)
        self.pressed = pressed
        self.on_click = ""
        """The card that alone is selected when nothing was dragged."""
        self._grip = canvas.view.to_scene(start)
        self._snap = Snap(0, 0)
        self._snapper: Snapper | None = None
        self._before: dict[str, QPointF] = {}

    @property
    def moving(self) -> set[str]:
        """The cards that are being dragged."""
        return set(self._before)

    def follow(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Puts the cards where the pointer holds them, on the grid or in line; Ctrl lets them go anywhere."""
        scene, view = self.canvas.scene, self.canvas.view
        if self._snapper is None:
            self._begin()
        assert self._snapper is not None
        way = view.to_scene(place) - self._grip
        card, corner = scene.cards[self.pressed], self._before[self.pressed] + way
        box = (corner.x(), corner.y(), card.width(), card.height())
        is_free = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        self._snap = Snap(0, 0) if is_free else self._snapper.snap(box, PULL_PX / view.scale)
        way += QPointF(self._snap.dx, self._snap.dy)
        scene.move({key: before + way for key, before in self._before.items()})

    def finish(self) -> None:
        """Tells where the cards are now."""
        if not self._before:
            if self.on_click:
                self.canvas.select({self.on_click}, current=self.on_click)
            return
        scene = self.canvas.scene
        places = {
            key: scene.cards[key].topLeft()
            for key, before in self._before.items()
            if scene.cards[key].topLeft() != before
        }
        self.canvas.tell_places(places)

    def cancel(self) -> None:
        """Puts the cards back."""
        self.canvas.scene.move(self._before)

    def paint(self, painter: QPainter, size: QSize) -> None:
        """Paints the lines that the pressed card is in line with."""
        if self.has_begun:
            paint_guides(painter, self.canvas.view, size, self._snap.verticals, self._snap.horizontals)

    def _begin(self) -> None:
        scene = self.canvas.scene
        self._before = {key: scene.cards[key].topLeft() for key in self.canvas.selected if key in scene.cards}
        seen = self.canvas.seen()
        others = (
            card.getRect() for key, card in scene.cards.items() if key not in self._before and card.intersects(seen)
        )
        self._snapper = Snapper(others)


class Box(Gesture):
    """Selects the cards that a box touches; with Shift beside those that were selected."""

    moves_view_at_edges = True

    def __init__(self, canvas: "BeatCanvas", start: QPointF, *, adds: bool) -> None:
        super().__init__(canvas, start)
        self._corner = canvas.view.to_scene(start)
        self._adds = adds
        self._kept = set(canvas.selected) if adds else set()

    def follow(self, place: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Selects what the box touches now."""
        self.canvas.select(self._kept | self.canvas.scene.cards_in(self._band()), tell=False)

    def finish(self) -> None:
        """A click on the empty canvas selects nothing."""
        if not self.has_begun and not self._adds:
            self.canvas.select(set())
        else:
            self.canvas.select(self.canvas.selected)

    def cancel(self) -> None:
        """Selects what was selected."""
        self.canvas.select(self._kept)

    def paint(self, painter: QPainter, _size: QSize) -> None:
        """Paints the box."""
        if self.has_begun:
            view, band = self.canvas.view, self._band()
            paint_band(painter, QRectF(view.to_widget(band.topLeft()), view.to_widget(band.bottomRight())))

    def _band(self) -> QRectF:
        return QRectF(self._corner, self.canvas.view.to_scene(self.last)).normalized()


class PullLink(Gesture):
    """Draws a link from a card to another, or to a new beat where there is none."""

    cursor = Qt.CursorShape.CrossCursor
    moves_view_at_edges = True

    def __init__(self, canvas: "BeatCanvas", start: QPointF, from_id: str) -> None:
        super().__init__(canvas, start)
        self._from_id = from_id
        self._to_id = ""

    def follow(self, place: QPointF, _modifiers: Qt.KeyboardModifier) -> None:
        """Finds the card under the pointer."""
        self._to_id = self.canvas.scene.card_at(self.canvas.view.to_scene(place))
        self.canvas.show_target(self._to_id)

    def finish(self) -> None:
        """Asks for the link."""
        self.canvas.show_target("")
        if not self.has_begun:
            return
        if self._to_id:
            self.canvas.link_requested.emit(self._from_id, self._to_id)
        else:
            place = self.canvas.view.to_scene(self.last)
            self.canvas.beat_requested.emit(QPointF(snap_to_grid(place.x()), snap_to_grid(place.y())), self._from_id)

    def cancel(self) -> None:
        """Draws nothing."""
        self.canvas.show_target("")

    def paint(self, painter: QPainter, _size: QSize) -> None:
        """Paints the link as it would be."""
        if not self.has_begun:
            return
        view = self.canvas.view
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(view.scale, view.scale)
        painter.translate(-view.origin)
        curve = make_loose_curve(self.canvas.scene.cards[self._from_id], view.to_scene(self.last))
        paint_curve(painter, curve, QColor(theme.colors().accent), 1.8)
        painter.restore()
