"""The memories of one role: a fold over the turns that it heard, what its own turns keep, and what a person changed.

So memory is a function of the path, and what happened on another branch is not in it. A branch that goes on is folded
on; any other is folded anew.

Source: Park et al. (2023), "Generative Agents", section 4.1 (memory stream).
"""

import threading
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from core.memory.changes import apply_changes
from core.memory.clock import passed_by, time_of
from core.memory.entries import Entry, EntryKind, reflection_id, session_id, turn_entry_id
from core.memory.readings import Readings
from core.memory.records import accessed_ids, asked_importance, kept_reflections, kept_sessions, memory_record
from models.memory import MemoryChange
from models.playtest import SpeakerKind, Turn, TurnBase

NO_TURN = 2**53
"""A number that no turn has."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The memories of a role before its turn."""

    entries: tuple[Entry, ...]
    """In the order of the story."""
    now_s: float
    """Time of the story of the turn to come."""
    last_own: int = 0
    """Number of the role's last own turn; 0: none yet."""
    last_reflection: int = 0
    """Number of the own turn that last drew conclusions."""
    last_session: int = 0
    """Number of the last turn whose session is closed."""
    longest_pause_s: float = 0.0
    """In the time of the story since the last session, the present one included."""
    visible_from: int = 0
    """Number of the first turn that the role's view holds for certain; see `is_visible`."""
    pinned_numbers: frozenset[int] = frozenset()
    """Turns before that one which stand in the view, word for word."""

    def is_visible(self, entry: Entry) -> bool:
        """Whether the view still holds what a memory says: a turn, word for word, that nobody edited.

        What has left a view is known from the last own turn that was written. So what leaves it for this very turn
        counts as visible once more, and comes back from the next own turn on.
        """
        if entry.kind is EntryKind.SESSION:
            return entry.first_number >= self.visible_from
        if entry.kind is not EntryKind.OBSERVATION or entry.is_changed:
            return False
        return entry.number >= self.visible_from or entry.number in self.pinned_numbers

    def get(self, entry_id: str) -> Entry | None:
        """Returns a memory, or None."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)


@dataclass(slots=True)
class _Fold:
    """What is known after some heard turns."""

    role_id: str
    name: str
    """Of who plays the part; empty: whoever it was at each turn."""
    seconds_per_turn: float
    readings: Readings
    n_heard: int = 0
    last_turn_id: int | None = None
    passed_s: float = 0.0
    entries: dict[str, Entry] = field(default_factory=dict)
    accessed: dict[str, float] = field(default_factory=dict)
    """Of memories that no turn made."""
    places: list[tuple[int, int, float]] = field(default_factory=list)
    """Id, number and time of each heard turn."""
    last_own: int = 0
    last_reflection: int = 0
    last_session: int = 0
    last_heard: tuple[int, float] | None = None
    """Number and time of what was perceived last since the last session."""
    longest_pause_s: float = 0.0
    n_left: int = 0
    pinned_numbers: frozenset[int] = frozenset()

    def goes_on_in(self, heard: Sequence[Turn]) -> bool:
        """Whether some turns begin with all that were folded: ids are those of one tree, so the last one tells."""
        if not self.n_heard:
            return True
        is_longer = len(heard) >= self.n_heard and self.last_turn_id is not None
        return is_longer and heard[self.n_heard - 1].id == self.last_turn_id

    def add(self, turn: Turn) -> None:
        """Goes on by one turn."""
        self.passed_s += passed_by(turn)
        time_s = time_of(turn.number, self.seconds_per_turn, self.passed_s)
        self.n_heard += 1
        self.last_turn_id = turn.id
        self.places.append((turn.id or 0, turn.number, time_s))
        if turn.speaker_id == self.role_id:
            self._note_view(turn.record)
            if self.name in ("", turn.speaker):  # what went on in who played the part before is not its own
                self._add_record(turn, time_s)
            self.last_own = turn.number
        text = heard_text(turn)
        if text:
            self.longest_pause_s = max(self.longest_pause_s, self.pause_before(time_s))
            self.last_heard = (turn.number, time_s)
            self._put(turn_entry_id(turn.number), EntryKind.OBSERVATION, text, turn, time_s, None)

    def _add_record(self, turn: Turn, time_s: float) -> None:
        record = memory_record(turn)
        if not record:
            return
        for entry_id, importance in asked_importance(record).items():
            if entry_id in self.entries:
                self.entries[entry_id] = replace(self.entries[entry_id], importance=importance)
        for place, kept in enumerate(kept_sessions(record)):
            entry_id = session_id(turn.number, place)
            self._put(entry_id, EntryKind.SESSION, kept.text, turn, time_s, kept.importance)
            self.entries[entry_id] = replace(
                self.entries[entry_id],
                time_s=self._time_of(kept.last_number, time_s),
                first_number=kept.first_number,
                words=kept.words,
                cites=kept.cites,
            )
            self.last_session = max(self.last_session, kept.last_number)
            self.longest_pause_s = 0.0
            if self.last_heard is not None and self.last_heard[0] <= self.last_session:
                self.last_heard = None
        for entry_id in accessed_ids(record):
            self._touch(entry_id, time_s)
        for place, kept in enumerate(kept_reflections(record)):
            entry_id = reflection_id(turn.number, place)
            self._put(entry_id, EntryKind.REFLECTION, kept.text, turn, time_s, kept.importance)
            self.entries[entry_id] = replace(self.entries[entry_id], cites=kept.cites)
        if record.get("reflected_by"):
            self.last_reflection = turn.number

    def _note_view(self, record: dict[str, Any]) -> None:
        n_left = record.get("n_turns_dropped")
        if isinstance(n_left, int):
            self.n_left = max(n_left, 0)
            earlier = record.get("earlier")
            pinned = earlier.get("pinned") if isinstance(earlier, dict) else None
            self.pinned_numbers = frozenset(
                one for one in (pinned if isinstance(pinned, list) else []) if isinstance(one, int)
            )

    def _put(
        self, entry_id: str, kind: EntryKind, text: str, turn: Turn, time_s: float, importance: float | None
    ) -> None:
        felt = self.readings.felt(text)
        self.entries[entry_id] = Entry(
            entry_id,
            kind,
            text,
            turn.number,
            time_s,
            felt.importance if importance is None else importance,
            felt.emotion,
            accessed_s=time_s,
            speaker=turn.speaker if kind is EntryKind.OBSERVATION and text.startswith(f"{turn.speaker}: ") else "",
            is_own=kind is EntryKind.OBSERVATION and turn.speaker_id == self.role_id,
        )

    def _touch(self, entry_id: str, time_s: float) -> None:
        if entry_id in self.entries:
            self.entries[entry_id] = replace(self.entries[entry_id], accessed_s=time_s)
        else:
            self.accessed[entry_id] = time_s

    def pause_before(self, time_s: float) -> float:
        """Returns how long nothing was perceived before a time of the story."""
        return time_s - self.last_heard[1] if self.last_heard is not None else 0.0

    def _time_of(self, number: int, otherwise: float) -> float:
        at = bisect_left(self.places, number, key=itemgetter(1))
        return self.places[at][2] if at < len(self.places) and self.places[at][1] == number else otherwise

    def place_of(self, turn_id: int) -> tuple[int, float]:
        """Returns number and time of a turn; of one that the role did not hear, those of the heard one before it."""
        before = [(number, time_s) for one, number, time_s in self.places if one <= turn_id]
        return before[-1] if before else (0, 0.0)


class Streams:
    """The memories of a cast, folded on from turn to turn. Lives as long as a playtest is open. For any thread."""

    def __init__(self) -> None:
        self.readings = Readings()
        self._lock = threading.Lock()
        self._folds: dict[str, _Fold] = {}

    def stream(
        self,
        role_id: str,
        heard: Sequence[Turn],
        number: int,
        seconds_per_turn: float,
        persona: Sequence[Entry] = (),
        changes: Sequence[MemoryChange] = (),
        name: str = "",
    ) -> Stream:
        """Returns the memories of a role.

        Args:
            heard: The turns that it perceived, oldest first.
            number: Of the turn to come.
            seconds_per_turn: How long a turn lasts in the time of the story.
            persona: Memories from before the scene.
            changes: What a person did to its memories on this path, in the order of the path.
            name: Of who plays the part: what went on in its predecessors is left out. Empty: nothing is.
        """
        with self._lock:
            fold = self._folds.get(role_id)
            key = (name, seconds_per_turn)
            if fold is None or (fold.name, fold.seconds_per_turn) != key or not fold.goes_on_in(heard):
                fold = self._folds[role_id] = _Fold(role_id, *key, self.readings)
            for turn in heard[fold.n_heard :]:
                fold.add(turn)
            return self._stream(fold, heard, number, persona, changes)

    def _stream(
        self, fold: _Fold, heard: Sequence[Turn], number: int, persona: Sequence[Entry], changes: Sequence[MemoryChange]
    ) -> Stream:
        accessed = fold.accessed
        entries = [*(_accessed(entry, accessed) for entry in persona), *fold.entries.values()]
        if changes:
            entries = apply_changes(entries, changes, self.readings, fold.place_of)
            entries = [_accessed(entry, accessed) for entry in entries] if accessed else entries
        now_s = time_of(number, fold.seconds_per_turn, fold.passed_s)
        return Stream(
            entries=tuple(entries),
            now_s=now_s,
            last_own=fold.last_own,
            last_reflection=fold.last_reflection,
            last_session=fold.last_session,
            longest_pause_s=max(fold.longest_pause_s, fold.pause_before(now_s)),
            visible_from=heard[fold.n_left].number if fold.n_left < len(heard) else NO_TURN,
            pinned_numbers=fold.pinned_numbers,
        )


def _accessed(entry: Entry, accessed: Mapping[str, float]) -> Entry:
    return replace(entry, accessed_s=accessed[entry.id]) if entry.id in accessed else entry


def heard_text(turn: TurnBase) -> str:
    """Returns a turn as it is remembered; empty for a silence, and for what the director only set."""
    text = " ".join(turn.text.split())
    if not text:
        return ""
    if turn.kind is SpeakerKind.DIRECTOR:
        act = turn.record.get("act")
        return text if isinstance(act, dict) and act.get("kind") == "whisper" else ""
    if turn.kind is SpeakerKind.NARRATOR:
        return text
    whisper = turn.record.get("whisper")
    said_as = whisper.get("as") if isinstance(whisper, dict) else None
    return f"{turn.speaker}: {said_as if isinstance(said_as, str) else ''}{text}"
