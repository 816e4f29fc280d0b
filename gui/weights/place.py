"""The weights: what runs the characters on this machine, and how."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from core.inference.catalog import house_weights
from gui import theme
from gui.place import Place
from gui.weights.card import Card, plain_label
from gui.weights.figures import describe_bytes, describe_count
from gui.weights.fitting import Examined, examine
from gui.weights.in_use_card import InUseCard
from gui.weights.machine_card import MachineCard
from gui.weights.reader import WeightsReader
from gui.weights.writing_card import WritingCard
from gui.widgets.ask import ask_open_files
from gui.workspace import Workspace, weights_settings

MAX_WIDTH = 880


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
        "in use stay. What stands under “Runs on” is what the loaded weights report, not what was asked for.",
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
        workspace.engine_changed.connect(self._show_settings)
        self._show_settings()

    def use_reader(self, reader: WeightsReader) -> None:
        """Takes what knows which weights are loaded."""
        self._reader = reader
        reader.changed.connect(self._show_loaded)
        self._show_loaded()

    def place_actions(self) -> list[QAction]:
        """Returns what can be done here."""
        return [self._choose_action, self._house_action]

    def showEvent(self, event: object) -> None:
        """Shows what another place may have changed."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._show_settings()

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

    def _make_choice(self) -> Card:
        card = Card(self.tr("Other weights"))
        card.add(
            plain_label(
                "dim",
                self.tr("Any chat model as a GGUF file, from a folder of yours. It is checked before it is loaded."),
            )
        )
        self._file_fault = plain_label("fault")
        self._fit = plain_label("small")
        choose = QPushButton(self.tr("Choose a GGUF…"))
        choose.setIcon(self._choose_action.icon())
        choose.clicked.connect(self.ask_file)
        self._house = QPushButton(self.tr("House weights"))
        self._house.setIcon(self._house_action.icon())
        self._house.clicked.connect(self.use_house_weights)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(choose)
        row.addWidget(self._house)
        row.addStretch()
        card.add_row(row)
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
        inside.addWidget(title)
        inside.addStretch()
        head.setMinimumHeight(theme.text_px(34) + 17)
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(24, 20, 24, 24)
        cards.setSpacing(16)
        for card in (self.in_use, self._choice, self.machine, self.writing):
            card.setMaximumWidth(MAX_WIDTH)
            cards.addWidget(card)
        cards.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(area, 1)

    def _propose(self, changes: dict[str, object], fault: QLabel) -> None:
        """Checks what would be loaded, as a job, and then either changes the settings or says why not."""
        try:
            settings = self.workspace.settings.model_copy(update=changes)
            wanted = weights_settings(settings)
        except UserError as error:
            _say(fault, str(error))
            return
        if wanted == weights_settings(self.workspace.settings):
            _say(fault, "")
            return
        _say(fault, "")
        self._say_fit(self.tr("checking %1 …").replace("%1", wanted.path.name))

        def accept(found: Examined) -> None:
            self._say_found(found)
            self._change(changes)

        def refuse(error: UserError) -> None:
            self._say_fit("")
            _say(fault, str(error))
            self._show_settings()

        self.workspace.jobs.run(lambda: examine(wanted), accept, refuse)

    def _propose_machine(self) -> None:
        self._propose(dict(self.machine.values()), self.machine.fault)

    def _change(self, changes: dict[str, object]) -> None:
        def change(settings: AppSettings) -> None:
            for name, value in changes.items():
                setattr(settings, name, value)

        self.settle_requested.emit()
        self.workspace.attempt(lambda: self.workspace.change_settings(change))
        self._show_settings()

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
            is_house = not settings.weights_path or Path(settings.weights_path) == house_weights()
            self._house.setEnabled(not is_house)
            self._house.setToolTip(self.tr("They are in use.") if is_house else "")
            self._house_action.setEnabled(not is_house)

        self.workspace.attempt(show)

    def _show_loaded(self) -> None:
        reader = self._reader
        assert reader is not None
        if reader.info is not None:
            reasons: dict[str, str] = {}
            self._with_settings(lambda settings: reasons.update(settings.safe_mode))
            self.in_use.show_info(reader.info, reasons)
            self.machine.show_loaded(reader.info)
            return
        names: list[str] = []
        self._with_settings(lambda settings: names.append(weights_settings(settings).path.stem))
        name = names[0] if names else ""
        if reader.error is not None:
            self.in_use.show_error(name, reader.error)
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
