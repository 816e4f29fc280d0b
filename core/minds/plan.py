"""A short plan that a character keeps and revises: what it wants, step by step, and which step it is at.

Sources: GoalAct (a plan that is kept and changed; nothing is done that is not in it), Generative Agents (methods
2.19: a plan is looked at again when something was observed). By rule, without asking anybody: a step is done when the
character has spoken of it, or has tried it twice; it is moot when somebody else's line says what it was for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.characters.prompt import Block, BlockOrigin
from core.minds.moment import Contribution, Moment
from core.minds.plan_steps import AFTERWARDS, settles, speaks_of, steps_by_rule
from core.minds.plan_writing import write_steps
from core.path import fold
from models.fields import MAX_TEXT_CHARS
from models.playtest import SpeakerKind, Turn

KEY = "plan"
MAX_TRIES = 2
"""Own turns that a step is acted on at most."""
MAX_STEPS = 10


class Status(StrEnum):
    """How far a step is."""

    OPEN = "open"
    NOW = "now"
    DONE = "done"
    MOOT = "moot"


class Why(StrEnum):
    """Why a plan was made or changed."""

    BEGUN = "begun"
    GOAL_CHANGED = "goal changed"
    REACHED = "goal reached"
    LOST = "goal lost again"
    MOOT = "moot"
    THROUGH = "no step left"
    """Each was tried or settled, and the goal is not reached."""
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan."""

    text: str
    status: Status = Status.OPEN
    by: int | None = None
    """The turn that settled it."""
    n_tries: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a character means to do."""

    goal: str
    steps: tuple[Step, ...]
    is_reached: bool = False
    written_by: str = "rule"
    """`rule` or `weights`."""
    n_since: int = 0
    """Own turns since it was made or looked at again."""
    fallback: str = ""
    """Why the rule wrote it although the weights were to."""
    revisions: tuple[dict[str, Any], ...] = field(default=())
    """Those of this turn."""
    kept: str = ""
    """Why it was looked at again this turn and stayed as it is."""

    @property
    def now(self) -> Step | None:
        """The step that is acted on."""
        return next((step for step in self.steps if step.status == Status.NOW), None)


def plan_ahead(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Keeps or revises the plan, and says the step that is due. Raises Stopped."""
    if not moment.rules.plan.plans:
        return None
    plan = revise(moment, read_plan(moment.last_record(KEY)))
    if plan is None:
        return None
    text = plan_text(plan)
    return Contribution((Block(BlockOrigin.PLAN, text),) if text else (), _to_record(plan))


def plan_text(plan: Plan) -> str:
    """Returns a sentence for the weights."""
    return f"Your plan now: {plan.now.text}" if plan.now is not None else ""


def revise(moment: Moment, kept: Plan | None) -> Plan | None:
    """Returns the plan for the turn to come; None for somebody who wants nothing."""
    goal = moment.role.goal.strip()
    if not goal:
        return None
    if kept is None:
        return _make(moment, goal, Why.BEGUN, None, ())
    if kept.is_reached != moment.goal_reached:
        return _make(moment, goal, Why.REACHED if moment.goal_reached else Why.LOST, None, kept.steps)
    if kept.goal != goal and not moment.goal_reached:
        return _make(moment, goal, Why.GOAL_CHANGED, None, kept.steps)
    return _go_on(moment, kept)


def _go_on(moment: Moment, kept: Plan) -> Plan:
    before = kept.steps
    steps = _settle(before, moment.heard, moment.role_id)
    moot = next((one for old, one in zip(before, steps, strict=True) if one.status == Status.MOOT != old.status), None)
    plan = replace(kept, steps=_point(steps), n_since=kept.n_since + 1)
    if moment.goal_reached:
        return plan
    if plan.now is None:
        return _make(moment, kept.goal, Why.THROUGH, None, steps, kept=plan)
    if moot is not None:
        revision = {"why": Why.MOOT.value, "by": moot.by, "step": moot.text, "before": [one.text for one in before]}
        return replace(plan, n_since=0, revisions=(revision,))
    if plan.n_since >= moment.rules.plan.revise_every:
        return _make(moment, kept.goal, Why.DUE, None, steps, kept=plan)
    return plan


