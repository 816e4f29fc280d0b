"""What happens next on the branch that is being played: an ending, an opening, a line that a person owes, a turn.

Works on the thread of its director, one thing after the other.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.events import (
    LineAwaited,
    LineSettled,
    OnEvent,
    ScoresCommitted,
    TurnCommitted,
    TurnDiscarded,
    TurnHeld,
    TurnResumed,
    TurnStarted,
)
from core.hearing.perception import ROUND_KEY
from core.inference.request import Engine
from core.library.playtests import scores_of_turn
from core.minds.moment import Stopped
from core.playtest.branch import Branch
from core.playtest.directing.consequences import Consequences
from core.playtest.directing.holding import NOT_BEGUN, Begun, Held
from core.playtest.directing.lines import silence
from core.playtest.directing.recasting import cast_at
from core.playtest.directing.stage_thread import Played
from core.playtest.directing.stopping import ENDING_OF, Endings, Stop
from core.playtest.directing.who_next import TURN_TAKING_KEY, WHY_KEY, NextSpeaker, WhoNext
from core.playtest.looking_back.recorded import ALTERNATIVE_KEY, BASE_SEED_KEY, alternative_of, round_of, settings_of
from core.playtest.looking_back.retracing import AGAIN_KEY, CHOSEN, Retrace
from core.playtest.minds import Minds
from core.playtest.scores.budget import ScoreBudget, waited_of
from core.playtest.scores.turn_scorer import TurnScorer
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.story.narrating import Narrating
from core.playtest.story.opening import next_opening
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.long_scene import LongScene
from core.playtest.writing.cast_engines import FindEngine
from core.playtest.writing.turn_writer import TurnWriter
from core.project import Project
from models.playtest import SpeakerKind, Turn, TurnBase

MISSED_TURNS = 3
"""How many of the last lines may have lost their scores: no more wait for them at a time."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A line that a person owes."""

    speaker: NextSpeaker
    head_id: int | None
    seconds: float = 0


