"""Paints the canvas: the grid, links, cards, and what is being done to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from gui import theme
from gui.scenarios.beats.card import PORT_PX, paint_frame
from gui.scenarios.beats.card_pixmaps import CardPixmaps
from gui.scenarios.beats.curves import Curve
from gui.scenarios.beats.scene import Scene, ports_of
from gui.scenarios.beats.viewport import Viewport

GRID_STEP_PX = 24
WORDS_FROM_SCALE = 0.55
SMOOTH_FROM_SCALE = 0.2
_WORDS_PX = 10


@dataclass(slots=True)
class Highlight:
    """What stands out of the scene."""

    beats: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    current: str = ""
    """The beat that keys act on."""
    with_ports: set[str] = field(default_factory=set)
    target: str = ""
    """The beat that a link would lead to."""
    has_focus: bool = False


class ScenePainter:
    """Paints a scene as a viewport sees it."""

    def __init__(self) -> None:
        self.cards = CardPixmaps()
        self._dots: tuple[tuple[int, float, str], QPixmap] | None = None

    def paint_ground(self, painter: QPainter, view: Viewport, size: QSize, ratio: float) -> None:
        """Paints the ground with its dots."""
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(theme.colors().ground))
        step = GRID_STEP_PX * view.scale
        while step < 14:
            step *= 4
        tile = self._tile(step * ratio, ratio)
        offset = view.to_widget(QPointF(0, 0))
        side = tile.width() / ratio
        painter.drawTiledPixmap(
            QRectF(0, 0, size.width(), size.height()), tile, QPointF(-offset.x() % side, -offset.y() % side)
        )

    def paint_links(
        self, painter: QPainter, scene: Scene, view: Viewport, size: QSize, only: Collection[str], lit: Highlight
    ) -> None:
        """Paints some links, those that are lit on top."""
        seen = view.seen(QSizeF(size))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, view.scale >= SMOOTH_FROM_SCALE)
        painter.scale(view.scale, view.scale)
        painter.translate(-view.origin)
        width = max(1.6, 1.0 / view.scale)
        shown = [(key, scene.curve(key)) for key in only]
        groups: dict[str, list[tuple[Curve, str]]] = {"plain": [], "marked": [], "lit": []}
        for key, curve in shown:
            if curve.bounds.intersects(seen):
                arrow = scene.arrows[key]
                group = "lit" if key in lit.links else "marked" if arrow.is_marked else "plain"
                groups[group].append((curve, arrow.words))
        colors = theme.colors()
        for group, color, factor in (
            ("plain", theme.mix(colors.ground, colors.dim, 0.62), 1.0),
            ("marked", colors.warning, 1.0),
            ("lit", colors.accent, 1.5),
        ):
            curves = [curve for curve, _words in groups[group]]
            _paint_curves(painter, curves, QColor(color), width * factor, dashed=group == "marked")
            if view.scale >= WORDS_FROM_SCALE:
                for curve, words in groups[group]:
                    if words:
                        _paint_words(painter, curve, words, QColor(color))
        painter.restore()

    def paint_cards(
        self, painter: QPainter, scene: Scene, view: Viewport, size: QSize, ratio: float, only: Collection[str]
    ) -> None:
        """Paints some cards."""
        seen, scale = view.seen(QSizeF(size)), view.scale
        for key in only:
            card = scene.cards[key]
            if card.intersects(seen):
                self.cards.draw(painter, scene.faces[key], view.to_widget(card.topLeft()), scale, ratio)

    def paint_highlight(self, painter: QPainter, scene: Scene, view: Viewport, size: QSize, lit: Highlight) -> None:
        """Paints frames around what is selected and current, and the ports."""
        seen, colors = view.seen(QSizeF(size)), theme.colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(view.scale, view.scale)
        painter.translate(-view.origin)
        thin = max(1.0, 1.0 / view.scale)
        for key in lit.beats | {lit.current, lit.target} - {""}:
            card = scene.cards.get(key)
            if card is None or not card.intersects(seen):
                continue
            painter.save()
            painter.translate(card.topLeft())
            if key in lit.beats or key == lit.target:
                paint_frame(painter, card.height(), colors.accent, thin * (2.4 if key == lit.target else 1.8))
            if key == lit.current and lit.has_focus:
                _paint_focus(painter, card, thin)
            painter.restore()
        for key in lit.with_ports & scene.cards.keys():
            paint_ports(painter, scene.cards[key])
        painter.restore()

    def _tile(self, step: float, ratio: float) -> QPixmap:
        """A piece of the ground: as many dots as make it a whole number of pixels wide."""
        n_dots = min(range(1, 9), key=lambda count: abs(count * step - round(count * step)))
        key = (round(n_dots * step), ratio, theme.colors().name)
        if self._dots is None or self._dots[0] != key:
            tile = QPixmap(key[0], key[0])
            tile.fill(QColor(0, 0, 0, 0))
            painter = QPainter(tile)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.mix(theme.colors().ground, theme.colors().dim, 0.30)))
            radius, gap = 0.8 * ratio, key[0] / n_dots
            for row in range(n_dots):
                for column in range(n_dots):
                    painter.drawEllipse(QPointF((column + 0.5) * gap, (row + 0.5) * gap), radius, radius)
            painter.end()
            tile.setDevicePixelRatio(ratio)
            self._dots = (key, tile)
        return self._dots[1]


def paint_curve(painter: QPainter, curve: Curve, color: QColor, width: float) -> None:
    """Paints one link."""
    _paint_curves(painter, [curve], color, width)


def _paint_curves(
    painter: QPainter, curves: Sequence[Curve], color: QColor, width: float, *, dashed: bool = False
) -> None:
    pen = QPen(color, width)
    if dashed:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for curve in curves:
        painter.drawPath(curve.path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for curve in curves:
        painter.drawPolygon(curve.arrow)


def paint_ports(painter: QPainter, card: QRectF) -> None:
    """Paints what links are drawn from."""
    painter.setPen(QPen(QColor(theme.colors().accent), 1.4))
    painter.setBrush(QColor(theme.colors().ground))
    for port in ports_of(card):
        painter.drawEllipse(port, PORT_PX, PORT_PX)


def paint_guides(
    painter: QPainter, view: Viewport, size: QSize, verticals: Collection[float], horizontals: Collection[float]
) -> None:
    """Paints the lines that a dragged card is in line with."""
    painter.setPen(QPen(QColor(theme.colors().accent), 1, Qt.PenStyle.DashLine))
    for x in verticals:
        place = view.to_widget(QPointF(x, 0)).x()
        painter.drawLine(QLineF(place, 0, place, size.height()))
    for y in horizontals:
        place = view.to_widget(QPointF(0, y)).y()
        painter.drawLine(QLineF(0, place, size.width(), place))


def paint_band(painter: QPainter, band: QRectF) -> None:
    """Paints the box that selects what it touches."""
    color = QColor(theme.colors().accent)
    painter.setPen(QPen(color, 1))
    color.setAlpha(34)
    painter.setBrush(color)
    painter.drawRect(band)


def _paint_focus(painter: QPainter, card: QRectF, thin: float) -> None:
    """A second frame around the card that keys act on."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.colors().text), thin))
    painter.drawRoundedRect(QRectF(-3.5, -3.5, card.width() + 7, card.height() + 7), 11, 11)


def _paint_words(painter: QPainter, curve: Curve, words: str, color: QColor) -> None:
    font = QFont(theme.FAMILY)
    font.setPixelSize(_WORDS_PX)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, curve.room - 12)
    width = metrics.horizontalAdvance(text) + 12
    middle = curve.middle
    pill = QRectF(middle.x() - width / 2, middle.y() - 8, width, 16)
    painter.setPen(QPen(color, 0.8))
    painter.setBrush(QColor(theme.colors().ground))
    painter.drawRoundedRect(pill, 8, 8)
    painter.setPen(QColor(theme.colors().text))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
