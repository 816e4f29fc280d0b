"""What a user wants measured, as measures read it. Knows no rows."""

from dataclasses import dataclass
from typing import get_args

from core.fidelity.metric import Better, Metric

PHRASES, REGEX, PYTHON, RUBRIC = "phrases", "regex", "python", "rubric"
_UNITS = {PHRASES: "phrases a turn", REGEX: "matches a turn", PYTHON: "own measure", RUBRIC: "points"}


@dataclass(frozen=True, slots=True)
class OwnDefinition:
    """A measure of a user's own."""

    id: str
    name: str
    kind: str
    """`phrases`, `regex`, `python` or `rubric`."""
    body: str
    """One phrase a line; the expression; the name of a file beside the project; words for a judge."""
    better: str = "neither"
    how_to_read: str = ""

    @property
    def metric_name(self) -> str:
        """Under which its scores are kept."""
        return f"own.{self.id}"


def metric_of(definition: OwnDefinition) -> Metric:
    """Returns what the measure says of itself."""
    better: Better = next((one for one in get_args(Better) if one == definition.better), "neither")
    counts = definition.kind in (PHRASES, REGEX)
    return Metric(
        name=definition.metric_name,
        title=definition.name,
        unit=_UNITS.get(definition.kind, "own measure"),
        low=0.0 if counts else None,
        high=None,
        better=better,
        needs="judge" if definition.kind == RUBRIC else "nothing",
        how_to_read=definition.how_to_read or "A measure of your own.",
        source="The user",
        cost="judge" if definition.kind == RUBRIC else "light",
    )
