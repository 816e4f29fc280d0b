"""The bar above the Stage: which playtest and which branch is open, its seed, and its settings."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from core.library.playtests import list_playtests, rename_playtest
from core.library.scenarios import list_scenarios
from gui import theme
from gui.stage.cast.whereabouts import Whereabouts
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill
from gui.stage.reading import StageTurn
from gui.stage.saying import say_end_of_branch
from gui.stage.session import StageSession
from gui.workspace import Workspace
from models.playtest import Playtest

MAX_LISTED = 20
"""Playtests of one scenario in the menu; the Library has them all."""
FIRST_WORDS = 36


class TitleButton(QPushButton):
    """Opens the menu of playtests; a double click renames."""

    rename_wanted = Signal()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Wants another name."""
        self.rename_wanted.emit()


class NameEdit(QLineEdit):
    """The name while it is being changed."""

    cancelled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the name as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class Header(QFrame):
    """Pickers for playtest and branch."""

    playtest_chosen = Signal(str)
    scenario_chosen = Signal(str)
    """A new playtest of this scenario is wanted."""
    branch_chosen = Signal(int)
    """Last turn of the branch."""
    settings_wanted = Signal(QWidget)
    """The button that the settings go below."""

    def __init__(
        self, workspace: Workspace, session: StageSession, actions: list[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self.scenario_name = ""
        """Shown while no playtest is open."""
        theme.set_kind(self, "bar")
        self.title = TitleButton()
        theme.set_kind(self.title, "ghost")
        self.title.setStyleSheet("padding: 6px 28px 6px 12px; font-weight: 600;")
        self.title.rename_wanted.connect(self.rename)
        self._playtests = QMenu(self)
        self._playtests.aboutToShow.connect(self._fill_playtests)
        self.title.setMenu(self._playtests)
        self._name = NameEdit()
        self._name.setAccessibleName(self.tr("Name of the playtest"))
        self._name.editingFinished.connect(self._keep_name)
        self._name.cancelled.connect(lambda: self._titles.setCurrentWidget(self.title))
        self._titles = QStackedWidget()
        self._titles.addWidget(self.title)
        self._titles.addWidget(self._name)
        self._count = QLabel()
        theme.set_kind(self._count, "dim")
        self.where = Whereabouts(workspace, session)
        theme.set_kind(self.where, "dim")
        self.ended = ElidedLabel()
        theme.set_kind(self.ended, "warning")
        self.branch = QPushButton()
        theme.set_kind(self.branch, "chip")
        self._branches = QMenu(self)
        self._branches.aboutToShow.connect(self._fill_branches)
        self.branch.setMenu(self._branches)
        self.branch.setStyleSheet("padding-right: 26px;")
        self.seed = QPushButton()
        theme.set_kind(self.seed, "chip")
        self.seed.clicked.connect(lambda: self.settings_wanted.emit(self.settings))
        self.settings = _icon_button("mdi6.tune-variant", self.tr("Temperature, length, seed"))
        self.settings.clicked.connect(lambda: self.settings_wanted.emit(self.settings))
        self._more = _icon_button("mdi6.dots-horizontal", self.tr("More"))
        menu = QMenu(self)
        menu.addActions(actions)
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        session.opened.connect(self.refresh)
        session.state_changed.connect(self.refresh)

    def rename(self) -> None:
        """Lets the name be changed in its place."""
        if self._session.playtest is not None:
            self._name.setText(self._session.playtest.name)
            self._titles.setCurrentWidget(self._name)
            self._name.setFocus()
            self._name.selectAll()

    def refresh(self) -> None:
        """Shows what is open."""
        session = self._session
        playtest = session.playtest
        name = playtest.name if playtest is not None else self.scenario_name or self.tr("Stage")
        self.title.setText(_short(name, 48).replace("&", "&&"))
        self.title.setAccessibleName(fill(self.tr("Playtest: %1"), name))
        self._titles.setFixedWidth(max(self.title.sizeHint().width(), 120))
        head = session.head
        self._count.setText(fill(self.tr("turn %1"), head.number) if head is not None else "")
        self.where.refresh()
        self.ended.setText(say_end_of_branch(session).strip("— "))
        self.ended.setVisible(bool(self.ended.text()))
        self.ended.setAccessibleName(fill(self.tr("Why it ended: %1"), self.ended.text()) if self.ended.text() else "")
        leaves = session.tree.leaves() if session.tree.has_branches else []
        self.branch.setVisible(len(leaves) > 1)
        self.branch.setText(self._name_branch(leaves))
        seed = session.settings.seed if playtest is not None else 0
        self.seed.setVisible(bool(seed))
        self.seed.setText(fill(self.tr("seed %1"), seed))
        self.seed.setToolTip(self.tr("The same seed, settings and weights give the same words again"))

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self._titles)
        layout.addWidget(self._count)
        layout.addWidget(self.where)
        layout.addWidget(self.ended)
        layout.addSpacing(8)
        layout.addWidget(self.branch)
        layout.addStretch(1)
        for widget in (self.seed, self.settings, self._more):
            layout.addWidget(widget)

    def _name_branch(self, leaves: list[StageTurn]) -> str:
        marks = self._session.branch_marks
        path = reversed(self._session.path if marks else [])
        name = next((mark.name for turn in path if (mark := marks.get(turn.id))), "")
        if name:
            return fill(self.tr("branch “%1”"), _short(name, FIRST_WORDS)).replace("&", "&&")
        head = self._session.head
        place = next((place for place, leaf in enumerate(leaves, 1) if head is not None and leaf.id == head.id), None)
        if place is None:
            return fill(self.tr("%1 branches"), len(leaves))
        return fill(self.tr("branch %1 of %2"), place, len(leaves))

    def _fill_branches(self) -> None:
        self._branches.clear()
        head = self._session.head
        for place, leaf in enumerate(self._session.tree.leaves(), 1):
            text = f"{place}   {leaf.speaker}: {_short(leaf.text, FIRST_WORDS)}  ({leaf.number})"
            action = self._branches.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(head is not None and leaf.id == head.id)
            action.triggered.connect(lambda _checked, turn_id=leaf.id: self.branch_chosen.emit(turn_id))

    def _fill_playtests(self) -> None:
        """Lists the playtests under their scenarios."""
        menu = self._playtests
        menu.clear()
        project = self._workspace.project
        by_scenario: dict[str | None, list[Playtest]] = {}
        for playtest in list_playtests(project):
            by_scenario.setdefault(playtest.scenario_id, []).append(playtest)
        for scenario in list_scenarios(project):
            self._head(scenario.name)
            self._list(by_scenario.pop(scenario.id, []))
            new = menu.addAction(theme.icon("mdi6.plus"), self.tr("New playtest"))
            new.triggered.connect(lambda _checked, scenario_id=scenario.id: self.scenario_chosen.emit(scenario_id))
        others = [playtest for playtests in by_scenario.values() for playtest in playtests]
        if others:
            self._head(self.tr("Other playtests"))
            self._list(others)

    def _head(self, text: str) -> None:
        """Adds a line that cannot be chosen. A section's title is not painted with a stylesheet."""
        if self._playtests.actions():
            self._playtests.addSeparator()
        self._playtests.addAction(_short(text, 60).replace("&", "&&")).setEnabled(False)

    def _list(self, playtests: list[Playtest]) -> None:
        for playtest in playtests[:MAX_LISTED]:
            action = self._playtests.addAction(_short(playtest.name, 60).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(playtest.id == self._session.playtest_id)
            action.triggered.connect(lambda _checked, playtest_id=playtest.id: self.playtest_chosen.emit(playtest_id))

    def _keep_name(self) -> None:
        if self._titles.currentWidget() is not self._name:
            return
        self._titles.setCurrentWidget(self.title)
        name, playtest = self._name.text().strip(), self._session.playtest
        if playtest is not None and name and name != playtest.name:
            self._workspace.attempt(lambda: rename_playtest(self._workspace.project, playtest.id, name))


def _short(text: str, n_chars: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= n_chars else text[: n_chars - 1] + "…"


def _icon_button(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setToolTip(name)
    button.setAccessibleName(name)
    theme.set_kind(button, "ghost")
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    return button