def _make(
    moment: Moment, goal: str, why: Why, by: int | None, before: Sequence[Step], kept: Plan | None = None
) -> Plan:
    """Makes a plan anew; steps that were settled before are not planned again, unless nothing else is left.

    Args:
        kept: The plan until now, which stays where a new one would say the same.
    """
    n_steps = min(moment.rules.plan.n_steps, MAX_STEPS)
    texts, written_by, fallback = [AFTERWARDS], "rule", ""
    if not moment.goal_reached:
        texts, fallback = write_steps(moment, goal, n_steps) if moment.rules.plan.asks_weights else ([], "")
        written_by = "weights" if texts else "rule"
        texts = texts or steps_by_rule(goal, _others(moment), n_steps)
    settled = {step.text for step in before if step.status in {Status.DONE, Status.MOOT}}
    going_on = {step.text: replace(step, status=Status.OPEN) for step in before if step.status == Status.NOW}
    fresh = [text for text in texts if text not in settled] if why == Why.DUE else texts
    steps = _point(tuple(going_on.get(text, Step(text)) for text in fresh or texts))
    if kept is not None and [step.text for step in steps] == [one.text for one in _to_be_done(kept)]:
        stays = kept if kept.now is not None else replace(kept, steps=steps)
        return replace(stays, n_since=0, fallback=fallback, kept=why.value)
    revision = {"why": why.value, "by": by or _last_number(moment), "before": [step.text for step in before]}
    return Plan(goal, steps, moment.goal_reached, written_by, 0, fallback, (revision,))


def _to_be_done(plan: Plan) -> list[Step]:
    """Returns the steps that are not settled; all of them where none is left and they begin again."""
    return [step for step in plan.steps if step.status in {Status.OPEN, Status.NOW}] or list(plan.steps)


def _settle(steps: tuple[Step, ...], heard: Sequence[Turn], role_id: str) -> tuple[Step, ...]:
    """Looks at the last own turn, and at what the others have said since."""
    own = next((place for place in range(len(heard) - 1, -1, -1) if heard[place].speaker_id == role_id), None)
    settled = list(steps)
    if own is not None:
        settled = [_after_own(step, heard[own]) if step.status == Status.NOW else step for step in settled]
    for turn in heard[0 if own is None else own + 1 :]:
        if turn.kind != SpeakerKind.DIRECTOR:
            settled = [
                replace(step, status=Status.MOOT, by=turn.number)
                if step.status in {Status.OPEN, Status.NOW} and settles(turn.text, step.text)
                else step
                for step in settled
            ]
    return tuple(settled)


def _after_own(step: Step, turn: Turn) -> Step:
    tries = step.n_tries + 1
    is_done = speaks_of(turn.text, step.text) or tries >= MAX_TRIES
    return replace(
        step, n_tries=tries, status=Status.DONE if is_done else Status.NOW, by=turn.number if is_done else None
    )


def _point(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Makes the first step that is not settled the one to act on."""
    unsettled = [at for at, step in enumerate(steps) if step.status in {Status.OPEN, Status.NOW}]
    return tuple(
        replace(step, status=Status.NOW if at == unsettled[0] else Status.OPEN) if at in unsettled else step
        for at, step in enumerate(steps)
    )


def _others(moment: Moment) -> list[str]:
    nobody: tuple[str, ...] = ()
    spoken = fold(moment.heard, "speakers", nobody, _last_first)
    ids = dict.fromkeys([*(one for one in spoken if one in moment.cast), *moment.cast])
    return [moment.cast[one] for one in ids if one != moment.role_id]


def _last_first(before: tuple[str, ...], turns: Sequence[Turn]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(turn.speaker_id for turn in reversed(turns)), *before]))


def _last_number(moment: Moment) -> int | None:
    return moment.heard[-1].number if moment.heard else None


def _to_record(plan: Plan) -> dict[str, Any]:
    return {
        "goal": plan.goal,
        "steps": [
            {"text": step.text, "status": step.status.value, "by": step.by, "n_tries": step.n_tries}
            for step in plan.steps
        ],
        "acts_on": next((at for at, step in enumerate(plan.steps) if step.status == Status.NOW), None),
        "is_reached": plan.is_reached,
        "written_by": plan.written_by,
        "n_since": plan.n_since,
        **({"fallback": plan.fallback} if plan.fallback else {}),
        **({"kept": plan.kept} if plan.kept else {}),
        **({"revisions": list(plan.revisions)} if plan.revisions else {}),
    }


def read_plan(record: Mapping[str, Any]) -> Plan | None:
    """Reads a plan from a record, which may come from a stranger's pack; None when it is none."""
    goal, steps, n_since = record.get("goal"), record.get("steps"), record.get("n_since")
    if not isinstance(goal, str) or not isinstance(steps, list) or not isinstance(n_since, int):
        return None
    read = [step for one in steps[:MAX_STEPS] if (step := _read_step(one)) is not None]
    if not read:
        return None
    written_by = "weights" if record.get("written_by") == "weights" else "rule"
    return Plan(goal, tuple(read), record.get("is_reached") is True, written_by, n_since)


def _read_step(one: object) -> Step | None:
    if not isinstance(one, dict) or one.get("status") not in list(Status):
        return None
    text, by, n_tries = one.get("text"), one.get("by"), one.get("n_tries")
    if not isinstance(text, str) or len(text) > MAX_TEXT_CHARS:
        return None
    n_tries = min(max(n_tries, 0), MAX_TRIES) if type(n_tries) is int else 0
    return Step(text, Status(one["status"]), by if isinstance(by, int) else None, n_tries)
