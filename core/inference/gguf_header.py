"""Reads the head of a GGUF file without loading it, and without trusting a single number in it.

Every count and length is checked against the size of the file before anything is read or reserved for it.
"""

import hashlib
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import UserError

MAGIC = b"GGUF"
MAX_HEAD_BYTES = 256 * 2**20
MAX_KEYS = 100_000
MAX_TENSORS = 200_000
MAX_ELEMENTS = 20_000_000
"""Elements of all lists together."""
MAX_KEPT_TEXT = 4 * 2**20
MAX_KEPT_ELEMENTS = 4096

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9

TENSOR_TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
}  # fmt: skip
"""Number -> name, values in a block, bytes of a block."""


@dataclass(frozen=True, slots=True)
class WeightsHeader:
    """What a GGUF file says of itself."""

    path: Path
    size_bytes: int
    name: str
    architecture: str
    quantisation: str
    """The type that most bytes are in."""
    n_params: int
    tensor_bytes: int
    n_layers: int
    n_embd: int
    n_ff: int
    n_heads: int
    n_heads_kv: int
    """Of the layer that has most."""
    n_head_dim: int
    """Of keys and values together, per head."""
    n_ctx_train: int
    n_vocab: int
    has_template: bool


class _Broken(Exception):
    """The file is not what it says. The text completes the sentence `<file> …`."""


def inspect_gguf(path: Path) -> WeightsHeader:
    """Reads facts from a GGUF file.

    Raises:
        UserError: There is no such file, or it is no GGUF, or not all of it is there.
    """
    if path.exists() and not path.is_file():  # to open a pipe would wait for its other end
        raise UserError(f"{path} cannot be read: it is not a file.", "Choose other weights.")
    try:
        with open(path, "rb") as stream:
            return _read_header(path, stream)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose other weights.") from error
    except _Broken as broken:
        raise UserError(f"{path.name} {broken}", "Download the weights again or choose others.") from broken


def weights_sha256(path: Path) -> str:
    """Returns the hash of a file, or of its first and last 16 MiB and its size when it is larger than 1 GiB."""
    digest, edge, whole = hashlib.sha256(), 16 * 2**20, 2**30
    try:
        size = path.stat().st_size
        with open(path, "rb") as stream:
            if size <= whole:
                return hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(stream.read(edge))
            stream.seek(size - edge)
            digest.update(stream.read(edge))
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose other weights.") from error
    digest.update(str(size).encode())
    return digest.hexdigest()


