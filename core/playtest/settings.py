"""What a playtest is run with, kept in its row."""

import secrets
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.app_settings import AppSettings
from core.inference.request import Adapter, Sampling
from core.playtest.sampler_settings import SamplerSettings
from core.playtest.writing.cast_adapters import CastAdapter, adapters_for

MAX_SEED = 2**32 - 2


MAX_REDRAWS = 5
MACHINE_SETTINGS = frozenset({"cast_weights", "cast_adapters"})
"""What names files and servers of this machine: it leaves no project in a pack, and comes into none from a pack."""


class WhenFull(StrEnum):
    """What stands in a view for the turns that leave it when the context is full. Pinned turns stay in any case."""

    DROP = "drop"
    """Nothing."""
    EXTRACT = "extract"
    """The first sentences of the turns that say most."""
    SUMMARISE = "summarise"
    """A summary that the character's own weights write; where they are too small for that, as `EXTRACT`."""


class PlaySettings(BaseModel):
    """Seed and sampling of a playtest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    """0: `with_seed` draws one, which is then recorded."""
    temperature: float = Field(default=0.5, ge=0, le=5)
    max_tokens: int = Field(default=120, ge=1, le=100_000)
    """Of one turn, thought included."""
    redraws: int = Field(default=2, ge=0, le=MAX_REDRAWS)
    """How often a turn is drawn anew that says again a sentence of the same speaker, see `writing.redrawing`; never at
    temperature 0, which is for one answer only."""
    score_every: int = Field(default=1, ge=0, le=1000)
    """The weights score each k-th turn; 0: all turns, but only while play pauses."""
    score_budget: float = Field(default=10, ge=0, le=10)
    """What the scores may add to what is played, as a share of it: of turns beyond that the weights score none. 10: no
    limit."""
    when_full: WhenFull = WhenFull.EXTRACT
    sampler: SamplerSettings = SamplerSettings()
    cast_weights: dict[str, str] = Field(default_factory=dict)
    """Role id -> what runs that part in place of the playtest's own weights: see `core.inference.engine_choice`."""
    cast_adapters: dict[str, tuple[CastAdapter, ...]] = Field(default_factory=dict)
    """Role id -> what changes the weights of that part."""
    taken_roles: dict[str, Annotated[float, Field(ge=0, le=86_400)]] = Field(default_factory=dict)
    """Role id of a part that a person speaks -> seconds until the weights speak in its place; 0: never."""

    @classmethod
    def from_app(cls, settings: AppSettings) -> Self:
        """Takes over what the app remembers; sampling that a newer version wrote is left out."""
        remembered = settings.model_dump()
        try:
            return cls.model_validate(remembered)
        except ValidationError:
            return cls.model_validate(remembered | {"sampler": {}})

    def with_seed(self) -> Self:
        """Returns these settings with a seed that is not 0."""
        return self if self.seed else self.model_copy(update={"seed": secrets.randbelow(MAX_SEED) + 1})

    def adapters(self, role_id: str) -> tuple[Adapter, ...]:
        """What changes the weights of a part."""
        return adapters_for(self.cast_adapters.get(role_id, ()))

    def sampling(self, seed: int) -> Sampling:
        """How tokens are drawn for one turn."""
        return Sampling(temperature=self.temperature, seed=seed, **dict(self.sampler))
