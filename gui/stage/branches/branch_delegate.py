"""How a branch looks in the tree: its place, its name, its length, and its scores as two small lines."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.stage.branches.branch_model import MAX_STEPS, BranchModel

Index = QModelIndex | QPersistentModelIndex
Sketch = dict[str, list[tuple[float, float]]]
"""Metric -> points, both coordinates in [0, 1]."""

PAD, STEP = 10, 14
SKETCH_WIDTH = 84
DOT = 4


def sketch_colors() -> dict[str, str]:
    """Returns the metrics of a thumbnail and their colours."""
    return {"grounding": theme.colors().good, "drift": theme.colors().warning}


class BranchDelegate(QStyledItemDelegate):
    """Paints rows of a `BranchModel`."""

    def __init__(self, model: BranchModel, sketch_of: Callable[[int], Sketch], parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._sketch_of = sketch_of

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Returns the height of two lines."""
        return QSize(120, theme.text_px(14) + theme.text_px(12) + 26)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints one branch."""
        colors, rect = theme.colors(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_present = index.row() == self._model.present_place
        if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selection if is_selected else colors.hover))
            painter.drawRoundedRect(rect.adjusted(3, 1, -3, -1), 6, 6)
        left = self._paint_stem(painter, rect, index.row(), is_present)
        right = self._paint_sketch(painter, rect, index.row(), left)
        self._paint_words(painter, QRect(left, rect.top() + 8, right - left - 6, rect.height() - 14), index, is_present)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Returns a line for the name."""
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setPlaceholderText(self.tr("Name of the branch"))
            editor.setAccessibleName(self.tr("Name of the branch"))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Puts it over the row."""
        rect = option.rect
        height = editor.sizeHint().height()
        left = rect.left() + self._indent(index.row())
        editor.setGeometry(left, rect.center().y() - height // 2, rect.right() - left - 6, height)

    def _indent(self, row: int) -> int:
        return PAD + STEP * min(self._model.rows[row].depth, MAX_STEPS) + 2 * DOT + 8

    def _paint_stem(self, painter: QPainter, rect: QRect, row: int, is_present: bool) -> int:
        """Paints the lines that lead here and the dot; returns where the words begin."""
        colors, one = theme.colors(), self._model.rows[row]
        depth = min(one.depth, MAX_STEPS)
        x = rect.left() + PAD + STEP * depth + DOT
        middle = rect.top() + 8 + theme.text_px(14) // 2 + 1
        painter.setPen(QPen(QColor(colors.edge), 1.4))
        for step in self._model.stems(row):
            at = rect.left() + PAD + STEP * step + DOT
            painter.drawLine(at, rect.top(), at, rect.bottom() + 1)
        if one.depth:
            before = x - STEP
            painter.drawLine(before, rect.top(), before, middle)
            painter.drawLine(before, middle, x, middle)
        if self._model.has_branches_below(row):
            painter.drawLine(x, middle, x, rect.bottom() + 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.accent if is_present else colors.dim))
        size = DOT + (1 if is_present else 0)
        painter.drawEllipse(QPointF(x, middle), size, size)
        return rect.left() + self._indent(row)

    def _paint_words(self, painter: QPainter, rect: QRect, index: Index, is_present: bool) -> None:
        colors, row = theme.colors(), self._model.rows[index.row()]
        font = theme.ui_font(14, QFont.Weight.DemiBold if row.name or is_present else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        name = painter.fontMetrics().elidedText(self._model.name_of(row), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(colors.dim))
        facts = self._model.facts_of(index.row())
        facts = painter.fontMetrics().elidedText(facts, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, facts)

    def _paint_sketch(self, painter: QPainter, rect: QRect, row: int, left: int) -> int:
        """Paints the scores where there is room; returns where they begin."""
        width = min(SKETCH_WIDTH, (rect.right() - left) // 3)
        if width < 30:
            return rect.right() - PAD
        place = QRectF(rect.right() - PAD - width, rect.top() + 10, width, rect.height() - 20)
        sketch = self._sketch_of(row)
        for metric, color in sketch_colors().items():
            points = [
                QPointF(place.left() + x * place.width(), place.bottom() - y * place.height())
                for x, y in sketch.get(metric, ())
            ]
            painter.setPen(QPen(QColor(color), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(points) > 1:
                painter.drawPolyline(QPolygonF(points))
            elif points:
                painter.setBrush(QColor(color))
                painter.drawEllipse(points[0], 1.5, 1.5)
        return round(place.left())
