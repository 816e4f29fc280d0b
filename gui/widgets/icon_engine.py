"""Icons of one family, drawn in the colours of the active theme at the moment of painting.

The glyphs are the Material Design font that QtAwesome ships. Its own loader reads eleven fonts and bakes the colour
in; this engine reads one font, and a change of theme needs no new icons.
"""

import importlib.util
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

PREFIX = "mdi6."
GLYPH_SIZE = 0.92
"""Of the icon's height: the glyphs carry their own margin."""
DISABLED_ALPHA = 0.4


class IconEngine(QIconEngine):
    """Paints one glyph.

    `find_color` gives the colour when it is needed: of the checked state, of the other, or, for None, of text, which is
    how an icon looks on a selected row.
    """

    def __init__(self, glyph: str, find_color: Callable[[bool | None], QColor]) -> None:
        super().__init__()
        self._glyph = glyph
        self._find_color = find_color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draws the glyph in the middle of `rect`."""
        color = self._find_color(state == QIcon.State.On)
        if mode == QIcon.Mode.Selected:
            color = self._find_color(None)
        elif mode == QIcon.Mode.Disabled:
            color.setAlphaF(DISABLED_ALPHA)
        font = QFont(icon_family())
        font.setPixelSize(max(1, round(min(rect.width(), rect.height()) * GLYPH_SIZE)))
        painter.save()
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draws the glyph on a transparent picture."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        """Returns a copy, as Qt asks for one when an icon is changed."""
        return IconEngine(self._glyph, self._find_color)


def find_glyph(name: str) -> str:
    """Returns the character of an icon such as `mdi6.play`. Raises KeyError for an unknown name."""
    return chr(int(_charmap()[name.removeprefix(PREFIX)], 16))


@cache
def icon_family() -> str:
    """Loads the font of the icons, once, and returns its family."""
    font_id = QFontDatabase.addApplicationFont(str(_find_file("materialdesignicons6-webfont-*.ttf")))
    return QFontDatabase.applicationFontFamilies(font_id)[0]


@cache
def _charmap() -> dict[str, str]:
    charmap: dict[str, str] = json.loads(_find_file("materialdesignicons6-webfont-charmap-*.json").read_bytes())
    return charmap


def _find_file(pattern: str) -> Path:
    package = importlib.util.find_spec("qtawesome")
    assert package is not None
    assert package.origin is not None
    return next((Path(package.origin).parent / "fonts").glob(pattern))
