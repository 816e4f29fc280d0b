"""`tableread judge`: examine a judge, and have it judge a playtest or chats from a file."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.app_settings import load_settings
from core.commands.branch_choice import choose_path, choose_playtest
from core.commands.casting import choose_engine
from core.commands.judge_line import print_judge
from core.commands.printing import console, print_json
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.fidelity.conversation import About, Line
from core.fidelity.judged.catalogue import JUDGED_METRICS
from core.fidelity.judged.own_rubric import rubric_metric
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.judged_metric import JudgedMetric, ask_judge, targets_of
from core.fidelity.judging.licence import Licence, examine, licence_items
from core.fidelity.judging.masks import mask_names
from core.fidelity.score import ScoreValue
from core.inference.engine_choice import local_weights
from core.inference.pool import EnginePool
from core.inference.request import Engine
from core.interchange.conversations import Conversation, read_conversations
from core.lab.judging import MAX_FAILURES, BranchJudging, identity_of, judge_playtest, not_judged, seat_judge
from core.lab.respondents import ask_in_background
from core.library.judges import save_licence
from core.library.own_metrics import list_own_metrics
from core.project import SUFFIX, Project
from models.own_metric import OwnMetric, OwnMetricKind

DEFAULT_METRICS = "persona_gym"
PLAYED_ITSELF = "The judge is the weights that played. Weights like themselves: take others to judge."
OnStep = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """What was typed."""

    source: Path | None
    metrics: str = DEFAULT_METRICS
    weights: Path | None = None
    server: str | None = None
    server_model: str | None = None
    licence: bool = False
    playtest: str | None = None
    branch: str | None = None
    again: bool = False
    n_samples: int = 3
    as_json: bool = False


def judge(request: JudgeRequest) -> None:
    """Runs the command.

    Raises:
        WrongUsage: There is nothing to do, or a metric is not known.
        UserError: The world is at fault.
    """
    if request.source is None and not request.licence:
        raise WrongUsage("There is nothing to judge.", "Name a project or a file of chats, or ask for --licence.")
    is_project = request.source is not None and request.source.suffix == SUFFIX
    if not is_project:
        choose_metrics(request.metrics, ())
    if request.source is not None and not request.source.exists():
        raise UserError(f"{request.source} does not exist.", "Check the name.")
    with closing(EnginePool(lambda _event: None)) as pool:
        weights = local_weights(load_settings(), request.weights)
        engine = pool.engine(choose_engine(weights, request.weights, request.server, request.server_model))
        if is_project and request.source is not None:
            with closing(Project(request.source)) as project:
                _judge_project(project, engine, request)
            return
        licence = _examine(_judge_of(engine, request), request) if request.licence else None
        if request.source is not None:
            _judge_file(request.source, _judge_of(engine, request), licence, request)


def choose_metrics(names: str, own: Sequence[OwnMetric]) -> list[JudgedMetric]:
    """Returns the judged metrics of comma-separated names; a group's name takes all of the group.

    Args:
        own: Rubrics of a project, known by `own.ID` or by their name.

    Raises:
        WrongUsage: A name is not known.
    """
    known = [(judged, judged.names) for judged in JUDGED_METRICS]
    for row in own:
        judged = rubric_metric(f"own.{row.id}", row.name, row.body, row.better, row.how_to_read)
        known.append((judged, (f"own.{row.id}", row.name)))
    chosen: list[JudgedMetric] = []
    for name in filter(None, map(str.strip, names.split(","))):
        found = [one for one, called in known if any(each == name or each.startswith(f"{name}.") for each in called)]
        if not found:
            listed = ", ".join(dict.fromkeys(each.split(".")[0] for one in JUDGED_METRICS for each in one.names))
            raise WrongUsage(f"No judged metric is called “{name}”.", f"There are {listed}, and rubrics of a project.")
        chosen += [one for one in found if one not in chosen]
    return chosen


def _judge_of(engine: Engine, request: JudgeRequest) -> Judge:
    return Judge(identity_of(engine.info), ask_in_background(engine), request.n_samples)


def _judge_project(project: Project, engine: Engine, request: JudgeRequest) -> None:
    own = [row for row in list_own_metrics(project) if row.kind == OwnMetricKind.RUBRIC]
    metrics = choose_metrics(request.metrics, own)
    ask = ask_in_background(engine)
    seat = seat_judge(project, engine.info, ask, request.n_samples)
    if request.licence:
        save_licence(project, seat.row_id, _examine(seat.judge, request).record())
        seat = seat_judge(project, engine.info, ask, request.n_samples)
    playtest = choose_playtest(project, request.playtest)
    head_id = choose_path(project, playtest, request.branch)[-1].id if request.branch is not None else None
    judging = BranchJudging(project, playtest.id, seat, metrics, head_id=head_id, again=request.again)
    with _showing("judging") as on_step:
        found = judge_playtest(judging, on_step)
    end = {
        "event": "end",
        "playtest": playtest.id,
        "scored": found.n_scored,
        "not_scored": found.n_not_scored,
        "judge": seat.judge.identity.record(),
        "badge": seat.badge or None,
        "graded_itself": judging.graded_itself,
        "project": str(project.path),
    }
    if request.as_json:
        print_json(end)
        return
    line = f"{playtest.name}: {found.n_scored:,} scores, {found.n_not_scored:,} not scored."
    console().print(line, markup=False)
    print_judge(seat.judge.identity.name, seat.badge, graded_itself=judging.graded_itself, notice=PLAYED_ITSELF)


def _judge_file(path: Path, asked: Judge, licence: Licence | None, request: JudgeRequest) -> None:
    metrics = choose_metrics(request.metrics, ())
    badge = licence.badge if licence is not None else None
    pinned = {"judge": asked.identity.record(), "badge": badge}
    n_scored = n_not_scored = 0
    for number, conversation in enumerate(read_conversations(path)):
        for row, score in _scores(conversation, asked, metrics):
            n_scored += score.value is not None
            n_not_scored += score.value is None
            where = {"event": "score", "file": str(path), "conversation": number} | row
            said = {"metric": score.metric, "value": score.value, "reason": score.reason, "evidence": score.evidence}
            if request.as_json:
                print_json(where | said | pinned)
            else:
                value = f"{score.value:.2f}" if score.value is not None else f"– ({score.reason})"
                place = "" if row["turn"] is None else f" turn {row['turn']}"
                console().print(f"{number}{place} {row['speaker'] or ''}  {score.metric}: {value}")
    if request.as_json:
        print_json({"event": "end", "scored": n_scored, "not_scored": n_not_scored} | pinned)
        return
    print_judge(asked.identity.name, badge or "")


def _scores(
    conversation: Conversation, asked: Judge, metrics: Sequence[JudgedMetric]
) -> Iterator[tuple[dict[str, Any], ScoreValue]]:
    about = About(conversation.personas, conversation.scene or "")
    lines = [Line(speaker, text) for speaker, text in conversation.turns]
    masked, n_failed = mask_names(about, lines), 0
    for judged in metrics:
        for target in targets_of(judged, lines):
            turn = None if target.turn is None else target.turn + 1
            speaker = target.speaker or (lines[target.turn].speaker if target.turn is not None else None)
            try:
                scores, n_failed = ask_judge(judged, asked, masked, target), 0
            except UserError as error:
                n_failed += 1
                if n_failed == MAX_FAILURES:
                    raise
                scores = not_judged(judged, error)
            for score in scores:
                yield {"turn": turn, "speaker": speaker}, score


def _examine(asked: Judge, request: JudgeRequest) -> Licence:
    with _showing("examining") as on_step:
        licence = examine(asked, licence_items(), on_step)
    if request.as_json:
        print_json({"event": "licence", "judge": asked.identity.record()} | licence.record())
        return licence
    for line in licence_lines(asked.identity.name, licence):
        console().print(line)
    return licence


def licence_lines(name: str, licence: Licence) -> list[str]:
    """Returns a licence in words."""
    lines = [
        f"{name}: badge {licence.badge}. Found who is speaking in {licence.top1:.0%} of {licence.n} items "
        f"(95 % interval {licence.low:.0%} to {licence.high:.0%}; a guess finds 25 %), "
        f"among its first two in {licence.top2:.0%}.",
        "Red is under 40 %, amber under 60 %, green from there. People reach about 91 % on a like test.",
    ]
    if licence.brier is not None and licence.ece is not None:
        lines.append(f"Brier score {licence.brier:.4f} (a guess: 0.1875), calibration error {licence.ece:.3f}.")
    if licence.self_agreement is not None:
        bias = f"Position bias {licence.position_bias:.2f}; " if licence.position_bias is not None else ""
        alpha = f", Krippendorff's alpha {licence.alpha:.2f}" if licence.alpha is not None else ""
        lines.append(f"{bias}agrees with itself in {licence.self_agreement:.0%} of pairs{alpha}.")
    if licence.n_failed:
        lines.append(f"{licence.n_failed} items could not be judged and count as wrong.")
    return lines


@contextmanager
def _showing(what: str) -> Iterator[OnStep]:
    """Shows a bar on standard error, where somebody looks."""
    screen = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda n_done, n_all: progress.update(task, completed=n_done, total=n_all)
