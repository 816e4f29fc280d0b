"""A table of parts of a world with its title and buttons; driven by keyboard as well as by mouse."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.scenarios.world.knowledge_sign import paint_sign
from gui.scenarios.world.thing_model import Column, ThingModel, Values

_Index = QModelIndex | QPersistentModelIndex
MAX_ROWS_SHOWN = 14
_LEAST_PX, _FAULT_PX = 120, 240
ROW_PX = 34


class ThingTable(QWidget):
    """Shows rows and asks for changes."""

    edited = Signal(str, str, object)
    """Key of the row, key of the column, the value."""
    add_requested = Signal()
    remove_requested = Signal(str)

    def __init__(
        self, name: str, columns: Sequence[Column], add_text: str = "", empty: str = "", parent: QWidget | None = None
    ) -> None:
        """Makes an empty table. `add_text` stands on the button that adds a row; without it rows are fixed."""
        super().__init__(parent)
        self.model = ThingModel(columns)
        self.view = _View(name, self.model)
        self._empty = QLabel(empty)
        self._empty.setWordWrap(True)
        theme.set_kind(self._empty, "dim")
        self.add_button = QPushButton(add_text, self)
        self.add_button.setIcon(theme.icon("mdi6.plus"))
        self.add_button.setVisible(bool(add_text))
        self.remove_button = QPushButton(self.tr("Remove"), self)
        self.remove_button.setIcon(theme.icon("mdi6.delete-outline", "dim"))
        theme.set_kind(self.remove_button, "ghost")
        self.remove_button.setVisible(bool(add_text))
        self._is_fixed = not add_text
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._empty)
        column.addWidget(self.view)
        column.addLayout(row)
        self.setFocusProxy(self.view)
        self._connect()
        self._fit()

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Takes other columns."""
        self.model.show_columns(columns)
        self.view.fit_columns()

    def show_rows(self, rows: Sequence[tuple[str, Values]]) -> None:
        """Takes the parts as they are kept; the cursor stays where it can."""
        current = self.view.currentIndex()
        key, column = self.current_key, current.column()
        self.model.show_rows(rows)
        place = self.model.place_of(key)
        if place >= 0 and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(place, max(0, column)))
        self._fit()

    @property
    def current_key(self) -> str:
        """The key of the row with the cursor; empty: none."""
        index = self.view.currentIndex()
        return self.model.rows[index.row()].key if index.isValid() else ""

    def go_to(self, key: str, column: str = "", *, edits: bool = False) -> None:
        """Puts the cursor into a row; `edits` begins to type in it."""
        place = self.model.place_of(key)
        if place < 0:
            return
        keys = [one.key for one in self.model.columns]
        index = self.model.index(place, keys.index(column) if column in keys else 0)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        if edits:
            self.view.edit(index)

    def _connect(self) -> None:
        self.model.edited.connect(self.edited)
        self.model.modelReset.connect(self.view.fit_columns)
        self.add_button.clicked.connect(self.add_requested)
        self.remove_button.clicked.connect(self._remove_current)
        if not self._is_fixed:
            self.view.remove_pressed.connect(self._remove_current)
            self.view.add_pressed.connect(self.add_requested)
        self.view.selectionModel().currentChanged.connect(lambda _now, _before: self._refresh_buttons())
        theme.notifier.theme_changed.connect(self._fit)

    def _remove_current(self) -> None:
        if self.current_key:
            self.remove_requested.emit(self.current_key)

    def _refresh_buttons(self) -> None:
        self.remove_button.setEnabled(bool(self.current_key))

    def _fit(self) -> None:
        count = self.model.rowCount()
        self._empty.setVisible(not count and bool(self._empty.text()))
        self.view.setVisible(count > 0)
        height = theme.text_px(ROW_PX)
        self.view.verticalHeader().setDefaultSectionSize(height)
        shown = min(count, MAX_ROWS_SHOWN)
        self.view.setFixedHeight(self.view.horizontalHeader().sizeHint().height() + shown * height + 10)
        self.view.fit_columns()
        self._refresh_buttons()


