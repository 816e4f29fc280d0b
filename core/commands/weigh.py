"""`tableread weigh`: measures by log-probabilities that are not live, on what was played."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.commands.branch_choice import choose_path, choose_playtest
from core.commands.interview import showing_items
from core.commands.printing import console, print_json
from core.commands.replay import open_engines, weights_of_path
from core.commands.usage import WrongUsage
from core.commands.xray import find_role
from core.errors import UserError
from core.fidelity.catalogue import METRICS
from core.lab.weighing import (
    CONVERSATION_METRICS,
    SPEAKER_METRICS,
    TURN_METRICS,
    weigh_branch,
    weigh_character,
    weigh_turns,
)
from core.library.playtests import list_scores
from core.project import SUFFIX, Project
from models.branch_score import BranchScore
from models.playtest import Playtest, Turn
from models.score import Score

ALL = (*TURN_METRICS, *SPEAKER_METRICS, *CONVERSATION_METRICS)


@dataclass(frozen=True, slots=True)
class WeighRequest:
    """What was typed."""

    project: Path
    metrics: tuple[str, ...]
    playtest: str | None
    branch: str | None
    character: str | None
    """For measures of a character."""
    weights: Path | None
    as_json: bool


def weigh(request: WeighRequest) -> None:
    """Runs the command. Raises UserError for the world's faults, WrongUsage for measures that are not weighed."""
    unknown = [name for name in request.metrics if name not in ALL]
    if unknown or not request.metrics:
        raise WrongUsage(f"“{', '.join(unknown)}” is not weighed on demand.", f"Choose from: {', '.join(ALL)}.")
    if request.character is None and any(name in SPEAKER_METRICS for name in request.metrics):
        raise WrongUsage(f"{', '.join(SPEAKER_METRICS)} are about one character.", "Name it with --character.")
    if not request.project.is_file() or request.project.suffix != SUFFIX:
        raise UserError(f"{request.project.name} is no project.", f"Name a {SUFFIX} file that exists.")
    with closing(Project(request.project)) as project:
        playtest = choose_playtest(project, request.playtest)
        path = choose_path(project, playtest, request.branch)
        numbers = {turn.id: turn for turn in path}
        for row in _weigh(project, playtest, path, request):
            _show(row, numbers, as_json=request.as_json)


def _weigh(
    project: Project, playtest: Playtest, path: list[Turn], request: WeighRequest
) -> Sequence[Score | BranchScore]:
    of_turns, of_speaker, of_branch = (
        [name for name in request.metrics if name in known]
        for known in (TURN_METRICS, SPEAKER_METRICS, CONVERSATION_METRICS)
    )
    head_id, found = path[-1].id or 0, list[Score | BranchScore]()
    with open_engines(weights_of_path(path, request.weights)) as (engine, find), showing_items() as step:
        if of_turns:
            n_before = len(list_scores(project, playtest.id))
            weigh_turns(project, engine, playtest.id, [turn.id or 0 for turn in path], of_turns, on_step=step)
            found += list_scores(project, playtest.id)[n_before:]
        if of_speaker:
            role_id = find_role(playtest, path, request.character or "")
            found += weigh_character(
                project, engine, playtest.id, role_id, head_id, of_speaker, find_engine=find, on_step=step
            )
        if of_branch:
            found += weigh_branch(project, engine, playtest.id, head_id, of_branch)
    return found


def _show(row: Score | BranchScore, turns: dict[int | None, Turn], *, as_json: bool) -> None:
    turn = turns.get(row.turn_id) if isinstance(row, Score) else None
    if as_json:
        found: dict[str, Any] = {"turn": turn.number if turn is not None else None}
        found |= {"speaker": turn.speaker} if turn is not None else {}
        found |= {"metric": row.metric, "value": row.value, "reason": row.reason, "evidence": row.evidence}
        print_json(found)
        return
    where = f"{turn.number:>5}  {turn.speaker}  " if turn is not None else ""
    value = f"{row.value:.3f}" if row.value is not None else f"– ({row.reason})"
    console().print(f"{where}{METRICS[row.metric].title}: {value}", markup=False)
