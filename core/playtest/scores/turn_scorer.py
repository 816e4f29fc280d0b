"""Scores turns as they are committed, on a thread of its own, and commits the scores.

What needs the weights runs in the engine's background: it gives way to words.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError

from sqlmodel import insert

from core.errors import UserError
from core.events import Failed, OnEvent, ScoresCommitted
from core.fidelity.score import ScoreValue
from core.hearing.perception import before_round
from core.inference.request import Engine, Usage
from core.playtest.branch import Branch
from core.playtest.directing.faults import failed_by_bug
from core.playtest.directing.recasting import cast_at
from core.playtest.looking_back.recorded import round_of
from core.playtest.scores.budget import SPENT, ScoreBudget
from core.playtest.scores.live_measures import LIVE_METRICS, LiveMeasures
from core.playtest.scores.own_scores import OwnScores
from core.playtest.scores.scoring import WEIGHTS_METRICS, Spoken, explain_failure, not_scored, score_by_weights
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.long_scene import LongScene
from core.playtest.writing.cast_engines import CastEngines, FindEngine
from core.project import Project
from models.fields import utc_now
from models.playtest import Turn
from models.score import Score

MAX_BACKLOG = 1
"""Turns that may wait for their scores while the next one is being written: charts stay one turn behind at most."""
CLOSE_S = 3.0
"""How long the weights are waited for when a playtest is closed."""


class TurnScorer:
    """A queue of turns of one playtest and the thread that scores them."""

    def __init__(
        self,
        project: Project,
        engine: Engine,
        branch: Branch,
        on_event: OnEvent,
        find_engine: FindEngine | None = None,
        budget: ScoreBudget | None = None,
    ) -> None:
        """Starts the thread. Without a budget every turn is scored that the settings want scored."""
        self._project = project
        self._scene = LongScene(project, branch.script, branch.playtest_id)
        self._story = StoryPlay(branch.script)
        self._cast = CastEngines(engine, branch.script, branch.playtest_id, find_engine)
        self._branch = branch
        self._measures = LiveMeasures()
        self._own = OwnScores(project)
        self._budget = budget
        self._on_event = on_event
        self._due: deque[Turn] = deque()
        self._deferred: deque[Turn] = deque()
        self._busy = False
        self._closed = False
        self._stopped = False
        """Whether the weights are not waited for any more."""
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="scorer", daemon=True)
        self._thread.start()

    def add(self, turn: Turn) -> None:
        """Queues a turn; with scoring set to pauses, it waits for one."""
        with self._wake:
            (self._due if self._branch.settings.score_every else self._deferred).append(turn)
            self._wake.notify_all()

    def resume(self, *, deferred: bool = False) -> None:
        """Scores what has waited for a pause, or (`deferred=False`) puts that off again."""
        with self._wake:
            if deferred:
                self._due.extend(self._deferred)
                self._deferred.clear()
            elif not self._branch.settings.score_every:
                self._deferred.extend(self._due)
                self._due.clear()
            self._wake.notify_all()

    def wait_for_backlog(self) -> None:
        """Blocks while more turns wait for their scores than may."""
        with self._wake:
            self._wake.wait_for(lambda: self._closed or len(self._due) + self._busy <= MAX_BACKLOG)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until all that is due has been scored; returns whether that came in time."""
        with self._wake:
            return self._wake.wait_for(lambda: self._closed or not (self._due or self._busy), timeout_s)

    def close(self) -> None:
        """Ends the thread after the turn that is being scored, or without what its weights have not said in time."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._thread.join(CLOSE_S)
        self._stopped = True
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or self._due)
                if self._closed:
                    return
                turn = self._due.popleft()
                self._busy = True
            try:
                self._score_and_commit(turn)
            except UserError as error:
                self._on_event(Failed(error.message, error.hint, self._branch.playtest_id))
            except Exception:  # noqa: BLE001 - the top of the scorer's thread: a bug ends this score, not the app
                self._on_event(failed_by_bug(self._branch.playtest_id))
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _score_and_commit(self, turn: Turn) -> None:
        usages: list[Usage] = []
        began_s = time.thread_time()
        self._commit(turn, self._score(turn, usages.append))
        if self._budget is not None:
            self._budget.add_measured(time.thread_time() - began_s)
            if usages:
                self._budget.add_weighed(turn.speaker_id, sum(usage.work_s or usage.total_s for usage in usages))

    def _score(self, turn: Turn, note: Callable[[Usage], None]) -> list[ScoreValue]:
        history = self._branch.path_to(turn.parent_id)
        script = cast_at(self._branch.script, history)
        if self._budget is not None and not self._budget.may_measure(self._branch.settings.score_budget):
            return not_scored((*LIVE_METRICS, *WEIGHTS_METRICS), SPENT)
        scores = [*self._measures.score(script, history, turn), *self._own.score(script, history, turn)]
        try:
            return [*scores, *self._score_by_weights(script, turn, history, note)]
        except (UserError, CancelledError) as error:
            return [*scores, *not_scored(WEIGHTS_METRICS, explain_failure(error))]

    def _score_by_weights(
        self, script: Script, turn: Turn, history: list[Turn], note: Callable[[Usage], None]
    ) -> list[ScoreValue]:
        settings = self._branch.settings
        part = script.part(turn.speaker_id)
        if part is None:
            return []
        if (reason := self._why_not(turn, settings)) is not None:
            return not_scored(WEIGHTS_METRICS, reason)
        part = self._story.part_now(part, before_round(history, round_of(turn)))
        engine = self._cast.engine(part.role_id, settings)
        perceived = self._scene.recall(part, turn, history, settings, self._cast.room(part.role_id, settings))
        adapters, lore = settings.adapters(part.role_id), perceived.lore.placement
        spoken = Spoken(part, perceived.history, turn, perceived.earlier, adapters, lore, perceived.inner.notes)
        return score_by_weights(engine, script, spoken, WEIGHTS_METRICS, note, lambda: self._stopped)

    def _why_not(self, turn: Turn, settings: PlaySettings) -> str | None:
        """Returns why the weights do not score a turn, or None. What is scored while play pauses costs it nothing."""
        if not settings.score_every:
            return None
        if turn.number % settings.score_every:
            return f"Scored on each {settings.score_every}th turn only."
        if self._budget is not None and not self._budget.decided(turn.number, settings.score_budget):
            return SPENT
        return None

    def _commit(self, turn: Turn, scores: list[ScoreValue]) -> None:
        created_at = utc_now()
        rows = [
            {
                "turn_id": turn.id or 0,
                "metric": score.metric,
                "value": score.value,
                "reason": score.reason,
                "evidence": score.evidence,
                "created_at": created_at,
            }
            for score in scores
        ]
        if rows:
            with self._project.append() as session:
                session.execute(insert(Score), rows)
        self._on_event(ScoresCommitted(self._branch.playtest_id, turn.id or 0))
