"""A conversation as measures read it: who said what, and what is known of the speakers. Knows no rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Line(NamedTuple):
    """One turn."""

    speaker: str
    """Id of the speaker, the same in all of its turns; for a chat from a file, its name."""
    text: str
    thought: str = ""
    """What the speaker thought before it spoke; empty: nothing, or not known."""
    record: Mapping[str, Any] = {}
    """What Tableread kept of the turn (`Turn.record`); empty for chats from elsewhere. May hold anything."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """What somebody cannot know; empty: no such limit."""

    date: str = ""
    """The last moment that can be known, in words with a year: `March 1926`."""
    place: str = ""
    """Where knowledge ends."""
    unknown: tuple[str, ...] = ()
    """What cannot be known, one thing each."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known before the first word."""

    personas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Speaker -> single facts. Speakers without facts may be missing."""
    scene: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """Speaker -> name, where they differ."""
    horizons: Mapping[str, Horizon] = field(default_factory=dict)
    """Speaker -> what it cannot know. Speakers without limits may be missing."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Speaker -> what else they are called, such as nicknames. Speakers without may be missing."""

    def name(self, speaker: str) -> str:
        """Returns how a speaker is called."""
        return self.names.get(speaker, speaker)
