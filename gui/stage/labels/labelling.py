"""Labels of turns by one key each: good, off, and why. The same key again takes a label back."""

from PySide6.QtCore import QObject

from core.library.labels import labels_of_turn, set_label
from gui.stage.labels.turn_labels import TurnLabels
from gui.stage.labels.why_form import WhyForm
from gui.stage.transcript.transcript_model import TranscriptModel
from gui.stage.transcript.transcript_view import TranscriptView
from gui.workspace import Workspace
from models.label import Label, Verdict
from models.playtest import SpeakerKind


class Labelling(QObject):
    """What a person says of the turns of the transcript; each word is one undo step."""

    def __init__(
        self, workspace: Workspace, labels: TurnLabels, model: TranscriptModel, view: TranscriptView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._labels = labels
        self._model = model
        self._view = view
        self.form = WhyForm(view)
        self.form.kept.connect(self._keep)

    def can_label(self, row: int) -> bool:
        """Whether something can be said of a row: not of acts of the director, nor of what is being written."""
        entry = self._model.entry(row)
        return not entry.is_live and not entry.line and entry.kind != SpeakerKind.DIRECTOR

    def toggle(self, row: int, verdict: Verdict) -> None:
        """Says that a turn is good or off, or takes just that back. What was said of why stays with the new word."""
        turn_id = self._model.entry(row).turn_id
        if turn_id is None or not self.can_label(row):
            return
        label = self._said_of(turn_id)
        is_taken_back = label is not None and label.verdict == verdict
        self._keep(turn_id, None if is_taken_back else verdict, label.why if label is not None else "")

    def ask_why(self, row: int) -> None:
        """Opens the line for why, below the turn."""
        entry = self._model.entry(row)
        if entry.turn_id is None or not self.can_label(row):
            return
        self._view.go_to(row)
        rect = self._view.visualRect(self._model.index(row, 0))
        self.form.open_at(self._view, rect, entry.turn_id, entry.number, self._labels.of(entry.turn_id))

    def _said_of(self, turn_id: int) -> Label | None:
        """Returns what was said of a turn: read now, as a key may come before the transcript has seen the last one."""
        said = labels_of_turn(self._workspace.project, turn_id)
        return next((label for label in said if not label.metric and not label.person), None)

    def _keep(self, turn_id: int, verdict: Verdict | None, why: str) -> None:
        project = self._workspace.project
        self._workspace.attempt(lambda: set_label(project, turn_id, verdict, why))
