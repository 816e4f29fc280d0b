"""What each section of a mind shows, as rows of widgets; where there is nothing, what would bring it about."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from core.memory.emotion import EMOTIONS
from core.minds.latent_state import Aspect
from core.minds.mood import SLIGHT, mood_text
from core.minds.plan import Status, Step
from core.playtest.looking_back.mind_reading import MindReading, Revision, ThoughtShown
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from gui.stage.mind import teaching
from gui.stage.mind.bar import Bar
from gui.stage.mind.caused_line import CausedLine
from gui.stage.mind.wording import (
    aspect_name,
    emotion_name,
    stance_name,
    status_name,
    thought_name,
    voice_name,
    why_name,
)
from gui.stage.plain_tip import plain_tip
from models.stage import ThoughtState

MAX_THOUGHTS = 12
"""Of each kind, the newest."""
MAX_REVISIONS = 12
_SIGNS = {Status.DONE: "✓", Status.NOW: "▸", Status.OPEN: "○", Status.MOOT: "–"}


@dataclass(frozen=True, slots=True)
class Section:
    """One section."""

    key: str
    title: str
    note: str
    """Beside the title."""
    rows: list[QWidget]


def sections_of(mind: MindReading) -> list[Section]:
    """Returns all sections of a mind in their order."""
    return [
        Section("state", _tr("Now"), "", _state(mind)),
        Section("mood", _tr("Mood"), "", _mood(mind)),
        Section("plan", _tr("Plan"), _plan_note(mind), _plan(mind)),
        Section("bids", _tr("Attention"), _turn_note(mind.bids_number), _bids(mind)),
        Section("side", _tr("Side"), mind.side.name if mind.side is not None else "", _side(mind)),
        Section("thoughts", _tr("Thoughts"), str(len(mind.thoughts) or ""), _thoughts(mind)),
        Section("limits", _tr("Cannot know"), str(len(mind.limits) or ""), _limits(mind)),
        Section("reminders", _tr("Reminders"), str(len(mind.reminders) or ""), _reminders(mind)),
    ]


def _state(mind: MindReading) -> list[QWidget]:
    rows: list[QWidget] = []
    for entry in mind.entries:
        name = fill(aspect_name(entry.aspect), mind.cast.get(entry.about, entry.about).split(" ")[0])
        words = stance_name(entry.text) if entry.aspect == Aspect.STANCE else entry.text
        rows.append(CausedLine(name, words, entry.cause))
    return rows or [_teach(teaching.teach_state(mind))]


def _mood(mind: MindReading) -> list[QWidget]:
    strongest = max(mind.mood.vector)
    rows: list[QWidget] = [
        Bar(emotion_name(name), value, is_strong=value == strongest >= SLIGHT)
        for name, value in zip(EMOTIONS, mind.mood.vector, strict=True)
    ]
    felt = mood_text(mind.mood)
    if felt:
        rows.append(CausedLine("", fill(_telling(mind), felt), mind.mood.cause_of(mind.mood.strongest()[0][0])))
    elif not mind.rules.mind.mood:
        rows.append(_teach(teaching.teach_mood(mind)))
    return rows


def _telling(mind: MindReading) -> str:
    """Says what becomes of a mood, which takes the place of `%1`."""
    if mind.rules.mind.workspace:
        return _tr("“%1” – told when it wins their attention.")
    if mind.rules.mind.mood:
        return _tr("Told before the next turn: “%1”")
    return _tr("“%1” – not told: mood is off in Scenarios, Playing.")


def _plan_note(mind: MindReading) -> str:
    if mind.plan is None:
        return ""
    n_done = sum(step.status in {Status.DONE, Status.MOOT} for step in mind.plan.steps)
    return fill(_tr("%1 of %2"), n_done, len(mind.plan.steps))


def _plan(mind: MindReading) -> list[QWidget]:
    if mind.plan is None:
        return [_teach(teaching.teach_plan(mind))]
    rows: list[QWidget] = [small_label(mind.plan.goal, "small"), *map(_step, mind.plan.steps)]
    if mind.revisions:
        rows += [_head(_tr("Revisions")), *map(_revision, mind.revisions[:MAX_REVISIONS])]
    return rows


def _step(step: Step) -> QWidget:
    kind = "strong" if step.status == Status.NOW else "small"
    line = CausedLine("", f"{_SIGNS[step.status]}  {step.text}", step.by, kind=kind)
    line.setToolTip(status_name(step.status))
    line.words.setAccessibleName(f"{step.text} {status_name(step.status)}")
    return line


def _revision(one: Revision) -> QWidget:
    line = CausedLine(fill(_tr("at turn %1"), one.number), why_name(one.why), one.by)
    before = fill(_tr("Before:\n%1"), "\n".join(one.before)) if one.before else ""
    by_rule = fill(_tr("By rule: %1"), one.fallback) if one.fallback else ""
    line.setToolTip(plain_tip("\n".join(filter(None, (before, by_rule)))))
    return line


def _turn_note(number: int | None) -> str:
    return fill(_tr("at turn %1"), number) if number is not None else ""


def _bids(mind: MindReading) -> list[QWidget]:
    rows: list[QWidget] = []
    for bid in mind.bids:
        bar = Bar(voice_name(bid.voice), bid.salience, is_strong=bid.won)
        bar.setToolTip(plain_tip(f"{bid.text}\n{bid.why}"))
        rows.append(bar)
        if bid.won:
            rows += [CausedLine("", bid.text, None), small_label(bid.why, "small")]
    return rows or [_teach(teaching.teach_bids(mind))]


def _side(mind: MindReading) -> list[QWidget]:
    side = mind.side
    if side is None:
        return [_teach(teaching.teach_side(mind))]
    said = _tr("“%1” came nearest to “%2”: %3, needed %4")
    nearest = fill(said, side.line, side.situation, f"{side.score:.2f}", f"{side.threshold:.2f}")
    name = small_label(side.name, "strong") if side.name else _teach(_tr("None: no situation was near enough."))
    return [name, CausedLine("", nearest, side.cause)]


def _thoughts(mind: MindReading) -> list[QWidget]:
    rows: list[QWidget] = []
    for state in (*ThoughtState, None):
        found = [thought for thought in mind.thoughts if thought.state == state]
        if found and (state is not None or len(found) < len(mind.thoughts)):
            rows.append(_head(fill("%1  %2", thought_name(state), len(found))))
        rows += [_thought(one) for one in found[:MAX_THOUGHTS]]
        if len(found) > MAX_THOUGHTS:
            rows.append(small_label(fill(_tr("and %1 earlier"), len(found) - MAX_THOUGHTS), "small"))
    return rows or [_teach(teaching.teach_thoughts(mind))]


def _thought(one: ThoughtShown) -> QWidget:
    words, kind = one.text, "small"
    if one.leak is not None:
        words, kind = f"{words}\n" + fill(_tr("said aloud (overlap %1)"), f"{one.leak:.2f}"), "warning"
    line = CausedLine("", words, one.number, kind=kind)
    if one.order == 2:
        line.setToolTip(plain_tip(fill(_tr("About what %1 thinks"), one.name)))
    return line


def _limits(mind: MindReading) -> list[QWidget]:
    rows: list[QWidget] = []
    for one in mind.limits:
        said = _tr("claims to know: %1") if one.claims else _tr("did not claim to know: %1")
        kind = "warning" if one.claims else "small"
        rows.append(CausedLine(fill(_tr("turn %1"), one.number), fill(said, one.about), one.cause, kind=kind))
    return rows or [_teach(teaching.teach_limits(mind))]


def _reminders(mind: MindReading) -> list[QWidget]:
    said = _tr("drift %1, above its bound of %2")
    rows: list[QWidget] = [
        CausedLine("", fill(said, f"{one.drift:.2f}", f"{one.bound:.2f}"), one.number) for one in mind.reminders
    ]
    return rows or [_teach(teaching.teach_reminders(mind))]


def _head(text: str) -> QWidget:
    label = small_label(text, "small")
    label.setStyleSheet("font-weight: 600;")
    label.setContentsMargins(0, 4, 0, 0)
    return label


def _teach(text: str) -> QWidget:
    return small_label(text, "small")


def connect_lines(rows: list[QWidget], slot: Callable[[int], None]) -> None:
    """Has all lines say which turn is wanted."""
    for row in rows:
        if isinstance(row, CausedLine):
            row.turn_wanted.connect(slot)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Mind", text)
