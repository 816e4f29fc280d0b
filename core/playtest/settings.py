"""What a playtest is run with, kept in its row."""

import secrets
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from core.app_settings import AppSettings
from core.inference.request import Sampling

MAX_SEED = 2**32 - 2


class PlaySettings(BaseModel):
    """Seed and sampling of a playtest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    """0: `with_seed` draws one, which is then recorded."""
    temperature: float = Field(default=0.7, ge=0, le=5)
    max_tokens: int = Field(default=120, ge=1, le=100_000)
    """Of one turn, thought included."""
    score_every: int = Field(default=1, ge=0, le=1000)
    """The weights score each k-th turn; 0: all turns, but only while play pauses."""

    @classmethod
    def from_app(cls, settings: AppSettings) -> Self:
        """Takes over what the app remembers."""
        return cls.model_validate(settings.model_dump())

    def with_seed(self) -> Self:
        """Returns these settings with a seed that is not 0."""
        return self if self.seed else self.model_copy(update={"seed": secrets.randbelow(MAX_SEED) + 1})

    def sampling(self, seed: int) -> Sampling:
        """How tokens are drawn for one turn."""
        return Sampling(temperature=self.temperature, seed=seed)
