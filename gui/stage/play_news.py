"""What the core reports of the open playtest: the turn being written, whose line is awaited, what went wrong."""

from typing import TYPE_CHECKING

from core.events import (
    Event,
    Failed,
    LineAwaited,
    LineSettled,
    PlaytestPaused,
    ScoresCommitted,
    TextStreamed,
    TurnCommitted,
    TurnDiscarded,
    TurnHeld,
    TurnResumed,
    TurnStarted,
    ViewTrimmed,
    WorkerRestarted,
)
from gui.stage.transcript.live_turn import AwaitedLine, LiveTurn

if TYPE_CHECKING:
    from gui.stage.session import StageSession


class PlayNews:
    """Follows the events of one playtest for its session."""

    def __init__(self, session: "StageSession") -> None:
        self._session = session
        self.live: LiveTurn | None = None
        self.awaited: AwaitedLine | None = None
        """The line of a person that the scene waits for."""
        self.is_playing = False
        """Whether turns follow one another until an ending or a pause."""
        self.trimmed: dict[str, ViewTrimmed] = {}
        """Speaker's name -> what its view has lost, and what stands for it."""
        self.fault: tuple[str, str] | None = None
        """Message and hint of what went wrong last."""
        self.news = ""
        """What happened to the process that runs the weights."""

    def take_restart(self, event: WorkerRestarted) -> None:
        """The process that runs the weights was started again."""
        self.news = f"{event.why} {event.next_step}".strip()
        self._session.state_changed.emit()

    def take(self, event: Event) -> None:
        """Takes an event of the open playtest."""
        match event:
            case TurnStarted():
                self._begin(event)
            case TextStreamed():
                self._stream(event)
                return
            case TurnHeld() | TurnResumed():
                self._hold(isinstance(event, TurnHeld))
            case TurnDiscarded():
                self._say_half_line()
                self.drop()
            case TurnCommitted():
                self.news = ""  # the new process has shown that it works
                self._end()
            case ScoresCommitted():
                self._session.take_scores(event.turn_id)
                return
            case LineAwaited() | LineSettled():
                self._await(event)
            case ViewTrimmed():
                self.trimmed[event.speaker] = event
            case PlaytestPaused():
                self.is_playing = self.awaited is not None and self.is_playing
                self._session.refresh()
            case Failed():
                self.take_fault(event.message, event.hint)
                return
            case _:
                return
        self._session.state_changed.emit()

    def take_fault(self, message: str, hint: str) -> None:
        """Something went wrong: nothing is written any more."""
        self.fault = (message, hint)
        self.is_playing = False
        self.drop()
        self._session.state_changed.emit()

    def drop(self) -> None:
        """What was being written is void."""
        self.awaited = None
        if self.live is not None:
            first = min(self.live.number - 1, len(self._session.path))
            self.live = None
            self._session.path_changed.emit(first)

    def leave_behind(self, n_turns: int) -> None:
        """The branch has this many turns: what was being written in the place of one of them is over."""
        if self.live is not None and self.live.number <= n_turns:
            self._say_half_line()
            self.live = None
        if self.awaited is not None and self.awaited.number <= n_turns:
            self.awaited = None

    def _say_half_line(self) -> None:
        live = self.live
        if live is not None and live.is_held and live.text.strip():
            self._session.half_line_lost.emit(live.speaker, live.text.strip())

    def _begin(self, event: TurnStarted) -> None:
        path = self._session.path
        if event.number - 1 != len(path):
            self._session.refresh()
        self.awaited = None
        self.live = LiveTurn(event.number, event.speaker_id, event.speaker, event.why)
        self._session.path_changed.emit(min(event.number - 1, len(self._session.path)))

    def _stream(self, event: TextStreamed) -> None:
        if self.live is None:
            return
        first_words = not (self.live.thought if event.private else self.live.text)
        if event.private:
            self.live.thought += event.text
        else:
            self.live.text += event.text
        self._session.live_streamed.emit()
        if first_words:
            self._session.state_changed.emit()

    def _hold(self, is_held: bool) -> None:
        if is_held:
            self.is_playing = False
        if self.live is not None:
            self.live.is_held = is_held
            self._session.path_changed.emit(min(self.live.number - 1, len(self._session.path)))

    def _await(self, event: LineAwaited | LineSettled) -> None:
        if isinstance(event, LineSettled):
            self.awaited = None
            return
        self._session.refresh()
        self.drop()
        self.awaited = AwaitedLine(event.number, event.speaker_id, event.speaker, event.seconds)

    def _end(self) -> None:
        """The committed turn takes the place of the live one, in one change, so that nothing flickers."""
        self._say_half_line()
        live, self.live = self.live, None
        self.awaited = None
        before = len(self._session.path)
        self._session.refresh()
        if live is not None and len(self._session.path) == before:
            self._session.path_changed.emit(min(live.number - 1, before))
