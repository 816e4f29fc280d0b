"""What the core reports while it works, through one callback `on_event(event)`. Frozen: threads may share them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """Rows of this kind were committed: read them again. `what` is a table name."""

    what: str
    entity_id: str = ""


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A speaker begins. `why` says how the turn came to them."""

    playtest_id: str
    number: int
    speaker_id: str
    speaker: str
    why: str


@dataclass(frozen=True, slots=True)
class TextStreamed:
    """New text of the turn being written; `private` while it is thought."""

    playtest_id: str
    text: str
    private: bool


@dataclass(frozen=True, slots=True)
class TurnDiscarded:
    """The turn being written will not be kept; what was streamed is void."""

    playtest_id: str
    why: str


@dataclass(frozen=True, slots=True)
class TurnHeld:
    """Play was paused in the middle of a turn; what was streamed stays."""

    playtest_id: str
    number: int
    speaker_id: str
    speaker: str
    text: str = ""
    """What has been said so far, without the thought."""


@dataclass(frozen=True, slots=True)
class TurnResumed:
    """A held turn goes on: only what is new is streamed."""

    playtest_id: str
    number: int
    speaker_id: str
    speaker: str


@dataclass(frozen=True, slots=True)
class LineAwaited:
    """The turn has come to a role that a person has taken. After `seconds` the weights speak; 0: it waits."""

    playtest_id: str
    number: int
    speaker_id: str
    speaker: str
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class LineSettled:
    """An awaited line was said, passed or given up."""

    playtest_id: str


@dataclass(frozen=True, slots=True)
class TurnCommitted:
    """A turn is in the project file and is the new head."""

    playtest_id: str
    turn_id: int


@dataclass(frozen=True, slots=True)
class ScoresCommitted:
    """All scores of a turn are in the project file."""

    playtest_id: str
    turn_id: int


@dataclass(frozen=True, slots=True)
class JudgingProgressed:
    """A judge behind a playtest has answered once more. `n_total` grows while the playtest goes on."""

    playtest_id: str
    job_id: str
    n_done: int
    n_total: int


@dataclass(frozen=True, slots=True)
class JudgingEnded:
    """A judge has done all that it was asked, was cancelled, or cannot go on because of `why`."""

    playtest_id: str
    job_id: str
    n_done: int
    why: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ViewTrimmed:
    """The context is full: the oldest turns have left this speaker's view."""

    playtest_id: str
    speaker: str
    n_turns: int
    n_pinned: int = 0
    """Of them, those that stay word for word."""
    when_full: str = "drop"
    """What stands for the others: see `core.playtest.settings.WhenFull`."""


@dataclass(frozen=True, slots=True)
class PlaytestPaused:
    """No turn is being written any more. `ended` is the reason when the run is over, else None."""

    playtest_id: str
    ended: str | None


@dataclass(frozen=True, slots=True)
class WorkerRestarted:
    """The process that runs the weights died and was started again. `next_step` helps if it dies again."""

    why: str
    safe_mode: bool
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class WorkerStopped:
    """The process that runs the weights died. The next request starts it again; one that waits does so at once."""

    why: str
    next_step: str
    weights_path: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """Work ended with a fault of the world: one sentence and a next step."""

    message: str
    hint: str
    playtest_id: str = ""


Event = (
    RowsChanged
    | TurnStarted
    | TextStreamed
    | TurnDiscarded
    | TurnHeld
    | TurnResumed
    | LineAwaited
    | LineSettled
    | TurnCommitted
    | ScoresCommitted
    | JudgingProgressed
    | JudgingEnded
    | ViewTrimmed
    | PlaytestPaused
    | WorkerRestarted
    | WorkerStopped
    | Failed
)
OnEvent = Callable[[Event], None]
