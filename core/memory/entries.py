"""What one memory is. Ids are made by rule, so that a change of one, and a citation, mean the same in every run."""

from dataclasses import dataclass
from enum import StrEnum

from core.memory.emotion import CALM, Emotion

PERSONA_PREFIX = "p"
"""Of the ids of memories of a persona."""
MIN_IMPORTANCE, MAX_IMPORTANCE = 1.0, 10.0
"""1 is mundane, 10 changes a life (Generative Agents)."""


class EntryKind(StrEnum):
    """Where a memory comes from."""

    OBSERVATION = "observation"
    """A turn that the role perceived, its own included."""
    REFLECTION = "reflection"
    """A conclusion that the role drew from other memories."""
    SESSION = "session"
    """What a session was about, kept when it closed."""
    PERSONA = "persona"
    """What happened before the scene, as the persona says."""
    ADDED = "added"
    """What a person wrote into the memory of this branch."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One memory of one role, as it is at the end of a path."""

    id: str
    """`t<number>`, `r<number>.<k>`, `s<number>`, `p<k>` or `a<hex>`."""
    kind: EntryKind
    text: str
    """As it was heard, concluded or written."""
    number: int = 0
    """The turn that it comes from or was kept by; 0: from before the scene."""
    time_s: float = 0.0
    """Of the story."""
    importance: float = MIN_IMPORTANCE
    """[1, 10]."""
    emotion: Emotion = CALM
    accessed_s: float = 0.0
    """Time of the story when it was last recalled; before that, when it was made."""
    cites: tuple[str, ...] = ()
    """Ids of the memories that a reflection or a session rests on."""
    words: tuple[str, ...] = ()
    """What a session was about, in base forms."""
    when: str = ""
    """In words, where the persona says so."""
    first_number: int = 0
    """Of a session: its first turn."""
    speaker: str = ""
    """Who said it; empty where nobody did. The text then begins with this name and a colon."""
    is_own: bool = False
    """The role said it itself."""
    is_pinned: bool = False
    is_changed: bool = False
    """A person edited it."""

    @property
    def said(self) -> str:
        """The text without the name of who said it."""
        return self.text.removeprefix(f"{self.speaker}: ") if self.speaker else self.text


def turn_entry_id(number: int) -> str:
    """Returns the id of the memory of a turn."""
    return f"t{number}"


def reflection_id(number: int, place: int) -> str:
    """Returns the id of a reflection made before the turn with this number, `place` from 0."""
    return f"r{number}.{place + 1}"


def session_id(number: int, place: int) -> str:
    """Returns the id of a session closed before the turn with this number; of several, the later ones are counted."""
    return f"s{number}" if place == 0 else f"s{number}.{place + 1}"


def persona_id(place: int) -> str:
    """Returns the id of a memory of the persona, `place` from 0."""
    return f"{PERSONA_PREFIX}{place + 1}"


def bounded_importance(value: float) -> float:
    """Returns an importance within its bounds."""
    return min(max(value, MIN_IMPORTANCE), MAX_IMPORTANCE)
