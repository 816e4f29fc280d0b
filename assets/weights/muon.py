"""Muon: momentum whose update is made orthogonal, for the matrices inside a network.

Source: Keller Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks". Ours orthogonalises
all matrices of one shape in one batch and in bfloat16, which is what makes it cheap on a CPU.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

from assets.weights.team import Team

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_STEPS = 5


class Muon(torch.optim.Optimizer):
    """Steps matrices along the orthogonal factor of their momentum."""

    def __init__(
        self, parameters: Iterable[Tensor], lr: float, team: Team, momentum: float = 0.95, decay: float = 0.2
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})
        self.team = team

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = defaultdict(list)
            for weight in group["params"]:
                by_shape[weight.shape].append(weight)
            for weights in by_shape.values():
                self._step_alike(weights, group["lr"], group["momentum"], group["decay"])

    def _step_alike(self, weights: list[Tensor], lr: float, momentum: float, decay: float) -> None:
        directions = []
        for weight in weights:
            state = self.state[weight]
            buffer = state.setdefault("momentum", torch.zeros_like(weight))
            buffer.lerp_(weight.grad, 1 - momentum)
            directions.append(weight.grad.lerp(buffer, momentum))
        rows, columns = weights[0].shape
        scale = lr * max(1.0, rows / columns) ** 0.5
        updates = self.team.share_out(orthogonalise, torch.stack(directions))
        for weight, update in zip(weights, updates, strict=True):
            weight.mul_(1 - lr * decay).add_(update, alpha=-scale)


def orthogonalise(matrices: Tensor) -> Tensor:
    """Brings the singular values of (n, rows, columns) near 1 by a Newton-Schulz iteration."""
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = (matrices.mT if tall else matrices).bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(_STEPS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    x = x.to(matrices.dtype)
    return x.mT if tall else x
