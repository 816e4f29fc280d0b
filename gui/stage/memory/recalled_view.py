"""What came back to a character before one turn, with all parts of each score; what it concluded, and from what."""

from collections.abc import Sequence
from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from core.memory.entries import Entry
from gui import theme
from gui.stage.fill import fill
from gui.stage.memory.memory_reader import MemoryNow, Recalled
from gui.stage.memory.part_bar import PartBar, part_color
from gui.stage.memory.words import say_mode, say_part

_TOTALS = ("total", "score")
_PARTS = ("recency", "importance", "relevance", "meaning_distance", "mood_distance", "overlap", "decay")
MAX_SHOWN = 50


class RecalledView(QWidget):
    """Reads the record of a turn, which may come from a stranger's pack: what is odd is left out."""

    turn_wanted = Signal(int)
    entry_wanted = Signal(str)
    """Id of a memory to be shown in the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now: MemoryNow | None = None
        self._entries: dict[str, Entry] = {}
        self.labels: list[QLabel] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 4, 12, 12)
        self._layout.setSpacing(8)
        theme.notifier.theme_changed.connect(self._on_theme_changed)

    def show_now(self, now: MemoryNow | None) -> None:
        """Shows what came back in what was read."""
        self._now = now
        self._entries = {entry.id: entry for entry in now.entries} if now is not None else {}
        self._clear()
        if now is not None:
            self._show_recalled(now, now.recalled)
        self._layout.addStretch(1)

    def _on_theme_changed(self) -> None:
        self.show_now(self._now)

    def _show_recalled(self, now: MemoryNow, recalled: Recalled | None) -> None:
        if recalled is None:
            self._say(fill(self.tr("%1 has not spoken on this branch yet."), now.name))
            return
        record = recalled.record
        self._head(fill(self.tr("What came back before turn %1"), recalled.number))
        retrieved = _dicts(record.get("retrieved"))
        if record.get("mode"):
            n_all = record.get("n_candidates")
            n_all = n_all if isinstance(n_all, int) else len(retrieved)
            said = fill(self.tr("%1 of %2, found %3"), len(retrieved), n_all, say_mode(str(record["mode"])))
            self._say(said)
        if not retrieved:
            self._say(self._why_nothing(record))
        for one in retrieved:
            self._show_scored(one, record)
        session = record.get("session_recalled")
        if isinstance(session, dict):
            self._head(self.tr("A session that came back"))
            self._show_scored(session, record)
        self._show_reflections(record)
        self._show_sessions(record)
        self._show_importance(record)

    def _why_nothing(self, record: dict[str, Any]) -> str:
        if not record.get("mode"):
            return self.tr("Nothing was asked for: recall is off in this scene.")
        return self.tr("There was nothing to recall: the view still held every line, word for word.")

    def _show_scored(self, one: dict[str, Any], record: dict[str, Any]) -> None:
        parts = {name: float(one[name]) for name in _PARTS if _is_number(one.get(name))}
        total = next((float(one[name]) for name in _TOTALS if _is_number(one.get(name))), None)
        largest = max((_total(other) for other in _dicts(record.get("retrieved"))), default=0.0)
        card = QFrame()
        theme.set_kind(card, "card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(5)
        source = self._link(str(one.get("id", "")))
        layout.addWidget(self._rich(f"{escape(str(one.get('text', ''))[:400])} {source}", "plain"))
        if parts:
            layout.addWidget(PartBar(list(parts.values()), max(largest, sum(parts.values()))))
        said = [
            f'<span style="color:{part_color(place)}">■</span>&nbsp;{_unbroken(say_part(name))}&nbsp;{value:.2f}'
            for place, (name, value) in enumerate(parts.items())
        ]
        if total is not None:
            said.append(f"<b>{_unbroken(say_part('total'))}&nbsp;{total:.2f}</b>")
        shared = one.get("shared")
        if isinstance(shared, list):
            said.append(escape(", ".join(str(word) for word in shared[:20])))
        layout.addWidget(self._rich("&nbsp; ".join(said), "small"))
        self._layout.addWidget(card)

    def _show_reflections(self, record: dict[str, Any]) -> None:
        reflections = _dicts(record.get("reflections"))
        by = record.get("reflected_by")
        if not by:
            return
        self._head(self.tr("What was concluded"))
        made = self.tr("by the weights") if by == "weights" else self.tr("by rule")
        questions = record.get("questions")
        asked = [str(one) for one in questions[:10]] if isinstance(questions, list) else []
        self._say(f"{made}: {' '.join(asked)}" if asked else made)
        if why := record.get("reflected_why"):
            self._say(str(why)[:300])
        for one in reflections:
            cites = one.get("cites")
            links = [self._link(str(cited)) for cited in cites[:20]] if isinstance(cites, list) else []
            rests = fill(escape(self.tr("rests on %1")), ", ".join(links)) if links else ""
            self._layout.addWidget(self._rich(f"{escape(str(one.get('text', ''))[:600])}<br>{rests}", "plain"))
        if not reflections:
            self._say(self.tr("Nothing could be concluded."))

    def _show_sessions(self, record: dict[str, Any]) -> None:
        for one in _dicts(record.get("sessions")):
            self._head(self.tr("A session that was closed"))
            links = [self._link(f"t{one.get(name)}") for name in ("from", "to")]
            by = self.tr("by the weights") if one.get("by") == "weights" else self.tr("by rule")
            said = f"{escape(str(one.get('text', ''))[:600])}<br>{' – '.join(links)} · {escape(by)}"
            self._layout.addWidget(self._rich(said, "plain"))

    def _show_importance(self, record: dict[str, Any]) -> None:
        asked = record.get("importance")
        why = record.get("importance_by_rule")
        if not isinstance(asked, dict):
            return
        self._head(self.tr("How important it was"))
        said = [
            f"{self._link(str(one))}: {value:.1f}"
            for one, value in list(asked.items())[:MAX_SHOWN]
            if _is_number(value)
        ]
        if said:
            self._layout.addWidget(self._rich(f"{escape(self.tr('As the weights say:'))} {', '.join(said)}", "small"))
        if why:
            self._say(fill(self.tr("The rest by its words. %1"), str(why)[:300]))

    # Its pieces

    def _link(self, entry_id: str) -> str:
        """Returns a link to the turn of a memory, or to the memory itself."""
        entry = self._entries.get(entry_id)
        number = entry.number if entry is not None else 0
        if (
            not number
            and entry_id[:1] == "t"
            and entry_id[1:].isascii()
            and entry_id[1:].isdigit()
            and len(entry_id) < 12
        ):
            number = int(entry_id[1:])
        label = fill(self.tr("turn %1"), number) if number else self.tr("before the scene")
        href = f"turn:{number}" if number else f"entry:{escape(entry_id)}"
        return f'<a href="{href}" style="color:{theme.colors().accent}; text-decoration:none">{escape(label)}</a>'

    def _on_link(self, href: str) -> None:
        kind, _, what = href.partition(":")
        turn_ids: Sequence[int] = self._now.turn_ids if self._now is not None else ()
        if kind == "entry":
            self.entry_wanted.emit(what)
        elif what.isdigit() and 0 < int(what) <= len(turn_ids):
            self.turn_wanted.emit(turn_ids[int(what) - 1])

    def _rich(self, text: str, kind: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        flags = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        label.setTextInteractionFlags(flags)
        label.linkActivated.connect(self._on_link)
        theme.set_kind(label, kind)
        self.labels.append(label)
        return label

    def _head(self, text: str) -> None:
        label = QLabel(text)
        theme.set_kind(label, "heading")
        label.setWordWrap(True)
        self._layout.addWidget(label)

    def _say(self, text: str) -> None:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        theme.set_kind(label, "small")
        self.labels.append(label)
        self._layout.addWidget(label)

    def _clear(self) -> None:
        self.labels.clear()
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.setParent(None)
                widget.deleteLater()


def _dicts(listed: object) -> list[dict[str, Any]]:
    return [one for one in listed[:MAX_SHOWN] if isinstance(one, dict)] if isinstance(listed, list) else []


def _unbroken(words: str) -> str:
    return escape(words).replace(" ", "&nbsp;")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _total(one: dict[str, Any]) -> float:
    return sum(float(one[name]) for name in _PARTS if _is_number(one.get(name)))
