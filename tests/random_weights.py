"""Writes small GGUF files with random weights and a real tokeniser, so that tests and benchmarks need no download.

The vocabulary is made of syllable words (` ka`, ` kato`, ` katomi`): what such weights write reads back as the
same tokens. A file is written once per set of parameters and kept in the system's temporary folder.
"""

import hashlib
import itertools
import os
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPELLED = "{% for message in messages %}[{{ message.role }}]{{ message.content }}\n{% endfor %}[assistant]"
CONTROL_TOKENS = ("<|pad|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>")
USER_TOKENS = ("<think>", "</think>")
CONSONANTS = "bdfghjklmnprstvwz"
VOWELS = "aeiou"
N_CONVOLVED, N_STATES, N_STEP_RANK = 4, 16, 32
"""Sizes inside a recurrent layer."""
SPACE = "\u0120"
"""How byte-level vocabularies write a space."""


@dataclass(frozen=True)
class Shape:
    """Sizes of random weights. `spread` is the deviation of every matrix; larger makes sharper distributions."""

    n_vocab: int = 800
    n_embd: int = 64
    n_layers: int = 2
    n_heads: int = 4
    n_heads_kv: int = 2
    n_ff: int = 128
    n_ctx: int = 2048
    quantised: bool = False
    """Q8_0 instead of F16."""
    spread: float = 0.25
    seed: int = 1
    template: str = CHATML
    ends: bool = True
    """False: no token ends a turn, so that an answer only ends by length."""
    rarely_ends: bool = False
    """Control tokens are never among the likeliest: with a cut like top-k, an answer only ends by length."""
    recurrent: bool = False
    """Mamba instead of Llama: a memory that cannot forget its end."""


SHAPE_20M = Shape(n_vocab=16_000, n_embd=384, n_layers=8, n_heads=6, n_heads_kv=6, n_ff=1024, n_ctx=8192, spread=0.04)
SHAPE_500M = Shape(
    n_vocab=150_000,
    n_embd=896,
    n_layers=24,
    n_heads=14,
    n_heads_kv=2,
    n_ff=4864,
    n_ctx=8192,
    quantised=True,
    spread=0.03,
)


def random_weights(shape: Shape = Shape(), name: str = "random") -> Path:
    """Returns the path of a GGUF of this shape, written if it is not there yet."""
    digest = hashlib.sha256(repr((astuple(shape), gguf.__name__, 8)).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / "tableread-random-weights"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{digest}.gguf"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        _write(draft, shape, name)
        draft.replace(path)
    return path


def _write(path: Path, shape: Shape, name: str) -> None:
    writer = gguf.GGUFWriter(path, "mamba" if shape.recurrent else "llama")
    writer.add_name(name)
    writer.add_context_length(shape.n_ctx)
    writer.add_embedding_length(shape.n_embd)
    writer.add_block_count(shape.n_layers)
    writer.add_feed_forward_length(shape.n_ff)
    writer.add_head_count(shape.n_heads)
    writer.add_head_count_kv(shape.n_heads_kv)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.n_embd // shape.n_heads)
    writer.add_ssm_conv_kernel(N_CONVOLVED)
    writer.add_ssm_inner_size(2 * shape.n_embd)
    writer.add_ssm_state_size(N_STATES)
    writer.add_ssm_time_step_rank(N_STEP_RANK)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0 if shape.quantised else gguf.LlamaFileType.MOSTLY_F16)
    _add_vocabulary(writer, shape)
    random = np.random.default_rng(shape.seed)
    for tensor, size in _tensors(shape):
        _add_tensor(writer, random, shape, tensor, size)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: gguf.GGUFWriter, shape: Shape) -> None:
    tokens, merges = _vocabulary(shape.n_vocab - len(CONTROL_TOKENS) - len(USER_TOKENS))
    kinds = [gguf.TokenType.NORMAL] * len(tokens)
    kinds += [gguf.TokenType.CONTROL] * len(CONTROL_TOKENS) + [gguf.TokenType.USER_DEFINED] * len(USER_TOKENS)
    texts = [*tokens, *CONTROL_TOKENS, *USER_TOKENS]
    if not shape.ends:
        texts = [text.replace("<|im_end|>", "<|close|>").replace("<|endoftext|>", "<|none|>") for text in texts]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(len(tokens))
    writer.add_eos_token_id(len(tokens) + (3 if shape.ends else 0))
    writer.add_add_bos_token(False)
    writer.add_chat_template(shape.template if shape.ends else SPELLED)


