"""The history of one entity: its moments on the left, what differs on the right, and ways back."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.history.differences import Difference, list_differences
from core.history.entities import Entity
from core.history.moments import Moment, MomentKind, forget_version, list_moments, name_version
from core.history.restoring import restore_field, restore_moment
from gui import theme
from gui.history.difference_card import DifferenceCard, Piece, pieces_of
from gui.history.moment_list import MomentList
from gui.history.words import difference_title, moment_time, moment_title
from gui.widgets.ask import ask_text
from gui.widgets.field_names import row_name
from gui.workspace import Workspace

SIZE = (980, 640)
MAX_CARDS = 60
REFRESH_MS = 150
SINCE_THEN, IN_IT = "since", "in"


@dataclass(frozen=True)
class _Shown:
    """What the right side shows: the way from one moment to another."""

    older: Moment
    newer: Moment
    cards: list[tuple[Difference, list[Piece]]]
    n_more: int


class HistoryDialog(QDialog):
    """Not modal: the window goes on, and what is done there appears here."""

    def __init__(self, workspace: Workspace, entity: Entity, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("History of %1").replace("%1", name or row_name(entity.kind)))
        room = self.screen().availableSize()
        self.resize(min(theme.text_px(SIZE[0]), room.width()), min(theme.text_px(SIZE[1]), room.height()))
        self.entity = entity
        self._workspace = workspace
        self._name = name
        self._reading = self._comparing = 0
        self._wanted: tuple[MomentKind, str] | None = None
        self.moments = MomentList()
        self.compared = QComboBox()
        self.restore = QPushButton(self.tr("&Restore this moment"))
        self.name_it = QPushButton(self.tr("&Name this version…"))
        self.forget = QPushButton(self.tr("Forget the name"))
        self.words = QLabel()
        self.said = QLabel()
        self._area = QScrollArea()
        self._lay_out(name)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Reads the moments again, in the background."""
        self._reading += 1
        number, project, entity = self._reading, self._workspace.project, self.entity
        self._workspace.jobs.run(
            lambda: list_moments(project, entity), lambda moments: self._show_moments(number, moments)
        )

    def choose(self, kind: MomentKind, source_id: str) -> None:
        """Chooses a moment, such as that of a playtest, now or when it has been read."""
        self._wanted = (kind, source_id)
        self.moments.choose(kind, source_id)

    def cards(self) -> list[DifferenceCard]:
        """Returns the differences that are shown."""
        return self._area.widget().findChildren(DifferenceCard)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete forgets the name of a version; Enter does nothing by itself."""
        if event.key() == Qt.Key.Key_Delete and self.forget.isVisible():
            self._forget_name()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks for nothing any more."""
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes."""
        self._stop()
        super().reject()

    def _stop(self) -> None:
        self._reading += 1
        self._comparing += 1
        self._timer.stop()

    def _lay_out(self, name: str) -> None:
        title = QLabel(name)
        title.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(title, "subtitle")
        for label in (self.words, self.said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        theme.set_kind(self.words, "small")
        theme.set_kind(self.said, "good")
        self.said.hide()
        self.compared.addItem(self.tr("What is different now"), SINCE_THEN)
        self.compared.addItem(self.tr("What was changed here"), IN_IT)
        self.compared.setAccessibleName(self.tr("Compare"))
        theme.set_kind(self.restore, "primary")
        left = QWidget()
        left.setMinimumWidth(theme.text_px(270))
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.moments, 1)
        hint = QLabel(self.tr("Choose two with Ctrl to compare them."))
        hint.setWordWrap(True)
        theme.set_kind(hint, "small")
        column.addWidget(hint)
        splitter = QSplitter()
        splitter.addWidget(left)
        splitter.addWidget(self._make_right())
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([theme.text_px(300), theme.text_px(680)])
        splitter.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 16, 20, 16)
        whole.addWidget(splitter)

    def _make_right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.compared)
        head.addStretch(1)
        for button in (self.forget, self.name_it, self.restore):
            button.setAutoDefault(False)
            head.addWidget(button)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidget(QWidget())
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self._area, 1)
        column.addWidget(self.said)
        return right

    def _connect(self) -> None:
        self.moments.itemSelectionChanged.connect(self._compare)
        self.compared.currentIndexChanged.connect(lambda _row: self._compare())
        self.restore.clicked.connect(self._restore_moment)
        self.name_it.clicked.connect(self._ask_name)
        self.forget.clicked.connect(self._forget_name)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self._undo)
        QShortcut(QKeySequence("F2"), self, self._ask_name)
        self._workspace.rows_changed.connect(self._on_rows_changed)
        self._workspace.project_opened.connect(self.close)
        self._workspace.closing.connect(self.close)

    def _on_rows_changed(self, _table: str, _row_id: str) -> None:
        self._timer.start()

    def _show_moments(self, number: int, moments: list[Moment]) -> None:
        if number != self._reading:
            return
        self.moments.show_moments(moments)
        if self._wanted is not None:
            self.moments.choose(*self._wanted)
            self._wanted = None
        self._compare()

    def _compare(self) -> None:
        """Finds what differs, in the background: long texts take a while."""
        chosen, moments = self.moments.chosen(), self.moments.moments()
        is_one = len(chosen) == 1
        self.compared.setVisible(is_one)
        self.restore.setVisible(is_one)
        self.name_it.setVisible(is_one and chosen[0].is_there)
        self.forget.setVisible(is_one and chosen[0].kind == MomentKind.VERSION)
        can_write = not self._workspace.project.is_read_only
        for button in (self.name_it, self.forget):
            button.setEnabled(can_write)
        self.restore.setEnabled(can_write and is_one and chosen[0].is_there and chosen[0].kind != MomentKind.NOW)
        pair = self._pair(chosen, moments)
        if pair is None:
            self._clear(self.tr("Nothing is known of it yet.") if not moments else self.tr("Choose a moment."))
            return
        self._comparing += 1
        number, entity = self._comparing, self.entity

        def work() -> _Shown:
            found = list_differences(entity, pair[0].rows, pair[1].rows)
            cards = [(difference, pieces_of(difference)) for difference in found[:MAX_CARDS]]
            return _Shown(pair[0], pair[1], cards, max(0, len(found) - MAX_CARDS))

        self._workspace.jobs.run(work, lambda shown: self._show(number, shown))

    def _pair(self, chosen: list[Moment], moments: list[Moment]) -> tuple[Moment, Moment] | None:
        """The older and the newer of what is compared."""
        if len(chosen) >= 2:
            return chosen[-1], chosen[0]
        if not chosen:
            return None
        moment = chosen[0]
        if self.compared.currentData() == SINCE_THEN and moment.kind != MomentKind.NOW:
            return moment, moments[0]
        place = moments.index(moment)
        older = next((one for one in moments[place + 1 :] if one.rows != moment.rows), None)
        return older or Moment(MomentKind.FIRST, "", "", {}), moment

    def _show(self, number: int, shown: _Shown) -> None:
        if number != self._comparing:
            return
        if not shown.cards:
            self._clear(self.tr("No difference."))
            return
        self.words.setText(self.tr("From %1 to %2").replace("%1", _name(shown.older)).replace("%2", _name(shown.newer)))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        can_restore = not self._workspace.project.is_read_only
        for difference, pieces in shown.cards:
            card = DifferenceCard(difference, pieces, can_restore)
            card.restore_requested.connect(self._restore_field)
            column.addWidget(card)
        if shown.n_more:
            more = QLabel(self.tr("and %1 more").replace("%1", str(shown.n_more)))
            theme.set_kind(more, "dim")
            column.addWidget(more)
        column.addStretch(1)
        self._area.setWidget(inner)

    def _clear(self, words: str) -> None:
        self.words.setText(words)
        self._area.setWidget(QWidget())

    def _restore_moment(self) -> None:
        chosen = self.moments.chosen()
        if len(chosen) == 1:
            label = self.tr("Restore %1").replace("%1", self._name)
            project = self._workspace.project
            self._do(
                lambda: restore_moment(project, self.entity, chosen[0].rows, label),
                self.tr("Restored: %1.").replace("%1", _name(chosen[0])),
            )

    def _restore_field(self, difference: Difference) -> None:
        title, project = difference_title(difference), self._workspace.project
        label = self.tr("Restore %1").replace("%1", title)
        self._do(
            lambda: restore_field(project, self.entity, difference, label),
            self.tr("Restored: %1.").replace("%1", title),
        )

    def _ask_name(self) -> None:
        chosen = self.moments.chosen()
        if len(chosen) == 1 and chosen[0].is_there and not self._workspace.project.is_read_only:
            ask_text(
                self,
                self.tr("Name this version"),
                self.tr("Such as “Before the rewrite”"),
                "",
                lambda name: self._name_moment(chosen[0], name),
            )

    def _name_moment(self, moment: Moment, name: str) -> None:
        project = self._workspace.project
        self._do(
            lambda: name_version(project, self.entity, name, moment.rows), self.tr("Named: %1.").replace("%1", name)
        )

    def _forget_name(self) -> None:
        chosen = self.moments.chosen()
        if len(chosen) == 1 and chosen[0].kind == MomentKind.VERSION:
            project = self._workspace.project
            self._do(
                lambda: forget_version(project, chosen[0].source_id),
                self.tr("Forgotten: %1.").replace("%1", chosen[0].label),
            )

    def _undo(self) -> None:
        project = self._workspace.project

        def done(label: str | None) -> None:
            if label:
                self._say(self.tr("Undone: %1").replace("%1", label), "good")

        self._workspace.jobs.run(project.undo, done, lambda error: self._say(str(error), "fault"))

    def _do(self, work: Callable[[], object], done: str) -> None:
        """Does something in the background: a scenario may have hundreds of rows."""
        words = self.tr("%1 Ctrl+Z takes it back.").replace("%1", done)
        self._workspace.jobs.run(
            work, lambda _result: self._say(words, "good"), lambda error: self._say(str(error), "fault")
        )

    def _say(self, text: str, kind: str) -> None:
        theme.set_kind(self.said, kind)
        self.said.setText(text)
        self.said.setVisible(bool(text))


def _name(moment: Moment) -> str:
    time = moment_time(moment)
    return f"“{moment_title(moment)}”" + (f" ({time})" if time else "")
