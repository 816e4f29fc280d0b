"""Control vectors as GGUF files, in the form that llama.cpp's own tools read and write. Files are hostile."""

import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from core.errors import UserError
from core.inference.steering.control_vector import ControlVector
from core.inference.weights.gguf_file import Broken, Tensor, data_start, read_file

_ARCHITECTURE = "controlvector"
_NAME = "direction."
MAX_LAYERS, MAX_EMBD = 1024, 65_536
_TYPES: dict[str, str] = {"F32": "<f4", "F16": "<f2"}


def save_control_vector(vector: ControlVector, path: Path) -> None:
    """Writes a file, in place of one of this name. Raises UserError when it cannot be written."""
    from gguf import GGUFWriter  # takes a while to import

    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        writer = GGUFWriter(draft, _ARCHITECTURE)
        writer.add_string(f"{_ARCHITECTURE}.model_hint", vector.architecture)
        writer.add_uint32(f"{_ARCHITECTURE}.layer_count", vector.n_layers - 1)
        for layer in range(1, vector.n_layers):
            writer.add_tensor(f"{_NAME}{layer}", np.ascontiguousarray(vector.directions[layer], np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error


def load_control_vector(path: Path) -> ControlVector:
    """Reads a file; layers that it says nothing of are zero. Raises UserError when it is no control vector."""
    try:
        values, tensors, _ = read_file(path)
        if values.get("general.architecture") != _ARCHITECTURE:
            raise Broken("is no control vector.")
        layers = [_layer_of(tensor) for tensor in tensors]
        if not layers or len(set(layers)) < len(layers) or len({tensor.sizes for tensor in tensors}) > 1:
            raise Broken("does not hold one direction of the same size for each layer.")
        directions = np.zeros((max(layers) + 1, tensors[0].n_values), np.float32)
        start = data_start(path)
        with open(path, "rb") as stream:
            for layer, tensor in zip(layers, tensors, strict=True):
                stream.seek(start + tensor.offset)
                directions[layer] = np.frombuffer(stream.read(tensor.n_bytes), np.dtype(_TYPES[tensor.type_name]))
        if not np.isfinite(directions).all():
            raise Broken("holds numbers that are not numbers.")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose another control vector.") from error
    except Broken as broken:
        raise UserError(f"{path.name} {broken}", "Choose another control vector.") from broken
    hint = values.get(f"{_ARCHITECTURE}.model_hint")
    return ControlVector(directions, hint if isinstance(hint, str) else "")


def _layer_of(tensor: Tensor) -> int:
    number = tensor.name.removeprefix(_NAME)
    is_named = tensor.name.startswith(_NAME) and number.isascii() and number.isdecimal() and len(number) < 5
    if not is_named or not 1 <= int(number) <= MAX_LAYERS:
        raise Broken("holds something else than directions.")
    if len(tensor.sizes) != 1 or not 1 <= tensor.n_values <= MAX_EMBD:
        raise Broken("holds directions of absurd size.")
    if tensor.type_name not in _TYPES:
        raise Broken(f"holds directions as {tensor.type_name}, and only F32 and F16 can be read.")
    return int(number)
