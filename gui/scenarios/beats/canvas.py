"""The canvas of beats: painted by itself, driven by mouse and keyboard. It asks for changes and keeps none.

Knows cards and arrows, not rows: `gui.scenarios.beats.editor` says what is shown and does what is asked for.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.scenarios.beats.card import CardFace
from gui.scenarios.beats.gestures import Box, DragCards, Gesture, Pan, PullLink
from gui.scenarios.beats.graph import Graph
from gui.scenarios.beats.scene import Arrow, Scene
from gui.scenarios.beats.scene_painter import Highlight, ScenePainter
from gui.scenarios.beats.snapping import GRID_PX, snap_to_grid
from gui.scenarios.beats.viewport import FIT_MARGIN_PX, STEP, Viewport
from gui.scenarios.beats.walking import Way, step_from

NUDGE_MS = 400
"""Nudges with less than this between them are one step of undo."""
LEAST_OPENING_ZOOM = 0.5
"""A graph that needs less is opened where it starts, and can be read."""
EDGE_PX = 28
EDGE_SPEED_PX = 14
_SLACK_PX = 4
_SHIFT_AND_KEYPAD = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_WAYS = {Qt.Key.Key_Left: Way.LEFT, Qt.Key.Key_Right: Way.RIGHT, Qt.Key.Key_Up: Way.UP, Qt.Key.Key_Down: Way.DOWN}


class BeatCanvas(QWidget):
    """Shows a graph of beats."""

    selection_changed = Signal()
    places_changed = Signal(dict)
    """Beat id -> (x, y): cards were dragged or nudged."""
    link_requested = Signal(str, str)
    """A link from one beat to another is wanted."""
    beat_requested = Signal(QPointF, str)
    """A beat is wanted at a place; linked from another, or from none when its id is empty."""
    name_requested = Signal()
    """The current beat is to be named."""
    menu_requested = Signal(QPoint)
    """A menu is wanted at a place of the screen, for what is selected."""
    view_changed = Signal()
    linking_changed = Signal(str)
    """With the keyboard a link is being drawn from this beat; empty: no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.view = Viewport()
        self.graph = Graph()
        self.lit = Highlight()
        self.linking_from = ""
        self._painter = ScenePainter()
        self._gesture: Gesture | None = None
        self._still: QPixmap | None = None
        self._is_space_held = False
        self._nudged: dict[str, QPointF] = {}
        self._was_fit = False
        self._opened_at: tuple[float, QPointF] | None = None
        """Zoom and origin as everything was brought into sight; None: a person has begun to work since."""
        self.corner = QSizeF()
        """What lies over the lower right corner: nothing is fitted below it."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(200, 160)
        self.setAccessibleName(self.tr("Graph of beats"))
        self._nudges = self._timer(NUDGE_MS)
        self._nudges.timeout.connect(self.flush)
        self._edges = self._timer(16, single=False)
        self._edges.timeout.connect(self._move_at_edge)
        self._behind = self._timer(0)
        self._behind.timeout.connect(self.update)
        theme.notifier.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # What is shown

    def show_graph(
        self, graph: Graph, faces: Mapping[str, CardFace], arrows: Mapping[str, Arrow], *, anew: bool = False
    ) -> None:
        """Shows a graph.

        Args:
            anew: Another scenario: nothing is selected, and all of it is brought into sight.
        """
        held = self._held_places()
        places = {key: held.get(key, QPointF(beat.x, beat.y)) for key, beat in graph.beats.items()}
        self.graph = graph
        self.scene.show(faces, places, arrows)
        self._still = None
        if anew:
            self._cancel_all()
            self.lit.beats, self.lit.links, self.lit.current = set(), set(), graph.start_id()
            self._was_fit, self._opened_at = False, None
            self._fit_once()
            self.selection_changed.emit()
        else:
            self._drop_missing()
        self.note_view_changed()
        self._say_current()

    @property
    def selected(self) -> set[str]:
        """The beats that are selected."""
        return self.lit.beats

    @property
    def selected_links(self) -> set[str]:
        """The links that are selected."""
        return self.lit.links

    @property
    def current(self) -> str:
        """The beat that keys act on; empty: there is none."""
        return self.lit.current

    def select(self, beats: set[str], links: set[str] | None = None, current: str = "", *, tell: bool = True) -> None:
        """Selects beats and links, and nothing else."""
        self.lit.beats, self.lit.links = set(beats), set(links or ())
        if current or (beats and self.lit.current not in beats):
            self.lit.current = current or next(key for key in self.scene.cards if key in beats)
        if beats or links:
            self._opened_at = None
        self._still = None
        self.update()
        if tell:
            self._say_current()
            self.selection_changed.emit()

    def show_beat(self, beat_id: str) -> None:
        """Selects a beat and brings it into sight."""
        if beat_id in self.scene.cards:
            self.select({beat_id}, current=beat_id)
            self.reveal(beat_id)

    def show_link(self, link_id: str) -> None:
        """Selects a link and brings it into sight."""
        if link_id in self.scene.arrows:
            self.select(set(), {link_id})
            self.view.reveal(self.scene.curve(link_id).bounds, QSizeF(self.size()))
            self.note_view_changed()

    def reveal(self, beat_id: str) -> None:
        """Brings a beat into sight."""
        if self.view.reveal(self.scene.cards[beat_id], QSizeF(self.size())):
            self.note_view_changed()

    def show_target(self, beat_id: str) -> None:
        """Shows where a link would lead."""
        self.lit.target = beat_id
        self.update()

    def seen(self) -> QRectF:
        """Returns the part of the canvas that is in sight."""
        return self.view.seen(QSizeF(self.size()))

    def middle(self) -> QPointF:
        """Returns the place of the canvas in the middle of the widget, on the grid."""
        middle = self.seen().center()
        return QPointF(snap_to_grid(middle.x()), snap_to_grid(middle.y()))

    # Zoom and place

    def zoom_by(self, factor: float, place: QPointF | None = None) -> None:
        """Zooms around a place of the widget; around its middle when None."""
        self.view.zoom_at(place if place is not None else QPointF(self.rect().center()), self.view.zoom * factor)
        self.note_view_changed()

    def zoom_in(self) -> None:
        """Larger."""
        self.zoom_by(STEP)

    def zoom_out(self) -> None:
        """Smaller."""
        self.zoom_by(1 / STEP)

    def zoom_reset(self) -> None:
        """At 100 %."""
        self.zoom_by(1 / self.view.zoom)

    def zoom_fit(self) -> None:
        """Shows everything."""
        if self.scene.cards:
            self.view.fit_around(self.scene.bounds(), QSizeF(self.size()), self.corner)
        else:
            self.view.zoom, self.view.origin = 1.0, QPointF(-48, -48)
        self.note_view_changed()

    def center_on(self, place: QPointF) -> None:
        """Shows a place of the canvas in the middle."""
        self.view.center_on(place, QSizeF(self.size()))
        self.note_view_changed()

    def note_view_changed(self) -> None:
        """Something else is in sight, or it looks otherwise."""
        self._still = None
        self.update()
        self.view_changed.emit()

    # Links with the keyboard

    def begin_link(self) -> None:
        """Draws a link from the current beat: arrows choose where to, Enter links, Escape leaves."""
        if self.lit.current in self.scene.cards:
            self.linking_from = self.lit.current
            self.show_target(step_from(self.linking_from, Way.RIGHT, self.graph, self.scene.boxes()))
            self.linking_changed.emit(self.linking_from)
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end_link(self, *, keeps: bool) -> None:
        """Ends `begin_link`; asks for the link when it is to be kept."""
        start, target = self.linking_from, self.lit.target
        self.linking_from = ""
        self.show_target("")
        self.linking_changed.emit("")
        if keeps and start and target:
            self.link_requested.emit(start, target)

    # What the editor is told

    def tell_places(self, places: Mapping[str, QPointF]) -> None:
        """Cards were moved."""
        self._still = None
        if places:
            self.places_changed.emit({key: (place.x(), place.y()) for key, place in places.items()})

    def flush(self) -> None:
        """Tells of nudges that were not told yet."""
        self._nudges.stop()
        nudged, self._nudged = self._nudged, {}
        self.tell_places({key: self.scene.cards[key].topLeft() for key in nudged if key in self.scene.cards})

    def nudge(self, way: Way, by: float = GRID_PX) -> None:
        """Moves the selected cards a little."""
        chosen = self.selected or ({self.current} & self.scene.cards.keys())
        step = QPointF(*way.value) * by
        for key in chosen:
            self._nudged.setdefault(key, self.scene.cards[key].topLeft())
        self.scene.move({key: self.scene.cards[key].topLeft() + step for key in chosen})
        self._still = None
        self.update()
        self._nudges.start()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints what is in sight. While cards are dragged, all that stays is painted once."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        self._painter.cards.begin_frame()
        gesture = self._gesture
        moving = gesture.moving if isinstance(gesture, DragCards) and gesture.has_begun else set()
        if moving:
            self._paint_still(painter, moving, ratio)
        else:
            self._painter.paint_ground(painter, self.view, self.size(), ratio)
        links = self.scene.touching(moving) if moving else self.scene.arrows.keys()
        cards = [key for key in self.scene.cards if key in moving] if moving else self.scene.cards
        self._painter.paint_links(painter, self.scene, self.view, self.size(), links, self.lit)
        self._painter.paint_cards(painter, self.scene, self.view, self.size(), ratio, cards)
        self._painter.paint_highlight(painter, self.scene, self.view, self.size(), self.lit)
        if gesture is not None:
            gesture.paint(painter, self.size())
        painter.end()
        if self._painter.cards.is_behind:
            self._behind.start()

    def _paint_still(self, painter: QPainter, moving: set[str], ratio: float) -> None:
        if self._still is None or self._still.deviceIndependentSize().toSize() != self.size():
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            under = QPainter(self._still)
            self._painter.paint_ground(under, self.view, self.size(), ratio)
            links = self.scene.arrows.keys() - self.scene.touching(moving)
            self._painter.paint_links(under, self.scene, self.view, self.size(), links, Highlight())
            cards = [key for key in self.scene.cards if key not in moving]
            self._painter.paint_cards(under, self.scene, self.view, self.size(), ratio, cards)
            under.end()
            if self._painter.cards.is_behind:
                painter.drawPixmap(0, 0, self._still)
                self._still = None
                return
        painter.drawPixmap(0, 0, self._still)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a gesture, or selects."""
        self.flush()
        place = event.position()
        if event.button() == Qt.MouseButton.MiddleButton or self._is_space_held:
            self._begin(Pan(self, place))
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press(place, event.modifiers())
        elif event.button() == Qt.MouseButton.RightButton:
            self._select_at(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on with a gesture, or shows what could be pressed."""
        if self._gesture is not None:
            self._gesture.move(event.position(), event.modifiers())
        else:
            self._hover(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Ends the gesture."""
        gesture, self._gesture = self._gesture, None
        self._edges.stop()
        if gesture is not None:
            gesture.finish()
            self._still = None
            self._show_cursor()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Names a beat, or makes one where there is none."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self.view.to_scene(event.position())
        if self.scene.card_at(place):
            self.name_requested.emit()
        elif not self.scene.link_at(place):
            self.beat_requested.emit(QPointF(snap_to_grid(place.x()), snap_to_grid(place.y())), "")

    def leaveEvent(self, event: QEvent) -> None:
        """Hides the ports."""
        super().leaveEvent(event)
        self.lit.with_ports = set()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms at the pointer; a touchpad moves the canvas, and so does the wheel with Shift."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        modifiers = event.modifiers()
        if modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
            way = angle.x() or angle.y()
            self._pan(QPointF(way / 2, 0))
        elif not modifiers & Qt.KeyboardModifier.ControlModifier and (not pixels.isNull() or angle.x()):
            self._pan(QPointF(pixels) if not pixels.isNull() else QPointF(angle) / 2)
        else:
            self.zoom_by(STEP ** (angle.y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Takes pinches, and the keys of its actions before the window does."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position())
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_wanted(event):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu of what is selected."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu_requested.emit(event.globalPos())
            return
        card = self.scene.cards.get(self.current)
        place = self.view.to_widget(card.bottomLeft()) if card is not None else QPointF(self.rect().center())
        self.menu_requested.emit(self.mapToGlobal(place.toPoint()))

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk and nudge, Enter names, Space holds the canvas; the rest is for the actions of the canvas."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Escape:
            self._escape(event)
        elif key in _WAYS:
            self._take_arrow(_WAYS[key], modifiers)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers:
            if self.linking_from:
                self.end_link(keeps=True)
            else:
                self._take_enter()
        elif key == Qt.Key.Key_Space and not modifiers:
            self._hold_space(held=True)
        elif zoom := self._zoom_of(event):
            zoom()
        elif action := self._action_of(event):
            self.flush()
            action.trigger()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Lets go of the canvas."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(held=False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows which beat is current."""
        super().focusInEvent(event)
        self.lit.has_focus = True
        self._say_current()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keeps nudges; shows that keys go elsewhere."""
        super().focusOutEvent(event)
        self.lit.has_focus = False
        self._hold_space(held=False)
        if self.linking_from and event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.end_link(keeps=False)
        self.flush()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows everything once the size is known."""
        super().resizeEvent(event)
        self._still = None
        self._fit_once()
        self.view_changed.emit()

    def _press(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        at = self.view.to_scene(place)
        card = self.scene.card_at(at)
        port = self.scene.port_at(at, self.lit.with_ports & self.scene.cards.keys(), _SLACK_PX / self.view.scale)
        if self.linking_from:
            self.show_target(card)
            self.end_link(keeps=bool(card))
        elif port:
            self._begin(PullLink(self, place, port))
        elif card:
            self._press_card(place, card, modifiers)
        elif link := self.scene.link_at(at):
            adds = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self.select(self.selected if adds else set(), (self.selected_links if adds else set()) ^ {link})
        else:
            self._begin(Box(self, place, adds=bool(modifiers & Qt.KeyboardModifier.ShiftModifier)))

    def _press_card(self, place: QPointF, card: str, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.select(self.selected ^ {card}, current=card)
            return
        drag = DragCards(self, place, card)
        if card in self.selected:
            drag.on_click = card
        else:
            self.select({card}, current=card)
        self._begin(drag)

    def _select_at(self, place: QPointF) -> None:
        """A right click selects what it is on, unless that is selected already."""
        at = self.view.to_scene(place)
        card = self.scene.card_at(at)
        link = "" if card else self.scene.link_at(at)
        if card and card not in self.selected:
            self.select({card}, current=card)
        elif link and link not in self.selected_links:
            self.select(set(), {link})
        elif not card and not link:
            self.select(set())

    def _begin(self, gesture: Gesture) -> None:
        self._gesture = gesture
        self._still = None
        self.setCursor(gesture.cursor)
        if gesture.moves_view_at_edges:
            self._edges.start()

    def _hover(self, place: QPointF) -> None:
        at, reach = self.view.to_scene(place), 12 / self.view.scale
        near = next(
            (
                key
                for key in reversed(self.scene.cards)
                if self.scene.cards[key].adjusted(-reach, -reach, reach, reach).contains(at)
            ),
            "",
        )
        ports = {near} - {""}
        if ports != self.lit.with_ports:
            self.lit.with_ports = ports
            self.update()
        if self._is_space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self.scene.port_at(at, ports, _SLACK_PX / self.view.scale):
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    def _move_at_edge(self) -> None:
        """Moves the canvas while something is dragged at its edge."""
        gesture = self._gesture
        if gesture is None or not gesture.has_begun:
            return
        place, step = gesture.last, QPointF()
        if place.x() < EDGE_PX or place.x() > self.width() - EDGE_PX:
            step.setX(EDGE_SPEED_PX if place.x() < EDGE_PX else -EDGE_SPEED_PX)
        if place.y() < EDGE_PX or place.y() > self.height() - EDGE_PX:
            step.setY(EDGE_SPEED_PX if place.y() < EDGE_PX else -EDGE_SPEED_PX)
        if not step.isNull():
            self.view.pan(step)
            self.note_view_changed()
            gesture.follow(place, Qt.KeyboardModifier.NoModifier)

    def _pan(self, by: QPointF) -> None:
        self.view.pan(by)
        self.note_view_changed()

    def _is_wanted(self, event: QKeyEvent) -> bool:
        arrows = event.key() in _WAYS
        alone = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        own = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and alone
        busy = event.key() == Qt.Key.Key_Escape and (self._gesture is not None or bool(self.linking_from))
        return arrows or own or busy or self._zoom_of(event) is not None or self._action_of(event) is not None

    def _zoom_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Ctrl with +, - and 0 are the window's for its text; while the canvas has the keyboard they zoom it."""
        if event.modifiers() & ~_SHIFT_AND_KEYPAD != Qt.KeyboardModifier.ControlModifier:
            return None
        zooms = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.zoom_reset,
        }
        return zooms.get(Qt.Key(event.key()))

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        pressed = QKeySequence(event.keyCombination())
        return next((one for one in self.actions() if one.isEnabled() and pressed in one.shortcuts()), None)

    def _take_arrow(self, way: Way, modifiers: Qt.KeyboardModifier) -> None:
        if not self.scene.cards:
            return
        if modifiers & Qt.KeyboardModifier.AltModifier:
            self.nudge(way, 1 if modifiers & Qt.KeyboardModifier.ControlModifier else GRID_PX)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._pan(QPointF(*way.value) * -60)
        elif self.linking_from:
            at = self.lit.target or self.linking_from
            self.show_target(step_from(at, way, self.graph, self.scene.boxes()))
            self.reveal(self.lit.target)
            self._say(self.scene.faces[self.lit.target].words)
        elif self.current not in self.scene.cards:
            self.show_beat(self.graph.start_id())
        else:
            self._walk(way, adds=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    def _walk(self, way: Way, *, adds: bool) -> None:
        self.flush()
        if self.current not in self.selected and not adds:
            found = self.current
        else:
            found = step_from(self.current, way, self.graph, self.scene.boxes())
        self.select((self.selected if adds else set()) | {found}, current=found)
        self.reveal(found)

    def _take_enter(self) -> None:
        if self.selected_links and not self.selected:
            self.name_requested.emit()
        elif self.current in self.scene.cards:
            if self.current not in self.selected:
                self.select({self.current}, current=self.current)
            self.name_requested.emit()

    def _escape(self, event: QKeyEvent) -> None:
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            self._edges.stop()
            gesture.cancel()
            self._show_cursor()
            self._still = None
            self.update()
        elif self.linking_from:
            self.end_link(keeps=False)
        elif self.selected or self.selected_links:
            self.select(set())
        else:
            event.ignore()

    def _hold_space(self, *, held: bool) -> None:
        if held != self._is_space_held:
            self._is_space_held = held
            self._show_cursor()

    def _show_cursor(self) -> None:
        if self._gesture is not None:
            self.setCursor(self._gesture.cursor)
        elif self._is_space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def _held_places(self) -> dict[str, QPointF]:
        """Where cards are that were nudged or are being dragged: their rows do not know yet."""
        held = set(self._nudged)
        if isinstance(self._gesture, DragCards):
            held |= self._gesture.moving
        return {key: self.scene.cards[key].topLeft() for key in held if key in self.scene.cards}

    def _drop_missing(self) -> None:
        cards, arrows = self.scene.cards.keys(), self.scene.arrows.keys()
        gone = (self.lit.beats - cards) or (self.lit.links - arrows)
        if isinstance(self._gesture, DragCards) and self._gesture.moving - cards:
            self._gesture = None
        if self.linking_from and self.linking_from not in cards:
            self.end_link(keeps=False)
        self.lit.beats &= cards
        self.lit.links &= arrows
        if self.lit.current not in cards:
            self.lit.current = self.graph.start_id()
        if gone:
            self.selection_changed.emit()

    def _cancel_all(self) -> None:
        self._gesture, self._nudged = None, {}
        self._nudges.stop()
        self._edges.stop()
        if self.linking_from:
            self.end_link(keeps=False)

    def _fit_once(self) -> None:
        """Shows the graph when it and the size of the widget are first known together.

        Again while the size is still being found, or the window is made larger, as long as nobody has moved or
        selected anything; never later, so that nothing jumps under a person's hands.
        """
        now = (self.view.zoom, self.view.origin)
        if not self.isVisible() or (self._was_fit and self._opened_at != now):
            return
        self._was_fit = True
        self.zoom_fit()
        if self.view.zoom < LEAST_OPENING_ZOOM and self.scene.cards:
            self._open_at_start()
        self._opened_at = (self.view.zoom, self.view.origin) if self.scene.cards else None

    def _open_at_start(self) -> None:
        """Shows a graph that is too large to be read whole from where it starts."""
        size, whole = QSizeF(self.size()), self.scene.bounds()
        start = self.scene.cards.get(self.graph.start_id(), whole)
        self.view.zoom = LEAST_OPENING_ZOOM
        self.view.center_on(start.center(), size)
        seen, margin = self.view.seen(size), FIT_MARGIN_PX / self.view.scale
        left = max(min(start.left() - margin, whole.right() + margin - seen.width()), whole.left() - margin)
        self.view.origin = QPointF(left, self.view.origin.y())
        self.note_view_changed()

    def showEvent(self, event: QEvent) -> None:
        """Shows everything the first time."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._fit_once()

    def _say_current(self) -> None:
        """Tells a screen reader which beat is current."""
        face = self.scene.faces.get(self.current)
        self._say(face.words if face is not None else self.tr("Graph of beats, empty"))

    def _say(self, words: str) -> None:
        if words != self.accessibleName():
            self.setAccessibleName(words)
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def _on_theme_changed(self) -> None:
        self.view.text_scale = theme.text_px(100) / 100
        self.note_view_changed()

    def _timer(self, interval_ms: int, *, single: bool = True) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(single)
        timer.setInterval(interval_ms)
        return timer
