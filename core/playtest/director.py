"""The director of one open playtest: play, step, pause, stop, retry, edit, speak, branch.

Every method is quick and safe on any thread; the work happens on the director's own thread, one act after the
other, and news come as events. Each turn is committed before the next one begins.
"""

import math
import threading
from collections import deque
from collections.abc import Callable

from core.errors import UserError
from core.events import (
    Event,
    Failed,
    OnEvent,
    PlaytestPaused,
    ScoresCommitted,
    TurnCommitted,
    TurnDiscarded,
    TurnStarted,
)
from core.inference.request import Engine
from core.minds.moment import Stopped
from core.playtest.branch import Branch
from core.playtest.cast_engines import FindEngine
from core.playtest.consequences import Consequences
from core.playtest.faults import failed_by_bug
from core.playtest.long_scene import LongScene
from core.playtest.minds import Minds
from core.playtest.opening import next_opening
from core.playtest.script import NARRATOR_ID, USER_ID
from core.playtest.settings import PlaySettings
from core.playtest.stopping import ENDING_OF, Ending, find_ending
from core.playtest.story_play import StoryPlay, told_again
from core.playtest.tree import path_to, siblings, tip_of
from core.playtest.turn_scorer import TurnScorer
from core.playtest.turn_writer import TurnWriter
from core.playtest.who_next import TURN_TAKING_KEY, NextSpeaker, WhoNext
from core.project import Project
from core.world.graph import StoryLink
from core.world.state import WorldState
from models.playtest import Origin, SpeakerKind, Turn, TurnBase


