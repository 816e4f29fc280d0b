"""The mind of one member of the cast after a turn, for people: state, mood, plan, bids, side, thoughts, limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.hearing.learning import Knowing
from core.library.playtests import get_playtest
from core.minds.latent_state import Aspect, StateEntry, latent_state
from core.minds.moment import MIND_KEY, Moment
from core.minds.mood import Mood, felt_mood
from core.minds.plan import KEY as PLAN_KEY
from core.minds.plan import Plan, read_plan
from core.playtest.directing.recasting import cast_at
from core.playtest.reader import PlaytestReader
from core.playtest.story.story_play import StoryPlay
from core.project import Project
from models.playtest import Turn
from models.stage import StageRules, ThoughtState

MAX_NATS = 1e6
"""Of drift, what is shown."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of a plan before an own turn."""

    number: int
    """Of the own turn."""
    why: str
    """See `core.minds.plan.Why`."""
    by: int | None
    """The turn that gave cause."""
    before: tuple[str, ...]
    """The steps until then."""
    fallback: str


@dataclass(frozen=True, slots=True)
class BidShown:
    """What a voice bid."""

    voice: str
    text: str
    salience: float
    why: str
    won: bool


@dataclass(frozen=True, slots=True)
class SideShown:
    """Which side of the persona came out, and why."""

    number: int
    """Of the own turn."""
    name: str
    """Empty: none was near enough."""
    score: float
    threshold: float
    situation: str
    line: str
    cause: int | None
    """The turn that said the line; None: the setting."""


@dataclass(frozen=True, slots=True)
class ThoughtShown:
    """A thought before an own turn."""

    number: int
    text: str
    state: ThoughtState | None
    """None: of any kind."""
    order: int
    name: str
    """Whom a thought of the second order is about."""
    leak: float | None
    """ROUGE-L with what was said, where it was said aloud."""


@dataclass(frozen=True, slots=True)
class LimitShown:
    """Something that was asked and cannot be known."""

    number: int
    """Of the own turn that answers."""
    cause: int | None
    about: str
    claims: bool
    """Whether the answer claims to know it."""


@dataclass(frozen=True, slots=True)
class ReminderShown:
    """A reminder before an own turn."""

    number: int
    drift: float
    bound: float


@dataclass(frozen=True, slots=True)
class MindReading:
    """All of it. Turn numbers lead to `turn_ids`."""

    role_id: str
    name: str
    number: int
    """Of the turn after which this is so; 0: before the first."""
    rules: StageRules
    cast: dict[str, str]
    entries: tuple[StateEntry, ...]
    mood: Mood
    plan: Plan | None
    revisions: tuple[Revision, ...]
    bids: tuple[BidShown, ...]
    bids_number: int | None
    """The own turn that they were made for."""
    side: SideShown | None
    has_sides: bool
    """Whether the author wrote any."""
    thoughts: tuple[ThoughtShown, ...]
    """The newest first."""
    limits: tuple[LimitShown, ...]
    reminders: tuple[ReminderShown, ...]
    turn_ids: dict[int, int]


def read_mind(
    project: Project, playtest_id: str, turn_id: int | None, role_id: str, reader: PlaytestReader | None = None
) -> MindReading | None:
    """Reads the mind of a role after a turn, or at the head where none is named; None when there is no such role.

    Slow in long scenes: not for the window's thread.

    Args:
        reader: Of this playtest, where it has been read before.
    """
    if get_playtest(project, playtest_id) is None:
        return None
    reader = reader or PlaytestReader(project, playtest_id)
    branch, story, script = reader.branch, reader.story, reader.branch.script
    path = branch.path_to(branch.head_id if turn_id is None else turn_id)
    part = cast_at(script, path).part(role_id)
    if part is None:
        return None
    part = story.part_now(part, path)
    moment = reader.minds.moment(part, path)
    own = moment.own[::-1]
    bids, bids_number = _bids(own)
    return MindReading(
        role_id=role_id,
        name=part.character.name,
        number=len(path),
        rules=script.rules,
        cast=dict(moment.cast),
        entries=tuple(_entries(moment, story, path)),
        mood=felt_mood(moment),
        plan=read_plan(moment.last_record(PLAN_KEY)),
        revisions=tuple(_revisions(own)),
        bids=bids,
        bids_number=bids_number,
        side=_side(moment),
        has_sides=bool(part.character.persona.variants),
        thoughts=tuple(_thoughts(own)),
        limits=tuple(_limits(own)),
        reminders=tuple(_reminders(own)),
        turn_ids={turn.number: turn.id for turn in path if turn.id is not None},
    )


