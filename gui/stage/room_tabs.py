"""The names of the rooms on the Stage's right side: an icon over a name, in equal widths; arrow keys go along."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QWidget

from gui import theme

ICON_PX = 18
NAME_PX = 11
LINE_PX = 2


class RoomTabs(QTabBar):
    """Tabs that share the width there is. Where the names have no room, icons alone; the tooltip has the name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(True)
        self.setUsesScrollButtons(False)
        self.setMouseTracking(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        theme.notifier.theme_changed.connect(self.updateGeometry)

    def add_room(self, title: str, icon: str) -> None:
        """Adds a tab after the others."""
        place = self.addTab(title)
        self.setTabData(place, theme.icon(icon, "dim", on="accent"))
        self.setTabToolTip(place, title)
        self.setAccessibleTabName(place, title)

    @property
    def has_names(self) -> bool:
        """Whether the names are shown."""
        metrics = QFontMetrics(_name_font())
        widest = max((metrics.horizontalAdvance(self.tabText(place)) for place in range(self.count())), default=0)
        return widest + 4 <= self.width() // max(1, self.count())

    def minimumSizeHint(self) -> QSize:
        """May be as narrow as its icons."""
        return QSize(self.count() * (theme.text_px(ICON_PX) + 8), self._height())

    def tabSizeHint(self, _place: int) -> QSize:
        """Returns an equal share of the width."""
        return QSize(max(1, self.width() // max(1, self.count())), self._height())

    def minimumTabSizeHint(self, place: int) -> QSize:
        """Returns the same."""
        return self.tabSizeHint(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints icon and name of each, and a line under the present one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_names = self.has_names
        hovered = self.tabAt(self.mapFromGlobal(self.cursor().pos())) if self.underMouse() else -1
        for place in range(self.count()):
            self._paint_tab(painter, place, has_names, place == hovered)
        painter.end()

    def _paint_tab(self, painter: QPainter, place: int, has_names: bool, is_hovered: bool) -> None:
        colors, rect = theme.colors(), self.tabRect(place)
        is_present = place == self.currentIndex()
        if is_present and self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.mix(colors.ground, colors.accent, 0.16)))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -3), 6, 6)
        size = theme.text_px(ICON_PX)
        top = rect.top() + (6 if has_names else (rect.height() - size) // 2)
        icon = QRect(rect.center().x() - size // 2, top, size, size)
        state = self.tabData(place).State.On if is_present else self.tabData(place).State.Off
        self.tabData(place).paint(painter, icon, state=state)
        if has_names:
            painter.setFont(_name_font())
            painter.setPen(QColor(colors.accent if is_present else colors.text if is_hovered else colors.dim))
            below = QRect(rect.left(), icon.bottom() + 2, rect.width(), rect.bottom() - icon.bottom() - 5)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.tabText(place))
        if is_present:
            painter.fillRect(
                QRect(rect.left() + 6, rect.bottom() - LINE_PX, rect.width() - 12, LINE_PX), QColor(colors.accent)
            )

    def _height(self) -> int:
        return theme.text_px(ICON_PX) + theme.text_px(NAME_PX) + 19


def _name_font() -> QFont:
    return theme.ui_font(NAME_PX, QFont.Weight.Medium)
