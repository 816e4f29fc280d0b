"""`tableread weights download` and `recommended`."""

import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as ProgressBar

from core.commands.printing import console, print_json
from core.errors import UserError
from core.inference.weights.download import Cancelled, Progress, download, find_partial, remove_partial
from core.inference.weights.folders import download_folder
from core.inference.weights.hub import format_source, list_files, parse_source
from core.inference.weights.recommended import list_recommended


def download_weights(text: str, to: Path | None, as_json: bool) -> None:
    """Downloads one set of weights, or lists those of a repository."""
    if text.count("/") == 1 and "://" not in text:
        _list_repository(text, as_json)
        return
    source = parse_source(text)
    screen = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with ProgressBar(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(source.name, total=None)

        def show(progress: Progress) -> None:
            bar.update(task, description=progress.step, completed=progress.n_bytes, total=progress.total_bytes)

        try:
            got = download(source, (to or download_folder()).expanduser(), show, lambda: False)
        except (KeyboardInterrupt, Cancelled) as error:
            raise UserError("The download was ended.", "What has arrived is kept: the same command goes on.") from error
    if as_json:
        print_json({"path": str(got.path), "size_bytes": got.size_bytes, "verified": got.verified})
        return
    checked = "its SHA-256 is right" if got.verified else "the server named no SHA-256 to compare with"
    console().print(f"{got.path} ({got.size_bytes / 1e9:.2f} GB; {checked})")


def clean_unfinished(folder: Path | None, as_json: bool) -> None:
    """Removes what downloads left unfinished."""
    for path in find_partial((folder or download_folder()).expanduser()):
        n_bytes = path.stat().st_size
        remove_partial(path)
        if as_json:
            print_json({"removed": str(path), "size_bytes": n_bytes})
        else:
            console().print(f"{path} ({n_bytes / 1e9:.2f} GB) was removed")


def show_recommended(as_json: bool) -> None:
    """Prints the list that ships with the app."""
    if as_json:
        for one in list_recommended():
            print_json(asdict(one))
        return
    out = console()
    for one in list_recommended():
        out.print(f"{one.memory_gb:>3} GB  {one.name} (about {one.about_bytes / 1e9:.1f} GB; {one.licence})")
        out.print(f"        {one.why}")
        out.print(f"        tableread weights download {format_source(one.source)}")


def _list_repository(repo: str, as_json: bool) -> None:
    files = list_files(repo)
    if not files:
        raise UserError(f"{repo} holds no GGUF files.", "Look for a repository whose name ends in GGUF.")
    for file in files:
        if as_json:
            row = {"source": format_source(file.source), "size_bytes": file.size_bytes, "sha256": file.sha256}
            print_json(row)
        else:
            console().print(f"{file.size_bytes / 1e9:>7.2f} GB  {format_source(file.source)}")
