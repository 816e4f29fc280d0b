"""What stands with a judged score in its row: who judged, by which words, and evidence in the words of the turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.fidelity.judging.judge import Identity
from core.fidelity.judging.masks import Masks
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class Pin:
    """What turns the evidence of a metric into that of a row."""

    pinned: dict[str, Any]
    """Who judged, and by which words."""
    numbers: Sequence[int]
    """Of the turns that the judge saw, line by line."""
    texts: Sequence[str]
    """Of the turns that were judged."""
    masks: Masks

    def evidence(self, evidence: Any) -> dict[str, Any]:
        """Returns the evidence of the row: lines, counted from 1, as numbers of turns; quotations as they were said."""
        found: dict[str, Any] = self._of_turns(evidence)
        return found | self.pinned

    def _of_turns(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._member(key, one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._of_turns(one) for one in value]
        return value

    def _member(self, key: str, value: Any) -> Any:
        """Returns what stands under a key; a number that is no line's stays as it is."""
        n_lines = len(self.numbers)
        if key == "turn" and isinstance(value, int):
            return self.numbers[value - 1] if 0 < value <= n_lines else value
        if key == "turns" and isinstance(value, list) and all(isinstance(one, int) for one in value):
            return [self.numbers[one - 1] for one in value if 0 < one <= n_lines]
        if key == "words" and isinstance(value, list):
            return [self.masks.as_said(one, self.texts) if isinstance(one, str) else one for one in value]
        return self._of_turns(value)


def was_played_by(judge: Identity, turn: Turn) -> bool:
    """Whether a judge's weights wrote a turn; a server that tells no hash is known by the name of its model."""
    weights = turn.record.get("weights")
    if not isinstance(weights, dict):
        return False
    if weights.get("sha256"):
        return bool(weights["sha256"] == judge.weights_sha256)
    return judge.is_server and weights.get("name") == judge.name
