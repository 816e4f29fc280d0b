"""Embeds texts: an `Embed` at work, and the loop of weights that do nothing else."""

import queue
import traceback
from collections import deque
from collections.abc import Callable, Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.inference.batching.inbox import Inbox
from core.inference.llama import EmbeddingContext, Weights
from core.inference.messages import Alive, Cancel, Done, FromWorker, RequestFailed, Submit
from core.inference.request import CountTokens, Embed, Embedded, Result, TokenCounts, Tokenize, Tokenized


class Embedder:
    """Embeds texts with one set of weights. Its context is opened at the first text."""

    def __init__(self, weights: Weights, n_threads: int) -> None:
        self._weights = weights
        self._n_threads = n_threads
        self._context: EmbeddingContext | None = None

    @property
    def context(self) -> EmbeddingContext:
        """The context; raises UserError where there is no room for it."""
        if self._context is None:
            self._context = EmbeddingContext(self._weights, n_threads=self._n_threads)
        return self._context

    def embed(self, texts: Sequence[str]) -> Generator[None, None, Embedded]:
        """Embeds texts; yields between two batches.

        Raises:
            UserError: A text is longer than the context.
        """
        context = self.context
        tokenized = [context.tokenize(text) for text in texts]
        for text, tokens in zip(texts, tokenized, strict=True):
            _check_fits(text, len(tokens), context.n_ctx)
        found = [np.zeros((0, context.n_dimensions), np.float32)]
        for batch in _batches(tokenized, context.n_ctx, context.n_sequences):
            yield
            found.append(_unit_rows(context.embed(batch)))
        return Embedded(np.concatenate(found), tuple(map(len, tokenized)))

    def close(self) -> None:
        """Frees the context."""
        if self._context is not None:
            self._context.close()
            self._context = None


class EmbeddingLoop:
    """The loop in the worker for weights that write no text: one request after the other. `send` reports to the app."""

    def __init__(self, weights: Weights, embedder: Embedder, inbox: Inbox, send: Callable[[FromWorker], None]) -> None:
        self._weights = weights
        self._embedder = embedder
        self._inbox = inbox
        self._send = send
        self._waiting: deque[tuple[Submit, Generator[None, None, Result]]] = deque()

    def run(self) -> None:
        """Works until None comes through the inbox."""
        while self._take_messages():
            if self._waiting:
                self._advance()
        self._embedder.close()

    def _take_messages(self) -> bool:
        """Takes what has come in; waits for something if there is nothing to do. False: the end."""
        while True:
            try:
                message = self._inbox.get(block=not self._waiting)
            except queue.Empty:
                return True
            if message is None:
                return False
            if isinstance(message, Submit):
                steps = self._answer(message)
                if isinstance(message.request, Embed):
                    self._waiting.append((message, steps))
                else:
                    self._waiting.appendleft((message, steps))
            elif isinstance(message, Cancel) and message.number not in {submit.number for submit, _ in self._waiting}:
                self._inbox.forget(message.number)

    def _advance(self) -> None:
        submit, steps = self._waiting[0]
        number = submit.number
        self._send(Alive(number))
        try:
            if not self._inbox.is_urgent([number], gives_way=False):
                next(steps)
                return
            self._send(Done(number, None))
        except StopIteration as stop:
            self._send(Done(number, stop.value))
        except UserError as error:
            self._send(RequestFailed(number, error))
        except Exception:  # noqa: BLE001 - the top of the worker: a bug ends one request, not the process
            self._send(RequestFailed(number, None, traceback.format_exc()))
        self._inbox.forget(number)
        self._waiting.popleft()

    def _answer(self, submit: Submit) -> Generator[None, None, Result]:
        vocabulary = self._weights.vocabulary
        match submit.request:
            case Embed(texts):
                return (yield from self._embedder.embed(texts))
            case CountTokens(texts):
                return TokenCounts(tuple(len(vocabulary.tokenize(text, parse_special=False)) for text in texts))
            case Tokenize(texts):
                ids = tuple(tuple(vocabulary.tokenize(text, parse_special=False)) for text in texts)
                return Tokenized(ids, tuple(map(vocabulary.texts, ids)))
            case _:
                raise UserError(f"{self._weights.path.name} embeds texts and writes none.", "Choose weights for chat.")


def _check_fits(text: str, n_tokens: int, n_ctx: int) -> None:
    if n_tokens > n_ctx:
        raise UserError(
            f"The text that begins with “{text[:30]}” is {n_tokens:,} tokens long; these weights take {n_ctx:,}.",
            "Shorten it, or cut it into parts.",
        )


def _batches(tokenized: Sequence[list[int]], n_tokens: int, n_texts: int) -> Generator[list[list[int]]]:
    """Yields texts in order, as many together as there is room for."""
    batch: list[list[int]] = []
    for tokens in tokenized:
        if len(batch) == n_texts or sum(map(len, batch)) + len(tokens) > n_tokens:
            yield batch
            batch = []
        batch.append(tokens)
    if batch:
        yield batch


def _unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise UserError("The weights compute numbers that are not numbers.", "Choose other weights.")
    unit: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