def _vocabulary(n_tokens: int) -> tuple[list[str], list[str]]:
    tokens = [_byte_letter(byte) for byte in range(256)]
    merges: list[str] = []
    for left, right in itertools.islice(_merges(), n_tokens - len(tokens)):
        tokens.append(left + right)
        merges.append(f"{left} {right}")
    return tokens, merges


def _merges() -> Iterator[tuple[str, str]]:
    syllables = [consonant + vowel for consonant in CONSONANTS for vowel in VOWELS]
    yield from itertools.product(CONSONANTS, VOWELS)
    words = [SPACE]
    while True:
        longer = []
        for word, syllable in itertools.product(words, syllables):
            yield word, syllable
            longer.append(word + syllable)
        words = longer


def _byte_letter(byte: int) -> str:
    """Byte-level vocabularies give each byte a printable letter."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    if byte in printable:
        return chr(byte)
    return chr(256 + [b for b in range(256) if b not in printable].index(byte))


def _tensors(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    head = shape.n_embd // shape.n_heads
    yield "token_embd.weight", (shape.n_vocab, shape.n_embd)
    yield "output_norm.weight", (shape.n_embd,)
    attention = (
        ("attn_norm.weight", (shape.n_embd,)),
        ("attn_q.weight", (shape.n_embd, shape.n_embd)),
        ("attn_k.weight", (shape.n_heads_kv * head, shape.n_embd)),
        ("attn_v.weight", (shape.n_heads_kv * head, shape.n_embd)),
        ("attn_output.weight", (shape.n_embd, shape.n_embd)),
        ("ffn_norm.weight", (shape.n_embd,)),
        ("ffn_gate.weight", (shape.n_ff, shape.n_embd)),
        ("ffn_up.weight", (shape.n_ff, shape.n_embd)),
        ("ffn_down.weight", (shape.n_embd, shape.n_ff)),
    )
    inner = 2 * shape.n_embd
    recurrence = (
        ("attn_norm.weight", (shape.n_embd,)),
        ("ssm_in.weight", (2 * inner, shape.n_embd)),
        ("ssm_conv1d.weight", (inner, N_CONVOLVED)),
        ("ssm_conv1d.bias", (inner,)),
        ("ssm_x.weight", (N_STEP_RANK + 2 * N_STATES, inner)),
        ("ssm_dt.weight", (inner, N_STEP_RANK)),
        ("ssm_dt.bias", (inner,)),
        ("ssm_a", (inner, N_STATES)),
        ("ssm_d", (inner,)),
        ("ssm_out.weight", (shape.n_embd, inner)),
    )
    for layer in range(shape.n_layers):
        for tensor, size in recurrence if shape.recurrent else attention:
            yield f"blk.{layer}.{tensor}", size


def _add_tensor(
    writer: gguf.GGUFWriter, random: np.random.Generator, shape: Shape, name: str, size: tuple[int, ...]
) -> None:
    if len(size) == 1 or "ssm_a" in name or "conv1d" in name:
        writer.add_tensor(name, np.full(size, -1 if "ssm_a" in name else 1, np.float32))
        return
    if shape.quantised:
        values: NDArray[np.uint8] | NDArray[np.float16] = _random_q8_0(random, size, shape.spread)
    else:
        values = (random.standard_normal(size, np.float32) * shape.spread).astype(np.float16)
    if (shape.rarely_ends or not shape.ends) and name == "token_embd.weight":
        values[-len(CONTROL_TOKENS) - len(USER_TOKENS) : -len(USER_TOKENS)] = 0  # never among the likeliest
    writer.add_tensor(name, values, raw_dtype=gguf.GGMLQuantizationType.Q8_0 if shape.quantised else None)


def _random_q8_0(random: np.random.Generator, size: tuple[int, ...], spread: float) -> NDArray[np.uint8]:
    """Blocks of 32 random bytes behind a scale: far quicker than to quantise half a billion numbers."""
    rows, columns = size
    blocks = np.empty((rows, columns // 32, 34), np.uint8)
    scale = np.array([spread / 73.9], np.float16)  # 73.9: the deviation of a random signed byte
    blocks[:, :, :2] = scale.view(np.uint8)
    blocks[:, :, 2:] = random.integers(0, 256, (rows, columns // 32, 32), np.uint8)
    return blocks.reshape(rows, -1)
