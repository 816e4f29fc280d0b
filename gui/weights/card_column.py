"""Cards beneath each other in a page that scrolls: as wide as reads well, and as high as their wrapped text needs."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

MAX_WIDTH = 880
MARGINS = (24, 20, 24, 24)


class CardColumn(QWidget):
    """Qt's scroll area asks for a minimum height without a width; text that wraps has one only with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumWidth(MAX_WIDTH + MARGINS[0] + MARGINS[2])
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*MARGINS)
        self._column.setSpacing(16)

    def addWidget(self, widget: QWidget) -> None:
        """Adds a card at the end."""
        self._column.addWidget(widget)

    def finish(self) -> QScrollArea:
        """Returns the page, once all cards are in it."""
        self._column.addStretch()
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self, 1000)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        height = self._column.heightForWidth(self.width())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
