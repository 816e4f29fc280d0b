"""Writes a small GGUF of random weights that read whole texts and write none, like those made for embeddings."""

import os
import tempfile
from pathlib import Path

import gguf
import numpy as np

N_CTX, N_EMBD, N_FF, N_LAYERS, N_HEADS = 64, 32, 64, 2, 4
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = ("▁the", "▁cat", "▁dog", "▁sits", "▁on", "▁mat", "▁rug", "▁a", "▁.", "s")


def random_encoder() -> Path:
    """Returns the path of the GGUF, written if it is not there yet."""
    folder = Path(tempfile.gettempdir()) / "tableread-random-weights"
    folder.mkdir(exist_ok=True)
    path = folder / f"encoder-{gguf.__name__}-1.gguf"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        _write(draft)
        draft.replace(path)
    return path


def _write(path: Path) -> None:
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("encoder")
    writer.add_context_length(N_CTX)
    writer.add_embedding_length(N_EMBD)
    writer.add_block_count(N_LAYERS)
    writer.add_feed_forward_length(N_FF)
    writer.add_head_count(N_HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([*SPECIAL, *WORDS])
    writer.add_token_types([gguf.TokenType.CONTROL] * len(SPECIAL) + [gguf.TokenType.NORMAL] * len(WORDS))
    writer.add_token_type_count(2)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    random = np.random.default_rng(1)
    for name, size in _tensors():
        scale = 1.0 if name.endswith("norm.weight") else 0.0 if name.endswith("bias") else None
        values = np.full(size, scale) if scale is not None else random.standard_normal(size) * 0.5
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors() -> list[tuple[str, tuple[int, ...]]]:
    tensors: list[tuple[str, tuple[int, ...]]] = [
        ("token_embd.weight", (len(SPECIAL) + len(WORDS), N_EMBD)),
        ("position_embd.weight", (N_CTX, N_EMBD)),
        ("token_types.weight", (2, N_EMBD)),
        *_pair("token_embd_norm", (N_EMBD,)),
    ]
    for layer in range(N_LAYERS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            tensors += _pair(f"blk.{layer}.{part}", (N_EMBD, N_EMBD))
        tensors += _pair(f"blk.{layer}.attn_output_norm", (N_EMBD,))
        tensors += _pair(f"blk.{layer}.ffn_up", (N_FF, N_EMBD))
        tensors += _pair(f"blk.{layer}.ffn_down", (N_EMBD, N_FF))
        tensors += _pair(f"blk.{layer}.layer_output_norm", (N_EMBD,))
    return tensors


def _pair(name: str, size: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    return [(f"{name}.weight", size), (f"{name}.bias", size[:1])]
