"""How a turn was written, read back from its record, which may come from a stranger's pack."""

from typing import Any

from core.hearing.perception import ROUND_KEY
from core.inference.request import Sampling
from core.playtest.sampler_settings import SamplerSettings
from core.playtest.settings import MAX_REDRAWS, MAX_SEED, PlaySettings
from core.playtest.writing.redrawing import BASE_TEMPERATURE_KEY, REDRAWS_KEY
from models.playtest import TurnBase

ALTERNATIVE_KEY, BASE_SEED_KEY = "alternative", "base_seed"
"""Where a turn's record keeps what its seed was derived from, beside its number."""
MAX_TOKENS = 100_000
MAX_TEMPERATURE = 5
MAX_ALTERNATIVES = 1_000_000
"""More than any record of ours says."""


def alternative_of(turn: TurnBase) -> int | None:
    """Returns which alternative of its place a turn was, from 0; None where its record does not say."""
    number = turn.record.get(ALTERNATIVE_KEY)
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 0 <= number < MAX_ALTERNATIVES else None


def round_of(turn: TurnBase) -> int | None:
    """Returns the simultaneous round that a turn was spoken in, or None."""
    number = turn.record.get(ROUND_KEY)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def settings_of(turn: TurnBase, settings: PlaySettings) -> PlaySettings:
    """Returns the settings that a turn was written with, as far as its record says.

    A turn of before turns could be drawn anew, was not.
    """
    n_redraws = turn.record.get(REDRAWS_KEY)
    changes: dict[str, Any] = {
        "redraws": n_redraws if isinstance(n_redraws, int) and 0 <= n_redraws <= MAX_REDRAWS else 0
    }
    max_tokens, seed = turn.record.get("max_tokens"), turn.record.get(BASE_SEED_KEY)
    if isinstance(max_tokens, int) and 1 <= max_tokens <= MAX_TOKENS:
        changes["max_tokens"] = max_tokens
    if isinstance(seed, int) and 0 < seed <= MAX_SEED:
        changes["seed"] = seed
    sampling = turn.record.get("sampling")
    if isinstance(sampling, dict):
        kept = {name: sampling[name] for name in type(settings.sampler).model_fields if name in sampling}
        try:
            sampler = type(settings.sampler).model_validate(settings.sampler.model_dump() | kept)
            drawn_at = sampling.get("temperature", settings.temperature)
            began_at = turn.record.get(BASE_TEMPERATURE_KEY, drawn_at)
            whole = settings.model_dump() | changes | {"temperature": began_at}
            return PlaySettings.model_validate(whole | {"sampler": sampler})
        except ValueError:
            pass
    return settings.model_copy(update=changes)


def read_sampling(record: object) -> Sampling:
    """Returns how a turn's tokens were drawn, from its record. What cannot be read of it is as usual."""
    values = record if isinstance(record, dict) else {}
    read: dict[str, Any] = {}
    for name in SamplerSettings.model_fields.keys() & values.keys():
        try:
            read[name] = getattr(SamplerSettings.model_validate({name: values[name]}), name)
        except ValueError:
            continue
    usual, temperature, seed = Sampling(), values.get("temperature"), values.get("seed")
    if not isinstance(temperature, int | float) or not 0 <= temperature <= MAX_TEMPERATURE:
        temperature = usual.temperature
    if not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        seed = usual.seed
    return Sampling(temperature=temperature, seed=seed, **read)
