"""Takes the network out of an earlier version of the house weights, so that training goes on from there."""

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import torch

from assets.weights.network import Network, Shape


def read_network(path: Path, n_layers: int = 0) -> Network:
    """Reads the matrices of a GGUF file that `export.write_gguf` wrote.

    With more layers asked for than the file has, the others come on top and at first add nothing to the stream.

    Raises:
        ValueError: the file has more layers than asked for.
    """
    reader = gguf.GGUFReader(path)
    shape = _read_shape(reader)
    n_more = n_layers - shape.n_layers if n_layers else 0
    if n_more < 0:
        raise ValueError(f"{path.name} has {shape.n_layers} layers, more than {n_layers}")
    network = Network(replace(shape, n_layers=shape.n_layers + n_more))
    state = {tensor.name: torch.from_numpy(tensor.data.astype(np.float32)) for tensor in reader.tensors}
    state["token_embd.weight"] = state.pop("output.weight")
    for name, weight in network.state_dict().items():
        if name not in state:
            state[name] = torch.zeros_like(weight) if name.endswith(_ADDING) else weight
    network.load_state_dict(state)
    return network


_ADDING = ("attn_output.weight", "ffn_down.weight")
"""The matrices by which a layer adds to the stream."""


def _read_shape(reader: gguf.GGUFReader) -> Shape:
    def number(name: str) -> int:
        return int(reader.fields[f"llama.{name}"].contents())

    return Shape(
        n_vocab=number("vocab_size"),
        width=number("embedding_length"),
        n_layers=number("block_count"),
        n_heads=number("attention.head_count"),
        hidden=number("feed_forward_length"),
        context_tokens=number("context_length"),
    )
