"""A list of entries that have several parts each, such as a trait and its degree: added, removed and moved."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.characters.field import Field
from gui.widgets.growing_edit import EditWatch
from gui.widgets.statement_row import DragHandle
from gui.widgets.wheel_guard import WheelGuard

MAX_SPARE = 24


class Entry(QWidget):
    """One entry. Subclasses add the editors of its parts."""

    edited = Signal()
    entered = Signal()
    left = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    remove_requested = Signal()
    move_requested = Signal(int)

    def __init__(self, name: str) -> None:
        """Makes an entry without parts. `name` says what a screen reader calls it, with `%1` for its number."""
        super().__init__()
        self._name = name
        self.number = 0
        self.handle = DragHandle()
        self.handle.setToolTip(self.tr("Drag to move; Alt+Up and Alt+Down do the same"))
        self.handle.setContentsMargins(0, 7, 0, 0)
        self.handle.setMinimumWidth(self.fontMetrics().horizontalAdvance("00"))
        self._editors: list[QWidget] = []
        remove = QToolButton()
        remove.setIcon(theme.icon("mdi6.close", "dim"))
        remove.setToolTip(self.tr("Remove"))
        remove.setAccessibleName(self.tr("Remove"))
        remove.setIconSize(QSize(14, 14))
        remove.setStyleSheet("padding: 4px; min-height: 14px;")
        theme.set_kind(remove, "ghost")
        remove.clicked.connect(self.remove_requested)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 4, 6)
        row.setSpacing(8)
        row.addWidget(self.handle, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        row.addLayout(self.body, 1)
        row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)

    def value(self) -> Any:
        """Returns the entry; None when nothing is written in it."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Shows an entry."""
        raise NotImplementedError

    def clear(self) -> None:
        """Shows a new entry."""
        raise NotImplementedError

    def add_editor(self, editor: QWidget, name: str) -> QWidget:
        """Takes in the editor of one part; returns it."""
        editor.setProperty("part", name)
        self._editors.append(editor)
        watch = EditWatch(editor)
        for signal in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(watch, signal).connect(getattr(self, signal))
        editor.installEventFilter(self)
        if isinstance(editor, QAbstractSpinBox | QSlider):
            WheelGuard(editor)
        return editor

    def set_number(self, number: int) -> None:
        """Shows the place of the entry."""
        self.number = number
        self.handle.setText(str(number))
        for editor in self._editors:
            editor.setAccessibleName(f"{self._name.replace('%1', str(number))}: {editor.property('part')}")

    def focus_first(self) -> None:
        """Puts the cursor into the first part."""
        self._editors[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Up and Alt+Down move the entry."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_key and event.key() in steps and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_requested.emit(steps[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A hairline under the entry."""
        painter = QPainter(self)
        painter.fillRect(8, self.height() - 1, self.width() - 16, 1, QColor(theme.colors().line))


class EntryList(QFrame):
    """Entries from the top, and a button that adds one. Empty entries are not part of the value."""

    edited = Signal()
    entered = Signal()
    left = Signal()
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, make_entry: Callable[[], Entry], add_text: str) -> None:
        super().__init__()
        self._make_entry = make_entry
        self._entries: list[Entry] = []
        self._spare: list[Entry] = []
        """Taken out, to be used again: making one takes longer."""
        theme.set_kind(self, "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(0)
        self.add_button = QPushButton(add_text)
        self.add_button.setIcon(theme.icon("mdi6.plus", "dim"))
        theme.set_kind(self.add_button, "ghost")
        self.add_button.clicked.connect(lambda _checked=False: self.add_entry())
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def entries(self) -> Sequence[Entry]:
        """The entries from the top."""
        return tuple(self._entries)

    def value(self) -> list[Any]:
        """Returns what is written."""
        return [value for entry in self._entries if (value := entry.value()) is not None]

    def set_value(self, values: Sequence[Any]) -> None:
        """Shows these entries; those that stay the same keep their cursor."""
        if self.value() == list(values):
            return
        while len(self._entries) > len(values):
            self._drop(self._entries[-1])
        while len(self._entries) < len(values):
            self._insert()
        for entry, value in zip(self._entries, values, strict=True):
            if entry.value() != value:
                entry.set_value(value)
        self._renumber()

    def add_entry(self, value: Any = None) -> None:
        """Adds an entry at the end and puts the cursor into it."""
        entry = self._insert()
        if value is not None:
            entry.set_value(value)
        self._renumber()
        entry.focus_first()
        if value is not None:
            self.edited.emit()

    def focus_first(self) -> None:
        """Puts the cursor into the first entry, or on the button that adds one."""
        if self._entries:
            self._entries[0].focus_first()
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _insert(self) -> Entry:
        entry = self._spare.pop() if self._spare else self._make_connected()
        self._entries.append(entry)
        self._column.insertWidget(len(self._entries) - 1, entry)
        entry.show()
        return entry

    def _make_connected(self) -> Entry:
        entry = self._make_entry()
        entry.edited.connect(self.edited)
        entry.remove_requested.connect(lambda: self._remove(entry))
        entry.move_requested.connect(lambda step: self._move(entry, self._entries.index(entry) + step))
        entry.handle.dragged.connect(lambda y: self._drag(entry, y))
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(entry, name).connect(getattr(self, name))
        return entry

    def _remove(self, entry: Entry) -> None:
        at, had_value = self._entries.index(entry), entry.value() is not None
        self._drop(entry)
        self._renumber()
        if self._entries:
            self._entries[min(at, len(self._entries) - 1)].focus_first()
        else:
            self.focus_first()
        if had_value:
            self.edited.emit()

    def _move(self, entry: Entry, to: int) -> None:
        to = min(max(to, 0), len(self._entries) - 1)
        if self._entries.index(entry) == to:
            return
        focused = entry.focusWidget()
        self._entries.remove(entry)
        self._entries.insert(to, entry)
        self._column.insertWidget(to, entry)
        self._renumber()
        if focused is not None:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _drag(self, entry: Entry, y: int) -> None:
        middles = [other.mapToGlobal(other.rect().center()).y() for other in self._entries if other is not entry]
        self._move(entry, sum(middle < y for middle in middles))

    def _drop(self, entry: Entry) -> None:
        self._entries.remove(entry)
        self._column.removeWidget(entry)
        entry.hide()
        if len(self._spare) < MAX_SPARE:
            entry.clear()
            self._spare.append(entry)
        else:
            entry.deleteLater()

    def _renumber(self) -> None:
        for number, entry in enumerate(self._entries, start=1):
            entry.set_number(number)


class EntriesField(Field):
    """A list of entries as a field. `texts_of` says what of an entry its tokens are counted of."""

    def __init__(
        self,
        label: str,
        make_entry: Callable[[], Entry],
        add_text: str,
        texts_of: Callable[[Any], Sequence[str]],
        **options: Any,
    ) -> None:
        self.entry_list = EntryList(make_entry, add_text)
        self._texts_of = texts_of
        super().__init__(label, self.entry_list, **options)
        self.entry_list.edited.connect(self._on_edited)
        self.watch(self.entry_list)

    def value(self) -> list[Any]:
        """Returns the entries."""
        return self.entry_list.value()

    def set_value(self, value: list[Any]) -> None:
        """Shows entries."""
        self.entry_list.set_value(value)

    def texts(self) -> tuple[str, ...]:
        """Returns the texts of all entries."""
        return tuple(text for entry in self.value() for text in self._texts_of(entry))

    def focus_editor(self) -> None:
        """Puts the cursor into the first entry."""
        self.entry_list.focus_first()

    def focus_place(self, item: int | None, _span: tuple[int, int] | None) -> None:
        """Puts the cursor into an entry."""
        entries = self.entry_list.entries
        if item is None or item >= len(entries):
            self.focus_editor()
        else:
            entries[item].focus_first()
