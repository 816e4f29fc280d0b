"""What lies on the relationship map: people as portraits, and arrows between them, one for each direction."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from gui import theme
from gui.widgets.portrait import Face, PictureCache, paint_face
from models.relationship import RelationshipBase

SIDE = 64
NAME_HEIGHT = 24
NAME_WIDTH = 150
BEND = 0.16
"""How far an arrow bends out, as a share of its length: the two directions lie side by side."""
GAP = 8
HEAD = 9
MAX_LABEL_CHARS = 28


class PersonItem(QGraphicsObject):
    """A character. Its place is the middle of the portrait."""

    def __init__(self, character_id: str, face: Face, pictures: PictureCache) -> None:
        super().__init__()
        self.character_id, self.face = character_id, face
        self._pictures = pictures
        self.arrows: list[ArrowItem] = []
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(face.name)
        self.setZValue(2)

    def boundingRect(self) -> QRectF:
        """The portrait and the name under it."""
        half = SIDE / 2 + 4
        return QRectF(-NAME_WIDTH / 2, -half, NAME_WIDTH, 2 * half + NAME_HEIGHT)

    def shape(self) -> QPainterPath:
        """The portrait alone can be taken hold of."""
        path = QPainterPath()
        path.addEllipse(QPointF(), SIDE / 2, SIDE / 2)
        return path

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paints the face, a ring when chosen, and the name."""
        colors = theme.colors()
        rect = QRectF(-SIDE / 2, -SIDE / 2, SIDE, SIDE)
        paint_face(painter, rect, self.face, self._pictures.find(self.face.picture), rounding=0.5)
        if self.isSelected():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors.accent), 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(rect.adjusted(-3, -3, 3, 3))
        painter.setPen(QColor(colors.text))
        painter.setFont(theme.ui_font(12))
        name = painter.fontMetrics().elidedText(self.face.name, Qt.TextElideMode.ElideRight, NAME_WIDTH)
        painter.drawText(
            QRectF(-NAME_WIDTH / 2, SIDE / 2 + 4, NAME_WIDTH, NAME_HEIGHT), Qt.AlignmentFlag.AlignHCenter, name
        )

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: object) -> object:
        """Moves the arrows along."""
        if change == QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
            for arrow in self.arrows:
                arrow.follow()
        return super().itemChange(change, value)


class ArrowItem(QGraphicsItem):
    """What one person is to another: red for distrust, green for trust, as thick as the power is great."""

    def __init__(self, source: PersonItem, target: PersonItem, edge: RelationshipBase) -> None:
        super().__init__()
        self.source, self.target, self.edge = source, target, edge
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        for person in (source, target):
            person.arrows.append(self)
        self.follow()

    @property
    def pair(self) -> tuple[str, str]:
        """Whose view it is, and of whom."""
        return self.source.character_id, self.target.character_id

    def follow(self) -> None:
        """Lays the arrow between its people anew."""
        self.prepareGeometryChange()
        start, end = self.source.pos(), self.target.pos()
        along = end - start
        length = max(math.hypot(along.x(), along.y()), 1.0)
        out = QPointF(-along.y(), along.x()) / length
        self._bend = (start + end) / 2 + out * (length * BEND + 10)
        self._path = QPainterPath(_towards(start, self._bend, SIDE / 2 + GAP))
        self._tip = _towards(end, self._bend, SIDE / 2 + GAP)
        self._path.quadTo(self._bend, self._tip)
        self._middle = self._path.pointAtPercent(0.5)

    def boundingRect(self) -> QRectF:
        """The curve, its head and its label."""
        label = QRectF(self._middle.x() - 110, self._middle.y() - 14, 220, 28)
        return self._path.boundingRect().adjusted(-HEAD, -HEAD, HEAD, HEAD).united(label)

    def shape(self) -> QPainterPath:
        """A broad band along the curve."""
        stroker = QPainterPathStroker()
        stroker.setWidth(14)
        return stroker.createStroke(self._path)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paints the curve, the head and the label."""
        color = QColor(self._color())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 1.4 + abs(self.edge.power) / 40))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(_head(self._bend, self._tip))
        self._paint_label(painter)

    def _paint_label(self, painter: QPainter) -> None:
        text = self.edge.label.strip()
        if not text:
            return
        text = text if len(text) <= MAX_LABEL_CHARS else text[: MAX_LABEL_CHARS - 1] + "…"
        painter.setFont(theme.ui_font(11))
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        rect = QRectF(self._middle.x() - width / 2, self._middle.y() - 9, width, 18)
        painter.setBrush(QColor(theme.colors().ground))
        painter.drawRoundedRect(rect, 5, 5)
        painter.setPen(QColor(theme.colors().accent if self.isSelected() else theme.colors().text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _color(self) -> str:
        colors = theme.colors()
        if self.isSelected():
            return colors.accent
        shade = colors.good if self.edge.trust > 0 else colors.fault
        return theme.mix(colors.dim, shade, min(1.0, abs(self.edge.trust) / 60)) if self.edge.trust else colors.dim


def _towards(start: QPointF, end: QPointF, distance: float) -> QPointF:
    along = end - start
    length = max(math.hypot(along.x(), along.y()), 1.0)
    return start + along / length * distance


def _head(start: QPointF, tip: QPointF) -> QPolygonF:
    along = tip - start
    angle = math.atan2(along.y(), along.x())
    sides = [tip - QPointF(math.cos(angle + turn), math.sin(angle + turn)) * HEAD * 1.5 for turn in (0.42, -0.42)]
    return QPolygonF([tip, *sides])
