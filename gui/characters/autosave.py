"""Keeps what is typed into fields: a moment after typing stops, and within a second however fast it goes on.

What is typed into one field without a longer pause is one undo step, however often it was kept on the way.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import UserError
from core.ledger import one_burst
from gui.characters.field import Field

PAUSE_MS = 400
"""After the last key."""
LONGEST_MS = 750
"""After the first key that is not kept yet, however fast the typing."""
STEP_PAUSE_S = 2.0
"""A pause that begins another undo step."""
LONGEST_STEP_S = 20.0
"""Typing that goes on begins another undo step after this time."""
MAX_QUOTED = 120
"""Characters of what was refused that are said when it goes."""

Commit = Callable[[str, Any], None]
"""Writes one field of the row. Raises UserError when the value is refused."""


class Autosave(QObject):
    """Ties fields to one row at a time. Half-typed values survive changes of the row from elsewhere."""

    drafted = Signal()
    """What the fields hold has changed, kept or not."""
    faulted = Signal(str, str)
    """What was typed could not be kept, and its fields now show another row: message and hint."""

    def __init__(self, fields: Mapping[str, Field], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fields = fields
        self._kept: dict[str, Any] = {}
        self._commit: Commit | None = None
        self._typed_at: dict[str, float] = {}
        self._burst = _Burst()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        for name, field in fields.items():
            field.edited.connect(lambda name=name: self._on_edited(name))
            field.left.connect(lambda name=name: self._on_left(name))

    def open(self, values: Mapping[str, Any], commit: Commit) -> None:
        """Shows another row. What was typed into the one before is kept first."""
        self.close()
        self._burst = _Burst()
        self._commit = commit
        self._kept = {name: values[name] for name in self._fields}
        for name, field in self._fields.items():
            field.show_other(values[name])
        self.drafted.emit()

    def close(self) -> None:
        """Lets go of the row; what was typed is kept."""
        self.flush()
        for name in self._typed_at:
            typed = " ".join(" ".join(self._fields[name].texts()).split())[:MAX_QUOTED]
            message = self.tr("What you typed could not be kept: “%1”.").replace("%1", typed)
            self.faulted.emit(message, self._fields[name].fault)
        self.forget()

    def forget(self) -> None:
        """Lets go of a row that is gone."""
        self._timer.stop()
        self._typed_at.clear()
        self._commit = None

    def refresh(self, values: Mapping[str, Any]) -> None:
        """The row changed: shows it in all fields but those being typed into."""
        self._kept = {name: values[name] for name in self._fields}
        for name, field in self._fields.items():
            if name not in self._typed_at and field.value() != values[name]:
                field.set_value(values[name])
                field.set_fault("")
                field.count_tokens()
        self.drafted.emit()

    def draft(self) -> dict[str, Any]:
        """Returns the values as they would be kept now: those that are refused are as they were."""
        return self._kept | {
            name: value for name in self._typed_at if not self._refusal(name, value := self._fields[name].value())
        }

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._timer.stop()
        for name in list(self._typed_at):
            self._keep(name)

    def _keep(self, name: str) -> None:
        field, value = self._fields[name], self._fields[name].value()
        if self._commit is None or value == self._kept.get(name):
            self._typed_at.pop(name, None)
            return
        if refusal := self._refusal(name, value):
            field.set_fault(refusal)
            return
        try:
            with one_burst(self._burst.name):
                self._commit(name, value)
        except UserError as error:
            field.set_fault(str(error))
            return
        self._typed_at.pop(name, None)
        self._kept[name] = value
        field.set_fault("")

    def _refusal(self, name: str, value: Any) -> str | None:
        check = self._fields[name].check
        return check(value) if check is not None else None

    def _on_edited(self, name: str) -> None:
        if self._commit is None:
            return
        now = time.monotonic()
        if not self._burst.goes_on(name, now):
            self.flush()
            self._burst = _Burst(name, now)
        self._typed_at.setdefault(name, now)
        waited_ms = (now - min(self._typed_at.values())) * 1000
        self._timer.start(max(0, min(PAUSE_MS, round(LONGEST_MS - waited_ms))))
        self.drafted.emit()

    def _on_left(self, name: str) -> None:
        self._keep_left(name)
        self._burst = _Burst()

    def _keep_left(self, name: str) -> None:
        if name not in self._typed_at:
            return
        field = self._fields[name]
        refusal = self._refusal(name, field.value())
        if refusal is None:
            self._keep(name)
            return
        if field.keeps_refused:
            field.set_fault(refusal)
            return
        self._typed_at.pop(name)
        field.set_value(self._kept[name])
        field.count_tokens()
        field.set_fault(refusal)
        self.drafted.emit()


class _Burst:
    """Typing into one field that is one undo step."""

    def __init__(self, field: str = "", now: float = 0.0) -> None:
        self.name = f"{field} {secrets.token_hex(8)}"
        self._field, self._began, self._last = field, now, now

    def goes_on(self, field: str, now: float) -> bool:
        """Whether another key, now, belongs to it; if so it counts as the last."""
        if field != self._field or now - self._last > STEP_PAUSE_S or now - self._began > LONGEST_STEP_S:
            return False
        self._last = now
        return True
