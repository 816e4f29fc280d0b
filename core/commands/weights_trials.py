"""The trials of `tableread weights`, which load the weights: bench and check."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from core.commands.play import weights_of
from core.commands.printing import console, print_json
from core.commands.weights_reports import path_of
from core.playtest.weights_trials import try_role, try_speed


def bench(file: Path | None, n_threads: int | None, n_gpu_layers: int | None, as_json: bool) -> None:
    """Measures the speed of weights and prints it."""
    settings = weights_of(path_of(file), n_threads, None, n_gpu_layers)
    with _showing_steps("measuring") as on_step:
        speed = try_speed(settings, on_step, lambda: False)
    if as_json:
        print_json({"path": str(settings.path), **speed.to_note()})
        return
    out = console()
    where = f"on {speed.gpu}" if speed.gpu else f"with {speed.n_threads} threads"
    out.print(f"{settings.path.name} {where}{', safe mode' if speed.safe_mode else ''}")
    out.print(f"  reads   {speed.read_tokens_per_s:>9,.1f} tokens/s")
    for n_sequences, rate in speed.write_tokens_per_s.items():
        shown = f"{rate:>9,.1f} tokens/s" if rate is not None else "the answers ended too soon to tell"
        out.print(f"  writes  {shown}  ({n_sequences} at once)")


def check(file: Path | None, n_threads: int | None, n_gpu_layers: int | None, as_json: bool) -> None:
    """Checks whether weights hold a role and prints each probe."""
    settings = weights_of(path_of(file), n_threads, None, n_gpu_layers)
    with _showing_steps("asking") as on_step:
        found = try_role(settings, on_step, lambda: False)
    if as_json:
        print_json({"path": str(settings.path), **found.to_note()})
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "probe", "what was written"):
        table.add_column(heading, overflow="fold")
    for probe in found.probes:
        table.add_row("✓" if probe.passed else "✗", probe.name, probe.evidence)
    console().print(table)


@contextmanager
def _showing_steps(what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows a bar on standard error while work goes on, where somebody looks."""
    screen = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"))
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(what, total=1)
        yield lambda n_done, n_all: progress.update(task, completed=n_done, total=n_all)
