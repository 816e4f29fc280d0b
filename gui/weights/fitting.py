"""Whether weights would run here with these settings, before anything is changed. Any thread; no Qt."""

from dataclasses import dataclass, replace

import psutil

from core.inference.request import WeightsSettings
from core.inference.weights.catalog import Fit, check_kind, context_tokens, estimate_fit, is_gpu_build, most_sequences
from core.inference.weights.gguf_header import WeightsHeader, inspect_gguf
from core.inference.weights.notes import hash_of, open_notes


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file says of itself, and what it would take."""

    header: WeightsHeader
    fit: Fit
    n_ctx: int
    n_sequences: int


def examine(settings: WeightsSettings, freed_bytes: int = 0) -> Examined:
    """Reads the head of the file and estimates its memory, with as many sequences as there is room for.

    Args:
        freed_bytes: Memory that becomes free before these weights are loaded.

    Raises:
        UserError: The file cannot be used, or does not fit.
    """
    header = inspect_gguf(settings.path)
    check_kind(header)
    if not is_gpu_build():
        settings = replace(settings, n_gpu_layers=0)
    with open_notes() as notes:
        measured = notes.measured(hash_of(settings.path, notes))
    n_sequences = most_sequences(header, settings, measured, freed_bytes)
    fit = estimate_fit(header, settings.n_ctx, n_sequences, settings.n_gpu_layers, measured, freed_bytes)
    return Examined(header, fit, context_tokens(header, settings.n_ctx), n_sequences)


def memory_in_use(process_id: int | None) -> int:
    """Returns what a process takes, in bytes; 0: there is none."""
    try:
        return int(psutil.Process(process_id).memory_info().rss) if process_id else 0
    except psutil.Error:
        return 0
