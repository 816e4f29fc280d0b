"""The worker process: reads messages from standard input, runs the weights, writes messages to standard output.

Its threads: the main one runs the weights and the templates; one takes messages and ends the process with the app.
"""

import os
import pickle
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

from core.errors import UserError
from core.inference.batching.embedding import Embedder, EmbeddingLoop
from core.inference.batching.inbox import Inbox
from core.inference.batching.loop import BatchLoop
from core.inference.chat_format import choose_format
from core.inference.llama import Context, Weights
from core.inference.messages import Alive, FromWorker, Load, Loaded, LoadFailed
from core.inference.request import WeightsInfo
from core.inference.weights.gguf_header import WeightsKind, inspect_gguf


class _Pipe:
    """Messages to the app."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._last_alive = 0.0

    def send(self, message: FromWorker) -> None:
        try:
            pickle.dump(message, self._stream)
            self._stream.flush()
        except BrokenPipeError:  # the app is gone
            os._exit(0)

    def report_loading(self) -> None:
        now = time.monotonic()
        if now - self._last_alive > 1.0:
            self._last_alive = now
            self.send(Alive(None))


def main() -> None:
    """Runs until the app closes the pipe."""
    _go_first_when_memory_ends()
    signal.signal(signal.SIGINT, lambda number, frame: None)  # Ctrl-C is for the app
    source, target = _own_pipes()
    pipe = _Pipe(target)
    load: Load = pickle.load(source)
    inbox = Inbox()
    threading.Thread(target=_take_messages, args=(source, inbox), daemon=True).start()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        loop = _load(load, inbox, pipe)
    except UserError as error:
        pipe.send(LoadFailed(error))
        return
    except MemoryError:
        pipe.send(LoadFailed(UserError(*_no_room(load))))
        return
    loop.run()


def _no_room(load: Load) -> tuple[str, str]:
    return f"The memory ran out while {load.path.name} was loaded.", "Close other programs or choose smaller weights."


def _go_first_when_memory_ends() -> None:
    """Has Linux end this process rather than the window when memory runs out: it costs least."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as adjustment:
        adjustment.write("500")


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Takes standard input and output for messages, so that nothing native can write between them."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return source, target


def _take_messages(source: BinaryIO, inbox: Inbox) -> None:
    while True:
        try:
            inbox.put(pickle.load(source))
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)  # even in the middle of a batch: nobody waits for it
        except MemoryError:
            os.write(2, b"MemoryError while a message was read\n")
            os._exit(1)


def _end_with(parent: int) -> None:
    """Ends the process when the app was killed and something else holds the pipe open."""
    while os.name == "posix" and os.getppid() == parent:
        time.sleep(1.0)
    if os.name == "posix":
        os._exit(0)


def _load(load: Load, inbox: Inbox, pipe: _Pipe) -> BatchLoop | EmbeddingLoop:
    weights = Weights(
        load.path, n_gpu_layers=load.n_gpu_layers, safe_mode=load.safe_mode, on_progress=pipe.report_loading
    )
    embedder = Embedder(weights, load.n_threads)
    if inspect_gguf(load.path).kind is WeightsKind.EMBEDDING:
        found = embedder.context
        info = _describe(load, weights)
        pipe.send(Loaded(replace(info, n_ctx=found.n_ctx, n_sequences=found.n_sequences, writes=False)))
        return EmbeddingLoop(weights, embedder, inbox, pipe.send)
    context = Context(
        weights,
        n_ctx=load.n_ctx,
        n_sequences=load.n_sequences,
        n_threads=load.n_threads,
        n_batch=load.n_batch,
        layout=load.layout,
    )
    vocabulary = weights.vocabulary
    variables = {"bos_token": vocabulary.text_of(vocabulary.bos), "eos_token": vocabulary.text_of(vocabulary.eos)}
    chat_format = choose_format(weights.chat_template, variables, vocabulary.control.values())
    info = replace(
        _describe(load, weights),
        n_ctx=context.n_ctx,
        n_sequences=load.n_sequences,
        chat_format=chat_format.description,
        kv_bytes=context.kv_bytes,
        can_trim=context.can_trim,
    )
    pipe.send(Loaded(info))
    return BatchLoop(weights, context, chat_format, embedder, inbox, pipe.send)


def _describe(load: Load, weights: Weights) -> WeightsInfo:
    """Returns what is true of weights whatever context they run in."""
    n_gpu_layers, gpu = weights.gpu
    return WeightsInfo(
        path=str(load.path),
        name=weights.name or load.path.stem,
        sha256=load.sha256,
        size_bytes=load.size_bytes,
        n_params=weights.n_params,
        n_vocab=weights.vocabulary.n_tokens,
        n_ctx=0,
        n_sequences=0,
        n_threads=load.n_threads,
        n_gpu_layers=n_gpu_layers,
        gpu=gpu,
        chat_format="",
        kv_bytes=0,
        safe_mode=load.safe_mode,
        layout=load.layout,
    )


if __name__ == "__main__":
    main()
