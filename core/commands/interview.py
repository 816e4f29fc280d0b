"""`tableread interview`: a questionnaire for a character of a playtest, and what came of it."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from core.app_settings import load_settings
from core.commands.branch_choice import choose_path, choose_playtest
from core.commands.judge_line import print_judge
from core.commands.printing import console, print_json
from core.commands.replay import open_engines, weights_of_path
from core.commands.xray import find_role
from core.errors import UserError
from core.fidelity.interviews.administer import check
from core.fidelity.interviews.questionnaire import load_questionnaire
from core.fidelity.interviews.respondent import OnItem
from core.fidelity.judging.licence import read_licence
from core.inference.engine_choice import local_weights
from core.inference.request import Engine
from core.lab.interviews import SCENE_NUMBERS, Plan, hold_interview, hold_over_scene
from core.lab.judging import SeatedJudge, seat_judge
from core.lab.profiles import Radar, read_radar
from core.lab.respondents import ask_in_background
from core.lab.two_stages import hold_two_stages
from core.library.judges import list_judges
from core.playtest.writing.cast_engines import FindEngine
from core.project import SUFFIX, Project
from models.interview import Interview
from models.judge import Judge as JudgeRow
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class InterviewRequest:
    """What was typed."""

    project: Path
    character: str
    playtest: str | None
    branch: str | None
    turn: int | None
    """None: the last one."""
    mode: str
    questionnaire: str
    n_orders: int
    over_scene: bool
    two_stages: bool
    sensitive: bool
    seed: int
    judge: Path | None
    weights: Path | None
    as_json: bool


def interview(request: InterviewRequest) -> None:
    """Runs the command. Raises UserError for the world's faults."""
    form = load_questionnaire(request.questionnaire)
    check(form, request.mode, request.n_orders, has_judge=True, allow_sensitive=request.sensitive)
    if not request.project.is_file() or request.project.suffix != SUFFIX:
        raise UserError(f"{request.project.name} is no project.", f"Name a {SUFFIX} file that exists.")
    with closing(Project(request.project)) as project:
        playtest = choose_playtest(project, request.playtest)
        path = choose_path(project, playtest, request.branch)
        at = _find_turn(path, request.turn)
        role_id = find_role(playtest, path[: at.number] if at is not None else [], request.character)
        plan = Plan(
            playtest.id,
            role_id,
            at.id if at is not None else None,
            request.questionnaire,
            request.mode,
            request.n_orders,
            request.seed,
            request.sensitive,
        )
        with open_engines(weights_of_path(path, request.weights)) as (engine, find_engine):
            if request.two_stages:
                held = _hold_two_stages(project, engine, find_engine, plan, as_json=request.as_json)
            else:
                held = _hold(project, engine, find_engine, plan, path, request)
        judges = {one.id: one for one in list_judges(project)}
        for row in held:
            _show(row, read_radar(project, row), judges.get(row.judge_id or ""), as_json=request.as_json)


def _hold(
    project: Project, engine: Engine, find_engine: FindEngine, plan: Plan, path: list[Turn], request: InterviewRequest
) -> list[Interview]:
    with _judge(project, engine, request) as seat, showing_items() as on_step:
        judge, judge_id = (seat.judge, seat.row_id) if seat is not None else (None, None)
        more: dict[str, Any] = {"judge": judge, "judge_id": judge_id, "find_engine": find_engine, "on_step": on_step}
        if request.over_scene:
            numbers = [number for number in SCENE_NUMBERS if number <= len(path)]
            return hold_over_scene(project, engine, plan, numbers, **more)
        return [hold_interview(project, engine, plan, **more)]


