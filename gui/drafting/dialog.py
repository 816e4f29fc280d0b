"""Drafting help for one character: choose a source, let it make proposals, take some of them as one undo step."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.authoring.drafting.proposal import Proposal, changes
from core.errors import UserError
from core.library.characters import update_character
from gui import theme
from gui.drafting.proposal_list import ProposalList
from gui.drafting.sources import (
    DeeperSource,
    Desk,
    InterviewSource,
    LineSource,
    Make,
    PlaytestSource,
    PostsSource,
    ProseSource,
    Source,
    WeightsSource,
)
from gui.task import IsCancelled, Report, Task
from gui.workspace import Workspace
from models.character import CharacterBase

MAX_SHOWN = 200
"""Proposals; each has a row of its own."""


class DraftingDialog(QDialog):
    """Sources on the left, proposals on the right."""

    taken = Signal(int)
    """How many proposals became part of the character."""

    def __init__(
        self, workspace: Workspace, character_id: str, character: CharacterBase, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Draft %1").replace("%1", character.name))
        self.resize(1040, 680)
        self._workspace = workspace
        self._character_id, self._character = character_id, character
        self._task = Task("drafting", self)
        self._task.succeeded.connect(self._on_proposals)
        self._task.failed.connect(self._on_fault)
        self._task.ended.connect(lambda: self._show_running(False))
        self.sources: list[Source] = [
            LineSource(),
            ProseSource(),
            PostsSource(),
            PlaytestSource(workspace.project),
            InterviewSource(),
            DeeperSource(),
            WeightsSource(),
        ]
        self._make_parts()
        self._lay_out()
        self._show_count()

    def draft(self) -> None:
        """Makes proposals from the page that is shown."""
        source = self.sources[self.choice.currentIndex()]
        desk = Desk(self._workspace.project, lambda: self._workspace.engine, self._character)
        make = source.prepare(desk)
        if make is None:
            self.said.setText(self.tr("There is nothing to read yet."))
            return
        self._start(make)

    def cancel(self) -> None:
        """Ends the draft at work."""
        self._task.cancel()

    def take(self) -> None:
        """Takes what is chosen, as one undo step."""
        chosen = self.proposals.chosen()
        project, character_id = self._workspace.project, self._character_id

        def keep() -> None:
            update_character(project, character_id, **changes(self._character, chosen))

        if self._workspace.attempt(keep):
            self.taken.emit(len(chosen))
            self.accept()

    def done(self, result: int) -> None:
        """Ends what is at work."""
        self._task.close()
        super().done(result)

    def _start(self, make: Make) -> None:
        def work(_report: Report, is_cancelled: IsCancelled) -> list[Proposal]:
            return make(is_cancelled)

        if self._task.start(work):
            self.said.setText("")
            self._show_running(True)

    def _make_parts(self) -> None:
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Source"))
        self.pages = QStackedWidget()
        for source in self.sources:
            self.choice.addItem(QCoreApplication.translate("Source", source.TITLE))
            self.pages.addWidget(source)
        self.choice.currentIndexChanged.connect(self.pages.setCurrentIndex)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.said, "small")
        self.proposals = ProposalList()
        self.proposals.changed.connect(self._show_count)
        self.draft_button = QPushButton(self.tr("Draft"))
        self.cancel_button = QPushButton(self.tr("Stop"))
        self.all_button = QPushButton(self.tr("All"))
        self.none_button = QPushButton(self.tr("None"))
        self.take_button = QPushButton()
        theme.set_kind(self.take_button, "primary")
        self.draft_button.clicked.connect(self.draft)
        self.cancel_button.clicked.connect(self.cancel)
        self.cancel_button.hide()
        self.all_button.clicked.connect(lambda: self.proposals.choose_all(True))
        self.none_button.clicked.connect(lambda: self.proposals.choose_all(False))
        self.take_button.clicked.connect(self.take)

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 12, 0)
        column.addWidget(self.choice)
        column.addWidget(self.pages, 1)
        row = QHBoxLayout()
        row.addWidget(self.said, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.draft_button)
        column.addLayout(row)
        results = QVBoxLayout(right)
        results.setContentsMargins(12, 0, 0, 0)
        results.addWidget(self.proposals, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.all_button)
        buttons.addWidget(self.none_button)
        buttons.addStretch(1)
        buttons.addWidget(self.take_button)
        results.addLayout(buttons)
        splitter = QSplitter()
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([400, 600])
        splitter.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.addWidget(splitter)

    def _show_running(self, is_running: bool) -> None:
        self.draft_button.setEnabled(not is_running)
        self.cancel_button.setVisible(is_running)

    def _show_count(self) -> None:
        n_chosen, n_all = len(self.proposals.chosen()), len(self.proposals.rows)
        self.take_button.setText(
            self.tr("Take %1 of %2").replace("%1", str(n_chosen)).replace("%2", str(n_all))
            if n_all
            else self.tr("Take")
        )
        self.take_button.setEnabled(n_chosen > 0)
        for button in (self.all_button, self.none_button):
            button.setEnabled(n_all > 0)

    def _on_proposals(self, proposals: list[Proposal]) -> None:
        shown = proposals[:MAX_SHOWN]
        self.proposals.show_proposals(shown, self._character)
        if not proposals:
            self.said.setText(self.tr("Nothing new was found."))
        elif len(shown) < len(proposals):
            words = self.tr("The first %1 of %2 proposals. Take or leave them, then draft again for more.")
            self.said.setText(words.replace("%1", str(len(shown))).replace("%2", f"{len(proposals):,}"))
        else:
            self.said.setText("")

    def _on_fault(self, error: UserError) -> None:
        self.said.setText(f"{error.message} {error.hint}")
