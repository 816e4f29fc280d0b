"""The only file that touches llama_cpp: weights, their vocabulary, one context with a sequence per character.

Tokens in, logits out. Knows nothing of chats, requests or scheduling. One thread only.
"""

import ctypes
import os
import re
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as native
import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

N_ROWS_MAX = 64
"""Most positions of one batch whose logits are returned; bounds the memory that logits take."""

N_PARAMS_ONE_THREAD = 10_000_000
"""Smaller weights write with one thread: to wake a second one takes longer than it saves."""

_STOPPED = 2
"""What llama_decode returns when its abort callback said so."""

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


class Weights:
    """Weights in memory and the context that runs them. Sequences are apart: none changes what another computes."""

    def __init__(
        self,
        path: Path,
        *,
        n_ctx: int,
        n_sequences: int,
        n_threads: int,
        n_gpu_layers: int,
        n_batch: int,
        safe_mode: bool,
        on_progress: Callable[[], None],
    ) -> None:
        """Loads weights.

        Args:
            n_ctx: Tokens that one sequence can hold; 0: what the weights were trained for, at most 8,192.
            safe_mode: Leave out the kernels that reorder weights; they abort on some machines.
            on_progress: Called now and then while weights load.
        """
        capture_log()
        native.llama_backend_init()
        self.path = path
        self.n_batch = n_batch
        self._context: Any = None
        self._batch: Any = None
        self._model = _load_model(path, n_gpu_layers, safe_mode, on_progress)
        self._refuse_unfit()
        self.n_ctx = _context_length(self._model, n_ctx)
        self.vocabulary = Vocabulary(native.llama_model_get_vocab(self._model))
        self._context = self._open_context(n_sequences, n_threads, n_gpu_layers)
        self._memory = native.llama_get_memory(self._context)
        self._can_trim = not (native.llama_model_is_recurrent(self._model) or native.llama_model_is_hybrid(self._model))
        self._batch = native.llama_batch_init(n_batch, 0, 1)
        self._arrays = _BatchArrays(self._batch, n_batch)
        self.n_ctx = native.llama_n_ctx_seq(self._context)

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return int(native.llama_model_n_params(self._model))

    @property
    def name(self) -> str:
        """The name in the weights' metadata; empty if none."""
        buffer = ctypes.create_string_buffer(256)
        count = native.llama_model_meta_val_str(self._model, b"general.name", buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if count > 0 else ""

    @property
    def chat_template(self) -> str:
        """The chat template inside the weights; empty if none."""
        text: bytes | None = native.llama_model_chat_template(self._model, None)
        return (text or b"").decode("utf-8", "replace")

    @property
    def kv_bytes(self) -> int:
        """Memory of all sequences, as llama.cpp reported it."""
        sizes = re.findall(r"(?:KV|RS) buffer size = +([\d.]+) MiB", _log.text)
        return round(sum(map(float, sizes)) * 2**20)

    @property
    def gpu(self) -> tuple[int, str]:
        """Layers on a GPU and the GPU's name, as llama.cpp reported them; (0, "") when none is used."""
        text = _log.text
        layers = re.findall(r"offloaded (\d+)/\d+ layers to GPU", text)
        device = re.findall(r"using device (\S+ \([^)]*\))", text)
        if not native.llama_supports_gpu_offload() or not layers or not device:
            return 0, ""
        return int(layers[-1]), device[0] if int(layers[-1]) else ""

    def decode(
        self,
        tokens: Sequence[int],
        sequence: int,
        start: int,
        n_rows: int,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> NDArray[np.float32] | None:
        """Reads tokens into a sequence, in one batch.

        Args:
            tokens: At most `n_batch`.
            start: Position of the first of them; the sequence holds exactly that many tokens.
            n_rows: For how many of the last tokens the logits of what follows are wanted, at most `N_ROWS_MAX`.
            should_stop: Asked many times during a batch of several tokens, where the weights run on the CPU.

        Returns:
            Logits, (n_rows, n_vocab) float32. None: it was stopped, and the sequence is as it was before.
        """
        self._arrays.fill(tokens, sequence, start, n_rows)
        self._batch.n_tokens = len(tokens)
        code = self._decode_unless(should_stop) if len(tokens) > 1 and self._can_trim else self._decode()
        if code == _STOPPED:
            return None
        if code != 0:
            raise UserError(
                f"llama.cpp could not run the weights {self.path.name} (code {code}). {log_tail()}".strip(),
                "Choose a smaller context or other weights.",
            )
        if n_rows == 0:
            return np.empty((0, self.vocabulary.n_tokens), np.float32)
        pointer = native.llama_get_logits(self._context)
        if not pointer:
            raise UserError(f"{self.path.name} gives no next token.", "Choose weights that write text.")
        return np.ctypeslib.as_array(pointer, (n_rows, self.vocabulary.n_tokens)).copy()

    def _decode(self) -> int:
        return int(native.llama_decode(self._context, self._batch))

    def _decode_unless(self, should_stop: Callable[[], bool]) -> int:
        callback = native.ggml_abort_callback(lambda data: should_stop())
        native.llama_set_abort_callback(self._context, callback, None)
        try:
            return self._decode()
        finally:
            native.llama_set_abort_callback(self._context, native.ggml_abort_callback(0), None)

    def trim(self, sequence: int, n_kept: int) -> int:
        """Forgets all but the first tokens of a sequence; returns how many are held then.

        Some weights cannot forget a part (recurrent state): these forget everything and return 0.
        """
        if n_kept > 0 and native.llama_memory_seq_rm(self._memory, sequence, n_kept, -1):
            return n_kept
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return 0

    def close(self) -> None:
        """Frees the memory."""
        if self._batch is not None:
            native.llama_batch_free(self._batch)
        if self._context is not None:
            native.llama_free(self._context)
        native.llama_model_free(self._model)
        self._batch = self._context = None

    def _refuse_unfit(self) -> None:
        reads_only = native.llama_model_has_encoder(self._model) or not native.llama_model_has_decoder(self._model)
        if reads_only or native.llama_model_is_diffusion(self._model):
            raise UserError(f"{self.path.name} does not write text token by token.", "Choose weights made for chat.")

    def _open_context(self, n_sequences: int, n_threads: int, n_gpu_layers: int) -> Any:
        params = native.llama_context_default_params()
        params.n_ctx = self.n_ctx * n_sequences
        params.n_seq_max = n_sequences
        params.kv_unified = False
        params.swa_full = True
        params.n_batch = params.n_ubatch = self.n_batch
        params.n_outputs_max = params.n_outputs_max_per_seq = N_ROWS_MAX
        if n_gpu_layers == 0:  # on CPUs the fused kernel writes up to 1.5 times slower late in a scene
            params.flash_attn_type = native.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.n_threads = 1 if self.n_params < N_PARAMS_ONE_THREAD else n_threads
        params.n_threads_batch = n_threads
        params.no_perf = True
        context = native.llama_init_from_model(self._model, params)
        if not context:
            raise UserError(
                f"There is no room for the context of {self.path.name}. {log_tail()}".strip(),
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

    def fill(self, tokens: Sequence[int], sequence: int, start: int, n_rows: int) -> None:
        count = len(tokens)
        self._tokens[:count] = tokens
        self._positions[:count] = range(start, start + count)
        self._wanted[:count] = 0
        self._wanted[count - n_rows : count] = 1
        for pointer in self._sequences[:count]:
            pointer[0] = sequence


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


def _context_length(model: Any, wanted: int) -> int:
    trained = int(native.llama_model_n_ctx_train(model))
    return wanted or min(trained, 8192) or 2048
