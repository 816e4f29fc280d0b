"""Downloads of weights: a short list worth a try, any other file by its name, and how far the present one is."""

from contextlib import suppress
from pathlib import Path

import psutil
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.inference.weights.download import Downloaded, Progress, download, find_partial, remove_partial
from core.inference.weights.folders import download_folder
from core.inference.weights.hub import RemoteFile, Source, endpoint, format_source, list_files, parse_source
from core.inference.weights.recommended import Recommended, best_for, list_recommended
from gui import theme
from gui.task import Task
from gui.weights.card import Card, plain_label
from gui.weights.card_column import CardColumn
from gui.weights.figures import describe_bytes
from gui.weights.hub_card import HubCard
from gui.weights.partial_row import PartialRow
from gui.weights.recommended_card import RecommendedCard
from gui.workspace import Workspace

MAX_LISTED_PX = 220


class FileList(QListWidget):
    """The files of a repository. Enter takes the one that is selected."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.itemActivated.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class DownloadPage(QWidget):
    """One download at a time."""

    downloaded = Signal(object)
    """The path of weights that have arrived."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.task = Task("weights-download", self)
        self.listing = Task("weights-listing", self)
        self._source: Source | None = None
        self.present = self._make_present()
        self.unfinished = Card(self.tr("Unfinished"))
        self._partial_rows: list[PartialRow] = []
        self.cards = [self._make_card(entry) for entry in list_recommended()]
        self.hub = HubCard()
        self._lay_out()
        self._connect()

    def showEvent(self, event: object) -> None:
        """Shows what earlier downloads left."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._show_partial()
        self._explain()

    def start(self, source: Source) -> None:
        """Downloads weights."""
        if self.task.is_running:
            return
        self._source = source
        self._say_fault("")
        folder = download_folder()
        self._what.setText(source.name)
        self._figures.setText(self.tr("asking the hub …"))
        self._bar.setRange(0, 0)
        self.task.start(lambda report, cancelled: download(source, folder, report, cancelled))
        self._show_busy()
        self._show_partial()
        self._area.ensureWidgetVisible(self.present)

    def submit(self) -> None:
        """Takes what was typed: a file is downloaded, a repository is listed."""
        text = self.field.text().strip()
        if not text:
            return
        self._say_fault("")
        self.files.hide()
        if text.count("/") == 1 and "://" not in text:
            self.listing.start(lambda _report, _cancelled: list_files(text))
            self._show_busy()
            return
        try:
            self.start(parse_source(text))
        except UserError as error:
            self._say_fault(str(error))

    def close_tasks(self) -> None:
        """Ends what runs on other threads; what has arrived is kept."""
        self.task.close()
        self.listing.close()

    def _make_present(self) -> Card:
        card = Card(self.tr("Download"))
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("for example owner/name/file.gguf"))
        self.field.setAccessibleName(self.tr("File, repository or address"))
        self.get = QPushButton(self.tr("Download"))
        theme.set_kind(self.get, "primary")
        asking = QWidget()
        row = QHBoxLayout(asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.get)
        card.add(asking)
        self._note = plain_label("small")
        card.add(self._note)
        self.files = FileList()
        self.files.setAccessibleName(self.tr("Files of the repository"))
        self.files.setMaximumHeight(MAX_LISTED_PX)
        self.files.hide()
        card.add(self.files)
        self._under_way = QWidget()
        column = QVBoxLayout(self._under_way)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        self._what = plain_label("strong")
        self._figures = plain_label("small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = QPushButton(self.tr("Cancel"))
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self._bar, 1)
        line.addWidget(self._cancel)
        column.addWidget(self._what)
        column.addLayout(line)
        column.addWidget(self._figures)
        card.add(self._under_way)
        self._fault = plain_label("fault")
        self._good = plain_label("good")
        card.add(self._fault)
        card.add(self._good)
        for widget in (self._under_way, self._fault, self._good):
            widget.hide()
        return card

    def _make_card(self, entry: Recommended) -> RecommendedCard:
        suited = best_for(psutil.virtual_memory().total)
        card = RecommendedCard(entry, entry in suited)
        card.wanted.connect(lambda wanted: self.start(wanted.source))
        return card

    def _lay_out(self) -> None:
        column = CardColumn()
        heading = plain_label("heading", self.tr("Worth a try"))
        note = plain_label(
            "dim",
            self.tr("A short list by memory, not a ranking. Measure and check what you get: the list cannot know."),
        )
        for widget in (self.present, self.unfinished, heading, note, *self.cards, self.hub):
            column.addWidget(widget)
        self._area = column.finish()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        self.unfinished.hide()

    def _connect(self) -> None:
        self.hub.changed.connect(self._keep_hub)
        self.get.clicked.connect(self.submit)
        self.field.returnPressed.connect(self.submit)
        self._cancel.clicked.connect(self.task.cancel)
        self.files.itemActivated.connect(lambda item: self.start(item.data(Qt.ItemDataRole.UserRole).source))
        self.task.progressed.connect(self._on_progressed)
        self.task.succeeded.connect(self._on_downloaded)
        self.task.failed.connect(lambda error: self._say_fault(str(error)))
        self.task.ended.connect(self._on_ended)
        self.listing.succeeded.connect(self._on_listed)
        self.listing.failed.connect(lambda error: self._say_fault(str(error)))
        self.listing.ended.connect(self._show_busy)

    def _keep_hub(self, address: str) -> None:
        keep = lambda settings: setattr(settings, "hub_endpoint", address)  # noqa: E731
        self._workspace.attempt(lambda: self._workspace.change_settings(keep))
        self._explain()

    def _explain(self) -> None:
        hub = ""
        with suppress(UserError):
            hub = endpoint()
            self.hub.show_address(self._workspace.settings.hub_endpoint)
        text = self.tr("From %1 into %2, or from any address that ends in .gguf. owner/name lists a repository.")
        self._note.setText(text.replace("%1", hub).replace("%2", str(download_folder())))

    def _on_progressed(self, progress: object) -> None:
        assert isinstance(progress, Progress)
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * progress.n_bytes / max(progress.total_bytes, 1)))
        if progress.step == "checking":
            self._figures.setText(self.tr("comparing the SHA-256 …"))
            return
        text = self.tr("%1 of %2 · %3 a second").replace("%1", describe_bytes(progress.n_bytes))
        text = text.replace("%2", describe_bytes(progress.total_bytes))
        text = text.replace("%3", describe_bytes(round(progress.bytes_per_s)))
        if progress.left_s is not None:
            text += f" · {self._describe_time(progress.left_s)}"
        self._figures.setText(text)

    def _describe_time(self, seconds: float) -> str:
        if seconds < 90:
            return self.tr("%1 s left").replace("%1", f"{seconds:.0f}")
        return self.tr("%1 min left").replace("%1", f"{seconds / 60:.0f}")

    def _on_downloaded(self, got: object) -> None:
        assert isinstance(got, Downloaded)
        checked = self.tr("its SHA-256 is right") if got.verified else self.tr("no SHA-256 to compare it with")
        self._good.setText(self.tr("%1 is here; %2.").replace("%1", got.path.name).replace("%2", checked))
        self._good.show()
        self.downloaded.emit(got.path)

    def _on_ended(self) -> None:
        self._show_busy()
        self._show_partial()

    def _on_listed(self, files: object) -> None:
        assert isinstance(files, tuple)
        self.files.clear()
        for file in files:
            assert isinstance(file, RemoteFile)
            item = QListWidgetItem(f"{file.source.file}   {describe_bytes(file.size_bytes)}")
            item.setData(Qt.ItemDataRole.UserRole, file)
            item.setToolTip(format_source(file.source))
            self.files.addItem(item)
        self.files.setVisible(bool(files))
        if files:
            self.files.setCurrentRow(0)
            self.files.setFocus()
        else:
            self._say_fault(self.tr("There are no GGUF files in it. Look for a repository whose name ends in GGUF."))

    def _say_fault(self, text: str) -> None:
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self._good.hide()

    def _show_busy(self) -> None:
        busy = self.task.is_running
        self._under_way.setVisible(busy)
        for button in (self.get, *(card.button for card in self.cards)):
            button.setEnabled(not busy and not self.listing.is_running)
            button.setToolTip(self.tr("One download at a time.") if busy else "")

    def _show_partial(self) -> None:
        for row in self._partial_rows:
            row.hide()
            row.deleteLater()
        found: tuple[Path, ...] = ()
        if not self.task.is_running:
            with suppress(UserError):
                found = find_partial(download_folder())
        self._partial_rows = []
        for path in found:
            with suppress(OSError):  # gone in the meantime
                self._partial_rows.append(PartialRow(path))
        for row in self._partial_rows:
            row.continued.connect(self._go_on)
            row.removed.connect(self._remove)
            self.unfinished.add(row)
        self.unfinished.setVisible(bool(self._partial_rows))

    def _go_on(self, source: str) -> None:
        try:
            self.start(parse_source(source))
        except UserError as error:
            self._say_fault(str(error))

    def _remove(self, path: object) -> None:
        assert isinstance(path, Path)
        try:
            remove_partial(path)
        except UserError as error:
            self._say_fault(str(error))
        self._show_partial()
