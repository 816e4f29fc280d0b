"""What each layer of weights keeps of a token or a sequence, by what a GGUF file says. Reads no files.

Layers differ in many architectures: other numbers of heads, a recurrent memory instead of attention, or the keys and
values of a layer before. The shapes of the tensors say most of it, the named values the rest.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.inference.weights.gguf_file import Tensor

_BLOCK = re.compile(r"blk\.(\d{1,6})\.(.+)", re.DOTALL)
_RECURRENT = ("ssm_", "shortconv", "time_mix")


class LayerShapes:
    """The layers of one file."""

    def __init__(self, values: Mapping[str, Any], architecture: str, tensors: Sequence[Tensor]) -> None:
        self._values = values
        self._architecture = architecture
        self._layers: dict[int, dict[str, tuple[int, ...]]] = {}
        for tensor in tensors:
            if match := _BLOCK.fullmatch(tensor.name):
                self._layers.setdefault(int(match[1]), {})[match[2]] = tensor.sizes

    def n_kv_values(self) -> int:
        """Returns the numbers of one token, keys and values of all layers together."""
        last = self._number("block_count") - self._number("nextn_predict_layers")
        first_shared = last - self._number("attention.shared_kv_layers")
        return sum(self._layer_kv(number) for number in self._layers if number < min(last, first_shared))

    def n_state_values(self) -> int:
        """Returns the numbers of one sequence in layers with a recurrent memory: what is convolved, and the state."""
        n_embd, n_inner, n_state = (
            self._number("embedding_length"),
            self._number("ssm.inner_size"),
            self._number("ssm.state_size"),
        )
        convolved = max(0, self._number("ssm.conv_kernel") - 1) * (
            n_inner + 2 * self._number("ssm.group_count") * n_state
        )
        by_kind = {
            "ssm_": convolved + n_state * n_inner,
            "shortconv": max(0, self._number("shortconv.l_cache") - 1) * n_embd,
            "time_mix": 2 * n_embd + n_embd * self._number("wkv.head_size"),
        }
        return sum(
            size
            for layer in self._layers.values()
            for kind, size in by_kind.items()
            if any(name.startswith(kind) for name in layer)
        )

    def _layer_kv(self, number: int) -> int:
        layer = self._layers[number]
        compressed = _outputs(layer, "attn_kv_a_mqa.weight")
        if compressed and self._number("attention.key_length_mla"):
            return compressed  # keys and values share one compressed row (multi-head latent attention)
        keys = _outputs(layer, "attn_k.weight")
        if keys:
            return keys + (_outputs(layer, "attn_v.weight") or keys)
        is_recurrent = any(name.startswith(_RECURRENT) for name in layer)
        if is_recurrent or not any(name.startswith("attn_") for name in layer):
            return 0
        n_heads = self._number("attention.head_count")
        head_dim = self._number("embedding_length") // n_heads if n_heads else 0
        per_head = self._number("attention.key_length", head_dim) + self._number("attention.value_length", head_dim)
        return self._heads_kv(number, n_heads) * per_head

    def _heads_kv(self, number: int, default: int) -> int:
        listed = self._values.get(f"{self._architecture}.attention.head_count_kv")
        if isinstance(listed, list) and number < len(listed) and isinstance(listed[number], int):
            return max(0, int(listed[number]))
        return as_number(listed, default)

    def _number(self, key: str, default: int = 0) -> int:
        return max(0, as_number(self._values.get(f"{self._architecture}.{key}"), default))


def _outputs(layer: Mapping[str, tuple[int, ...]], name: str) -> int:
    """Returns how many numbers a matrix of a layer puts out; 0: there is no such matrix."""
    sizes = layer.get(name, ())
    return sizes[1] if len(sizes) == 2 else 0


def as_number(value: object, default: int) -> int:
    """Returns a number; of a list its largest, since sizes may differ by layer."""
    if isinstance(value, list):
        numbers = [item for item in value if isinstance(item, int)]
        return max(numbers, default=default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
