"""Which turns of a transcript have some words in them. Knows no Qt; 10,000 turns take a few milliseconds."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from gui.stage.reading import StageTurn


class TranscriptSearch:
    """Searches words and thoughts; capitals do not matter. What was folded for it is kept for the next search."""

    def __init__(self) -> None:
        self._folded: dict[int, tuple[str, str]] = {}
        """Turn id -> words and thought."""
        self.query = ""
        self.rows: list[int] = []
        """Rows with a match, in order."""

    def search(self, query: str, path: Sequence[StageTurn], seen_by: str = "") -> None:
        """Finds the turns that have the query in them; nothing for an empty one.

        Args:
            seen_by: Role id of whoever's eyes one looks through: only their own thoughts are searched. Empty: all.
        """
        self.query = query.strip()
        wanted = self.query.casefold()
        self.rows = [row for row, turn in enumerate(path) if self._has(turn, wanted, seen_by)] if wanted else []

    def clear(self) -> None:
        """Another playtest is open."""
        self._folded.clear()
        self.query, self.rows = "", []

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What marks the matches in a text; None when nothing is searched for."""
        return re.compile(re.escape(self.query), re.IGNORECASE) if self.query else None

    def place_of(self, row: int) -> int:
        """Returns which match a row is, from 1; 0 when it is none."""
        place = bisect_left(self.rows, row)
        return place + 1 if place < len(self.rows) and self.rows[place] == row else 0

    def next_row(self, row: int, step: int) -> int | None:
        """Returns the next (1) or previous (-1) row with a match, round the end; None when there is none.

        Args:
            row: Where one is; -1 before the first row.
        """
        if not self.rows:
            return None
        place = bisect_right(self.rows, row) if step > 0 else bisect_left(self.rows, row) - 1
        return self.rows[place % len(self.rows)]

    def _has(self, turn: StageTurn, wanted: str, seen_by: str) -> bool:
        if turn.id not in self._folded:
            self._folded[turn.id] = (turn.text.casefold(), (turn.thought or "").casefold())
        words, thought = self._folded[turn.id]
        return wanted in words or (wanted in thought and (not seen_by or turn.speaker_id == seen_by))
