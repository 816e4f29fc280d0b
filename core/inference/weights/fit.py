"""Tells what weights take of this machine's memory with given settings, before they are loaded. Loads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import psutil

from core.errors import UserError
from core.inference.batching.kept_rows import LIMIT_BYTES as KEPT_ROWS_BYTES
from core.inference.batching.logprobs import N_ROWS_MAX
from core.inference.weights.gguf_header import WeightsHeader

N_CTX_DEFAULT_MAX = 8192
KEPT_FREE = 0.1
"""Share of the available memory that is left to everything else."""
TIGHT_FREE = 0.25
"""Where less than this share of the available memory would be left, the rest of the system feels it."""
PROCESS_BYTES = 120 * 2**20
LEAST_PROCESS_BYTES = 60 * 2**20
"""Pages of weights that were never touched are not counted by the system: what is left cannot be less than this."""
KV_VALUE_BYTES = 2
STATE_VALUE_BYTES = 4


class Verdict(StrEnum):
    """Whether weights can be loaded here."""

    FITS = "fits"
    TIGHT = "tight"
    TOO_LARGE = "too large"


class Basis(StrEnum):
    """What the figures rest on."""

    ESTIMATE = "estimate"
    CORRECTED = "corrected by a measurement"
    """These weights were loaded here with other settings."""
    MEASURED = "measured"
    """They were loaded here with these settings."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The memory of a process that had weights loaded and had worked with them."""

    n_ctx: int
    n_sequences: int
    n_gpu_layers: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Main memory that weights take with these settings, in bytes."""

    weights_bytes: int
    kv_bytes: int
    """What is kept of the tokens that were read, for all sequences."""
    compute_bytes: int
    """Work space and the process itself."""
    available_bytes: int
    basis: Basis = Basis.ESTIMATE

    @property
    def needed_bytes(self) -> int:
        """All together."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes

    @property
    def fits(self) -> bool:
        """There is room, and some is left."""
        return self.needed_bytes <= self.available_bytes * (1 - KEPT_FREE)

    @property
    def verdict(self) -> Verdict:
        """`fits` in three steps."""
        if not self.fits:
            return Verdict.TOO_LARGE
        return Verdict.FITS if self.needed_bytes <= self.available_bytes * (1 - TIGHT_FREE) else Verdict.TIGHT


def batch_tokens(n_params: int) -> int:
    """Returns how many tokens are read in one batch: fewer for large weights, so that a cancel takes effect soon."""
    if n_params < 2_000_000_000:
        return 256
    return 128 if n_params < 10_000_000_000 else 64


def context_tokens(header: WeightsHeader, n_ctx: int) -> int:
    """Returns how many tokens one sequence will hold; `n_ctx` 0: what the weights were trained for, at most 8,192."""
    wanted = n_ctx or min(header.n_ctx_train, N_CTX_DEFAULT_MAX) or 2048
    return -(-wanted // 256) * 256


def estimate_fit(
    header: WeightsHeader,
    n_ctx: int,
    n_sequences: int,
    n_gpu_layers: int = 0,
    measured: Sequence[Measured] = (),
    freed_bytes: int = 0,
) -> Fit:
    """Estimates what weights take in this machine's memory.

    Layers with a sliding window count like all others: they keep the whole context here, so that a line can be taken
    back. What was measured replaces the estimate: all of it with the same settings, else the work space alone.

    Args:
        n_gpu_layers: Layers that are taken to be on a GPU, and so not in main memory; -1: all.
        measured: What these weights took before.
        freed_bytes: Memory that becomes free before the weights are loaded: that of the weights in use.
    """
    on_gpu = _share_on_gpu(header, n_gpu_layers)
    weights_bytes = round(header.tensor_bytes * (1 - on_gpu))
    compute_bytes, basis = _compute_bytes(header, n_ctx), Basis.ESTIMATE
    known = _nearest(measured, context_tokens(header, n_ctx), n_sequences, n_gpu_layers)
    if known is not None:
        kept_then = round(_kv_bytes(header, known.n_ctx, known.n_sequences) * (1 - on_gpu))
        compute_bytes = max(known.total_bytes - weights_bytes - kept_then, LEAST_PROCESS_BYTES)
        same = (known.n_ctx, known.n_sequences) == (context_tokens(header, n_ctx), n_sequences)
        basis = Basis.MEASURED if same else Basis.CORRECTED
    return Fit(
        weights_bytes=weights_bytes,
        kv_bytes=round(_kv_bytes(header, n_ctx, n_sequences) * (1 - on_gpu)),
        compute_bytes=compute_bytes,
        available_bytes=psutil.virtual_memory().available + freed_bytes,
        basis=basis,
    )


def check_fits(
    header: WeightsHeader,
    n_ctx: int,
    n_sequences: int,
    n_gpu_layers: int = 0,
    measured: Sequence[Measured] = (),
    freed_bytes: int = 0,
) -> None:
    """Raises UserError with the numbers when there is too little memory; arguments as for `estimate_fit`."""
    fit = estimate_fit(header, n_ctx, n_sequences, n_gpu_layers, measured, freed_bytes)
    if not fit.fits:
        raise UserError(
            f"{header.path.name} needs {_gb(fit.needed_bytes)} of memory ({_gb(fit.weights_bytes)} weights, "
            f"{_gb(fit.kv_bytes)} for {n_sequences} sequences of {context_tokens(header, n_ctx):,} tokens), and "
            f"{_gb(fit.available_bytes)} are available.",
            "Choose a smaller context, fewer sequences or smaller weights, or close other programs.",
        )


def _share_on_gpu(header: WeightsHeader, n_gpu_layers: int) -> float:
    return 1.0 if n_gpu_layers < 0 else min(n_gpu_layers / max(header.n_layers, 1), 1.0)


def _nearest(measured: Sequence[Measured], n_ctx: int, n_sequences: int, n_gpu_layers: int) -> Measured | None:
    """Returns what was measured with settings most like these: work space grows with the context."""

    def distance(one: Measured) -> tuple[int, int]:
        return abs(one.n_ctx - n_ctx), abs(one.n_sequences - n_sequences)

    return min((one for one in measured if one.n_gpu_layers == n_gpu_layers), key=distance, default=None)


def _kv_bytes(header: WeightsHeader, n_ctx: int, n_sequences: int) -> int:
    per_sequence = KV_VALUE_BYTES * header.n_kv_values * context_tokens(header, n_ctx)
    return (per_sequence + STATE_VALUE_BYTES * header.n_state_values) * n_sequences


def _compute_bytes(header: WeightsHeader, n_ctx: int) -> int:
    n_batch = batch_tokens(header.n_params)
    logits = 2 * 4 * N_ROWS_MAX * header.n_vocab
    activations = 4 * n_batch * (8 * header.n_embd + 3 * header.n_ff + context_tokens(header, n_ctx) * header.n_heads)
    return logits + activations + KEPT_ROWS_BYTES + PROCESS_BYTES


def _gb(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB"
