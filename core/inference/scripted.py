"""A deterministic engine for tests and demos: says given lines, and scores by arithmetic that can be redone by hand.

Words are tokens. A word that occurs in the chat is likelier than one that does not: a persona makes its words likelier.
"""

import itertools
import math
import re
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from operator import itemgetter

from core.errors import UserError
from core.inference.batching.prefix_cache import common_prefix
from core.inference.batching.turn_text import TurnText
from core.inference.chat_format import ChatFormat, choose_format
from core.inference.futures import RequestFuture
from core.inference.request import (
    Choose,
    CountTokens,
    Diverge,
    Diverged,
    Embed,
    Finish,
    Generate,
    Generated,
    Message,
    ReadResiduals,
    Render,
    Rendered,
    Request,
    Result,
    Score,
    Scored,
    TokenCounts,
    Tokenize,
    Tokenized,
    Usage,
    WeightsInfo,
)
from core.inference.steering.adapters import effective
from core.inference.unsupported import Unsupported

DEFAULT_LINE = "I see."
INFO = WeightsInfo(
    path="scripted",
    name="Scripted",
    sha256="0" * 64,
    size_bytes=0,
    n_params=0,
    n_vocab=2**31,
    n_ctx=8192,
    n_sequences=16,
    n_threads=1,
    n_gpu_layers=0,
    gpu="",
    chat_format="plain: there are no weights",
    kv_bytes=0,
    safe_mode=False,
)

Script = Mapping[str, Sequence[str]] | Callable[[Generate], str]


@dataclass(eq=False, slots=True)
class _Job:
    request: Request
    on_text: Callable[[str], None] | None
    future: RequestFuture
    cancelled: threading.Event


class _Queue:
    """Jobs in order; those in the background after all others."""

    def __init__(self) -> None:
        self._jobs: list[tuple[bool, _Job]] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: _Job, *, background: bool) -> None:
        self._jobs.append((background, job))

    def next(self) -> _Job | None:
        """Returns the job whose turn it is, which stays until it is removed."""
        return min(self._jobs, key=itemgetter(0))[1] if self._jobs else None

    def remove(self, job: _Job) -> None:
        self._jobs = [entry for entry in self._jobs if entry[1] is not job]


