"""The network of the house weights: a small decoder that llama.cpp runs as architecture `llama`.

Rotary positions turn neighbouring pairs, as llama.cpp does for this architecture, so nothing is permuted at export.
It knows nothing of dialogue, files or training.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

NORM_EPSILON = 1e-5
_PIECE, _LONGEST_IN_PIECES = 128, 768
ROPE_BASE = 1_000_000.0
"""High, so that half of each head hardly turns with the distance: what compares contents lives there."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the network is."""

    n_vocab: int = 4096
    width: int = 256
    n_layers: int = 7
    n_heads: int = 4
    hidden: int = 704
    context_tokens: int = 2048

    @property
    def head_width(self) -> int:
        return self.width // self.n_heads


def rope_steps(shape: Shape) -> Tensor:
    """By how much each pair turns per position, (head_width / 2,) float32."""
    return ROPE_BASE ** -(torch.arange(0, shape.head_width, 2, dtype=torch.float32) / shape.head_width)


def rope_angles(shape: Shape) -> Tensor:
    """Angles of every position, (context_tokens, head_width / 2) float32."""
    return torch.outer(torch.arange(shape.context_tokens, dtype=torch.float32), rope_steps(shape))


def rotate_pairs(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turns (batch, time, heads, head_width) by its positions, pair by neighbouring pair."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention of (batch, heads, time, head_width), piece by piece where rows are short.

    That is twice as fast on a CPU as the kernel of the library for rows of 512, but not for long ones.
    """
    time = q.shape[2]
    if time > _LONGEST_IN_PIECES:
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    size = min(_PIECE, time)
    future = torch.full((size, size), float("-inf")).triu(1)
    mixed = []
    for start in range(0, time, size):
        end = min(start + size, time)
        scores = (q[:, :, start:end] @ k[:, :, :end].mT).float() * q.shape[3] ** -0.5
        own = scores[..., start:] + future[: end - start, : end - start]
        shares = torch.cat((scores[..., :start], own), -1).softmax(-1)
        mixed.append(shares.to(v.dtype) @ v[:, :, :end])
    return torch.cat(mixed, 2)


class Layer(nn.Module):
    """Attention and a gated feed-forward, each after a norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.n_heads = shape.n_heads
        self.attn_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.attn_q = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_k = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_v = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        self.ffn_gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, time, width = x.shape
        h = self.attn_norm(x)
        q, k, v = (f(h).view(batch, time, self.n_heads, -1) for f in (self.attn_q, self.attn_k, self.attn_v))
        q, k = rotate_pairs(q, cos, sin), rotate_pairs(k, cos, sin)
        mixed = attend(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(batch, time, width))
        h = self.ffn_norm(x)
        return x + self.ffn_down(functional.silu(self.ffn_gate(h)) * self.ffn_up(h))


class Network(nn.Module):
    """Token ids in, hidden states or logits out; the stream starts with the output matrix, scaled to be about 1."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.scale = math.sqrt(shape.width)
        self.token_embd = nn.Embedding(shape.n_vocab, shape.width)
        self.blk = nn.ModuleList(Layer(shape) for _ in range(shape.n_layers))
        self.output_norm = nn.RMSNorm(shape.width, eps=NORM_EPSILON)
        angles = rope_angles(shape)
        self.register_buffer("cos", angles.cos()[:, None, :], persistent=False)
        self.register_buffer("sin", angles.sin()[:, None, :], persistent=False)
        self._init_weights()

    def _init_weights(self) -> None:
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                nn.init.normal_(weight, std=weight.shape[1] ** -0.5)
            if name.endswith(("attn_output.weight", "ffn_down.weight")):
                weight.data /= 2 * math.sqrt(2 * self.shape.n_layers)

    def hidden_states(self, ids: Tensor) -> Tensor:
        """(batch, time) ids to (batch, time, width)."""
        time = ids.shape[1]
        x = self.token_embd(ids) * self.scale
        cos, sin = self.cos[:time], self.sin[:time]
        for layer in self.blk:
            x = layer(x, cos, sin)
        return self.output_norm(x)

    def loss(self, ids: Tensor, weights: Tensor, echo_weight: float = 0.0) -> Tensor:
        """Weighted mean cross-entropy of each next token; weights are (batch, time) of the token predicted.

        `echo_weight` counts -log(1 - p) of saying a token twice in a row where that is wrong. Heads that copy would
        rather say again what they stand on than nothing, and having done it once they see a pattern in it.
        Source: Welleck et al. (2020), unlikelihood training, arXiv 1908.04319, equation 3 with one candidate.
        """
        kept = weights[:, 1:] > 0
        hidden = self.hidden_states(ids)[:, :-1][kept]
        log_p = functional.linear(hidden, self.token_embd.weight).float().log_softmax(-1)
        current, target, kept_weights = ids[:, :-1][kept], ids[:, 1:][kept], weights[:, 1:][kept]
        losses = -log_p.gather(1, target[:, None])[:, 0]
        if echo_weight:
            echo = log_p.gather(1, current[:, None])[:, 0].exp().clamp(max=0.99)
            losses = losses - echo_weight * torch.log1p(-echo) * (current != target)
        return (losses * kept_weights).sum() / kept_weights.sum()

    def forward(self, ids: Tensor) -> Tensor:
        return functional.linear(self.hidden_states(ids), self.token_embd.weight)
