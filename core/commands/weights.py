"""`tableread weights`: what is on this machine, whether it fits, how fast it is, whether it holds a role; downloads."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Find, examine, try and download weights (GGUF).", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="GGUF file; the weights in use otherwise.")]
Context = Annotated[int, typer.Option(min=0, help="Tokens per sequence; 0: for these weights.")]
Sequences = Annotated[int, typer.Option(min=2, max=64, help="Sequences whose tokens are kept at once.")]
GpuLayers = Annotated[int | None, typer.Option(min=-1, help="-1: all; as the app remembers it otherwise.")]
Threads = Annotated[int | None, typer.Option(min=0, max=1024, help="0: for this machine.")]


@app.command("list")
def list_command(
    every: Annotated[bool, typer.Option("--all", help="Also what is no chat weights, and broken files.")] = False,
    as_json: Json = False,
) -> None:
    """List the weights on this machine, from the folders of this app, yours, and those of other tools.

    With --json, one object per file: {"path","tool","label","name","kind","architecture","n_params","quantisation",
    "size_bytes","n_ctx_train","has_template","licence","fault","fit":{…}|null,"speed":{…}|null,"role_check":{…}|null}.
    """
    from core.commands.weights_reports import list_weights

    list_weights(every, as_json)


@app.command("show")
def show_command(file: File = None, as_json: Json = False) -> None:
    """Say what a file of weights is, without loading it; with --json as one object of `list`."""
    from core.commands.weights_reports import show

    show(file, as_json)


@app.command("scan")
def scan_command(
    folders: Annotated[list[Path] | None, typer.Argument(metavar="[FOLDER]...", help="Look here too.")] = None,
    remember: Annotated[bool, typer.Option("--remember", help="Look in these folders from now on.")] = False,
    as_json: Json = False,
) -> None:
    """Look through all folders, and say what lies where and which files are broken.

    With --json, one object per folder: {"folder","tool","n_weights","n_other","broken":[{"path","fault"}]}.
    """
    from core.commands.weights_reports import scan_folders

    scan_folders(folders or [], remember, as_json)


@app.command("fit")
def fit_command(
    file: File = None,
    context: Context = 0,
    sequences: Sequences = 16,
    gpu_layers: GpuLayers = None,
    as_json: Json = False,
) -> None:
    """Tell whether weights fit into this machine's memory with these settings.

    With --json: {"path","verdict":"fits"|"tight"|"too large","basis","n_ctx","n_sequences","needed_bytes",
    "weights_bytes","kv_bytes","compute_bytes","available_bytes"}.
    """
    from core.commands.weights_reports import fit

    fit(file, context, sequences, gpu_layers, as_json)


@app.command("bench")
def bench_command(
    file: File = None, threads: Threads = None, gpu_layers: GpuLayers = None, as_json: Json = False
) -> None:
    """Measure how fast weights read, and write with 1, 4 and 8 sequences at once; the list shows it from then on.

    With --json: {"path","read_tokens_per_s","write_tokens_per_s":{"1","4","8"},"n_threads","gpu","safe_mode",
    "measured_at"}.
    """
    from core.commands.weights_trials import bench

    bench(file, threads, gpu_layers, as_json)


@app.command("check")
def check_command(
    file: File = None, threads: Threads = None, gpu_layers: GpuLayers = None, as_json: Json = False
) -> None:
    """Check whether weights hold a role: a few questions to one character, with a fixed seed.

    With --json: {"path","probes":[{"name","passed","sought","evidence"}]}.
    """
    from core.commands.weights_trials import check

    check(file, threads, gpu_layers, as_json)


@app.command("download")
def download_command(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="owner/name/file.gguf, owner/name, or an address.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Folder to put it into; the app's own otherwise.")] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Throw away what was left unfinished there instead.")] = False,
    as_json: Json = False,
) -> None:
    """Download weights from a hub: goes on where it broke off, checks room and SHA-256. owner/name lists its files.

    With --json: {"path","size_bytes","verified"}, or one {"source","size_bytes","sha256"} per file of a repository,
    or one {"removed","size_bytes"} per unfinished file.
    """
    from core.commands.weights_download import clean_unfinished, download_weights

    if clean == bool(source):
        raise typer.BadParameter("Name what to download, or give --clean alone.", param_hint="SOURCE")
    if source:
        download_weights(source, to, as_json)
    else:
        clean_unfinished(to, as_json)


@app.command("recommended")
def recommended_command(as_json: Json = False) -> None:
    """List weights worth a try, by the memory that they want.

    With --json, one object per entry: {"memory_gb","name","repo","file","about_bytes","licence","why"}.
    """
    from core.commands.weights_download import show_recommended

    show_recommended(as_json)
