"""`tableread replay`: every turn of a branch again from its record, and whether it is equal."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from core.app_settings import MAX_CTX, load_settings
from core.commands.branch_choice import choose_path, choose_playtest, reading_project
from core.commands.printing import console, print_json
from core.errors import UserError
from core.inference.engine_choice import local_weights, parse_choice
from core.inference.pool import EnginePool
from core.inference.request import Engine, WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.weights.folders import all_folders, find_candidates
from core.inference.weights.notes import hash_of, open_notes
from core.playtest.looking_back.replaying import Replay, Replayed
from core.playtest.writing.cast_engines import FindEngine
from models.playtest import Turn


def replay(
    project_path: Path, playtest_id: str | None, branch: str | None, weights: Path | None, as_json: bool
) -> bool:
    """Runs the command; returns whether all turns are equal. Raises UserError for the world's faults."""
    with reading_project(project_path) as project:
        playtest = choose_playtest(project, playtest_id)
        path = choose_path(project, playtest, branch)
        with open_engines(weights_of_path(path, weights)) as (engine, find_engine):
            done = []
            for one in Replay(project, engine, playtest.id, find_engine).replay(path[-1].id):
                done.append(one)
                _print_turn(one, as_json)
    _print_sum(done, project_path, as_json)
    return all(one.is_equal for one in done)


@contextmanager
def open_engines(choice: WeightsSettings) -> Iterator[tuple[Engine, FindEngine]]:
    """Yields what runs these weights, and what finds the weights and servers of parts."""

    def find(pool: EnginePool, wanted: str) -> Engine:
        return pool.engine(parse_choice(wanted, load_settings()))

    with closing(EnginePool(lambda _event: None)) as pool:
        yield pool.engine(choice), partial(find, pool)


def weights_of_path(path: list[Turn], wanted: Path | None) -> WeightsSettings:
    """Returns the weights that wrote a branch, as they were loaded then, or those that were asked for.

    Raises:
        UserError: The weights of the record are not on this machine.
    """
    settings = load_settings()
    turn = next((turn for turn in path if isinstance(turn.record.get("weights"), dict)), None)
    record: dict[str, Any] = turn.record if turn is not None else {}
    found = wanted or _find_weights(record.get("weights") or {})
    n_ctx = record.get("n_ctx")
    choice = local_weights(settings, found)
    if wanted is None and isinstance(n_ctx, int) and 0 < n_ctx <= MAX_CTX:
        return replace(choice, n_ctx=n_ctx)
    return choice


def _find_weights(recorded: dict[str, Any]) -> Path:
    """Returns the file of this size and hash; without a record, the house weights."""
    sha256, size = recorded.get("sha256"), recorded.get("size_bytes")
    if not sha256 or recorded.get("server"):
        return house_weights()
    settings = load_settings()
    remembered = [Path(settings.weights_path)] if settings.weights_path else []
    folders = all_folders(settings.weights_folders)
    with open_notes() as notes:
        for path in (house_weights(), *remembered, *(one.path for one in find_candidates(folders))):
            try:
                if path.stat().st_size == size and hash_of(path, notes) == sha256:
                    return path
            except (OSError, UserError):
                continue
    name = recorded.get("name") or "The weights of this playtest"
    raise UserError(f"{name} cannot be found on this machine.", "Say where they are with --weights.")


def _print_turn(one: Replayed, as_json: bool) -> None:
    if as_json:
        print_json(one.to_document())
        return
    mark = ("equal" if one.is_written else "kept") if one.is_equal else "differs"
    style = {"equal": "green", "kept": "dim", "differs": "red"}[mark]
    console().print(f"{one.number:>5}  {mark:<8}{one.speaker}{': ' if one.why else ''}{one.why}", style=style)
    if not one.is_equal and one.is_written:
        console().print(f"               {one.text}", style="dim")


def _print_sum(done: list[Replayed], project: Path, as_json: bool) -> None:
    n_written = sum(one.is_written for one in done)
    n_equal = sum(one.is_equal for one in done if one.is_written)
    n_kept = len(done) - n_written
    if as_json:
        print_json(
            {
                "event": "end",
                "turns": len(done),
                "written": n_written,
                "equal": n_equal,
                "kept": n_kept,
                "project": str(project),
            }
        )
    else:
        kept = f" Kept as they are, as no weights wrote them or it cannot be told: {n_kept:,}." if n_kept else ""
        console().print(f"\n{n_equal:,} of {n_written:,} turns that were written again are equal.{kept}")
