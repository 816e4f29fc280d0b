"""How far a run of a population is: what is kept, and read again, when it was cancelled."""

from collections import Counter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.authoring.population.plan import PopulationPlan
from models.character import CharacterBase


class Rejection(BaseModel):
    """Something that was not accepted as it was, and why."""

    model_config = ConfigDict(frozen=True)

    number: int
    """Which person, from 0."""
    rule: str
    why: str


class PopulationState(BaseModel):
    """How far a run is; what is kept to resume it."""

    plan: PopulationPlan
    seed: int
    accepted: list[dict[str, Any]] = Field(default_factory=list)
    """The fields of each character so far, in order."""
    rejections: list[Rejection] = Field(default_factory=list)
    rounds: list[int] = Field(default_factory=list)
    """Revisions that each accepted person took."""

    @property
    def is_done(self) -> bool:
        """Whether everybody is there."""
        return len(self.accepted) >= self.plan.n_people

    def characters(self) -> list[CharacterBase]:
        """Everybody so far."""
        return [CharacterBase.model_validate(fields) for fields in self.accepted]

    def reasons(self) -> dict[str, int]:
        """Rule -> how often it rejected something, the most frequent first."""
        return dict(Counter(rejection.rule for rejection in self.rejections).most_common())
