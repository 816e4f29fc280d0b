"""The charts beside the transcript: one drawn in a frame, so that none holds the window up; all mark the same turn."""

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.fidelity.catalogue import DEFAULT_CHARTS, METRICS
from core.fidelity.logprobs.drift import DriftFit, fit_drift
from core.fidelity.reference import load_reference
from gui import theme
from gui.stage.charts.chart_marks import ChartMark, read_chart_marks
from gui.stage.charts.metric_chart import NOTHING_BESIDE, Beside, MetricChart, Speaker
from gui.stage.charts.score_series import ScoreSeries, read_branch_series
from gui.stage.fill import fill
from gui.stage.session import StageSession
from gui.workspace import Workspace
from models.playtest import SpeakerKind

CHARTS_KEY = "stage.charts"
FRAME_MS = 16
FIT_MS = 300
FIRST_WORDS = 60


class ChartsPanel(QScrollArea):
    """A column of charts of the open branch."""

    row_clicked = Signal(int)

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self._fits: dict[str, DriftFit] = {}
        self._marks: dict[int, ChartMark] = {}
        """Turn id -> what is marked there, all branches."""
        self._marked_up_to = 0
        self._overlay: tuple[int, str] | None = None
        """Last turn and name of the branch whose scores are drawn too."""
        self._original: tuple[ScoreSeries, str] | None = None
        """What a "what if" is about: its scores are drawn where no other branch is wanted."""
        self._beside = NOTHING_BESIDE
        self._due: list[MetricChart] = []
        """Charts that have something new to show."""
        self._n_drawn = 0
        self._hovered = -1
        self._selected = -1
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(12, 4, 12, 12)
        layout.setSpacing(12)
        self.charts = [self._make_chart(metric) for metric in self._remembered()]
        for chart in self.charts:
            layout.addWidget(chart, 1)
        self.setWidget(column)
        self._tip = HoverTip(self)
        self._timer = _single_shot(self, FRAME_MS, self._draw)
        self._fit_timer = _single_shot(self, FIT_MS, self._fit)
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self._on_path_changed)
        session.scored.connect(self._on_scored)
        theme.notifier.theme_changed.connect(self._on_theme_changed)
        self._on_scored(None)

    def select_row(self, row: int) -> None:
        """Marks the row that is selected in the transcript."""
        self._selected = row
        for chart in self.charts:
            chart.mark_row(row)

    def _on_theme_changed(self) -> None:
        self._wake()

    def show_overlay(self, branch: tuple[int, str] | None) -> None:
        """Draws the scores of another branch too, dim; takes its last turn and its name."""
        self._overlay = branch
        self._lay_beside()

    def rest(self) -> None:
        """Draws and fits nothing more until there is news."""
        self._timer.stop()
        self._fit_timer.stop()
        self._due.clear()

    def _make_chart(self, metric: str) -> MetricChart:
        chart = MetricChart(metric, load_reference())
        chart.metric_chosen.connect(self._remember)
        chart.row_hovered.connect(lambda row: self._hover(chart, row))
        chart.row_clicked.connect(self._click)
        chart.stepped.connect(lambda step: self._step(chart, step))
        return chart

    def _on_opened(self) -> None:
        self._fits, self._marks, self._marked_up_to, self._overlay, self._original = {}, {}, 0, None, None
        self._read_original()
        self._beside = NOTHING_BESIDE
        self.select_row(-1)
        for chart in self.charts:
            chart.show_all()
        self._wake()

    def draw_all(self) -> None:
        """Draws every chart now."""
        self._wake()
        while self._due:
            self._draw()

    def _wake(self, metric: str = "") -> None:
        """Has every chart drawn in one of the next frames, or those of one metric."""
        wanted = [chart for chart in self.charts if not metric or chart.metric_name == metric]
        self._due += [chart for chart in wanted if chart not in self._due]
        if self._due and not self._timer.isActive():
            self._timer.start()

    def _on_path_changed(self, first: int) -> None:
        """Draws another branch; a turn that only follows is drawn when it is scored."""
        if first < self._n_drawn:
            self._wake()
        self._read_marks()

    def _read_marks(self) -> None:
        """Reads what is to be marked of turns that are new, off the window's thread."""
        session = self._session
        last_id, playtest_id = session.tree.last_id, session.playtest_id
        if not session.is_loaded or not playtest_id or last_id <= self._marked_up_to:
            self._lay_beside()
            return
        project, after_id, self._marked_up_to = self._workspace.project, self._marked_up_to, last_id

        def keep(marks: dict[int, ChartMark]) -> None:
            if playtest_id == session.playtest_id:
                self._marks |= marks
                self._lay_beside()

        self._workspace.jobs.run(lambda: read_chart_marks(project, playtest_id, after_id), keep, is_long=True)

    def _read_original(self) -> None:
        """Reads the scores that a "what if" is to be held against, off the window's thread."""
        playtest = self._session.playtest
        asked = playtest.what_if if playtest is not None else {}
        original_id, head_id = asked.get("playtest_id"), asked.get("head_id")
        if playtest is None or not isinstance(original_id, str) or not isinstance(head_id, int):
            return
        project, playtest_id = self._workspace.project, playtest.id

        def keep(original: tuple[ScoreSeries, str] | None) -> None:
            if playtest_id == self._session.playtest_id and original is not None:
                self._original = original
                self._lay_beside()

        self._workspace.jobs.run(lambda: read_branch_series(project, original_id, head_id), keep, is_long=True)

    def _lay_beside(self) -> None:
        """Finds what is marked on this branch."""
        numbers = {turn.number: self._marks[turn.id] for turn in self._session.path if turn.id in self._marks}
        beside = Beside(
            tuple(number for number, mark in numbers.items() if mark.is_reminder),
            tuple(number for number, mark in numbers.items() if mark.alarms),
            *self._read_overlay(),
        )
        if beside != self._beside:
            self._beside = beside
            self._wake()

    def _read_overlay(self) -> tuple[ScoreSeries | None, str]:
        path = self._session.tree.path_to(self._overlay[0]) if self._overlay is not None else []
        if not path or self._overlay is None:
            return self._original or (None, "")
        series = ScoreSeries()
        series.extend(path, self._session.scores)
        return series, self._overlay[1]

    def _on_scored(self, _turn_ids: object) -> None:
        self._wake()
        if not self._fit_timer.isActive():
            self._fit_timer.start()

    def _draw(self) -> None:
        self._n_drawn = self._session.series.n_rows
        if self._due:
            self._due.pop(0).show_series(self._session.series, self.speakers(), self._fits, self._beside)
        if self._due:
            self._timer.start()

    def speakers(self) -> dict[str, Speaker]:
        """Returns the characters that have spoken, in the order of the cast."""
        script = self._session.script
        spoken = set(self._session.series.speakers)
        return {
            part.role_id: Speaker(part.character.name, theme.character_color(place))
            for place, part in enumerate(script.parts if script is not None else ())
            if part.role_id in spoken
        }

    def _fit(self) -> None:
        """Fits where drift settles, off the window's thread: long branches take a while."""
        series, playtest_id = self._session.series, self._session.playtest_id
        lines = {speaker_id: series.line("drift", speaker_id)[1] for speaker_id in self.speakers()}

        def work() -> dict[str, DriftFit]:
            fits = {speaker_id: _fit_line(ys) for speaker_id, ys in lines.items()}
            return {speaker_id: fit for speaker_id, fit in fits.items() if fit is not None}

        def keep(found: Mapping[str, DriftFit]) -> None:
            if playtest_id == self._session.playtest_id and found != self._fits:
                self._fits = dict(found)
                self._wake("drift")

        if lines:
            self._workspace.jobs.run(work, keep)

    def _hover(self, chart: MetricChart, row: int) -> None:
        self._hovered = row
        for one in self.charts:
            one.point_cursor(row)
        if row < 0:
            self._tip.hide()
        else:
            self._tip.say(self._describe(chart.metric_name, row), QCursor.pos())

    def _step(self, chart: MetricChart, step: int) -> None:
        """Arrow keys move the cursor, Enter goes to its turn."""
        if not step:
            self._click(self._hovered)
            return
        start = self._hovered if self._hovered >= 0 else max(self._selected, 0)
        row = min(max(start + step, 0), self._session.series.n_rows - 1)
        self._hover(chart, row)
        self._tip.say(self._describe(chart.metric_name, row), chart.mapToGlobal(QPoint(24, 24)))

    def _click(self, row: int) -> None:
        if row >= 0:
            self.row_clicked.emit(row)

    def _describe(self, metric: str, row: int) -> str:
        """Returns turn number, speaker, value or why there is none, and the first words."""
        if row >= len(self._session.path):
            return ""
        turn = self._session.path[row]
        cell = self._session.scores.get(turn.id, {}).get(metric)
        if cell is not None and cell.value is not None:
            value = f"{METRICS[metric].title} {cell.value:.3f}"
        elif cell is not None:
            value = fill(self.tr("Not scored: %1"), cell.reason or "")
        elif turn.kind != SpeakerKind.CHARACTER:
            value = self.tr("Not scored: only characters are.")
        else:
            value = self.tr("Not scored yet.")
        words = turn.text.replace("\n", " ")
        first = words[:FIRST_WORDS] + ("…" if len(words) > FIRST_WORDS else "")
        title = fill(self.tr("Turn %1 · %2"), turn.number, turn.speaker)
        return "\n".join([title, value, *self._describe_marks(turn.id), f"“{first}”"])

    def _describe_marks(self, turn_id: int) -> list[str]:
        mark = self._marks.get(turn_id)
        if mark is None:
            return []
        said = [self.tr("Reminded of who they are before this turn.")] if mark.is_reminder else []
        kinds = {
            "cannot_know": self.tr("Alarm: says what it cannot know."),
            "secret_out": self.tr("Alarm: a secret is out."),
        }
        return said + [kinds[kind] for kind in dict.fromkeys(mark.alarms) if kind in kinds]

    def _remembered(self) -> list[str]:
        names = self._workspace.settings.window.get(CHARTS_KEY, "").split(",")
        is_whole = len(names) == len(DEFAULT_CHARTS) and all(name in METRICS for name in names)
        return names if is_whole else list(DEFAULT_CHARTS)

    def _remember(self, _metric: str) -> None:
        names = ",".join(chart.metric_name for chart in self.charts)

        def change(settings: AppSettings) -> None:
            settings.window = {**settings.window, CHARTS_KEY: names}

        self._workspace.attempt(lambda: self._workspace.change_settings(change))


class HoverTip(QFrame):
    """A small card beside the mouse. Plain text: a tooltip could take a turn's words for markup."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent.window(), Qt.WindowType.ToolTip)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setFixedWidth(248)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self._label)

    def say(self, text: str, point: QPoint) -> None:
        """Shows a text to the left of a point of the screen."""
        colors = theme.colors()
        self.setStyleSheet(f"HoverTip {{ background: {colors.raised}; border: 1px solid {colors.edge}; }}")
        self._label.setText(text)
        self.adjustSize()
        self.move(point - QPoint(self.width() + 16, self.height() // 2))
        self.show()


def _single_shot(parent: QWidget, interval_ms: int, slot: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer


def _fit_line(ys: Sequence[float]) -> DriftFit | None:
    """Returns where a line settles; None where that cannot be said, or lies beyond all that was seen."""
    seen = [None if math.isnan(value) else float(value) for value in ys]
    fit = fit_drift(seen)
    highest = max((value for value in seen if value is not None), default=0.0)
    return fit if isinstance(fit, DriftFit) and fit.equilibrium <= highest else None
