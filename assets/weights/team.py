"""Processes that train one network together: each reads batches of its own, and all take the same step.

On few cores that is faster than one process with as many threads: the small matrices of this network keep one core busy
but not two. It knows no network and no data.
"""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import torch
import torch.distributed
import torch.multiprocessing
from torch import Tensor

Made = TypeVar("Made")


class Team:
    """This process among the others. A team of one does nothing."""

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size

    @property
    def leads(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def average_gradients(self, weights: Iterable[Tensor]) -> None:
        """Gives all processes the mean of their gradients."""
        if self.size == 1:
            return
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        joined = torch.cat([gradient.ravel() for gradient in gradients])
        torch.distributed.all_reduce(joined)
        for gradient, mean in zip(gradients, joined.split([one.numel() for one in gradients]), strict=True):
            gradient.copy_((mean / self.size).view_as(gradient))

    def share_out(self, work: Callable[[Tensor], Tensor], items: Tensor) -> Tensor:
        """Returns `work(items)`; each process does a part of the items, those along the first axis."""
        if self.size == 1 or len(items) % self.size:
            return work(items)
        parts = list(items.chunk(self.size))
        mine = work(parts[self.rank]).contiguous()
        torch.distributed.all_gather(parts := [torch.empty_like(mine) for _ in parts], mine)
        return torch.cat(parts)

    def agree(self, number: float) -> float:
        """Returns the number of the process that leads."""
        if self.size == 1:
            return number
        told = torch.tensor([number], dtype=torch.float64)
        torch.distributed.broadcast(told, 0)
        return told.item()

    def one_first(self, make: Callable[[], Made]) -> Made:
        """Returns `make()`; the process that leads makes it first, so that the others find what it wrote."""
        made = make() if self.leads else None
        self.agree(0)
        return make() if made is None else made


def run_team(size: int, work: Callable[[Team], None]) -> None:
    """Runs `work` in so many processes, one thread each, and waits for them. `work` must be importable."""
    torch.set_num_threads(1)
    if size == 1:
        work(Team())
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder, "meeting").as_uri()
        torch.multiprocessing.spawn(_join, (size, meeting, work), nprocs=size)


def _join(rank: int, size: int, meeting: str, work: Callable[[Team], None]) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    try:
        work(Team(rank, size))
    finally:
        torch.distributed.destroy_process_group()
