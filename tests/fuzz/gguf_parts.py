"""A GGUF file taken apart and put together again, so that one part can be damaged and all others stay right."""

import struct
from dataclasses import dataclass, field

ALIGNMENT = 32
TEXT, LIST = 8, 9
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


@dataclass
class Value:
    """A key's value: its kind and its bytes as they stand in the file."""

    kind: int
    data: bytes


@dataclass
class TensorInfo:
    """What the file says of one tensor."""

    name: bytes
    sizes: list[int]
    kind: int
    offset: int


@dataclass
class Parts:
    """A file in parts. The counts are what the file will claim; None: what is true."""

    version: int
    keys: list[tuple[bytes, Value]]
    tensors: list[TensorInfo]
    data: bytes = field(repr=False)
    n_tensors: int | None = None
    n_keys: int | None = None


def take_apart(content: bytes) -> Parts:
    """Reads a sound file."""
    _, version, n_tensors, n_keys = struct.unpack_from("<4sIQQ", content)
    position = 24
    keys = []
    for _ in range(n_keys):
        key, position = _text(content, position)
        (kind,) = struct.unpack_from("<I", content, position)
        end = _end_of(content, position + 4, kind)
        keys.append((key, Value(kind, content[position + 4 : end])))
        position = end
    tensors = []
    for _ in range(n_tensors):
        name, position = _text(content, position)
        (n_sizes,) = struct.unpack_from("<I", content, position)
        *sizes, kind, offset = struct.unpack_from(f"<{n_sizes}QIQ", content, position + 4)
        tensors.append(TensorInfo(name, sizes, kind, offset))
        position += 4 + 8 * n_sizes + 12
    return Parts(version, keys, tensors, content[-(-position // ALIGNMENT) * ALIGNMENT :])


def put_together(parts: Parts) -> bytes:
    """Writes the parts as a file, whatever they say."""
    n_tensors = len(parts.tensors) if parts.n_tensors is None else parts.n_tensors
    n_keys = len(parts.keys) if parts.n_keys is None else parts.n_keys
    pieces = [struct.pack("<4sIQQ", b"GGUF", parts.version, n_tensors % 2**64, n_keys % 2**64)]
    for key, value in parts.keys:
        pieces += [text_bytes(key), struct.pack("<I", value.kind % 2**32), value.data]
    for tensor in parts.tensors:
        sizes = [size % 2**64 for size in tensor.sizes]
        pieces += [text_bytes(tensor.name), struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)]
        pieces.append(struct.pack("<IQ", tensor.kind % 2**32, tensor.offset % 2**64))
    head = b"".join(pieces)
    return head + bytes(-len(head) % ALIGNMENT) + parts.data


def head_bytes(parts: Parts) -> int:
    """Returns how long everything before the data is."""
    return len(put_together(parts)) - len(parts.data)


def text_bytes(text: bytes) -> bytes:
    """Returns a text as it stands in a file."""
    return struct.pack("<Q", len(text)) + text


def text_value(text: bytes) -> Value:
    """Returns a text as a value."""
    return Value(TEXT, text_bytes(text))


def list_value(kind: int, items: list[bytes], count: int | None = None) -> Value:
    """Returns a list as a value; `count` is what it claims to hold."""
    return Value(LIST, struct.pack("<IQ", kind, len(items) if count is None else count % 2**64) + b"".join(items))


def list_items(value: Value) -> tuple[int, list[bytes]]:
    """Returns the kind and the items of a list, each as it stands in the file."""
    kind, count = struct.unpack_from("<IQ", value.data)
    items, position = [], 12
    for _ in range(count):
        end = _end_of(value.data, position, kind)
        items.append(value.data[position:end])
        position = end
    return kind, items


def _end_of(content: bytes, position: int, kind: int) -> int:
    if kind == TEXT:
        return _text(content, position)[1]
    if kind != LIST:
        return position + SIZES[kind]
    kind, count = struct.unpack_from("<IQ", content, position)
    position += 12
    if kind in SIZES:
        return position + count * SIZES[kind]
    for _ in range(count):
        position = _end_of(content, position, kind)
    return position


def _text(content: bytes, position: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from("<Q", content, position)
    position += 8
    return content[position : position + length], position + length
