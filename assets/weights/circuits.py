"""Heads that copy, put into a fresh network by hand: so few tokens as a CPU affords would not form them in time.

A head of the first layer looks at the token before, and notes what it was in a part of the stream that embeddings
leave free. Heads of the next two layers look for a place whose token before was the one they stand on, and say what
stands there. Training goes on from that. Source: Elhage et al. (2021), "A Mathematical Framework for Transformer
Circuits", induction heads; setting them by hand is ours.
"""

import torch
from torch import Tensor

from assets.weights.network import Network, Shape, rope_steps

N_FREE = 64
"""The last dimensions of the stream, which start without any embedding in them."""
_CONSTANT = 2.0
_BEFORE_SHARPNESS, _MATCH_SHARPNESS = 4.0, 2.5
_NOTE_SCALE, _SAY_SCALE = 1.0, 2.0
_N_TURNING_PAIRS = 12


def add_copying(network: Network, seed: int = 0) -> None:
    """Writes the copying heads into the weights. Needs heads of at least 64 and three layers."""
    shape = network.shape
    random = torch.Generator().manual_seed(seed)
    n_used = shape.width - N_FREE
    basis = torch.linalg.qr(torch.randn(n_used - 1, n_used - 1, generator=random))[0]
    with torch.no_grad():
        embedding = network.token_embd.weight
        embedding[:, 0] = _CONSTANT / network.scale
        embedding[:, n_used:] = 0
        codes = _wide(basis[:N_FREE], shape)
        _look_before(network, codes)
        half = N_FREE // 2
        for layer, head, part in ((1, 0, 0), (1, 1, 1), (2, 0, 0)):
            said = basis[torch.arange(part + layer * 2 - 2, n_used - 1, 3)][:N_FREE]
            _match(network, layer, head, codes[part * half : (part + 1) * half], part * half, _wide(said, shape))


def _look_before(network: Network, codes: Tensor) -> None:
    layer, shape = network.blk[0], network.shape
    size, steps = shape.head_width, rope_steps(shape)
    for matrix in (layer.attn_q.weight, layer.attn_k.weight, layer.attn_v.weight):
        matrix[:size] = 0
    layer.attn_output.weight[:, :size] = 0
    for pair in range(_N_TURNING_PAIRS):
        layer.attn_q.weight[2 * pair, 0] = _BEFORE_SHARPNESS * torch.cos(steps[pair])
        layer.attn_q.weight[2 * pair + 1, 0] = -_BEFORE_SHARPNESS * torch.sin(steps[pair])
        layer.attn_k.weight[2 * pair, 0] = _BEFORE_SHARPNESS
    layer.attn_v.weight[:N_FREE] = codes
    layer.attn_output.weight[-N_FREE:, :N_FREE] = _NOTE_SCALE * torch.eye(N_FREE)


def _match(network: Network, layer: int, head: int, codes: Tensor, first_note: int, said: Tensor) -> None:
    """The half of a head that hardly turns with the distance compares; all of it carries what is said."""
    block, size = network.blk[layer], network.shape.head_width
    at, half = head * size, len(codes)
    for matrix in (block.attn_q.weight, block.attn_k.weight, block.attn_v.weight):
        matrix[at : at + size] = 0
    notes = torch.zeros(half, network.shape.width)
    notes[:, network.shape.width - N_FREE + first_note :][:, :half] = torch.eye(half)
    block.attn_q.weight[at + size - half : at + size] = _MATCH_SHARPNESS * codes
    block.attn_k.weight[at + size - half : at + size] = _MATCH_SHARPNESS * notes
    block.attn_v.weight[at : at + len(said)] = said
    block.attn_output.weight[:, at : at + size] = 0
    block.attn_output.weight[:, at : at + len(said)] = _SAY_SCALE * said.T


def _wide(rows: Tensor, shape: Shape) -> Tensor:
    """Rows over the used dimensions but the constant, as rows over the stream."""
    wide = torch.zeros(len(rows), shape.width)
    wide[:, 1 : 1 + rows.shape[1]] = rows
    return wide
