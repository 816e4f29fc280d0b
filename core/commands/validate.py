"""`tableread validate`: do the measures measure? Tries them on real dialogues and on copies that were spoilt."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path

from core.commands.play import weights_of
from core.commands.printing import console, print_json
from core.commands.validate_by_judge import judge_scorer
from core.commands.validate_by_weights import WEIGHTS_TURNS, weights_scorer
from core.errors import UserError
from core.events import Event
from core.fidelity.catalogue import METRICS, parse_metric_names
from core.fidelity.judged.catalogue import JUDGED_METRICS
from core.fidelity.judging.judge import Identity, Judge
from core.fidelity.logprobs.demanded import TURN_METRICS, is_demanded
from core.fidelity.measures import MEANING_MEASURES, WORD_MEASURES
from core.fidelity.metric import Metric
from core.fidelity.validation.dialogues import MIN_FACTS, MIN_LINES, MIN_TURNS, Dialogue, Draw, find_dialogue, shorten
from core.fidelity.validation.table import HOW_TO_READ, format_table, make_table, text_table
from core.fidelity.validation.trial import Result, Scorer, Trial, measures_scorer
from core.inference.worker import Worker
from core.interchange.conversations import read_conversations
from core.interchange.files import disk_faults
from core.lab.respondents import ask_in_background
from core.playtest.scores.scoring import WEIGHTS_METRICS

FIRST_REPORT_S = 1.0
REPORT_S = 5.0
"""Seconds between two words on how far it is."""


@dataclass(frozen=True, slots=True)
class ValidateRequest:
    """What to try, and on what."""

    corpus: Path
    n: int
    n_by_weights: int
    metrics: tuple[str, ...]
    seed: int
    weights: Path | None
    judge: Path | None
    """Weights that judge; for judged metrics alone."""
    table: Path | None
    """Where the table that ships is written."""
    as_json: bool


def known_metrics() -> dict[str, Metric]:
    """Returns what can be tried, by name: what is measured from lines alone, then by weights, then by a judge."""
    by_lines = {metric.name: metric for one in (*WORD_MEASURES, *MEANING_MEASURES) for metric in one.metrics}
    by_judge = {metric.name: metric for judged in JUDGED_METRICS for metric in judged.metrics}
    on_demand = {metric.name: metric for metric in TURN_METRICS}
    return by_lines | {name: METRICS[name] for name in WEIGHTS_METRICS} | on_demand | by_judge


def select_metrics(text: str) -> tuple[str, ...]:
    """Parses names separated by commas; nothing stands for all that need no judge and are not on demand only.

    Raises:
        UserError: There is no such metric, or it cannot be tried.
    """
    known = known_metrics()
    if not text.strip():
        return tuple(name for name, metric in known.items() if metric.needs != "judge" and not is_demanded(name))
    names = parse_metric_names(text)
    untried = [name for name in names if name not in known]
    if untried:
        raise UserError(
            f"{', '.join(untried)} cannot be tried: more than a conversation is needed.",
            f"Choose from: {', '.join(known)}.",
        )
    return names


def needs_judge(names: Sequence[str]) -> bool:
    """Whether one of these metrics is judged."""
    known = known_metrics()
    return any(known[name].needs == "judge" for name in names)


def validate(request: ValidateRequest) -> None:
    """Runs the command. Interrupted, it prints what is known so far.

    Raises:
        UserError: There is no corpus, or no dialogue in it that could be used; or the weights cannot be run.
    """
    dialogues = _draw(request)
    known = known_metrics()
    wanted = {name: known[name] for name in known if name in request.metrics}
    by_weights = {name: metric for name, metric in wanted.items() if name in WEIGHTS_METRICS or is_demanded(name)}
    judged = {name: metric for name, metric in wanted.items() if metric.needs == "judge"}
    by_lines = {name: metric for name, metric in wanted.items() if name not in by_weights | judged}
    short = _short(dialogues, request.n_by_weights) if by_weights or judged else []
    results, asked_weights = [], ""
    if by_lines:
        results += _try(by_lines, _lines_scorer(by_lines), dialogues, "without weights", request)
    if by_weights and short:
        with _loaded(request.weights) as engine:
            asked_weights = f"{engine.info.name} {engine.info.sha256}"
            results += _try(by_weights, weights_scorer(engine, tuple(by_weights)), short, "by weights", request)
    if judged and short:
        with _loaded(request.judge) as engine:
            judge = Judge(Identity(engine.info.name, engine.info.sha256), ask_in_background(engine), seed=request.seed)
            asked = [one for one in JUDGED_METRICS if any(name in judged for name in one.names)]
            results += _try(judged, judge_scorer(judge, asked), short, "by the judge", request)
    _report_unscored(wanted, results)
    if request.table is not None:
        _write(request.table, make_table(results, dialogues, len(short), asked_weights, request.seed))
    if not request.as_json:
        console().print(HOW_TO_READ)


def _lines_scorer(metrics: Mapping[str, Metric]) -> Scorer:
    every = (*WORD_MEASURES, *MEANING_MEASURES)
    return measures_scorer([one for one in every if any(metric.name in metrics for metric in one.metrics)])


def _loaded(weights: Path | None) -> AbstractContextManager[Worker]:
    return closing(Worker(weights_of(weights, None, None, None), _ignore))


def _draw(request: ValidateRequest) -> list[Dialogue]:
    draw = Draw(request.n, request.seed)
    for path in _files(request.corpus):
        _say(f"Reading {path.name}.")
        try:
            for dialogue in _dialogues(path):
                draw.add(dialogue)
        except UserError as error:
            _say(f"{path.name} is left out: {error.message}")
    dialogues = draw.drawn()
    if len(dialogues) < 2:
        message = (
            f"No two conversations of at least {MIN_TURNS} turns, {MIN_LINES} of each speaker, are in {request.corpus}."
        )
        raise UserError(message, "Name a folder with more .jsonl or .jsonl.xz files.")
    _say(f"{len(dialogues)} of {draw.n_seen:,} dialogues are tried.")
    return dialogues


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder.", "Name the folder that holds the conversations.")
    with disk_faults(folder, "read"):
        found = sorted(path for path in folder.iterdir() if path.name.endswith((".jsonl", ".jsonl.xz")))
    if not found:
        raise UserError(f"No .jsonl or .jsonl.xz file is in {folder}.", "Name the folder that holds the conversations.")
    return found


def _dialogues(path: Path) -> Iterator[Dialogue]:
    for one in read_conversations(path):
        dialogue = find_dialogue(one.id, path.name, one.turns, one.personas, one.scene or "")
        if dialogue is not None:
            yield dialogue


def _short(dialogues: Sequence[Dialogue], n: int) -> list[Dialogue]:
    """Returns the beginnings of the first dialogues, those with personas first: weights take their time."""
    first = sorted(dialogues, key=lambda one: len(one.facts) < MIN_FACTS)
    cut = (shorten(one, WEIGHTS_TURNS) for one in first)
    return [one for one in cut if one is not None][:n]


def _try(
    metrics: Mapping[str, Metric], score: Scorer, dialogues: Sequence[Dialogue], how: str, request: ValidateRequest
) -> list[Result]:
    trial = Trial(metrics, score, request.seed)
    progress = Progress(len(dialogues), how)
    try:
        for _ in trial.run(dialogues):
            progress.step()
    except KeyboardInterrupt:
        _say(f"Cancelled after {progress.n_done} of {len(dialogues)} dialogues; this is what they say.")
        _print(trial.results(), request.as_json)
        raise
    results = trial.results()
    _print(results, request.as_json)
    return results


def _print(results: Sequence[Result], as_json: bool) -> None:
    if as_json:
        for result in results:
            print_json(result.row())
    elif results:
        console().print(text_table(results))


@dataclass(slots=True)
class Progress:
    """How far it is, and about how long it takes still; on standard error."""

    n: int
    what: str
    n_done: int = 0
    _began: float = field(default_factory=time.monotonic)
    _due_s: float = FIRST_REPORT_S

    def step(self) -> None:
        """Counts one dialogue."""
        self.n_done += 1
        gone_s = time.monotonic() - self._began
        if gone_s >= self._due_s and self.n_done < self.n:
            self._due_s = gone_s + REPORT_S
            left_s = gone_s / self.n_done * (self.n - self.n_done)
            _say(f"{self.n_done} of {self.n} dialogues tried {self.what}, about {_duration(left_s)} left.")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _report_unscored(metrics: Mapping[str, Metric], results: Sequence[Result]) -> None:
    missing = [name for name in metrics if name not in {one.metric for one in results}]
    if missing:
        _say(f"No dialogue had a value by: {', '.join(missing)}.")


def _write(path: Path, table: dict[str, object]) -> None:
    with disk_faults(path, "written"):
        path.write_text(format_table(table), encoding="utf-8")
    _say(f"The table is in {path}.")


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _ignore(_event: Event) -> None:
    """The trial reports nothing but its rows."""
