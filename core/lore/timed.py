"""Effects that last: sticky, cooldown, and what fired before. A fold over one branch, so that branches never leak.

A length counts messages from the one before which the entry fired, as in SillyTavern: `sticky` 1 lasts for the turn
itself only, `sticky` 3 for the two after it as well.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class HasTimes(Protocol):
    """What of an entry matters here."""

    sticky: int
    cooldown: int


class Firing(NamedTuple):
    """One search on the branch: how many messages there were, and the ids of the entries that fired."""

    n_lines: int
    fired: Collection[str]


@dataclass(frozen=True, slots=True)
class ActiveEffects:
    """What holds for a search."""

    sticky: Mapping[str, int] = field(default_factory=dict)
    """Id of an entry -> for how many messages it stays, this one included."""
    cooldown: Mapping[str, int] = field(default_factory=dict)
    """Id -> for how many messages it cannot be found, this one included."""
    fired_before: frozenset[str] = frozenset()


NOTHING_ACTIVE = ActiveEffects()


class _Span(NamedTuple):
    start: int
    end: int
    is_protected: bool = False
    """Whether it also holds before the scene goes on."""


def fold_effects(firings: Iterable[Firing], n_lines: int, entries: Mapping[str, HasTimes]) -> ActiveEffects:
    """Returns what holds after some searches, in their order, for the next one.

    Args:
        n_lines: How many messages there are now.
        entries: By their ids; others are left out.
    """
    return effects_at(add_firings(NOTHING_FIRED, firings, entries), n_lines, entries)


class Fired(NamedTuple):
    """What is known after some searches."""

    sticky: Mapping[str, _Span] = {}
    cooldown: Mapping[str, _Span] = {}
    before: frozenset[str] = frozenset()


NOTHING_FIRED = Fired()


def add_firings(fired: Fired, firings: Iterable[Firing], entries: Mapping[str, HasTimes]) -> Fired:
    """Returns what is known after some more searches."""
    sticky, cooldown, before = dict(fired.sticky), dict(fired.cooldown), set(fired.before)
    for firing in firings:
        _expire(firing.n_lines, sticky, cooldown, entries)
        for entry_id in firing.fired:
            entry = entries.get(entry_id)
            if entry is None:
                continue
            before.add(entry_id)
            if entry.sticky and entry_id not in sticky:
                sticky[entry_id] = _Span(firing.n_lines, firing.n_lines + entry.sticky)
            if entry.cooldown and entry_id not in cooldown:
                cooldown[entry_id] = _Span(firing.n_lines, firing.n_lines + entry.cooldown)
    return Fired(sticky, cooldown, frozenset(before))


def effects_at(fired: Fired, n_lines: int, entries: Mapping[str, HasTimes]) -> ActiveEffects:
    """Returns what holds for a search, by all that came before it."""
    sticky, cooldown = dict(fired.sticky), dict(fired.cooldown)
    _expire(n_lines, sticky, cooldown, entries)
    return ActiveEffects(
        {entry_id: span.end - n_lines for entry_id, span in sticky.items()},
        {entry_id: span.end - n_lines for entry_id, span in cooldown.items()},
        fired.before,
    )


def _expire(
    n_lines: int, sticky: dict[str, _Span], cooldown: dict[str, _Span], entries: Mapping[str, HasTimes]
) -> None:
    """Ends what is over. Where a sticky entry also has a cooldown, that begins when it stops being sticky."""
    for entry_id, span in list(sticky.items()):
        if n_lines <= span.start and not span.is_protected:
            del sticky[entry_id]
        elif n_lines >= span.end:
            del sticky[entry_id]
            length = entries[entry_id].cooldown
            if length:
                cooldown[entry_id] = _Span(n_lines, n_lines + length, is_protected=True)
    for entry_id, span in list(cooldown.items()):
        if (n_lines <= span.start and not span.is_protected) or n_lines >= span.end:
            del cooldown[entry_id]
