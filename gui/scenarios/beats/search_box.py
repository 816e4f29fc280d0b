"""Finding beats by any of their words: a line over the canvas with what was found under it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from gui import theme
from gui.scenarios.beats.canvas import BeatCanvas
from gui.scenarios.beats.graph import Graph
from models.beat import Beat, BeatLink

_WIDTH_PX = 320
_GAP_PX = 12
_MAX_SHOWN = 200


class SearchBox(QFrame):
    """Opens in the upper right corner of its canvas. Up and Down show what was found; Enter and Escape go back."""

    found = Signal(str)
    """A beat is to be shown."""

    def __init__(self, canvas: BeatCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        theme.set_kind(self, "overlay")
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find beats: name, text, condition, goal, way…"))
        self.line.setAccessibleName(self.tr("Find beats"))
        theme.set_kind(self.line, "search")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Beats that were found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.count = QLabel()
        theme.set_kind(self.count, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self.count)
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.list.itemClicked.connect(lambda _item: self.close_box())
        canvas.installEventFilter(self)
        self.hide()

    def open_box(self) -> None:
        """Opens, with the last words selected."""
        self._place()
        self.show()
        self.raise_()
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find()

    def close_box(self) -> None:
        """Closes; the keyboard goes back to the canvas."""
        self.hide()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the keys that go through what was found; stays in its corner."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + steps[Qt.Key(event.key())]) % self.list.count())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.close_box()
        else:
            return False
        return True

    def _find(self) -> None:
        words = self.line.text().casefold().split()
        self.list.clear()
        found = find_beats(self._canvas.graph, words) if words else []
        for beat in found[:_MAX_SHOWN]:
            item = QListWidgetItem(beat.name or self.tr("Unnamed beat"))
            item.setData(Qt.ItemDataRole.UserRole, beat.id)
            item.setToolTip(" ".join(beat.text.split())[:300])
            self.list.addItem(item)
        self.list.setVisible(bool(found))
        self.count.setVisible(bool(words))
        self.count.setText(
            self.tr("%n beat(s) found", "", len(found)) if found else self.tr("No beat has these words.")
        )
        if found:
            self.list.setCurrentRow(0)
        self._place()

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.found.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def _place(self) -> None:
        width = min(theme.text_px(_WIDTH_PX), self._canvas.width() - 2 * _GAP_PX)
        rows = min(self.list.count(), 8)
        self.list.setFixedHeight(rows * (self.list.sizeHintForRow(0) if rows else 0) + 4)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move(self._canvas.width() - self.width() - _GAP_PX, _GAP_PX)


def find_beats(graph: Graph, words: list[str]) -> list[Beat]:
    """Returns the beats that have all words somewhere: those that have them in the name come first."""
    texts = {beat.id: _text_of(beat, graph.ways_out.get(beat.id, ())) for beat in graph.beats.values()}
    found = [beat for beat in graph.beats.values() if all(word in texts[beat.id] for word in words)]
    return sorted(found, key=lambda beat: not all(word in beat.name.casefold() for word in words))


def _text_of(beat: Beat, ways: tuple[BeatLink, ...]) -> str:
    parts = [beat.name, beat.kind, beat.text, beat.condition, beat.effects, beat.success, beat.failure_effects]
    parts += beat.goals.values()
    for link in ways:
        parts += [link.label, link.condition, *(str(value) for value in link.trigger.values())]
    return "\n".join(parts).casefold()
