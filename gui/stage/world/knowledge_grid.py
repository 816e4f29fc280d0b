"""Who knows what, live: facts down, the cast across; a click on a cell goes to the turn that made it so."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.world.effects import Learn, format_effects
from gui import theme
from gui.scenarios.world.knowledge_sign import paint_disc
from gui.stage.plain_tip import plain_tip
from gui.stage.world.saying import say_knows
from gui.stage.world.world_story import BEGAN, Knows, WorldNow
from gui.widgets.portrait import initials
from models.world import Fact

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
NOTHING = Knows("", BEGAN)
CELL_PX, FACT_PX = 34, 110
MAX_ROWS_SHOWN = 12


class KnowledgeModel(QAbstractTableModel):
    """Facts by roles. Column 0 is the fact."""

    def __init__(self) -> None:
        super().__init__()
        self.now = WorldNow()
        self.facts: tuple[Fact, ...] = ()
        self.role_ids: list[str] = []
        self.colors: dict[str, str] = {}

    def show(self, now: WorldNow, colors: dict[str, str]) -> None:
        """Takes what is known now; the selection stays where facts and roles stay."""
        role_ids = [role_id for role_id in now.roles if role_id in now.role_names]
        is_other = now.facts != self.facts or role_ids != self.role_ids
        if is_other:
            self.beginResetModel()
        self.now, self.facts, self.role_ids, self.colors = now, now.facts, role_ids, colors
        if is_other:
            self.endResetModel()
        elif self.facts:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.facts) - 1, len(role_ids)))

    def knows(self, index: Index) -> Knows:
        """Returns what a cell says."""
        if index.column() < 1:
            return NOTHING
        key = (self.role_ids[index.column() - 1], self.facts[index.row()].id)
        return self.now.knows.get(key, NOTHING)

    def is_fresh(self, index: Index) -> bool:
        """Whether the last turn made it so."""
        return bool(self.now.number) and self.knows(index).since.number == self.now.number

    def rowCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns how many facts there are."""
        return len(self.facts)

    def columnCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns one more than there are roles."""
        return len(self.role_ids) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns the fact, or a sentence about a cell."""
        if not index.isValid() or index.row() >= len(self.facts):
            return None
        fact = self.facts[index.row()]
        if not index.column():
            words = fact.text or fact.id
            said = f"{words} ({self.tr('secret')})" if fact.is_secret else words
            return {
                Qt.ItemDataRole.DisplayRole: words,
                Qt.ItemDataRole.ToolTipRole: plain_tip(said),
                Qt.ItemDataRole.AccessibleTextRole: said,
            }.get(role)  # type: ignore[call-overload]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            name = self.now.roles[self.role_ids[index.column() - 1]]
            said = say_knows(name, fact.text or fact.id, self.knows(index))
            return said if role == Qt.ItemDataRole.AccessibleTextRole else plain_tip(said)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns the initials of a member of the cast, in its colour."""
        if orientation != Qt.Orientation.Horizontal or not 0 < section <= len(self.role_ids):
            return None
        role_id = self.role_ids[section - 1]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return initials(self.now.roles[role_id])
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.now.roles[role_id])
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self.colors.get(role_id, theme.colors().dim))
        return None


class _CellDelegate(QStyledItemDelegate):
    """Paints facts as words and knowledge as signs; what the last turn changed has a ring."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints one cell."""
        model = index.model()
        assert isinstance(model, KnowledgeModel)
        colors, rect = theme.colors(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if model.is_fresh(index):
            painter.setPen(QColor(colors.accent))
            painter.setBrush(QColor(theme.mix(colors.card, colors.accent, 0.22)))
            painter.drawRoundedRect(rect.adjusted(3.5, 3.5, -3.5, -3.5), 6, 6)
        if option.state & QStyle.StateFlag.State_Selected and option.state & QStyle.StateFlag.State_Active:
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
        if index.column():
            paint_disc(painter, rect.center(), model.knows(index).status)
        else:
            is_secret = model.facts[index.row()].is_secret
            painter.setFont(theme.ui_font(12))
            painter.setPen(QColor(colors.warning if is_secret else colors.text))
            words = painter.fontMetrics().elidedText(
                str(index.data()), Qt.TextElideMode.ElideRight, int(rect.width()) - 10
            )
            painter.drawText(rect.adjusted(6, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class _CastHeader(QHeaderView):
    """Paints each of the cast in its colour, which the stylesheet would not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paints initials."""
        said = self.model().headerData(section, Qt.Orientation.Horizontal)
        color = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ForegroundRole)
        if isinstance(said, str) and isinstance(color, QColor):
            painter.setFont(theme.ui_font(11, QFont.Weight.DemiBold))
            painter.setPen(color)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, said)


class KnowledgeGrid(QTableView):
    """The matrix. Enter or a click goes to the turn; the menu says what somebody shall know."""

    turn_wanted = Signal(int)
    effects_wanted = Signal(str)
    """What is to become of the world, see `core.world.effects`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.can_edit = True
        self.knowledge = KnowledgeModel()
        self.setModel(self.knowledge)
        self.setItemDelegate(_CellDelegate(self))
        self.setAccessibleName(self.tr("Who knows what"))
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setHorizontalHeader(_CastHeader(self))
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(20)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.clicked.connect(self._go)
        theme.set_kind(self, "plain")
        self.setStyleSheet("QTableView { background: transparent; } QHeaderView::section { padding: 2px 0; }")

    def show_world(self, now: WorldNow, colors: dict[str, str]) -> None:
        """Shows what is known now."""
        self.knowledge.show(now, colors)
        self._fit()

    def sizeHint(self) -> QSize:
        """Returns room for the facts, up to a number; more are scrolled."""
        rows = min(len(self.knowledge.facts), MAX_ROWS_SHOWN)
        bar = 12 if self._needs_bar() else 0
        return QSize(200, self.horizontalHeader().sizeHint().height() + rows * self._row_px() + bar + 2)

    def minimumSizeHint(self) -> QSize:
        """Is never lower than that."""
        return QSize(80, self.sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        """Gives the facts what width is left."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the turn of the current cell."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def set_status(self, index: Index, verb: str) -> None:
        """Wants somebody to learn, suspect or forget a fact."""
        now, fact = self.knowledge.now, self.knowledge.facts[index.row()]
        role = now.role_names[self.knowledge.role_ids[index.column() - 1]]
        self.effects_wanted.emit(format_effects((Learn(role, fact.id, verb),)))

    def _fit(self) -> None:
        cell = theme.text_px(CELL_PX)
        n_roles = len(self.knowledge.role_ids)
        for column in range(1, n_roles + 1):
            self.setColumnWidth(column, cell)
        self.setColumnWidth(0, max(FACT_PX, self.viewport().width() - n_roles * cell))
        self.verticalHeader().setDefaultSectionSize(self._row_px())
        self.horizontalHeader().setFont(theme.ui_font(11))
        self.updateGeometry()

    def _needs_bar(self) -> bool:
        return self.viewport().width() < FACT_PX + len(self.knowledge.role_ids) * theme.text_px(CELL_PX)

    def _row_px(self) -> int:
        return theme.text_px(28)

    def _go(self, index: Index) -> None:
        turn_id = self.knowledge.knows(index).since.turn_id if index.isValid() else None
        if turn_id is not None:
            self.turn_wanted.emit(turn_id)

    def _open_menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if not index.isValid() or not index.column() or not self.can_edit:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for verb, words in (
            ("learns", self.tr("Learns it now")),
            ("suspects", self.tr("Suspects it now")),
            ("forgets", self.tr("Forgets it")),
        ):
            menu.addAction(words).triggered.connect(lambda _checked=False, verb=verb: self.set_status(index, verb))
        menu.popup(self.viewport().mapToGlobal(point))
