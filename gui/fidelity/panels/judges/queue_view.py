"""What judges are doing behind the playtest: each job with how far it is, and a button that ends it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.fidelity.panels.judges.judging_desk import JudgingDesk, ShownJob
from gui.fidelity.panels.judges.so_far_view import say_before
from gui.fidelity.panels.lab_panel import say, words
from gui.stage.fill import fill


class QueueView(QWidget):
    """A row for each job; those that are over can be cleared away."""

    def __init__(self, desk: JudgingDesk) -> None:
        super().__init__()
        self._desk = desk
        self.rows: dict[str, JobRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.clear = QPushButton(self.tr("Clear what is over"))
        theme.set_kind(self.clear, "small-link")
        self.clear.clicked.connect(desk.forget_ended)
        self._column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignLeft)
        desk.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows the jobs as they are."""
        jobs = self._desk.jobs()
        known = {job.job_id for job in jobs}
        for job_id in [one for one in self.rows if one not in known]:
            row = self.rows.pop(job_id)
            row.hide()
            row.deleteLater()
        for job in jobs:
            if job.job_id not in self.rows:
                row = JobRow(job)
                row.cancel_button.clicked.connect(lambda _on=False, job_id=job.job_id: self._desk.cancel(job_id))
                self._column.insertWidget(self._column.count() - 1, row)
                self.rows[job.job_id] = row
            self.rows[job.job_id].show_job(job, self._desk.fault_of(job.job_id))
        self.clear.setVisible(any(job.is_over for job in jobs))
        self.setVisible(bool(jobs))


class JobRow(QWidget):
    """One job."""

    def __init__(self, job: ShownJob) -> None:
        super().__init__()
        self.title = words(job.title, "")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(job.title)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(fill(self.tr("Cancel: %1"), job.title))
        self.said = words()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addLayout(line)
        column.addWidget(self.said)

    def show_job(self, job: ShownJob, fault: str) -> None:
        """Shows how far it is."""
        progress = job.progress
        self.bar.setVisible(not job.is_over)
        self.cancel_button.setVisible(not job.is_over)
        self.bar.setRange(0, progress.n_total)
        self.bar.setValue(progress.n_done)
        done, total = f"{progress.n_done:,}", f"{progress.n_total:,}"
        n_all = progress.n_before + progress.n_total
        before = f"; {say_before(progress.n_before, n_all)}" if progress.n_before else ""
        states = {
            "waiting": self.tr("waits until nobody is writing"),
            "judging": fill(self.tr("%1 of %2 asked"), done, total) + before,
            "following": fill(self.tr("%1 asked; waits for more turns"), done),
            "done": fill(self.tr("done: %1 asked"), done) + before,
            "cancelled": " ".join([fill(self.tr("stopped after %1; what was said stays."), done), fault]).strip(),
            "failed": fault or progress.why,
        }
        say(self.said, states.get(progress.state, progress.state), "fault" if progress.state == "failed" else "small")
