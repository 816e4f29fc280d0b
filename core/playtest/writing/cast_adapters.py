"""Adapters that change the weights of one part: chosen in the settings of a playtest, named in the record of a turn."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.inference.request import Adapter, AdapterKind
from core.inference.steering.adapters import AdapterSet
from core.inference.weights.gguf_header import weights_sha256

MAX_SCALE = 10_000.0
"""Directions are added in units of the residual stream, whose length goes into the thousands."""
N_HASHES = 256


class CastAdapter(BaseModel):
    """An adapter for one part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: AdapterKind
    path: str
    scale: float = Field(default=1.0, ge=-MAX_SCALE, le=MAX_SCALE, allow_inf_nan=False)
    first_layer: int = Field(default=1, ge=1, le=10_000)
    """Of a control vector, as in `Adapter`."""
    last_layer: int = Field(default=-1, ge=-1, le=10_000)

    @model_validator(mode="after")
    def _check_layers(self) -> "CastAdapter":
        if 0 <= self.last_layer < self.first_layer:
            raise ValueError("the last layer comes before the first")
        return self

    def adapter(self) -> Adapter:
        """Returns what a request takes along."""
        return Adapter(self.kind, Path(self.path), self.scale, self.first_layer, self.last_layer)


def adapters_for(chosen: Sequence[CastAdapter]) -> tuple[Adapter, ...]:
    """Returns what the requests of a part take along."""
    return tuple(one.adapter() for one in chosen)


def describe_adapters(adapters: Sequence[Adapter]) -> list[dict[str, Any]]:
    """Returns what the record of a turn says of adapters: enough to know them again, and no place where they lie.

    Raises:
        UserError: A file is not there any more.
    """
    looked_at = AdapterSet.of(adapters)
    return [
        _described(adapter, _sha256(adapter.path, stamp))
        for adapter, stamp in zip(looked_at.adapters, looked_at.stamps, strict=True)
    ]


def _described(adapter: Adapter, sha256: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "kind": adapter.kind.value,
        "name": adapter.path.name,
        "sha256": sha256,
        "scale": adapter.scale,
    }
    if adapter.kind is AdapterKind.CONTROL:
        described |= {"first_layer": adapter.first_layer, "last_layer": adapter.last_layer}
    return described


@lru_cache(maxsize=N_HASHES)
def _sha256(path: Path, stamp: tuple[int, int]) -> str:
    """Hashes a file once for each state that it was in."""
    return weights_sha256(path)
