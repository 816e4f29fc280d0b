"""Finds weights and tells, before they are loaded, whether they fit on this machine. Loads nothing."""

import os
import re
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import psutil

from core.errors import UserError
from core.inference.gguf_header import WeightsHeader, inspect_gguf, weights_sha256
from core.inference.messages import Load
from core.inference.request import WeightsSettings

MIN_SEQUENCES = 2
MAX_SEQUENCES = 64
N_CTX_DEFAULT_MAX = 8192
KEPT_FREE = 0.1
"""Share of the available memory that is left to everything else."""
N_LOGIT_ROWS = 64
KEPT_ROWS_BYTES = 128 * 2**20
PROCESS_BYTES = 120 * 2**20


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


def batch_tokens(n_params: int) -> int:
    """Returns how many tokens are read in one batch: fewer for large weights, so that a cancel takes effect soon."""
    if n_params < 2_000_000_000:
        return 256
    return 128 if n_params < 10_000_000_000 else 64


@dataclass(frozen=True, slots=True)
class Fit:
    """Memory that weights take with these settings, in bytes. An estimate."""

    weights_bytes: int
    kv_bytes: int
    compute_bytes: int
    available_bytes: int

    @property
    def needed_bytes(self) -> int:
        """All together."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes

    @property
    def fits(self) -> bool:
        """There is room, and some is left."""
        return self.needed_bytes <= self.available_bytes * (1 - KEPT_FREE)


def context_tokens(header: WeightsHeader, n_ctx: int) -> int:
    """Returns how many tokens one sequence will hold; `n_ctx` 0: what the weights were trained for, at most 8,192."""
    wanted = n_ctx or min(header.n_ctx_train, N_CTX_DEFAULT_MAX) or 2048
    return -(-wanted // 256) * 256


def estimate_fit(header: WeightsHeader, n_ctx: int, n_sequences: int, n_gpu_layers: int = 0) -> Fit:
    """Estimates what weights take in this machine's memory.

    Args:
        n_gpu_layers: Layers that are taken to be on a GPU, and so not in main memory; -1: all.
    """
    on_gpu = 1.0 if n_gpu_layers < 0 else min(n_gpu_layers / max(header.n_layers, 1), 1.0)
    kv_bytes = 2 * header.n_layers * header.n_heads_kv * header.n_head_dim * context_tokens(header, n_ctx) * n_sequences
    n_batch = batch_tokens(header.n_params)
    logits = 2 * 4 * N_LOGIT_ROWS * header.n_vocab
    activations = 4 * n_batch * (8 * header.n_embd + 3 * header.n_ff + context_tokens(header, n_ctx) * header.n_heads)
    return Fit(
        weights_bytes=round(header.tensor_bytes * (1 - on_gpu)),
        kv_bytes=round(kv_bytes * (1 - on_gpu)),
        compute_bytes=logits + activations + KEPT_ROWS_BYTES + PROCESS_BYTES,
        available_bytes=psutil.virtual_memory().available,
    )


def check_fits(header: WeightsHeader, n_ctx: int, n_sequences: int, n_gpu_layers: int = 0) -> None:
    """Raises UserError with the numbers when there is too little memory."""
    fit = estimate_fit(header, n_ctx, n_sequences, n_gpu_layers)
    if not fit.fits:
        raise UserError(
            f"{header.path.name} needs {_gb(fit.needed_bytes)} of memory ({_gb(fit.weights_bytes)} weights, "
            f"{_gb(fit.kv_bytes)} for {n_sequences} sequences of {context_tokens(header, n_ctx):,} tokens), and "
            f"{_gb(fit.available_bytes)} are available.",
            "Choose a smaller context, fewer sequences or smaller weights, or close other programs.",
        )


def is_gpu_build() -> bool:
    """Tells whether the installed llama.cpp carries code for a GPU; whether it is used is proven at load."""
    package = find_spec("llama_cpp")
    folders = [Path(folder) / "lib" for folder in (package.submodule_search_locations or ())] if package else []
    names = [path.name for folder in folders if folder.is_dir() for path in folder.iterdir()]
    return any(re.search(r"ggml-(cuda|hip|metal|vulkan|sycl|opencl|musa)", name) for name in names)


def plan_load(settings: WeightsSettings) -> Load:
    """Decides how weights are loaded here: everything that the settings leave open, and fewer sequences if need be.

    Raises:
        UserError: The file cannot be used or does not fit.
    """
    header = inspect_gguf(settings.path)
    n_gpu_layers = settings.n_gpu_layers if is_gpu_build() else 0
    n_sequences = max(MIN_SEQUENCES, min(settings.n_sequences, MAX_SEQUENCES))
    while n_sequences > MIN_SEQUENCES and not estimate_fit(header, settings.n_ctx, n_sequences, n_gpu_layers).fits:
        n_sequences -= 1
    check_fits(header, settings.n_ctx, n_sequences, n_gpu_layers)
    return Load(
        path=settings.path,
        sha256=weights_sha256(settings.path),
        size_bytes=header.size_bytes,
        n_params=header.n_params,
        n_ctx=context_tokens(header, settings.n_ctx),
        n_sequences=n_sequences,
        n_batch=batch_tokens(header.n_params),
        n_threads=settings.n_threads or default_threads(),
        n_gpu_layers=settings.n_gpu_layers,
        safe_mode=False,
    )


def _version(path: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", path.stem)))


def _gb(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB"
