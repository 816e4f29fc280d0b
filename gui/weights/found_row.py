"""What a row of the list of weights knows, put together off the window's thread."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.app_settings import AppSettings
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import fit_here
from core.inference.weights.fit import Fit, Measured
from core.inference.weights.folders import all_folders
from core.inference.weights.notes import ROLE_CHECK, SPEED, WeightsNotes, open_notes
from core.inference.weights.scan import FoundWeights, scan
from core.inference.weights.speed import Speed
from core.playtest.role_check import RoleCheck

BATCH = 64


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A file, with all that was learnt about it."""

    found: FoundWeights
    fit: Fit | None = None
    """With the remembered settings and as many sequences as there is room for; None: these are no chat weights."""
    measured: tuple[Measured, ...] = ()
    speed: Speed | None = None
    role: RoleCheck | None = None
    search_text: str = ""
    """What a search looks through, without capitals."""


def look_everywhere(
    settings: AppSettings,
    freed_bytes: int,
    on_rows: Callable[[list[FoundRow]], None],
    report: Callable[[object], None],
    cancelled: Callable[[], bool],
) -> None:
    """Reads what lies in all folders and hands rows over, some at a time."""
    with open_notes() as notes:
        batch: list[FoundRow] = []
        for found in scan(
            all_folders(settings.weights_folders), notes, lambda done, every: report((done, every)), cancelled
        ):
            batch.append(make_row(found, settings, freed_bytes, notes))
            if len(batch) >= BATCH:
                on_rows(batch)
                batch = []
        on_rows(batch)


def make_row(found: FoundWeights, settings: AppSettings, freed_bytes: int, notes: WeightsNotes) -> FoundRow:
    """Adds what was learnt about a file."""
    if found.header is None or not found.is_chat:
        return FoundRow(found, search_text=_search_text(found))
    measured = notes.measured(found.sha256) if found.sha256 else ()
    wanted = WeightsSettings(found.path, 0, settings.n_gpu_layers, settings.n_ctx, settings.n_sequences)
    fit, _ = fit_here(found.header, wanted, measured, freed_bytes)
    return FoundRow(
        found,
        fit,
        measured,
        next(_read(notes, found.sha256, SPEED, Speed.from_note), None),
        next(_read(notes, found.sha256, ROLE_CHECK, RoleCheck.from_note), None),
        _search_text(found),
    )


def _search_text(found: FoundWeights) -> str:
    kind = (found.header.quantisation, found.header.architecture) if found.header else ()
    return " ".join([found.name, found.label, found.tool, str(found.path), *kind]).casefold()


def _read(notes: WeightsNotes, sha256: str, what: str, parse: Callable[[dict[str, Any]], Any]) -> Iterator[Any]:
    note = notes.note(sha256, what) if sha256 else None
    if note is not None:
        try:
            yield parse(note)
        except (KeyError, TypeError, ValueError, AttributeError):  # of another version: it can be found out again
            return
