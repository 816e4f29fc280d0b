"""What a judge is to be asked: judged measures to tick, on which turns, and whether again."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from sqlmodel import col, select

from core.fidelity.judged.catalogue import JUDGED_METRICS
from core.fidelity.judged.own_rubric import rubric_metric
from core.fidelity.judging.judged_metric import JudgedMetric
from core.project import Project
from gui import theme
from gui.lore.fields import CalmComboBox
from gui.stage.fill import fill
from models.own_metric import OwnMetric, OwnMetricKind

translate = QCoreApplication.translate
BRANCH, SELECTED, OPEN, FOLLOW = "branch", "selected", "open", "follow"
MAX_ROWS = 8


class AskingList(QWidget):
    """Ticks and choices."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._metrics: list[JudgedMetric] = []
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What the judge is asked"))
        theme.set_kind(self.list, "card")
        self.list.itemChanged.connect(lambda _item: self.changed.emit())
        self.on: QComboBox = CalmComboBox()
        self.on.setAccessibleName(self.tr("What is judged"))
        self.on.activated.connect(lambda _place: self.changed.emit())
        self.again = QCheckBox(self.tr("again: what it said before stays beside"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.list, self.on, self.again):
            column.addWidget(widget)

    def show_metrics(self, metrics: Sequence[JudgedMetric]) -> None:
        """Offers measures; what was ticked stays ticked."""
        before = [self.list.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.list.count())]
        ticked = {judged.names[0] for judged in self.wanted()}
        self._metrics = list(metrics)
        if before == [judged.names[0] for judged in metrics] and before:
            titles = [say_judged(judged) for judged in metrics]
            if titles == [self.list.item(at).text() for at in range(self.list.count())]:
                return
        self.list.blockSignals(True)
        self.list.clear()
        for judged in metrics:
            item = QListWidgetItem(say_judged(judged))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_ticked = judged.names[0] in ticked
            item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, judged.names[0])
            item.setToolTip(_explain(judged))
            self.list.addItem(item)
        self.list.blockSignals(False)
        height = max(self.list.sizeHintForRow(0), 1) * min(len(self._metrics), MAX_ROWS)
        self.list.setFixedHeight(height + 2 * self.list.frameWidth() + 8)
        self.changed.emit()

    def show_targets(self, n_selected: int, open_number: int) -> None:
        """Offers what can be judged: the branch, the turns that are selected, the turn that is open."""
        chosen = self.on.currentData() or BRANCH
        self.on.clear()
        self.on.addItem(self.tr("the whole branch, and each speaker"), BRANCH)
        self.on.addItem(self.tr("the branch as it goes on, while it is played"), FOLLOW)
        if n_selected:
            self.on.addItem(fill(self.tr("the %1 selected turns"), n_selected), SELECTED)
        if open_number:
            self.on.addItem(fill(self.tr("turn %1, which is open"), open_number), OPEN)
        self.on.setCurrentIndex(max(0, self.on.findData(chosen)))
        self.changed.emit()

    @property
    def target(self) -> str:
        """What is chosen to be judged: `branch`, `follow`, `selected` or `open`."""
        return str(self.on.currentData() or BRANCH)

    def wanted(self) -> list[JudgedMetric]:
        """Returns the measures that are ticked; of single turns only those that are about turns."""
        names = {
            item.data(Qt.ItemDataRole.UserRole)
            for at in range(self.list.count())
            if (item := self.list.item(at)).checkState() == Qt.CheckState.Checked
        }
        return [judged for judged in self._metrics if judged.names[0] in names]

    def tick(self, name: str) -> None:
        """Ticks a measure by the name of any of its metrics."""
        for at, judged in enumerate(self._metrics):
            if name in judged.names:
                self.list.item(at).setCheckState(Qt.CheckState.Checked)


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


def say_judged(judged: JudgedMetric) -> str:
    """Returns what a question is called: by its group, or by its one measure."""
    first = judged.metrics[0]
    titles = {
        "persona_gym": translate("AskingList", "PersonaGym: five tasks and their mean"),
        "character_box": translate("AskingList", "CharacterBox: seven sides of a character"),
    }
    return titles.get(first.name.split(".")[0], first.title)


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
    return "\n".join([scope, *said]).replace("&", "&amp;").replace("<", "&lt;")
