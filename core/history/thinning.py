"""Keeps the ledger small: old auto-saves of one entity that follow each other become one step.

Undo goes through what is left exactly as before, in larger steps far back. Named versions and the scripts of playtests
have rows of their own and lose nothing; a playtest's beginning is a step itself, so nothing is merged across it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from core.ledger import changes_of, keep_changes, merge_changes
from core.project import Project
from models.change import Action


@dataclass(frozen=True)
class Limits:
    """How much of the past is kept, and how finely."""

    n_steps: int = 500
    """The last steps are never touched."""
    hours: int = 24
    """Nor is what is younger."""
    days: int = 30
    """What is older than `hours` keeps one step an hour; what is older than this, one step a day."""
    max_bytes: int = 256 * 1024**2
    """Of rows before and after; then the oldest steps go for good."""


@dataclass(frozen=True)
class _Step:
    id: int
    label: str
    burst: str
    changed_at: str
    rows: str
    """Which rows it changed."""
    n_bytes: int
    is_closed: bool
    """Whether undo does not reach it any more."""


MERGED_AT_ONCE = 50
"""Groups in one transaction, so that nobody who types waits."""


def thin_ledger(project: Project, limits: Limits | None = None, now: datetime | None = None) -> int:
    """Merges and drops old steps; returns how many there are fewer. Any thread."""
    limits, now = limits or Limits(), now or datetime.now(UTC)
    with project.reading() as session:
        steps = _read_steps(session)
    old = [step for step in steps[: -limits.n_steps or None] if step.changed_at < _ago(now, hours=limits.hours)]
    groups = [group for group in _groups(old, _ago(now, days=limits.days)) if len(group) > 1]
    for start in range(0, len(groups), MERGED_AT_ONCE):
        with project.append() as session:
            for group in groups[start : start + MERGED_AT_ONCE]:
                _merge(session, [step.id for step in group])
    n_dropped = _drop_oldest(project, limits)
    return sum(len(group) - 1 for group in groups) + n_dropped


def ledger_bytes(project: Project) -> int:
    """Returns what the rows before and after take, as text."""
    with project.reading() as session:
        return sum(step.n_bytes for step in _read_steps(session))


def _read_steps(session: Session) -> list[_Step]:
    """All steps that can be undone, oldest first."""
    statement = text(
        "SELECT action.id, label, burst, changed_at, group_concat(DISTINCT entity || ' ' || entity_id), "
        'sum(coalesce(length("before"), 0) + coalesce(length("after"), 0)), is_closed '
        "FROM action JOIN change ON change.action_id = action.id WHERE NOT undone GROUP BY action.id ORDER BY action.id"
    )
    return [_Step(*row) for row in session.execute(statement)]


def _groups(steps: list[_Step], day_before: str) -> Iterator[list[_Step]]:
    """Auto-saves of the same rows that follow each other, in one hour, or in one day where they are older."""
    group: list[_Step] = []
    for step in steps:
        n_figures = len("2026-11-21") if step.changed_at < day_before else len("2026-11-21T17")
        if group and not (
            step.burst
            and group[-1].burst
            and (step.rows, step.is_closed) == (group[-1].rows, group[-1].is_closed)
            and step.changed_at[:n_figures] == group[-1].changed_at[:n_figures]
        ):
            yield group
            group = []
        group.append(step)
    if group:
        yield group


def _merge(session: Session, ids: list[int]) -> None:
    """Makes the first of some steps that follow each other stand for all."""
    actions = list(session.exec(select(Action).where(col(Action.id).in_(ids)).order_by(col(Action.id))))
    if len(actions) != len(ids) or any(action.undone for action in actions):
        return  # somebody has undone or thinned them since they were read
    merged = merge_changes([change for action in actions for change in changes_of(session, action)])
    first, last = actions[0], actions[-1]
    first.changed_at, first.label = last.changed_at, last.label
    for other in actions[1:]:
        session.delete(other)
    keep_changes(session, first, merged)


def _drop_oldest(project: Project, limits: Limits) -> int:
    """Forgets the oldest steps while there are too many bytes of them."""
    with project.reading() as session:
        steps = _read_steps(session)
    excess = sum(step.n_bytes for step in steps) - limits.max_bytes
    n_dropped = 0
    for step in steps[: -limits.n_steps or None]:
        if excess <= 0:
            break
        excess -= step.n_bytes
        n_dropped += 1
    if n_dropped:
        with project.append() as session:
            session.execute(
                text("DELETE FROM action WHERE NOT undone AND id <= :last"), {"last": steps[n_dropped - 1].id}
            )
    return n_dropped


def _ago(now: datetime, **span: int) -> str:
    return (now - timedelta(**span)).isoformat(timespec="microseconds")
