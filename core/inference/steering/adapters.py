"""Which adapters a request really has, and whether their files can be what they say. Knows no weights."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.inference.request import Adapter, AdapterKind
from core.inference.weights.gguf_file import Broken, read_file
from core.inference.weights.gguf_header import WeightsKind, inspect_gguf

_KINDS = {WeightsKind.ADAPTER: AdapterKind.LORA, WeightsKind.CONTROL: AdapterKind.CONTROL}


def effective(adapters: Iterable[Adapter]) -> tuple[Adapter, ...]:
    """Returns the adapters that change anything, always in the same order.

    Raises:
        UserError: A scale is no number.
    """
    for adapter in adapters:
        if not math.isfinite(adapter.scale):
            raise UserError(f"The scale of {adapter.path.name} is not a number.", "Give one, such as 1.")
    return tuple(sorted({one for one in adapters if one.scale}, key=lambda one: (one.kind, str(one.path), repr(one))))


@dataclass(frozen=True, slots=True)
class AdapterSet:
    """The adapters that change anything, and how their files were when they were looked at."""

    adapters: tuple[Adapter, ...]
    stamps: tuple[tuple[int, int], ...]
    """Time of the last change in ns, and size in bytes, of each file."""

    @classmethod
    def of(cls, adapters: Iterable[Adapter]) -> "AdapterSet":
        """Looks at the files. Raises UserError when one is not there."""
        found = effective(adapters)
        return cls(found, tuple(_stamp(adapter.path) for adapter in found))


def adapter_kind(path: Path) -> AdapterKind:
    """Tells what an adapter's file holds. Raises UserError when it is no adapter."""
    kind = _KINDS.get(inspect_gguf(path).kind)
    if kind is None:
        raise UserError(f"{path.name} is no adapter.", "Choose a LoRA or a control vector, as GGUF.")
    return kind


def check_lora(path: Path, architecture: str) -> None:
    """Raises UserError unless a file is a LoRA for weights of an architecture: all that can be known unloaded."""
    try:
        values, tensors, _ = read_file(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose another adapter.") from error
    except Broken as broken:
        raise UserError(f"{path.name} {broken}", "Choose another adapter.") from broken
    if values.get("general.type") != "adapter" or values.get("adapter.type") != "lora" or not tensors:
        raise UserError(f"{path.name} is no LoRA.", "Choose a LoRA that was converted to GGUF.")
    made_for = values.get("general.architecture")
    if made_for != architecture:
        raise UserError(
            f"{path.name} was made for {made_for} weights, and these are {architecture}.",
            "Choose an adapter that was made for these weights.",
        )


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise UserError(f"The adapter {path} cannot be read: {error.strerror}.", "Choose it again.") from error
    return status.st_mtime_ns, status.st_size
