"""An interview in two stages with a character of a playtest: a talk, then a scale item by item and as a whole form.

Kept as interviews: the talk under the name `life-talk`, and the two administrations of the scale.
"""

import time
from dataclasses import dataclass, replace
from functools import partial

from core.fidelity.interviews.administer import Asked, Mode, administer, check, room_for
from core.fidelity.interviews.free_answers import MAX_ANSWER_TOKENS
from core.fidelity.interviews.questionnaire import LifeTalk, Questionnaire, load_life_talk, load_questionnaire
from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.interviews.two_stages import Comparison, Said, compare_totals, hold_talk
from core.inference.request import Engine
from core.lab.interviews import Plan, keep_asked
from core.lab.respondents import IsCancelled, Moment, moment_of, never
from core.library.interviews import add_interview
from core.playtest.writing.cast_engines import FindEngine
from core.project import Project
from models.interview import Interview, InterviewBase

TALK = "life-talk"
_QUESTION_TOKENS = 40


@dataclass(frozen=True, slots=True)
class TwoStages:
    """What came of it."""

    talk: Interview
    by_item: Interview
    whole: Interview
    comparisons: tuple[Comparison, ...]
    notice: str
    """What must stand beside the numbers."""


def hold_two_stages(
    project: Project,
    engine: Engine,
    plan: Plan,
    *,
    find_engine: FindEngine | None = None,
    on_step: OnItem = nobody_looks,
    cancelled: IsCancelled = never,
) -> TwoStages:
    """Holds both stages and keeps them once all is done. The scale is asked behind the talk, in both ways.

    Raises:
        CancelledError: It was cancelled; nothing is kept.
        UserError: It cannot be held, or the talk does not fit into the context.
    """
    talk, scale = load_life_talk(), load_questionnaire(plan.questionnaire)
    check(scale, "digits", plan.n_orders, has_judge=False, allow_sensitive=plan.allow_sensitive)
    n_all = len(talk.questions) + len(scale.items) + 1
    started = time.perf_counter()
    room = (MAX_ANSWER_TOKENS + _QUESTION_TOKENS) * (len(talk.questions) + 1) + room_for(scale, "whole")
    moment = moment_of(
        project,
        engine,
        plan.playtest_id,
        plan.role_id,
        plan.turn_id,
        room_tokens=min(room, engine.info.n_ctx // 2),
        find_engine=find_engine,
        cancelled=cancelled,
    )
    said, after = hold_talk(moment.respondent, talk, plan.seed, partial(_step, on_step, 0, n_all))
    talk_s = time.perf_counter() - started
    on_item = partial(_step, on_step, len(said), n_all)
    by_item = _administer(moment, after, scale, "digits", plan, on_item)
    whole = _administer(moment, after, scale, "whole", plan, nobody_looks)
    on_step(n_all, n_all)
    kept = _keep_talk(project, plan, moment, talk, said, talk_s)
    rows = [
        keep_asked(project, plan, one.asked, one.moment, {"after_talk": kept.id, "total_s": one.total_s})
        for one in (by_item, whole)
    ]
    return TwoStages(kept, rows[0], rows[1], tuple(compare_totals(by_item.asked, whole.asked)), scale.notice)


@dataclass(frozen=True, slots=True)
class _Administered:
    """One way of asking the scale, and what it cost."""

    asked: Asked
    moment: Moment
    """With the requests of this way alone."""
    total_s: float


def _administer(
    moment: Moment, after: Respondent, scale: Questionnaire, mode: Mode, plan: Plan, on_item: OnItem
) -> _Administered:
    started = time.perf_counter()
    alone = replace(after, usages=[])
    asked = administer(alone, scale, mode, n_orders=plan.n_orders, seed=plan.seed, on_item=on_item)
    return _Administered(asked, replace(moment, respondent=alone), time.perf_counter() - started)


def _step(on_step: OnItem, n_before: int, n_all: int, n_done: int, _n_items: int) -> None:
    on_step(n_before + n_done, n_all)


def _keep_talk(
    project: Project, plan: Plan, moment: Moment, talk: LifeTalk, said: list[Said], total_s: float
) -> Interview:
    info = moment.engine.info
    held = InterviewBase(
        role_id=plan.role_id,
        questionnaire=TALK,
        mode="free",
        answers=[
            {"number": number, "text": one.question, "words": one.words, "value": None, "reason": "An open question."}
            for number, one in enumerate(said, 1)
        ],
        record={
            "weights": {"name": info.name, "sha256": info.sha256, "size_bytes": info.size_bytes},
            "seed": plan.seed,
            "number": len(moment.path),
            "name": moment.part.character.name,
            "total_s": total_s,
            "notice": talk.notice,
            "source": talk.source,
        },
    )
    return add_interview(project, plan.playtest_id, plan.turn_id, held)
