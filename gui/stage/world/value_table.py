"""The values and props of a world as they stand; one that is double-clicked can be set to something else."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.world.effects import Put, format_effects
from core.world.slots import SlotKind
from gui import theme
from gui.stage.fill import fill
from gui.stage.plain_tip import plain_tip
from gui.stage.world.saying import say_change, say_value
from gui.stage.world.world_story import ValueNow, WorldNow

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
NAME, VALUE = 0, 1
MAX_ROWS_SHOWN = 14
ATTRIBUTES = {SlotKind.HOLDER: "holder", SlotKind.PROP_PLACE: "place", SlotKind.PROP_STATE: "state"}


class ValueModel(QAbstractTableModel):
    """Name and value."""

    chosen = Signal(str)
    """What is to become of the world, see `core.world.effects`."""

    def __init__(self) -> None:
        super().__init__()
        self.values: tuple[ValueNow, ...] = ()
        self.number = 0
        self.can_edit = True

    def show(self, now: WorldNow) -> None:
        """Takes other values."""
        is_other = [one.name for one in now.values] != [one.name for one in self.values]
        if is_other:
            self.beginResetModel()
        self.values, self.number = now.values, now.number
        if is_other:
            self.endResetModel()
        elif self.values:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.values) - 1, VALUE))

    def is_fresh(self, row: int) -> bool:
        """Whether the last turn made it so."""
        return bool(self.number) and self.values[row].since.number == self.number

    def rowCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns how many values there are."""
        return len(self.values)

    def columnCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns two."""
        return 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Values can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.can_edit and index.column() == VALUE else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns what is shown."""
        if not index.isValid() or index.row() >= len(self.values):
            return None
        one = self.values[index.row()]
        shown = one.name if index.column() == NAME else say_value(one.value)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown
            case Qt.ItemDataRole.EditRole:
                return say_value(one.value)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{one.name}: {say_value(one.value)}, {say_change(one.since)}")
            case Qt.ItemDataRole.AccessibleTextRole:
                return fill(self.tr("%1 is %2, %3"), one.name, say_value(one.value), say_change(one.since))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Wants another value; it is there when the director has set it."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        one = self.values[index.row()]
        if str(value) != say_value(one.value):
            self.chosen.emit(format_effects((_effect(one, value),)))
        return True


def _effect(one: ValueNow, value: object) -> Put:
    said = value if isinstance(value, int) else str(value)
    return Put(one.slot.key, ATTRIBUTES.get(one.slot.kind, ""), said)


class _ValueDelegate(QStyledItemDelegate):
    """Paints a value that the last turn changed on a tint; edits with what fits its kind."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints one cell."""
        model = index.model()
        assert isinstance(model, ValueModel)
        colors, rect = theme.colors(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_fresh = model.is_fresh(index.row()) and index.column() == VALUE
        if is_fresh:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.mix(colors.card, colors.accent, 0.22)))
            painter.drawRoundedRect(rect.adjusted(1, 2, -1, -2), 6, 6)
        if option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_Active:
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 2, -1, -2), 6, 6)
        is_value = index.column() == VALUE
        painter.setFont(theme.ui_font(12, QFont.Weight.DemiBold if is_value else QFont.Weight.Normal))
        painter.setPen(QColor(colors.text if is_value else colors.dim))
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, rect.width() - 12)
        painter.drawText(rect.adjusted(6, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Returns a list of what it can be, or a number within its bounds."""
        model = index.model()
        assert isinstance(model, ValueModel)
        one = model.values[index.row()]
        if one.choices:
            box = QComboBox(parent)
            box.addItems(one.choices)
            box.activated.connect(lambda _place: self._keep(box))
            box.setAccessibleName(one.name)
            return box
        spin = QSpinBox(parent)
        low, high = one.bounds or (-1_000_000, 1_000_000)
        spin.setRange(max(low, -(2**31)), min(high, 2**31 - 1))
        spin.setAccessibleName(one.name)
        return spin

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Shows the present value."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
        elif isinstance(editor, QSpinBox):
            editor.setValue(int(str(index.data(Qt.ItemDataRole.EditRole))))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        """Takes what was chosen."""
        assert isinstance(model, ValueModel)
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        elif isinstance(editor, QSpinBox):
            model.setData(index, editor.value())

    def _keep(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


class ValueTable(QTableView):
    """As high as its rows, up to a number."""

    effects_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = ValueModel()
        self.setModel(self.values)
        self.setItemDelegate(_ValueDelegate(self))
        self.setAccessibleName(self.tr("Values of the world"))
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        theme.set_kind(self, "plain")
        self.setStyleSheet("QTableView { background: transparent; }")
        self.values.chosen.connect(self.effects_wanted)

    def show_world(self, now: WorldNow) -> None:
        """Shows other values."""
        self.values.show(now)
        self.verticalHeader().setDefaultSectionSize(self._row_px())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Returns room for the values, up to a number; more are scrolled."""
        return QSize(200, min(len(self.values.values), MAX_ROWS_SHOWN) * self._row_px() + 2)

    def minimumSizeHint(self) -> QSize:
        """Is never lower than that."""
        return QSize(80, self.sizeHint().height())

    def _row_px(self) -> int:
        return theme.text_px(30)
