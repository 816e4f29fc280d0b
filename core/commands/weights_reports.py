"""The reports of `tableread weights` that load nothing: list, show, scan, fit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from core.app_settings import AppSettings, change_settings, load_settings
from core.commands.play import weights_of
from core.commands.printing import console, print_json
from core.errors import UserError
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import context_tokens, fit_here, is_gpu_build
from core.inference.weights.fit import Fit, estimate_fit
from core.inference.weights.folders import Candidate, Folder, all_folders
from core.inference.weights.gguf_header import WeightsHeader
from core.inference.weights.notes import ROLE_CHECK, SPEED, WeightsNotes, hash_of, open_notes
from core.inference.weights.scan import FoundWeights, examine_file, folder_fault, scan


def list_weights(every: bool, as_json: bool) -> None:
    """Prints all weights that were found."""
    settings = load_settings()
    with open_notes() as notes:
        found = [one for one in scan(all_folders(settings.weights_folders), notes) if every or one.is_chat]
        if as_json:
            for one in found:
                print_json(_as_row(one, settings, notes))
            return
        _print_table(found, settings, notes)


def show(file: Path | None, as_json: bool) -> None:
    """Prints what one file is."""
    settings, path = load_settings(), path_of(file)
    with open_notes() as notes:
        hash_of(path, notes)
        found = examine_file(Candidate(path, "Folder"), notes)
        row = _as_row(found, settings, notes)
    if as_json:
        print_json(row)
    if found.header is None:
        raise UserError(found.fault, "Download the weights again or choose others.")
    if not as_json:
        out = console()
        for name, value in row.items():
            if value not in (None, "", {}):
                out.print(f"{name.replace('_', ' '):>14}  {_plain(value)}")


def scan_folders(folders: Sequence[Path], remember: bool, as_json: bool) -> None:
    """Prints what lies in each folder, and which files are broken. Raises UserError for a named one that is none."""
    for folder in folders:
        if fault := folder_fault(folder.expanduser().absolute()):
            raise UserError(fault, "Name a folder.")
    given = [str(folder.expanduser().absolute()) for folder in folders]
    if remember:
        change_settings(lambda settings: settings.weights_folders.extend(set(given) - set(settings.weights_folders)))
    places = all_folders(list(dict.fromkeys([*load_settings().weights_folders, *given])))
    out = console()
    with open_notes() as notes:
        found = list(scan(places, notes))
    for place in places:
        here = [one for one in found if one.tool == place.tool and one.path.is_relative_to(place.path)]
        report = _folder_report(place, here)
        if as_json:
            print_json(report)
            continue
        out.print(f"{place.path} ({place.tool}): {report['n_weights']} weights, {report['n_other']} other")
        for broken in report["broken"]:
            out.print(f"    {broken['fault']}")


def fit(file: Path | None, n_ctx: int, n_sequences: int, n_gpu_layers: int | None, as_json: bool) -> None:
    """Prints whether weights fit."""
    wanted = weights_of(file, None, n_ctx, n_gpu_layers)
    with open_notes() as notes:
        found = examine_file(Candidate(path_of(file), "Folder"), notes)
        if found.header is None:
            raise UserError(found.fault, "Choose other weights.")
        n_layers = wanted.n_gpu_layers if is_gpu_build() else 0
        measured = notes.measured(hash_of(found.path, notes))
        estimate = estimate_fit(found.header, n_ctx, n_sequences, n_layers, measured)
    tokens = context_tokens(found.header, n_ctx)
    row = {"path": str(found.path), **_fit_row(estimate, tokens, n_sequences)}
    if as_json:
        print_json(row)
        return
    out = console()
    out.print(f"{found.name}: {estimate.verdict} ({estimate.basis})")
    out.print(f"  weights   {_size(estimate.weights_bytes):>9}")
    out.print(f"  KV cache  {_size(estimate.kv_bytes):>9}  {n_sequences} sequences of {tokens:,} tokens")
    out.print(f"  work      {_size(estimate.compute_bytes):>9}")
    out.print(f"  together  {_size(estimate.needed_bytes):>9}  of {_size(estimate.available_bytes)} that are free")


def path_of(file: Path | None) -> Path:
    """Returns the file that is meant: the one that was named, else the weights in use."""
    return file.expanduser().absolute() if file else weights_of(None, None, None, None).path


def _as_row(found: FoundWeights, settings: AppSettings, notes: WeightsNotes) -> dict[str, Any]:
    row: dict[str, Any] = {"path": str(found.path), "tool": found.tool, "label": found.label, "name": found.name}
    header = found.header
    if header is None:
        return row | {"fault": found.fault}
    row |= {
        "kind": header.kind.value,
        "architecture": header.architecture,
        "n_params": header.n_params,
        "quantisation": header.quantisation,
        "size_bytes": header.size_bytes,
        "n_files": header.n_files,
        "n_ctx_train": header.n_ctx_train,
        "sliding_window": header.sliding_window,
        "has_template": header.has_template,
        "licence": header.licence,
        "fault": "",
        "fit": _fit_of(found, header, settings, notes) if found.is_chat else None,
        "speed": notes.note(found.sha256, SPEED) if found.sha256 else None,
        "role_check": notes.note(found.sha256, ROLE_CHECK) if found.sha256 else None,
    }
    return row


def _fit_of(found: FoundWeights, header: WeightsHeader, settings: AppSettings, notes: WeightsNotes) -> dict[str, Any]:
    """Returns the fit as loading would have it: with fewer sequences where there is no room for all."""
    measured = notes.measured(found.sha256) if found.sha256 else ()
    wanted = WeightsSettings(found.path, 0, settings.n_gpu_layers, settings.n_ctx, settings.n_sequences)
    fit, n_sequences = fit_here(header, wanted, measured)
    return _fit_row(fit, context_tokens(header, settings.n_ctx), n_sequences)


def _fit_row(fit: Fit, n_ctx: int, n_sequences: int) -> dict[str, Any]:
    row = asdict(fit) | {"basis": fit.basis.value, "verdict": fit.verdict.value, "needed_bytes": fit.needed_bytes}
    return {"n_ctx": n_ctx, "n_sequences": n_sequences} | row


def _folder_report(place: Folder, found: Sequence[FoundWeights]) -> dict[str, Any]:
    counts = Counter("broken" if one.header is None else "weights" if one.is_chat else "other" for one in found)
    broken = [{"path": str(one.path), "fault": one.fault} for one in found if one.header is None]
    return {
        "folder": str(place.path),
        "tool": place.tool,
        "n_weights": counts["weights"],
        "n_other": counts["other"],
        "broken": broken,
    }


def _print_table(found: Sequence[FoundWeights], settings: AppSettings, notes: WeightsNotes) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("weights", "from", "size", "type", "fit", "tokens/s", "role"):
        table.add_column(heading, justify="right" if heading in ("size", "tokens/s") else "left", overflow="fold")
    for one in found:
        row = _as_row(one, settings, notes)
        if one.header is None:
            table.add_row(one.name, one.tool, "", "", one.fault, "", "")
            continue
        verdict = row["fit"]["verdict"] if row["fit"] else one.header.kind.value
        speed = row["speed"]["write_tokens_per_s"].get("1") if row["speed"] else None
        probes = row["role_check"]["probes"] if row["role_check"] else []
        role = f"{sum(probe['passed'] for probe in probes)}/{len(probes)}" if probes else ""
        size, quantisation = _size(one.header.size_bytes), one.header.quantisation
        table.add_row(one.name, one.tool, size, quantisation, verdict, f"{speed:,.0f}" if speed else "", role)
    console().print(table)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        if "probes" in value:
            return f"{sum(probe['passed'] for probe in value['probes'])} of {len(value['probes'])} probes passed"
        return ", ".join(f"{name.replace('_', ' ')}: {_plain(part)}" for name, part in value.items())
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000:
        return f"{value:,}"
    return str(value)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"
