"""Why lore was read for a turn, or was not: each entry that fired and by which key, each that was dropped and why."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from core.lore.records import parse_dropped, parse_fired
from core.playtest.view.pinned_lore import read_book_ids, read_titles
from core.playtest.view.scene_lore import LORE_KEY
from gui import theme
from gui.lore.verdict_list import Row, VerdictList
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill
from models.playtest import Turn


class LoreCard(QFrame):
    """The lore of one turn."""

    entry_clicked = Signal(str)
    """An entry was clicked: `BOOKID#entry:ID`."""

    def __init__(self, turn: Turn, script: dict[str, object]) -> None:
        """Takes a turn, and the script of its playtest as it is kept."""
        super().__init__()
        theme.set_kind(self, "card")
        record = turn.record.get(LORE_KEY)
        record = record if isinstance(record, dict) else {}
        titles, books = read_titles(script.get("lore"))
        self._book_ids = read_book_ids(script.get("lore"))
        self.fired = [
            Row(entry_id, titles.get(entry_id, entry_id), books.get(entry_id, ""), verdict, n_tokens)
            for entry_id, verdict, n_tokens in parse_fired(record)
        ]
        self.dropped = [
            Row(entry_id, titles.get(entry_id, entry_id), books.get(entry_id, ""), verdict)
            for entry_id, verdict in parse_dropped(record)
        ]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(small_label(self.tr("Lore"), "strong"))
        one = self.tr("%1 entry fired, %2 of %3 tokens; dropped: %4")
        words = one if len(self.fired) == 1 else self.tr("%1 entries fired, %2 of %3 tokens; dropped: %4")
        n_dropped = len(self.dropped) + int(record.get("n_more_dropped") or 0)
        numbers = (len(self.fired), f"{int(record.get('tokens') or 0):,}", f"{int(record.get('budget') or 0):,}")
        layout.addWidget(small_label(fill(words, *numbers, n_dropped), "small"))
        said = record.get("said")
        said = [str(entry_id) for entry_id in said] if isinstance(said, list) else []
        for rows in (self.fired, self.dropped):
            if rows:
                shown = VerdictList()
                shown.show_rows(rows, titles, said)
                shown.entry_clicked.connect(self._on_entry_clicked)
                layout.addWidget(shown)

    def _on_entry_clicked(self, entry_id: str) -> None:
        if entry_id in self._book_ids:
            self.entry_clicked.emit(f"{self._book_ids[entry_id]}#entry:{entry_id}")
