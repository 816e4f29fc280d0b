"""How tokens are drawn beside temperature and seed: what a playtest's row keeps, with ranges that make sense."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UserError
from core.inference.request import Sampling

_PLAIN = Sampling()

Share = Annotated[float, Field(ge=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Bias = Annotated[float, Field(ge=-100, le=100)]
Breaker = Annotated[str, Field(min_length=1, max_length=40)]


class SamplerSettings(BaseModel):
    """See `core.inference.request.Sampling`, whose names and defaults these are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    top_k: int = Field(default=_PLAIN.top_k, ge=0, le=1_000_000)
    """0: off."""
    top_p: Share = _PLAIN.top_p
    min_p: Share = _PLAIN.min_p
    typical_p: Share = _PLAIN.typical_p
    repeat_penalty: float = Field(default=_PLAIN.repeat_penalty, ge=0.5, le=2)
    repeat_last_n: int = Field(default=_PLAIN.repeat_last_n, ge=-1, le=1_000_000)
    presence_penalty: Penalty = _PLAIN.presence_penalty
    frequency_penalty: Penalty = _PLAIN.frequency_penalty
    dry_multiplier: float = Field(default=_PLAIN.dry_multiplier, ge=0, le=10)
    dry_base: float = Field(default=_PLAIN.dry_base, ge=1, le=10)
    dry_allowed_length: int = Field(default=_PLAIN.dry_allowed_length, ge=1, le=100)
    dry_breakers: tuple[Breaker, ...] = Field(default=_PLAIN.dry_breakers, max_length=50)
    xtc_probability: Share = _PLAIN.xtc_probability
    xtc_threshold: float = Field(default=_PLAIN.xtc_threshold, ge=0, le=0.5)
    mirostat: int = Field(default=_PLAIN.mirostat, ge=0, le=2)
    mirostat_tau: float = Field(default=_PLAIN.mirostat_tau, gt=0, le=20)
    mirostat_eta: float = Field(default=_PLAIN.mirostat_eta, gt=0, le=1)
    logit_bias: tuple[tuple[Annotated[int, Field(ge=0)], Bias], ...] = Field(default=(), max_length=1000)
    """Token of the weights in use, and what is added to its logit; -100 all but forbids it."""


def parse_sampler(values: dict[str, Any], before: SamplerSettings) -> SamplerSettings:
    """Returns settings with some of them changed.

    Raises:
        UserError: There is no such setting, or its value is out of range.
    """
    unknown = sorted(values.keys() - SamplerSettings.model_fields.keys())
    if unknown:
        known = ", ".join(SamplerSettings.model_fields)
        raise UserError(f"There is no sampling setting {unknown[0]}.", f"There are {known}.")
    try:
        return SamplerSettings.model_validate(before.model_dump() | values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise UserError(f"The sampling setting {name} cannot be {first['input']!r}.", f"{first['msg']}.") from error
