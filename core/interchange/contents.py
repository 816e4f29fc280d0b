"""What files of other programs hold, before it is rows: characters, scenarios, fragments and lorebooks."""

from dataclasses import dataclass, field
from typing import Any

from core.interchange.cards import Card
from models.fragment import FragmentBase
from models.lore import LorebookDraft
from models.scenario import RoleBase, ScenarioBase

NAME = "name"
"""Key in `ScenarioFile.original`."""


@dataclass
class ScenarioFile:
    """A scenario with its roles. In its world, roles are called `role_ids`."""

    scenario: ScenarioBase
    roles: list[RoleBase] = field(default_factory=list)
    cast: list[int | None] = field(default_factory=list)
    """For each role, which of the characters beside it plays it; shorter: nobody plays the rest."""
    original: dict[str, Any] = field(default_factory=dict)
    """Format -> document, as `originals` keeps it for characters; under `NAME` the name that it was given then."""

    @property
    def kept_name(self) -> str:
        """What it was called when it was read, if its document does not say."""
        name = self.original.get(NAME)
        return name if isinstance(name, str) and name else self.scenario.name

    @property
    def role_ids(self) -> list[str]:
        """What the roles are called until they are rows."""
        return [f"role{number}" for number in range(len(self.roles))]


@dataclass
class Contents:
    """Everything in one file."""

    form: str
    """Name of the format."""
    characters: list[Card] = field(default_factory=list)
    scenarios: list[ScenarioFile] = field(default_factory=list)
    fragments: list[FragmentBase] = field(default_factory=list)
    books: list[LorebookDraft] = field(default_factory=list)
    """Lorebooks that are files of their own."""
    warnings: list[str] = field(default_factory=list)
