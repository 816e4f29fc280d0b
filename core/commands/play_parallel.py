"""`tableread play --parallel N`: playtests of one scenario side by side, a director each, on one set of weights.

What they share is the engine, whose batches they fill together. Printing is in `parallel_printers`.
"""

import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from types import FrameType

from core.app_settings import load_settings
from core.commands.beginning import find_beginning
from core.commands.casting import check_engine, choose_engine
from core.commands.parallel_printers import ParallelJsonPrinter, ParallelPrinter, Seat, Summary, TablePrinter
from core.commands.play import (
    PlayRequest,
    cast_settings,
    check_out,
    check_policy,
    check_usage,
    end_reason,
    find_scenario,
    open_project,
    read_turn,
    settings_for,
    weights_of,
)
from core.errors import UserError
from core.events import Event, Failed, PlaytestPaused, ScoresCommitted, TurnCommitted
from core.inference.engine_choice import EngineChoice, parse_choice
from core.inference.pool import EnginePool
from core.inference.request import Engine, Layout, WeightsSettings
from core.inference.weights.catalog import MAX_SEQUENCES
from core.interchange.playtest_files import write_playtest_files
from core.library.playtests import get_playtest
from core.playtest.directing.director import Director
from core.playtest.script import Script
from core.playtest.settings import MAX_SEED, PlaySettings
from core.project import Project
from models.playtest import Playtest

LOOK_EVERY_S = 0.2
"""How often it is looked whether a director has come to rest: one that is stopped between two turns does not say so."""


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """The user wants to stop."""


_News = Event | _Interrupted


@dataclass(slots=True)
class _Run:
    """One of the playtests, and what has happened to it."""

    seat: Seat
    director: Director
    unprinted: deque[int] = field(default_factory=deque)
    """Ids of committed turns, in order, the first of which waits for its scores."""
    scored: set[int] = field(default_factory=set)
    n_turns: int = 0
    n_tokens: int = 0
    stopped: bool = False
    """The user stopped it while it was being played."""
    paused: bool = False
    """Its director has come to rest, and all that it said until then was taken."""
    fault: Failed | None = None
    reason: str = ""
    """Why it ended; empty while it goes on."""


def play_parallel(request: PlayRequest, n_playtests: int) -> None:
    """Runs the command. Raises UserError for the world's faults, once all playtests that can go on have ended."""
    check_usage(request)
    check_out(request.out)
    weights = weights_of(request.weights, request.n_threads, request.n_ctx, request.n_gpu_layers)
    choice = choose_engine(weights, request.weights, request.server, request.server_model)
    check_engine(choice)
    news: queue.SimpleQueue[_News] = queue.SimpleQueue()
    with open_project(request) as project:
        scenario_id, script, settings = _plan(project, request)
        scenario = find_scenario(project, request.scenario)
        beginning = find_beginning(project, scenario, request.from_beat, request.changes, request.policy)
        check_policy(beginning.adapt(script))
        n_sequences = sequences_for(n_playtests, len(script.parts))
        with ExitStack() as stack:
            pool = stack.enter_context(closing(EnginePool(news.put)))
            find_engine = partial(_find_engine, pool, n_sequences)
            engine = pool.engine(batched(choice, n_sequences))
            for wanted in settings.cast_weights.values():  # so that the pool knows how many share its memory
                find_engine(wanted)
            _ = engine.info  # loading is no part of the time that playing takes
            runs: dict[str, _Run] = {}
            for number, seed in enumerate(seeds_from(settings.seed, n_playtests), 1):
                playtest = beginning.start(project, scenario_id, settings.model_copy(update={"seed": seed}))
                director = Director(project, engine, playtest.id, news.put, find_engine=find_engine)
                stack.enter_context(closing(director))
                runs[playtest.id] = _Run(Seat(number, seed), director)
            printer = ParallelJsonPrinter() if request.as_json else TablePrinter([run.seat for run in runs.values()])
            with printer.showing(), _interrupts_as_news(news):
                seconds = _play_all(project, runs, news, printer, request.n_turns)
        if request.out:
            for playtest_id, run in runs.items():
                write_playtest_files(project, _playtest(project, playtest_id), request.out / str(run.seat.number))
        n_turns, n_tokens = sum(run.n_turns for run in runs.values()), sum(run.n_tokens for run in runs.values())
        printer.sum_up(Summary(len(runs), n_turns, n_tokens, seconds, project.path, request.out))
    _raise_faults(runs.values())


def sequences_for(n_playtests: int, n_cast: int) -> int:
    """Returns how many sequences to ask for: one for each view of each cast, and one a playtest for scores."""
    return min(MAX_SEQUENCES, n_playtests * n_cast + n_playtests)


