"""Directions of a trait in the residual stream, from contrasting passages. Pure: knows numbers, not weights or files.

Source: methods 2.35; Zou et al. (2023), Representation Engineering, arXiv 2310.01405. The differences are not centred:
what all pairs share is the trait, and centring would take it away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

Vectors = NDArray[np.float32]

MIN_HALVED_PAIRS = 4
"""Pairs from which on two halves are compared."""
N_HALVINGS = 4
NO_WAY = 1e-6
"""Pairs that go so little along a component, as a share of the one that goes farthest, go neither way."""


class Method(StrEnum):
    """How many differences become one direction."""

    COMPONENT = "component"
    """The first principal component: what differs most, whichever way each pair goes."""
    MEAN = "mean"
    """The mean difference: steadier with few pairs, or where the trait is weak beside what else differs."""


@dataclass(frozen=True, slots=True, eq=False)
class ControlVector:
    """One direction a layer."""

    directions: Vectors
    """(n_layers, n_embd); row `l` belongs behind layer `l`. Row 0 is zero: nothing is added behind the first layer."""
    architecture: str
    """Of the weights that it was made with; empty: not known."""

    @property
    def n_layers(self) -> int:
        """Layers, the first included."""
        return len(self.directions)

    @property
    def n_embd(self) -> int:
        """Width of the residual stream."""
        return int(self.directions.shape[1])

    def added(self, scale: float, first_layer: int, last_layer: int) -> Vectors:
        """Returns what is added behind each layer, (n_layers, n_embd): zeros outside the layers from first to last."""
        last = self.n_layers - 1 if last_layer < 0 else last_layer
        within = np.arange(self.n_layers)
        chosen = (within >= max(1, first_layer)) & (within <= last)
        added: Vectors = np.where(chosen[:, None], self.directions * np.float32(scale), np.float32(0))
        return added.astype(np.float32)


def find_directions(with_trait: Vectors, without: Vectors, method: Method = Method.COMPONENT) -> Vectors:
    """Returns per layer the direction in which passages with a trait differ from their opposites, of length 1.

    A component points to where most pairs go.

    Args:
        with_trait, without: Residuals, (n_pairs, n_layers, n_embd), pair by pair.

    Returns:
        (n_layers, n_embd). Zero for layer 0, and wherever the pairs do not differ or cancel out.
    """
    differences = with_trait.astype(np.float64) - without.astype(np.float64)
    directions = np.zeros(differences.shape[1:], np.float64)
    for layer in range(1, len(directions)):
        of_layer = differences[:, layer]
        if not of_layer.any():
            continue
        direction = of_layer.mean(axis=0) if method is Method.MEAN else _first_component(of_layer)
        length = np.linalg.norm(direction)
        if length > 0:
            directions[layer] = direction / length
    return directions.astype(np.float32)


def _first_component(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the first right singular vector of rows that are not all zero, towards where most of them go.

    Zero where as many go one way as the other, and as far: they do not say which end the trait is at.
    """
    by_row = len(rows) < rows.shape[1]  # the smaller of the two Gram matrices
    leading = np.linalg.eigh(rows @ rows.T if by_row else rows.T @ rows)[1][:, -1]
    component = leading @ rows if by_row else leading
    along = rows @ component
    counted = np.abs(along) > NO_WAY * np.abs(along).max()
    majority = np.sign(along[counted]).sum() or along.sum()
    if abs(majority) <= NO_WAY * np.abs(along).sum():
        return np.zeros_like(component)
    towards: NDArray[np.float64] = -component if majority < 0 else component
    return towards


def project(residuals: Vectors, directions: Vectors) -> Vectors:
    """Returns how far residuals lie along the directions, (n, n_layers), of residuals (n, n_layers, n_embd)."""
    lengths = np.linalg.norm(directions, axis=1)
    along = np.einsum("nle,le->nl", residuals.astype(np.float64), directions.astype(np.float64))
    projected: Vectors = np.divide(along, lengths, out=np.zeros_like(along), where=lengths > 0).astype(np.float32)
    return projected


def half_sample_cosine(
    with_trait: Vectors, without: Vectors, method: Method = Method.COMPONENT, seed: int = 0
) -> NDArray[np.float64] | None:
    """Returns per layer the mean cosine of the directions that two halves of the pairs give.

    1: the pairs agree. Near 0: there are too few of them, or they have nothing in common. None: fewer than 4 pairs.
    """
    if len(with_trait) < MIN_HALVED_PAIRS:
        return None
    cosines = [
        np.einsum(
            "le,le->l",
            *(find_directions(with_trait[half], without[half], method).astype(np.float64) for half in halves),
        )
        for halves in _halvings(len(with_trait), seed)
    ]
    mean: NDArray[np.float64] = np.mean(cosines, axis=0)
    return mean


def check_pairs(with_trait: Vectors, without: Vectors) -> None:
    """Raises UserError when there is nothing to learn from."""
    if not len(with_trait):
        raise UserError("There are no pairs.", "Write some passages with the trait, each with its opposite.")
    if not (np.isfinite(with_trait).all() and np.isfinite(without).all()):
        raise UserError("The weights compute numbers that are not numbers.", "Choose other weights.")
    if np.array_equal(with_trait, without):
        raise UserError("The passages of each pair read the same.", "Write pairs that differ in the trait.")


def _halvings(n_pairs: int, seed: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    random = np.random.default_rng(seed)
    for _ in range(N_HALVINGS):
        order = random.permutation(n_pairs)
        yield order[: n_pairs // 2], order[n_pairs // 2 :]
