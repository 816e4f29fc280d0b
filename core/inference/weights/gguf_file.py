"""Takes a GGUF file apart into named values and descriptions of tensors, without trusting a single number in it.

Every count and length is checked against the size of the file before anything is read or reserved for it, and what is
kept of all of it together has a limit. Knows no architecture.
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MAGIC = b"GGUF"
MAX_HEAD_BYTES = 256 * 2**20
MAX_KEYS = 100_000
MAX_TENSORS = 50_000
"""Of all parts of split weights together; the largest weights have some thousands."""
MAX_ELEMENTS = 20_000_000
"""Elements of all lists together, most of which are passed over."""
MAX_TEXT_BYTES = 4 * 2**20
"""One text."""
MAX_KEPT_TEXT_BYTES = 16 * 2**20
"""All texts of a file that are kept, with the names of its values and tensors."""
MAX_LIST_ELEMENTS = 4096
"""A list that is kept: nothing that is listed by layer is longer."""
MAX_KEPT_ELEMENTS = 1_000_000
"""Numbers and texts of a file that are kept, in lists or alone."""
CHUNK_BYTES = 2**18

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
_TOKENIZER = "tokenizer."
_READ_OF_TOKENIZER = frozenset({"tokenizer.chat_template", "tokenizer.ggml.model", "tokenizer.ggml.tokens"})
"""Most of a head says how text is cut into tokens, which concerns nobody but llama.cpp."""

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


class Broken(Exception):
    """The file is not what it says. The text completes the sentence `<file> …`."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where one tensor lies and what it holds; nothing of it is read."""

    name: str
    sizes: tuple[int, ...]
    type_name: str
    offset: int
    """From where the data of its file begins, see `data_start`."""
    n_bytes: int

    @property
    def n_values(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.sizes)


def read_file(path: Path) -> tuple[dict[str, Any], list[Tensor], int]:
    """Returns the values and tensors that one file names, and its size in bytes.

    Raises:
        Broken: It is no GGUF, or not all of it is there. It may hold no tensors.
        OSError: It cannot be read.
    """
    values, tensors, size, _ = _take_apart(path)
    return values, tensors, size


def data_start(path: Path) -> int:
    """Returns where in a file the data of its tensors begins, in bytes. Raises what `read_file` does."""
    return _take_apart(path)[3]


def _take_apart(path: Path) -> tuple[dict[str, Any], list[Tensor], int, int]:
    with open(path, "rb") as stream:
        size = path.stat().st_size
        if size == 0:
            raise Broken("is empty.")
        reader = _Reader(stream, size)
        if size < 24 or reader.take(4) != MAGIC:
            raise Broken("is not a GGUF file.")
        version = reader.number("I")
        if version not in (2, 3):
            raise Broken(f"is of GGUF version {version}; versions 2 and 3 can be read.")
        n_tensors, n_keys = reader.number("Q"), reader.number("Q")
        if n_tensors > MAX_TENSORS or n_keys > MAX_KEYS:
            raise Broken("claims an absurd number of parts.")
        values = {}
        for _ in range(n_keys):
            key, kind = reader.text(), reader.number("I")
            if key.startswith(_TOKENIZER) and key not in _READ_OF_TOKENIZER:
                reader.skip_value(kind)
            else:
                values[key] = reader.value(kind)
        tensors = [_read_tensor(reader) for _ in range(n_tensors)]
    start = _check_complete(tensors, reader.position, values.get("general.alignment", 32), size)
    return values, tensors, size, start


class _Reader:
    """Reads numbers and texts, and stops where the file, the patience or the room for what is kept ends."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._limit = min(size, MAX_HEAD_BYTES)
        self._truncated = size <= MAX_HEAD_BYTES
        self._elements = MAX_ELEMENTS
        self._kept_elements = MAX_KEPT_ELEMENTS
        self._kept_text_bytes = MAX_KEPT_TEXT_BYTES
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
        if length > MAX_TEXT_BYTES:
            raise Broken("holds a text of absurd length.")
        self._kept_text_bytes -= length
        if self._kept_text_bytes < 0:
            raise Broken("holds an absurd amount of text.")
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        """Returns a number, a text, a short list of numbers, or the length of any other list."""
        self._keep(1)
        if kind == _LIST:
            return self._list(MAX_LIST_ELEMENTS)
        return self.text() if kind == _TEXT else self.number(_number_code(kind))

    def skip_value(self, kind: int) -> None:
        """Passes over what `value` would return."""
        if kind == _LIST:
            self._list(0)
        elif kind == _TEXT:
            self.skip(self.number("Q"))
        else:
            self.skip(struct.calcsize(f"<{_number_code(kind)}"))

    def _list(self, max_kept: int) -> Any:
        kind, count = self.number("I"), self.number("Q")
        self._elements -= count
        if self._elements < 0:
            raise Broken("holds a list of absurd length.")
        if kind == _TEXT:
            self._skip_texts(count)
            return count
        if kind not in _NUMBERS:
            raise Broken(f"holds a list of unknown kind {kind}.")
        size = struct.calcsize(f"<{_NUMBERS[kind]}")
        if count > max_kept:
            self.skip(count * size)
            return count
        self._keep(count)
        return list(struct.unpack(f"<{count}{_NUMBERS[kind]}", self.take(count * size)))

    def _keep(self, count: int) -> None:
        self._kept_elements -= count
        if self._kept_elements < 0:
            raise Broken("holds an absurd number of values.")

    def _skip_texts(self, count: int) -> None:
        """Vocabularies have hundreds of thousands of texts: their lengths are read from large pieces of the file."""
        piece, place = b"", 0
        for _ in range(count):
            if len(piece) - place < 8:
                self._stream.seek(place - len(piece), 1)
                piece, place = self._stream.read(CHUNK_BYTES), 0
            self._advance(8)
            length = int.from_bytes(piece[place : place + 8], "little")
            self._advance(length)
            place += 8 + length
            if place > len(piece):
                self._stream.seek(place - len(piece), 1)
                piece, place = b"", 0
        self._stream.seek(place - len(piece), 1)

    def _advance(self, count: int) -> None:
        if count > self._limit - self.position:
            raise Broken("ends too early: not all of it is there." if self._truncated else "has a head of absurd size.")
        self.position += count


def _number_code(kind: int) -> str:
    if kind not in _NUMBERS:
        raise Broken(f"holds a value of unknown kind {kind}.")
    return _NUMBERS[kind]


def _read_tensor(reader: _Reader) -> Tensor:
    name = reader.text()
    n_dimensions = reader.number("I")
    if n_dimensions > 4:
        raise Broken("holds a tensor of too many dimensions.")
    sizes = tuple(reader.number("Q") for _ in range(n_dimensions))
    kind, offset = reader.number("I"), reader.number("Q")
    if kind not in TENSOR_TYPES:
        raise Broken(f"uses the number format {kind}, which this version does not know.")
    type_name, n_block, block_bytes = TENSOR_TYPES[kind]
    return Tensor(name, sizes, type_name, offset, math.prod(sizes) // n_block * block_bytes)


def _check_complete(tensors: list[Tensor], head_bytes: int, alignment: object, size: int) -> int:
    if not isinstance(alignment, int) or not 1 <= alignment <= 2**20:
        raise Broken("has an absurd alignment.")
    start = -(-head_bytes // alignment) * alignment
    if not tensors:  # the first part of split weights may be all head
        return start
    needed = start + max(tensor.offset + tensor.n_bytes for tensor in tensors)
    if needed > size:
        raise Broken(f"is cut off: {size:,} of {needed:,} bytes are there.")
    return start
