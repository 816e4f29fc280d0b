"""How far a judge may be trusted, as a word on its colour: red, amber, green, or not examined."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from gui import theme

translate = QCoreApplication.translate

COLORS = {"red": "fault", "amber": "warning", "green": "good"}
"""Badge -> field of `theme.Colors`."""


class Badge(QLabel):
    """A word never stands for a colour alone: the word says it too."""

    def __init__(self, badge: str = "") -> None:
        super().__init__()
        self._badge = badge
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.notifier.theme_changed.connect(self._style)
        self._style()

    @property
    def badge(self) -> str:
        """`red`, `amber`, `green`; empty: not examined."""
        return self._badge

    def show_badge(self, badge: str, tip: str = "") -> None:
        """Shows a badge, and what it was given for when the mouse rests on it."""
        self._badge = badge if badge in COLORS else ""
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self._style()

    def _style(self) -> None:
        colors = theme.colors()
        color = getattr(colors, COLORS[self._badge]) if self._badge else colors.dim
        ground = theme.mix(colors.card, color, 0.16)
        self.setText(name_badge(self._badge))
        self.setAccessibleName(self.text())
        self.setStyleSheet(
            f"background: {ground}; color: {color}; border-radius: 5px; padding: 2px 8px;"
            f" font-size: {theme.text_px(12)}px; font-weight: 600;"
        )


def name_badge(badge: str) -> str:
    """Returns what a badge says in a word or two."""
    return {
        "red": translate("Badge", "red: do not trust"),
        "amber": translate("Badge", "amber: with care"),
        "green": translate("Badge", "green"),
    }.get(badge, translate("Badge", "not examined"))
