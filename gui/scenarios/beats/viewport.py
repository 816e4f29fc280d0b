"""Which part of the canvas is seen, and how large. Knows no widget."""

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSizeF

MIN_ZOOM, MAX_ZOOM = 0.08, 3.0
STEP = 1.2
FIT_MARGIN_PX = 48


@dataclass(slots=True)
class Viewport:
    """`zoom` is 1 at 100 %; `origin` is the place of the canvas in the top left corner of the widget."""

    zoom: float = 1.0
    origin: QPointF = field(default_factory=lambda: QPointF(-FIT_MARGIN_PX, -FIT_MARGIN_PX))
    text_scale: float = 1.0
    """The text size of the app: everything on the canvas grows with it."""

    @property
    def scale(self) -> float:
        """Pixels of the widget per pixel of the canvas."""
        return self.zoom * self.text_scale

    def to_scene(self, place: QPointF) -> QPointF:
        """Returns where a place of the widget is on the canvas."""
        return self.origin + place / self.scale

    def to_widget(self, place: QPointF) -> QPointF:
        """Returns where a place of the canvas is in the widget."""
        return (place - self.origin) * self.scale

    def seen(self, size: QSizeF) -> QRectF:
        """Returns the part of the canvas that a widget of this size shows."""
        return QRectF(self.origin, size / self.scale)

    def zoom_at(self, place: QPointF, zoom: float) -> None:
        """Zooms; what is under a place of the widget stays there."""
        fixed = self.to_scene(place)
        self.zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        self.origin = fixed - place / self.scale

    def pan(self, by: QPointF) -> None:
        """Moves what is seen by pixels of the widget."""
        self.origin = self.origin - by / self.scale

    def center_on(self, place: QPointF, size: QSizeF) -> None:
        """Shows a place of the canvas in the middle."""
        self.origin = place - QPointF(size.width(), size.height()) / (2 * self.scale)

    def fit(self, part: QRectF, size: QSizeF, largest: float = 1.0) -> None:
        """Shows a part of the canvas as large as it fits, up to `largest`."""
        room_x, room_y = (max(side - 2 * FIT_MARGIN_PX, 40.0) for side in (size.width(), size.height()))
        wanted = min(room_x / max(part.width(), 1.0), room_y / max(part.height(), 1.0)) / self.text_scale
        self.zoom = min(max(wanted, MIN_ZOOM), largest)
        self.center_on(part.center(), size)

    def fit_around(self, part: QRectF, size: QSizeF, corner: QSizeF) -> None:
        """Fits a part beside or above the lower right corner of the widget, whichever leaves it larger.

        Args:
            corner: What lies over that corner, in pixels of the widget.
        """
        self.fit(part, size)
        shown = QRectF(self.to_widget(part.topLeft()), part.size() * self.scale)
        over = QRectF(size.width() - corner.width(), size.height() - corner.height(), corner.width(), corner.height())
        if corner.isEmpty() or not shown.intersects(over):
            return
        rooms = (
            QSizeF(size.width(), size.height() - corner.height()),
            QSizeF(size.width() - corner.width(), size.height()),
        )
        views = [Viewport(text_scale=self.text_scale) for _room in rooms]
        for view, room in zip(views, rooms, strict=True):
            view.fit(part, room)
        best = max(views, key=lambda view: view.zoom)
        self.zoom, self.origin = best.zoom, best.origin

    def reveal(self, part: QRectF, size: QSizeF) -> bool:
        """Moves as little as possible until a part is seen with room around it; returns whether it moved."""
        margin = FIT_MARGIN_PX / self.scale / 2
        wanted, seen = part.adjusted(-margin, -margin, margin, margin), self.seen(size)
        if wanted.width() > seen.width() or wanted.height() > seen.height():
            self.center_on(part.center(), size)
            return True
        dx = min(0.0, wanted.left() - seen.left()) + max(0.0, wanted.right() - seen.right())
        dy = min(0.0, wanted.top() - seen.top()) + max(0.0, wanted.bottom() - seen.bottom())
        self.origin = self.origin + QPointF(dx, dy)
        return bool(dx or dy)
