"""`tableread play`: a playtest without a window, live in the terminal or as JSON lines."""

import queue
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.app_settings import MAX_CTX, load_settings
from core.commands.beginning import check_beginning, find_beginning
from core.commands.casting import (
    check_cast_options,
    check_engine,
    choose_engine,
    parse_cast_adapters,
    parse_cast_weights,
)
from core.commands.printing import console, print_json
from core.commands.sampling_options import parse_sampling_options
from core.commands.score_words import explain_scores, say_scores
from core.commands.stage_options import check_rules
from core.commands.turn_json import described
from core.commands.usage import WrongUsage
from core.demo import dated_folder, free_path, make_demo_project
from core.errors import UserError
from core.events import (
    Event,
    Failed,
    LineAwaited,
    PlaytestPaused,
    ScoresCommitted,
    TextStreamed,
    TurnCommitted,
    TurnDiscarded,
    TurnStarted,
    ViewTrimmed,
    WorkerRestarted,
)
from core.inference.engine_choice import parse_choice
from core.inference.pool import EnginePool
from core.inference.request import Engine, WeightsSettings
from core.inference.weights.catalog import house_weights
from core.interchange.files import disk_faults, make_folder
from core.interchange.packs import import_pack, read_pack
from core.interchange.playtest_files import write_playtest_files
from core.library.playtests import get_playtest, list_playtests, list_turns, scores_of_turn
from core.library.scenarios import list_scenarios
from core.playtest.directing.director import Director
from core.playtest.sampler_settings import parse_sampler
from core.playtest.scores.live_measures import LIVE_METRICS
from core.playtest.scores.scoring import WEIGHTS_METRICS
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.tree import path_to
from core.project import SUFFIX, Project
from core.turn_taking.balance import measure
from models.playtest import Playtest, Turn
from models.scenario import Scenario, TurnPolicy


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """What the command line asked for; None: as the app remembers it, or as the playtest began."""

    source: Path | None = None
    scenario: str | None = None
    n_turns: int | None = None
    seed: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    redraws: int | None = None
    sampling: tuple[str, ...] = ()
    """KEY=VALUE or the name of a JSON file, see `core.commands.sampling_options`."""
    weights: Path | None = None
    n_threads: int | None = None
    n_ctx: int | None = None
    n_gpu_layers: int | None = None
    server: str | None = None
    server_model: str | None = None
    cast_weights: tuple[str, ...] = ()
    """ROLE=PATH_OR_SERVER, see `core.commands.casting`."""
    adapters: tuple[str, ...] = ()
    """ROLE=FILE[:SCALE[:FIRST-LAST]], see `core.commands.casting`."""
    from_beat: str | None = None
    changes: tuple[str, ...] = ()
    """KEY=VALUE: a rule of `models.stage.StageRules`, or an effect, see `core.world.effects`."""
    policy: str | None = None
    """Of turn-taking."""
    out: Path | None = None
    resume: bool = False
    as_json: bool = False


def play(request: PlayRequest) -> None:
    """Runs the command. Raises UserError for the world's faults."""
    check_usage(request)
    check_out(request.out)
    weights = weights_of(request.weights, request.n_threads, request.n_ctx, request.n_gpu_layers)
    choice = choose_engine(weights, request.weights, request.server, request.server_model)
    check_engine(choice)
    with open_project(request) as project:
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        with closing(EnginePool(events.put)) as pool:
            playtest = _choose_playtest(project, request)
            settings = settings_for(PlaySettings.model_validate(playtest.settings), request)
            script = Script.model_validate(playtest.script)
            check_policy(script)
            settings = cast_settings(settings, request, script)
            find_engine = partial(_find_engine, pool)
            for wanted in settings.cast_weights.values():  # so that the pool knows how many share its memory
                find_engine(wanted)
            with closing(
                Director(project, pool.engine(choice), playtest.id, events.put, find_engine=find_engine)
            ) as director:
                director.update_settings(settings)
                director.play(request.n_turns)
                printer = JsonPrinter(project) if request.as_json else LivePrinter(project)
                interrupted = _follow(project, events, printer, director)
        playtest = get_playtest(project, playtest.id) or playtest
        reason = end_reason(playtest, request.n_turns, interrupted)
        if request.out:
            write_playtest_files(project, playtest, request.out)
        printer.end(reason, playtest, measure_balance(project, playtest), request.out)


