"""A button with the words of others on it, however long: it ends in an ellipsis where there is no room."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from gui import theme

LEAST_PX = 48


class ElidedButton(QPushButton):
    """Wants no more than a width, and may be narrower."""

    def __init__(self, text: str = "", most_px: int = 220) -> None:
        """`most_px`: the greatest width that it wants, at 100 %."""
        super().__init__()
        self._most_px = most_px
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        """Shows a text as it is: no letter of it becomes a key."""
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text.strip())

    def sizeHint(self) -> QSize:
        """Wants its words, up to a width."""
        hint = super().sizeHint()
        return QSize(min(hint.width(), theme.text_px(self._most_px)), hint.height())

    def minimumSizeHint(self) -> QSize:
        """May be as narrow as a word."""
        return QSize(min(LEAST_PX, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints as much as there is room for."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        if not option.icon.isNull():
            room -= option.iconSize.width() + 4
        if self.menu() is not None:
            room -= self.style().pixelMetric(QStyle.PixelMetric.PM_MenuButtonIndicator, option, self)
        if self.fontMetrics().horizontalAdvance(self.text().replace("&&", "&")) > room:
            shown = self.fontMetrics().elidedText(self.text().replace("&&", "&"), Qt.TextElideMode.ElideRight, room)
            option.text = shown.replace("&", "&&")
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()
