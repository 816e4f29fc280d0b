"""The only file that touches llama_cpp: weights, their vocabulary, and contexts with many sequences.

Tokens in, logits out. Knows nothing of chats, requests or scheduling. One thread only.
"""

import ctypes
import os
import re
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import llama_cpp.llama_cpp as native
import numpy as np
from llama_cpp._ctypes_extensions import load_shared_library
from llama_cpp._ggml import libggml_base_path
from numpy.typing import NDArray

from core.errors import UserError
from core.inference.batching.logprobs import N_ROWS_MAX
from core.inference.request import Adapter, AdapterKind, Layout
from core.inference.steering.adapters import check_lora
from core.inference.steering.control_vector_file import load_control_vector

N_EMBEDDED_TOKENS, N_EMBEDDED_TEXTS = 2048, 16
"""Most tokens, and most texts, of one batch that is embedded."""

N_RESIDUAL_TOKENS = 2048
"""Longest passage whose residuals are read; it takes one batch."""

N_PARAMS_ONE_THREAD = 10_000_000
"""Smaller weights write with one thread: to wake a second one takes longer than it saves."""

_NO_ROOM, _STOPPED = 1, 2
"""What llama_decode returns when there are no free cells, and when its abort callback said so."""

_DEBUG, _INFO, _WARNING, _ERROR, _CONTINUED = 1, 2, 3, 4, 5
"""Levels of llama.cpp's log."""


class _Log:
    """The last lines that llama.cpp logged, in memory instead of on stderr."""

    def __init__(self) -> None:
        self.lines: deque[tuple[int, str]] = deque(maxlen=1000)
        self._level = _INFO

    def keep(self, level: int, text: bytes) -> None:
        if level == _CONTINUED and self._level != _DEBUG and self.lines:
            self.lines[-1] = (self._level, self.lines[-1][1] + text.decode("utf-8", "replace"))
        elif level != _CONTINUED:
            self._level = level
            if level != _DEBUG:
                self.lines.append((level, text.decode("utf-8", "replace")))

    @property
    def text(self) -> str:
        return "".join(line for _, line in self.lines)


_log = _Log()


@native.llama_log_callback  # type: ignore[untyped-decorator]
def _keep_log_line(level: int, text: bytes, user_data: object) -> None:
    _log.keep(level, text)


def capture_log() -> None:
    """Keeps what llama.cpp logs in memory instead of on stderr."""
    _log.lines.clear()
    native.llama_log_set(_keep_log_line, ctypes.c_void_p(0))


def log_tail(n_lines: int = 2) -> str:
    """Returns the last errors that llama.cpp logged, for the sentence that the user reads."""
    lines = [line.strip() for level, line in _log.lines if level == _ERROR]
    return "; ".join(lines[-n_lines:])


