"""The room of the X-ray: everything about one turn, as its speaker or as anybody else of the cast."""

import json
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.errors import UserError
from core.playtest.looking_back.xray import Xray, take_xray
from core.playtest.record_words import names_in
from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from gui.stage.session import StageSession
from gui.stage.side_room import SideRoom
from gui.stage.turn_detail import TurnDetail
from gui.stage.xray.prompt_card import PromptCard
from gui.stage.xray.xray_cards import lore_card, mind_card
from gui.workspace import Workspace


class XrayRoom(SideRoom):
    """Shows the selected turn, the last one when none is."""

    KEY = "xray"
    ICON = "mdi6.magnify-scan"

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self.detail = TurnDetail(workspace, session)
        self.xray: Xray | None = None
        """What is shown; None while it is being found out."""
        self._due: list[Callable[[], QWidget | None]] = []
        """Make the cards that are not shown yet."""
        self._due_timer = QTimer(self)
        self._due_timer.setInterval(0)
        self._due_timer.timeout.connect(self._show_next)
        self._turn_id: int | None = None
        self._wanted: tuple[str, int | None, str] = ("", None, "")
        self._heading = QLabel()
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self._heading, "strong")
        self.reader = QComboBox()
        self.reader.setAccessibleName(self.tr("Whose prompt is shown"))
        self.reader.setToolTip(self.tr("Whose prompt is shown: the speaker's, or what another would have read then"))
        self.reader.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.copy_button = QToolButton()
        self.copy_button.setIcon(theme.icon("mdi6.code-json"))
        self.copy_button.setToolTip(self.tr("Copy all of it as JSON"))
        self.copy_button.setAccessibleName(self.tr("Copy all of it as JSON"))
        theme.set_kind(self.copy_button, "ghost")
        self._lay_out()
        self.reader.activated.connect(self._on_reader_chosen)
        self.copy_button.clicked.connect(self.copy)
        self.detail.rebuilt.connect(self._on_rebuilt)
        session.path_changed.connect(self._on_path_changed)
        session.opened.connect(self._on_opened)

    def title(self) -> str:
        """Returns its name."""
        return self.tr("X-ray")

    def show_turn(self, turn_id: int | None) -> None:
        """Shows a turn."""
        self._turn_id = turn_id
        head = self.session.head
        wanted = turn_id if turn_id is not None else head.id if head is not None else None
        if wanted is not None and wanted != self.detail.turn_id:
            self._fill_readers(wanted)
            self.detail.is_of_speaker = True
            self.detail.show_turn(wanted)

    def show_as(self, role_id: str) -> None:
        """Shows what a member of the cast had to go by at this turn; empty: the speaker."""
        place = self.reader.findData(role_id)
        if place >= 0:
            self.reader.setCurrentIndex(place)
            self._on_reader_chosen()

    def copy(self) -> None:
        """Copies everything as JSON, as `tableread xray` prints it."""
        if self.xray is not None:
            text = json.dumps(self.xray.to_document(), ensure_ascii=False, indent=2)
            QGuiApplication.clipboard().setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Shows what was selected meanwhile."""
        super().showEvent(event)
        self.show_turn(self._turn_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 4, 8, 0)
        head.addWidget(self._heading)
        head.addWidget(self.reader, 1)
        head.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.detail, 1)

    def _fill_readers(self, turn_id: int) -> None:
        turn, script = self.session.tree.get(turn_id), self.session.script
        if turn is None or script is None:
            return
        self._heading.setText(fill(self.tr("Turn %1"), turn.number))
        self.reader.clear()
        self.reader.addItem(turn.speaker, "")
        for part in script.parts:
            if part.role_id != turn.speaker_id:
                self.reader.addItem(fill(self.tr("as %1"), part.character.name), part.role_id)
        self.reader.setEnabled(self.reader.count() > 1)
        self.copy_button.setEnabled(True)

    def _on_opened(self) -> None:
        self._turn_id = None
        self.xray = None
        self._due_timer.stop()
        self._wanted = ("", None, "")
        self._heading.setText("")
        self.reader.clear()
        self.reader.setEnabled(False)
        self.copy_button.setEnabled(False)
        self.detail.show_nothing(self.tr("Once a turn was played, all that it was made from is shown here."))

    def _on_path_changed(self, _first: int) -> None:
        if self._turn_id is None and self.isVisible():
            self.show_turn(None)

    def _on_reader_chosen(self) -> None:
        self.detail.is_of_speaker = not self.reader.currentData()
        if self.detail.turn_id is not None:
            self.detail.show_turn(self.detail.turn_id)

    def _on_rebuilt(self) -> None:
        """Finds out the rest off the window's thread, unless it is known."""
        turn_id, role_id = self.detail.turn_id, self.reader.currentData() or ""
        project, playtest_id, readers = self.workspace.project, self.session.playtest_id, self.session.readers
        wanted = (playtest_id, turn_id, role_id)
        self._due_timer.stop()
        if turn_id is None:
            return
        if wanted == self._wanted and self.xray is not None:
            self._show(self.xray)
            return
        self._wanted, self.xray = wanted, None
        self.detail.show_inside([small_label(self.tr("Finding out what was read…"), "small")])

        def show(xray: Xray) -> None:
            if self._wanted == wanted:
                self._show(xray)

        def fault(error: UserError) -> None:
            if self._wanted == wanted:
                self.detail.show_inside([small_label(f"{error.message} {error.hint}", "warning")])

        def read() -> Xray:
            reader = readers.of(project, playtest_id)
            return take_xray(project, playtest_id, turn_id, role_id or None, reader=reader)

        self.workspace.jobs.run(read, show, fault, is_long=True)

    def _show(self, xray: Xray) -> None:
        """Makes one card in each turn of the event loop: together they would hold the window up."""
        makers: list[Callable[[], QWidget | None]] = [lambda: mind_card(xray, self._names())]
        if xray.reader:
            makers.insert(0, lambda: PromptCard(xray))
        if not self.detail.is_of_speaker:
            makers.append(lambda: lore_card(xray))

        def finish() -> None:
            self.xray = xray

        self.detail.show_inside([])
        self._due = [*makers, finish]
        self._due_timer.start()

    def _names(self) -> dict[str, str]:
        script = self.session.script
        return names_in(script) if script is not None else {}

    def _show_next(self) -> None:
        card = self._due.pop(0)()
        if card is not None:
            self.detail.add_inside(card)
        if not self._due:
            self._due_timer.stop()
