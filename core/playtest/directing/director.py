"""The director of one open playtest: play, step, hold, stop, retry, edit, speak, branch, and all acts on the scene.

Every method is quick and safe on any thread; the work happens on the director's own thread, one act after the
other, and news come as events. Each turn is committed before the next one begins.
"""

import math
from collections.abc import Callable, Sequence

from core.errors import UserError
from core.events import Failed, OnEvent, PlaytestPaused
from core.inference.request import Engine
from core.playtest.directing import acts
from core.playtest.directing.faults import failed_by_bug
from core.playtest.directing.lines import edited, line_of
from core.playtest.directing.recasting import read_recast
from core.playtest.directing.scene_play import ScenePlay, how_it_came
from core.playtest.directing.stage_thread import Played, StageThread
from core.playtest.directing.stopping import USER_STOP
from core.playtest.directing.who_next import NextSpeaker, again
from core.playtest.looking_back.retracing import CHOSEN
from core.playtest.script import USER_ID
from core.playtest.settings import PlaySettings
from core.playtest.tree import siblings, tip_of
from core.playtest.writing.cast_engines import FindEngine
from core.project import Project
from core.world.graph import StoryLink
from core.world.state import WorldState
from models.playtest import SpeakerKind, TurnBase


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
        self._project = project
        self._on_event = on_event
        self._scene = ScenePlay(project, engine, playtest_id, on_event, find_engine)
        self._branch = self._scene.branch
        self._story = self._scene.story
        self._writer = self._scene.writer
        self._goes_past_endings = False
        self._thread = StageThread(
            f"director-{playtest_id}", self._play_next, self._scene.arm, self._say_fault, self._come_to_rest
        )
        self._thread.start()

    @property
    def is_playing(self) -> bool:
        """Whether turns are being written, or are about to be."""
        return self._thread.is_playing

    @property
    def held(self) -> tuple[str, str] | None:
        """The speaker's id and what has been said of a turn that was paused in its middle, or None."""
        held = self._scene.held
        return (held.speaker.part.role_id, held.begun.speech) if held and held.speaker.part else None

    def play(self, n_turns: int | None = None) -> None:
        """Plays until an ending, or exactly this many turns whatever endings are met. A held turn goes on.

        Where the branch has reached an ending already, it is played on past all of them, until a pause.
        A character who is alone in the cast waits for the user's line after each turn.
        """
        self._scene.score_what_was_missed()
        self._scene.scorer.resume()
        self._goes_past_endings = (
            n_turns is not None or self._branch.ended is not None or self._scene.find_stop() is not None
        )
        self._thread.want(math.inf if n_turns is None else n_turns)

    def step(self) -> None:
        """Plays one turn."""
        self.play(1)

    def pause(self) -> None:
        """Stops after the turn that is being written. A line that a person owes is not waited for."""
        with self._thread.wake:
            self._give_up_waiting()
            self._thread.want(0)

    def hold(self) -> None:
        """Pauses at once, in the middle of a turn: `play` and `step` go on with the very same words."""
        with self._thread.wake:
            self._give_up_waiting()
            self._thread.halt(self._scene.hold)

    def stop(self) -> None:
        """Stops at once. The half-spoken turn is discarded."""
        with self._thread.wake:
            self._give_up_waiting()
            if self._scene.held is not None:
                self._thread.enqueue(self._scene.drop_held)
            self._halt()

    def retry(self, turn_id: int) -> None:
        """Writes an alternative of a turn, with another seed. It becomes the head."""

        def act() -> None:
            turn = self._branch.require(turn_id)
            part = self._branch.script.part(turn.speaker_id)
            if part is None or turn.kind != SpeakerKind.CHARACTER:
                raise UserError("Only the turns of characters can be written again.", "Edit this one instead.")
            self._scene.write_turn(again(part, turn), turn.parent_id, f"Retry turn {turn.number}")

        self._interrupt(act)

    def edit(self, turn_id: int, text: str, thought: str | None = None) -> None:
        """Puts a turn with other words beside a turn. It becomes the head."""

        def act() -> None:
            turn = self._branch.require(turn_id)
            self._scene.commit(edited(turn, text, thought), turn.parent_id, f"Edit turn {turn.number}")

        self._interrupt(act)

    def speak(self, speaker_id: str, text: str, audience: Sequence[str] | None = None) -> None:
        """Adds a line by a person: as a role, as the user, or an event told by the narrator.

        A character who is alone in the cast answers the user at once. A line that is owed is thereby said.

        Args:
            audience: Role ids of those who hear it, as far as they are there; None: everybody.
        """
        if not text.strip():
            return

        def act() -> None:
            self._open_scene()
            owed = self._settle()
            line = line_of(self._scene.cast_now(), speaker_id, text.strip(), None if audience is None else [*audience])
            if owed is not None and owed.part is not None and owed.part.role_id == speaker_id:
                line = line.model_copy(update={"record": how_it_came(owed)})
                self._thread.remaining = max(0, self._thread.remaining - 1)
            self._scene.commit(line, self._branch.head_id, "")
            self._scene.tell_results()
            self._scene.end_story()
            is_alone = len(self._branch.script.parts) == 1 and not self._scene.is_empty(self._branch.path())
            if speaker_id == USER_ID and is_alone:
                self._scene.answer_user()

        self._thread.enqueue(act)

    def whisper(self, role_id: str, motive: str) -> None:
        """Tells one character something that nobody else hears."""
        if motive.strip():
            self._act(lambda: acts.whisper(self._require(role_id), motive), "Whisper")

    def set_mood(self, role_id: str, emotion: str, strength: float) -> None:
        """Gives one character a feeling of a strength in [0, 1]."""
        self._act(lambda: acts.mood(self._require(role_id), emotion, strength), "Set mood")

    def set_world(self, effects: str) -> None:
        """Changes the world by hand: see `core.world.effects`; who enters and leaves, too."""

        def draft() -> TurnBase:
            return acts.world(effects, self._story.set_by_hand(effects, self._branch.path()))

        self._act(draft, "Set world")

    def pass_time(self, seconds: float) -> None:
        """Lets time pass in the story."""
        roles = [part.role_id for part in self._branch.script.parts]
        self._act(lambda: acts.time(seconds, roles), "Time passes")

    def recast(self, role_id: str, character_id: str) -> None:
        """Gives a role to another character from now on, as that character is now."""

        def draft() -> TurnBase:
            with self._project.reading() as session:
                details = read_recast(session, self._scene.cast_now(), role_id, character_id)
            return acts.cast(role_id, details["document"]["name"], details)

        self._act(draft, "Cast another character")

    def swap_weights(self, role_id: str, wanted: str, name: str = "") -> None:
        """Has other weights play a part from now on.

        Args:
            wanted: What runs them, see `core.inference.engine_choice`; empty: what plays the rest.
            name: What the path says of them.
        """

        def with_choice(settings: PlaySettings) -> PlaySettings:
            others = {role: choice for role, choice in settings.cast_weights.items() if role != role_id}
            return settings.model_copy(update={"cast_weights": others | ({role_id: wanted} if wanted else {})})

        self._act(lambda: acts.weights(self._require(role_id), name), "Change weights", with_choice)

    def take_role(self, role_id: str, seconds: float = 0) -> None:
        """Has a person speak a role: its turns are awaited, for so many seconds or, at 0, for as long as it takes."""

        def act() -> None:
            settings = self._branch.settings
            taken = settings.taken_roles | {self._require(role_id): min(86_400.0, max(0.0, seconds))}
            self._branch.update_settings(settings.model_copy(update={"taken_roles": taken}))

        self._thread.enqueue(act)

    def hand_back(self, role_id: str) -> None:
        """Has the weights speak a role again, at once where its line is awaited."""

        def act() -> None:
            settings = self._branch.settings
            taken = {role: seconds for role, seconds in settings.taken_roles.items() if role != role_id}
            self._branch.update_settings(settings.model_copy(update={"taken_roles": taken}))
            awaited = self._scene.awaited
            if awaited is not None and awaited.speaker.part is not None and awaited.speaker.part.role_id == role_id:
                self._thread.go_on()

        self._thread.enqueue(act)

    def let_pass(self) -> None:
        """Has the weights speak the line that is awaited, this once."""
        self._thread.enqueue(self._thread.go_on)

    def play_as(self, role_id: str) -> None:
        """Plays one turn of a role now, whoever's turn it would be."""

        def act() -> None:
            self._open_scene()
            self._settle()
            part = self._scene.cast_now().part(self._require(role_id))
            self._scene.write_turn(NextSpeaker(part, CHOSEN), self._branch.head_id)

        self._thread.enqueue(act)

    def end_scene(self) -> None:
        """Says that the scene is over; play goes past it."""
        self._interrupt(lambda: self._branch.end(USER_STOP.ending, USER_STOP.why))

    def continue_from(self, turn_id: int) -> None:
        """Makes an earlier turn the head: what comes next begins a branch."""
        self._interrupt(
            lambda: self._branch.move_head(turn_id, f"Continue from turn {self._branch.require(turn_id).number}")
        )

    def choose_alternative(self, turn_id: int, step: int) -> None:
        """Makes the previous (-1) or next (1) alternative of a turn part of the branch, with what followed it."""

        def act() -> None:
            turn, turns = self._branch.require(turn_id), self._branch.living
            others = siblings(turns, turn)
            place = next((i for i, other in enumerate(others) if other.id == turn.id), -1) + step
            if 0 <= place < len(others):
                self._branch.move_head(tip_of(turns, others[place]).id, f"Alternative of turn {turn.number}")

        self._interrupt(act)

    def choices(self) -> list[StoryLink]:
        """Returns the ways that can be chosen now; their labels are for people."""
        return self._story.choices(self._branch.path())

    def choose_way(self, link_id: str) -> None:
        """Lets the scene go one of its ways: the narrator tells of the beat that it leads to."""

        def act() -> None:
            self._scene.commit(self._story.choose(link_id, self._branch.path()), self._branch.head_id, "")
            self._scene.end_story()

        self._interrupt(act)

    def world_state(self) -> WorldState | None:
        """Returns how the world stands at the head; None where the scene has no story."""
        return self._story.state_at(self._branch.path()) if self._branch.script.has_story else None

    def update_settings(self, settings: PlaySettings) -> None:
        """Uses other settings from the next turn on, and keeps them with the playtest."""
        self._branch.update_settings(settings)

    def next_speaker(self) -> tuple[str, str, str] | None:
        """Returns who is to act next - speaker id, name and why - or None.

        None: the greeting or the narrator comes next, or all have left the scene. Where it is not known before the cast
        or the user is asked, id and name are empty.
        """
        path = self._branch.path()
        is_told = self._scene.next_told(path) is not None or self._scene.narrating.is_due(path)
        if is_told or self._scene.is_empty(path):
            return None
        found = self._scene.who.find(path, None, self._branch.settings.taken_roles, self._scene.cast_now())
        return (found.part.role_id, found.part.character.name, found.why) if found.part else ("", "", found.why)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until nothing is being written or scored, or until only a person can go on.

        Returns whether that came in time.
        """
        return self._thread.wait(timeout_s) and self._scene.scorer.wait(timeout_s)

    def close(self) -> None:
        """Stops at once and ends the threads."""
        self._thread.close(self._halt, self._scene.scorer.close)

    def _play_next(self) -> Played:
        wants_all = math.isinf(self._thread.remaining)
        played = self._scene.play_next(goes_past_endings=self._goes_past_endings)
        if self._scene.awaited is not None:
            self._thread.wait_for_person(self._scene.awaited.seconds)
        return Played.RESTS if played is Played.KEPT and wants_all and self._scene.awaits_user() else played

    def _act(
        self,
        draft: Callable[[], TurnBase],
        label: str,
        adapt: Callable[[PlaySettings], PlaySettings] = lambda settings: settings,
    ) -> None:
        """Commits an act of the director at the head, once the turn that is being written has ended."""

        def act() -> None:
            self._open_scene()
            self._settle()
            self._scene.commit(draft(), self._branch.head_id, label, adapt(self._branch.settings))
            self._scene.end_story()

        self._thread.enqueue(act)

    def _open_scene(self) -> None:
        while self._scene.begin_scene():
            pass

    def _settle(self) -> NextSpeaker | None:
        """Waits for nobody's line any more; returns whose turn it was."""
        owed = self._scene.settle()
        self._thread.go_on()
        return owed.speaker if owed is not None else None

    def _settle_only(self) -> None:
        self._settle()

    def _give_up_waiting(self) -> None:
        if self._scene.awaited is not None:
            self._thread.enqueue(self._settle_only)

    def _require(self, role_id: str) -> str:
        if self._branch.script.part(role_id) is None:
            raise UserError("This role is not in the cast.", "Choose another one.")
        return role_id

    def _halt(self) -> None:
        self._thread.halt(self._scene.cancel)

    def _interrupt(self, command: Callable[[], None]) -> None:
        """Stops what is being written and does something else."""

        def act() -> None:
            self._settle()
            self._scene.drop_held()
            command()

        self._halt()
        self._thread.enqueue(act)

    def _say_fault(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._on_event(Failed(error.message, error.hint, self.playtest_id))
        else:
            self._on_event(failed_by_bug(self.playtest_id))

    def _come_to_rest(self) -> None:
        self._scene.scorer.resume(deferred=True)
        self._on_event(PlaytestPaused(self.playtest_id, self._branch.ended))
