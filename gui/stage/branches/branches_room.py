"""The room of the branches: all of them as a tree, to go to, name, compare and delete."""

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.library.branches import cut_branch, name_branch
from gui import theme
from gui.stage.branches.branch_delegate import BranchDelegate, Sketch, sketch_colors
from gui.stage.branches.branch_endings import read_endings
from gui.stage.branches.branch_model import BranchModel
from gui.stage.branches.branch_rows import BranchRow, path_of, sketch_line
from gui.stage.fill import fill
from gui.stage.reading import StageTurn
from gui.stage.session import StageSession
from gui.stage.side_room import SideRoom
from gui.widgets.field_names import field_name
from gui.workspace import Workspace

SKETCH_POINTS = 40
MAX_CHANGE_CHARS = 200
SETTLE_MS = 400
"""New scores are drawn together."""


class BranchesRoom(SideRoom):
    """A tree of branches with what can be done with each."""

    KEY = "branches"
    ICON = "mdi6.source-branch"

    branch_wanted = Signal(int)
    """The last turn of a branch that is to be the present one."""
    comparison_wanted = Signal(int)
    """The last turn of a branch that is to be laid beside the present one."""
    original_wanted = Signal()
    """A "what if" is to be laid beside what it is about."""
    undo_offered = Signal(str, int)
    """What was done, in a sentence, and how many steps take it back."""
    overlay_wanted = Signal(object)
    """Last turn and name of a branch whose scores are to be seen in the charts too, or None."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self.model = BranchModel(session)
        self._sketches: dict[int, Sketch] = {}
        self._paths: dict[int, list[StageTurn]] = {}
        """Place of a branch -> its turns, of those that were drawn."""
        self._is_stale = True
        self._followed_id = 0
        """First turn of the branch that is selected because one stands on it; 0: another was chosen."""
        self.overlay_leaf: int | None = None
        self.view = BranchList(self.model, self._sketch_of)
        self._count = QLabel()
        theme.set_kind(self._count, "small")
        self._key = QLabel()
        self._key.setTextFormat(Qt.TextFormat.RichText)
        theme.set_kind(self._key, "small")
        self._what_if = QLabel()
        self._what_if.setWordWrap(True)
        self._what_if.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self._what_if, "small")
        self.original_button = QPushButton(self.tr("Compare with the original"))
        theme.set_kind(self.original_button, "small-link")
        self.original_button.clicked.connect(self.original_wanted)
        self._make_actions()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._forget_sketches)
        self._connect()

    def title(self) -> str:
        """Returns its name."""
        return self.tr("Tree")

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what changed meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    @property
    def selected(self) -> BranchRow | None:
        """The branch that is selected."""
        place = self.view.currentIndex().row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    # What a person does

    def go_there(self) -> None:
        """Makes the selected branch the present one."""
        if self.selected is not None:
            self.branch_wanted.emit(self.selected.leaf.id)

    def rename(self) -> None:
        """Lets the name be changed in its place."""
        if self.view.currentIndex().isValid():
            self.view.edit(self.view.currentIndex())

    def rename_present(self) -> None:
        """Lets the present branch be named."""
        if 0 <= self.model.present_place < len(self.model.rows):
            self.view.setCurrentIndex(self.model.index(self.model.present_place))
            self.view.setFocus()
            self.rename()

    def compare(self) -> None:
        """Lays the selected branch beside the present one."""
        if self.selected is not None:
            self.comparison_wanted.emit(self.selected.leaf.id)

    def cut(self) -> None:
        """Deletes what only the selected branch has."""
        row = self.selected
        if row is None or len(self.model.rows) < 2:
            return
        project, playtest_id, turn_id = self.workspace.project, self.session.playtest_id, row.only.id
        said = fill(self.tr("The branch %1 was deleted."), self.model.name_of(row))

        def work() -> None:
            if self.workspace.attempt(lambda: cut_branch(project, playtest_id, turn_id)):
                self.undo_offered.emit(said, 1)

        self.session.when_quiet(work)

    def toggle_overlay(self) -> None:
        """Draws the scores of the selected branch into the charts, or takes them out again."""
        row = self.selected
        self.overlay_leaf = None if row is None or row.leaf.id == self.overlay_leaf else row.leaf.id
        is_shown = row is not None and self.overlay_leaf is not None
        self.overlay_wanted.emit((row.leaf.id, self.model.name_of(row)) if row is not None and is_shown else None)
        self._refresh_actions()

    # How it is put together

    def _make_actions(self) -> None:
        def make(text: str, icon: str, keys: str, slot: object) -> QAction:
            action = QAction(theme.icon(icon), text, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setToolTip(f"{text} ({keys})")
            action.triggered.connect(slot)
            self.view.addAction(action)
            return action

        self.go_action = make(self.tr("Go there"), "mdi6.arrow-right", "Return", self.go_there)
        self.rename_action = make(self.tr("Rename"), "mdi6.rename-outline", "F2", self.rename)
        self.compare_action = make(
            self.tr("Compare with the present branch"), "mdi6.compare-horizontal", "C", self.compare
        )
        self.overlay_action = make(self.tr("Show in the charts"), "mdi6.chart-multiline", "O", self.toggle_overlay)
        self.overlay_action.setCheckable(True)
        self.cut_action = make(self.tr("Delete the branch"), "mdi6.delete-outline", "Del", self.cut)
        self.actions_of_branch = [
            self.go_action,
            self.rename_action,
            self.compare_action,
            self.overlay_action,
            self.cut_action,
        ]

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 0, 8, 0)
        bar.setSpacing(2)
        for action in self.actions_of_branch:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            theme.set_kind(button, "ghost")
            bar.addWidget(button)
        bar.addStretch(1)
        head = QHBoxLayout()
        head.setContentsMargins(14, 4, 12, 0)
        head.addWidget(self._count, 1)
        about = QVBoxLayout()
        about.setContentsMargins(14, 0, 12, 0)
        about.addWidget(self._what_if)
        about.addWidget(self.original_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._empty = QLabel(
            self.tr(
                "Nothing played yet. Continue from an earlier turn (B), retry (R) or edit (E) one, and a branch begins."
            )
        )
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(16, 16, 16, 0)
        theme.set_kind(self._empty, "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(about)
        layout.addLayout(bar)
        layout.addWidget(self._empty, 1)  # in the place of the list, while there is none
        layout.addWidget(self.view, 1)
        self._key.setContentsMargins(14, 0, 12, 10)
        layout.addWidget(self._key)

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self._refresh_in_sight)
        session.branches_changed.connect(self._refresh_in_sight)
        session.state_changed.connect(self._on_state_changed)
        session.scored.connect(lambda _turn_ids: self._timer.start() if not self._timer.isActive() else None)
        theme.notifier.theme_changed.connect(self._refresh_in_sight)
        self.model.renamed.connect(self._rename)
        self.view.doubleClicked.connect(lambda _index: self.go_there())
        self.view.selectionModel().currentChanged.connect(self._refresh_actions)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._open_menu)

    # What happened

    def _on_opened(self) -> None:
        self.overlay_leaf = None
        self.model.endings = {}
        self._refresh_in_sight()

    def _on_state_changed(self) -> None:
        if self.isVisible() and self.model.ending != self.session.ended:
            self._refresh()

    def _refresh_in_sight(self) -> None:
        self._sketches.clear()
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self._refresh()

    def _forget_sketches(self) -> None:
        self._sketches.clear()
        self.view.viewport().update()

    def _refresh(self) -> None:
        self._is_stale = False
        selected = self.selected
        if selected is not None and selected.first.id == self._followed_id:
            selected = None
        self._paths.clear()
        self.model.refresh()
        rows = self.model.rows
        place = next(
            (place for place, row in enumerate(rows) if selected is not None and row.first.id == selected.first.id),
            self.model.present_place,
        )
        is_present = selected is None and 0 <= place < len(rows)
        self._followed_id = rows[place].first.id if is_present else 0
        if 0 <= place < len(rows) and place != self.view.currentIndex().row():
            self.view.setCurrentIndex(self.model.index(place))
        self._empty.setVisible(not rows)
        self.view.setVisible(bool(rows))
        self._key.setVisible(bool(rows))
        n_turns = len(self.session.tree)
        said = self.tr("%1 branches, %2 turns") if len(rows) != 1 else self.tr("1 branch, %2 turns")
        self._count.setText(fill(said, len(rows), f"{n_turns:,}"))
        names = {"grounding": self.tr("grounding"), "drift": self.tr("drift")}
        self._key.setText(
            "&nbsp; ".join(
                f'<span style="color:{color}">—</span> {names[metric]}' for metric, color in sketch_colors().items()
            )
        )
        self._say_what_if()
        self._refresh_actions()
        self._read_endings()

    def _read_endings(self) -> None:
        """Finds why other branches ended, off the window's thread; what was found stays true."""
        session, script, head = self.session, self.session.script, self.session.head
        leaves = {row.leaf.id for row in self.model.rows if head is None or row.leaf.id != head.id}
        unknown = leaves - self.model.endings.keys()
        if script is None or not unknown:
            return
        project, playtest_id = self.workspace.project, session.playtest_id
        self.model.endings |= dict.fromkeys(unknown, "")

        def show(endings: dict[int, str]) -> None:
            if playtest_id == session.playtest_id:
                self.model.endings |= endings
                self.view.viewport().update()

        self.workspace.jobs.run(
            lambda: read_endings(project, playtest_id, script, unknown), show, lambda _error: None, is_long=True
        )

    def _say_what_if(self) -> None:
        """Says what was changed, where the playtest asks "what if"."""
        playtest = self.session.playtest
        asked = playtest.what_if if playtest is not None else {}
        self._what_if.setVisible(bool(asked))
        self.original_button.setVisible(bool(asked))
        change = asked.get("change")
        change = change if isinstance(change, dict) else {}
        what = " ".join(f"{field_name(str(change.get('field') or ''))} = {change.get('after', '')}".split()).lstrip(
            "= "
        )
        said = self.tr("What if, from turn %1 on: %2")
        self._what_if.setText(fill(said, asked.get("number", ""), what[:MAX_CHANGE_CHARS]) if asked else "")

    def _refresh_actions(self) -> None:
        row = self.selected
        is_present = self.view.currentIndex().row() == self.model.present_place
        head, can_write = self.session.head, self.session.can_write
        self.go_action.setEnabled(can_write and row is not None and (head is None or row.leaf.id != head.id))
        self.rename_action.setEnabled(can_write and row is not None)
        self.compare_action.setEnabled(row is not None and not is_present)
        self.overlay_action.setEnabled(row is not None and not is_present)
        self.overlay_action.setChecked(row is not None and row.leaf.id == self.overlay_leaf)
        self.cut_action.setEnabled(can_write and row is not None and len(self.model.rows) > 1)

    def _rename(self, turn_id: int, name: str) -> None:
        self.workspace.attempt(lambda: name_branch(self.workspace.project, turn_id, name))

    def _open_menu(self, point: QPoint) -> None:
        if self.view.indexAt(point).isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions(self.actions_of_branch)
            menu.popup(self.view.viewport().mapToGlobal(point))

    def _sketch_of(self, place: int) -> Sketch:
        """Returns the scores of a branch, both lines scaled to what the playtest has."""
        row = self.model.rows[place]
        if row.leaf.id not in self._sketches:
            path = path_of(self.session.tree, self.model.rows, place, self._paths)
            sketch: Sketch = {}
            for metric in sketch_colors():
                line = sketch_line(path, self.session.scores, metric, SKETCH_POINTS)
                low, high = min((y for _, y in line), default=0.0), max((y for _, y in line), default=0.0)
                sketch[metric] = [(x, (y - low) / (high - low) if high > low else 0.5) for x, y in line]
            self._sketches[row.leaf.id] = sketch
        return self._sketches[row.leaf.id]


class BranchList(QListView):
    """The list; Enter goes there, F2 renames."""

    def __init__(self, model: BranchModel, sketch_of: object) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(BranchDelegate(model, sketch_of, self))  # type: ignore[arg-type]
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Branches of this playtest"))
        theme.set_kind(self, "plain")

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter belongs to the action, not to the editor."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            event.ignore()
            return
        super().keyPressEvent(event)
