"""Writes adapters with random numbers that fit random weights."""

from pathlib import Path

import gguf
import numpy as np

from core.inference.steering.control_vector import ControlVector
from core.inference.steering.control_vector_file import save_control_vector
from tests.random_weights import Shape

RANK = 4
SMALL = Shape()


def random_lora(path: Path, shape: Shape = SMALL, *, seed: int = 0, architecture: str = "llama") -> Path:
    """Writes a LoRA for the queries and the way down of each layer."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(RANK))
    for layer in range(shape.n_layers):
        for name, n_in, n_out in (("attn_q", shape.n_embd, shape.n_embd), ("ffn_down", shape.n_ff, shape.n_embd)):
            down, up = random.standard_normal((RANK, n_in)), random.standard_normal((n_out, RANK))
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_a", down.astype(np.float32) * 0.1)
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_b", up.astype(np.float32) * 0.1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def random_control_vector(path: Path, shape: Shape = SMALL, *, seed: int = 0) -> Path:
    """Writes a control vector of random directions of length 1."""
    directions = np.random.default_rng(seed).standard_normal((shape.n_layers, shape.n_embd)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[0] = 0
    save_control_vector(ControlVector(directions, "llama"), path)
    return path