def measure_balance(project: Project, playtest: Playtest) -> dict[str, Any]:
    """Returns how evenly the cast shared the branch that was played, speakers by name."""
    path = path_to(list_turns(project, playtest.id), playtest.head_id)
    script = Script.model_validate(playtest.script)
    names = {part.role_id: part.character.name for part in script.parts}
    return measure(path, list(names)).to_document(names)


def say_balance(balance: dict[str, Any]) -> str:
    """Returns who had how much of the words in a line; empty where nobody said any."""
    shares = [(name, one["word_share"]) for name, one in balance["speakers"].items() if one["word_share"] is not None]
    said = ", ".join(f"{name} {share:.0%}" for name, share in shares)
    return f"Words: {said}. Gini {balance['gini']:.2f}." if said else ""


def cast_settings(settings: PlaySettings, request: PlayRequest, script: Script) -> PlaySettings:
    """Returns settings with the weights and adapters that were asked for parts of a cast."""
    cast_weights = settings.cast_weights | parse_cast_weights(request.cast_weights, script)
    cast_adapters = settings.cast_adapters | parse_cast_adapters(request.adapters, script)
    return settings.model_copy(update={"cast_weights": cast_weights, "cast_adapters": cast_adapters})


def _find_engine(pool: EnginePool, wanted: str) -> Engine:
    return pool.engine(parse_choice(wanted, load_settings()))


def weights_of(
    path: Path | None, n_threads: int | None, n_ctx: int | None, n_gpu_layers: int | None
) -> WeightsSettings:
    """Returns the weights to use: those asked for, else those that the app remembers, else the house weights.

    Raises:
        WrongUsage: The context is larger than any.
    """
    if n_ctx is not None and n_ctx > MAX_CTX:
        raise WrongUsage(f"No context has {n_ctx:,} tokens.", f"Ask for {MAX_CTX:,} at most.")
    settings = load_settings()
    remembered = Path(settings.weights_path) if settings.weights_path else house_weights()
    return WeightsSettings(
        path=path or remembered,
        n_threads=settings.n_threads if n_threads is None else n_threads,
        n_ctx=settings.n_ctx if n_ctx is None else n_ctx,
        n_gpu_layers=settings.n_gpu_layers if n_gpu_layers is None else n_gpu_layers,
        n_sequences=settings.n_sequences,
    )


