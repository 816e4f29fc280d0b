"""Searches a whole chat, message by message, as it would have gone: what lasts from turn to turn then counts."""

from collections.abc import Sequence
from dataclasses import replace

from core.lore.compiled import Book, Entry
from core.lore.matcher import Scan, scan_books
from core.lore.occasion import Occasion
from core.lore.timed import Firing, HasTimes, fold_effects
from models.lore import LoreSettings

MAX_REHEARSED = 500
"""Of a longer chat, only the last messages are gone through one by one."""


def rehearse(books: Sequence[Book], occasion: Occasion, settings: LoreSettings) -> Scan:
    """Searches for the turn after a chat, as if each of its messages had been searched for as well.

    Args:
        occasion: Its effects are found here; its seed is another one for each message.
    """
    entries = {entry.id: entry for book in books for entry in book.entries}
    times: dict[str, HasTimes] = {entry_id: entry.source for entry_id, entry in entries.items()}
    firings: list[Firing] = []
    n_lines = len(occasion.lines)
    if any(map(_lasts, entries.values())):
        for n_before in range(max(0, n_lines - MAX_REHEARSED), n_lines):
            lines = occasion.lines[:n_before]
            own = sum(line.speaker == occasion.char for line in lines)
            effects = fold_effects(firings, n_before, times)
            seed = occasion.seed + n_before + 1
            scan = scan_books(
                books, replace(occasion, lines=lines, n_own_lines=own, effects=effects, seed=seed), settings
            )
            firings.append(Firing(n_before, [one.entry.id for one in scan.fired if _lasts(one.entry)]))
    return scan_books(books, replace(occasion, effects=fold_effects(firings, n_lines, times)), settings)


def _lasts(entry: Entry) -> bool:
    decorators = entry.decorators
    after_match = decorators.keep_activate_after_match or decorators.dont_activate_after_match
    return bool(entry.source.enabled and (entry.source.sticky or entry.source.cooldown or after_match))
