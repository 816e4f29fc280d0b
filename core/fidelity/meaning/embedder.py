"""Texts to vectors that lie close where the texts mean the same: the house embedder, without weights of any chat.

A vector is the sum of its pieces' vectors, so it knows words but not their order.
`assets/weights/train_embedder.py` makes the file; `assets/weights/EMBEDDER_CARD.md` says what it is good for.
"""

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.fidelity.meaning.word_pieces import WordPieces

FILE_NAME = "tableread-embed.safetensors"
FORMAT = "tableread-embed-1"
MAX_FILE_BYTES = 64_000_000
_MAX_HEADER_BYTES = 100_000
_TYPES: dict[str, np.dtype[Any]] = {"I8": np.dtype("i1"), "U8": np.dtype("u1"), "F16": np.dtype("<f2")}
_PART_TEXTS = 256
"""So many texts at a time: their pieces' vectors stay in the processor's cache."""


class Embedder:
    """Static vectors of word pieces, learned from a sentence encoder and from personas and what they say.

    For any thread. Source: model2vec, Tulkens and van Dongen (2024), github.com/MinishLab/model2vec; we differ: weights
    and vectors are tuned on dialogue, so that a persona's statement and a turn that shows it lie close.
    """

    def __init__(self, path: Path) -> None:
        """Loads a file.

        Raises:
            UserError: It cannot be read, or is not what `train_embedder.py` writes.
        """
        tables = _read(path)
        self._vectors = np.multiply(tables.rows, tables.scales.astype(np.float32)[:, None], dtype=np.float32)
        self._pieces = WordPieces(tables.pieces, len(tables.rows) - len(tables.pieces))

    @property
    def n_dimensions(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts: (n_texts, n_dimensions) float32 rows of length 1, so that products of rows are cosines.

        A text without any letter or digit has a row of zeros. A row depends on its text alone.
        """
        sums = np.zeros((len(texts), self.n_dimensions), np.float32)
        for start in range(0, len(texts), _PART_TEXTS):
            self._add_up([self._pieces.numbers(text) for text in texts[start : start + _PART_TEXTS]], sums[start:])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        np.divide(sums, lengths, out=sums, where=lengths > 0)
        return sums

    def _add_up(self, texts: list[list[int]], sums: NDArray[np.float32]) -> None:
        places = [place for place, numbers in enumerate(texts) if numbers]
        if not places:
            return
        counts = [len(texts[place]) for place in places]
        starts = np.cumsum([0, *counts[:-1]])
        flat = np.fromiter((one for place in places for one in texts[place]), np.intp, sum(counts))
        sums[places] = np.add.reduceat(self._vectors[flat], starts, axis=0)


@cache
def house_embedder() -> Embedder:
    """Returns the one that Tableread brings along, loaded at the first call."""
    with as_file(files("assets") / "weights" / FILE_NAME) as path:
        return Embedder(path)


class _Tables(NamedTuple):
    rows: NDArray[np.int8]
    scales: NDArray[np.float16]
    pieces: list[str]


def _read(path: Path) -> _Tables:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror}.", "Install Tableread again.") from error
    try:
        return _parse(data)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        message = f"{path.name} is no embedder of Tableread, or is broken."
        raise UserError(message, "Install Tableread again.") from error


def _parse(data: bytes) -> _Tables:
    n_header = int.from_bytes(data[:8], "little")
    if len(data) > MAX_FILE_BYTES or not 0 < n_header <= min(_MAX_HEADER_BYTES, len(data) - 8):
        raise ValueError("size")
    header = json.loads(data[8 : 8 + n_header])
    if header["__metadata__"]["format"] != FORMAT:
        raise ValueError("format")
    body = data[8 + n_header :]
    rows: NDArray[np.int8] = _tensor(header["rows"], "I8", body)
    scales: NDArray[np.float16] = _tensor(header["scales"], "F16", body)
    pieces = _tensor(header["pieces"], "U8", body).tobytes().decode("utf-8").split("\n")
    if rows.ndim != 2 or not rows.shape[1] or scales.shape != rows.shape[:1] or not np.isfinite(scales).all():
        raise ValueError("rows")
    if not len(set(pieces)) == len(pieces) <= len(rows):
        raise ValueError("pieces")
    return _Tables(rows, scales, pieces)


def _tensor(entry: dict[str, Any], kind: str, body: bytes) -> NDArray[Any]:
    start, end = entry["data_offsets"]
    shape = [int(size) for size in entry["shape"]]
    dtype = _TYPES[kind]
    if entry["dtype"] != kind or min(start, *shape) < 0 or end - start != math.prod(shape) * dtype.itemsize:
        raise ValueError("shape")
    return np.frombuffer(body[start:end], dtype).reshape(shape)
