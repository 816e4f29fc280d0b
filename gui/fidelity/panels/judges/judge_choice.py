"""Who judges: weights on this machine or a server, with the badge of its licence, and a word where it also played."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from core.inference.engine_choice import EngineChoice, parse_choice, remembered_choice
from core.lab.judging import SeatedJudge, seat_judge
from core.lab.respondents import ask_in_background
from core.project import Project
from gui.fidelity.panels.judges.licence_view import say_licence
from gui.fidelity.panels.judges.standing import Standing, read_standing
from gui.fidelity.panels.lab_panel import say, wide_combo, words
from gui.stage.cast.cast_weights_section import offered_weights
from gui.stage.fill import fill
from gui.stage.names import join_names
from gui.task import IsCancelled
from gui.widgets.badge import Badge
from gui.workspace import Workspace
from models.judge import Judge

JUDGE_KEY = "fidelity.judge"
"""In `AppSettings.window`: who was chosen last."""
OTHER = "\0other"
SAMPLES = 3

Seat = Callable[[IsCancelled], SeatedJudge]
"""Takes what tells whether to stop; returns the judge, once its weights are loaded. For a thread that may wait."""


class JudgeChoice(QWidget):
    """One choice for all panels: it is remembered on this machine."""

    changed = Signal()
    """Somebody else judges, or more is known of who does; see `standing`."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._playtest_id = ""
        self._ticket: object = None
        self._row_ids: dict[str, str] = {}
        """Choice -> row of the judge, of those that were asked since the window opened."""
        self._known: tuple[object, ...] | None = None
        """Of what `standing` is; None: it is to be read again."""
        self._shown: tuple[object, ...] | None = None
        """Of what `standing` was read last."""
        self.standing = Standing()
        self.box: QComboBox = wide_combo()
        self.box.setAccessibleName(self.tr("Who judges"))
        self.box.activated.connect(self._on_activated)
        self.badge = Badge()
        self.warning = words()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.box)
        column.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.warning)
        say(self.warning, "")
        workspace.rows_changed.connect(self._on_rows_changed)
        workspace.engine_changed.connect(self._on_engine_changed)

    @property
    def choice(self) -> str:
        """What is chosen, as settings keep it, for all panels; empty: the weights in use."""
        return chosen_judge(self._workspace.settings) or ""

    @property
    def row_id(self) -> str:
        """The row of who is chosen, as far as it is known; empty: it was never asked here."""
        return self.standing.row.id if self.standing.row is not None else ""

    def refresh(self, playtest_id: str = "") -> None:
        """Offers what there is now, and reads how the chosen one stands in a playtest, where that is not known."""
        self._playtest_id = playtest_id
        self._workspace.attempt(self._fill)
        if self.isVisible() and self._known != self._asked():
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Another panel may have chosen somebody else meanwhile, and more may be known."""
        super().showEvent(event)
        if self._workspace.is_project_open:
            self.refresh(self._playtest_id)

    def _asked(self) -> tuple[object, ...]:
        """Tells whether a standing is still of the same judge in the same playtest."""
        return self._workspace.project, self._playtest_id, self.choice, self._row_ids.get(self.choice, "")

    def _on_rows_changed(self, what: str, _entity_id: str) -> None:
        if what == Judge.__tablename__:
            self._read_in_sight()

    def _read_in_sight(self) -> None:
        """Reads again, as soon as somebody sees it."""
        self._known = None
        if self.isVisible() and self._workspace.is_project_open:
            self._read()

    def seat(self) -> Seat:
        """Returns what seats the chosen judge. On the window's thread; raises UserError where it cannot be run."""
        workspace, choice = self._workspace, self.choice
        engine = workspace.find_engine(choice) if choice else workspace.engine
        project = workspace.project

        def take_seat(is_cancelled: IsCancelled) -> SeatedJudge:
            seat = seat_judge(project, engine.info, ask_in_background(engine, is_cancelled), SAMPLES)
            self._row_ids[choice] = seat.row_id
            return seat

        return take_seat

    def _on_engine_changed(self) -> None:
        """The weights in use may be others."""
        self._row_ids.pop("", None)
        self._read_in_sight()

    def _fill(self) -> None:
        settings = self._workspace.settings
        chosen = chosen_judge(settings) or ""
        offered = {"": self.tr("the weights in use"), **offered_weights(settings)}
        if chosen and chosen not in offered:
            offered[chosen] = Path(chosen).stem
        offered[OTHER] = self.tr("Other weights…")
        if [self.box.itemData(place) for place in range(self.box.count())] != list(offered):
            self.box.clear()
            for choice, name in offered.items():
                self.box.addItem(name, choice)
        self.box.setCurrentIndex(max(0, self.box.findData(chosen)))

    def _on_activated(self, _place: int) -> None:
        wanted = str(self.box.currentData() or "")
        if wanted == OTHER:
            self._ask_for_file()
            return
        self.remember(wanted)
        self._read()

    def _ask_for_file(self) -> None:
        """Until a file is chosen, whoever judged still does."""
        self.box.setCurrentIndex(max(0, self.box.findData(self.choice)))
        dialog = QFileDialog(self, self.tr("Weights that judge"), "", self.tr("Weights (*.gguf)"))
        dialog.fileSelected.connect(self.choose_file)
        dialog.open()

    def choose_file(self, path: str) -> None:
        """Has the weights in a file judge."""
        if self.box.findData(path) < 0:
            self.box.insertItem(self.box.count() - 1, Path(path).stem, path)
        self.box.setCurrentIndex(self.box.findData(path))
        self.remember(path)
        self._read()

    def remember(self, choice: str) -> None:
        """Has somebody judge from now on, here and elsewhere."""

        def change(settings: AppSettings) -> None:
            settings.window = {**settings.window, JUDGE_KEY: choice}

        self._workspace.attempt(lambda: self._workspace.change_settings(change))

    def _read(self) -> None:
        """Finds out how the judge stands, off the window's thread."""
        ticket = self._ticket = object()
        asked = self._asked()
        if asked != self._shown:
            self._show(Standing())  # what is known of another judge says nothing of this one
        self._known = self._shown = asked
        project, playtest_id = self._workspace.project, self._playtest_id
        settings, choice, row_id = self._workspace.settings, self.choice, self._row_ids.get(self.choice, "")

        def take(standing: Standing) -> None:
            if self._ticket is ticket and self._workspace.is_project_open and self._workspace.project is project:
                self._show(standing)

        def fail(error: UserError) -> None:
            if self._ticket is ticket:
                say(self.warning, f"{error.message} {error.hint}", "fault")

        self._workspace.jobs.run(
            lambda: read_standing_of(project, settings, choice, playtest_id, row_id),
            take,
            fail,
            is_long=True,
        )

    def _show(self, standing: Standing) -> None:
        self.standing = standing
        licence = standing.licence
        self.badge.show_badge(licence.badge if licence is not None else "", say_licence(licence))
        say(self.warning, say_played(standing), "warning")
        self.changed.emit()


def chosen_judge(settings: AppSettings) -> str | None:
    """Returns who was chosen to judge, empty: the weights in use; None: nobody was chosen yet."""
    return settings.window.get(JUDGE_KEY)


def name_of_judge(workspace: Workspace, choice: str) -> str:
    """Returns what people call a choice."""
    offered: dict[str, str] = {"": workspace.engine_name, **offered_weights(workspace.settings)}
    return offered.get(choice) or Path(choice).stem


def say_played(standing: Standing) -> str:
    """Returns whose lines a judge wrote itself; empty: nobody's."""
    said = QCoreApplication.translate(
        "JudgeChoice", "These weights also played: they would judge their own lines of %1."
    )
    return fill(said, join_names(standing.played[:4])) if standing.played else ""


def read_standing_of(
    project: Project, settings: AppSettings, choice: str, playtest_id: str, row_id: str = ""
) -> Standing:
    """Returns what is known of a choice. For a thread that may wait for a disk; raises UserError."""
    engine: EngineChoice = parse_choice(choice, settings) if choice else remembered_choice(settings)
    return read_standing(project, engine, playtest_id, row_id)
