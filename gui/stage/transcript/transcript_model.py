"""The rows of the transcript: the turns of the open branch, and the one being written as the last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.hearing.perception import hears
from gui.stage.reading import StageTurn
from gui.stage.session import StageSession
from gui.stage.transcript.act_sentences import say_thought
from gui.stage.transcript.live_turn import LiveTurn
from gui.stage.transcript.transcript_entry import Entry, live_entry, say_entry
from gui.stage.transcript.turn_chips import find_chips, find_line
from gui.stage.turn_tree import TurnTree
from models.playtest import Origin, SpeakerKind

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the rows are made of: a branch, the tree it lies in, and the turn being written."""

    path: Sequence[StageTurn] = ()
    tree: TurnTree = field(default_factory=TurnTree)
    live: LiveTurn | None = None

    @property
    def live_row(self) -> int:
        """The row of the turn being written; past the last row when there is none."""
        return len(self.path) if self.live is None else min(self.live.number - 1, len(self.path))

    @property
    def n_rows(self) -> int:
        """Rows in all. An alternative that is being written hides the turns after it."""
        return self.live_row + (self.live is not None)


class TranscriptModel(QAbstractListModel):
    """Rows for the transcript's view and for screen readers.

    The rows are those that were announced last. The session moves on before it says so, and a widget that grows in
    between has the view measured: it must find as many turns as it has rows.
    """

    def __init__(self, session: StageSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown = _Shown()
        self._are_thoughts_open = False
        self._seen_by = ""
        self._toggled: set[int] = set()
        """Turns whose thought is not as the others are."""
        session.opened.connect(self._on_opened)
        session.path_changed.connect(self._on_path_changed)
        session.live_streamed.connect(self._on_live_streamed)
        session.scored.connect(self._on_scored)
        session.pins_changed.connect(lambda: self._announce(0))
        session.branches_changed.connect(lambda: self._announce(0))
        session.labels.changed.connect(lambda: self._announce(0))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Returns the number of rows."""
        return 0 if parent.isValid() else self._shown.n_rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the words of a row, or its one sentence for a screen reader."""
        if not index.isValid() or index.row() >= self._shown.n_rows:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.entry(index.row()).text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return say_entry(self.entry(index.row()))
        return None

    def entry(self, row: int) -> Entry:
        """Returns what one row shows."""
        session, shown = self._session, self._shown
        if shown.live is not None and row == shown.live_row:
            return live_entry(shown.live)
        turn = shown.path[row]
        siblings = shown.tree.siblings(turn)
        notes = session.notes.of(shown.path, row)
        is_own = not self._seen_by or turn.speaker_id == self._seen_by
        return Entry(
            turn_id=turn.id,
            number=turn.number,
            speaker_id=turn.speaker_id,
            speaker=turn.speaker,
            kind=turn.kind,
            text=turn.text,
            thought=(turn.thought or "") if is_own else "",
            is_thought_open=self._are_thoughts_open != (turn.id in self._toggled),
            origin=turn.origin,
            finish=turn.finish,
            place=siblings.index(turn.id) + 1,
            n_alternatives=len(siblings),
            marks=session.marks.find(row, turn.speaker_id),
            is_pinned=turn.id in session.pins,
            line=find_line(session, turn, notes),
            chips=find_chips(session, turn, notes),
            thinks=say_thought(notes) if turn.thought else "",
            is_unseen=bool(self._seen_by) and not hears(turn, self._seen_by),  # type: ignore[arg-type]
        )

    def write_out(self, rows: Iterable[int]) -> str:
        """Returns turns with their speakers, one below the other; what the director did stands in brackets."""
        return "\n\n".join(map(self._write_row, rows))

    def _write_row(self, row: int) -> str:
        path = self._shown.path
        if row < len(path) and path[row].kind != SpeakerKind.DIRECTOR and path[row].origin != Origin.STAGE:
            return f"{path[row].speaker}: {path[row].text}"  # without its record: there may be thousands
        entry = self.entry(row)
        return f"({entry.line})" if entry.line else f"{entry.speaker}: {entry.text}"

    def path_rows(self) -> Sequence[StageTurn]:
        """Returns the turns that are shown, without the one being written."""
        return self._shown.path[: self._shown.live_row]

    def row_of(self, turn_id: int) -> int | None:
        """Returns the row of a turn, or None when it is not on this branch."""
        shown = self._shown
        turn = shown.tree.get(turn_id)
        row = turn.number - 1 if turn is not None else -1
        return row if 0 <= row < shown.live_row and shown.path[row].id == turn_id else None

    def texts(self, first: int) -> list[str]:
        """Returns the words of the rows from `first` on."""
        shown = self._shown
        texts = [turn.text for turn in shown.path[first : shown.live_row]]
        if shown.live is not None and first <= shown.live_row:
            texts.append(shown.live.text)
        return texts

    @property
    def seen_by(self) -> str:
        """Role id of whoever's eyes one looks through; empty: the director's, who sees all."""
        return self._seen_by

    def look_through(self, role_id: str) -> None:
        """Dims what a role did not perceive, and hides what others think; empty: shows all again."""
        self._seen_by = role_id
        self._announce(0)

    @property
    def are_thoughts_open(self) -> bool:
        """Whether thoughts are shown."""
        return self._are_thoughts_open

    def open_thoughts(self, are_open: bool) -> None:
        """Shows or folds the thoughts of all turns."""
        self._are_thoughts_open = are_open
        self._toggled.clear()
        self._announce(0)

    def toggle_thought(self, row: int) -> None:
        """Shows or folds the thought of one turn."""
        entry = self.entry(row)
        if entry.turn_id is not None and entry.thought:
            self._toggled ^= {entry.turn_id}
            self.dataChanged.emit(self.index(row), self.index(row))

    def _look(self) -> _Shown:
        session = self._session
        return _Shown(tuple(session.path), session.tree, session.live)

    def _on_opened(self) -> None:
        self.beginResetModel()
        self._seen_by = ""
        self._toggled.clear()
        self._shown = self._look()
        self.endResetModel()

    def _on_path_changed(self, first: int) -> None:
        shown = self._look()
        n_before, n_rows = self._shown.n_rows, shown.n_rows
        common = min(n_before, n_rows)
        if n_rows < n_before:
            self.beginRemoveRows(QModelIndex(), n_rows, n_before - 1)
            self._shown = shown
            self.endRemoveRows()
        elif n_rows > n_before:
            self.beginInsertRows(QModelIndex(), n_before, n_rows - 1)
            self._shown = shown
            self.endInsertRows()
        else:
            self._shown = shown
        if first < common:
            self._announce(first, common - 1)

    def _on_live_streamed(self) -> None:
        if self._shown.live is not None:
            self._announce(self._shown.live_row)

    def _on_scored(self, turn_ids: tuple[int, ...] | None) -> None:
        """A mark may move from any row of the speaker to another, so every row is asked again when it is painted."""
        self._announce(0)

    def _announce(self, first: int, last: int = -1) -> None:
        n_rows = self._shown.n_rows
        if n_rows:
            last = n_rows - 1 if last < 0 else last
            self.dataChanged.emit(self.index(first), self.index(last))