class JsonPrinter:
    """Prints one object per turn, in order, when its scores are there."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def show(self, event: Event) -> None:
        """Streams nothing: a line is a whole turn."""

    def turn(self, turn: Turn, scores: dict[str, float | None]) -> None:
        """Prints a scored turn."""
        print_json(
            {
                "event": "turn",
                "turn": turn.number,
                "speaker": turn.speaker,
                "text": turn.text,
                "thought": turn.thought,
                "scores": scores,
                **described(turn),
            }
        )

    def end(self, reason: str, playtest: Playtest, balance: dict[str, Any], _folder: Path | None) -> None:
        """Prints the last line."""
        why = playtest.ended_why if reason == playtest.ended else ""
        print_json(
            {"event": "end", "reason": reason, "why": why, "balance": balance, "project": str(self._project.path)}
        )


class LivePrinter:
    """Prints the transcript as it is being written."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._console = console()
        self._colors: dict[str, str] = {}
        self._private = False
        self._spoken = False
        self._scored: set[str] = set()
        self._number = 0
        """Of the turn that is being written."""

    def show(self, event: Event) -> None:
        """Prints streamed text as it comes."""
        match event:
            case TurnStarted(speaker=speaker, number=number):
                if number == self._number:
                    self._console.print(" … (drawn anew)", style="dim", end="")
                self._number = number
                color = self._colors.setdefault(speaker, _COLORS[len(self._colors) % len(_COLORS)])
                self._console.print(f"\n{speaker}", style=f"bold {color}", end="")
                self._console.print(f"  {number}", style="dim")
                self._private = self._spoken = False
            case TextStreamed(text=text, private=private):
                if private and not self._private:
                    self._console.print("(thinks) ", end="", style="dim italic")
                if self._private and not private:
                    self._console.print()
                self._private, self._spoken = private, self._spoken or not private
                self._console.print(text, end="", style="dim italic" if private else None)
            case TurnDiscarded():
                self._number = 0
                self._console.print(" … (not kept)", style="dim")
            case ViewTrimmed(speaker=speaker, n_turns=n_turns, when_full=when_full):
                said = f"(The context is full: {speaker} no longer sees turns 1 to {n_turns}; {_STAND_INS[when_full]}.)"
                self._console.print(said, style="yellow")
            case WorkerRestarted(why=why, next_step=next_step):
                self._console.print(f"\n({' '.join(filter(None, (why, next_step)))})", style="yellow")

    def turn(self, turn: Turn, scores: dict[str, float | None]) -> None:
        """Prints the scores of a turn, and its words if they were too few to stream."""
        if not self._spoken:
            self._console.print(("\n" if self._private else "") + (turn.text or "(says nothing)"), end="")
        self._scored |= {name for name, value in scores.items() if value is not None}
        self._console.print("\n" + say_scores(scores), style="dim")

    def end(self, reason: str, playtest: Playtest, balance: dict[str, Any], folder: Path | None) -> None:
        """Says why it ended, who had how much of the words, and where everything is."""
        why = playtest.ended_why if reason == playtest.ended and playtest.ended_why else f"{reason}."
        self._console.print(f"\nEnded: {why} Project: {self._project.path}")
        if said := say_balance(balance):
            self._console.print(said, style="dim")
        if said := explain_scores(self._scored):
            self._console.print(said, style="dim")
        if folder is not None:
            self._console.print(f"Transcript, charts, report and pack: {folder}")


Printer = JsonPrinter | LivePrinter
_STAND_INS = {
    "drop": "nothing stands in their place",
    "extract": "key sentences stand in their place",
    "summarise": "a summary stands in their place",
}
_COLORS = ("cyan", "yellow", "green", "magenta", "blue", "red")


def _follow(project: Project, events: "queue.SimpleQueue[Event]", printer: Printer, director: Director) -> bool:
    """Prints until nothing is being written or scored any more; returns whether the user interrupted.

    A turn's scores may come while the next turn is being written: what comes behind them waits.
    """
    unprinted: deque[Event] = deque()
    scored: set[int] = set()
    interrupted = paused = False
    while unprinted or not paused:
        try:
            event = events.get()
        except KeyboardInterrupt:
            interrupted = True
            director.stop()
            continue
        match event:
            case Failed(message=message, hint=hint):
                raise UserError(message, hint)
            case PlaytestPaused():
                paused = not director.is_playing
            case LineAwaited():  # nobody sits here
                director.let_pass()
            case ScoresCommitted(turn_id=turn_id):
                scored.add(turn_id)
            case _:
                unprinted.append(event)
        while unprinted and not _waits(unprinted[0], scored):
            shown = unprinted.popleft()
            if isinstance(shown, TurnCommitted):
                printer.turn(*read_turn(project, shown.turn_id))
            else:
                printer.show(shown)
    return interrupted


def _waits(event: Event, scored: set[int]) -> bool:
    return isinstance(event, TurnCommitted) and event.turn_id not in scored


def read_turn(project: Project, turn_id: int) -> tuple[Turn, dict[str, float | None]]:
    """Returns a turn and what it scored, by metric."""
    with project.reading() as session:
        turn = session.get_one(Turn, turn_id)
    scores: dict[str, float | None] = dict.fromkeys((*WEIGHTS_METRICS, *LIVE_METRICS))
    scores.update({row.metric: row.value for row in scores_of_turn(project, turn_id)})
    return turn, scores


