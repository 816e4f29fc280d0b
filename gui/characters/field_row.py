"""A row of fields that goes on in a second line where the text is too large for one."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

SPACING_PX = 16
LINES_PX = 14


class FieldRow(QLayout):
    """Widgets beside each other, aligned at the top, as many in a line as have the room that they ask for.

    A widget with a method `wanted_width` is given at least that; another its smallest width.
    """

    def __init__(self, widgets: Sequence[QWidget], stretches: Sequence[int] = ()) -> None:
        """Takes in the widgets; `stretches` are their shares of a line, the same where there are none."""
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._stretches = list(stretches) or [1] * len(widgets)
        self.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.addChildWidget(widget)
            self.addItem(QWidgetItem(widget))

    def addItem(self, item: QLayoutItem) -> None:
        """Takes in one item."""
        self._items.append(item)

    def count(self) -> int:
        """Returns how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Returns one item, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Takes one item out."""
        if not 0 <= index < len(self._items):
            return None
        self._stretches.pop(index)
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        """Returns the horizontal: it takes the whole width."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Returns True: it wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Returns the height of all lines."""
        return self._place(QRect(0, 0, width, 0), moves=False)

    def sizeHint(self) -> QSize:
        """Returns the size of one line."""
        widths = [item.sizeHint().width() for item in self._items]
        heights = [item.sizeHint().height() for item in self._items]
        return QSize(sum(widths) + SPACING_PX * max(len(widths) - 1, 0), max(heights, default=0))

    def minimumSize(self) -> QSize:
        """Returns the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, place: QRect) -> None:
        """Puts the widgets where they belong."""
        super().setGeometry(place)
        self._place(place, moves=True)

    def n_beside(self, width: int) -> int:
        """Returns how many stand in one line of a width, in pixels."""
        for n_beside in range(len(self._items), 1, -1):
            if all(self._fits(line, width) for line in self._lines(n_beside)):
                return n_beside
        return 1

    def _lines(self, n_beside: int) -> list[range]:
        return [range(first, min(first + n_beside, len(self._items))) for first in range(0, len(self._items), n_beside)]

    def _widths(self, line: range, width: int) -> list[int]:
        room = max(width - SPACING_PX * (len(line) - 1), 0)
        total = sum(self._stretches[at] for at in line) or 1
        return [room * self._stretches[at] // total for at in line]

    def _fits(self, line: range, width: int) -> bool:
        return all(
            given >= _wanted_width(self._items[at]) for at, given in zip(line, self._widths(line, width), strict=True)
        )

    def _place(self, place: QRect, *, moves: bool) -> int:
        """Returns the height of all lines; `moves` puts the items there."""
        top = place.top()
        for line in self._lines(max(self.n_beside(place.width()), 1)):
            left, tallest = place.left(), 0
            for at, width in zip(line, self._widths(line, place.width()), strict=True):
                item = self._items[at]
                height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
                if moves:
                    item.setGeometry(QRect(left, top, width, height))
                left += width + SPACING_PX
                tallest = max(tallest, height)
            top += tallest + LINES_PX
        return max(top - LINES_PX - place.top(), 0)


def _wanted_width(item: QLayoutItem) -> int:
    wanted = getattr(item.widget(), "wanted_width", None)
    return int(wanted()) if callable(wanted) else item.minimumSize().width()
