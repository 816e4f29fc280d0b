"""Goes to a turn by its number, or to a beat that the scene has passed."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QSpinBox, QVBoxLayout, QWidget

from gui import theme
from gui.stage.fill import fill
from gui.stage.session import StageSession
from gui.stage.transcript.beats_passed import BeatPassed, list_beats, read_steps
from gui.workspace import Workspace

WIDTH = 320
MAX_BEAT_ROWS = 10


class JumpForm(QFrame):
    """A card over the transcript. Enter goes to the turn, or to the beat that is chosen; Escape leaves."""

    row_chosen = Signal(int)

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._workspace = workspace
        self._session = session
        theme.set_kind(self, "overlay")
        self.setAccessibleName(self.tr("Go to a turn or beat"))
        self.number = QSpinBox()
        self.number.setAccessibleName(self.tr("Number of the turn"))
        theme.pad_spin_box(self.number)
        self._of = QLabel()
        theme.set_kind(self._of, "small")
        self._title = QLabel(self.tr("Beats"))
        theme.set_kind(self._title, "heading")
        self.beats = QListWidget()
        self.beats.setAccessibleName(self.tr("Beats that the scene has passed"))
        self.beats.itemActivated.connect(self._on_beat_chosen)
        self.beats.itemClicked.connect(self._on_beat_chosen)
        first = QHBoxLayout()
        first.setSpacing(8)
        label = QLabel(self.tr("&Turn"))
        label.setBuddy(self.number)
        first.addWidget(label)
        first.addWidget(self.number, 1)
        first.addWidget(self._of)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(first)
        layout.addWidget(self._title)
        layout.addWidget(self.beats)

    def open_over(self, widget: QWidget, row: int) -> None:
        """Shows itself at the top of a widget; `row` is where one is."""
        n_turns = len(self._session.path)
        self.number.setRange(1, max(1, n_turns))
        self.number.setValue(max(0, row) + 1)
        self._of.setText(fill(self.tr("of %1"), f"{n_turns:,}"))
        self._show_beats([])
        self.setFixedWidth(theme.text_px(WIDTH))
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint((widget.width() - self.width()) // 2, 16))
        self.move(corner)
        self.show()
        self.number.setFocus()
        self.number.selectAll()
        self._read_beats()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.beats.currentItem()
            if self.beats.hasFocus() and item is not None:
                self._on_beat_chosen(item)
            else:
                self.number.interpretText()
                self._choose(self.number.value() - 1)
        else:
            super().keyPressEvent(event)

    def _read_beats(self) -> None:
        script, project, playtest_id = self._session.script, self._workspace.project, self._session.playtest_id
        if script is None or not script.beats:
            return
        path = self._session.path
        self._workspace.jobs.run(lambda: list_beats(script, path, read_steps(project, playtest_id)), self._show_beats)

    def _show_beats(self, beats: list[BeatPassed]) -> None:
        self.beats.clear()
        for beat in beats:
            name = beat.name or self.tr("unnamed beat")
            item = QListWidgetItem(fill(self.tr("%1 · turn %2"), name, beat.row + 1))
            item.setData(Qt.ItemDataRole.UserRole, beat.row)
            self.beats.addItem(item)
        for widget in (self._title, self.beats):
            widget.setVisible(bool(beats))
        if beats:
            height = self.beats.sizeHintForRow(0) * min(len(beats), MAX_BEAT_ROWS)
            self.beats.setFixedHeight(height + 2 * self.beats.frameWidth() + 8)
        self.adjustSize()

    def _on_beat_chosen(self, item: QListWidgetItem) -> None:
        self._choose(int(item.data(Qt.ItemDataRole.UserRole)))

    def _choose(self, row: int) -> None:
        if self.isVisible():
            self.close()
            self.row_chosen.emit(row)