def _entries(moment: Moment, story: StoryPlay, path: Sequence[Turn]) -> Iterator[StateEntry]:
    """Yields the state; where the world has facts, each that is known with the turn at which it was learnt."""
    knowledge = story.knowledge(path)
    for entry in latent_state(moment):
        if entry.aspect != Aspect.KNOWLEDGE or knowledge is None:
            yield entry
    facts = story.rules.story.world.facts if story.rules is not None else []
    for fact in facts:
        cell = knowledge.cell(fact.id, moment.role_id) if knowledge is not None else None
        if cell is not None and cell.knowing == Knowing.KNOWS and fact.text.strip():
            yield StateEntry(Aspect.KNOWLEDGE, fact.text.strip(), path[cell.number - 1].number if cell.number else None)


def _kept(turn: Turn, faculty: str) -> dict[str, Any]:
    """Returns what a faculty kept with a turn; it may come from a stranger's pack."""
    mind = turn.record.get(MIND_KEY)
    record = mind.get(faculty) if isinstance(mind, dict) else None
    return record if isinstance(record, dict) else {}


def _revisions(own: Sequence[Turn]) -> Iterator[Revision]:
    for turn in own:
        record = _kept(turn, PLAN_KEY)
        for one in _tables(record.get("revisions")):
            before = tuple(str(text) for text in _list(one.get("before")))
            yield Revision(
                turn.number, str(one.get("why", "")), _number(one.get("by")), before, str(record.get("fallback", ""))
            )


def _bids(own: Sequence[Turn]) -> tuple[tuple[BidShown, ...], int | None]:
    for turn in own:
        record = _kept(turn, "workspace")
        bids = [
            BidShown(voice, str(one.get("text", "")), _share(one.get("salience")), str(one.get("why", "")), won)
            for one in _tables(record.get("bids"))
            for voice in [str(one.get("voice", ""))]
            for won in [voice == record.get("winner")]
        ]
        if bids:
            return tuple(sorted(bids, key=lambda bid: -bid.salience)), turn.number
    return (), None


def _side(moment: Moment) -> SideShown | None:
    for turn in reversed(moment.own):
        record = _kept(turn, "variant")
        if record:
            return SideShown(
                turn.number,
                str(record.get("name", "")),
                _share(record.get("score")),
                _share(record.get("threshold")),
                str(record.get("situation", "")),
                str(record.get("line", "")),
                _number(record.get("turn")),
            )
    return None


def _thoughts(own: Sequence[Turn]) -> Iterator[ThoughtShown]:
    for turn in own:
        if turn.thought:
            record = _kept(turn, "thought")
            known = [state for state in ThoughtState if state.value == record.get("state")]
            order, leak = record.get("order"), record.get("leak")
            yield ThoughtShown(
                turn.number,
                turn.thought,
                known[0] if known else None,
                2 if order == 2 else 1,
                str(record.get("name", "")),
                _share(leak) if isinstance(leak, int | float) else None,
            )


def _limits(own: Sequence[Turn]) -> Iterator[LimitShown]:
    for turn in own:
        record = _kept(turn, "horizon")
        for one in _tables(record.get("asked")):
            claims = record.get("claims") is True
            yield LimitShown(turn.number, _number(one.get("turn")), str(one.get("about", "")), claims)


def _reminders(own: Sequence[Turn]) -> Iterator[ReminderShown]:
    for turn in own:
        record = _kept(turn, "reminder")
        drift, bound = record.get("drift"), record.get("bound")
        if isinstance(drift, int | float) and isinstance(bound, int | float):
            yield ReminderShown(turn.number, _bounded(drift, MAX_NATS), _bounded(bound, MAX_NATS))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _share(value: object) -> float:
    return _bounded(value, 1.0) if isinstance(value, int | float) else 0.0


def _bounded(value: float, most: float) -> float:
    """Returns a number within 0 and a bound; it may be an integer that is too large for a float."""
    return float(min(most, max(0.0, value)))
