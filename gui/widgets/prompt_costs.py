"""What the parts of a prompt cost: one divided bar, and a legend with numbers."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.widgets.prompt_origins import origin_color, origin_name


class TokenBar(QWidget):
    """One bar, divided as the tokens are."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[BlockOrigin, int | None] = {}
        self._n_ctx: int | None = None
        self.setFixedHeight(10)
        self.setAccessibleName(self.tr("Tokens by origin"))
        theme.notifier.theme_changed.connect(self.update)

    def show_counts(self, counts: dict[BlockOrigin, int | None], n_ctx: int | None = None) -> None:
        """Shows tokens by origin, as shares of what the weights can hold where that is known."""
        self._counts = counts
        self._n_ctx = n_ctx
        known = [f"{origin_name(origin)} {count}" for origin, count in counts.items() if count is not None]
        self.setAccessibleDescription(", ".join(known))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the shares."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 5, 5)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(theme.colors().line))
        counts = {origin: count for origin, count in self._counts.items() if count}
        total, x = max(sum(counts.values()), self._n_ctx or 0), 0.0
        for origin, count in counts.items():
            width = self.width() * count / total
            painter.fillRect(QRectF(x, 0, max(width - 1, 1), self.height()), QColor(origin_color(origin)))
            x += width


class Legend(QWidget):
    """The origins with their tokens, wrapped to the width."""

    origin_hovered = Signal(object)
    origin_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[BlockOrigin, int | None] = {}
        self._places: list[tuple[QRectF, BlockOrigin]] = []
        self._lit: BlockOrigin | None = None
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier.theme_changed.connect(self._on_theme_changed)

    def show_counts(self, counts: dict[BlockOrigin, int | None]) -> None:
        """Shows tokens by origin."""
        if counts != self._counts:
            self._counts = counts
            self._on_theme_changed()

    def point_at(self, origin: BlockOrigin | None) -> None:
        """Lights one origin."""
        if origin != self._lit:
            self._lit = origin
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Returns True: it wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Returns the height of the wrapped entries."""
        places = self._arrange(width)
        return round(places[-1][0].bottom()) if places else 0

    def sizeHint(self) -> QSize:
        """Returns the size at its present width."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wraps again."""
        super().resizeEvent(event)
        self._places = self._arrange(self.width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints a dot, a name and a number for each origin."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(12))
        colors = theme.colors()
        for place, origin in self._places:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(origin_color(origin)))
            painter.drawEllipse(QRectF(place.left(), place.center().y() - 4, 8, 8))
            painter.setPen(QColor(colors.text if origin == self._lit else colors.dim))
            painter.drawText(place.adjusted(13, 0, 20, 0), Qt.AlignmentFlag.AlignVCenter, self._entry(origin))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Points at the origin under the mouse."""
        origin = self._origin_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if origin else Qt.CursorShape.ArrowCursor)
        if origin != self._lit:
            self.origin_hovered.emit(origin)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Goes to where the origin comes from."""
        origin = self._origin_at(event.position())
        if origin is not None:
            self.origin_chosen.emit(origin)

    def leaveEvent(self, event: QEvent) -> None:
        """Points at nothing any more."""
        super().leaveEvent(event)
        self.origin_hovered.emit(None)

    def _origin_at(self, position: QPointF) -> BlockOrigin | None:
        return next((origin for place, origin in self._places if place.contains(position)), None)

    def _entry(self, origin: BlockOrigin) -> str:
        count = self._counts.get(origin)
        return origin_name(origin) if count is None else f"{origin_name(origin)} {count:,}"

    def _arrange(self, width: int) -> list[tuple[QRectF, BlockOrigin]]:
        metrics = QFontMetricsF(theme.ui_font(12))
        places, x, y = [], 0.0, 0.0
        height = metrics.height() + 4
        for origin in self._counts:
            entry_width = 13 + metrics.horizontalAdvance(self._entry(origin))
            if x and x + entry_width > width:
                x, y = 0.0, y + height
            places.append((QRectF(x, y, entry_width, height), origin))
            x += entry_width + 14
        return places

    def _on_theme_changed(self) -> None:
        self._places = self._arrange(self.width())
        self.updateGeometry()
        self.update()
