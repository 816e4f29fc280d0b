"""Facts about weights from the head of a GGUF file, which is not loaded: what they are for, how large, how made."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.inference.weights.gguf_file import MAX_TENSORS, Broken, Tensor, read_file
from core.inference.weights.layer_shapes import LayerShapes, as_number

MAX_PARTS = 999
_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.DOTALL)

FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4", 39: "NVFP4",
    40: "Q1_0",
}  # fmt: skip
"""Number -> the mix of tensor types that people know it by."""

EMBEDDERS = frozenset(
    {"bert", "modern-bert", "nomic-bert", "nomic-bert-moe", "neo-bert", "jina-bert-v2", "jina-bert-v3", "eurobert"}
    | {"gemma-embedding", "llama-embed", "t5encoder"}
)
HELPERS = frozenset({"eagle3", "dflash", "gemma4-assistant", "wavtokenizer-dec"})
"""Architectures that only work beside other weights."""


class WeightsKind(StrEnum):
    """What a GGUF file is for."""

    CHAT = "chat"
    EMBEDDING = "embedding"
    PROJECTOR = "projector"
    """Turns pictures or sound into tokens of other weights."""
    ADAPTER = "adapter"
    """A LoRA, which changes other weights."""
    CONTROL = "control vector"
    OTHER = "other"
    """It writes no text: no vocabulary, or a part that only works beside other weights."""


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
    kind: WeightsKind = WeightsKind.CHAT
    n_kv_values: int = 0
    """Numbers that one token takes in the KV cache, over all layers."""
    n_state_values: int = 0
    """Numbers that one sequence takes however long it is, in weights with a recurrent memory."""
    sliding_window: int = 0
    """Tokens that the layers with a sliding window look back on; 0: all layers see everything."""
    licence: str = ""
    n_files: int = 1


def inspect_gguf(path: Path) -> WeightsHeader:
    """Reads facts from a GGUF file.

    Raises:
        UserError: There is no such file, or it is no GGUF, or not all of it is there.
    """
    _refuse_no_file(path)
    try:
        return _read_header(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose other weights.") from error
    except Broken as broken:
        raise UserError(f"{path.name} {broken}", "Download the weights again or choose others.") from broken


def parts_of(path: Path) -> tuple[Path, ...]:
    """Returns the files that weights are split into, by the name of the first; just the file when it is whole."""
    match = _PART.fullmatch(path.name)
    if not match or not 1 < int(match["count"]) <= MAX_PARTS:
        return (path,)
    count = int(match["count"])
    return tuple(path.with_name(f"{match['stem']}-{n:05}-of-{count:05}.gguf") for n in range(1, count + 1))


def is_later_part(path: Path) -> bool:
    """Tells whether a file is a part of split weights that is not the first."""
    match = _PART.fullmatch(path.name)
    return bool(match) and int(match["number"]) > 1  # type: ignore[index]


def weights_sha256(path: Path) -> str:
    """Returns the hash of a file, or of its first and last 16 MiB and its size when it is larger than 1 GiB.

    Of split weights: the hash of the parts' hashes, one a line. Raises UserError when it cannot be read.
    """
    _refuse_no_file(path)
    try:
        hashes = [_file_sha256(part) for part in parts_of(path)]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose other weights.") from error
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _refuse_no_file(path: Path) -> None:
    if path.exists() and not path.is_file():  # to open a pipe would wait for its other end
        raise UserError(f"{path} cannot be read: it is not a file.", "Choose other weights.")


def _file_sha256(path: Path) -> str:
    digest, edge, whole = hashlib.sha256(), 16 * 2**20, 2**30
    size = path.stat().st_size
    with open(path, "rb") as stream:
        if size <= whole:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(stream.read(edge))
        stream.seek(size - edge)
        digest.update(stream.read(edge))
    digest.update(str(size).encode())
    return digest.hexdigest()


def _read_header(path: Path) -> WeightsHeader:
    if is_later_part(path):
        raise Broken(f"is a later part of split weights; {parts_of(path)[0].name} is the first.")
    values, tensors, size = read_file(path)
    n_parts = as_number(values.get("split.count"), 1)
    parts = parts_of(path)
    if n_parts > 1 and len(parts) != n_parts:
        raise Broken(f"is the first of {n_parts} parts, but its name does not say where the others are.")
    for number, part in enumerate(parts[1:], start=2):
        if not part.is_file():
            raise Broken(f"is split into {len(parts)} parts, and part {number} ({part.name}) is missing.")
        _, more, more_bytes = read_file(part)
        tensors += more
        if len(tensors) > MAX_TENSORS:
            raise Broken("claims an absurd number of parts.")
        size += more_bytes
    if not tensors:
        raise Broken("holds no weights.")
    return _header(path, size, len(parts), values, tensors)


def _header(path: Path, size: int, n_files: int, values: Mapping[str, Any], tensors: Sequence[Tensor]) -> WeightsHeader:
    architecture = _text(values, "general.architecture")
    if not architecture:
        raise Broken("does not say what it is made of.")

    def number(key: str, default: int = 0) -> int:
        return as_number(values.get(f"{architecture}.{key}"), default)

    n_embd, n_heads = number("embedding_length"), number("attention.head_count")
    head_dim = n_embd // n_heads if n_heads else 0
    shapes = LayerShapes(values, architecture, tensors)
    return WeightsHeader(
        path=path,
        size_bytes=size,
        name=_text(values, "general.name") or path.stem,
        architecture=architecture,
        quantisation=_quantisation(as_number(values.get("general.file_type"), -1), tensors),
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
        kind=_kind(values, architecture, number("pooling_type")),
        n_kv_values=shapes.n_kv_values(),
        n_state_values=shapes.n_state_values(),
        sliding_window=number("attention.sliding_window"),
        licence=_text(values, "general.license"),
        n_files=n_files,
    )


def _kind(values: Mapping[str, Any], architecture: str, pooling: int) -> WeightsKind:
    said = _text(values, "general.type")
    if said == "adapter":
        return WeightsKind.ADAPTER
    if said == "mmproj" or architecture == "clip" or any(key.startswith("clip.") for key in values):
        return WeightsKind.PROJECTOR
    if architecture == "controlvector" or any(key.startswith("controlvector.") for key in values):
        return WeightsKind.CONTROL
    if architecture in EMBEDDERS or pooling:
        return WeightsKind.EMBEDDING
    if architecture in HELPERS or said == "imatrix" or not _text(values, "tokenizer.ggml.model"):
        return WeightsKind.OTHER
    return WeightsKind.CHAT


def _quantisation(file_type: int, tensors: Sequence[Tensor]) -> str:
    """Returns the name of the mix when it agrees with the type that most bytes are in, else that type."""
    bytes_by_type: dict[str, int] = {}
    for tensor in tensors:
        bytes_by_type[tensor.type_name] = bytes_by_type.get(tensor.type_name, 0) + tensor.n_bytes
    most = max(bytes_by_type, key=lambda name: bytes_by_type[name])
    mix = FILE_TYPES.get(file_type, "")
    return mix if mix.partition("_")[0] == most.partition("_")[0] else most


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _n_vocab(values: Mapping[str, Any], tensors: Sequence[Tensor]) -> int:
    listed = values.get("tokenizer.ggml.tokens")
    if isinstance(listed, int):
        return listed
    return next((max(tensor.sizes) for tensor in tensors if tensor.name == "token_embd.weight" and tensor.sizes), 0)