class _Reader:
    """Reads numbers and texts, and stops where the file or the patience ends."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._limit = min(size, MAX_HEAD_BYTES)
        self._truncated = size <= MAX_HEAD_BYTES
        self._elements = MAX_ELEMENTS
        self.position = 0

    def take(self, count: int) -> bytes:
        self._advance(count)
        return self._stream.read(count)

    def skip(self, count: int) -> None:
        self._advance(count)
        self._stream.seek(count, 1)

    def number(self, code: str) -> Any:
        size = struct.calcsize(f"<{code}")
        return struct.unpack(f"<{code}", self.take(size))[0]

    def text(self) -> str:
        length = self.number("Q")
        if length > MAX_KEPT_TEXT:
            raise _Broken("holds a text of absurd length.")
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        """Returns a number, a text, a short list of numbers, or the length of any other list."""
        if kind == _TEXT:
            return self.text()
        if kind == _LIST:
            return self._list()
        if kind not in _NUMBERS:
            raise _Broken(f"holds a value of unknown kind {kind}.")
        return self.number(_NUMBERS[kind])

    def _list(self) -> Any:
        kind, count = self.number("I"), self.number("Q")
        self._elements -= count
        if self._elements < 0:
            raise _Broken("holds a list of absurd length.")
        if kind == _TEXT:
            for _ in range(count):
                self.skip(self.number("Q"))
            return count
        if kind not in _NUMBERS:
            raise _Broken(f"holds a list of unknown kind {kind}.")
        size = struct.calcsize(f"<{_NUMBERS[kind]}")
        if count > MAX_KEPT_ELEMENTS:
            self.skip(count * size)
            return count
        return list(struct.unpack(f"<{count}{_NUMBERS[kind]}", self.take(count * size)))

    def _advance(self, count: int) -> None:
        if count > self._limit - self.position:
            raise _Broken(
                "ends too early: not all of it is there." if self._truncated else "has a head of absurd size."
            )
        self.position += count


def _read_header(path: Path, stream: BinaryIO) -> WeightsHeader:
    size = path.stat().st_size
    if size == 0:
        raise _Broken("is empty.")
    reader = _Reader(stream, size)
    if size < 24 or reader.take(4) != MAGIC:
        raise _Broken("is not a GGUF file.")
    version = reader.number("I")
    if version not in (2, 3):
        raise _Broken(f"is of GGUF version {version}; versions 2 and 3 can be read.")
    n_tensors, n_keys = reader.number("Q"), reader.number("Q")
    if n_tensors > MAX_TENSORS or n_keys > MAX_KEYS:
        raise _Broken("claims an absurd number of parts.")
    values = {}
    for _ in range(n_keys):
        key = reader.text()
        values[key] = reader.value(reader.number("I"))
    tensors = [_read_tensor(reader) for _ in range(n_tensors)]
    _check_complete(tensors, reader.position, values.get("general.alignment", 32), size)
    return _header(path, size, values, tensors)


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    sizes: tuple[int, ...]
    type_name: str
    offset: int
    n_bytes: int

    @property
    def n_values(self) -> int:
        return math.prod(self.sizes)


def _read_tensor(reader: _Reader) -> _Tensor:
    name = reader.text()
    n_dimensions = reader.number("I")
    if n_dimensions > 4:
        raise _Broken("holds a tensor of too many dimensions.")
    sizes = tuple(reader.number("Q") for _ in range(n_dimensions))
    kind, offset = reader.number("I"), reader.number("Q")
    if kind not in TENSOR_TYPES:
        raise _Broken(f"uses the number format {kind}, which this version does not know.")
    type_name, n_block, block_bytes = TENSOR_TYPES[kind]
    return _Tensor(name, sizes, type_name, offset, math.prod(sizes) // n_block * block_bytes)


def _check_complete(tensors: list[_Tensor], head_bytes: int, alignment: object, size: int) -> None:
    if not isinstance(alignment, int) or not 1 <= alignment <= 2**20:
        raise _Broken("has an absurd alignment.")
    if not tensors:
        raise _Broken("holds no weights.")
    start = -(-head_bytes // alignment) * alignment
    needed = start + max(tensor.offset + tensor.n_bytes for tensor in tensors)
    if needed > size:
        raise _Broken(f"is cut off: {size:,} of {needed:,} bytes are there.")


def _header(path: Path, size: int, values: dict[str, Any], tensors: list[_Tensor]) -> WeightsHeader:
    architecture = _text(values, "general.architecture")
    if not architecture:
        raise _Broken("does not say what it is made of.")

    def number(key: str, default: int = 0) -> int:
        return _number(values.get(f"{architecture}.{key}"), default)

    n_embd, n_heads = number("embedding_length"), number("attention.head_count")
    head_dim = n_embd // n_heads if n_heads else 0
    bytes_by_type: dict[str, int] = {}
    for tensor in tensors:
        bytes_by_type[tensor.type_name] = bytes_by_type.get(tensor.type_name, 0) + tensor.n_bytes
    return WeightsHeader(
        path=path,
        size_bytes=size,
        name=_text(values, "general.name") or path.stem,
        architecture=architecture,
        quantisation=max(bytes_by_type, key=lambda name: bytes_by_type[name]),
        n_params=sum(tensor.n_values for tensor in tensors),
        tensor_bytes=sum(tensor.n_bytes for tensor in tensors),
        n_layers=number("block_count"),
        n_embd=n_embd,
        n_ff=number("feed_forward_length"),
        n_heads=n_heads,
        n_heads_kv=number("attention.head_count_kv", n_heads),
        n_head_dim=number("attention.key_length", head_dim) + number("attention.value_length", head_dim),
        n_ctx_train=number("context_length"),
        n_vocab=_n_vocab(values, tensors),
        has_template=bool(_text(values, "tokenizer.chat_template")),
    )


def _number(value: object, default: int) -> int:
    """Returns a number; of a list its largest, since sizes may differ by layer."""
    if isinstance(value, list):
        numbers = [item for item in value if isinstance(item, int)]
        return max(numbers, default=default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _n_vocab(values: dict[str, Any], tensors: list[_Tensor]) -> int:
    listed = values.get("tokenizer.ggml.tokens")
    if isinstance(listed, int):
        return listed
    return next((max(tensor.sizes) for tensor in tensors if tensor.name == "token_embd.weight" and tensor.sizes), 0)
