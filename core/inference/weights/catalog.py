"""Decides how weights are loaded on this machine, before they are: which, with how many threads and sequences."""

import os
import re
from collections.abc import Sequence
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import psutil

from core.errors import UserError
from core.inference.messages import Load
from core.inference.request import WeightsSettings
from core.inference.weights.fit import (
    Fit,
    Measured,
    batch_tokens,
    check_fits,
    context_tokens,
    estimate_fit,
)
from core.inference.weights.gguf_header import WeightsHeader, WeightsKind, inspect_gguf, weights_sha256
from core.inference.weights.notes import measured_memory

__all__ = [
    "MAX_SEQUENCES",
    "MIN_SEQUENCES",
    "SEQUENCE_CHOICES",
    "Fit",
    "batch_tokens",
    "check_fits",
    "check_kind",
    "context_tokens",
    "default_threads",
    "estimate_fit",
    "fit_here",
    "house_weights",
    "is_gpu_build",
    "most_sequences",
    "plan_load",
]

MIN_SEQUENCES = 2
MAX_SEQUENCES = 64
SEQUENCE_CHOICES = (MIN_SEQUENCES, 3, 4, 6, 8, 12, 16, 24, 32, 48, MAX_SEQUENCES)
"""Numbers of sequences that are worth telling apart when somebody chooses."""


def house_weights() -> Path:
    """Returns the newest weights that ship with the app."""
    folder = Path(str(resources.files("assets"))) / "weights"
    found = sorted(folder.glob("tableread-house-*.gguf"), key=_version)
    if not found:
        raise UserError("The house weights are missing.", "Install Tableread again or choose other weights.")
    return found[-1]


def default_threads() -> int:
    """Returns how many threads run weights: a core is left for the window where there are more than two."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = min(allowed, psutil.cpu_count(logical=False) or allowed)
    return cores - 1 if cores > 2 else cores


def is_gpu_build() -> bool:
    """Tells whether the installed llama.cpp carries code for a GPU; whether it is used is proven at load."""
    package = find_spec("llama_cpp")
    folders = [Path(folder) / "lib" for folder in (package.submodule_search_locations or ())] if package else []
    names = [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]
    return any(re.search(r"ggml-(cuda|hip|metal|vulkan|sycl|opencl|musa)", name) for name in names)


def most_sequences(
    header: WeightsHeader,
    settings: WeightsSettings,
    measured: Sequence[Measured] = (),
    freed_bytes: int = 0,
) -> int:
    """Returns how many sequences there is room for, at most those that the settings ask for.

    Raises:
        UserError: Not even the fewest fit.
    """
    n_gpu_layers = settings.n_gpu_layers if is_gpu_build() else 0
    n_sequences = max(MIN_SEQUENCES, min(settings.n_sequences, MAX_SEQUENCES))
    while n_sequences > MIN_SEQUENCES:
        if estimate_fit(header, settings.n_ctx, n_sequences, n_gpu_layers, measured, freed_bytes).fits:
            return n_sequences
        n_sequences -= 1
    check_fits(header, settings.n_ctx, n_sequences, n_gpu_layers, measured, freed_bytes)
    return n_sequences


def fit_here(
    header: WeightsHeader,
    settings: WeightsSettings,
    measured: Sequence[Measured] = (),
    freed_bytes: int = 0,
) -> tuple[Fit, int]:
    """Returns the fit with as many sequences as there is room for, and their number, in the steps of a chooser.

    Where not even the fewest fit, the fit is that of the fewest.
    """
    n_gpu_layers = settings.n_gpu_layers if is_gpu_build() else 0
    wanted = max(MIN_SEQUENCES, min(settings.n_sequences, MAX_SEQUENCES))
    for n_sequences in sorted({wanted, *(one for one in SEQUENCE_CHOICES if one < wanted)}, reverse=True):
        fit = estimate_fit(header, settings.n_ctx, n_sequences, n_gpu_layers, measured, freed_bytes)
        if fit.fits:
            break
    return fit, n_sequences


def check_kind(header: WeightsHeader) -> None:
    """Raises UserError for files that are no weights of their own."""
    what = {
        WeightsKind.PROJECTOR: "is a projector, which turns pictures or sound into tokens of other weights",
        WeightsKind.ADAPTER: "is an adapter, which changes other weights",
        WeightsKind.CONTROL: "is a control vector, which steers other weights",
    }.get(header.kind)
    if what:
        raise UserError(f"{header.path.name} {what}.", "Choose the weights that it belongs to.")


def plan_load(settings: WeightsSettings) -> Load:
    """Decides how weights are loaded here: everything that the settings leave open, and fewer sequences if need be.

    Raises:
        UserError: The file cannot be used or does not fit.
    """
    header = inspect_gguf(settings.path)
    check_kind(header)
    sha256 = weights_sha256(settings.path)
    return Load(
        path=settings.path,
        sha256=sha256,
        size_bytes=header.size_bytes,
        n_params=header.n_params,
        n_ctx=context_tokens(header, settings.n_ctx),
        n_sequences=most_sequences(header, settings, measured_memory(sha256)),
        n_batch=batch_tokens(header.n_params),
        n_threads=settings.n_threads or default_threads(),
        n_gpu_layers=settings.n_gpu_layers,
        safe_mode=False,
        layout=settings.layout,
    )


def _version(path: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", path.stem)))
