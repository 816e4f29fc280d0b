"""What a judge is to be asked: judged measures to tick, on which turns, and whether again."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlmodel import col, select

from core.fidelity.judged.catalogue import JUDGED_METRICS
from core.fidelity.judged.own_rubric import rubric_metric
from core.fidelity.judging.judged_metric import JudgedMetric
from core.project import Project
from gui.fidelity.panels.elided import ElidedTick
from gui.fidelity.panels.lab_panel import replace_all, wide_combo
from gui.stage.fill import fill
from gui.stage.plain_tip import plain_tip
from models.own_metric import OwnMetric, OwnMetricKind

translate = QCoreApplication.translate
BRANCH, SELECTED, OPEN, FOLLOW = "branch", "selected", "open", "follow"


class AskingList(QWidget):
    """Ticks and choices."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._metrics: list[JudgedMetric] = []
        self.ticks: dict[str, ElidedTick] = {}
        """By the name of the first metric of each."""
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.on = wide_combo(self.tr("What is judged"))
        self.on.activated.connect(lambda _place: self.changed.emit())
        self.again = ElidedTick(self.tr("again; old verdicts stay"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._rows)
        column.addWidget(self.on)
        column.addWidget(self.again)

    def show_metrics(self, metrics: Sequence[JudgedMetric]) -> None:
        """Offers measures; what was ticked stays ticked."""
        ticked = {name for name, box in self.ticks.items() if box.isChecked()}
        before = {name: box.text().replace("&&", "&") for name, box in self.ticks.items()}
        self._metrics = list(metrics)
        if before == {judged.names[0]: title_of(judged) for judged in metrics}:
            return
        self.ticks = {judged.names[0]: self._make_tick(judged, judged.names[0] in ticked) for judged in metrics}
        replace_all(self._rows, self.ticks.values())
        self.changed.emit()

    def _make_tick(self, judged: JudgedMetric, is_ticked: bool) -> ElidedTick:
        box = ElidedTick(title_of(judged))
        box.setToolTip(_explain(judged))
        box.setChecked(is_ticked)
        box.toggled.connect(lambda _on: self.changed.emit())
        return box

    def show_targets(self, n_selected: int, open_number: int) -> None:
        """Offers what can be judged: the branch, the turns that are selected, the turn that is open."""
        chosen = self.on.currentData() or BRANCH
        self.on.clear()
        self.on.addItem(self.tr("the whole branch"), BRANCH)
        self.on.addItem(self.tr("the branch while it is played"), FOLLOW)
        if n_selected:
            self.on.addItem(fill(self.tr("the %1 selected turns"), n_selected), SELECTED)
        if open_number:
            self.on.addItem(fill(self.tr("turn %1 (open)"), open_number), OPEN)
        self.on.setCurrentIndex(max(0, self.on.findData(chosen)))
        self.changed.emit()

    @property
    def target(self) -> str:
        """What is chosen to be judged: `branch`, `follow`, `selected` or `open`."""
        return str(self.on.currentData() or BRANCH)

    def wanted(self) -> list[JudgedMetric]:
        """Returns the measures that are ticked."""
        return [judged for judged in self._metrics if self.ticks[judged.names[0]].isChecked()]


def offered_metrics(project: Project) -> list[JudgedMetric]:
    """Returns what a judge can be asked without more: what ships with the app, and the user's own rubrics."""
    query = select(OwnMetric).where(OwnMetric.kind == OwnMetricKind.RUBRIC, col(OwnMetric.deleted_at).is_(None))
    with project.reading() as session:
        rubrics = list(session.exec(query.order_by(col(OwnMetric.created_at))))
    own = [
        rubric_metric(f"own.{one.id}", one.name, one.body, one.better, one.how_to_read)  # type: ignore[arg-type]
        for one in rubrics
        if one.body.strip()
    ]
    return [*own, *JUDGED_METRICS]


def title_of(judged: JudgedMetric) -> str:
    """Returns what a question is called: by its group, or by its one measure."""
    first = judged.metrics[0]
    titles = {
        "persona_gym": translate("AskingList", "PersonaGym: five tasks"),
        "character_box": translate("AskingList", "CharacterBox: seven sides"),
    }
    return titles.get(first.name.split(".")[0], first.title)


def name_questions(wanted: Sequence[JudgedMetric]) -> str:
    """Returns what some questions are called together."""
    first = title_of(wanted[0])
    return fill(translate("AskingList", "%1 and %2 more"), first, len(wanted) - 1) if len(wanted) > 1 else first


def is_about_turns(judged: JudgedMetric) -> bool:
    """Whether single turns can be judged by it."""
    return judged.judge_turn is not None


def _explain(judged: JudgedMetric) -> str:
    scope = {
        "turn": translate("AskingList", "Of each turn."),
        "speaker": translate("AskingList", "Of all that one character said."),
        "conversation": translate("AskingList", "Of the whole conversation."),
    }[judged.metrics[0].scope]
    said = [f"{metric.title}: {metric.how_to_read}" for metric in judged.metrics]
    return plain_tip("\n".join([scope, *said]))
