"""The embedder while it learns: a vector per piece, made of the encoder's vector for it, a shared map and a weight."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from core.fidelity.meaning.embedder import FORMAT

_RARE = 1e-3
"""Share of all pieces at which a piece's first weight is a half."""


class StaticNetwork(nn.Module):
    """Row of a piece = exp(weight) * (encoder's vector @ map + own shift).

    What the corpus never shows keeps no shift of its own and moves with the shared map.
    """

    def __init__(self, encoded: NDArray[np.float32], shares: NDArray[np.float64], width: int) -> None:
        """Starts as model2vec does: main components of the encoded pieces, weighted by rarity.

        Args:
            encoded: What the encoder says of each piece alone, (n_pieces, 384).
            shares: How much of all text each piece is, (n_pieces,).
            width: Length of the vectors.
        """
        super().__init__()
        centred = torch.from_numpy(encoded - encoded.mean(0))
        base = functional.normalize(centred, dim=1)
        self.register_buffer("base", base)
        components = torch.linalg.eigh(base.T @ base).eigenvectors.flip(1)[:, :width]
        self.map = nn.Parameter(components.contiguous())
        self.shift = nn.Embedding(len(base), width, sparse=True)
        self.weight = nn.Embedding(len(base), 1, sparse=True)
        nn.init.zeros_(self.shift.weight)
        with torch.no_grad():
            self.weight.weight[:, 0] = torch.from_numpy(np.log(_RARE / (_RARE + shares)))
        self.log_scale = nn.Parameter(torch.tensor(3.0))

    def rows(self, numbers: Tensor) -> Tensor:
        """Returns the vectors of pieces: (n, width)."""
        base: Tensor = self.base[numbers]  # type: ignore[index]
        rows: Tensor = torch.exp(self.weight(numbers)) * (base @ self.map + self.shift(numbers))
        return rows

    @torch.no_grad()
    def all_rows(self) -> NDArray[np.float32]:
        """Returns the vectors of all pieces, (n_pieces, width); the mean of their squared lengths is 1."""
        rows: NDArray[np.float32] = self.rows(torch.arange(len(self.base))).numpy()
        return rows / np.sqrt((rows**2).sum(1).mean())

    def forward(self, texts: Sequence[NDArray[np.int64]]) -> Tensor:
        """Embeds texts given as numbers of pieces: (n_texts, width), unit rows, or zeros for no pieces."""
        flat, local = np.unique(np.concatenate([np.zeros(1, np.int64), *texts]), return_inverse=True)
        starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
        sums = functional.embedding_bag(
            torch.from_numpy(local[1:]), self.rows(torch.from_numpy(flat)), torch.from_numpy(starts), mode="sum"
        )
        return functional.normalize(sums, dim=1)


def write_embedder(rows: NDArray[np.float32], pieces: Sequence[str], path: Path, about: dict[str, str]) -> None:
    """Writes what `core.fidelity.meaning.embedder` loads: each row as int8 with a scale of its own."""
    scales = (np.abs(rows).max(1) / 127).clip(1e-7).astype("<f2")
    whole = np.rint(rows / scales.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8)
    parts = {
        "rows": ("I8", whole.shape, whole.tobytes()),
        "scales": ("F16", scales.shape, scales.tobytes()),
        "pieces": ("U8", None, "\n".join(pieces).encode()),
    }
    header: dict[str, object] = {"__metadata__": {"format": FORMAT, **about}}
    start = 0
    for name, (dtype, shape, data) in parts.items():
        offsets = [start, start := start + len(data)]
        header[name] = {"dtype": dtype, "shape": list(shape or [len(data)]), "data_offsets": offsets}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(data for _, _, data in parts.values()))
