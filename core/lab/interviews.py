"""Interviews of characters of a playtest, after any of its turns: held in a thrown-away branch, kept as rows."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from core.fidelity.interviews.administer import Asked, Mode, administer, check, room_for
from core.fidelity.interviews.questionnaire import IPIP, Questionnaire, load_questionnaire
from core.fidelity.interviews.respondent import OnItem, nobody_looks
from core.fidelity.judging.judge import Judge
from core.inference.request import Engine, Usage
from core.lab.judging import identity_of
from core.lab.respondents import IsCancelled, Moment, moment_of, never
from core.library.interviews import add_interview
from core.playtest.branch import Branch
from core.playtest.writing.cast_engines import FindEngine
from core.project import Project
from models.interview import Interview, InterviewBase
from models.playtest import Turn

SCENE_NUMBERS = (0, 10, 20)
"""Turns after which personality over the scene is asked; 0: before the first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is asked what, when and how."""

    playtest_id: str
    role_id: str
    turn_id: int | None = None
    """The turn after which it is held, on any branch; None: before the first."""
    questionnaire: str = IPIP
    mode: str = "digits"
    """`digits`, `free` or `whole`."""
    n_orders: int = 1
    """By digits: in how many assignments of digits to points each item is asked, 1 to 5."""
    seed: int = 0
    allow_sensitive: bool = False


def hold_interview(
    project: Project,
    engine: Engine,
    plan: Plan,
    *,
    judge: Judge | None = None,
    judge_id: str | None = None,
    find_engine: FindEngine | None = None,
    on_step: OnItem = nobody_looks,
    cancelled: IsCancelled = never,
) -> Interview:
    """Holds one interview and keeps it. Blocks until done: for a thread that may wait.

    Args:
        engine: Plays all parts that the playtest's settings give to no other.
        judge: Turns free answers into values; the other modes need none.

    Raises:
        CancelledError: It was cancelled; nothing is kept.
        UserError: It cannot be held like this, or the weights cannot be run.
    """
    questionnaire = load_questionnaire(plan.questionnaire)
    mode = check(
        questionnaire, plan.mode, plan.n_orders, has_judge=judge is not None, allow_sensitive=plan.allow_sensitive
    )
    started = time.perf_counter()
    moment = _moment(project, engine, plan, questionnaire, mode, find_engine, cancelled)
    asked = administer(
        moment.respondent,
        questionnaire,
        mode,
        judge=judge,
        n_orders=plan.n_orders,
        seed=plan.seed,
        on_item=on_step,
    )
    more: dict[str, Any] = {"total_s": time.perf_counter() - started}
    if judge is not None and mode == "free":
        more["judge"] = judge.identity.record()
        more["graded_itself"] = judge.identity.weights_sha256 == identity_of(moment.engine.info).weights_sha256
    return keep_asked(project, plan, asked, moment, more, judge_id if mode == "free" else None)


def keep_asked(
    project: Project, plan: Plan, asked: Asked, moment: Moment, more: Mapping[str, Any], judge_id: str | None = None
) -> Interview:
    """Keeps a questionnaire that was answered.

    Args:
        more: What the record says beside weights, seed and cost. JSON.
    """
    held = InterviewBase(
        role_id=plan.role_id,
        questionnaire=asked.questionnaire.name,
        mode=asked.mode,
        answers=asked.documents(),
        scales={name: score.to_document() for name, score in asked.scales.items()},
        record=_record(plan, asked, moment) | dict(more),
    )
    return add_interview(project, plan.playtest_id, plan.turn_id, held, judge_id)


def hold_over_scene(
    project: Project,
    engine: Engine,
    plan: Plan,
    numbers: Sequence[int] = SCENE_NUMBERS,
    *,
    judge: Judge | None = None,
    judge_id: str | None = None,
    find_engine: FindEngine | None = None,
    on_step: OnItem = nobody_looks,
    cancelled: IsCancelled = never,
) -> list[Interview]:
    """Holds the same interview at several points of a branch: that of the plan's turn, or else of the head.

    Args:
        numbers: Of turns, 0 for before the first; those beyond the end of the branch are left out.

    Raises:
        CancelledError: It was cancelled; the interviews that were done are kept.
        UserError: As `hold_interview`.
    """
    branch = Branch(project, plan.playtest_id)
    path = branch.path_to(plan.turn_id) if plan.turn_id is not None else branch.path()
    turn_ids = turns_at(path, numbers)
    held: list[Interview] = []
    for place, turn_id in enumerate(turn_ids):
        step = partial(_step_of_many, on_step, place, len(turn_ids))
        one = replace(plan, turn_id=turn_id)
        held.append(
            hold_interview(
                project,
                engine,
                one,
                judge=judge,
                judge_id=judge_id,
                find_engine=find_engine,
                on_step=step,
                cancelled=cancelled,
            )
        )
    return held


def turns_at(path: Sequence[Turn], numbers: Sequence[int]) -> list[int | None]:
    """Returns the ids of the turns with these numbers on a path, None for 0; those that there are not are left out."""
    return [path[number - 1].id if number else None for number in sorted(set(numbers)) if 0 <= number <= len(path)]


def _moment(
    project: Project,
    engine: Engine,
    plan: Plan,
    questionnaire: Questionnaire,
    mode: Mode,
    find_engine: FindEngine | None,
    cancelled: Callable[[], bool],
) -> Moment:
    return moment_of(
        project,
        engine,
        plan.playtest_id,
        plan.role_id,
        plan.turn_id,
        room_tokens=room_for(questionnaire, mode),
        find_engine=find_engine,
        cancelled=cancelled,
    )


def _record(plan: Plan, asked: Asked, moment: Moment) -> dict[str, Any]:
    """Returns what explains and repeats an interview. JSON."""
    usages: list[Usage] = moment.respondent.usages
    n_reused = sum(usage.n_reused_tokens for usage in usages)
    info = moment.engine.info
    return {
        "weights": {"name": info.name, "sha256": info.sha256, "size_bytes": info.size_bytes},
        "seed": plan.seed,
        "n_orders": plan.n_orders,
        "number": len(moment.path),
        "name": moment.part.character.name,
        "acquiescence": asked.acquiescence,
        "mass": asked.mass,
        "n_read_tokens": sum(usage.n_prompt_tokens for usage in usages) - n_reused,
        "n_reused_tokens": n_reused,
        "notice": asked.questionnaire.notice,
        "source": asked.questionnaire.source,
    }


def _step_of_many(on_step: OnItem, place: int, n_all: int, n_done: int, n_items: int) -> None:
    on_step(place * n_items + n_done, n_all * n_items)
