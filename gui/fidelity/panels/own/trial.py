"""An own measure tried on a branch: what each turn comes to, and which words matched. Knows no Qt, keeps nothing."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass

from core.fidelity.own import own_measure
from core.fidelity.score import ScoreValue
from core.lab.keeping import keep_scores
from core.library.own_metrics import is_allowed
from core.playtest.scores.own_scores import definition_of
from core.project import Project
from gui.fidelity.panels.open_branch import BranchAt, read_branch
from models.own_metric import OwnMetric

MAX_MATCHES = 8


@dataclass(frozen=True, slots=True)
class TriedTurn:
    """What one turn came to."""

    turn_id: int
    number: int
    speaker: str
    score: ScoreValue
    matches: tuple[str, ...]

    @property
    def value(self) -> float | None:
        """The number, if there is one."""
        return self.score.value

    @property
    def reason(self) -> str:
        """Why there is none."""
        return self.score.reason or ""


def try_measure(
    project: Project,
    at: BranchAt,
    own: OwnMetric,
    on_step: Callable[[int, int], None] = lambda _n_done, _n_all: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[TriedTurn]:
    """Measures all lines of a branch.

    Raises:
        UserError: The branch is gone, or the measure cannot be run.
        CancelledError: Nobody wants the rest.
    """
    branch = read_branch(project, at)
    conversation = branch.conversation
    measuring = own_measure(definition_of(own), project.path.parent, is_allowed).begin(conversation.about)
    turns = {turn.id: turn for turn in branch.path}
    tried = []
    for place, (turn_id, line) in enumerate(zip(conversation.turn_ids, conversation.lines, strict=True), 1):
        if is_cancelled():
            raise CancelledError
        turn = turns[turn_id]
        for score in measuring.add(line)[:1]:
            words = score.evidence.get("words")
            matches = tuple(str(word) for word in words[:MAX_MATCHES]) if isinstance(words, list) else ()
            tried.append(TriedTurn(turn_id, turn.number, turn.speaker, score, matches))
        on_step(place, len(conversation.lines))
    return tried


def keep_tried(project: Project, tried: Sequence[TriedTurn]) -> int:
    """Keeps what turns came to as scores, so that charts and agreement have them; returns how many. Never undone."""
    return keep_scores(project, [(one.turn_id, one.score) for one in tried])
