"""Writes GGUF files with the head of real weights and no numbers: gigabytes that take no room on the disk.

What reads heads cannot tell them from real ones; what loads them would read zeros.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ALIGNMENT = 32
Q8_0, F16, F32, Q4_K, Q6_K = 8, 1, 0, 12, 14
BLOCKS = {Q8_0: (32, 34), F16: (1, 2), F32: (1, 4), Q4_K: (256, 144), Q6_K: (256, 210)}
Value = str | int | float | bool | Sequence[int]


@dataclass(frozen=True)
class Head:
    """Sizes of weights, as their makers publish them."""

    name: str = "Some 1B"
    architecture: str = "llama"
    n_layers: int = 16
    n_embd: int = 2048
    n_heads: int = 32
    n_heads_kv: int = 8
    n_ff: int = 8192
    n_vocab: int = 128_256
    n_ctx: int = 8192
    tensor_type: int = Q4_K
    file_type: int = 15
    values: Mapping[str, Value] = field(default_factory=dict)
    """More of them, or others: without a dot in front they are the architecture's own."""
    tensors: Mapping[str, Sequence[int]] | None = None
    """In place of those of a Llama."""
    tokenizer: bool = True


LLAMA_8B = Head("Llama 3 8B Instruct", n_layers=32, n_embd=4096, n_ff=14_336)
NEMO_12B = Head(
    "Mistral Nemo Instruct 2407",
    n_layers=40,
    n_embd=5120,
    n_ff=14_336,
    n_vocab=131_072,
    n_ctx=131_072,
    values={"attention.key_length": 128, "attention.value_length": 128, ".general.license": "apache-2.0"},
)


def write_head(path: Path, head: Head = Head(), cut_bytes: int = 0) -> Path:
    """Writes a file; with `cut_bytes` so many are missing at its end."""
    values = dict(_values(head))
    tensors = dict(head.tensors if head.tensors is not None else _llama_tensors(head))
    body = b"".join(_text(key) + _value(value) for key, value in values.items())
    body += b"".join(_list_of_texts(key) for key in (["tokenizer.ggml.tokens"] if head.tokenizer else []))
    n_values = len(values) + (1 if head.tokenizer else 0)
    offset, infos = 0, b""
    for name, sizes in tensors.items():
        kind = head.tensor_type if len(sizes) > 1 and sizes[0] % BLOCKS[head.tensor_type][0] == 0 else F32
        infos += _text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, offset)
        n_block, block_bytes = BLOCKS[kind]
        n_bytes = block_bytes
        for size in sizes:
            n_bytes *= size
        offset += -(-n_bytes // n_block // ALIGNMENT) * ALIGNMENT
    start = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), n_values) + body + infos
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(start)
        stream.truncate(-(-len(start) // ALIGNMENT) * ALIGNMENT + offset - cut_bytes)
    return path


def _values(head: Head) -> Iterator[tuple[str, Value]]:
    own = {
        "block_count": head.n_layers,
        "context_length": head.n_ctx,
        "embedding_length": head.n_embd,
        "feed_forward_length": head.n_ff,
        "attention.head_count": head.n_heads,
        "attention.head_count_kv": head.n_heads_kv,
    }
    general: dict[str, Value] = {
        "general.architecture": head.architecture,
        "general.name": head.name,
        "general.file_type": head.file_type,
    }
    if head.tokenizer:
        general |= {"tokenizer.ggml.model": "gpt2", "tokenizer.chat_template": "{{ messages }}"}
    values: dict[str, Value] = general | {f"{head.architecture}.{key}": value for key, value in own.items()}
    for key, value in head.values.items():
        values[key[1:] if key.startswith(".") else f"{head.architecture}.{key}"] = value
    yield from values.items()


def _llama_tensors(head: Head) -> Iterator[tuple[str, Sequence[int]]]:
    n_head = head.values.get("attention.key_length", head.n_embd // head.n_heads)
    assert isinstance(n_head, int)
    yield "token_embd.weight", (head.n_embd, head.n_vocab)
    for layer in range(head.n_layers):
        yield f"blk.{layer}.attn_q.weight", (head.n_embd, head.n_heads * n_head)
        yield f"blk.{layer}.attn_k.weight", (head.n_embd, head.n_heads_kv * n_head)
        yield f"blk.{layer}.attn_v.weight", (head.n_embd, head.n_heads_kv * n_head)
        yield f"blk.{layer}.attn_output.weight", (head.n_heads * n_head, head.n_embd)
        yield f"blk.{layer}.ffn_gate.weight", (head.n_embd, head.n_ff)
        yield f"blk.{layer}.ffn_up.weight", (head.n_embd, head.n_ff)
        yield f"blk.{layer}.ffn_down.weight", (head.n_ff, head.n_embd)
    yield "output.weight", (head.n_embd, head.n_vocab)


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    return struct.pack("<IIQ", 9, 4, len(value)) + struct.pack(f"<{len(value)}I", *value)


def _list_of_texts(key: str) -> bytes:
    words = [f"t{number}" for number in range(100)]
    return _text(key) + struct.pack("<IIQ", 9, 8, len(words)) + b"".join(map(_text, words))
