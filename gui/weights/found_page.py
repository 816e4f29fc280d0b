"""The weights on this machine: a list that can be searched, and what is known of the one that is selected."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.app_settings import AppSettings
from core.errors import UserError
from core.inference.weights.folders import Candidate
from core.inference.weights.notes import open_notes
from core.inference.weights.scan import examine_file
from gui import theme
from gui.characters.empty import EmptyPlace
from gui.library.header import SearchField
from gui.task import Task
from gui.weights.card import plain_label
from gui.weights.details_pane import DetailsPane
from gui.weights.found_row import FoundRow, look_everywhere, make_row
from gui.weights.name_delegate import NameDelegate, row_height
from gui.weights.weights_model import FIT, NAME, ROLE, ROW_ROLE, SIZE, SPEED, TYPE, WeightsModel
from gui.widgets.ask import ask_folder
from gui.workspace import Workspace, weights_settings

COLUMN_PX = (0, 78, 78, 84, 84, 60)
NAME_PX = 220
KEPT_FIRST = (FIT, SIZE, SPEED, ROLE, TYPE)
SEARCH_MS = 120
ADD_MS = 250


class FoundPage(QWidget):
    """Looks through all folders when it is first shown, and again when asked."""

    download_requested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._freed_bytes = 0
        self._was_shown = False
        self._look_again = False
        self._wanted: Path | None = None
        self.model = WeightsModel()
        self._fresh: list[FoundRow] = []
        self.details = DetailsPane()
        self.task = Task("weights-scan", self)
        self._make_bar()
        self.table = self._make_table()
        self._timer = self._make_timer(SEARCH_MS, self._search)
        self._add_timer = self._make_timer(ADD_MS, self._add_fresh)
        self._lay_out()
        self.table.installEventFilter(self)
        self._connect()

    def showEvent(self, event: object) -> None:
        """Looks when it is first seen."""
        super().showEvent(event)  # type: ignore[arg-type]
        if not self._was_shown:
            self._was_shown = True
            self.look()

    def look(self, wanted: Path | None = None) -> None:
        """Looks through all folders again, and then selects a file."""
        self._wanted = wanted or self._selected_path()
        if self.task.is_running:
            self._look_again = True
            self.task.cancel()
            return
        settings = self._settings()
        self._fresh = []
        self.model.clear()
        self._fault.setText("")
        freed_bytes, deliver = self._freed_bytes, self.task.delivered.emit
        self.task.start(lambda report, ended: look_everywhere(settings, freed_bytes, deliver, report, ended))
        self._show_state()

    def show_in_use(self, freed_bytes: int) -> None:
        """Marks the weights in use. `freed_bytes`: what their process takes now."""
        self._freed_bytes = freed_bytes
        self.model.show_in_use(self._in_use_path())
        self._show_selected()

    def relearn(self, path: Path | None) -> None:
        """Shows what was learnt about a file since."""
        row = next((row for row in self.model.rows if row.found.path == path), None)
        if row is None:
            return
        found = row.found
        settings = self._settings()

        def read() -> FoundRow:
            with open_notes() as notes:
                again = examine_file(Candidate(found.path, found.tool, found.label), notes)
                return make_row(again, settings, self._freed_bytes, notes)

        def show(row: FoundRow) -> None:
            self.model.replace(row)
            self._show_selected()

        self._workspace.jobs.run(read, show)

    def focus_search(self) -> None:
        """Gives the keyboard to the search."""
        self.search.setFocus()
        self.search.selectAll()

    def close_tasks(self) -> None:
        """Ends what runs on other threads."""
        self._timer.stop()
        self._add_timer.stop()
        self.task.close()
        self.details.task.close()

    def _make_timer(self, interval_ms: int, run: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(run)
        return timer

    def _make_bar(self) -> None:
        self.search = SearchField()
        theme.set_kind(self.search, "search")
        self.search.setPlaceholderText(self.tr("Search weights"))
        self.search.setAccessibleName(self.tr("Search weights"))
        sign = self.search.addAction(theme.icon("mdi6.magnify", "dim"), SearchField.ActionPosition.LeadingPosition)
        sign.setText(self.tr("Search"))
        self.every = QPushButton(self.tr("All files"))
        theme.set_kind(self.every, "chip")
        self.every.setCheckable(True)
        self.every.setToolTip(self.tr("Also projectors, adapters, embedders and broken files"))
        self._folders = QPushButton(self.tr("Folders"))
        self._folders.setIcon(theme.icon("mdi6.folder-multiple-outline"))
        self._menu = QMenu(self._folders)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._folders.setMenu(self._menu)
        self._again = QToolButton()
        self._again.setIcon(theme.icon("mdi6.refresh"))
        self._again.setToolTip(self.tr("Look again"))
        self._again.setAccessibleName(self.tr("Look again"))
        self._again.clicked.connect(lambda _checked=False: self.look())
        self._count = plain_label("small")
        self._count.setWordWrap(False)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._stop = QPushButton(self.tr("Stop"))
        theme.set_kind(self._stop, "link")
        self._stop.clicked.connect(self.task.cancel)
        self._fault = plain_label("fault")

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        self._delegate = NameDelegate()
        table.setItemDelegateForColumn(NAME, self._delegate)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setMinimumSectionSize(40)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setSortingEnabled(True)
        table.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        table.setTabKeyNavigation(False)
        table.setAccessibleName(self.tr("Weights on this machine"))
        theme.set_kind(table, "card")
        return table

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        for widget in (self.every, self._folders, self._again):
            bar.addWidget(widget)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._count)
        foot.addWidget(self._progress, 1)
        foot.addWidget(self._stop)
        foot.addStretch()
        self._empty = EmptyPlace(
            "mdi6.magnify",
            self.tr("Nothing like that is here"),
            self.tr(
                "Folders of yours, and those of LM Studio, Ollama, Hugging Face, GPT4All and Jan were looked through. "
                "Add a folder, or download weights that suit this machine."
            ),
        )
        self._empty.add_button(self.tr("Download weights"), "mdi6.tray-arrow-down").clicked.connect(
            self.download_requested
        )
        self._empty.add_button(self.tr("Add a folder…"), "mdi6.folder-plus-outline").clicked.connect(self._ask_folder)
        self._body = QStackedWidget()
        self._body.addWidget(self.table)
        self._body.addWidget(self._empty)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(24, 16, 16, 12)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self._fault)
        column.addWidget(self._body, 1)
        column.addLayout(foot)
        splitter = QSplitter()
        splitter.addWidget(left)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([720, 430])
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        self._fit()

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.left_downwards.connect(self._enter_table)
        self.every.toggled.connect(self._on_every)
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._show_selected())
        self.table.activated.connect(lambda _index: self.details.use.setFocus(Qt.FocusReason.OtherFocusReason))
        self.details.learnt.connect(self.relearn)
        self.task.delivered.connect(self._on_rows)
        self.task.progressed.connect(self._on_progress)
        self.task.failed.connect(lambda error: self._fault.setText(str(error)))
        self.task.ended.connect(self._on_ended)
        theme.notifier.theme_changed.connect(self._fit)
        self._show_state()

    def _settings(self) -> AppSettings:
        try:
            return self._workspace.settings
        except UserError as error:
            self._fault.setText(str(error))
            return AppSettings()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The splitter was moved."""
        if event.type() == QEvent.Type.Resize and watched is self.table:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Leaves out columns where there is no room for the names: the details have it all."""
        self.table.verticalHeader().setDefaultSectionSize(row_height())
        left = self.table.width() - theme.text_px(NAME_PX)
        for column in KEPT_FIRST:
            width = theme.text_px(COLUMN_PX[column])
            left -= width
            self.table.setColumnWidth(column, width)
            self.table.setColumnHidden(column, left < 0)
        self.details.setMinimumWidth(min(theme.text_px(320), 460))

    def _on_rows(self, rows: object) -> None:
        assert isinstance(rows, list)
        self._fresh.extend(rows)
        if not self._add_timer.isActive():
            self._add_timer.start()

    def _add_fresh(self) -> None:
        """Shows what was found since: some times a second, however fast it comes."""
        self._add_timer.stop()
        fresh, self._fresh = self._fresh, []
        if fresh:
            self._keeping_selection(lambda: self.model.add(fresh))
            self._select_wanted()
        self._show_state()

    def _keeping_selection(self, change: Callable[[], object]) -> None:
        """Does what arranges the list anew, which forgets what was selected and how far it was scrolled."""
        path, scrolled = self._selected_path(), self.table.verticalScrollBar().value()
        change()
        number = self.model.row_of(path) if path is not None else -1
        if number >= 0:
            self.table.selectRow(number)
        self.table.verticalScrollBar().setValue(scrolled)

    def _on_progress(self, progress: object) -> None:
        assert isinstance(progress, tuple)
        self._progress.setRange(0, progress[1])
        self._progress.setValue(progress[0])
        self._show_state()

    def _on_ended(self) -> None:
        if self._look_again:
            self._look_again = False
            self.look(self._wanted)
            return
        self._add_fresh()
        self._progress.setRange(0, 0)
        self._show_state()
        if not self.table.selectionModel().hasSelection():
            self._wanted = self._in_use_path()
            self._select_wanted()
            if not self.table.selectionModel().hasSelection() and self.model.rowCount():
                self.table.selectRow(0)

    def _show_state(self) -> None:
        looking = self.task.is_running
        for widget in (self._progress, self._stop):
            widget.setVisible(looking)
        self._again.setEnabled(not looking)
        n_shown, n_all = self.model.rowCount(), len(self.model.rows)
        n_hidden = n_all - n_shown
        every = self.every.isChecked()
        text = (self.tr("Files: %1") if every else self.tr("Weights: %1")).replace("%1", f"{n_shown:,}")
        if n_hidden and not self.search.text():
            text += " · " + self.tr("%1 other files").replace("%1", f"{n_hidden:,}")
        elif n_hidden:
            text = self.tr("%1 of %2").replace("%1", f"{n_shown:,}").replace("%2", f"{n_all:,}")
        self._count.setText(self.tr("looking …") if looking and not n_all else text)
        self._fault.setVisible(bool(self._fault.text()))
        self._body.setCurrentIndex(1 if not n_shown and not looking else 0)

    def _select_wanted(self) -> None:
        number = self.model.row_of(self._wanted) if self._wanted is not None else -1
        if number >= 0:
            self.table.selectRow(number)
            self.table.scrollTo(self.model.index(number, 0))
            self._wanted = None

    def _selected_path(self) -> Path | None:
        rows = self.table.selectionModel().selectedRows() if hasattr(self, "table") else []
        return rows[0].data(ROW_ROLE).found.path if rows else None

    def _in_use_path(self) -> Path | None:
        """Returns the weights that play; None when a server does."""
        try:
            settings = self._workspace.settings
            return None if settings.server else weights_settings(settings).path
        except UserError:
            return None

    def _show_selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        row = rows[0].data(ROW_ROLE) if rows else None
        in_use = row is not None and row.found.path == self._in_use_path()
        self.details.show_row(row, self._settings(), in_use, self._freed_bytes)

    def _search(self) -> None:
        self._keeping_selection(lambda: self.model.search(self.search.text()))
        self._show_state()
        self._settle_selection()

    def _on_every(self, every: bool) -> None:
        self._keeping_selection(lambda: self.model.show_others(every))
        self._show_state()
        self._settle_selection()

    def _settle_selection(self) -> None:
        """Shows what is selected after another choice of rows: the first of them when what was selected is gone."""
        if self.model.rowCount() and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)
        self._show_selected()

    def _enter_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        if self.model.rowCount() and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)

    def _fill_menu(self) -> None:
        self._menu.clear()
        add = self._menu.addAction(theme.icon("mdi6.folder-plus-outline"), self.tr("Add a folder…"))
        add.triggered.connect(self._ask_folder)
        folders = self._settings().weights_folders
        if folders:
            self._menu.addSeparator()
        for folder in folders:
            action = self._menu.addAction(
                theme.icon("mdi6.folder-remove-outline"), self.tr("Forget %1").replace("%1", folder.replace("&", "&&"))
            )
            action.triggered.connect(lambda _checked=False, folder=folder: self.forget_folder(folder))

    def _ask_folder(self) -> None:
        ask_folder(self, self.tr("Add a folder of weights"), self.add_folder)

    def add_folder(self, folder: Path) -> None:
        """Remembers a folder and looks into it."""

        def change(settings: AppSettings) -> None:
            if str(folder) not in settings.weights_folders:
                settings.weights_folders.append(str(folder))

        if self._workspace.attempt(lambda: self._workspace.change_settings(change)):
            self.look()

    def forget_folder(self, folder: str) -> None:
        """Looks into a folder no more. Its files stay as they are."""

        def change(settings: AppSettings) -> None:
            settings.weights_folders = [other for other in settings.weights_folders if other != folder]

        if self._workspace.attempt(lambda: self._workspace.change_settings(change)):
            self.look()
