"""Portraits of characters: their picture in a circle or a rounded square, or initials in their colour.

Pictures are decoded off the window's thread, bounded, and cached; until one is there its initials stand in.
"""

import io
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageOps
from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QIcon,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from core.interchange.pictures import MEDIA_TYPES, check_picture
from core.library.assets import read_asset
from core.library.characters import list_characters
from core.library.scenarios import list_roles, list_scenarios
from core.project import Project
from gui import theme
from models.character import Character

if TYPE_CHECKING:
    from gui.workspace import Workspace

CACHED_SIDE = 384
"""Pixels of a side of what is kept to paint from."""
MAX_CACHED = 256
_ROUND = 0.5
_CARD_ROUND = 0.12


@dataclass(frozen=True, slots=True)
class Face:
    """What a character looks like in a list."""

    name: str
    color_index: int = 0
    picture: str | None = None
    """SHA-256 of the portrait's asset."""


def initials(name: str) -> str:
    """Returns up to two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def find_color_indexes(project: Project, characters: Iterable[Character] | None = None) -> dict[str, int]:
    """Returns the colour of each character by its id; of all in the project unless others are given.

    A character has the colour of its place in the first scenario that casts it, as on the Stage; the
    others follow in the order in which they were made.
    """
    found: dict[str, int] = {}
    for scenario in list_scenarios(project):
        cast = [role.character_id for role in list_roles(project, scenario.id) if role.character_id]
        for place, character_id in enumerate(cast):
            found.setdefault(character_id, place)
    everybody = list_characters(project) if characters is None else characters
    for place, character in enumerate(sorted(everybody, key=lambda one: (one.created_at, one.id))):
        found.setdefault(character.id, place)
    return found


def decode_picture(data: bytes, side: int = CACHED_SIDE) -> QImage:
    """Decodes a portrait to a square of at most `side` pixels, cropped above its middle. Any thread.

    Raises:
        UserError: The data is no picture, is damaged, or is too large.
    """
    check_picture(data, "The picture")
    with Image.open(io.BytesIO(data), formats=list(MEDIA_TYPES)) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    side = min(side, *upright.size)
    square = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.3))
    return QImage(square.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


def paint_face(
    painter: QPainter, rect: QRectF, face: Face, picture: QPixmap | None = None, rounding: float = _ROUND
) -> None:
    """Paints a portrait, or initials on the character's colour.

    Args:
        rounding: Radius of the corners as a share of the side; 0.5 is a circle.
    """
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    outline = QPainterPath()
    radius = rect.width() * rounding
    outline.addRoundedRect(rect, radius, radius)
    if picture is not None:
        painter.setClipPath(outline)
        painter.drawPixmap(rect, picture, QRectF(picture.rect()))
    else:
        color = theme.character_color(face.color_index)
        is_card = rounding < _ROUND
        painter.fillPath(outline, _card_ground(rect, color) if is_card else QColor(color))
        font = theme.ui_font(weight=QFont.Weight.DemiBold)
        font.setPixelSize(max(7, round(rect.height() * (0.3 if is_card else 0.38))))
        painter.setFont(font)
        painter.setPen(QColor(color) if is_card else _ink_on(color))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, initials(face.name))
    painter.restore()


def face_icon(face: Face, picture: QPixmap | None, side: int = 20) -> QIcon:
    """Returns a portrait as an icon, for menus and pickers."""
    large = QPixmap(side * 2, side * 2)
    large.fill(Qt.GlobalColor.transparent)
    painter = QPainter(large)
    paint_face(painter, QRectF(large.rect()), face, picture)
    painter.end()
    large.setDevicePixelRatio(2)
    return QIcon(large)


def _card_ground(rect: QRectF, color: str) -> QLinearGradient:
    ground = QLinearGradient(rect.topLeft(), rect.bottomRight())
    card = theme.colors().card
    ground.setColorAt(0, QColor(theme.mix(card, color, 0.34)))
    ground.setColorAt(1, QColor(theme.mix(card, color, 0.10)))
    return ground


def _ink_on(color: str) -> QColor:
    ground = QColor(color)
    dark_ink = ground.lightnessF() > 0.5
    return QColor(theme.mix(color, "#000000" if dark_ink else "#ffffff", 0.86))


class PictureCache(QObject):
    """The pictures of the open project, decoded once each."""

    loaded = Signal()
    """A picture that was asked for is there: paint again."""

    def __init__(self, workspace: "Workspace", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._pictures: OrderedDict[str, QPixmap | None] = OrderedDict()
        workspace.project_opened.connect(self._pictures.clear)

    def find(self, sha256: str | None) -> QPixmap | None:
        """Returns a picture, or None while it is being decoded or when there is none."""
        if not sha256:
            return None
        if sha256 not in self._pictures:
            self._pictures[sha256] = None
            self._decode(sha256)
        return self._pictures[sha256]

    def _decode(self, sha256: str) -> None:
        project = self._workspace.project

        def work() -> QImage | None:
            asset = read_asset(project, sha256)
            return decode_picture(asset.data) if asset is not None else None

        self._workspace.jobs.run(work, lambda image: self._keep(sha256, image), lambda _error: None)

    def _keep(self, sha256: str, image: QImage | None) -> None:
        if image is None:
            return
        self._pictures[sha256] = QPixmap.fromImage(image)
        while len(self._pictures) > MAX_CACHED:
            self._pictures.popitem(last=False)
        self.loaded.emit()


class Portrait(QWidget):
    """A character's portrait. When it can be changed, a click asks for a file and a picture may be dropped on it."""

    change_requested = Signal()
    picture_dropped = Signal(str)
    """Path of the dropped file."""

    def __init__(
        self, cache: PictureCache, side: int, *, changeable: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._cache = cache
        self._side = side
        self._changeable = changeable
        self._face = Face("")
        self._dropping = False
        cache.loaded.connect(self.update)
        theme.notifier.theme_changed.connect(self.update)
        self.setFixedSize(side, side)
        if changeable:
            self.setAcceptDrops(True)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setAttribute(Qt.WidgetAttribute.WA_Hover)
            self.setToolTip(self.tr("Choose a picture, or drop one here"))
        self.show_face(self._face)

    def show_face(self, face: Face) -> None:
        """Shows somebody."""
        self._face = face
        self.setAccessibleName(self.tr("Portrait of %1").replace("%1", face.name))
        self.update()

    def sizeHint(self) -> QSize:
        """Returns its one size."""
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the face, and over it what a click would do."""
        painter = QPainter(self)
        rounding = _CARD_ROUND if self._changeable else _ROUND
        rect = QRectF(self.rect())
        if self._changeable:
            rect.adjust(2, 2, -2, -2)
        paint_face(painter, rect, self._face, self._cache.find(self._face.picture), rounding)
        if self._changeable and (self.underMouse() or self.hasFocus() or self._dropping):
            self._paint_invitation(painter, rect, rounding)

    def _paint_invitation(self, painter: QPainter, rect: QRectF, rounding: float) -> None:
        colors = theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = rect.width() * rounding
        painter.setPen(QColor(colors.accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, radius, radius)
        badge = QRectF(rect.right() - 32, rect.bottom() - 32, 26, 26)
        painter.setPen(QColor(colors.edge))
        painter.setBrush(QColor(colors.card))
        painter.drawEllipse(badge)
        corner = badge.topLeft().toPoint() + QPoint(5, 5)
        theme.icon("mdi6.image-edit-outline").paint(painter, corner.x(), corner.y(), 16, 16)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for another picture."""
        if self._changeable and event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.change_requested.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter do what a click does."""
        if self._changeable and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.change_requested.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcomes one local file."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            self._dropping = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: object) -> None:
        """The file went elsewhere."""
        self._dropping = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hands the file over."""
        self._dropping = False
        self.update()
        self.picture_dropped.emit(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()
