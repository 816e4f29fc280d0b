"""Writes one turn: builds the view, runs the weights, takes the reply apart."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from itertools import count

from core.characters.prompt import THINK_CLOSE, THINK_OPEN
from core.characters.reply import Reply, parse_reply, stop_strings
from core.errors import UserError
from core.events import OnEvent, TextStreamed, ViewTrimmed
from core.hearing.perception import before_round
from core.inference.request import (
    Ask,
    Engine,
    Finish,
    Generate,
    Generated,
    Listener,
    Message,
    Request,
    Result,
    Shadow,
    Usage,
)
from core.inference.servers.kinds import kind_of
from core.inference.steering.adapters import effective
from core.inference.unsupported import Unsupported
from core.minds.moment import Stopped
from core.playtest.directing.holding import NOT_BEGUN, Begun, Shown
from core.playtest.directing.recasting import cast_at
from core.playtest.minds import Minds
from core.playtest.scores.budget import ScoreBudget
from core.playtest.scores.scoring import shadows_of
from core.playtest.script import Part, Script
from core.playtest.settings import MAX_SEED, PlaySettings
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.listeners import listeners_of
from core.playtest.view.long_scene import LongScene, Perceived
from core.playtest.view.scene_lore import Chance
from core.playtest.view.summaries import SummaryCancelled
from core.playtest.view.views import View
from core.playtest.writing.bounded_thought import add_usage, write_bounded
from core.playtest.writing.cast_adapters import describe_adapters
from core.playtest.writing.cast_engines import CastEngines, FindEngine
from core.playtest.writing.questions import CastQuestions
from core.playtest.writing.redrawing import must_redraw, redraw_record, warmed
from core.playtest.writing.written_turn import make_turn
from models.playtest import Turn, TurnBase


@dataclass(frozen=True, slots=True)
class _Draft:
    """One attempt at a turn."""

    generated: Generated
    reply: Reply
    settings: PlaySettings
    """Those of this attempt."""
    seed: int


class TurnWriter:
    """Writes turns of one playtest. `cancel` may come from any thread, the rest from one."""

    def __init__(
        self,
        engine: Engine,
        script: Script,
        on_event: OnEvent,
        playtest_id: str,
        scene: LongScene,
        minds: Minds,
        find_engine: FindEngine | None = None,
        budget: ScoreBudget | None = None,
    ) -> None:
        self._scene = scene
        self._minds = minds
        self._budget = budget
        self._story = StoryPlay(script)
        self._cast = CastEngines(engine, script, playtest_id, find_engine)
        self._script = script
        self._on_event = on_event
        self._playtest_id = playtest_id
        self._n_left: dict[str, int] = {}
        self._lock = threading.Lock()
        self._pending: Future[Result] | None = None
        self._cancelled = False
        self._shown: Shown | None = None
        self.seen: tuple[Message, ...] = ()
        """The chat that the last turn answered."""
        self._attempt = 0

    @property
    def begun(self) -> Begun:
        """How far the last turn came that was cancelled."""
        shown = self._shown
        return NOT_BEGUN if shown is None else Begun(self._attempt, shown.so_far, shown.speech)

    def arm(self) -> None:
        """Forgets an earlier `cancel`."""
        with self._lock:
            self._cancelled = False

    def cancel(self) -> None:
        """Ends the turn being written within one batch; `write` then returns None."""
        with self._lock:
            self._cancelled = True
            if self._pending is not None:
                self._pending.cancel()

    def write(
        self,
        part: Part,
        path: Sequence[Turn],
        settings: PlaySettings,
        n_alternatives: int,
        on_attempt: Callable[[], None],
        in_round: int | None = None,
        begun: Begun = NOT_BEGUN,
    ) -> TurnBase | None:
        """Writes the next turn of a path as one character; None when it was cancelled.

        Args:
            n_alternatives: Turns that follow this path already: another number, another seed.
            on_attempt: Called before text streams: what streamed before is void.
            in_round: The simultaneous round that it speaks in.
            begun: How far the turn had come when it was held.

        Raises:
            UserError: The weights cannot be run.
        """
        self._shown = None
        part = self._story.part_now(part, before_round(path, in_round))
        try:
            perceived = self._perceive(part, path, settings, n_alternatives, in_round)
        except (SummaryCancelled, Stopped):
            return None
        asked = self._request(part, path, settings, perceived, in_round)
        before = [turn.text for turn in path if turn.speaker_id == part.role_id]
        others = self._others(part, path)
        engine, name = self._cast.engine(part.role_id, settings), part.character.name
        kept: _Draft | None = None
        usage: Usage | None = None
        for attempt in count(begun.attempt):
            seed = derive_seed(settings.seed, len(path) + 1, n_alternatives, attempt)
            drawn = warmed(settings, attempt)
            request = replace(asked, sampling=drawn.sampling(seed))
            request = self._begin(engine, request, attempt, begun, name, on_attempt)
            generated = self._run_bounded(engine, request, name, perceived.inner.think_tokens)
            if generated is None:
                return None
            usage = generated.usage if usage is None else add_usage(usage, generated.usage)
            reply = parse_reply(generated.text, name, others)
            if reply.text or kept is None:
                kept = _Draft(generated, reply, drawn, seed)
            if not must_redraw(reply.text, before, settings, attempt):
                break
        assert kept is not None
        assert usage is not None
        if not kept.reply.text and begun.attempt:  # what was drawn before it was held may have words
            return self.write(part, path, settings, n_alternatives, on_attempt, in_round)
        turn = make_turn(
            engine.info,
            part,
            replace(kept.generated, usage=usage),
            kept.reply,
            kept.settings,
            kept.seed,
            perceived,
            describe_adapters(asked.adapters),
            in_round,
            asked.opening,
            self._cast.room(part.role_id, settings).is_estimate,
        )
        return turn.model_copy(update={"record": turn.record | redraw_record(settings, attempt)})

    def _request(
        self, part: Part, path: Sequence[Turn], settings: PlaySettings, perceived: Perceived, in_round: int | None
    ) -> Generate:
        """Returns what is asked of the weights, but for the seed."""
        view = self._scene.view(part, perceived)
        self.seen = view.messages
        return Generate(
            lane=part.role_id,
            messages=view.messages,
            max_tokens=settings.max_tokens,
            opening=self._opening(perceived),
            stop=stop_strings(self._others(part, path)),
            listeners=self._listeners(part, path, settings) if in_round is None else (),
            shadows=self._shadows(part, view, perceived, len(path) + 1, settings),
            adapters=settings.adapters(part.role_id),
        )

    def _begin(
        self,
        engine: Engine,
        request: Generate,
        attempt: int,
        begun: Begun,
        name: str,
        on_attempt: Callable[[], None],
    ) -> Generate:
        """Makes ready to show a turn, and to go on with it where it was held."""
        goes_on = begun.written if attempt == begun.attempt else ""
        self._attempt = attempt
        if not goes_on:
            on_attempt()
        self._shown = Shown(
            name,
            lambda text, private: self._on_event(TextStreamed(self._playtest_id, text, private)),
            goes_on,
            on_attempt,
        )
        is_server = kind_of(engine.info) is not None
        return replace(request, opening=goes_on) if goes_on and is_server else request

    def _opening(self, perceived: Perceived) -> str:
        default = THINK_OPEN if self._script.thinks else ""
        return default if perceived.inner.opening is None else perceived.inner.opening

    def _run_bounded(self, engine: Engine, request: Generate, name: str, think_tokens: int | None) -> Generated | None:
        """Runs a request whose thought may take so many tokens: a thought that would go on is closed there."""
        is_closed = not request.opening.startswith(THINK_OPEN) or THINK_CLOSE in request.opening
        if think_tokens is None or is_closed:
            return self._run(engine, request, name)
        try:
            return write_bounded(
                request,
                think_tokens,
                lambda note: self._run_shown(engine, note),
                lambda turn: self._run_once(engine, turn, name),
            )
        except Unsupported:  # a server that cannot begin an answer as asked
            return self._run_once(engine, replace(request, opening=""), name)

    def _listeners(self, part: Part, path: Sequence[Turn], settings: PlaySettings) -> tuple[Listener, ...]:
        """Returns who hears the turn while it is written: all that it reaches and the same engine plays, changed alike.

        Nobody can know yet whether it will be a whisper: whoever has then read along in vain reads it again without.
        """
        hearers = self._story.hearers(part.role_id, path)
        engine, adapters = self._cast.engine(part.role_id, settings), effective(settings.adapters(part.role_id))

        def is_near(other: Part) -> bool:
            if other.role_id not in hearers or effective(settings.adapters(other.role_id)) != adapters:
                return False
            return self._cast.engine(other.role_id, settings) is engine

        def view_with(other: Part, turn: TurnBase) -> View:
            other = self._story.part_now(other, path)
            room = self._cast.room(other.role_id, settings)
            perceived = self._scene.perceive(other, path, settings, room)
            return self._scene.view(other, replace(perceived, history=(*perceived.history, turn)))

        try:
            near = filter(is_near, cast_at(self._script, path).parts)
            return listeners_of(part, near, view_with, thinks=self._script.thinks)
        except UserError:  # that a view has no room, or that weights are gone, is said when its owner speaks
            return ()

    def _shadows(
        self, part: Part, view: View, perceived: Perceived, number: int, settings: PlaySettings
    ) -> tuple[Shadow, ...]:
        """Returns the chats that weigh the turn while it is written, if it is to be scored at once."""
        if not settings.score_every or number % settings.score_every:
            return ()
        if self._budget is not None and not self._budget.decide(number, settings.score_budget):
            return ()
        return shadows_of(perceived.script or self._script, part, view, perceived.history, perceived.lore.placement)

    def _run(self, engine: Engine, request: Generate, name: str) -> Generated | None:
        """Runs a request; where a server cannot begin an answer as asked, it begins as it likes."""
        try:
            return self._run_once(engine, request, name)
        except Unsupported:
            if not request.opening:
                raise
            return self._run_once(engine, replace(request, opening=""), name)

    def _run_once(self, engine: Engine, request: Generate, name: str) -> Generated | None:
        shown = self._shown
        return self._run_shown(engine, request, shown.feed if shown is not None else None)

    def ask(self, settings: PlaySettings, role_id: str = "") -> Ask:
        """Returns what runs requests on the weights that play a role, or on the playtest's own, until `cancel`."""
        return lambda request: self._ask(self._cast.engine(role_id, settings), request)

    def questions(self, path: Sequence[Turn], settings: PlaySettings) -> CastQuestions:
        """Returns what asks each member of the cast about the moment after a path, until `cancel`."""

        def messages_of(role_id: str) -> tuple[Message, ...]:
            part = cast_at(self._script, path).part(role_id)
            assert part is not None
            part = self._story.part_now(part, path)
            perceived = self._scene.perceive(part, path, settings, self._cast.room(role_id, settings))
            return self._scene.view(part, perceived).messages

        def ask_of(role_id: str) -> Ask:
            return lambda request: self._ask(self._cast.engine(role_id, settings), request)

        return CastQuestions(messages_of, ask_of, settings.adapters)

    def _ask(self, engine: Engine, request: Request, show: Callable[[str], None] | None = None) -> Result | None:
        """Runs a request; None when the user stopped, or the engine was closed."""
        with self._lock:
            if self._cancelled:
                return None
            self._pending = engine.submit(request, show)
        try:
            result = self._pending.result()
        except CancelledError:
            return None
        finally:
            with self._lock:
                self._pending = None
        return None if self._cancelled else result

    def _run_shown(
        self, engine: Engine, request: Generate, show: Callable[[str], None] | None = None
    ) -> Generated | None:
        generated = self._ask(engine, request, show)
        assert generated is None or isinstance(generated, Generated)
        return None if generated is None or generated.finish == Finish.CANCELLED else generated

    def _perceive(
        self, part: Part, path: Sequence[Turn], settings: PlaySettings, n_alternatives: int, in_round: int | None
    ) -> Perceived:
        """Finds what the speaker perceives; says so when turns have left its view since the last time."""
        engine, room = self._cast.engine(part.role_id, settings), self._cast.room(part.role_id, settings)
        seed = derive_seed(settings.seed, len(path) + 1, n_alternatives, 0)
        chance = Chance(seed, "swipe" if n_alternatives else "normal")
        scores_pause = not settings.score_every
        inner = self._minds.prepare(
            part, path, lambda request: self._ask(engine, request), in_round, scores_pause=scores_pause
        )
        perceived = self._scene.perceive(
            part, path, settings, room, lambda request: self._run_shown(engine, request), chance, inner, in_round
        )
        earlier, name = perceived.earlier, part.character.name
        if earlier.n_turns > self._n_left.get(part.role_id, 0):
            left = ViewTrimmed(self._playtest_id, name, earlier.n_turns, len(earlier.pinned), perceived.when_full.value)
            self._on_event(left)
        self._n_left[part.role_id] = earlier.n_turns
        return perceived

    def _others(self, part: Part, path: Sequence[Turn]) -> list[str]:
        return cast_at(self._script, path).names_beside(part.role_id)


def derive_seed(seed: int, number: int, n_alternatives: int, attempt: int) -> int:
    """Returns the seed of one turn: the same place in the same playtest gives the same one."""
    digest = hashlib.blake2b(f"{seed}/{number}/{n_alternatives}/{attempt}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % MAX_SEED + 1