class ScenePlay:
    """Plays one branch of one playtest."""

    def __init__(
        self, project: Project, engine: Engine, playtest_id: str, on_event: OnEvent, find_engine: FindEngine | None
    ) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        self.playtest_id = playtest_id
        self.emit = on_event
        self.branch = Branch(project, playtest_id)
        script = self.branch.script
        scene = LongScene(project, script, playtest_id)
        minds = Minds(project, script, playtest_id)
        self._budget = ScoreBudget()
        self.writer = TurnWriter(engine, script, on_event, playtest_id, scene, minds, find_engine, self._budget)
        self.scorer = TurnScorer(project, engine, self.branch, on_event, find_engine, self._budget)
        self.story = StoryPlay(script)
        self.who = WhoNext(script, self.story)
        self._endings = Endings(script, self.story)
        self._consequences = Consequences(script, self.story)
        self.narrating = Narrating(script, self.story)
        self._retrace = Retrace(project, playtest_id)
        self._held: Held | None = None
        self._is_holding = False
        self.awaited: Awaited | None = None
        self._unlooked: Project | None = project

    @property
    def held(self) -> Held | None:
        """The turn that was paused in its middle, as long as nothing else has happened on the branch."""
        held = self._held
        return held if held is not None and held.head_id == self.branch.head_id else None

    def arm(self) -> None:
        """Forgets that something was cancelled or held before."""
        self._is_holding = False
        self.writer.arm()

    def cancel(self) -> None:
        """Ends what is being written."""
        self._is_holding = False
        self.writer.cancel()

    def hold(self) -> None:
        """Ends what is being written, to go on with it later."""
        self._is_holding = True
        self.writer.cancel()

    def play_next(self, *, goes_past_endings: bool) -> Played:
        """Plays one of the turns that are wanted, or ends the run."""
        if (held := self.held) is not None:
            self._held = None
            return self._go_on(held)
        self.drop_held()
        try:
            stop = self.find_stop(asks=not goes_past_endings)
        except Stopped:
            return Played.NOT_KEPT
        if stop is not None and self.branch.ended is None:
            self.branch.end(stop.ending, stop.why)
        if stop is not None and not goes_past_endings:
            return Played.RESTS
        try:
            if self.begin_scene():
                return Played.KEPT
            if (played := self._play_again()) is not None:
                return played
            if self.follow_up():
                return Played.KEPT
        except Stopped:
            return Played.NOT_KEPT
        return self._play_turn()

    def find_stop(self, *, asks: bool = False) -> Stop | None:
        """Returns why the branch is over, or None.

        Args:
            asks: The weights may be asked, where the scenario wants that.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        path = self.branch.path()
        ask = self.writer.ask(self.branch.settings) if asks else None
        return self._endings.find(path, narrator_waits=self.next_told(path) is not None, ask=ask)

    def is_empty(self, path: Sequence[Turn]) -> bool:
        """Whether everybody has left the scene."""
        return len(self.story.away_at(path)) == len(self.branch.script.parts)

    def end_story(self) -> None:
        """Says that the scene is won, lost or over when what a person did has led there."""
        stop = self.find_stop()
        if stop is not None and stop.ending in set(ENDING_OF.values()):
            self.branch.end(stop.ending, stop.why)

    def awaits_user(self) -> bool:
        """Whether a character who is alone in the cast waits for the user's line."""
        path = self.branch.path()
        return len(self.branch.script.parts) == 1 and bool(path) and path[-1].kind == SpeakerKind.CHARACTER

    def cast_now(self) -> Script:
        """Returns the script with the cast as it stands at the head."""
        return cast_at(self.branch.script, self.branch.path())

    def begin_scene(self) -> bool:
        """Commits what opens the scene, or what the narrator says of a beat that has begun, if there is any."""
        path = self.branch.path()
        opening = self.next_told(path)
        if opening is None:
            return False
        why = "narrator" if opening.kind == SpeakerKind.NARRATOR and path else "greeting"
        self.emit(TurnStarted(self.playtest_id, len(path) + 1, opening.speaker_id, opening.speaker, why))
        self.commit(_within_round(opening, path), self.branch.head_id, "")
        return True

    def follow_up(self) -> bool:
        """Commits what follows from the branch before anybody speaks: what comes of an act, a point passed on.

        Raises:
            Stopped: The user stopped meanwhile.
        """
        path, settings = self.branch.path(), self.branch.settings
        if not self.narrating.is_due(path):
            return False
        draft = self.narrating.follow_up(path, settings, lambda role_id: self.writer.ask(settings, role_id))
        if draft is None:
            return False
        self.emit(TurnStarted(self.playtest_id, len(path) + 1, draft.speaker_id, draft.speaker, "narrator"))
        self.commit(_within_round(draft, path), self.branch.head_id, "")
        return True

    def tell_results(self) -> None:
        """Commits at once what comes of what a person has just done; what is stopped is told when play goes on."""
        try:
            while self.narrating.is_due(self.branch.path()) and (self.begin_scene() or self.follow_up()):
                pass
        except Stopped:
            return

    def next_told(self, path: Sequence[Turn]) -> TurnBase | None:
        """Returns what opens the scene, or what the narrator is to say next, or None."""
        return next_opening(self.story, self.branch.script, path) or self.story.narration(path)

    def write_turn(self, speaker: NextSpeaker, parent_id: int | None, label: str = "") -> Played:
        """Writes and commits the turn of one speaker after another turn."""
        self.scorer.wait_for_backlog()
        head_id, settings = self.branch.head_id, self.branch.settings
        original = self._retrace.original(len(self.branch.path_to(parent_id)) + 1)
        again = alternative_of(original) if original is not None and not self.branch.has_children(parent_id) else None
        if original is not None and again is not None:
            settings = settings_of(original, settings)
        alternative = self.branch.next_alternative(parent_id) if again is None else again
        number = original.number if original is not None and again is not None else None
        return self._write(Held(speaker, parent_id, head_id, label, alternative, settings, NOT_BEGUN, number))

    def commit(self, draft: TurnBase, parent_id: int | None, label: str, settings: PlaySettings | None = None) -> Turn:
        """Keeps a turn with its consequences, and makes it the head; with it, settings that it changes."""
        self.drop_held()
        path = self.branch.path_to(parent_id)
        turn = self.branch.commit(
            self._consequences.of(draft, path), parent_id, label, settings, self._retrace.copy_belongings
        )
        self.emit(TurnCommitted(self.playtest_id, turn.id or 0))
        if turn.kind == SpeakerKind.CHARACTER:
            self.scorer.add(turn)
        else:
            self.emit(ScoresCommitted(self.playtest_id, turn.id or 0))
        return turn

    def answer_user(self) -> None:
        """Has the character who is next answer what the user said."""
        path, script = self.branch.path(), self.cast_now()
        try:
            speaker = self.who.find(path, self.writer.questions(path, self.branch.settings), script=script)
        except Stopped:
            return
        if speaker.part is None:
            speaker = replace(speaker, part=script.parts[0], why="answers you")
        self.write_turn(speaker, self.branch.head_id)

    def drop_held(self) -> None:
        """Throws a half-spoken turn away."""
        if self._held is not None:
            self._held = None
            self.emit(TurnDiscarded(self.playtest_id, "something else happened"))

    def settle(self) -> Awaited | None:
        """Waits for no line any more; returns the one that was owed at this place of the branch."""
        awaited, self.awaited = self.awaited, None
        if awaited is None:
            return None
        self.emit(LineSettled(self.playtest_id))
        return awaited if awaited.head_id == self.branch.head_id else None

    def score_what_was_missed(self) -> None:
        """Scores the last lines whose scores were lost when the app ended while they were being worked out; once."""
        project, self._unlooked = self._unlooked, None
        if project is None:
            return
        last = [turn for turn in self.branch.path() if turn.kind == SpeakerKind.CHARACTER][-MISSED_TURNS:]
        for turn in last:
            if not scores_of_turn(project, turn.id or 0):
                self.scorer.add(turn)

    def _play_again(self) -> Played | None:
        """Repeats, in a "what if", what a person said or did, or whom they had speak; None where there is nothing."""
        path, head_id = self.branch.path(), self.branch.head_id
        if (repeated := self._retrace.next_by_person(path)) is not None:
            self.commit(repeated, head_id, "")
            return Played.KEPT
        chosen = self.cast_now().part(self._retrace.chosen_speaker(len(path) + 1) or "")
        return self.write_turn(NextSpeaker(chosen, CHOSEN), head_id) if chosen is not None else None

    def _play_turn(self) -> Played:
        head_id = self.branch.head_id
        if (owed := self.settle()) is not None:  # the person let it pass
            return self.write_turn(owed.speaker, head_id)
        path, settings = self.branch.path(), self.branch.settings
        self.scorer.wait_for_backlog()
        try:
            questions = self.writer.questions(path, settings)
            speaker = self.who.find(path, questions, settings.taken_roles, self.cast_now())
        except Stopped:
            return Played.NOT_KEPT
        if speaker.waits:
            return Played.RESTS
        if speaker.part is None:
            self.commit(silence(speaker), head_id, "")
            return Played.KEPT
        taken = settings.taken_roles
        role_id, name = speaker.part.role_id, speaker.part.character.name
        if role_id in taken:
            self.awaited = Awaited(speaker, head_id, taken[role_id])
            self.emit(LineAwaited(self.playtest_id, len(path) + 1, role_id, name, taken[role_id]))
            return Played.NOT_KEPT
        return self.write_turn(speaker, head_id)

    def _go_on(self, held: Held) -> Played:
        """Goes on with a held turn. Settings that were changed meanwhile count from the next one on."""
        if held.begun != NOT_BEGUN and held.speaker.part is not None:
            part, number = held.speaker.part, len(self.branch.path_to(held.parent_id)) + 1
            self.emit(TurnResumed(self.playtest_id, number, part.role_id, part.character.name))
        return self._write(held)

    def _write(self, plan: Held) -> Played:
        began_s = time.perf_counter()
        speaker, path = plan.speaker, self.branch.path_to(plan.parent_id)
        assert speaker.part is not None
        part = cast_at(self.branch.script, path).part(speaker.part.role_id) or speaker.part
        started = TurnStarted(self.playtest_id, len(path) + 1, part.role_id, part.character.name, speaker.why)
        written = self.writer.write(
            part,
            path,
            plan.settings,
            plan.alternative,
            lambda: self.emit(started),
            speaker.in_round,
            plan.begun,
        )
        if written is None:
            self._keep_held(plan, self.writer.begun, started)
            return Played.NOT_KEPT
        try:
            chosen = self.narrating.choose(
                written, path, plan.settings, lambda one: self.writer.ask(plan.settings, one), self.writer.seen
            )
        except Stopped:
            self._keep_held(plan, self.writer.begun, started)
            return Played.NOT_KEPT
        record = written.record | chosen | how_it_came(speaker) | _seeds(plan)
        self.commit(written.model_copy(update={"record": record}), plan.parent_id, plan.label)
        self._budget.add_played(part.role_id, time.perf_counter() - began_s - waited_of(record))
        return Played.KEPT

    def _keep_held(self, plan: Held, begun: Begun, started: TurnStarted) -> None:
        if not self._is_holding or begun == NOT_BEGUN:
            self.emit(TurnDiscarded(self.playtest_id, "stopped"))
            return
        self._held = replace(plan, begun=begun, head_id=self.branch.head_id)
        self.emit(TurnHeld(self.playtest_id, started.number, started.speaker_id, started.speaker, begun.speech))


def _within_round(draft: TurnBase, path: Sequence[Turn]) -> TurnBase:
    """Returns what follows from a turn of a simultaneous round as part of it: none perceives it before it is over."""
    last = next((turn for turn in reversed(path) if turn.kind != SpeakerKind.DIRECTOR), None)
    in_round = round_of(last) if last is not None else None
    return draft if in_round is None else draft.model_copy(update={"record": draft.record | {ROUND_KEY: in_round}})


def how_it_came(speaker: NextSpeaker) -> dict[str, Any]:
    """Returns what a turn's record keeps of how the turn came to its speaker."""
    record: dict[str, Any] = {WHY_KEY: speaker.why}
    if speaker.record:
        record[TURN_TAKING_KEY] = speaker.record
    return record if speaker.in_round is None else record | {ROUND_KEY: speaker.in_round}


def _seeds(plan: Held) -> dict[str, Any]:
    seeds: dict[str, Any] = {ALTERNATIVE_KEY: plan.alternative, BASE_SEED_KEY: plan.settings.seed}
    return seeds if plan.again is None else seeds | {AGAIN_KEY: plan.again}
