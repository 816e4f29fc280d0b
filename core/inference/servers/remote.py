"""An engine over a server that speaks the OpenAI API: llama-server, vLLM, Ollama, LM Studio and others.

What a server cannot do raises `Unsupported`; so do choosing and embedding, which are not built yet over a server.
Nothing is guessed, and nothing that was shown is sent for again.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.app_settings import Server
from core.errors import UserError
from core.inference.futures import RequestFuture
from core.inference.request import (
    Choose,
    CountTokens,
    Diverge,
    Embed,
    Generate,
    ReadResiduals,
    Render,
    Request,
    Result,
    Score,
    Tokenize,
    WeightsInfo,
)
from core.inference.servers.address import native_path
from core.inference.servers.answers import write_answer
from core.inference.servers.api_keys import find_key
from core.inference.servers.exchange import Cancellation, Cancelled
from core.inference.servers.http_client import HttpClient, Timeouts
from core.inference.servers.kinds import ServerKind
from core.inference.servers.llama_server import LlamaServer
from core.inference.servers.measures import count_tokens, diverge, render, score, tokenize
from core.inference.servers.probe import ServerProfile, probe_server
from core.inference.steering.adapters import effective
from core.inference.unsupported import Unsupported

MAX_AT_ONCE = 16
"""Requests in the foreground; a server queues what it cannot run at once."""


PROBING_POLL_S = 0.1


@dataclass(eq=False, slots=True)
class _Job:
    request: Request
    on_text: Callable[[str], None] | None
    background: bool
    cancellation: Cancellation = field(default_factory=Cancellation)
    text: str = ""
    """Of the answer, as it was shown."""

    def show(self, text: str) -> None:
        """Takes new text of the answer."""
        self.text += text
        if self.on_text is not None:
            self.on_text(text)


class RemoteEngine:
    """Answers requests by asking a server, which it first asks what it is. Any thread."""

    def __init__(self, server: Server, timeouts: Timeouts | None = None) -> None:
        """Takes the server. Asks nothing yet.

        Raises:
            UserError: Its key cannot be had.
        """
        self._server = server
        self._client = HttpClient(server.base_url, find_key(server), timeouts or Timeouts())
        self._found: ServerProfile | None = None
        self._probing = threading.Lock()
        self._jobs: set[_Job] = set()
        self._n_writing = 0
        self._changed = threading.Condition()
        self._closing = Cancellation()
        self._threads = {
            False: ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="server"),
            True: ThreadPoolExecutor(1, thread_name_prefix="server-background"),
        }

    @property
    def profile(self) -> ServerProfile:
        """What the server is; asks it, until it has answered once."""
        try:
            return self._probe(self._closing)
        except Cancelled:
            raise _closed() from None

    @property
    def info(self) -> WeightsInfo:
        """What is known of the weights there."""
        return self.profile.weights_info(self._server.base_url)

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Queues a request; see `Engine.submit`. In the background one at a time, while no words are being written."""
        job = _Job(request, on_text, background)
        future = RequestFuture(lambda: self._cancel(job))
        with self._changed:
            if self._closing.is_set:
                raise _closed()
            self._jobs.add(job)
            self._threads[background].submit(self._run, job, future)
        return future

    def close(self) -> None:
        """Ends the engine. Pending requests are cancelled."""
        with self._changed:
            self._closing.set()
            for job in tuple(self._jobs):
                job.cancellation.set()
            self._changed.notify_all()
        for pool in self._threads.values():
            pool.shutdown(wait=True)
        self._client.close()

    def _run(self, job: _Job, future: RequestFuture) -> None:
        try:
            job.cancellation.check()
            result = self._answer(job)
        except Cancelled:
            future.end_cancelled(job.request, job.text)
        except Exception as error:  # noqa: BLE001 - the top of this thread: the fault belongs to who asked
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            with self._changed:
                self._jobs.discard(job)

    def _answer(self, job: _Job) -> Result:
        cancellation = job.cancellation
        if isinstance(job.request, Generate | Score | Diverge) and effective(job.request.adapters):
            raise Unsupported("A server takes no adapters.", "Play this part with weights on this machine.")
        profile = self._probe(cancellation)
        match job.request:
            case Generate() as request:
                with self._writing():
                    return write_answer(self._client, profile, self._llama(), request, cancellation, job.show)
            case Score() as request:
                llama = self._require_llama("tell how likely given words are")
                return score(llama, request, cancellation, lambda: self._give_way(job))
            case Diverge() as request:
                llama = self._require_llama("compare two views of the same words")
                if not profile.diverges:
                    raise Unsupported(
                        f"This server would have to send {profile.n_vocab:,} numbers for each token to compare views.",
                        "Use weights on this machine.",
                    )
                return diverge(llama, request, cancellation, lambda: self._give_way(job))
            case CountTokens(texts):
                path = native_path(self._server.base_url)
                return count_tokens(self._client, profile, self._llama(), path, texts, cancellation)
            case Render() as request:
                return render(self._require_llama("show how it writes a chat"), request, cancellation)
            case Tokenize(texts):
                return tokenize(self._require_llama("take texts apart"), texts, cancellation)
            case Choose() | Embed():
                raise Unsupported("Texts are not chosen or embedded over a server yet.", "Use weights on this machine.")
            case ReadResiduals():
                raise Unsupported("A server does not show the inside of weights.", "Use weights on this machine.")

    def _probe(self, cancellation: Cancellation) -> ServerProfile:
        """Returns what the server is; asks it, unless somebody did before."""
        while not self._probing.acquire(timeout=PROBING_POLL_S):
            cancellation.check()
        try:
            if self._found is None:
                self._found = probe_server(self._client, self._server, cancellation)
            return self._found
        finally:
            self._probing.release()

    def _llama(self) -> LlamaServer | None:
        """Returns llama-server's own API, where the server is one."""
        if self.profile.kind is not ServerKind.LLAMA_SERVER:
            return None
        return LlamaServer(self._client, native_path(self._server.base_url), self.profile.n_vocab)

    def _require_llama(self, wanted: str) -> LlamaServer:
        llama = self._llama()
        if llama is None:
            raise Unsupported(f"This server cannot {wanted}.", "Use llama-server or weights on this machine.")
        return llama

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._changed:
            self._n_writing += 1
        try:
            yield
        finally:
            with self._changed:
                self._n_writing -= 1
                self._changed.notify_all()

    def _give_way(self, job: _Job) -> None:
        """Waits while words are being written, if the job is in the background."""
        with self._changed:
            self._changed.wait_for(lambda: not (job.background and self._n_writing) or job.cancellation.is_set)
        job.cancellation.check()

    def _cancel(self, job: _Job) -> None:
        job.cancellation.set()
        with self._changed:
            self._changed.notify_all()


def _closed() -> UserError:
    return UserError("This server was closed.", "Choose it again.")