def seeds_from(seed: int, n_playtests: int) -> list[int]:
    """Returns a seed and those that follow it; after the largest seed comes 1, as 0 would mean a drawn one."""
    return [(seed - 1 + place) % MAX_SEED + 1 for place in range(n_playtests)]


def batched(choice: EngineChoice, n_sequences: int) -> EngineChoice:
    """Returns weights that write for many at once; a server batches as it likes."""
    if not isinstance(choice, WeightsSettings):
        return choice
    return replace(choice, layout=Layout.BATCHED, n_sequences=n_sequences)


def _plan(project: Project, request: PlayRequest) -> tuple[str, Script, PlaySettings]:
    """Returns which scenario is played, by whom, and the settings of the first playtest."""
    scenario = find_scenario(project, request.scenario)
    with project.reading() as session:
        script = Script.from_rows(session, scenario)
    settings = settings_for(PlaySettings.from_app(load_settings()), request)
    return scenario.id, script, cast_settings(settings, request, script).with_seed()


def _find_engine(pool: EnginePool, n_sequences: int, wanted: str) -> Engine:
    return pool.engine(batched(parse_choice(wanted, load_settings()), n_sequences))


def _play_all(
    project: Project,
    runs: dict[str, _Run],
    news: "queue.SimpleQueue[_News]",
    printer: ParallelPrinter,
    n_turns: int | None,
) -> float:
    """Plays and prints until nothing is being written or scored any more; returns how many seconds that took.

    A playtest that fails does not stop the others.
    """
    started = time.perf_counter()
    for run in runs.values():
        run.director.play(n_turns)
    while any(not run.reason for run in runs.values()):
        at_rest = [run for run in runs.values() if not run.director.is_playing]
        try:
            event = news.get(timeout=LOOK_EVERY_S)
        except queue.Empty:  # whatever they had to say before they came to rest was taken
            for run in at_rest:
                run.paused = True
        else:
            _take(project, runs, event, printer)
        for playtest_id, run in runs.items():
            if run.paused and not run.reason and (run.fault or not run.unprinted):
                _print_turns(project, run, printer, even_unscored=True)
                ended = end_reason(_playtest(project, playtest_id), n_turns, run.stopped)
                run.reason = "failed" if run.fault else ended
                printer.end(run.seat, run.reason, run.n_turns)
    return time.perf_counter() - started


def _take(project: Project, runs: dict[str, _Run], event: _News, printer: ParallelPrinter) -> None:
    """Notes and prints what happened."""
    if isinstance(event, _Interrupted):
        for one in runs.values():
            one.stopped = one.director.is_playing
            one.director.stop()
        return
    run = runs.get(getattr(event, "playtest_id", ""))
    if run is None:  # it is about the weights, which all share
        printer.show(None, event)
        return
    match event:
        case Failed():
            run.fault = run.fault or event
            run.director.stop()
        case PlaytestPaused():
            run.paused = not run.director.is_playing
        case TurnCommitted(turn_id=turn_id):
            run.unprinted.append(turn_id)
        case ScoresCommitted(turn_id=turn_id):
            run.scored.add(turn_id)
        case _:
            printer.show(run.seat, event)
    _print_turns(project, run, printer)


def _print_turns(project: Project, run: _Run, printer: ParallelPrinter, *, even_unscored: bool = False) -> None:
    """Prints the turns whose scores, and those of all before them, are there."""
    while run.unprinted and (even_unscored or run.unprinted[0] in run.scored):
        turn, scores = read_turn(project, run.unprinted.popleft())
        run.n_turns += 1
        run.n_tokens += turn.record.get("n_written_tokens", 0)
        printer.turn(run.seat, turn, scores)


@contextmanager
def _interrupts_as_news(news: "queue.SimpleQueue[_News]") -> Iterator[None]:
    """Makes the first Ctrl-C a piece of news, so that it cuts nothing short; the second is what it always is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.getsignal(signal.SIGINT)

    def note(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, previous)
        news.put(_Interrupted())

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _playtest(project: Project, playtest_id: str) -> Playtest:
    playtest = get_playtest(project, playtest_id)
    if playtest is None:
        raise UserError("A playtest is not in the project any more.", "Undo may bring it back.")
    return playtest


def _raise_faults(runs: Iterable[_Run]) -> None:
    """Raises the first fault, if there was one."""
    for run in runs:
        if run.fault is not None:
            raise UserError(f"Playtest {run.seat.number} did not go on: {run.fault.message}", run.fault.hint)
