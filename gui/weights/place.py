"""The weights: what runs the characters on this machine, and how."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.app_settings import AppSettings
from core.errors import UserError
from core.inference.weights.catalog import house_weights
from gui import theme
from gui.place import Place
from gui.stage.flow_layout import FlowLayout
from gui.weights.card import Card, plain_label
from gui.weights.card_column import CardColumn
from gui.weights.download_page import DownloadPage
from gui.weights.figures import describe_bytes, describe_count
from gui.weights.fitting import Examined, examine, memory_in_use
from gui.weights.found_page import FoundPage
from gui.weights.in_use_card import InUseCard
from gui.weights.machine_card import MachineCard
from gui.weights.reader import WeightsReader
from gui.weights.servers_card import ServersCard
from gui.weights.writing_card import WritingCard
from gui.widgets.ask import ask_open_files
from gui.workspace import Workspace, weights_settings

IN_USE, FOUND, DOWNLOAD = range(3)


class WeightsPlace(Place):
    """Chooses weights and says the truth about them."""

    TITLE = "Weights"
    ICON = "mdi6.hexagon-outline"
    HELP = QCoreApplication.translate(
        "WeightsPlace",
        "Weights are the file that the characters think with. The house weights came with Tableread: small, fast on "
        "any machine, and enough to try everything out. For better acting, choose a GGUF file of a larger model that "
        "was trained for chat.\n"
        "Before anything is loaded the file is checked, and whether it fits into memory. If it does not, the weights "
        "in use stay. What stands under “Runs on” is what the loaded weights report, not what was asked for.\n"
        "“On this machine” lists what lies in your folders and in those of other tools: whether it fits, how fast it "
        "is, whether it holds a role. “Download” brings more, goes on where it broke off, and compares the hash.",
    )

    settle_requested = Signal()
    """The weights are about to change: a turn that is being written must end."""
    note_raised = Signal(str, str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._reader: WeightsReader | None = None
        self.in_use = InUseCard()
        self.machine = MachineCard()
        self.writing = WritingCard()
        self.servers = ServersCard(workspace)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(700)
        self._timer.timeout.connect(self._propose_machine)
        self._make_actions()
        self._choice = self._make_choice()
        self._lay_out()
        self.in_use.safe_mode_left.connect(self.leave_safe_mode)
        self.machine.changed.connect(self._timer.start)
        self.writing.changed.connect(self._keep_writing)
        self.servers.settle_requested.connect(self.settle_requested)
        workspace.closing.connect(self.servers.close_tasks)
        workspace.engine_changed.connect(self._show_settings)
        self._show_settings()

    def use_reader(self, reader: WeightsReader) -> None:
        """Takes what knows which weights are loaded."""
        self._reader = reader
        reader.changed.connect(self._show_loaded)
        self._show_loaded()

    def place_actions(self) -> list[QAction]:
        """Returns what can be done here."""
        return [self._choose_action, self._house_action, *self._page_actions, *self._found_actions]

    @cached_property
    def found(self) -> FoundPage:
        """The weights on this machine; made when it is first wanted."""
        page = FoundPage(self.workspace)
        page.details.use_requested.connect(lambda changes: self._propose(changes, self._file_fault))
        page.download_requested.connect(lambda: self.show_page(DOWNLOAD))
        self.workspace.closing.connect(page.close_tasks)
        self._frames[FOUND].addWidget(page)
        return page

    @cached_property
    def download(self) -> DownloadPage:
        """The downloads; made when they are first wanted."""
        page = DownloadPage(self.workspace)
        page.downloaded.connect(self._on_downloaded)
        self.workspace.closing.connect(page.close_tasks)
        self._frames[DOWNLOAD].addWidget(page)
        return page

    def show_page(self, number: int) -> None:
        """Shows what is in use, what is on this machine, or the downloads."""
        if number != IN_USE:
            _ = self.found if number == FOUND else self.download
        self._pages.setCurrentIndex(number)
        self._chips[number].setChecked(True)
        if number == FOUND:
            self._show_in_use()

    def showEvent(self, event: object) -> None:
        """Shows what another place may have changed."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._show_settings()
        self.servers.show_settings()
        self._show_in_use()

    def ask_file(self) -> None:
        """Asks for a GGUF file."""
        ask_open_files(
            self, self.tr("Choose weights"), self.tr("Weights (*.gguf)"), lambda paths: self.choose(paths[0])
        )

    def choose(self, path: Path) -> None:
        """Uses other weights, when they can be used here."""
        self._propose({"weights_path": str(path)}, self._file_fault)

    def use_house_weights(self) -> None:
        """Uses the weights that came with the app."""
        self._propose({"weights_path": ""}, self._file_fault)

    def leave_safe_mode(self) -> None:
        """Loads the weights anew without safe mode; a crash brings it back."""
        info = self._reader.info if self._reader is not None else None
        if info is not None:
            self.settle_requested.emit()
            forget = lambda settings: settings.safe_mode.pop(info.sha256, None)  # noqa: E731
            if self.workspace.attempt(lambda: self.workspace.change_settings(forget)):
                self.workspace.restart_engine()

    def _make_actions(self) -> None:
        self._choose_action = QAction(theme.icon("mdi6.folder-open-outline"), self.tr("Choose weights…"), self)
        self._choose_action.triggered.connect(lambda _checked=False: self.ask_file())
        self._house_action = QAction(theme.icon("mdi6.home-outline"), self.tr("Use the house weights"), self)
        self._house_action.triggered.connect(lambda _checked=False: self.use_house_weights())

        self._page_actions = []
        for number, (text, icon) in enumerate(
            (
                (self.tr("Weights in use"), "mdi6.hexagon-outline"),
                (self.tr("Weights on this machine"), "mdi6.harddisk"),
                (self.tr("Download weights"), "mdi6.tray-arrow-down"),
            )
        ):
            action = QAction(theme.icon(icon), text, self)
            action.triggered.connect(lambda _checked=False, number=number: self.show_page(number))
            self._page_actions.append(action)
        self._found_actions = [
            self._make_found_action(self.tr("Search weights"), "mdi6.magnify", FoundPage.focus_search, "Ctrl+F"),
            self._make_found_action(
                self.tr("Measure the selected weights"), "mdi6.speedometer", lambda page: page.details.start_speed()
            ),
            self._make_found_action(
                self.tr("Check whether the selected weights hold a role"),
                "mdi6.drama-masks",
                lambda page: page.details.start_role(),
            ),
            self._make_found_action(
                self.tr("Show in folder"), "mdi6.folder-open-outline", lambda page: page.details.reveal()
            ),
            self._make_found_action(self.tr("Look for weights again"), "mdi6.refresh", FoundPage.look, "F5"),
        ]

    def _make_found_action(
        self, text: str, icon: str, run: Callable[[FoundPage], object], shortcut: str = ""
    ) -> QAction:
        action = QAction(theme.icon(icon), text, self)

        def show_and_run() -> None:
            self.show_page(FOUND)
            run(self.found)

        action.triggered.connect(lambda _checked=False: show_and_run())
        if shortcut:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(action)
        return action

    def _make_choice(self) -> Card:
        card = Card(self.tr("Other weights"))
        card.add(
            plain_label(
                "dim",
                self.tr("Any chat weights in a GGUF file. They are checked before they are loaded."),
            )
        )
        self._file_fault = plain_label("fault")
        self._fit = plain_label("small")
        choose = QPushButton(self.tr("Choose a file…"))
        choose.setIcon(self._choose_action.icon())
        choose.clicked.connect(self.ask_file)
        self._house = QPushButton(self.tr("House weights"))
        self._house.setIcon(self._house_action.icon())
        self._house.clicked.connect(self.use_house_weights)
        buttons = QWidget()
        row = FlowLayout(buttons, 8)
        look = QPushButton(self.tr("On this machine"))
        look.setIcon(theme.icon("mdi6.harddisk"))
        look.clicked.connect(lambda: self.show_page(FOUND))
        get = QPushButton(self.tr("Download"))
        get.setIcon(theme.icon("mdi6.tray-arrow-down"))
        get.clicked.connect(lambda: self.show_page(DOWNLOAD))
        for button in (look, get, choose):
            row.addWidget(button)
        row.addWidget(self._house)
        card.add(buttons)
        card.add(self._fit)
        card.add(self._file_fault)
        self._file_fault.hide()
        self._fit.hide()
        return card

    def _lay_out(self) -> None:
        head = QFrame()
        theme.set_kind(head, "bar")
        inside = QHBoxLayout(head)
        inside.setContentsMargins(24, 8, 12, 8)
        title = QLabel(self.tr("Weights"))
        theme.set_kind(title, "title")
        inside.setSpacing(8)
        inside.addWidget(title)
        inside.addSpacing(12)
        self._chips = [
            self._make_chip(name, number)
            for number, name in enumerate((self.tr("In use"), self.tr("On this machine"), self.tr("Download")))
        ]
        self._chips[IN_USE].setChecked(True)
        for chip in self._chips:
            inside.addWidget(chip)
        inside.addStretch()
        head.setMinimumHeight(theme.text_px(34) + 17)
        cards = CardColumn()
        for card in (self.in_use, self._choice, self.servers, self.machine, self.writing):
            cards.addWidget(card)
        self._pages = QStackedWidget()
        self._frames = {}
        for number, page in ((IN_USE, cards.finish()), (FOUND, QWidget()), (DOWNLOAD, QWidget())):
            self._pages.addWidget(page)
            if number != IN_USE:
                self._frames[number] = QVBoxLayout(page)
                self._frames[number].setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._pages, 1)

    def _make_chip(self, name: str, number: int) -> QPushButton:
        chip = QPushButton(name)
        theme.set_kind(chip, "chip")
        chip.setCheckable(True)
        chip.setAutoExclusive(True)
        chip.clicked.connect(lambda: self.show_page(number))
        return chip

    def _propose(self, changes: dict[str, object], fault: QLabel) -> None:
        """Checks what would be loaded, as a job, and then either changes the settings or says why not."""
        if "weights_path" in changes:
            changes = changes | {"server": ""}  # weights of this machine play from now on, and no server
        try:
            before = self.workspace.settings
            settings = before.model_copy(update=changes)
            wanted = weights_settings(settings)
            is_same = wanted == weights_settings(before) and settings.server == before.server
        except UserError as error:
            _say(fault, str(error))
            return
        if is_same:
            _say(fault, "")
            return
        _say(fault, "")
        self._say_fit(self.tr("checking %1 …").replace("%1", wanted.path.name))

        def accept(found: Examined) -> None:
            self._say_found(found)
            self._change(changes)
            if "weights_path" in changes:
                self.show_page(IN_USE)

        def refuse(error: UserError) -> None:
            self._say_fit("")
            _say(fault, str(error))
            self._show_settings()
            if "weights_path" in changes:
                self.show_page(IN_USE)

        freed_bytes = self._memory_in_use()
        self.workspace.jobs.run(lambda: examine(wanted, freed_bytes), accept, refuse)

    def _propose_machine(self) -> None:
        self._propose(dict(self.machine.values()), self.machine.fault)

    def _change(self, changes: dict[str, object]) -> None:
        def change(settings: AppSettings) -> None:
            for name, value in changes.items():
                setattr(settings, name, value)

        self.settle_requested.emit()
        self.workspace.attempt(lambda: self.workspace.change_settings(change))
        self._show_settings()

    def _memory_in_use(self) -> int:
        """Returns what becomes free when the weights in use are let go."""
        if self._reader is None or self._reader.info is None:
            return 0
        try:
            return memory_in_use(getattr(self.workspace.engine, "process_id", None))
        except UserError:  # a server that is not known any more
            return 0

    def _show_in_use(self) -> None:
        if self._pages.currentIndex() == FOUND:
            self.found.show_in_use(self._memory_in_use())

    def _on_downloaded(self, path: object) -> None:
        assert isinstance(path, Path)
        if not self.download.isVisible():
            self.note_raised.emit(self.tr("%1 was downloaded.").replace("%1", path.name), "")
        self.found.look(path)

    def _keep_writing(self) -> None:
        values = self.writing.values()

        def change(settings: AppSettings) -> None:
            for name, value in values.items():
                setattr(settings, name, value)

        self.workspace.attempt(lambda: self.workspace.change_settings(change))

    def _show_settings(self) -> None:
        def show() -> None:
            settings = self.workspace.settings
            self.machine.show_settings(settings)
            self.writing.show_settings(settings)
            is_local_house = not settings.weights_path or Path(settings.weights_path) == house_weights()
            is_house = is_local_house and not settings.server
            self._house.setEnabled(not is_house)
            self._house.setToolTip(self.tr("They are in use.") if is_house else "")
            self._house_action.setEnabled(not is_house)

        self.workspace.attempt(show)

    def _show_loaded(self) -> None:
        reader = self._reader
        assert reader is not None
        self._show_in_use()
        if reader.info is not None:
            reasons: dict[str, str] = {}
            self._with_settings(lambda settings: reasons.update(settings.safe_mode))
            self.in_use.show_info(reader.info, reasons)
            self.machine.show_loaded(reader.info)
            return
        names: list[str] = []
        self._with_settings(lambda _settings: names.append(self.workspace.engine_name))
        name = names[0] if names else ""
        if reader.error is not None:
            self.in_use.show_error(name, reader.error)
        elif reader.stopped is not None:
            self.in_use.show_stopped(name, reader.stopped)
        else:
            self.in_use.show_loading(name)

    def _with_settings(self, use: Callable[[AppSettings], object]) -> None:
        try:
            use(self.workspace.settings)
        except UserError:
            return

    def _say_found(self, found: Examined) -> None:
        text = self.tr("%1: %2 parameters, %3. Needs %4 of memory, %5 are free. Context %6 tokens for %7 sequences.")
        parts = (
            found.header.path.name,
            describe_count(found.header.n_params),
            found.header.quantisation,
            describe_bytes(found.fit.needed_bytes),
            describe_bytes(found.fit.available_bytes),
            f"{found.n_ctx:,}",
            str(found.n_sequences),
        )
        for number, part in enumerate(parts, start=1):
            text = text.replace(f"%{number}", part)
        self._say_fit(text)

    def _say_fit(self, text: str) -> None:
        _say(self._fit, text)


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
