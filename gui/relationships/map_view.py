"""The canvas of the relationship map: drag people, draw arrows from one to another, zoom, go about by keys."""

import math
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from gui import theme
from gui.relationships.map_items import SIDE, ArrowItem, PersonItem
from gui.widgets.portrait import Face, PictureCache
from models.relationship import Relationship

RING = 220.0
"""Least radius of the ring that people first stand in."""
APART = 130.0
ZOOM_STEP, MIN_ZOOM, MAX_ZOOM = 1.15, 0.2, 3.0
_ARROW_KEYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class MapView(QGraphicsView):
    """People and what they are to each other."""

    edge_chosen = Signal(str, str)
    """Whose view, and of whom; both empty: none."""
    person_chosen = Signal(str)
    person_opened = Signal(str)
    moved = Signal(dict)
    """Character id -> [x, y] of everybody, after one was dragged."""

    def __init__(self, pictures: PictureCache) -> None:
        super().__init__()
        self._pictures = pictures
        self._people: dict[str, PersonItem] = {}
        self._drawing: tuple[str, QPointF] | None = None
        """From whom an arrow is drawn, by id, and where it ends now."""
        self._waiting: Callable[[], None] | None = None
        """Shows the news that came while a person was dragged."""
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setAccessibleName(self.tr("Relationship map"))
        self.scene().selectionChanged.connect(self._on_selection)
        theme.notifier.theme_changed.connect(self._repaint)
        self._repaint()

    @property
    def arrows(self) -> list[ArrowItem]:
        """All arrows."""
        return [item for item in self.scene().items() if isinstance(item, ArrowItem)]

    @property
    def people(self) -> Mapping[str, PersonItem]:
        """Everybody, by id."""
        return self._people

    def show_people(
        self, faces: Mapping[str, Face], edges: Sequence[Relationship], places: Mapping[str, Sequence[float]]
    ) -> None:
        """Shows everybody at the places kept; others stand in a ring. While a person is dragged, that waits."""
        if isinstance(self.scene().mouseGrabberItem(), PersonItem):
            self._waiting = lambda: self.show_people(faces, edges, {**places, **self._places()})
            return
        self._waiting = None
        if self._drawing is not None and self._drawing[0] not in faces:
            self._drawing = None
        chosen = next((item.pair for item in self.arrows if item.isSelected()), None)
        self.scene().blockSignals(True)
        self.scene().clear()
        self._people = {one: PersonItem(one, face, self._pictures) for one, face in faces.items()}
        ring = iter(_ring(len([one for one in faces if one not in places])))
        for one, person in self._people.items():
            person.setPos(QPointF(*places[one]) if one in places else next(ring))
            self.scene().addItem(person)
        for edge in edges:
            if edge.character_id in self._people and edge.other_id in self._people:
                arrow = ArrowItem(self._people[edge.character_id], self._people[edge.other_id], edge)
                self.scene().addItem(arrow)
                arrow.setSelected(arrow.pair == chosen)
        self.scene().blockSignals(False)
        self.scene().setSceneRect(self.scene().itemsBoundingRect().adjusted(-200, -160, 200, 160))

    def show_edge(self, character_id: str, other_id: str) -> None:
        """Marks one arrow."""
        self.scene().blockSignals(True)
        for item in self.scene().selectedItems():
            item.setSelected(False)
        for arrow in self.arrows:
            arrow.setSelected(arrow.pair == (character_id, other_id))
        self.scene().blockSignals(False)
        self.viewport().update()

    def fit(self) -> None:
        """Shows everybody, at most at full size."""
        rect = self.scene().itemsBoundingRect().adjusted(-40, -40, 40, 40)
        self.resetTransform()
        if rect.width() > self.viewport().width() or rect.height() > self.viewport().height():
            self.fitInView(rect, Qt.AspectRatioMode.KeepAspectRatio)
        self.centerOn(rect.center())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the cursor."""
        self.zoom(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP)

    def zoom(self, factor: float) -> None:
        """Makes everything larger or smaller."""
        if MIN_ZOOM <= self.transform().m11() * factor <= MAX_ZOOM:
            self.scale(factor, factor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With the right button, or with Shift, an arrow is drawn from a person."""
        person = self._person_at(event.position().toPoint())
        draws = event.button() == Qt.MouseButton.RightButton or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if person is not None and draws:
            self._drawing = (person.character_id, self.mapToScene(event.position().toPoint()))
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draws the arrow along."""
        if self._drawing is not None:
            self._drawing = (self._drawing[0], self.mapToScene(event.position().toPoint()))
            self.viewport().update()
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends the arrow on a person, or keeps where people were put."""
        if self._drawing is not None:
            source_id, self._drawing = self._drawing[0], None
            target = self._person_at(event.position().toPoint())
            if target is not None and target.character_id != source_id:
                self.edge_chosen.emit(source_id, target.character_id)
            self.viewport().update()
            return
        super().mouseReleaseEvent(event)
        self.moved.emit(self._places())
        if self._waiting is not None:
            self._waiting()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens a person in the editor."""
        person = self._person_at(event.position().toPoint())
        if person is not None:
            self.person_opened.emit(person.character_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go to the next person that way, Enter opens one, + and - zoom."""
        key = Qt.Key(event.key())
        if key in _ARROW_KEYS and not event.modifiers():
            self._step(_ARROW_KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (person := self._chosen_person()) is not None:
            self.person_opened.emit(person.character_id)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(ZOOM_STEP if key == Qt.Key.Key_Plus else 1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:  # type: ignore[override]
        """Paints the arrow that is being drawn."""
        if self._drawing is not None:
            painter.setPen(QPen(QColor(theme.colors().accent), 2, Qt.PenStyle.DashLine))
            painter.drawLine(self._people[self._drawing[0]].pos(), self._drawing[1])

    def _places(self) -> dict[str, list[float]]:
        return {one: [person.x(), person.y()] for one, person in self._people.items()}

    def _step(self, way: QPointF) -> None:
        """Chooses the nearest person that lies more this way than another."""
        now = self._chosen_person()
        if now is None:
            target = next(iter(self._people.values()), None)
        else:
            offsets = {one: one.pos() - now.pos() for one in self._people.values() if one is not now}
            ahead = {
                one: offset
                for one, offset in offsets.items()
                if QPointF.dotProduct(offset, way) > 0.5 * math.hypot(offset.x(), offset.y())
            }
            target = min(ahead, key=lambda one: math.hypot(ahead[one].x(), ahead[one].y()), default=None)
        if target is not None:
            self.scene().clearSelection()
            target.setSelected(True)
            self.ensureVisible(target)

    def _chosen_person(self) -> PersonItem | None:
        return next((item for item in self.scene().selectedItems() if isinstance(item, PersonItem)), None)

    def _person_at(self, point: object) -> PersonItem | None:
        items = self.items(point)  # type: ignore[call-overload]
        return next((item for item in items if isinstance(item, PersonItem)), None)

    def _on_selection(self) -> None:
        chosen = self.scene().selectedItems()
        arrow = next((item for item in chosen if isinstance(item, ArrowItem)), None)
        person = next((item for item in chosen if isinstance(item, PersonItem)), None)
        if arrow is not None:
            self.edge_chosen.emit(*arrow.pair)
        elif person is not None:
            self.person_chosen.emit(person.character_id)

    def _repaint(self) -> None:
        self.setBackgroundBrush(QColor(theme.colors().ground))
        self.viewport().update()


def _ring(count: int) -> list[QPointF]:
    """Places for people on a circle with room between them, the first at the top."""
    radius = max(RING, count * (SIDE + APART) / (2 * math.pi))
    turns = [2 * math.pi * place / max(count, 1) - math.pi / 2 for place in range(count)]
    return [QPointF(radius * math.cos(turn), radius * 0.8 * math.sin(turn)) for turn in turns]