def _hold_two_stages(
    project: Project, engine: Engine, find_engine: FindEngine, plan: Plan, *, as_json: bool
) -> list[Interview]:
    """Holds both stages and prints what is of both; returns the two administrations of the scale."""
    with showing_items() as on_step:
        found = hold_two_stages(project, engine, plan, find_engine=find_engine, on_step=on_step)
    talk = [{"question": one["text"], "words": one["words"]} for one in found.talk.answers]
    if as_json:
        comparisons = [asdict(one) for one in found.comparisons]
        print_json({"talk": talk, "comparisons": comparisons, "notice": found.talk.record["notice"]})
        return [found.by_item, found.whole]
    out = console()
    for one in talk:
        out.print(one["question"], style="bold", markup=False)
        out.print(one["words"] or "(says nothing)", markup=False)
    out.print(found.talk.record["notice"], style="dim")
    for scale in found.comparisons:
        sums = f"{_number(scale.by_item)} item by item, {_number(scale.whole)} as a whole form"
        out.print(f"{scale.title}: {sums}; {scale.n_differ} items differ by a point or more.", markup=False)
    return [found.by_item, found.whole]


@contextmanager
def _judge(project: Project, engine: Engine, request: InterviewRequest) -> Iterator[SeatedJudge | None]:
    """Yields who reads free answers; None where nobody has to."""
    if request.mode != "free":
        yield None
    elif request.judge is None:
        yield seat_judge(project, engine.info, ask_in_background(engine))
    else:
        with open_engines(local_weights(load_settings(), request.judge)) as (judging, _):
            yield seat_judge(project, judging.info, ask_in_background(judging))


def _find_turn(path: list[Turn], number: int | None) -> Turn | None:
    if number == 0:
        return None
    if number is None:
        return path[-1]
    if number > len(path):
        raise UserError(f"There is no turn {number:,}.", f"The branch has turns 1 to {len(path):,}; 0 is before them.")
    return path[number - 1]


@contextmanager
def showing_items() -> Iterator[OnItem]:
    """Shows a bar on standard error while questions are asked, where somebody looks."""
    screen = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"))
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("asking", total=1)
        yield lambda n_done, n_all: progress.update(task, completed=n_done, total=n_all)


def _show(row: Interview, radar: Radar, judge: JudgeRow | None, *, as_json: bool) -> None:
    if as_json:
        print_json(document(row, radar, judge))
        return
    form, record = load_questionnaire(row.questionnaire), row.record
    when = f"after turn {record['number']}" if record["number"] else "before the first turn"
    out = console()
    out.print(f"{record['name']}, {when}: {form.title}, {row.mode}", style="bold")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "sum", "from", "to", "spread", "0 to 100", "intended"):
        table.add_column(heading, justify="left" if not heading else "right")
    for axis in radar.axes:
        scale = row.scales[axis.name]
        table.add_row(
            axis.title,
            _number(scale["value"]),
            f"{scale['low']:.0f}",
            f"{scale['high']:.0f}",
            _number(scale["spread"]),
            _number(axis.measured),
            _number(axis.intended),
        )
    out.print(table)
    out.print(radar.sentence)
    out.print(form.notice, style="dim")
    out.print(f"{record['total_s']:.1f} s, weights {record['weights']['name']}", style="dim")
    if judge is not None:
        print_judge(judge.name, _badge_of(judge), graded_itself=bool(record.get("graded_itself")))


def _badge_of(judge: JudgeRow) -> str:
    licence = read_licence(judge.licence)
    return licence.badge if licence is not None else ""


def document(row: Interview, radar: Radar, judge: JudgeRow | None = None) -> dict[str, Any]:
    """Returns what --json prints of an interview."""
    return {
        "id": row.id,
        "playtest": row.playtest_id,
        "turn": row.record["number"],
        "character": row.record["name"],
        "questionnaire": row.questionnaire,
        "mode": row.mode,
        "scales": row.scales,
        "axes": [asdict(axis) for axis in radar.axes],
        "fit": asdict(radar.fit),
        "answers": row.answers,
        "sentence": radar.sentence,
        "record": row.record,
        "judge": row.record.get("judge"),
        "badge": (_badge_of(judge) or None) if judge is not None else None,
        "graded_itself": row.record.get("graded_itself"),
    }


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