@contextmanager
def open_project(request: PlayRequest) -> Iterator[Project]:
    """Yields the project to play in: the one that was named, or a new one with a pack or the demo in it."""
    source = request.source
    if source is not None and not source.exists():
        raise UserError(f"{source} does not exist.", "Check the name.")
    if request.out is not None:  # a folder that cannot be made is said before anything is played
        make_folder(request.out)
    if source is None or source.suffix == ".trpack":
        name = "Demo" if source is None else source.stem
        folder = request.out or dated_folder(name)
        make_folder(folder)
        path = free_path(folder, name)
        if source is None:
            make_demo_project(path)
        project = Project(path)
        if source is not None:
            _run_or_remove(project, lambda: import_pack(project, read_pack(source)))
    elif source.suffix == SUFFIX:
        project = Project(source)
    else:
        raise UserError(f"{source.name} is neither a project nor a pack.", "Name a .tableread or a .trpack file.")
    with closing(project):
        yield project


def _run_or_remove(project: Project, work: Callable[[], Any]) -> None:
    try:
        work()
    except BaseException:
        project.close()
        project.path.unlink(missing_ok=True)
        raise


def _choose_playtest(project: Project, request: PlayRequest) -> Playtest:
    scenario = find_scenario(project, request.scenario) if request.scenario else None
    if request.resume:
        playtests = list_playtests(project, scenario.id if scenario else None)
        if not playtests:
            raise UserError(f"{project.path.name} has no playtest to go on with.", "Leave out --resume.")
        if playtests[0].ended and request.n_turns is None:
            raise UserError(f"“{playtests[0].name}” has ended ({playtests[0].ended}).", "Go past it with --turns.")
        return playtests[0]
    scenario = scenario or find_scenario(project, None)
    settings = settings_for(PlaySettings.from_app(load_settings()), request)
    beginning = find_beginning(project, scenario, request.from_beat, request.changes, request.policy)
    return beginning.start(project, scenario.id, settings)


def check_policy(script: Script) -> None:
    """Raises UserError where a person would have to say who speaks."""
    if script.scenario.turn_policy == TurnPolicy.DIRECTOR:
        raise UserError(f"In “{script.scenario.name}” you say who speaks.", "Choose another way with --policy.")


def find_scenario(project: Project, name: str | None) -> Scenario:
    """Returns the scenario of this name, or the first one."""
    scenarios = list_scenarios(project)
    if not scenarios:
        raise UserError(f"{project.path.name} has no scenario.", "Make one in the window, or import a pack.")
    if name is None:
        return scenarios[0]
    found = [scenario for scenario in scenarios if scenario.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(f"“{scenario.name}”" for scenario in scenarios)
        raise UserError(f"There is no scenario “{name}” in {project.path.name}.", f"It has {names}.")
    return found[0]


def settings_for(settings: PlaySettings, request: PlayRequest) -> PlaySettings:
    """Returns settings with what the command line asks for in place of what they said."""
    asked: dict[str, Any] = {name: getattr(request, name) for name in ("seed", "temperature", "max_tokens", "redraws")}
    if request.sampling:
        options = parse_sampling_options(request.sampling)
        try:
            asked["sampler"] = parse_sampler(options, settings.sampler)
        except UserError as error:
            raise WrongUsage(error.message, error.hint) from error
    return PlaySettings.model_validate(
        settings.model_dump() | {name: value for name, value in asked.items() if value is not None}
    )


def check_usage(request: PlayRequest) -> None:
    """Raises WrongUsage for options that mean nothing whatever is played: before anything is made."""
    settings_for(PlaySettings(), request)
    check_cast_options(request.cast_weights, request.adapters)
    check_beginning(request.changes)
    check_rules(request.changes, request.policy)


def check_out(out: Path | None) -> None:
    """Raises UserError when the folder for what is written holds something already."""
    if out is None:
        return
    with disk_faults(out, "read"):
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UserError(f"{out} is not an empty folder.", "Name one that is empty, or that does not exist yet.")


def end_reason(playtest: Playtest, n_turns: int | None, interrupted: bool) -> str:
    """Returns why playing ended, in one word."""
    if interrupted:
        return "stopped"
    return "turns" if n_turns is not None else playtest.ended or "paused"
