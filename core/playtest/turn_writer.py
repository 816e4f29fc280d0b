"""Writes one turn: builds the view, runs the weights, takes the reply apart."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import asdict

from core.characters.prompt import THINK_OPEN
from core.characters.reply import Reply, ReplyStream, parse_reply, stop_strings
from core.events import OnEvent, TextStreamed, ViewTrimmed
from core.inference.request import Engine, Finish, Generate, Generated, Result
from core.playtest.context_room import ContextRoom
from core.playtest.script import Part, Script
from core.playtest.settings import MAX_SEED, PlaySettings
from core.playtest.views import build_view
from models.playtest import Origin, SpeakerKind, Turn, TurnBase

MAX_ATTEMPTS = 2
"""An empty turn is written again once (SPASM, methods 2.1)."""


class TurnWriter:
    """Writes turns of one playtest. `cancel` may come from any thread, the rest from one."""

    def __init__(self, engine: Engine, script: Script, on_event: OnEvent, playtest_id: str) -> None:
        self._engine = engine
        self._script = script
        self._on_event = on_event
        self._playtest_id = playtest_id
        self._room = ContextRoom(engine, script)
        self._n_dropped: dict[str, int] = {}
        self._lock = threading.Lock()
        self._pending: Future[Result] | None = None
        self._cancelled = False

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
    ) -> TurnBase | None:
        """Writes the next turn of a path as one character; None when it was cancelled.

        Args:
            n_alternatives: Turns that follow this path already: another number, another seed.
            on_attempt: Called before text streams: what streamed before is void.

        Raises:
            UserError: The weights cannot be run.
        """
        n_dropped = self._n_turns_dropped(part, path, settings)
        view = build_view(self._script, part, path[n_dropped:])
        others = self._others(part)
        for attempt in range(MAX_ATTEMPTS):
            seed = derive_seed(settings.seed, len(path) + 1, n_alternatives, attempt)
            request = Generate(
                lane=part.role_id,
                messages=view.messages,
                max_tokens=settings.max_tokens,
                sampling=settings.sampling(seed),
                opening=THINK_OPEN if self._script.scenario.thoughts else "",
                stop=stop_strings(others),
            )
            on_attempt()
            generated = self._run(request, part.character.name)
            if generated is None:
                return None
            reply = parse_reply(generated.text, part.character.name, others)
            if reply.text or attempt == MAX_ATTEMPTS - 1:
                return self._make_turn(part, generated, reply, settings, seed, n_dropped)
        return None

    def _run(self, request: Generate, name: str) -> Generated | None:
        stream = ReplyStream(name)

        def show(piece: str) -> None:
            for text, private in stream.feed(piece):
                self._on_event(TextStreamed(self._playtest_id, text, private))

        with self._lock:
            if self._cancelled:
                return None
            self._pending = self._engine.submit(request, show)
        try:
            generated = self._pending.result()
        except CancelledError:  # the engine was closed
            return None
        finally:
            with self._lock:
                self._pending = None
        assert isinstance(generated, Generated)
        return None if self._cancelled or generated.finish == Finish.CANCELLED else generated

    def _n_turns_dropped(self, part: Part, path: Sequence[Turn], settings: PlaySettings) -> int:
        n_dropped = self._room.n_turns_dropped(part, path, settings.max_tokens)
        if n_dropped > self._n_dropped.get(part.role_id, 0):
            self._on_event(ViewTrimmed(self._playtest_id, part.character.name, n_dropped))
        self._n_dropped[part.role_id] = n_dropped
        return n_dropped

    def _others(self, part: Part) -> list[str]:
        names = [other.character.name for other in self._script.parts if other.role_id != part.role_id]
        return [*names, self._script.scenario.user_name]

    def _make_turn(
        self, part: Part, generated: Generated, reply: Reply, settings: PlaySettings, seed: int, n_dropped: int
    ) -> TurnBase:
        info, usage = self._engine.info, generated.usage
        cut = reply.bled or not reply.text
        return TurnBase(
            speaker_id=part.role_id,
            speaker=part.character.name,
            kind=SpeakerKind.CHARACTER,
            text=reply.text,
            thought=reply.thought,
            origin=Origin.WEIGHTS,
            finish="empty" if not reply.text else "stop" if reply.bled else generated.finish.value,
            token_ids=[] if cut else list(generated.token_ids),
            record={
                "seed": seed,
                "sampling": asdict(settings.sampling(seed)),
                "max_tokens": settings.max_tokens,
                "weights": {"name": info.name, "sha256": info.sha256, "size_bytes": info.size_bytes},
                "n_ctx": info.n_ctx,
                "n_threads": info.n_threads,
                "gpu": info.gpu,
                "safe_mode": info.safe_mode,
                "n_prompt_tokens": usage.n_prompt_tokens,
                "n_reused_tokens": usage.n_reused_tokens,
                "n_written_tokens": usage.n_written_tokens,
                "first_token_s": round(usage.first_token_s, 4),
                "total_s": round(usage.total_s, 4),
                "n_turns_dropped": n_dropped,
                "bled": reply.bled,
            },
        )


def derive_seed(seed: int, number: int, n_alternatives: int, attempt: int) -> int:
    """Returns the seed of one turn: the same place in the same playtest gives the same one."""
    digest = hashlib.blake2b(f"{seed}/{number}/{n_alternatives}/{attempt}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % MAX_SEED + 1
