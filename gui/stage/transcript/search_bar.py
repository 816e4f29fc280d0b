"""The bar over the transcript that finds words in it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from gui import theme
from gui.stage.fill import fill
from gui.stage.transcript.transcript_model import TranscriptModel
from gui.stage.transcript.transcript_search import TranscriptSearch
from gui.stage.transcript.transcript_view import TranscriptView


class SearchField(QLineEdit):
    """Enter goes on, Shift+Enter back, Escape leaves."""

    stepped = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes the keys that lead to matches."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class SearchBar(QFrame):
    """Hidden until it is wanted. Counts turns with a match; the matches themselves are marked in the words."""

    def __init__(self, model: TranscriptModel, view: TranscriptView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._view = view
        self._search = TranscriptSearch()
        theme.set_kind(self, "bar")
        self.field = SearchField()
        theme.set_kind(self.field, "search")
        self.field.setPlaceholderText(self.tr("Find in the transcript"))
        self.field.setAccessibleName(self.tr("Find in words and thoughts"))
        self.field.textChanged.connect(self._on_typed)
        self.field.stepped.connect(self.step)
        self.field.left.connect(self.leave)
        self.count = QLabel()
        theme.set_kind(self.count, "small")
        self.count.setMinimumWidth(theme.text_px(96))
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        self.previous_button = self._add("mdi6.chevron-up", self.tr("Previous match (Shift+F3)"), lambda: self.step(-1))
        self.next_button = self._add("mdi6.chevron-down", self.tr("Next match (F3)"), lambda: self.step(1))
        self._add("mdi6.close", self.tr("Leave the search (Escape)"), self.leave)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self.search_again)
        model.rowsRemoved.connect(self.search_again)
        view.selectionModel().currentChanged.connect(lambda _now, _before: self._say())
        self.hide()

    def open(self) -> None:
        """Shows the bar and waits for words."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def leave(self) -> None:
        """Hides the bar; nothing is marked any more."""
        self.hide()
        self._view.mark_matches(None)
        self._view.setFocus()

    def step(self, step: int) -> None:
        """Goes to the next (1) or previous (-1) turn with a match; opens its thought where only that has it."""
        if not self.isVisible():
            self.open()
        current = self._view.currentIndex()
        row = self._search.next_row(current.row() if current.isValid() else -1, step)
        if row is not None:
            self._go_to(row)

    def _go_to(self, row: int) -> None:
        entry = self._model.entry(row)
        wanted = self._search.query.casefold()
        if wanted in entry.thought.casefold() and wanted not in entry.text.casefold() and not entry.is_thought_open:
            self._model.toggle_thought(row)
        self._view.go_to(row)
        self._say()

    def _on_typed(self, text: str) -> None:
        self._search.search(text, self._model.path_rows(), self._model.seen_by)
        self._view.mark_matches(self._search.pattern)
        current = self._view.currentIndex().row()
        if self._search.rows and not self._search.place_of(current):
            following = self._search.next_row(max(current, 0) - 1, 1)
            if following is not None:
                self._go_to(following)
        self._say()

    def search_again(self) -> None:
        """Other turns are shown, or through other eyes."""
        if self.isVisible() and self._search.query:
            self._search.search(self._search.query, self._model.path_rows(), self._model.seen_by)
            self._say()

    def _on_reset(self) -> None:
        self._search.clear()
        self._view.mark_matches(None)
        if self.isVisible():
            self.field.clear()
            self.hide()

    def _say(self) -> None:
        n_found = len(self._search.rows)
        if not self._search.query:
            self.count.setText("")
        elif not n_found:
            self.count.setText(self.tr("not found"))
        else:
            place = self._search.place_of(self._view.currentIndex().row())
            self.count.setText(fill(self.tr("%1 of %2 turns"), f"{place:,}" if place else "–", f"{n_found:,}"))
        self.count.setAccessibleName(self.count.text())
        for button in (self.previous_button, self.next_button):
            button.setEnabled(n_found > 0)

    def _add(self, icon: str, name: str, work: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(theme.icon(icon))
        button.setToolTip(name)
        button.setAccessibleName(name)
        theme.set_kind(button, "ghost")
        button.clicked.connect(lambda _checked=False: work())  # type: ignore[operator]
        row = self.layout()
        assert row is not None
        row.addWidget(button)
        return button
