"""The whole canvas in small: what is in sight is framed; a click goes there."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.scenarios.beats.canvas import BeatCanvas
from gui.scenarios.beats.card import kind_color
from models.beat import BeatKind

SIZE = QSize(172, 104)
_MARGIN_PX = 8
_GAP_PX = 12


class Minimap(QWidget):
    """Lies in the lower right corner of its canvas."""

    def __init__(self, canvas: BeatCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        canvas.corner = QSizeF(SIZE) + QSizeF(2 * _GAP_PX, 2 * _GAP_PX)
        self._cards: QPixmap | None = None
        self._whole = QRectF()
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("The whole graph. Click to go there"))
        self.setAccessibleName(self.tr("Overview of the graph"))
        canvas.view_changed.connect(self.update)
        canvas.installEventFilter(self)
        theme.notifier.theme_changed.connect(self.forget)
        self._move()

    def forget(self) -> None:
        """Cards have changed: paints them again."""
        self._cards = None
        self.setVisible(len(self._canvas.scene.cards) > 1)
        self.update()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Stays in its corner."""
        if event.type() == QEvent.Type.Resize:
            self._move()
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Is no double click of the canvas."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints cards as they were last, and a frame around what is in sight."""
        if self._cards is None:
            self._cards = self._paint_cards()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._cards)
        seen = self._to_map(self._canvas.seen()).intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.setPen(QPen(QColor(theme.colors().accent), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(seen)

    def _paint_cards(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        scene, colors = self._canvas.scene, theme.colors()
        self._whole = scene.bounds().adjusted(-200, -120, 200, 120)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colors.rail)
        ground.setAlpha(225)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(colors.edge), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        for key, card in scene.cards.items():
            face = scene.faces[key]
            tone = colors.warning if face.is_marked else kind_color(face.kind)
            plain = face.kind == BeatKind.STEP and not face.is_marked
            painter.setBrush(QColor(theme.mix(colors.ground, tone, 0.55 if plain else 0.75)))
            painter.drawRect(self._to_map(card))
        painter.end()
        return picture

    def _to_map(self, part: QRectF) -> QRectF:
        scale, offset = self._scale()
        return QRectF(part.topLeft() * scale + offset, part.size() * scale)

    def _scale(self) -> tuple[float, QPointF]:
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        whole = self._whole if self._whole.isValid() else QRectF(0, 0, 1, 1)
        scale = min(room.width() / whole.width(), room.height() / whole.height())
        return scale, room.center() - whole.center() * scale

    def _go(self, place: QPointF) -> None:
        scale, offset = self._scale()
        self._canvas.center_on((place - offset) / scale)

    def _move(self) -> None:
        self.move(self._canvas.width() - self.width() - _GAP_PX, self._canvas.height() - self.height() - _GAP_PX)
