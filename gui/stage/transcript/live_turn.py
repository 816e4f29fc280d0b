"""The turn that is being written, and the line that a person is to say."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class LiveTurn:
    """The turn being written. It is not in the project yet."""

    number: int
    speaker_id: str
    speaker: str
    why: str
    text: str = ""
    thought: str = ""
    is_held: bool = False
    """Play was paused in the middle of it; it goes on with the same words."""
    began_s: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True, slots=True)
class AwaitedLine:
    """A line that the scene waits for, because a person has taken the role."""

    number: int
    speaker_id: str
    speaker: str
    seconds: float = 0
    """After so long the weights speak; 0: it waits as long as it takes."""
    began_s: float = field(default_factory=time.perf_counter)
