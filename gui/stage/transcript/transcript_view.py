"""The transcript: turns painted as a script reads, with the words of one of them to be selected."""

import re

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QTextLayout,
)
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QWidget

from gui import theme
from gui.stage.transcript.long_list import Index, LongListView
from gui.stage.transcript.transcript_entry import Entry
from gui.stage.transcript.transcript_model import TranscriptModel
from gui.stage.transcript.turn_layout import AVATAR, PAD, Fonts, Spot, TurnLayout, count_units, cut_units, text_width
from gui.widgets.portrait import Face, PictureCache, paint_face

MAX_LAYOUTS = 400


class TranscriptView(LongListView):
    """Paints turns, and lets their words be selected."""

    spot_clicked = Signal(int, object)
    """Row and `Spot` of a small control that was clicked."""
    row_hovered = Signal(int)
    """The row under the mouse, or -1."""
    row_activated = Signal(int)
    """A row was clicked while it was the current one, or Enter was pressed on it."""

    def __init__(self, pictures: PictureCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._faces: dict[str, Face] = {}
        self._fonts = Fonts()
        self._layouts: dict[int, TurnLayout] = {}
        self._portraits: dict[Face, QPixmap] = {}
        self._sizes: NDArray[np.float64] = np.zeros((0, 2))
        """Characters and line breaks of each row."""
        self._pressed = -1
        self._hovered = -1
        self._edited: tuple[int, int] | None = None
        """Row that is being edited, and its editor's height."""
        self._searched: re.Pattern[str] | None = None
        self._words: tuple[int, int, int] | None = None
        """Row, start and end of the words that are selected with the mouse."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(self.tr("Transcript"))
        pictures.loaded.connect(self._on_pictures_loaded)
        theme.notifier.theme_changed.connect(self._on_theme_changed)

    # What is shown

    @property
    def turns(self) -> TranscriptModel:
        """The model."""
        model = self.model()
        assert isinstance(model, TranscriptModel)
        return model

    def show_faces(self, faces: dict[str, Face]) -> None:
        """Sets who the speakers are, by speaker id."""
        self._faces = faces
        self.viewport().update()

    def mark_matches(self, pattern: re.Pattern[str] | None) -> None:
        """Marks what a pattern finds in the words of each turn; None: nothing."""
        self._searched = pattern
        self.viewport().update()

    def set_edited(self, row: int, editor_height: int) -> None:
        """Makes room for an editor in a row; -1 takes it away."""
        self._edited = (row, editor_height) if row >= 0 else None
        self._layouts.clear()
        self.arrange()

    def text_rect(self, row: int) -> QRect:
        """Returns where the words of a row are, in the viewport."""
        rect = self._layout(row).text_rect.translated(0, self._heights.top(row) - self._offset())
        return rect.toAlignedRect()

    def selected_text(self) -> str:
        """Returns the selected words, or whole turns with their speakers."""
        if self._words is not None and self._words[1] != self._words[2]:
            row, start, end = self._words
            return cut_units(self.turns.entry(row).text, min(start, end), max(start, end))
        rows = sorted(index.row() for index in self.selectedIndexes())
        if len(rows) == 1:
            entry = self.turns.entry(rows[0])
            return entry.line or entry.text
        return self.turns.write_out(rows)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""

    # What LongListView asks

    def row_height(self, row: int) -> float:
        """Returns the height of a turn that is laid out."""
        return self._layout(row).height

    def estimate_heights(self, first: int) -> NDArray[np.float64]:
        """Estimates from the number of characters and of line breaks."""
        n_chars = text_width(self.viewport().width()) / QFontMetricsF(self._fonts.text).averageCharWidth()
        n_written, n_breaks = self._sizes[first:].T
        lines = np.maximum(1, np.ceil(n_written / n_chars + n_breaks / 2))
        return np.asarray(2 * PAD + self._fonts.header + lines * self._fonts.line)

    def read_rows(self, first: int) -> None:
        """Keeps the number of characters and of line breaks."""
        sizes = [(len(text), text.count("\n")) for text in self.turns.texts(first)]
        self._sizes = np.concatenate([self._sizes[:first], np.array(sizes, dtype=np.float64).reshape(-1, 2)])

    def forget_layouts(self, first: int) -> None:
        """Drops what was laid out."""
        for row in [row for row in self._layouts if row >= first]:
            del self._layouts[row]
        if self._words is not None and self._words[0] >= first:
            self._words = None

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Selects a row, or begins to select words, or uses a small control."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        row, point = self.place_of(event.position())
        spot = self._layout(row).spot_at(point) if row >= 0 else Spot.NOTHING
        self._words = None
        self._pressed = -1
        if spot not in (Spot.TEXT, Spot.NOTHING, Spot.MARK, Spot.CHIP):
            self.spot_clicked.emit(row, spot)
            return
        was_current = self.currentIndex().row()
        super().mousePressEvent(event)
        if spot == Spot.TEXT:
            place = self._layout(row).cursor_at(point)
            self._words = (row, place, place)
        self._pressed = row if was_current == row and not event.modifiers() else -1
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Selects words while the button is down; otherwise says which row is under the mouse."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            if self._words is not None:
                row, start, _end = self._words
                point = event.position() - QPointF(0, self._heights.top(row) - self._offset())
                self._words = (row, start, self._layout(row).cursor_at(point))
                self.viewport().update()
            return
        row, point = self.place_of(event.position())
        spot = self._layout(row).spot_at(point) if row >= 0 else Spot.NOTHING
        arrow = Qt.CursorShape.ArrowCursor
        shapes = {Spot.TEXT: Qt.CursorShape.IBeamCursor, Spot.NOTHING: arrow, Spot.CHIP: arrow}
        self.viewport().setCursor(shapes.get(spot, Qt.CursorShape.PointingHandCursor))
        self._hover(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the current row activates it, unless words were selected."""
        super().mouseReleaseEvent(event)
        has_words = self._words is not None and self._words[1] != self._words[2]
        row, _point = self.place_of(event.position())
        if event.button() == Qt.MouseButton.LeftButton and not has_words and 0 <= row == self._pressed:
            self.row_activated.emit(row)
        self._pressed = -1

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Selects the word under the mouse."""
        row, point = self.place_of(event.position())
        self._pressed = -1
        if row < 0 or self._layout(row).spot_at(point) != Spot.TEXT:
            return
        words = self._layout(row).words
        place = self._layout(row).cursor_at(point)
        start = words.previousCursorPosition(place + 1, QTextLayout.CursorMode.SkipWords)
        self._words = (row, start, words.nextCursorPosition(start, QTextLayout.CursorMode.SkipWords))
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the mouse, unless it went to a button over a row."""
        super().leaveEvent(event)
        QTimer.singleShot(0, self, self._check_hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter activates the current row; Space, Left, Right and Escape are for the Stage."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_activated.emit(self.currentIndex().row())
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape):
            event.ignore()
        else:
            self._words = None
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Says what the small controls mean."""
        if isinstance(event, QHelpEvent):
            row, point = self.place_of(QPointF(event.pos()))
            tip = self._layout(row).tip_at(point) if row >= 0 else ""
            QToolTip.showText(event.globalPos(), tip, self.viewport())
            return True
        return super().viewportEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Words stay selected only in the current row."""
        super().currentChanged(current, previous)
        if self._words is not None and self._words[0] != current.row():
            self._words = None
        self.viewport().update()

    # Rows

    def _layout(self, row: int) -> TurnLayout:
        entry: Entry = self.turns.entry(row)
        edited = self._edited is not None and self._edited[0] == row
        layout = self._layouts.get(row)
        width = float(self.viewport().width())
        if layout is None or layout.entry != entry or layout.width != width or edited:
            if len(self._layouts) > MAX_LAYOUTS:
                self._layouts.clear()
            layout = TurnLayout(entry, width, self._fonts, self._edited[1] if edited and self._edited else 0)
            self._layouts[row] = layout
        return layout

    def _on_theme_changed(self) -> None:
        self._fonts = Fonts()
        self._portraits.clear()
        self._layouts.clear()
        self.measure_again()

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.row_hovered.emit(row)
            self.viewport().update()

    def _check_hover(self) -> None:
        if not self.viewport().underMouse():
            self._hover(-1)

    def _portrait(self, face: Face) -> QPixmap:
        """Returns a face as it is painted beside a turn; painted once for all turns."""
        if face not in self._portraits:
            ratio = self.devicePixelRatioF()
            pixmap = QPixmap(round(AVATAR * ratio), round(AVATAR * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_face(painter, QRectF(0, 0, AVATAR, AVATAR), face, self._pictures.find(face.picture))
            painter.end()
            self._portraits[face] = pixmap
        return self._portraits[face]

    def _matches(self, entry: Entry) -> list[tuple[int, int]]:
        if self._searched is None or entry.line:
            return []
        text = entry.text
        return [
            (count_units(text[: found.start()]), count_units(text[: found.end()]))
            for found in self._searched.finditer(text)
        ]

    def _on_pictures_loaded(self) -> None:
        self._portraits.clear()
        self.viewport().update()

    def paint_row(self, painter: QPainter, row: int) -> None:
        layout = self._layout(row)
        index = self.model().index(row, 0)
        colors = theme.colors()
        area = QRectF(8, 0, self.viewport().width() - 16, self._heights.height(row))
        if self.selectionModel().isSelected(index):
            painter.setPen(
                QColor(colors.accent) if self.hasFocus() and index == self.currentIndex() else QColor(colors.line)
            )
            painter.setBrush(QColor(colors.card))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        elif row == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.mix(colors.ground, colors.card, 0.6)))
            painter.drawRoundedRect(area, 10, 10)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        face = self._faces.get(layout.entry.speaker_id)
        words = self._words[1:] if self._words is not None and self._words[0] == row else None
        layout.paint(
            painter,
            face,
            self._portrait(face) if face is not None else None,
            selection=words,
            found=self._matches(layout.entry),
            is_edited=self._edited is not None and self._edited[0] == row,
        )