class Director:
    """Runs one playtest. Close it before its project or its engine."""

    def __init__(
        self,
        project: Project,
        engine: Engine,
        playtest_id: str,
        on_event: OnEvent,
        *,
        find_engine: FindEngine | None = None,
    ) -> None:
        """Opens a playtest. Raises UserError when it is not in the project or cannot be read.

        Args:
            find_engine: Finds what plays a part in place of the engine, where the playtest's settings name it.
        """
        self.playtest_id = playtest_id
        self._on_event = on_event
        self._branch = Branch(project, playtest_id)
        scene = LongScene(project, self._branch.script, playtest_id)
        minds = Minds(project, self._branch.script, playtest_id)
        self._writer = TurnWriter(engine, self._branch.script, on_event, playtest_id, scene, minds, find_engine)
        self._scorer = TurnScorer(project, engine, self._branch, on_event, find_engine)
        self._story = StoryPlay(self._branch.script)
        self._who = WhoNext(self._branch.script, self._story)
        self._consequences = Consequences(self._branch.script, self._story)
        self._commands: deque[Callable[[], None]] = deque()
        self._wake = threading.Condition()
        self._remaining: float = 0
        """Turns still to be played; infinite until an ending or a pause."""
        self._halted = False
        """Play was stopped or paused, and that it has come to rest was not said yet."""
        self._goes_past_endings = False
        self._busy = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"director-{playtest_id}", daemon=True)
        self._thread.start()

    @property
    def is_playing(self) -> bool:
        """Whether turns are being written, or are about to be."""
        return self._remaining > 0 or self._busy

    def play(self, n_turns: int | None = None) -> None:
        """Plays until an ending, or exactly this many turns whatever endings are met.

        Where the branch has reached an ending already, it is played on past all of them, until a pause.
        A character who is alone in the cast waits for the user's line after each turn.
        """
        self._scorer.resume()
        self._goes_past_endings = n_turns is not None or self._find_ending() is not None
        self._set_remaining(math.inf if n_turns is None else n_turns)

    def step(self) -> None:
        """Plays one turn."""
        self.play(1)

    def pause(self) -> None:
        """Stops after the turn that is being written."""
        self._set_remaining(0)

    def stop(self) -> None:
        """Stops at once. The half-spoken turn is discarded."""
        with self._wake:
            self._halted = self._halted or self._remaining > 0
            self._remaining = 0
            self._writer.cancel()
            self._wake.notify_all()

    def retry(self, turn_id: int) -> None:
        """Writes an alternative of a turn, with another seed. It becomes the head."""

        def act() -> None:
            turn = self._branch.require(turn_id)
            part = self._branch.script.part(turn.speaker_id)
            if part is None:
                raise UserError("Only the turns of characters can be written again.", "Edit this one instead.")
            self._write_turn(NextSpeaker(part, "retried"), turn.parent_id, f"Retry turn {turn.number}")

        self._interrupt(act)

    def edit(self, turn_id: int, text: str, thought: str | None = None) -> None:
        """Puts a turn with other words beside a turn. It becomes the head."""

        def act() -> None:
            turn = self._branch.require(turn_id)
            edited = TurnBase(
                speaker_id=turn.speaker_id,
                speaker=turn.speaker,
                kind=turn.kind,
                text=text.strip(),
                thought=turn.thought if thought is None else thought or None,
                origin=Origin.EDITED,
                finish="human",
                record=told_again(turn),
            )
            self._commit(edited, turn.parent_id, f"Edit turn {turn.number}")

        self._interrupt(act)

    def speak(self, speaker_id: str, text: str) -> None:
        """Adds a line by a person: as a role, as the user, or an event told by the narrator.

        A character who is alone in the cast answers the user at once.
        """
        if not text.strip():
            return

        def act() -> None:
            while self._begin_scene():
                pass
            self._commit(self._line_of(speaker_id, text.strip()), self._branch.head_id, "")
            self._end_story()
            is_alone = len(self._branch.script.parts) == 1 and not self._is_empty(self._branch.path())
            if speaker_id == USER_ID and is_alone:
                self._write_turn(None, self._branch.head_id, "")

        self._enqueue(act)

    def continue_from(self, turn_id: int) -> None:
        """Makes an earlier turn the head: what comes next begins a branch."""
        self._interrupt(
            lambda: self._branch.move_head(turn_id, f"Continue from turn {self._branch.require(turn_id).number}")
        )

    def choose_alternative(self, turn_id: int, step: int) -> None:
        """Makes the previous (-1) or next (1) alternative of a turn part of the branch, with what followed it."""

        def act() -> None:
            turn = self._branch.require(turn_id)
            others = siblings(self._branch.turns, turn)
            place = next(i for i, other in enumerate(others) if other.id == turn.id) + step
            if 0 <= place < len(others):
                self._branch.move_head(
                    tip_of(self._branch.turns, others[place]).id, f"Alternative of turn {turn.number}"
                )

        self._interrupt(act)

    def choices(self) -> list[StoryLink]:
        """Returns the ways that can be chosen now; their labels are for people."""
        return self._story.choices(self._branch.path())

    def choose_way(self, link_id: str) -> None:
        """Lets the scene go one of its ways: the narrator tells of the beat that it leads to."""

        def act() -> None:
            self._commit(self._story.choose(link_id, self._branch.path()), self._branch.head_id, "")
            self._end_story()

        self._interrupt(act)

    def world_state(self) -> WorldState | None:
        """Returns how the world stands at the head; None where the scene has no story."""
        return self._story.state_at(self._branch.path()) if self._branch.script.has_story else None

    def update_settings(self, settings: PlaySettings) -> None:
        """Uses other settings from the next turn on, and keeps them with the playtest."""
        self._branch.update_settings(settings)

    def next_speaker(self) -> tuple[str, str, str] | None:
        """Returns who is to act next - speaker id, name and why - or None.

        Nobody of the cast is when the greeting or the narrator comes next, or when all have left the scene.
        """
        path = self._branch.path()
        if self._next_told(path) is not None or self._is_empty(path):
            return None
        found = self._who.find(path)
        return (found.part.role_id, found.part.character.name, found.why) if found.part is not None else None

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until nothing is being written or scored; returns whether that came in time."""
        with self._wake:
            idle = self._wake.wait_for(lambda: self._closed or not (self.is_playing or self._commands), timeout_s)
        return idle and self._scorer.wait(timeout_s)

    def close(self) -> None:
        """Stops at once and ends the threads."""
        self._closed = True
        self.stop()
        self._scorer.close()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed:
            with self._wake:
                self._wake.wait_for(self._has_work)
                command = self._next_command()
                self._busy = True
                self._writer.arm()
            try:
                if not self._closed:
                    command()
            except UserError as error:
                self._remaining = 0
                self._emit(Failed(error.message, error.hint, self.playtest_id))
            except Exception:  # noqa: BLE001 - the top of the playtest's thread: a bug ends the run, not the app
                self._remaining = 0
                self._emit(failed_by_bug(self.playtest_id))
            finally:
                with self._wake:
                    self._busy = False
                    idle = self._remaining <= 0 and not self._commands
                    self._halted = self._halted and not idle
                    self._wake.notify_all()
            if idle:
                self._scorer.resume(deferred=True)
                self._emit(PlaytestPaused(self.playtest_id, self._branch.ended))

    def _has_work(self) -> bool:
        return bool(self._closed or self._commands or self._remaining > 0 or self._halted)

    def _next_command(self) -> Callable[[], None]:
        if self._commands:
            return self._commands.popleft()
        return self._play_next if self._remaining > 0 else lambda: None  # halted between two turns: only to say so

    def _play_next(self) -> None:
        """Plays one of the remaining turns, or ends the run."""
        ending = self._find_ending()
        if ending is not None and self._branch.ended is None:
            self._branch.end(ending)
        if ending is not None and not self._goes_past_endings:
            self._remaining = 0
            return
        if self._begin_scene() or self._write_turn(None, self._branch.head_id, ""):
            self._remaining -= 1
            if math.isinf(self._remaining) and self._awaits_user():
                self._remaining = 0

    def _find_ending(self) -> Ending | None:
        path = self._branch.path()
        state = self._story.state_at(path)
        if state is not None and state.outcome is not None and path:
            return None if self._story.narration(path) is not None else ENDING_OF[state.outcome]
        if self._is_empty(path) and self._next_told(path) is None:
            return Ending.AWAY
        return find_ending(self._branch.script.scenario, path)

    def _is_empty(self, path: list[Turn]) -> bool:
        """Whether everybody has left the scene."""
        return len(self._story.away_at(path)) == len(self._branch.script.parts)

    def _end_story(self) -> None:
        """Says that the scene is won, lost or over when what a person did has led there."""
        ending = self._find_ending()
        if ending in set(ENDING_OF.values()):
            self._branch.end(ending)

    def _awaits_user(self) -> bool:
        return len(self._branch.script.parts) == 1 and self._branch.path()[-1].kind == SpeakerKind.CHARACTER

    def _write_turn(self, speaker: NextSpeaker | None, parent_id: int | None, label: str) -> bool:
        """Writes and commits the turn after another one; returns whether it was kept."""
        self._scorer.wait_for_backlog()
        path = path_to(self._branch.turns, parent_id)
        try:
            speaker = speaker or self._who.find(path, self._writer.ask(self._branch.settings))
        except Stopped:
            return False
        part = speaker.part
        if part is None:
            self._commit(_silence(speaker), parent_id, label)
            return True
        started = TurnStarted(self.playtest_id, len(path) + 1, part.role_id, part.character.name, speaker.why)
        n_alternatives = len(self._branch.children(parent_id))
        written = self._writer.write(
            part, path, self._branch.settings, n_alternatives, lambda: self._emit(started), speaker.in_round
        )
        if written is None:
            self._emit(TurnDiscarded(self.playtest_id, "stopped"))
            return False
        record = written.record | ({TURN_TAKING_KEY: speaker.record} if speaker.record else {})
        self._commit(written.model_copy(update={"record": record}), parent_id, label)
        return True

    def _begin_scene(self) -> bool:
        """Commits what opens the scene, or what the narrator says of a beat that has begun, if there is any."""
        path = self._branch.path()
        opening = self._next_told(path)
        if opening is None:
            return False
        why = "narrator" if opening.kind == SpeakerKind.NARRATOR and path else "greeting"
        self._emit(TurnStarted(self.playtest_id, len(path) + 1, opening.speaker_id, opening.speaker, why))
        self._commit(opening, self._branch.head_id, "")
        return True

    def _next_told(self, path: list[Turn]) -> TurnBase | None:
        return next_opening(self._story, self._branch.script, path) or self._story.narration(path)

    def _commit(self, draft: TurnBase, parent_id: int | None, label: str) -> None:
        path = path_to(self._branch.turns, parent_id)
        turn = self._branch.commit(self._consequences.of(draft, path), parent_id, label)
        self._emit(TurnCommitted(self.playtest_id, turn.id or 0))
        if turn.kind == SpeakerKind.CHARACTER:
            self._scorer.add(turn)
        else:
            self._emit(ScoresCommitted(self.playtest_id, turn.id or 0))

    def _line_of(self, speaker_id: str, text: str) -> TurnBase:
        script = self._branch.script
        part = script.part(speaker_id)
        if part is not None:
            return TurnBase(
                speaker_id=speaker_id,
                speaker=part.character.name,
                kind=SpeakerKind.CHARACTER,
                text=text,
                origin=Origin.HUMAN,
                finish="human",
            )
        known = {
            USER_ID: (script.scenario.user_name, SpeakerKind.USER),
            NARRATOR_ID: ("Narrator", SpeakerKind.NARRATOR),
        }
        if speaker_id not in known:
            raise UserError("This speaker is not in the cast.", "Choose another one.")
        name, kind = known[speaker_id]
        return TurnBase(speaker_id=speaker_id, speaker=name, kind=kind, text=text, origin=Origin.HUMAN, finish="human")

    def _set_remaining(self, n_turns: float) -> None:
        with self._wake:
            self._halted = (self._halted or self._remaining > 0) and n_turns <= 0
            self._remaining = n_turns
            self._wake.notify_all()

    def _enqueue(self, command: Callable[[], None]) -> None:
        with self._wake:
            self._commands.append(command)
            self._wake.notify_all()

    def _interrupt(self, command: Callable[[], None]) -> None:
        self.stop()
        self._enqueue(command)

    def _emit(self, event: Event) -> None:
        self._on_event(event)


def _silence(speaker: NextSpeaker) -> TurnBase:
    """A turn in which nobody speaks."""
    return TurnBase(
        speaker_id=NARRATOR_ID,
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="",
        origin=Origin.STAGE,
        finish="silent",
        record={TURN_TAKING_KEY: speaker.record | {"why": speaker.why}},
    )
