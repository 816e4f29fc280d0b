"""Above the views: which measure is looked at, whose turns, and what is selected."""

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from core.lab.frame import BOTH, GOOD, NONE_SAID, OFF, Column, Filter
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.catch_up import CatchUp
from gui.fidelity.elided_button import ElidedButton
from gui.fidelity.judge_badge import badge_words
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill
from gui.stage.flow_layout import FlowLayout
from gui.stage.plain_tip import plain_tip

LABELS: tuple[tuple[str, frozenset[int]], ...] = (
    ("all", frozenset()),
    ("off", frozenset({OFF, BOTH})),
    ("good", frozenset({GOOD, BOTH})),
    ("none", frozenset({NONE_SAID})),
)
METRIC_PX, CHIP_PX = 300, 200
"""The widest that buttons with names on them may be, at 100 %."""
MENU_CHARS = 80


class TopBar(QFrame):
    """A button for the measure, a chip for each character, filters, and the selection."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        theme.set_kind(self, "bar")
        self.metric_button = ElidedButton(most_px=METRIC_PX)
        self.metric_button.setAccessibleDescription(self.tr("Chooses the measure that all charts look at"))
        self.metric_menu = QMenu(self)
        self.metric_menu.setToolTipsVisible(True)
        self.metric_menu.aboutToShow.connect(self._fill_metrics)
        self.metric_button.setMenu(self.metric_menu)
        self.about = ElidedLabel()
        theme.set_kind(self.about, "small")
        self.label_button = QPushButton()
        theme.set_kind(self.label_button, "chip")
        self.label_menu = QMenu(self)
        self.label_menu.aboutToShow.connect(self._fill_labels)
        self.label_button.setMenu(self.label_menu)
        self.clear_button = QPushButton()
        self.clear_button.setIcon(theme.icon("mdi6.close", "accent"))
        theme.set_kind(self.clear_button, "chip")
        self.clear_button.clicked.connect(board.selection.clear)
        self.only_button = QPushButton(self.tr("Show these values only"))
        theme.set_kind(self.only_button, "chip")
        self.only_button.clicked.connect(self._filter_range)
        self.range_button = ElidedButton(most_px=METRIC_PX)
        self.range_button.setIcon(theme.icon("mdi6.close", "accent"))
        theme.set_kind(self.range_button, "chip")
        self.range_button.clicked.connect(self._end_range)
        self.loading = QLabel(self.tr("Reading…"))
        theme.set_kind(self.loading, "small")
        self.catch_up = CatchUp(board, self)
        self.score_button = QPushButton()
        self.score_button.clicked.connect(self._score_or_stop)
        self.why_not = ElidedLabel()
        theme.set_kind(self.why_not, "small")
        self.catch_up.changed.connect(self._show_scoring)
        self._people = QWidget()
        self.chips: dict[tuple[str, str], ElidedButton] = {}
        """By role id and name."""
        self._lay_out()
        board.frame_changed.connect(self._show_people)
        board.frame_changed.connect(self._show)
        board.visible_changed.connect(self._show)
        board.metric_changed.connect(self._show)
        board.selection.changed.connect(self._show)
        board.loading_changed.connect(lambda _is_loading: self._show())
        theme.notifier.theme_changed.connect(self._show_people)
        self._show()
        self._show_scoring()

    def _lay_out(self) -> None:
        self._chip_row = FlowLayout(self._people, spacing=6)
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.metric_button)
        first.addWidget(self.about, 1)
        first.addWidget(self.loading)
        first.addWidget(self.why_not)
        first.addWidget(self.score_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(first)
        column.addWidget(self._people)

    def _score_or_stop(self) -> None:
        if self.catch_up.is_running:
            self.catch_up.stop()
        else:
            self.catch_up.start()

    def _show_scoring(self) -> None:
        work = self.catch_up
        is_wanted = work.is_running or work.n_missing > 0
        self.score_button.setVisible(is_wanted)
        workspace = self.board.workspace
        why = workspace.project.why_read_only if workspace.is_project_open else None
        self.why_not.setText(why.message if why is not None else "")
        self.why_not.setVisible(is_wanted and why is not None)
        self.score_button.setEnabled(why is None and not work.is_stopping)
        if work.is_stopping:
            said = self.tr("Stopping…")
        elif work.is_running:
            said = fill(self.tr("Scored %1 of %2 · stop"), f"{work.n_done:,}", f"{work.n_all:,}")
        else:
            said = fill(self.tr("Score %1 turns"), f"{work.n_missing:,}")
        self.score_button.setText(said)
        self.score_button.setToolTip(self.tr("By all measures that need no weights; some seconds for 1,000 turns"))
        theme.set_kind(self.score_button, "" if work.is_running else "primary")

    # Measures

    def _fill_metrics(self) -> None:
        self.metric_menu.clear()
        columns = [one for one in self.board.frame.columns.values() if one.key in self.board.frame.scores]
        groups = [
            (self.tr("From the words"), ("nothing", "human reference")),
            (self.tr("From the weights"), ("log-probabilities",)),
            (self.tr("From meaning"), ("embeddings",)),
            (self.tr("From a judge"), ("judge",)),
        ]
        for title, needs in groups:
            mine = [one for one in columns if one.metric.needs in needs]
            if mine:
                self.metric_menu.addSection(title)
            for column in mine:
                self._add_metric(column)

    def _add_metric(self, column: Column) -> QAction:
        action = self.metric_menu.addAction(menu_words(column.title))
        action.setCheckable(True)
        action.setChecked(column.key == self.board.metric)
        action.setToolTip(self._tip(column))
        action.triggered.connect(lambda: self.board.choose_metric(column.key))
        return action

    def _tip(self, column: Column) -> str:
        judged = [badge_words(column.judge)] if column.judge is not None else []
        trusted = [words] if (words := self.board.trust_words(column.key)) else []
        return plain_tip("\n".join([column.title, column.metric.how_to_read, *judged, *trusted]))

    # Filters

    def _show_people(self) -> None:
        frame = self.board.frame
        spoke = {int(one) for side in frame.sides for one in set(frame.speaker[side.rows].tolist())}
        people = [place for place, one in enumerate(frame.speakers) if one.is_character and place in spoke]
        known, self.chips = self.chips, {}
        for place in people:
            speaker = frame.speakers[place]
            who = (speaker.role_id, speaker.name)
            chip = self.chips[who] = known.get(who) or self._make_chip(speaker.name)
            chip.setIcon(theme.icon("mdi6.circle", self.board.color_of(place), on=self.board.color_of(place)))
            chip.setIconSize(QSize(theme.text_px(10), theme.text_px(10)))
            chip.setChecked(who in self.board.filter.speakers)
        for who, chip in known.items():
            if who not in self.chips:
                chip.hide()
                chip.deleteLater()
        if list(known) != list(self.chips) or not self._chip_row.count():
            self._lay_out_chips()

    def _make_chip(self, name: str) -> ElidedButton:
        chip = ElidedButton(f" {name}", most_px=CHIP_PX)
        chip.setCheckable(True)
        chip.setToolTip(plain_tip(fill(self.tr("Only the turns of %1; several can be chosen"), name)))
        theme.set_kind(chip, "chip")
        chip.clicked.connect(self._on_people)
        return chip

    def _lay_out_chips(self) -> None:
        while self._chip_row.takeAt(0) is not None:
            pass
        buttons = (self.label_button, self.range_button, self.only_button, self.clear_button)
        before: QWidget = self.score_button
        for widget in (*self.chips.values(), *buttons):
            self._chip_row.addWidget(widget)
            self.setTabOrder(before, widget)
            before = widget

    def _on_people(self) -> None:
        chosen = frozenset(who for who, chip in self.chips.items() if chip.isChecked())
        self._change(speakers=chosen)

    def _fill_labels(self) -> None:
        self.label_menu.clear()
        for key, wanted in LABELS:
            action = self.label_menu.addAction(self._say_label(key))
            action.setCheckable(True)
            action.setChecked(self.board.filter.labels == wanted)
            action.triggered.connect(lambda _checked, wanted=wanted: self._change(labels=wanted))

    def _say_label(self, key: str) -> str:
        said = {
            "all": self.tr("Whatever you said"),
            "off": self.tr("You said off"),
            "good": self.tr("You said good"),
            "none": self.tr("Without your word"),
        }
        return said[key]

    def _filter_range(self) -> None:
        """Looks at values as those that are selected only."""
        values = self.board.values()[self.board.selection.rows()]
        real = values[~np.isnan(values)]
        if len(real):
            self._change(column=self.board.metric, low=float(real.min()), high=float(real.max()))
            self.board.selection.clear()

    def _end_range(self) -> None:
        self._change(column="", low=Filter().low, high=Filter().high)

    def _change(self, **changes: object) -> None:
        self.board.set_filter(Filter(**(vars_of(self.board.filter) | changes)))  # type: ignore[arg-type]

    def _show(self) -> None:
        board, column = self.board, self.board.column()
        self.metric_button.say(column.title if column is not None else self.tr("No measure"))
        self.metric_button.setEnabled(column is not None)
        tip = self._tip(column) if column is not None else ""
        self.metric_button.setToolTip(tip)
        trusted = board.trust_words()
        how = trusted or (column.metric.how_to_read if column is not None else "")
        judged = f"{badge_words(column.judge)} " if column is not None and column.judge is not None else ""
        self.about.setText(judged + how)
        self.loading.setVisible(board.is_loading)
        key = next((key for key, wanted in LABELS if wanted == board.filter.labels), "all")
        self.label_button.setText(self._say_label(key))
        self.label_button.setVisible(bool((board.frame.label != NONE_SAID).any()) or key != "all")
        n = board.selection.n
        self.clear_button.setText(fill(self.tr("%1 selected"), f"{n:,}"))
        self.clear_button.setToolTip(self.tr("Selects nothing  Esc"))
        for button in (self.clear_button, self.only_button):
            button.setVisible(n > 0)
        self.range_button.setVisible(bool(board.filter.column))
        if board.filter.column:
            shown = board.column(board.filter.column)
            title = shown.title if shown is not None else board.filter.column
            low, high = f"{board.filter.low:.2f}", f"{board.filter.high:.2f}"
            self.range_button.say(fill(self.tr("%1 from %2 to %3"), title, low, high))
        self._chip_row.invalidate()
        self._people.updateGeometry()


def menu_words(text: str) -> str:
    """Returns a name as a menu shows it: not too long, and no letter of it becomes a key."""
    shown = text if len(text) <= MENU_CHARS else f"{text[: MENU_CHARS - 1]}…"
    return shown.replace("&", "&&")


def vars_of(wanted: Filter) -> dict[str, object]:
    """Returns the fields of a filter."""
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
