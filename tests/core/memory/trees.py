"""Trees of turns for tests of memory: who speaks, who hears, what a turn keeps, and what a person changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from core.hearing.perception import heard_by
from core.memory.stream import Stream, Streams
from models.memory import MemoryAct, MemoryChange
from models.playtest import Origin, SpeakerKind, Turn

ROLES = ("mara", "theo", "ann")
SECONDS_PER_TURN = 60.0
_SAID = (
    "I hid the key under the stone.",
    "I swear I will never tell your secret!",
    "The tide is high tonight.",
    "",
    "You lied to me, you thief!",
    "Let us dance at the harbour feast.",
    "…",
)


def turn(
    number: int,
    speaker_id: str = "mara",
    text: str = "Hello.",
    *,
    audience: list[str] | None = None,
    kind: SpeakerKind = SpeakerKind.CHARACTER,
    turn_id: int | None = None,
    parent_id: int | None = None,
    record: dict[str, Any] | None = None,
) -> Turn:
    """Returns a turn; its id is its number unless it is said otherwise."""
    return Turn(
        id=turn_id if turn_id is not None else number,
        playtest_id="p",
        parent_id=parent_id,
        number=number,
        speaker_id=speaker_id,
        speaker=speaker_id.title(),
        kind=kind,
        text=text,
        origin=Origin.WEIGHTS,
        audience=audience,
        record=record or {},
    )


def change(
    turn_id: int, entry_id: str, act: MemoryAct, text: str = "", importance: float | None = None, role_id: str = "mara"
) -> MemoryChange:
    """Returns a change of a memory of a role."""
    return MemoryChange(turn_id=turn_id, role_id=role_id, entry_id=entry_id, act=act, text=text, importance=importance)


@dataclass
class Tree:
    """Turns by id, and changes."""

    turns: dict[int, Turn] = field(default_factory=dict)
    changes: list[MemoryChange] = field(default_factory=list)

    def path(self, turn_id: int) -> list[Turn]:
        """Returns the turns down to one."""
        path = []
        found = self.turns.get(turn_id)
        while found is not None:
            path.append(found)
            found = self.turns.get(found.parent_id or 0)
        return path[::-1]

    def changes_on(self, path: Sequence[Turn], role_id: str) -> list[MemoryChange]:
        """Returns the changes of a path, in its order."""
        places = {one.id: place for place, one in enumerate(path)}
        found = [one for one in self.changes if one.turn_id in places and one.role_id == role_id]
        return sorted(found, key=lambda one: places[one.turn_id])

    def stream(self, streams: Streams, turn_id: int, role_id: str) -> Stream:
        """Returns the memories of a role at the end of a path."""
        path = self.path(turn_id)
        heard = heard_by(path, role_id)
        return streams.stream(role_id, heard, len(path) + 1, SECONDS_PER_TURN, changes=self.changes_on(path, role_id))


def _record(draw: st.DrawFn, number: int) -> dict[str, Any]:
    ids = st.integers(1, max(1, number - 1)).map(lambda one: f"t{one}")
    memory: dict[str, Any] = {}
    if draw(st.booleans()):
        memory["retrieved"] = [{"id": one, "total": 1.0} for one in draw(st.lists(ids, max_size=3))]
        memory["importance"] = {one: draw(st.floats(1, 10)) for one in draw(st.lists(ids, max_size=2))}
    if draw(st.integers(0, 3)) == 0:
        memory["reflections"] = [{"text": f"Insight {number}", "cites": draw(st.lists(ids, max_size=3))}]
        memory["reflected_by"] = "rule"
    if draw(st.integers(0, 3)) == 0 and number > 1:
        memory["sessions"] = [{"text": f"Session {number}", "words": ["key"], "from": 1, "to": number - 1}]
    return {"n_turns_dropped": draw(st.integers(0, number)), "mind": {"memory": memory}}


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A tree of up to 16 turns, whispers, time that passes and changes of memories among them."""
    tree = Tree()
    for turn_id in range(1, draw(st.integers(2, 16)) + 1):
        parent_id = draw(st.one_of(st.just(turn_id - 1), st.integers(1, turn_id - 1))) if turn_id > 1 else None
        number = tree.turns[parent_id].number + 1 if parent_id is not None else 1
        audience = draw(st.one_of(st.none(), st.lists(st.sampled_from(ROLES), unique=True)))
        if draw(st.integers(0, 6)) == 0:
            seconds = draw(st.sampled_from([0, 60, 7200, -5, float("inf"), "x", True]))
            kind, speaker_id, text = SpeakerKind.DIRECTOR, "director", "Time passes."
            audience, record = list(ROLES), {"act": {"kind": "time", "seconds": seconds}}
        else:
            kind, speaker_id, text = SpeakerKind.CHARACTER, draw(st.sampled_from(ROLES)), draw(st.sampled_from(_SAID))
            record = _record(draw, number)
        tree.turns[turn_id] = turn(
            number,
            speaker_id,
            text,
            audience=audience,
            kind=kind,
            turn_id=turn_id,
            parent_id=parent_id,
            record=record,
        )
        if draw(st.integers(0, 2)) == 0:
            tree.changes.append(_change(draw, turn_id, number, len(tree.changes)))
    return tree


def _change(draw: st.DrawFn, turn_id: int, number: int, n_before: int) -> MemoryChange:
    act = draw(st.sampled_from(list(MemoryAct)))
    known = st.one_of(
        st.integers(1, number).map(lambda one: f"t{one}"), st.integers(0, n_before).map(lambda n: f"a{n}")
    )
    entry_id = f"a{n_before}" if act is MemoryAct.ADD else draw(known)
    return change(turn_id, entry_id, act, f"changed {n_before}", role_id=draw(st.sampled_from(ROLES)))