class Vocabulary:
    """Texts and kinds of tokens."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.n_tokens: int = native.llama_vocab_n_tokens(handle)
        self.bos: int = native.llama_vocab_bos(handle)
        self.eos: int = native.llama_vocab_eos(handle)
        self.adds_bos: bool = native.llama_vocab_get_add_bos(handle) and self.bos >= 0
        attributes = [native.llama_vocab_get_attr(handle, token) for token in range(self.n_tokens)]
        hidden = native.LLAMA_TOKEN_ATTR_CONTROL | native.LLAMA_TOKEN_ATTR_UNKNOWN
        self.control = {token: self._text(token) for token, kind in enumerate(attributes) if kind & hidden}
        """Token -> text of each token that text must not be able to spell."""
        self.ends = frozenset(token for token in range(self.n_tokens) if native.llama_vocab_is_eog(handle, token))
        """Tokens that end a turn."""

    def text_of(self, token: int) -> str:
        """Returns the text of a control token; empty for a token that is not there."""
        return self._text(token) if 0 <= token < self.n_tokens else ""

    def tokenize(self, text: str, *, parse_special: bool) -> list[int]:
        """Returns the tokens of a text, with none added in front. `parse_special`: text may spell control tokens."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            buffer = (native.llama_token * room)()
            count = native.llama_tokenize(self._handle, data, len(data), buffer, room, False, parse_special)
            if count >= 0:
                return list(buffer[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """Returns the bytes that a token writes; none for a control token."""
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = native.llama_token_to_piece(self._handle, token, buffer, room, 0, False)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def bytes_of(self, tokens: Sequence[int]) -> bytes:
        """Returns the bytes that tokens write."""
        return b"".join(map(self.piece, tokens))

    def texts(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """Returns the text of each token; what is part of a character shows as replacement characters."""
        return tuple(self.piece(token).decode("utf-8", "replace") for token in tokens)

    def tokenize_exactly(self, data: bytes) -> list[int]:
        """Returns tokens that write exactly these bytes; none when the vocabulary has no way to."""
        text = data.decode("utf-8", "replace")
        # Some vocabularies put a blank before a text's first word: a line break in front takes it
        for before in ("", "\n"):
            tokens = self.tokenize(before + text, parse_special=False)
            for n_before in range(len(tokens) + 1 if before else 1):
                if self.bytes_of(tokens[n_before:]) == data:
                    return tokens[n_before:]
        return []

    def _text(self, token: int) -> str:
        text: bytes = native.llama_vocab_get_text(self._handle, token) or b""
        return text.decode("utf-8", "replace")


class Chunk(NamedTuple):
    """Tokens for one sequence in a batch."""

    tokens: Sequence[int]
    sequence: int
    start: int
    """Position of the first token; the sequence holds exactly that many."""
    n_rows: int
    """For how many of the last tokens the logits of what follows are wanted."""


class Stop(Enum):
    """Why a batch was not run. All sequences are then as they were before."""

    ASKED = "asked"
    NO_ROOM = "no room"
    """The cells of a shared context are all taken."""


class Weights:
    """Weights in memory, and what is true of them."""

    def __init__(self, path: Path, *, n_gpu_layers: int, safe_mode: bool, on_progress: Callable[[], None]) -> None:
        """Loads weights.

        Args:
            safe_mode: Leave out the kernels that reorder weights; they abort on some machines.
            on_progress: Called now and then while weights load.

        Raises:
            UserError: llama.cpp cannot load the file.
        """
        capture_log()
        native.llama_backend_init()
        self.path = path
        self.n_gpu_layers = n_gpu_layers
        self.handle = _load_model(path, n_gpu_layers, safe_mode, on_progress)
        self.vocabulary = Vocabulary(native.llama_model_get_vocab(self.handle))

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return int(native.llama_model_n_params(self.handle))

    @property
    def name(self) -> str:
        """The name in the weights' metadata; empty if none."""
        return self._metadata(b"general.name")

    @property
    def architecture(self) -> str:
        """What the weights are made of, such as `llama`."""
        return self._metadata(b"general.architecture")

    @property
    def n_layers(self) -> int:
        """Number of layers."""
        return int(native.llama_model_n_layer(self.handle))

    @property
    def n_embd(self) -> int:
        """Width of the residual stream."""
        return int(native.llama_model_n_embd(self.handle))

    @property
    def chat_template(self) -> str:
        """The chat template inside the weights; empty if none."""
        text: bytes | None = native.llama_model_chat_template(self.handle, None)
        return (text or b"").decode("utf-8", "replace")

    @property
    def can_trim(self) -> bool:
        """Whether the end of a sequence can be forgotten; recurrent weights can only forget all of it."""
        return not (native.llama_model_is_recurrent(self.handle) or native.llama_model_is_hybrid(self.handle))

    @property
    def gpu(self) -> tuple[int, str]:
        """Layers on a GPU and the GPU's name, as llama.cpp reported them; (0, "") when none is used."""
        text = _log.text
        layers = re.findall(r"offloaded (\d+)/\d+ layers to GPU", text)
        device = re.findall(r"using device (\S+ \([^)]*\))", text)
        if not native.llama_supports_gpu_offload() or not layers or not device:
            return 0, ""
        return int(layers[-1]), device[0] if int(layers[-1]) else ""

    def close(self) -> None:
        """Frees the memory. All contexts must be closed."""
        native.llama_model_free(self.handle)

    def refuse_unfit(self) -> None:
        """Raises UserError for weights that do not write text token by token."""
        reads_only = native.llama_model_has_encoder(self.handle) or not native.llama_model_has_decoder(self.handle)
        if reads_only or native.llama_model_is_diffusion(self.handle):
            raise UserError(f"{self.path.name} does not write text token by token.", "Choose weights made for chat.")

    def _metadata(self, key: bytes) -> str:
        buffer = ctypes.create_string_buffer(256)
        count = native.llama_model_meta_val_str(self.handle, key, buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if count > 0 else ""


class _Changes:
    """The adapters of one context, in memory."""

    def __init__(self, weights: Weights, adapters: Sequence[Adapter]) -> None:
        """Loads them. Raises UserError for a file that is broken, or made for other weights."""
        self._weights = weights
        self._scales = [adapter.scale for adapter in adapters if adapter.kind is AdapterKind.LORA]
        self._added = _added(weights, [adapter for adapter in adapters if adapter.kind is AdapterKind.CONTROL])
        self._loras: list[Any] = []
        try:
            for adapter in adapters:
                if adapter.kind is AdapterKind.LORA:
                    self._loras.append(_load_lora(weights, adapter.path))
        except UserError:
            self.close()
            raise

    def applied_to(self, open_context: Callable[[], Any]) -> Any:
        """Returns a native context that computes with them; where it cannot be had, they are closed."""
        context = None
        try:
            context = open_context()
            self._apply(context)
        except UserError:
            if context:
                native.llama_free(context)
            self.close()
            raise
        return context

    def _apply(self, context: Any) -> None:
        if self._loras:
            handles = (native.llama_adapter_lora_p_ctypes * len(self._loras))(*self._loras)
            scales = (ctypes.c_float * len(self._loras))(*self._scales)
            native.llama_set_adapters_lora(context, handles, len(self._loras), scales)
        if self._added is not None:
            n_layers, n_embd = self._added.shape
            values = np.ascontiguousarray(self._added[1:])
            data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            if native.llama_set_adapter_cvec(context, data, values.size, n_embd, 1, n_layers - 1) != 0:
                raise UserError(
                    f"{self._weights.path.name} cannot be steered. {log_tail()}".strip(), "Take the control vector out."
                )

    def close(self) -> None:
        """Frees the memory. The context must be closed."""
        for handle in self._loras:
            native.llama_adapter_lora_free(handle)
        self._loras = []


def _load_lora(weights: Weights, path: Path) -> Any:
    check_lora(path, weights.architecture)
    handle = native.llama_adapter_lora_init(weights.handle, os.fsencode(path))
    if not handle:
        raise UserError(
            f"{path.name} does not fit {weights.path.name}. {log_tail()}".strip(),
            "Choose an adapter that was made for these weights.",
        )
    return handle


def _added(weights: Weights, adapters: Sequence[Adapter]) -> NDArray[np.float32] | None:
    """Returns what control vectors together add behind each layer, (n_layers, n_embd); None: nothing."""
    added = np.zeros((weights.n_layers, weights.n_embd), np.float32)
    for adapter in adapters:
        vector = load_control_vector(adapter.path)
        if vector.n_embd != weights.n_embd or vector.n_layers > weights.n_layers:
            raise UserError(
                f"{adapter.path.name} was made for {vector.n_layers} layers of {vector.n_embd} numbers, and "
                f"{weights.path.name} has {weights.n_layers} of {weights.n_embd}.",
                "Choose a control vector that was made with these weights.",
            )
        added[: vector.n_layers] += vector.added(adapter.scale, adapter.first_layer, adapter.last_layer)
    return added if added.any() else None


class Context:
    """Sequences of tokens that weights have read, in memory."""

    def __init__(
        self,
        weights: Weights,
        *,
        n_ctx: int,
        n_sequences: int,
        n_threads: int,
        n_batch: int,
        layout: Layout,
        adapters: Sequence[Adapter] = (),
    ) -> None:
        """Takes the memory.

        Args:
            n_ctx: Tokens that one sequence can hold; 0: what the weights were trained for, at most 8,192.
            n_batch: Most tokens of one batch.
            layout: How sequences lie in memory; see `Layout`.
            adapters: What changes the weights in this context alone.

        Raises:
            UserError: There is no room, the weights write no text, or an adapter does not fit them.
        """
        weights.refuse_unfit()
        self._weights = weights
        self._n_vocab = weights.vocabulary.n_tokens
        self.n_batch = n_batch
        self.n_sequences = n_sequences
        self.layout = layout
        self.can_trim = weights.can_trim
        self.weights_name = weights.path.name
        self.on_gpu = weights.gpu[0] > 0
        self.n_threads = n_threads
        n_ctx = n_ctx or _context_length(weights)
        self._changes = _Changes(weights, adapters)
        already = _cache_bytes()
        self._handle = self._changes.applied_to(lambda: self._open(n_ctx, n_threads))
        self.kv_bytes = _cache_bytes() - already
        """Memory of all sequences, as llama.cpp reported it."""
        self._memory = native.llama_get_memory(self._handle)
        self._batch = native.llama_batch_init(n_batch, 0, 1)
        self._arrays = _BatchArrays(self._batch, n_batch)
        self._copied: set[int] = set()
        self.n_ctx = n_ctx if layout is Layout.SHARED else int(native.llama_n_ctx_seq(self._handle))

    def decode(
        self, chunks: Sequence[Chunk], should_stop: Callable[[], bool] = lambda: False
    ) -> list[NDArray[np.float32]] | Stop:
        """Reads chunks in one batch.

        Args:
            chunks: At most one a sequence, at most `n_batch` tokens and `N_ROWS_MAX` rows together.
            should_stop: Asked many times during a batch, where the weights run on the CPU.

        Returns:
            Logits of each chunk, (n_rows, n_vocab) float32.
        """
        self._batch.n_tokens = n_tokens = self._arrays.fill(chunks)
        self._copied.clear()
        stoppable = n_tokens > 1 and self.can_trim
        code = self._decode_unless(should_stop) if stoppable else self._decode()
        if code in (_STOPPED, _NO_ROOM):
            for chunk in chunks:  # of a batch in several parts, some may have been run
                native.llama_memory_seq_rm(self._memory, chunk.sequence, chunk.start, -1)
            return Stop.ASKED if code == _STOPPED else Stop.NO_ROOM
        if code != 0:
            raise UserError(
                f"llama.cpp could not run the weights {self._weights.path.name} (code {code}). {log_tail()}".strip(),
                "Choose a smaller context or other weights.",
            )
        return self._logits([chunk.n_rows for chunk in chunks])

    def trim(self, sequence: int, n_kept: int) -> int:
        """Forgets all but the first tokens of a sequence; returns how many are held then.

        Some weights cannot forget a part (recurrent state): these forget everything and return 0.
        """
        if n_kept > 0 and native.llama_memory_seq_rm(self._memory, sequence, n_kept, -1):
            return n_kept
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return 0

    def copy(self, source: int, target: int, n_tokens: int) -> int:
        """Makes a sequence hold the first tokens of another, instead of what it held; returns how many it holds.

        In a shared context the cells are shared, else their contents are copied.
        """
        native.llama_memory_seq_rm(self._memory, target, -1, -1)
        native.llama_memory_seq_cp(self._memory, source, target, -1, -1)
        self._copied.add(target)
        return self.trim(target, n_tokens)

    def save(self, sequence: int) -> bytes:
        """Returns the state of a sequence, for `restore` in a context of the same weights and layout.

        Empty for a sequence that was copied since the last batch: its cells are only there once a batch has been run.
        """
        if sequence in self._copied and self.layout is not Layout.SHARED:
            return b""
        size = native.llama_state_seq_get_size(self._handle, sequence)
        buffer = (ctypes.c_uint8 * size)()
        n_written = native.llama_state_seq_get_data(self._handle, buffer, size, sequence)
        return bytes(memoryview(buffer)[:n_written])

    def restore(self, sequence: int, state: bytes) -> bool:
        """Puts a saved state into a sequence, instead of what it held; False: there was no room, and it is empty."""
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if native.llama_state_seq_set_data(self._handle, buffer, len(state), sequence) == len(state):
            return True
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return False

    def with_adapters(self, adapters: Sequence[Adapter], n_sequences: int) -> "Context":
        """Opens another context like this one, with fewer sequences, where adapters change the weights."""
        return Context(
            self._weights,
            n_ctx=self.n_ctx,
            n_sequences=min(n_sequences, self.n_sequences),
            n_threads=self.n_threads,
            n_batch=self.n_batch,
            layout=self.layout,
            adapters=adapters,
        )

    def close(self) -> None:
        """Frees the memory."""
        native.llama_batch_free(self._batch)
        native.llama_free(self._handle)
        self._changes.close()

    def _decode(self) -> int:
        return int(native.llama_decode(self._handle, self._batch))

    def _decode_unless(self, should_stop: Callable[[], bool]) -> int:
        callback = native.ggml_abort_callback(lambda data: should_stop())
        native.llama_set_abort_callback(self._handle, callback, None)
        try:
            return self._decode()
        finally:
            native.llama_set_abort_callback(self._handle, native.ggml_abort_callback(0), None)

    def _logits(self, n_rows: Sequence[int]) -> list[NDArray[np.float32]]:
        total = sum(n_rows)
        if total == 0:
            return [np.empty((0, self._n_vocab), np.float32) for _ in n_rows]
        pointer = native.llama_get_logits(self._handle)  # also puts rows in the order of the batch
        if not pointer:
            raise UserError(f"{self._weights.path.name} gives no next token.", "Choose weights that write text.")
        rows = np.ctypeslib.as_array(pointer, (total, self._n_vocab)).copy()
        return np.split(rows, np.cumsum(n_rows)[:-1])

    def _open(self, n_ctx: int, n_threads: int) -> Any:
        params = native.llama_context_default_params()
        params.n_ctx = n_ctx * self.n_sequences
        params.n_seq_max = self.n_sequences
        params.kv_unified = self.layout is Layout.SHARED
        params.swa_full = True
        params.n_batch = params.n_ubatch = self.n_batch
        params.n_outputs_max = params.n_outputs_max_per_seq = N_ROWS_MAX
        if self._weights.n_gpu_layers == 0:
            fused = self.layout is not Layout.APART  # for one sequence it writes up to 1.5 times slower late in a scene
            kind = native.LLAMA_FLASH_ATTN_TYPE_ENABLED if fused else native.LLAMA_FLASH_ATTN_TYPE_DISABLED
            params.flash_attn_type = kind
        params.n_threads = 1 if self._weights.n_params < N_PARAMS_ONE_THREAD else n_threads
        params.n_threads_batch = n_threads
        params.no_perf = True
        context = native.llama_init_from_model(self._weights.handle, params)
        if not context:
            raise UserError(
                f"There is no room for the context of {self._weights.path.name}. {log_tail()}".strip(),
                "Choose a smaller context or fewer sequences.",
            )
        return context


class _BatchArrays:
    """Views on the memory of a native batch."""

    def __init__(self, batch: Any, size: int) -> None:
        self._tokens = np.ctypeslib.as_array(batch.token, (size,))
        self._positions = np.ctypeslib.as_array(batch.pos, (size,))
        self._n_sequences = np.ctypeslib.as_array(batch.n_seq_id, (size,))
        self._wanted = np.ctypeslib.as_array(batch.logits, (size,))
        self._sequences = [batch.seq_id[index] for index in range(size)]
        self._n_sequences[:] = 1

    def fill(self, chunks: Sequence[Chunk]) -> int:
        """Puts chunks one after the other; returns the number of tokens."""
        first = 0
        for tokens, sequence, start, n_rows in chunks:
            end = first + len(tokens)
            self._tokens[first:end] = tokens
            self._positions[first:end] = range(start, start + len(tokens))
            self._wanted[first:end] = 0
            self._wanted[end - n_rows : end] = 1
            for pointer in self._sequences[first:end]:
                pointer[0] = sequence
            first = end
        return first


def _load_model(path: Path, n_gpu_layers: int, safe_mode: bool, on_progress: Callable[[], None]) -> Any:
    @native.llama_progress_callback  # type: ignore[untyped-decorator]
    def progress(fraction: float, user_data: object) -> bool:
        on_progress()
        return True

    params = native.llama_model_default_params()
    params.n_gpu_layers = n_gpu_layers
    params.use_extra_bufts = not safe_mode
    params.progress_callback = progress
    model = native.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        raise UserError(
            f"llama.cpp cannot load {path.name}. {log_tail()}".strip(),
            "The file may be damaged, or made for a newer llama.cpp. Choose other weights.",
        )
    return model


def _cache_bytes() -> int:
    """Returns what llama.cpp said that caches took, all that its log still knows of."""
    sizes = re.findall(r"(?:KV|RS) buffer size = +([\d.]+) MiB", _log.text)
    return round(sum(map(float, sizes)) * 2**20)


def _context_length(weights: Weights) -> int:
    trained = int(native.llama_model_n_ctx_train(weights.handle))
    return min(trained, 8192) or 2048


class EmbeddingContext:
    """Reads whole texts and gives each one vector. Holds nothing from one batch to the next."""

    def __init__(self, weights: Weights, *, n_threads: int) -> None:
        """Takes the memory; weights that name no pooling are pooled by the mean.

        Raises:
            UserError: There is no room, or the weights rank texts instead.
        """
        self._weights = weights
        trained = int(native.llama_model_n_ctx_train(weights.handle))
        self.n_ctx = min(trained or N_EMBEDDED_TOKENS, N_EMBEDDED_TOKENS)
        """Tokens of one batch, and so of one text."""
        self.n_sequences = N_EMBEDDED_TEXTS
        """Most texts of one batch."""
        self.n_dimensions = int(native.llama_model_n_embd_out(weights.handle))
        self._handle = self._open(n_threads, native.LLAMA_POOLING_TYPE_UNSPECIFIED)
        if native.llama_pooling_type(self._handle) == native.LLAMA_POOLING_TYPE_NONE:
            native.llama_free(self._handle)
            self._handle = self._open(n_threads, native.LLAMA_POOLING_TYPE_MEAN)
        if native.llama_pooling_type(self._handle) == native.LLAMA_POOLING_TYPE_RANK:
            native.llama_free(self._handle)
            raise UserError(f"{weights.path.name} ranks texts and embeds none.", "Choose weights for embeddings.")
        self._batch = native.llama_batch_init(self.n_ctx, 0, 1)
        self._arrays = _BatchArrays(self._batch, self.n_ctx)

    def tokenize(self, text: str) -> list[int]:
        """Returns the tokens of a text, with those that the weights want around it."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (native.llama_token * room)()
        vocabulary = native.llama_model_get_vocab(self._weights.handle)
        count = native.llama_tokenize(vocabulary, data, len(data), buffer, room, True, False)
        return list(buffer[: max(0, count)])

    def embed(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Returns the pooled vector of each text, (n_texts, n_dimensions), in one batch; of an empty text zeros."""
        chunks = [Chunk(tokens, place, 0, len(tokens)) for place, tokens in enumerate(texts) if len(tokens)]
        vectors = np.zeros((len(texts), self.n_dimensions), np.float32)
        if not chunks:
            return vectors
        native.llama_memory_clear(native.llama_get_memory(self._handle), False)
        self._batch.n_tokens = self._arrays.fill(chunks)
        code = native.llama_decode(self._handle, self._batch)
        if code != 0:
            raise UserError(
                f"llama.cpp could not run the weights {self._weights.path.name} (code {code}). {log_tail()}".strip(),
                "Choose other weights.",
            )
        for chunk in chunks:
            pointer = native.llama_get_embeddings_seq(self._handle, chunk.sequence)
            vectors[chunk.sequence] = np.ctypeslib.as_array(pointer, (self.n_dimensions,))
        return vectors

    def close(self) -> None:
        """Frees the memory."""
        native.llama_batch_free(self._batch)
        native.llama_free(self._handle)

    def _open(self, n_threads: int, pooling: int) -> Any:
        params = native.llama_context_default_params()
        params.embeddings = True
        params.pooling_type = pooling
        params.n_ctx = params.n_batch = params.n_ubatch = self.n_ctx
        params.n_seq_max = self.n_sequences
        params.kv_unified = True
        params.n_threads = params.n_threads_batch = n_threads
        params.no_perf = True
        context = native.llama_init_from_model(self._weights.handle, params)
        if not context:
            raise UserError(
                f"There is no room to embed texts with {self._weights.path.name}. {log_tail()}".strip(),
                "Choose smaller weights.",
            )
        return context


class ResidualContext:
    """Reads passages one by one and gives the residual stream behind each layer. Holds nothing between two."""

    def __init__(self, weights: Weights, *, n_threads: int, adapters: Sequence[Adapter] = ()) -> None:
        """Takes the memory. Raises UserError when there is no room, or an adapter does not fit."""
        weights.refuse_unfit()
        self._weights = weights
        self.n_ctx = min(_context_length(weights), N_RESIDUAL_TOKENS)
        """Tokens of the longest passage."""
        self._seen: dict[int, NDArray[np.float32]] = {}
        self._callback = native.ggml_backend_sched_eval_callback(self._take)
        self._changes = _Changes(weights, adapters)
        self._handle = self._changes.applied_to(lambda: self._open(n_threads))
        self._batch = native.llama_batch_init(self.n_ctx, 0, 1)
        self._arrays = _BatchArrays(self._batch, self.n_ctx)

    def read(self, tokens: Sequence[int], n_last: int) -> NDArray[np.float32]:
        """Returns the residuals of the last tokens of a passage, averaged over them: (n_layers, n_embd).

        Args:
            n_last: At least 1 and at most `N_ROWS_MAX`: behind the last layer only rows with logits are computed.
        """
        self._seen.clear()
        native.llama_memory_clear(native.llama_get_memory(self._handle), False)
        self._batch.n_tokens = self._arrays.fill([Chunk(tokens, 0, 0, n_last)])
        code = native.llama_decode(self._handle, self._batch)
        if code != 0:
            raise UserError(
                f"llama.cpp could not run the weights {self._weights.path.name} (code {code}). {log_tail()}".strip(),
                "Choose other weights.",
            )
        if sorted(self._seen) != list(range(self._weights.n_layers)):
            raise UserError(f"{self._weights.path.name} does not show its layers.", "Choose weights of another kind.")
        means = [self._seen[layer][-n_last:].mean(axis=0) for layer in range(self._weights.n_layers)]
        return np.stack(means).astype(np.float32)

    def close(self) -> None:
        """Frees the memory."""
        native.llama_batch_free(self._batch)
        native.llama_free(self._handle)
        self._changes.close()

    def _take(self, tensor: Any, is_asked: bool, user_data: object) -> bool:
        """Keeps what comes out of a layer; told of each tensor before (whether it is wanted) and after."""
        name = _ggml.ggml_get_name(tensor)
        if not name.startswith(_LAYER_OUT):
            return not is_asked
        if not is_asked:
            values = np.empty(_ggml.ggml_nbytes(tensor) // 4, np.float32)
            _ggml.ggml_backend_tensor_get(tensor, values.ctypes.data, 0, values.nbytes)
            self._seen[int(name.removeprefix(_LAYER_OUT))] = values.reshape(-1, self._weights.n_embd)
        return True

    def _open(self, n_threads: int) -> Any:
        params = native.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self.n_ctx
        params.n_seq_max = 1
        params.n_outputs_max = params.n_outputs_max_per_seq = N_ROWS_MAX
        params.n_threads = params.n_threads_batch = n_threads
        params.cb_eval = self._callback
        params.no_perf = True
        context = native.llama_init_from_model(self._weights.handle, params)
        if not context:
            raise UserError(
                f"There is no room to look into {self._weights.path.name}. {log_tail()}".strip(),
                "Choose smaller weights.",
            )
        return context


_LAYER_OUT = b"l_out-"


def _load_ggml() -> Any:
    """Returns the functions that read tensors; the binding has no names for them."""
    library = load_shared_library("ggml-base", libggml_base_path)
    library.ggml_get_name.argtypes = [ctypes.c_void_p]
    library.ggml_get_name.restype = ctypes.c_char_p
    library.ggml_nbytes.argtypes = [ctypes.c_void_p]
    library.ggml_nbytes.restype = ctypes.c_size_t
    library.ggml_backend_tensor_get.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
    library.ggml_backend_tensor_get.restype = None
    return library


_ggml = _load_ggml()


def gbnf_of_json_schema(schema: str) -> str:
    """Returns a grammar of the JSON texts that a JSON Schema describes, as llama.cpp's own tools make it.

    Nothing is checked here: a schema that is broken or hostile raises whatever it comes to.
    """
    from llama_cpp.llama_grammar import json_schema_to_gbnf

    grammar: str = json_schema_to_gbnf(schema)
    return grammar