class _View(QTableView):
    """The table itself: Enter edits, Del removes, Insert adds, Space goes on to the next value."""

    remove_pressed = Signal()
    add_pressed = Signal()

    def __init__(self, name: str, model: ThingModel) -> None:
        super().__init__()
        self._things = model
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(name)
        theme.set_kind(self, "card")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed | triggers.SelectedClicked
        )
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def fit_columns(self) -> None:
        """Gives each column its share of the width; those without a width of their own take what is left."""
        header = self.horizontalHeader()
        has_faults = any(row.fault for row in self._things.rows)
        wanted = [theme.text_px(one.width_px or _LEAST_PX) for one in self._things.columns]
        room = self.viewport().width() - (theme.text_px(_FAULT_PX) if has_faults else 0)
        share = min(1.0, room / max(1, sum(wanted))) if self.isVisible() else 1.0
        for place in range(len(self._things.columns)):
            self.setColumnHidden(place, False)
        for place, column in enumerate(self._things.columns):
            if column.width_px:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(place, int(wanted[place] * share))
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        last = len(self._things.columns)
        self.setColumnHidden(last, not has_faults)
        header.setSectionResizeMode(last, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(last, theme.text_px(_FAULT_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shares the width anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit_columns()

    def showEvent(self, event: QShowEvent) -> None:
        """Shares the width once it is known."""
        super().showEvent(event)
        self.fit_columns()

    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: list[int] = []) -> None:  # noqa: B006
        """A fault may have come or gone: its column too."""
        super().dataChanged(top_left, bottom_right, roles)
        has_faults = any(row.fault for row in self._things.rows)
        if self.isColumnHidden(len(self._things.columns)) == has_faults:
            self.fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes the keys of the table."""
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
            return
        index, key = self.currentIndex(), event.key()
        is_step = (
            index.isValid()
            and index.column() < len(self._things.columns)
            and bool(self._things.columns[index.column()].steps)
        )
        if key == Qt.Key.Key_Delete:
            self.remove_pressed.emit()
        elif key == Qt.Key.Key_Insert:
            self.add_pressed.emit()
        elif is_step and key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._things.step(index, -1 if back else 1)
        elif is_step and key == Qt.Key.Key_Backspace:
            self._things.setData(index, self._things.columns[index.column()].steps[0][0])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.edit(index)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on a value that goes round makes it go on."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index == self.currentIndex():
            self._things.step(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second press is one more press where values go round."""
        index = self.indexAt(event.position().toPoint())
        if not (
            index.isValid()
            and index.column() < len(self._things.columns)
            and self._things.columns[index.column()].steps
        ):
            super().mouseDoubleClickEvent(event)


class _Delegate(QStyledItemDelegate):
    """Makes the editors of cells."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Returns a list for a choice, a line for a text."""
        column = self._column(index)
        if column.choices is None:
            line = QLineEdit(parent)
            line.setMaxLength(100_000)
            line.setPlaceholderText(column.hint)
            line.setStyleSheet("QLineEdit { padding: 0 8px; border-radius: 6px; }")
            line.setAccessibleName(column.title)
            return line
        box = QComboBox(parent)
        box.setAccessibleName(column.title)
        box.setStyleSheet("QComboBox { padding: 0 24px 0 8px; border-radius: 6px; }")
        for value, name in column.choices():
            box.addItem(name, value)
        box.activated.connect(lambda _place: (self.commitData.emit(box), self.closeEditor.emit(box)))
        return box

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Shows the value."""
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(value)))
        elif isinstance(editor, QLineEdit):
            editor.setText(str(value or ""))

    def setModelData(self, editor: QWidget, model: Any, index: _Index) -> None:
        """Takes the value."""
        value = editor.currentData() if isinstance(editor, QComboBox) else getattr(editor, "text", str)()
        model.setData(index, value)

    def eventFilter(self, editor: Any, event: QEvent) -> bool:
        """Keeps the list open while its choices are shown."""
        if isinstance(editor, QComboBox) and event.type() == QEvent.Type.FocusOut and editor.view().isVisible():
            return False
        return super().eventFilter(editor, event)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paints a value that goes round in its colour."""
        if index.column() < len(self._model(index).columns) and self._column(index).steps:
            paint_sign(painter, option, str(index.data(Qt.ItemDataRole.EditRole) or ""), str(index.data() or ""))
            return
        super().paint(painter, option, index)
        if index.column() < len(self._model(index).columns) and self._column(index).is_flag:
            self._paint_tick(painter, option, index)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        """Leaves ticks to `paint`: the style's own cannot be seen on dark ground."""
        super().initStyleOption(option, index)
        option.backgroundBrush = index.data(Qt.ItemDataRole.BackgroundRole) or option.backgroundBrush

    def _paint_tick(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colors = theme.colors()
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        box = option.widget.style().subElementRect(
            QStyle.SubElement.SE_ItemViewItemCheckIndicator, shown, option.widget
        )
        is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.accent if is_on else colors.dim), 1))
        painter.setBrush(QColor(colors.accent if is_on else colors.field))
        rect = QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(rect, 4, 4)
        if is_on:
            painter.setPen(QPen(QColor(colors.accent_text), 1.8))
            left, middle, right = rect.left() + 3.2, rect.center(), rect.right() - 3
            painter.drawPolyline(
                [QPointF(left, middle.y()), QPointF(middle.x() - 1, rect.bottom() - 4), QPointF(right, rect.top() + 4)]
            )
        painter.restore()

    def _model(self, index: _Index) -> ThingModel:
        model = index.model()
        assert isinstance(model, ThingModel)
        return model

    def _column(self, index: _Index) -> Column:
        return self._model(index).columns[index.column()]
