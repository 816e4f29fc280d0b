"""Templates to begin a scenario with: a gallery of cards, each with a line about it and its graph in small."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.library.templates import Template, list_templates, read_template
from gui import theme
from gui.characters.empty import EmptyPlace
from gui.scenarios.beats.card import WIDTH_PX, kind_color
from gui.scenarios.beats.curves import make_curve
from models.beat import BeatKind

N_COLUMNS = 4
_CARD_WIDTH_PX, _CARD_HEIGHT_PX, _GRAPH_HEIGHT_PX = 224, 208, 92
_PAD_PX = 14
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_BEAT_HEIGHT_PX = 72


class TemplateCard(QAbstractButton):
    """One template. Enter, Space or a click begins with it."""

    def __init__(self, template: Template, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template = template
        self._beats, self._links = _read_graph(template.name)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.summary)
        self.setToolTip(template.summary)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.notifier.theme_changed.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        """Grows with the text."""
        return QSize(theme.text_px(_CARD_WIDTH_PX), theme.text_px(_CARD_HEIGHT_PX))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in _ARROWS:
            event.ignore()  # the grid goes on from here
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the graph in small over the words."""
        colors = theme.colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colors.accent if self.hasFocus() else colors.edge if self.underMouse() else colors.line
        painter.setPen(QPen(QColor(edge), 1.4 if self.hasFocus() else 1))
        painter.setBrush(QColor(colors.raised if self.underMouse() else colors.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        height = theme.text_px(_GRAPH_HEIGHT_PX)
        self._paint_graph(painter, QRectF(_PAD_PX, 12, self.width() - 2 * _PAD_PX, height - 16))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawLine(QPointF(1, height), QPointF(self.width() - 1, height))
        self._paint_words(painter, QRectF(self.rect()).adjusted(_PAD_PX, height + 8, -_PAD_PX, -10))

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        colors = theme.colors()
        painter.setFont(theme.ui_font(weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(colors.text))
        line = painter.fontMetrics().height()
        painter.drawText(
            QRectF(room.left(), room.top(), room.width(), line), Qt.AlignmentFlag.AlignLeft, self.template.title
        )
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(colors.dim))
        count = self.tr("%1 roles · %2 beats").replace("%1", str(self.template.n_roles))
        count = count.replace("%2", str(self.template.n_beats))
        foot = painter.fontMetrics().height()
        words = QRectF(room.left(), room.top() + line + 3, room.width(), room.height() - line - foot - 6)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self.template.summary)
        painter.setPen(QColor(theme.mix(colors.card, colors.dim, 0.8)))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, count)

    def _paint_graph(self, painter: QPainter, room: QRectF) -> None:
        whole = QRectF()
        for rect, _kind in self._beats.values():
            whole = whole.united(rect)
        if not whole.isValid():
            return
        scale = min(room.width() / whole.width(), room.height() / whole.height())
        painter.save()
        painter.translate(room.center())
        painter.scale(scale, scale)
        painter.translate(-whole.center())
        colors = theme.colors()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.mix(colors.card, colors.dim, 0.6)), 1.2 / scale))
        for start, end in self._links:
            painter.drawPath(make_curve(self._beats[start][0], self._beats[end][0]).path)
        for rect, kind in self._beats.values():
            tone = kind_color(kind)
            painter.setPen(QPen(QColor(tone), 1 / scale))
            painter.setBrush(QColor(theme.mix(colors.card, tone, 0.3)))
            painter.drawRoundedRect(rect, 3 / scale, 3 / scale)
        painter.restore()

    def _fit(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()


class TemplateGrid(QWidget):
    """All templates. Arrows go from card to card."""

    chosen = Signal(str)
    """The name of a template."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = [TemplateCard(template) for template in list_templates()]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        for place, card in enumerate(self.cards):
            card.clicked.connect(lambda _checked=False, name=card.template.name: self.chosen.emit(name))
            self._grid.addWidget(card, place // N_COLUMNS, place % N_COLUMNS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes to the card beside, above or below."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -N_COLUMNS,
            Qt.Key.Key_Down: N_COLUMNS,
        }
        focused = next((place for place, card in enumerate(self.cards) if card is self.focusWidget()), None)
        if event.key() in steps and focused is not None:
            to = focused + steps[Qt.Key(event.key())]
            if 0 <= to < len(self.cards):
                self.cards[to].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


class TemplateGallery(QDialog):
    """The templates over the editor."""

    chosen = Signal(str)
    blank_chosen = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New scenario from a template"))
        title = QLabel(self.tr("Begin with a template"))
        theme.set_kind(title, "title")
        words = QLabel(
            self.tr("Each brings its cast, a world and beats that the checker passes. Everything can be changed.")
        )
        theme.set_kind(words, "small")
        self.grid = TemplateGrid()
        self.grid.chosen.connect(self._on_chosen)
        blank = QPushButton(self.tr("Empty scenario"))
        blank.setIcon(theme.icon("mdi6.plus"))
        blank.clicked.connect(self._on_blank)
        leave = QPushButton(self.tr("Cancel"))
        theme.set_kind(leave, "ghost")
        leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(blank)
        row.addStretch(1)
        row.addWidget(leave)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(words)
        column.addSpacing(8)
        column.addWidget(self._area, 1)
        column.addSpacing(4)
        column.addLayout(row)

    def open_over(self, place: QWidget) -> None:
        """Opens as large as the templates need, and no larger than the window."""
        wanted = self.grid.sizeHint() + QSize(48 + 20, theme.text_px(170))
        room = place.window().size() - QSize(32, 32)
        self.resize(min(wanted.width(), room.width()), min(wanted.height(), room.height()))
        self.open()
        self.grid.cards[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chosen(self, name: str) -> None:
        self.accept()
        self.chosen.emit(name)

    def _on_blank(self) -> None:
        self.accept()
        self.blank_chosen.emit()


class EmptyScenarios(QScrollArea):
    """What stands in the place of the editor when there is no scenario: what it is for, and the templates."""

    template_chosen = Signal(str)

    def __init__(self, words: EmptyPlace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.grid = TemplateGrid()
        self.grid.chosen.connect(self.template_chosen)
        heading = QLabel(self.tr("Or begin with a template"))
        theme.set_kind(heading, "heading")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(words)
        for widget in (heading, self.grid):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setWidget(page)

    def showEvent(self, event: QShowEvent) -> None:
        """Keeps the words as high as they are."""
        super().showEvent(event)
        self._words.setMinimumHeight(theme.text_px(300))


def _read_graph(name: str) -> tuple[dict[str, tuple[QRectF, BeatKind]], list[tuple[str, str]]]:
    scenario = read_template(name)["scenario"]
    beats = {
        beat["id"]: (
            QRectF(beat.get("x", 0), beat.get("y", 0), WIDTH_PX, _BEAT_HEIGHT_PX),
            BeatKind(beat.get("kind", "step")),
        )
        for beat in scenario["beats"]
    }
    return beats, [(link["from_id"], link["to_id"]) for link in scenario["links"]]
