"""What is known of the weights that are selected, and what can be done with them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from core.app_settings import AppSettings
from core.errors import UserError
from core.inference.request import WeightsSettings
from core.inference.weights.gguf_header import WeightsHeader, WeightsKind
from core.inference.weights.speed import Speed
from core.playtest.weights_trials import try_role, try_speed
from gui import theme
from gui.stage.flow_layout import FlowLayout
from gui.task import Task
from gui.weights.card import plain_label
from gui.weights.card_column import CardColumn
from gui.weights.figures import describe_bytes, describe_count
from gui.weights.fit_chooser import FitChooser
from gui.weights.found_row import FoundRow
from gui.weights.probes_view import ProbesView
from gui.weights.section import Section

Trial = Callable[[WeightsSettings, Callable[[int, int], None], Callable[[], bool]], object]


class DetailsPane(QStackedWidget):
    """Facts, the fit chooser, speed, the role check; or a word when nothing is selected."""

    use_requested = Signal(object)
    """What to remember, by the names of `AppSettings`."""
    learnt = Signal(object)
    """The path of weights about which something was learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(300)
        self._row: FoundRow | None = None
        self._settings = AppSettings()
        self._is_touched = False
        self.task = Task("weights-trial", self)
        self._busy_section: Section | None = None
        self._busy_path: Path | None = None
        self._nothing = plain_label("dim", self.tr("Select weights to see what they are and whether they fit."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setContentsMargins(32, 32, 32, 32)
        self.addWidget(self._nothing)
        self._make_parts()
        self.addWidget(self._make_page())
        self.task.progressed.connect(self._on_progressed)
        self.task.failed.connect(self._on_failed)
        self.task.ended.connect(self._on_ended)

    def show_row(self, row: FoundRow | None, settings: AppSettings, is_in_use: bool, freed_bytes: int) -> None:
        """Shows other weights, or none."""
        is_other = row is None or self._row is None or row.found.path != self._row.found.path
        self._row, self._settings = row, settings
        self.setCurrentIndex(0 if row is None else 1)
        if row is None:
            return
        header = row.found.header
        self._title.setText(row.found.name)
        self._fault.setText(row.found.fault)
        self._fault.setVisible(header is None)
        self._what.setText(self._describe(row))
        self._show_facts(row)
        if is_other:
            self._is_touched = False
            for section in (self.speed, self.role):
                section.show_fault("")
        is_chat = header is not None and row.found.is_chat
        for section in (self.memory, self.speed, self.role):
            section.setVisible(is_chat)
        self.use.setVisible(is_chat)
        if header is not None and is_chat:
            if not self._is_touched:
                self.chooser.show_weights(header, row.measured, settings, freed_bytes)
            self._show_speed(row.speed)
            self.role.say("" if row.role else self.tr("A few questions to one character, with a fixed seed."))
            self._probes.show_check(row.role)
            self._probes.setVisible(row.role is not None)
        self._is_in_use = is_in_use
        self._show_use()
        self._show_busy()

    def reveal(self) -> None:
        """Opens the folder of the selected weights."""
        if self._row is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._row.found.path.parent)))

    def start_speed(self) -> None:
        """Measures the speed of the selected weights."""
        self._start(try_speed, self.speed)

    def start_role(self) -> None:
        """Checks whether the selected weights hold a role."""
        self._start(try_role, self.role)

    def _make_parts(self) -> None:
        self._title = plain_label("subtitle")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._what = plain_label("dim")
        self._fault = plain_label("fault")
        self.use = QPushButton(self.tr("Use these weights"))
        theme.set_kind(self.use, "primary")
        self.use.clicked.connect(self._use)
        self._reveal = QPushButton(self.tr("Show in folder"))
        self._reveal.setIcon(theme.icon("mdi6.folder-open-outline"))
        self._reveal.clicked.connect(self.reveal)
        self.memory = Section(self.tr("Memory"))
        self.chooser = FitChooser()
        self.chooser.changed.connect(self._on_chosen)
        self.memory.add(self.chooser)
        self.speed = Section(self.tr("Speed"), self.tr("Measure"), "mdi6.speedometer")
        self.speed.clicked.connect(self.start_speed)
        self._speed_grid = QGridLayout()
        self._speed_grid.setHorizontalSpacing(12)
        self._speed_grid.setVerticalSpacing(4)
        self._speed_grid.setColumnStretch(1, 1)
        self._speed_rows = QWidget()
        self._speed_rows.setLayout(self._speed_grid)
        self._speed_grid.setContentsMargins(0, 0, 0, 0)
        self.speed.add(self._speed_rows)
        self.role = Section(self.tr("Does it hold a role?"), self.tr("Check"), "mdi6.drama-masks")
        self.role.clicked.connect(self.start_role)
        self._probes = ProbesView()
        self.role.add(self._probes)
        for section in (self.speed, self.role):
            section.cancelled.connect(self.task.cancel)

    def _make_page(self) -> QScrollArea:
        page = CardColumn()
        column = page.layout()
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._what)
        column.addWidget(self._fault)
        buttons = QWidget()
        row = FlowLayout(buttons, 8)
        row.addWidget(self.use)
        row.addWidget(self._reveal)
        column.addWidget(buttons)
        facts = QWidget()
        self._facts = QGridLayout(facts)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        column.addWidget(facts)
        for section in (self.memory, self.speed, self.role):
            column.addWidget(section)
        return page.finish()

    def _describe(self, row: FoundRow) -> str:
        header = row.found.header
        if header is None:
            return self.tr("This file cannot be used.")
        kinds = {
            WeightsKind.CHAT: self.tr("Chat weights"),
            WeightsKind.EMBEDDING: self.tr("Weights for embeddings: they compare texts, and write none"),
            WeightsKind.PROJECTOR: self.tr("A projector: turns pictures or sound into tokens of other weights"),
            WeightsKind.ADAPTER: self.tr("An adapter (LoRA): changes other weights"),
            WeightsKind.CONTROL: self.tr("A control vector: steers other weights"),
            WeightsKind.OTHER: self.tr("Writes no text by itself"),
        }
        size = self.tr("%1 parameters, %2").replace("%1", describe_count(header.n_params))
        return f"{kinds[header.kind]} · {size.replace('%2', header.quantisation)}"

    def _show_facts(self, row: FoundRow) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, (name, value) in enumerate(self._list_facts(row)):
            text = plain_label("", value.replace("/", "/\u200b") if name == self.tr("File") else value)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setAccessibleName(name)
            self._facts.addWidget(plain_label("dim", name), number, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, number, 1)

    def _list_facts(self, row: FoundRow) -> list[tuple[str, str]]:
        found, header = row.found, row.found.header
        facts = [(self.tr("File"), str(found.path)), (self.tr("From"), self._describe_origin(row))]
        if header is None:
            return facts
        facts.append((self.tr("Size"), self._describe_size(header)))
        facts.append((self.tr("Architecture"), header.architecture))
        if header.n_ctx_train:
            facts.append((self.tr("Trained for"), self.tr("%1 tokens").replace("%1", f"{header.n_ctx_train:,}")))
        if found.is_chat:
            own = self.tr("their own") if header.has_template else self.tr("none of their own: a plain one is used")
            facts.append((self.tr("Chat format"), own))
        if header.licence:
            facts.append((self.tr("Licence"), header.licence))
        return facts

    def _describe_origin(self, row: FoundRow) -> str:
        tool = self.tr("a folder of yours") if row.found.tool == "Folder" else row.found.tool
        return f"{tool} · {row.found.label}" if row.found.label else tool

    def _describe_size(self, header: WeightsHeader) -> str:
        size = describe_bytes(header.size_bytes)
        return (
            size
            if header.n_files == 1
            else self.tr("%1 in %2 files").replace("%1", size).replace("%2", str(header.n_files))
        )

    def _show_speed(self, speed: Speed | None) -> None:
        while (item := self._speed_grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._speed_rows.setVisible(speed is not None)
        if speed is None:
            self.speed.say(self.tr("Never measured here. It takes some seconds, for large weights minutes."))
            return
        self.speed.say("")
        rates = [(self.tr("reads"), speed.read_tokens_per_s)]
        rates += [
            (self.tr("writes, %1 at once").replace("%1", str(n)) if n > 1 else self.tr("writes"), rate or 0.0)
            for n, rate in speed.write_tokens_per_s.items()
        ]
        for number, (name, rate) in enumerate(rates):
            text = self.tr("%1 tokens/s").replace("%1", f"{rate:,.0f}") if rate else self.tr("ended too soon to tell")
            self._speed_grid.addWidget(plain_label("dim", name), number, 0)
            self._speed_grid.addWidget(plain_label("", text), number, 1)
        where = speed.gpu or self.tr("CPU, %1 threads").replace("%1", str(speed.n_threads))
        note = f"{where}{self.tr(', safe mode') if speed.safe_mode else ''} · {speed.measured_at[:10]}"
        self._speed_grid.addWidget(plain_label("small", note), len(rates), 0, 1, 2)

    def _on_chosen(self) -> None:
        self._is_touched = True
        self._show_use()

    def _show_use(self) -> None:
        fit = self.chooser.fit if self._row is not None and self._row.found.is_chat else None
        fits = fit is not None and fit.fits
        if self._is_in_use:
            self.use.setText(self.tr("Use with this context") if self._is_touched else self.tr("In use"))
        else:
            self.use.setText(self.tr("Use these weights"))
        self.use.setEnabled(fits and (self._is_touched or not self._is_in_use))
        self.use.setToolTip("" if fits else self.tr("They do not fit into the memory that is free."))

    def _use(self) -> None:
        if self._row is None:
            return
        changes: dict[str, object] = {"weights_path": str(self._row.found.path)}
        if self._is_touched:
            changes |= {"n_ctx": self.chooser.n_ctx, "n_sequences": self.chooser.n_sequences}
        self._is_touched = False
        self.use_requested.emit(changes)

    def _start(self, trial: Trial, section: Section) -> None:
        if self._row is None or not self._row.found.is_chat or self.task.is_running:
            return
        settings = self._settings
        wanted = WeightsSettings(self._row.found.path, settings.n_threads, settings.n_gpu_layers)
        self._busy_section, self._busy_path = section, self._row.found.path
        section.show_fault("")
        self.task.start(lambda report, cancelled: trial(wanted, lambda done, every: report((done, every)), cancelled))
        self._show_busy()

    def _show_busy(self) -> None:
        """The trial may be of other weights than those that are shown."""
        here = self._row is not None and self._row.found.path == self._busy_path
        for section in (self.speed, self.role):
            section.show_busy(self.task.is_running and here and section is self._busy_section)
            section.button.setEnabled(not self.task.is_running)
            busy = self.tr("Other weights are being tried.") if self.task.is_running else ""
            section.button.setToolTip(busy)

    def _on_progressed(self, progress: object) -> None:
        here = self._row is not None and self._row.found.path == self._busy_path
        if here and self._busy_section is not None and isinstance(progress, tuple):
            self._busy_section.show_busy(True, *progress)

    def _on_failed(self, error: UserError) -> None:
        if self._busy_section is not None and self._row is not None and self._row.found.path == self._busy_path:
            self._busy_section.show_fault(str(error))

    def _on_ended(self) -> None:
        path, self._busy_path, self._busy_section = self._busy_path, None, None
        self._show_busy()
        self.learnt.emit(path)
