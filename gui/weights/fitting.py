"""Whether weights would run here with these settings, before anything is changed. Any thread; no Qt."""

from dataclasses import dataclass, replace

from core.inference.catalog import MIN_SEQUENCES, Fit, check_fits, context_tokens, estimate_fit, is_gpu_build
from core.inference.gguf_header import WeightsHeader, inspect_gguf
from core.inference.request import WeightsSettings


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file says of itself, and what it would take."""

    header: WeightsHeader
    fit: Fit
    n_ctx: int
    n_sequences: int


def examine(settings: WeightsSettings) -> Examined:
    """Reads the head of the file and estimates its memory, with as many sequences as there is room for.

    Raises:
        UserError: The file cannot be used, or does not fit.
    """
    header = inspect_gguf(settings.path)
    if not is_gpu_build():
        settings = replace(settings, n_gpu_layers=0)
    n_ctx, n_gpu_layers, n_sequences = settings.n_ctx, settings.n_gpu_layers, settings.n_sequences
    while n_sequences > MIN_SEQUENCES and not estimate_fit(header, n_ctx, n_sequences, n_gpu_layers).fits:
        n_sequences -= 1
    check_fits(header, n_ctx, n_sequences, n_gpu_layers)
    fit = estimate_fit(header, n_ctx, n_sequences, n_gpu_layers)
    return Examined(header, fit, context_tokens(header, n_ctx), n_sequences)
