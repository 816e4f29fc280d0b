"""Two branches side by side, or two playtests: turn by turn, with both score lines and what they come to."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.interchange.comparison import format_html, write_comparison
from core.library.playtests import list_playtests
from core.playtest.looking_back.side_by_side import Comparison
from gui import theme
from gui.stage.comparing.comparison_chart import ComparisonChart, side_colors
from gui.stage.comparing.pairs_view import PairsModel, PairsView
from gui.stage.comparing.saying import say_comparison
from gui.stage.comparing.sides import Choice, read_branch_names, read_comparison
from gui.stage.fill import fill
from gui.widgets.ask import ask_save_file, file_name
from gui.workspace import Workspace

MAX_OTHERS = 40
"""Playtests that can be chosen besides the branches of the two."""


class ComparisonDialog(QDialog):
    """Chooses two branches and shows both."""

    turn_wanted = Signal(int)
    """Id of a turn to be shown on the Stage."""
    compared = Signal()
    """Both sides were read and are shown."""

    def __init__(self, workspace: Workspace, left: Choice, right: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Two branches side by side"))
        self.resize(1080, 760)
        self._workspace = workspace
        self._first = (left, right)
        self._wanted: tuple[Choice, Choice] | None = None
        self.comparison: Comparison | None = None
        self._is_over = False
        """Whether it was closed while something was being read."""
        self.finished.connect(self._on_finished)
        self.left, self.right = QComboBox(), QComboBox()
        self.left.setAccessibleName(self.tr("Left side"))
        self.right.setAccessibleName(self.tr("Right side"))
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.chart = ComparisonChart()
        self.model = PairsModel()
        self.view = PairsView(self.model)
        self._lay_out()
        self._connect()
        self._load_choices()

    # What a person does

    def swap(self) -> None:
        """Changes the sides."""
        places = self.left.currentIndex(), self.right.currentIndex()
        self.left.setCurrentIndex(places[1])
        self.right.setCurrentIndex(places[0])

    def go_to_difference(self, step: int) -> None:
        """Goes to the next pair that differs, or to the one before."""
        row, pairs = self.view.currentIndex().row() + step, self.model.pairs
        while 0 <= row < len(pairs) and pairs[row].is_same:
            row += step
        if 0 <= row < len(pairs):
            self.view.go_to(row)

    def export(self) -> None:
        """Asks for a file and writes the comparison to it."""
        comparison = self.comparison
        if comparison is None:
            return
        name = file_name(f"{comparison.left.name} - {comparison.right.name}")
        filters = ";;".join((self.tr("Page (*.html)"), self.tr("Table (*.csv)")))
        ask_save_file(self, self.tr("Export the comparison"), filters, f"{name}.html", self._write)

    def copy(self) -> None:
        """Copies what they come to as words, and the whole page for whatever takes pages."""
        if self.comparison is not None:
            both = QMimeData()
            both.setText(self.summary.text())
            both.setHtml(format_html(self.comparison, self.summary.text(), charts=()))
            QGuiApplication.clipboard().setMimeData(both)

    # How it is put together

    def _lay_out(self) -> None:
        swap = _tool("mdi6.swap-horizontal", self.tr("Swap the sides"))
        swap.clicked.connect(self.swap)
        before = _tool("mdi6.arrow-up", self.tr("Difference before (P)"))
        before.clicked.connect(lambda: self.go_to_difference(-1))
        after = _tool("mdi6.arrow-down", self.tr("Next difference (N)"))
        after.clicked.connect(lambda: self.go_to_difference(1))
        top = QHBoxLayout()
        top.setSpacing(8)
        for choice in (self.left, self.right):
            choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._dots = [QLabel("●"), QLabel("●")]
        top.addWidget(self._dots[0])
        top.addWidget(self.left, 1)
        top.addWidget(swap)
        top.addWidget(self._dots[1])
        top.addWidget(self.right, 1)
        top.addWidget(before)
        top.addWidget(after)
        self.copy_button = QPushButton(theme.icon("mdi6.content-copy"), self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("Copies these sentences, and the turns as a page"))
        self.copy_button.clicked.connect(self.copy)
        self.export_button = QPushButton(theme.icon("mdi6.export-variant"), self.tr("Export…"))
        self.export_button.clicked.connect(self.export)
        said = QHBoxLayout()
        said.addWidget(self.summary, 1)
        said.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.export_button, 0, Qt.AlignmentFlag.AlignTop)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.chart)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setSizes([200, 480])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(said)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        for choice in (self.left, self.right):
            choice.currentIndexChanged.connect(self._read)
        self.chart.number_clicked.connect(lambda number: self.view.go_to(number - 1))
        self.view.pair_activated.connect(self._on_pair_activated)
        for key, step in (("N", 1), ("P", -1)):
            shortcut = QShortcut(QKeySequence(key), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda step=step: self.go_to_difference(step))
        theme.notifier.theme_changed.connect(self._tint)
        self._workspace.project_opened.connect(self.reject)  # its turns are not in another project
        self._tint()

    def _tint(self) -> None:
        for dot, color in zip(self._dots, side_colors(), strict=True):
            dot.setStyleSheet(f"color: {color};")

    # What is compared

    def _load_choices(self) -> None:
        """Lists the branches of both playtests, then other playtests of the scenario."""
        project, left, right = self._workspace.project, *self._first

        def work() -> list[Choice]:
            playtests = {playtest.id: playtest for playtest in list_playtests(project)}
            here = list(dict.fromkeys((left.playtest_id, right.playtest_id)))
            found = []
            for playtest_id in here:
                name = playtests[playtest_id].name if playtest_id in playtests else ""
                branches = read_branch_names(project, playtest_id)
                for place, (leaf_id, own, words, n_turns) in enumerate(branches, 1):
                    branch = own or (self.tr("First run") if place == 1 else words or fill(self.tr("Branch %1"), place))
                    title = branch if len(here) == 1 else name if len(branches) == 1 else f"{name} · {branch}"
                    found.append(Choice(playtest_id, leaf_id, title, n_turns))
            scenario_ids = {playtests[one].scenario_id for one in here if one in playtests}
            others = [
                playtest
                for playtest in playtests.values()
                if playtest.id not in here and playtest.scenario_id in scenario_ids and playtest.head_id is not None
            ]
            return found + [Choice(one.id, None, one.name) for one in others[:MAX_OTHERS]]

        self._workspace.jobs.run(work, self._show_choices)

    def _on_finished(self) -> None:
        self._is_over = True

    def _show_choices(self, choices: list[Choice]) -> None:
        if self._is_over:
            return
        for box, wanted in ((self.left, self._first[0]), (self.right, self._first[1])):
            box.blockSignals(True)
            for choice in choices:
                turns = fill(self.tr("%1 turns"), choice.n_turns) if choice.n_turns else ""
                box.addItem(" · ".join(filter(None, (choice.name, turns))), choice)
            exact = [place for place, one in enumerate(choices) if _is_same(one, wanted)]
            of_playtest = [place for place, one in enumerate(choices) if one.playtest_id == wanted.playtest_id]
            if not exact and wanted.leaf_id is not None:  # an earlier turn of a branch
                box.insertItem(0, wanted.name, wanted)
                exact = [0]
            box.setCurrentIndex((exact or of_playtest or [0])[0])
            box.blockSignals(False)
        self._read()

    def _read(self) -> None:
        left, right = self.left.currentData(), self.right.currentData()
        if left is None or right is None:
            return
        self._wanted = wanted = (left, right)
        project = self._workspace.project

        def show(comparison: Comparison) -> None:
            if self._wanted == wanted and not self._is_over:
                self._show(comparison)

        self._workspace.jobs.run(lambda: read_comparison(project, left, right), show)

    def _show(self, comparison: Comparison) -> None:
        self.comparison = comparison
        said = say_comparison(comparison)
        self.summary.setText(said)
        self.summary.setAccessibleName(said)
        self.chart.show_comparison(comparison)
        self.model.show(comparison)
        if comparison.pairs:
            self.view.go_to(min(comparison.n_common, len(comparison.pairs) - 1))
        self.view.setFocus()
        self.compared.emit()

    def _on_pair_activated(self, row: int) -> None:
        pair = self.model.pairs[row]
        turn = pair.right or pair.left
        if turn is not None:
            self.turn_wanted.emit(turn.turn_id)

    def _write(self, path: Path) -> None:
        comparison, summary = self.comparison, self.summary.text()
        if comparison is None:
            return

        def done(_nothing: object) -> None:
            if not self._is_over:
                self.export_button.setToolTip(fill(self.tr("Written to %1"), path))

        def fault(error: UserError) -> None:
            self._workspace.faulted.emit(error.message, error.hint)

        self._workspace.jobs.run(lambda: write_comparison(path, comparison, summary, overwrite=True), done, fault)


def _is_same(one: Choice, other: Choice) -> bool:
    return one.playtest_id == other.playtest_id and one.leaf_id == other.leaf_id


def _tool(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setToolTip(name)
    button.setAccessibleName(name)
    theme.set_kind(button, "ghost")
    return button
