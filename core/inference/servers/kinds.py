"""What is known of the servers that speak the OpenAI API, beyond that API. Pure."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from core.inference.request import Sampling, WeightsInfo

REMOTE = "server: "
"""How `WeightsInfo.chat_format` begins for weights on a server; its kind follows."""


class ServerKind(StrEnum):
    """Whose server it is."""

    LLAMA_SERVER = "llama-server"
    VLLM = "vLLM"
    SGLANG = "SGLang"
    OLLAMA = "Ollama"
    LM_STUDIO = "LM Studio"
    OTHER = "OpenAI API"


@dataclass(frozen=True, slots=True)
class Traits:
    """What all servers of a kind do alike.

    Args:
        samplers: Fields of `Sampling` that they keep to -> what they call them.
        prefill: What makes them go on with a begun answer, in the request's body; None: nothing does.
        tokenizes: They count tokens.
        tells_tokens: What makes them tell the tokens that they write and their log-probabilities, in the body.
    """

    samplers: dict[str, str]
    prefill: dict[str, bool] | None = None
    tokenizes: bool = False
    tells_tokens: dict[str, bool] = field(default_factory=dict)


_PLAIN = {name: name for name in ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed")}
_CUTS = {"top_k": "top_k", "min_p": "min_p"}
_GO_ON = {"continue_final_message": True, "add_generation_prompt": False}
_LLAMA_NAMES = {"dry_breakers": "dry_sequence_breakers"}
TRAITS = {
    ServerKind.LLAMA_SERVER: Traits(
        {name: _LLAMA_NAMES.get(name, name) for name in asdict(Sampling())}, prefill={}, tokenizes=True
    ),
    ServerKind.VLLM: Traits(
        _PLAIN | _CUTS | {"repeat_penalty": "repetition_penalty"},
        _GO_ON,
        tokenizes=True,
        tells_tokens={"logprobs": True, "return_token_ids": True},
    ),
    ServerKind.SGLANG: Traits(
        _PLAIN | _CUTS | {"repeat_penalty": "repetition_penalty"}, {"continue_final_message": True}
    ),
    ServerKind.OLLAMA: Traits(_PLAIN, prefill={}),
    ServerKind.LM_STUDIO: Traits(_PLAIN | _CUTS | {"repeat_penalty": "repeat_penalty"}),
    ServerKind.OTHER: Traits(_PLAIN),
}

OFF = {
    "typical_p": 1.0,
    "dry_multiplier": 0.0,
    "xtc_probability": 0.0,
    "mirostat": 0,
    "logit_bias": (),
}
"""Ways of drawing that are only ever chosen on purpose, and the value at which each is off."""


def kind_of(info: WeightsInfo) -> ServerKind | None:
    """Returns the kind of server that runs these weights; None: they run here."""
    return ServerKind(info.chat_format.removeprefix(REMOTE)) if info.chat_format.startswith(REMOTE) else None


def sampling_used(info: WeightsInfo, sampling: Sampling) -> dict[str, object]:
    """Returns how tokens were drawn, as far as it is known: what a server chooses by itself is left out."""
    kind, values = kind_of(info), asdict(sampling)
    return values if kind is None else {name: values[name] for name in values if name in TRAITS[kind].samplers}


def unmet(kind: ServerKind, sampling: Sampling) -> tuple[str, ...]:
    """Returns the ways of drawing that were chosen on purpose and that servers of a kind do not have."""
    return tuple(
        name for name, off in OFF.items() if getattr(sampling, name) != off and name not in TRAITS[kind].samplers
    )


def describe_weights(info: WeightsInfo) -> dict[str, object]:
    """Returns what the record of a turn says of weights: enough to know them again, and no place where they lie."""
    kind = kind_of(info)
    described: dict[str, object] = {"name": info.name, "sha256": info.sha256, "size_bytes": info.size_bytes}
    return described | ({"server": kind.value} if kind is not None else {})
