"""The rows of `tableread score`, written one conversation at a time so that a run that was broken off goes on."""

import csv
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import UserError
from core.interchange.files import disk_faults

KEYS = ("file", "conversation", "turn", "speaker", "metric", "value", "reason")
Row = tuple[str, int, int | None, str, str, float | None, str | None]
Place = tuple[str, int]
"""File and number of a conversation."""


class ScoreRows:
    """Writes rows to a file, or to standard output. What a broken-off run left in the file is kept."""

    def __init__(self, path: Path | None, metrics: Sequence[str], as_csv: bool) -> None:
        """Opens the file; of its last conversation nobody knows whether it is whole, so it is done again.

        Raises:
            UserError: The file cannot be written, or holds something else, such as scores by other metrics.
        """
        self._metrics = frozenset(metrics)
        self._as_csv = as_csv
        self._path = path
        self._file: BinaryIO | None = None
        self.done: frozenset[Place] = frozenset()
        """Conversations that the file has already."""
        if path is None:
            self._put(self._header())
            return
        with disk_faults(path, "written"):
            self._file = path.open("r+b") if path.exists() else path.open("x+b")
            self._resume(path, self._file)

    def add(self, rows: Sequence[Row]) -> None:
        """Writes all rows of one conversation."""
        self._put("".join(self._format(row) for row in rows))

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()

    def _resume(self, path: Path, file: BinaryIO) -> None:
        """Cuts off the last conversation, and whatever is broken behind it."""
        starts: dict[Place, int] = {}
        offset = 0
        for number, line in enumerate(file):
            is_header = self._as_csv and number == 0
            place = None if is_header else self._place_of(path, line)
            if is_header and line.decode("utf-8", "replace").strip() != self._header().strip():
                raise _something_else(path)
            if place is None and not is_header:
                if line.endswith(b"\n"):
                    raise _something_else(path)
                break
            if place is not None:
                starts.setdefault(place, offset)
            offset += len(line)
        if starts:
            last, offset = list(starts.items())[-1]
            del starts[last]
        self.done = frozenset(starts)
        file.truncate(offset)
        file.seek(offset)
        if not offset:
            self._put(self._header())

    def _place_of(self, path: Path, line: bytes) -> Place | None:
        """Returns which conversation a row is about; None for what is no row."""
        try:
            row = self._parse(line.decode())
            place, metric = (str(row["file"]), int(row["conversation"])), str(row["metric"])
        except (ValueError, KeyError, TypeError, StopIteration, csv.Error):
            return None
        if metric not in self._metrics:
            raise UserError(
                f"{path.name} has scores by {metric} as well.", "Ask for the same metrics, or name another file."
            )
        return place

    def _parse(self, text: str) -> dict[str, Any]:
        if self._as_csv:
            return dict(zip(KEYS, next(csv.reader([text])), strict=True))
        row = json.loads(text)
        return row if isinstance(row, dict) else {}

    def _header(self) -> str:
        return ",".join(KEYS) + "\r\n" if self._as_csv else ""

    def _format(self, row: Row) -> str:
        if not self._as_csv:
            return json.dumps(dict(zip(KEYS, row, strict=True)), ensure_ascii=False, allow_nan=False) + "\n"
        line = io.StringIO()
        csv.writer(line).writerow(["" if field is None else _one_line(field) for field in row])
        return line.getvalue()

    def _put(self, text: str) -> None:
        if self._file is None:
            sys.stdout.write(text.encode("utf-8", "backslashreplace").decode())
            sys.stdout.flush()
            return
        assert self._path is not None
        with disk_faults(self._path, "written"):
            self._file.write(text.encode("utf-8", "backslashreplace"))
            self._file.flush()
            os.fsync(self._file.fileno())


def _one_line(field: Any) -> Any:
    """Returns a field that no line of the file is broken by."""
    return " ".join(field.split()) if isinstance(field, str) else field


def _something_else(path: Path) -> UserError:
    return UserError(
        f"{path.name} holds something else than scores of this kind.", "Name another file, or take this one away."
    )
