"""How the window looks: two sets of colours, one stylesheet, one font, icons of one family.

`apply` sets them for the whole application. Widgets that paint by themselves read `colors()` when they paint and listen
to `notifier.theme_changed`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

import assets
from core.app_settings import AppSettings
from gui.widgets.icon_engine import IconEngine, find_glyph

ASSETS = Path(assets.__file__).parent
FAMILY = "Inter"
TEXT_PX = 14
"""Size of ordinary text at 100 %."""
MIN_SCALE, MAX_SCALE = 100, 200
SCALE_KEY = "text_scale"
"""In `AppSettings.window`."""


@dataclass(frozen=True)
class Colors:
    """The colours of a theme, as `#rrggbb`."""

    name: str
    """`dark` or `light`."""
    ground: str
    rail: str
    card: str
    raised: str
    """Buttons and whatever stands above a card."""
    line: str
    """Hairlines."""
    text: str
    dim: str
    accent: str
    accent_text: str
    """On the accent."""
    warning: str
    fault: str
    good: str
    field: str
    """Behind text that can be edited."""
    edge: str
    """Around buttons and fields."""
    hover: str
    pressed: str
    selection: str
    characters: tuple[str, ...]
    """One per character, told apart by colour-blind readers too when taken in order."""


class Notifier(QObject):
    """Says when the theme or the text size changed."""

    theme_changed = Signal()


notifier = Notifier()
_state = {"theme": "dark", "scale": 100}


def colors() -> Colors:
    """Returns the colours of the active theme."""
    return _load_colors(str(_state["theme"]))


def is_dark() -> bool:
    """Returns whether the active theme is the dark one."""
    return _state["theme"] == "dark"


def character_color(index: int) -> str:
    """Returns the colour of the character at a place of the cast, from 0. They repeat after the last."""
    characters = colors().characters
    return characters[index % len(characters)]


def text_px(size: int = TEXT_PX) -> int:
    """Returns a text size in pixels after the user's scale."""
    return round(size * int(_state["scale"]) / 100)


def mix(color: str, other: str, amount: float) -> str:
    """Returns `color` with `amount` of `other` in it, 0 to 1. For tints on a known ground."""
    one, two = QColor(color), QColor(other)
    parts = zip(one.getRgb()[:3], two.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * amount) for a, b in parts)).name()


def icon(name: str, color: str | None = None, on: str | None = None) -> QIcon:
    """Returns an icon that follows the theme.

    Args:
        name: Such as `mdi6.play`.
        color: Name of a field of `Colors`, or `#rrggbb`; the text colour when None.
        on: The same, for the checked state.
    """
    glyph = find_glyph(name)

    def find_color(checked: bool | None) -> QColor:
        wanted = "text" if checked is None else (on if checked and on else color) or "text"
        return QColor(wanted if wanted.startswith("#") else getattr(colors(), wanted))

    return QIcon(IconEngine(glyph, find_color))


def set_kind(widget: QWidget, kind: str) -> None:
    """Sets what the stylesheet knows a widget by, such as `title` or `primary`; again at any time."""
    if widget.property("kind") != kind:
        widget.setProperty("kind", kind)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def pad_spin_box(spin: QAbstractSpinBox) -> None:
    """Keeps the text of a spin box off its border: Qt's stylesheets ignore the left padding of spin boxes."""
    spin.lineEdit().setTextMargins(9, 0, 0, 0)


def apply(app: QApplication, choice: str = "system", scale: int = 100) -> None:
    """Gives the application its look; nothing happens where it has it already.

    Args:
        choice: `dark`, `light`, or `system`.
        scale: Text size in percent, 100 to 200.
    """
    _load_fonts()
    _state["theme"] = choice if choice in ("dark", "light") else _system_theme()
    _state["scale"] = min(max(scale, MIN_SCALE), MAX_SCALE)
    stylesheet = render_stylesheet(colors(), int(_state["scale"]))
    if app.styleSheet() == stylesheet:  # to set it again would polish every widget for nothing
        return
    app.setStyle("Fusion")
    app.setFont(ui_font())
    app.setPalette(_make_palette(colors()))
    app.setStyleSheet(stylesheet)
    notifier.theme_changed.emit()


def apply_settings(settings: AppSettings) -> None:
    """Gives the running application the look that is remembered."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply(app, settings.theme, scale_of(settings))


def scale_of(settings: AppSettings) -> int:
    """Returns the remembered text size in percent."""
    remembered = settings.window.get(SCALE_KEY, "")
    return min(max(int(remembered), MIN_SCALE), MAX_SCALE) if remembered.isdecimal() else MIN_SCALE


def ui_font(size: int = TEXT_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Returns the font of the app, for widgets that paint by themselves; figures have one width."""
    font = QFont(FAMILY)
    font.setPixelSize(text_px(size))
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def render_stylesheet(theme: Colors, scale: int) -> str:
    """Returns the stylesheet of the application with colours and sizes filled in."""
    values = {name: value for name, value in vars(theme).items() if isinstance(value, str)}
    values |= {f"px{size}": f"{round(size * scale / 100)}px" for size in range(8, 41)}
    values["icons"] = (ASSETS / "icons" / theme.name).as_posix()
    values["accent_hover"] = mix(theme.accent, theme.text if theme.name == "light" else "#ffffff", 0.14)
    values["accent_tint"] = mix(theme.card, theme.accent, 0.16)
    values["fault_tint"] = mix(theme.card, theme.fault, 0.16)
    values["warning_tint"] = mix(theme.card, theme.warning, 0.12)
    values["accent_veil"] = "#e8" + values["accent_tint"].removeprefix("#")
    values["faint"] = mix(theme.ground, theme.dim, 0.55)
    values["example"] = mix(theme.field, theme.dim, 0.72)
    return _template().substitute(values)


@cache
def _template() -> Template:
    return Template((ASSETS / "themes" / "app.qss").read_text(encoding="utf-8"))


@cache
def _load_colors(name: str) -> Colors:
    values = json.loads((ASSETS / "themes" / f"{name}.json").read_bytes())
    return Colors(**(values | {"characters": tuple(values["characters"])}))


@cache
def _load_fonts() -> None:
    for path in sorted((ASSETS / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def _system_theme() -> str:
    scheme = QGuiApplication.styleHints().colorScheme()
    return "light" if scheme == Qt.ColorScheme.Light else "dark"


def _make_palette(theme: Colors) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    chosen = {
        roles.Window: theme.ground,
        roles.WindowText: theme.text,
        roles.Base: theme.field,
        roles.AlternateBase: theme.card,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.dim,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.fault,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Highlight: theme.selection,
        roles.HighlightedText: theme.text,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.Accent: theme.accent,
        roles.Light: theme.hover,
        roles.Midlight: theme.raised,
        roles.Mid: theme.edge,
        roles.Dark: theme.line,
        roles.Shadow: theme.rail,
    }
    for role, color in chosen.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(mix(theme.ground, theme.dim, 0.55)))
    return palette