class ScriptedEngine:
    """Says the lines of a script: lane -> lines, said in turn and over again, or a function of the request."""

    def __init__(self, script: Script, *, delay_s: float = 0.0, info: WeightsInfo = INFO) -> None:
        """Takes the script, how long each word takes, and what to say of the weights."""
        self._script = script
        self._delay_s = delay_s
        self._info = info
        self._format: ChatFormat = choose_format("", {}, ())
        self._said = {lane: itertools.cycle(lines or (DEFAULT_LINE,)) for lane, lines in _lines(script).items()}
        self._words: dict[int, str] = {}
        self._read: dict[str, list[int]] = {}
        self._jobs = _Queue()
        self._wake = threading.Condition()
        self._at_work: _Job | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="scripted-engine", daemon=True)
        self._thread.start()

    @property
    def info(self) -> WeightsInfo:
        """What was given, or of no weights at all."""
        return self._info

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Queues a request; see `Engine.submit`."""
        cancelled = threading.Event()
        future = RequestFuture(cancelled.set)
        with self._wake:
            if self._closed:
                raise UserError("These weights were closed.", "Choose weights again.")
            self._jobs.add(_Job(request, on_text, future, cancelled), background=background)
            self._wake.notify_all()
        return future

    def close(self) -> None:
        """Ends the engine. Pending requests are cancelled."""
        with self._wake:
            self._closed = True
            while (job := self._jobs.next()) is not None:
                job.cancelled.set()
                self._jobs.remove(job)
                if job is not self._at_work:
                    job.future.end_cancelled(job.request)
            self._wake.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or len(self._jobs))
                job = self._at_work = self._jobs.next()
                if job is None:
                    return
            self._work(job)
            with self._wake:
                self._jobs.remove(job)

    def _work(self, job: _Job) -> None:
        if job.cancelled.is_set():
            job.future.end_cancelled(job.request)
            return
        try:
            job.future.set_result(self._answer(job))
        except Exception as error:  # noqa: BLE001 - the top of the engine: the fault belongs to who asked
            job.future.set_exception(error)

    def _answer(self, job: _Job) -> Result:
        if isinstance(job.request, Generate | Score | Diverge) and effective(job.request.adapters):
            raise Unsupported("Scripted characters take no adapters.", "Use weights on this machine.")
        match job.request:
            case Generate() as request:
                return self._generate(job, request)
            case Score() as request:
                return self._score(request)
            case Diverge() as request:
                return self._diverge(request)
            case CountTokens(texts):
                return TokenCounts(tuple(len(self._tokenize(text)) for text in texts))
            case Render(messages, opening):
                text = self._format.render(messages, opening) + opening
                return Rendered(text, len(self._tokenize(text)))
            case Tokenize(texts):
                ids = tuple(tuple(self._tokenize(text)) for text in texts)
                return Tokenized(ids, tuple(tuple(self._words[token] for token in tokens) for tokens in ids))
            case Choose() | Embed() | ReadResiduals():
                raise Unsupported("Scripted characters neither choose nor embed.", "Use weights on this machine.")

    def _generate(self, job: _Job, request: Generate) -> Generated:
        prompt = self._tokenize(self._format.render(request.messages, request.opening) + request.opening)
        n_reused = common_prefix(self._read.get(request.lane, []), prompt)
        text = TurnText(request.stop)
        finish, tokens = self._say(job, request, text)
        self._show(job, text.finish())
        kept, tail = text.kept_tokens()
        self._read[request.lane] = [*prompt, *tokens]
        usage = Usage(len(prompt), n_reused, len(tokens), self._delay_s, self._delay_s * len(tokens))
        return Generated(text.text, (*kept, *self._tokenize(tail.decode())), finish, usage)

    def _say(self, job: _Job, request: Generate, text: TurnText) -> tuple[Finish, list[int]]:
        for token in self._tokenize(request.opening):
            self._show(job, text.open_with(token, self._words[token].encode()))
        line = self._line(request).removeprefix(request.opening)
        tokens: list[int] = []
        for token in self._tokenize(line):
            if len(tokens) == request.max_tokens:
                return Finish.LENGTH, tokens
            if job.cancelled.wait(self._delay_s) if self._delay_s else job.cancelled.is_set():
                return Finish.CANCELLED, tokens
            tokens.append(token)
            self._show(job, text.add(token, self._words[token].encode()))
            if text.stopped:
                return Finish.STOP, tokens
        return Finish.END, tokens

    def _show(self, job: _Job, text: str) -> None:
        if text and job.on_text:
            job.on_text(text)

    def _line(self, request: Generate) -> str:
        if not isinstance(self._script, Mapping):
            return self._script(request)
        lines = self._said.get(request.lane)
        return next(lines) if lines else DEFAULT_LINE

    def _score(self, request: Score) -> Scored:
        tokens = self._completion(request.completion)
        logprobs = self._logprobs(request.messages, tokens)
        texts = tuple(self._words[token] for token in tokens)
        return Scored(tuple(tokens), texts, tuple(logprobs), _usage(len(tokens)))

    def _diverge(self, request: Diverge) -> Diverged:
        """Compares, word by word, two coins: the word comes or it does not."""
        tokens = self._completion(request.completion)
        ours = [math.exp(value) for value in self._logprobs(request.messages, tokens)]
        others = [math.exp(value) for value in self._logprobs(request.reference_messages, tokens)]
        pairs = list(zip(ours, others, strict=True))
        middle = [(one + other) / 2 for one, other in pairs]
        return Diverged(
            tuple(self._words[token] for token in tokens),
            tuple(_coin_kl(one, other) for one, other in pairs),
            tuple((_coin_kl(a, m) + _coin_kl(b, m)) / 2 for (a, b), m in zip(pairs, middle, strict=True)),
            tuple((one > 0.5) != (other > 0.5) for one, other in pairs),
            _usage(len(tokens)),
        )

    def _logprobs(self, messages: Sequence[Message], tokens: Sequence[int]) -> list[float]:
        """-0.25 to -0.75 for a word of the chat, else -2 to -4; where in between comes from the word's letters."""
        known = set(re.findall(r"\w+", " ".join(message.content for message in messages).casefold()))
        logprobs = []
        for token in tokens:
            share = token % 1000 / 1000
            in_chat = bool(known & set(re.findall(r"\w+", self._words[token].casefold())))
            logprobs.append(-(0.25 + share / 2) if in_chat else -(2 + 2 * share))
        return logprobs

    def _completion(self, completion: tuple[int, ...] | str) -> list[int]:
        if isinstance(completion, str):
            return self._tokenize(completion)
        for token in completion:
            self._words.setdefault(token, "?")  # written by an engine before this one
        return list(completion)

    def _tokenize(self, text: str) -> list[int]:
        words = re.findall(r"\s*\S+|\s+$", text)
        tokens = [zlib.crc32(word.encode()) & 0x7FFFFFFF for word in words]
        self._words.update(zip(tokens, words, strict=True))
        return tokens


def _lines(script: Script) -> Mapping[str, Sequence[str]]:
    return script if isinstance(script, Mapping) else {}


def _usage(n_tokens: int) -> Usage:
    return Usage(n_tokens, 0, 0, 0.0, 0.0)


def _coin_kl(one: float, other: float) -> float:
    return one * math.log(one / other) + (1 - one) * math.log((1 - one) / (1 - other))
