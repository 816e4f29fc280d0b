"""What somebody can do in a world: an act, and how it is kept in a turn's record. Knows no rules and no weights."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class ActKind(StrEnum):
    """What sort of act it is."""

    TAKE = "take"
    GIVE = "give"
    PUT = "put"
    SET = "set"
    """Open, close, light: a prop gets another state."""
    USE = "use"
    GO = "go"
    """To an adjacent place."""
    LEAVE = "leave"
    """Out of the scene."""
    ENTER = "enter"
    """Back into the scene, of somebody who is away."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a role does or means to do. Which of the last five there are depends on the kind."""

    kind: ActKind
    role_id: str
    prop: str = ""
    """Name of the prop."""
    other: str = ""
    """Role id of who is given something."""
    place: str = ""
    """Id of the place to go to, to enter, or to put something down at; empty: where one is."""
    state: str = ""
    """What the prop is to become; empty: a state that it does not have."""
    tool: str = ""
    """Name of the prop that it is done with; empty: with bare hands."""

    def to_document(self) -> dict[str, str]:
        """Returns what a record keeps: all that is not empty."""
        return {name: str(value) for name, value in asdict(self).items() if value}


def read_act(document: Any) -> Act | None:
    """Reads the act of a record, which may come from a stranger's pack: the other half of `Act.to_document`."""
    if not isinstance(document, dict) or document.get("kind") not in list(ActKind):
        return None
    fields = {name: document.get(name, "") for name in Act.__slots__}
    if not all(isinstance(value, str) and len(value) <= 200 for value in fields.values()) or not fields["role_id"]:
        return None
    return Act(**(fields | {"kind": ActKind(fields["kind"])}))
