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
        self._done: frozenset[Place] = frozenset()
        self._seen: frozenset[str] = frozenset()
        """Metrics of the conversations that were there."""
        if path is None:
            self._put(self._header())
            return
        with disk_faults(path, "written"):
            self._file = path.open("r+b") if path.exists() else path.open("x+b")
            self._resume(path, self._file)

    def has(self, file: str, conversation: int) -> bool:
        """Returns whether the file has all rows of a conversation already."""
        return (self._as_kept(file), conversation) in self._done

    def add(self, rows: Sequence[Row]) -> None:
        """Writes all rows of one conversation.

        Raises:
            UserError: They are by metrics that those of a broken-off run were not scored by.
        """
        new = {row[4] for row in rows} - self._seen if self._seen else ()
        if new and self._path is not None:
            raise _other_metrics(f"{self._path.name} has no scores by {min(new)}.")
        self._put("".join(self._format(row) for row in rows))

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()

    def _resume(self, path: Path, file: BinaryIO) -> None:
        """Cuts off the last conversation, and whatever is broken behind it."""
        starts: dict[Place, int] = {}
        metrics: dict[Place, set[str]] = {}
        offset = 0
        header = self._header().encode()
        for number, line in enumerate(file):
            is_header = self._as_csv and number == 0
            if is_header and line != header:
                if header.startswith(line):
                    break
                raise _something_else(path)
            place, metric = (None, "") if is_header else self._about(path, line)
            if place is None and not is_header:
                if line.endswith(b"\n"):
                    raise _something_else(path)
                break
            if place is not None:
                starts.setdefault(place, offset)
                metrics.setdefault(place, set()).add(metric)
            offset += len(line)
        if starts:
            last, offset = list(starts.items())[-1]
            del starts[last], metrics[last]
        self._done, self._seen = frozenset(starts), frozenset().union(*metrics.values())
        file.truncate(offset)
        file.seek(offset)
        if not offset:
            self._put(self._header())

    def _about(self, path: Path, line: bytes) -> tuple[Place | None, str]:
        """Returns which conversation a row is about, and its metric; None for what is no row."""
        try:
            row = self._parse(line.decode())
            place, metric = (str(row["file"]), int(row["conversation"])), str(row["metric"])
        except (ValueError, KeyError, TypeError, StopIteration, csv.Error):
            return None, ""
        if metric not in self._metrics:
            raise _other_metrics(f"{path.name} has scores by {metric} as well.")
        return place, metric

    def _parse(self, text: str) -> dict[str, Any]:
        if self._as_csv:
            return dict(zip(KEYS, next(csv.reader([text])), strict=True))
        row = json.loads(text)
        return row if isinstance(row, dict) else {}

    def _as_kept(self, file: str) -> str:
        kept = file.encode("utf-8", "backslashreplace").decode()
        return str(_one_line(kept)) if self._as_csv else kept

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
    """Returns a field that no line of the file is broken by, and that no spreadsheet takes for a formula."""
    if not isinstance(field, str):
        return field
    line = " ".join(field.splitlines())
    return f"'{line}" if line.startswith(("=", "+", "-", "@", "\t")) else line


def _other_metrics(what: str) -> UserError:
    return UserError(what, "Ask for the same metrics, or name another file.")


def _something_else(path: Path) -> UserError:
    return UserError(
        f"{path.name} holds something else than scores of this kind.", "Name another file, or take this one away."
    )
