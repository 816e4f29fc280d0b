"""The turn that is being written."""

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
    began_s: float = field(default_factory=time.perf_counter)
