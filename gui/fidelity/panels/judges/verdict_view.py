"""Everything that judges ever said of one turn: new verdicts above old ones, none is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlmodel import col, select

from core.fidelity.catalogue import METRICS
from core.project import Project
from gui.fidelity.panels.lab_panel import say, words
from gui.fidelity.panels.result_table import MISSING, Cell, ResultTable
from gui.stage.fill import fill
from gui.stage.labels.score_notes import say_moment, say_value
from models.judge import Judge
from models.own_metric import OwnMetric
from models.score import Score


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer of a judge."""

    score: Score
    title: str
    judge: str
    is_newest: bool
    """Of this measure and judge; the others are old ones."""


class VerdictView(QWidget):
    """A table of one turn."""

    def __init__(self) -> None:
        super().__init__()
        self.said = words()
        headings = [self.tr("Measure and judge"), self.tr("Said"), self.tr("When")]
        self.table = ResultTable(self.tr("Verdicts of the open turn"), headings, wide=0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.said)
        column.addWidget(self.table)

    def show_verdicts(self, number: int, verdicts: Sequence[Verdict]) -> None:
        """Shows what was said of turn `number`; 0: no turn is open."""
        rows: list[tuple[object, list[Cell], str]] = []
        for one in verdicts:
            value = say_value(one.score) if one.score.value is not None else MISSING
            order = one.score.value if one.score.value is not None else float("-inf")
            when = say_moment(one.score.created_at)
            title = one.title if one.is_newest else fill(self.tr("%1 (before)"), one.title)
            title = f"{title}\n{one.judge}"
            cells: list[Cell] = [(title, title), (value, order), (when[11:] or when, when)]
            rows.append((one.score.id, cells, f"{when} {_tip(one.score)}".strip()))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        if not number:
            say(self.said, self.tr("Open a turn to see everything that judges said of it."))
        elif not rows:
            say(self.said, fill(self.tr("No judge has said anything of turn %1."), number))
        else:
            say(self.said, fill(self.tr("Turn %1. Judging again keeps what was said before."), number))


def read_verdicts(project: Project, turn_id: int) -> list[Verdict]:
    """Returns all judged scores of a turn, newest first."""
    query = select(Score).where(Score.turn_id == turn_id, col(Score.judge_id).is_not(None))
    with project.reading() as session:
        scores = list(session.exec(query.order_by(col(Score.id).desc())))
        judges = {judge.id: judge.name for judge in session.exec(select(Judge))} if scores else {}
        own = {f"own.{one.id}": one.name for one in session.exec(select(OwnMetric))} if scores else {}
    seen: set[tuple[str, str | None]] = set()
    found = []
    for score in scores:
        key = (score.metric, score.judge_id)
        metric = METRICS.get(score.metric)
        title = metric.title if metric is not None else own.get(score.metric, score.metric)
        found.append(Verdict(score, title, judges.get(score.judge_id or "", ""), key not in seen))
        seen.add(key)
    return found


def _tip(score: Score) -> str:
    said = score.evidence.get("rationale")
    return score.reason or (said if isinstance(said, str) else "")
