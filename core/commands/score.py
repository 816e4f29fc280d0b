"""`tableread score`: scores for chats from files, one after the other, and on from where a run was broken off."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.commands.play import weights_of
from core.commands.printing import console, print_fault
from core.commands.score_rows import Row, ScoreRows
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.events import Event
from core.fidelity.catalogue import METRICS
from core.fidelity.logprobs.demanded import TURN_METRICS, is_demanded
from core.fidelity.logprobs.simbench import METRIC as SIMBENCH
from core.fidelity.meaning.eval4sim import METRICS as EVAL4SIM
from core.fidelity.measures import MEANING_MEASURES, WORD_MEASURES
from core.inference.request import Engine
from core.inference.worker import Worker
from core.interchange.conversations import Conversation, read_conversations
from core.playtest.scores.conversation_scores import ConversationScorer
from core.playtest.scores.scoring import WEIGHTS_METRICS

Done = Callable[[str, int], bool]
"""Takes a file and the number of a conversation in it; returns whether it is scored already."""
Show = Callable[[str, int, Sequence[Row]], None]
"""Takes a file's name, the number of a conversation in it, and all of its rows."""


def score(
    files: Sequence[Path],
    metrics: Sequence[str],
    weights: Path | None,
    *,
    as_json: bool = False,
    as_csv: bool = False,
    output: Path | None = None,
) -> None:
    """Runs the command. The weights are loaded only when a metric needs them.

    Raises:
        UserError: Weights or output cannot be had; or, once all other files are done, some could not be read.
    """
    with _rows_to(output, metrics, as_json, as_csv) as (show, done), closing(_LazyWorker(weights, metrics)) as worker:
        named = list(dict.fromkeys(files))
        faults = [fault for path in named if (fault := _score_file(path, metrics, worker.engine, show, done))]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        for fault in faults:
            print_fault(fault)
        raise UserError(
            f"{len(faults)} of {len(named)} files could not be read whole.",
            "What is sound of them, and all others, is scored.",
        )


def usual_metrics() -> tuple[str, ...]:
    """Returns what chats are scored by where nobody names metrics: all that can be had, but what is on demand."""
    return tuple(name for name in METRICS if name in _computed() and not is_demanded(name))


def refuse_metrics(metrics: Sequence[str]) -> None:
    """Raises WrongUsage for a metric that this command cannot compute: it says which command can."""
    name = next((name for name in metrics if name not in _computed()), None)
    if name is None:
        return
    if METRICS[name].needs == "judge":
        raise WrongUsage(f"“{name}” needs a judge.", f"Use: tableread judge FILE --metrics {name}")
    if name in {metric.name for metric in EVAL4SIM}:
        raise WrongUsage(f"“{name}” is about many chats at once.", "Use: tableread eval4sim FILE …")
    if name == SIMBENCH.name:
        raise WrongUsage(f"“{name}” is about weights, not about a chat.", "Use: tableread simbench FILE.jsonl")
    raise WrongUsage(f"“{name}” asks a character of a playtest, or more than a chat.", "Use: tableread weigh PROJECT.")


def _computed() -> frozenset[str]:
    by_lines = (metric.name for one in (*WORD_MEASURES, *MEANING_MEASURES) for metric in one.metrics)
    return frozenset((*by_lines, *WEIGHTS_METRICS, *(metric.name for metric in TURN_METRICS)))


class _LazyWorker:
    """The weights, if any metric asks for them."""

    def __init__(self, weights: Path | None, metrics: Sequence[str]) -> None:
        is_needed = any(metric in WEIGHTS_METRICS or is_demanded(metric) for metric in metrics)
        self.engine: Engine | None = Worker(weights_of(weights, None, None, None), _ignore) if is_needed else None

    def close(self) -> None:
        """Ends the worker."""
        if self.engine is not None:
            self.engine.close()


@contextmanager
def _rows_to(output: Path | None, metrics: Sequence[str], as_json: bool, as_csv: bool) -> Iterator[tuple[Show, Done]]:
    if output is not None and output.suffix not in {".jsonl", ".csv"}:
        raise WrongUsage(f"{output.name} should end in .jsonl or .csv.", "Choose the format by the end of the name.")
    if not (as_json or as_csv or output is not None):
        yield _show_summary, lambda _file, _number: False
        return
    with closing(ScoreRows(output, metrics, as_csv or (output is not None and output.suffix == ".csv"))) as rows:
        yield lambda _name, _number, found: rows.add(found), rows.has


def _score_file(path: Path, metrics: Sequence[str], engine: Engine | None, show: Show, done: Done) -> UserError | None:
    """Scores what can be read of a file; returns what stopped it."""
    try:
        with _showing_progress(path) as advance:
            for number, conversation in enumerate(read_conversations(path)):
                if not done(str(path), number):
                    rows = [(str(path), number, *row) for row in _rows(conversation, metrics, engine, advance)]
                    show(path.name, number, rows)
    except UserError as error:
        return error
    return None


def _rows(
    conversation: Conversation, metrics: Sequence[str], engine: Engine | None, advance: Callable[[], None]
) -> Iterator[tuple[int | None, str, str, float | None, str | None]]:
    """Yields one row per turn and metric, one per speaker and metric, then those of the conversation as a whole."""
    scorer = ConversationScorer(conversation.turns, conversation.personas, conversation.scene, metrics, engine)
    for index, (speaker, _) in enumerate(conversation.turns):
        for value in scorer.score_next():
            yield index + 1, speaker, value.metric, value.value, value.reason
        advance()
    for speaker in dict.fromkeys(speaker for speaker, _ in conversation.turns):
        for value in scorer.summarise(speaker):
            yield None, speaker, value.metric, value.value, value.reason
    for value in scorer.summarise_whole():
        yield None, "", value.metric, value.value, value.reason


@contextmanager
def _showing_progress(path: Path) -> Iterator[Callable[[], None]]:
    """Shows on standard error how many turns of a file are done, where somebody looks."""
    screen = Console(file=sys.stderr)
    if not screen.is_terminal:
        yield lambda: None
        return
    n_turns = sum(len(conversation.turns) for conversation in read_conversations(path))
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task(path.name, total=n_turns)
        yield lambda: progress.advance(task)


def _show_summary(name: str, number: int, rows: Sequence[Row]) -> None:
    out = console()
    for _file, _number, turn, speaker, metric, value, reason in rows:
        if turn is None:
            out.print(f"{name} {number}  {speaker or 'all'}  {METRICS[metric].title}: {_plain(value, reason)}")


def _plain(value: float | None, reason: str | None) -> str:
    return f"{value:.4f}" if value is not None and math.isfinite(value) else f"– ({reason})"


def _ignore(_event: Event) -> None:
    """Scoring a file reports nothing but its rows."""
