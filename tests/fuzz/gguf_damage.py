"""Ways to damage a GGUF file. Each takes a random source and a sound file in parts, and returns a file.

A way with a name that begins with `bytes_` damages blindly; the others change one thing and leave the rest right.
"""

import struct
from collections.abc import Callable
from copy import deepcopy
from random import Random

from tests.fuzz.gguf_parts import (
    LIST,
    SIZES,
    TEXT,
    Parts,
    TensorInfo,
    Value,
    head_bytes,
    list_items,
    list_value,
    put_together,
    text_bytes,
    text_value,
)

ABSURD = (0, 1, 2, 3, 7, 255, 65_535, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**63, 2**64 - 1)
LISTS = (b"tokenizer.ggml.tokens", b"tokenizer.ggml.merges", b"tokenizer.ggml.token_type", b"tokenizer.ggml.scores")
ARCHITECTURES = (b"llama", b"gemma3", b"qwen2", b"mamba", b"bert", b"t5", b"gpt2", b"rwkv7", b"clip", b"", b"\xff" * 9)
TOKENIZERS = (b"llama", b"gpt2", b"bert", b"t5", b"rwkv", b"plamo2", b"none", b"no_vocab", b"")
PRE_TOKENIZERS = (b"default", b"llama-bpe", b"qwen2", b"deepseek-llm", b"tekken", b"there is no such one", b"")
ODD_WORDS = (b"", b"\xff\xfe", b"a", b"\x00", b" ", b"<|im_end|>", b"x" * 100_000, b"\xf0\x9f\x98\x80" * 9, b"a b c")
TEMPLATES = (
    b"{% for a in range(99999) %}{% for b in range(99999) %}{{ a * b }}{% endfor %}{% endfor %}",
    b"{% for a in range(99999999999) %}{% endfor %}",
    b"{{ 'a' * 99999999999 }}",
    b"{{ 9 ** 9 ** 9 ** 9 }}",
    b"{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    b"{{ ''.__class__.__mro__[1].__subclasses__() }}",
    b"{{ messages.__init__.__globals__ }}",
    b"{% include '/etc/passwd' %}",
    b"{{ raise_exception('" + b"no " * 50_000 + b"') }}",
    b"{% for message in messages %}",
    b"{{ messages[0].content | center(999999999) }}",
    b"{% set ns = namespace(t='ab') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}",
    b"{{ '%999999999d' | format(1) }}",
    b"{{ ('a' ~ messages) | wordwrap(1) | replace('', 'aaaaaaaa' * 4000) | replace('', 'aaaaaaaa' * 4000) }}",
    b"(" * 5000,
    b"{{ " + b"(" * 2000 + b"1" + b")" * 2000 + b" }}",
    b"{% if true %}" * 3000,
    b"\xff\xfe\x00" * 100,
    b" ",
    b"x" * 3_000_000,
)


def bytes_cut(random: Random, parts: Parts) -> bytes:
    """Ends anywhere."""
    content = put_together(parts)
    return content[: random.randrange(len(content))]


def bytes_cut_head(random: Random, parts: Parts) -> bytes:
    """Ends before its data begins."""
    return put_together(parts)[: random.randrange(head_bytes(parts))]


def bytes_flipped_in_head(random: Random, parts: Parts) -> bytes:
    """Some bytes before the data are others."""
    return _flip(random, put_together(parts), 0, head_bytes(parts))


def bytes_flipped_at_start(random: Random, parts: Parts) -> bytes:
    """Some of the first bytes, where counts are, are others."""
    return _flip(random, put_together(parts), 0, 512)


def bytes_flipped_in_tensor_infos(random: Random, parts: Parts) -> bytes:
    """Some bytes of what is said about tensors are others."""
    bare = deepcopy(parts)
    bare.tensors = []
    return _flip(random, put_together(parts), head_bytes(bare), head_bytes(parts))


def bytes_flipped_in_data(random: Random, parts: Parts) -> bytes:
    """Some numbers are others, which may make them infinite or no numbers."""
    return _flip(random, put_together(parts), head_bytes(parts), head_bytes(parts) + len(parts.data))


def bytes_shifted(random: Random, parts: Parts) -> bytes:
    """Bytes were put in or left out, so that all behind them stand elsewhere."""
    content = put_together(parts)
    place, count = random.randrange(head_bytes(parts)), random.randrange(1, 64)
    return content[:place] + (
        random.randbytes(count) + content[place:] if random.random() < 0.5 else content[place + count :]
    )


def bytes_overwritten(random: Random, parts: Parts) -> bytes:
    """A stretch of the head is noise, all ones, or zeros."""
    content = bytearray(put_together(parts))
    place, count = random.randrange(head_bytes(parts)), random.randrange(1, 2000)
    content[place : place + count] = random.choice((random.randbytes(count), b"\xff" * count, bytes(count)))
    return bytes(content)


def other_version(random: Random, parts: Parts) -> bytes:
    """Of another version, or of the other byte order."""
    parts.version = random.choice((0, 1, 2, 4, 3 << 24, 2**32 - 1))
    return put_together(parts)


def absurd_counts(random: Random, parts: Parts) -> bytes:
    """Claims another number of keys or tensors."""
    if random.random() < 0.5:
        parts.n_keys = _absurd_near(random, len(parts.keys))
    else:
        parts.n_tensors = _absurd_near(random, len(parts.tensors))
    return put_together(parts)


def absurd_number(random: Random, parts: Parts) -> bytes:
    """One or two numbers among the keys, such as how many layers there are, are absurd."""
    for _ in range(random.randint(1, 2)):
        index = random.choice([i for i, (_, value) in enumerate(parts.keys) if value.kind in SIZES])
        key, value = parts.keys[index]
        parts.keys[index] = key, Value(value.kind, _absurd_number(random, value.kind))
    return put_together(parts)


def number_of_other_kind(random: Random, parts: Parts) -> bytes:
    """A key's value is of another kind than it should be."""
    index = random.randrange(len(parts.keys))
    key, _ = parts.keys[index]
    kind = random.choice([*SIZES, TEXT, LIST])
    if kind == TEXT:
        parts.keys[index] = key, text_value(random.choice((b"", b"llama", b"-1", random.randbytes(200))))
    elif kind == LIST:
        item = random.choice(list(SIZES))
        parts.keys[index] = key, list_value(item, [_absurd_number(random, item) for _ in range(random.randrange(40))])
    else:
        parts.keys[index] = key, Value(kind, _absurd_number(random, kind))
    return put_together(parts)


def key_left_out(random: Random, parts: Parts) -> bytes:
    """Some keys are missing."""
    for _ in range(random.choice((1, 1, 1, 5))):
        parts.keys.pop(random.randrange(len(parts.keys)))
    return put_together(parts)


def key_twice(random: Random, parts: Parts) -> bytes:
    """A key comes twice, with the same value or another's."""
    key, _ = random.choice(parts.keys)
    _, value = random.choice(parts.keys)
    parts.keys.insert(random.randrange(len(parts.keys) + 1), (key, value))
    return put_together(parts)


def huge_text(random: Random, parts: Parts) -> bytes:
    """A key or a value is a text that is long, or claims to be."""
    length = random.choice((2**16, 2**20, 5 * 2**20))
    real = random.random() < 0.5
    data = text_bytes(b"a" * length) if real else struct.pack("<Q", random.choice(ABSURD)) + b"abc"
    if random.random() < 0.3 and real:
        parts.keys.insert(0, (b"a" * length, text_value(b"b")))
    else:
        _put(parts, random.choice([key for key, _ in parts.keys]), Value(TEXT, data))
    return put_together(parts)


def nested_lists(random: Random, parts: Parts) -> bytes:
    """Lists of lists, a few or ten thousand deep, or as many side by side."""
    depth = random.choice((1, 2, 100, 10_000))
    inner = struct.pack("<IQ", 4, 1) + bytes(4)
    for _ in range(depth):
        inner = struct.pack("<IQ", LIST, 1) + inner
    wide = list_value(LIST, [struct.pack("<IQ", LIST, 0)] * 10_000)
    value = random.choice((Value(LIST, inner), wide))
    _put(parts, random.choice((b"general.tags", *LISTS)), value)
    return put_together(parts)


def list_of_absurd_length(random: Random, parts: Parts) -> bytes:
    """A list claims another number of items than it holds."""
    key, value = random.choice([(key, value) for key, value in parts.keys if value.kind == LIST])
    kind, items = list_items(value)
    _put(parts, key, list_value(kind, items, _absurd_near(random, len(items))))
    return put_together(parts)


def list_of_other_kind(random: Random, parts: Parts) -> bytes:
    """Vocabulary, merges, kinds or scores are a list of something else, or no list."""
    key = random.choice(LISTS)
    count = random.choice((0, 1, 800, 4096))
    kind = random.choice([*SIZES, TEXT])
    items = [text_bytes(b"a b") if kind == TEXT else _absurd_number(random, kind) for _ in range(count)]
    _put(parts, key, random.choice((list_value(kind, items), text_value(b"none"), Value(4, bytes(4)))))
    return put_together(parts)


def other_vocabulary(random: Random, parts: Parts) -> bytes:
    """The vocabulary is longer or shorter than the weights, or its words are doubled, empty, huge or no texts."""
    found = [(key, value) for key, value in parts.keys if key in LISTS and value.kind == LIST]
    key, value = random.choice(found)
    kind, items = list_items(value)
    if random.random() < 0.4:
        items = random.choice((items[: len(items) // 2], items * 2, items[:1], []))
    for _ in range(random.choice((0, 1, 50))):
        if items and kind == TEXT:
            odd = (
                b"",
                b"\xff\xfe",
                b"a",
                b"\x00",
                b" ",
                b"<|im_end|>",
                b"x" * 100_000,
                b"\xf0\x9f\x98\x80" * 9,
                b"a b c",
            )
            items[random.randrange(len(items))] = text_bytes(random.choice((*odd, random.choice(items)[8:])))
        elif items:
            items[random.randrange(len(items))] = _absurd_number(random, kind)
    _put(parts, key, list_value(kind, items))
    return put_together(parts)


def other_special_token(random: Random, parts: Parts) -> bytes:
    """A special token is one that does not exist, or one of the words."""
    names = ("bos", "eos", "eot", "unknown", "padding", "fim_pre", "separator", "mask", "eom")
    for _ in range(random.choice((1, 4))):
        token = random.choice((0, 5, 799, 800, 5000, 2**31 - 1, 2**31, 2**32 - 1))
        key = f"tokenizer.ggml.{random.choice(names)}_token_id".encode()
        _put(parts, key, Value(4, struct.pack("<I", token)))
    return put_together(parts)


def other_kind_of_weights(random: Random, parts: Parts) -> bytes:
    """Says that it is of another architecture, with the same keys under that name, or has another tokeniser."""
    choice = random.randrange(3)
    if choice == 0:
        _put(parts, b"tokenizer.ggml.model", text_value(random.choice(TOKENIZERS)))
    elif choice == 1:
        _put(parts, b"tokenizer.ggml.pre", text_value(random.choice(PRE_TOKENIZERS)))
    else:
        old, new = b"llama.", random.choice(ARCHITECTURES)
        parts.keys = [
            (key.replace(old, new + b".") if key.startswith(old) else key, value) for key, value in parts.keys
        ]
        _put(parts, b"general.architecture", text_value(new))
    return put_together(parts)


def template_bomb(random: Random, parts: Parts) -> bytes:
    """The chat template is hostile or broken."""
    _put(parts, b"tokenizer.chat_template", text_value(random.choice(TEMPLATES)))
    return put_together(parts)


def other_alignment(random: Random, parts: Parts) -> bytes:
    """The data begin elsewhere than they do."""
    _put(parts, b"general.alignment", Value(4, struct.pack("<I", random.choice(ABSURD) % 2**32)))
    return put_together(parts)


def other_tensor(random: Random, parts: Parts) -> bytes:
    """A tensor has other sizes, another format, place or name, comes twice or is missing."""
    tensor = random.choice(parts.tensors)
    match random.randrange(6):
        case 0:
            tensor.sizes = [
                random.choice((*ABSURD, *tensor.sizes)) for _ in range(random.choice((0, 1, 2, 2, 3, 4, 5)))
            ]
        case 1:
            tensor.kind = random.choice((*range(45), 2**31, 2**32 - 1))
        case 2:
            tensor.offset = random.choice((*ABSURD, tensor.offset + 1, tensor.offset + 32, len(parts.data)))
        case 3:
            tensor.name = random.choice((b"", b"a" * 64, b"a" * 5000, b"\xff", random.choice(parts.tensors).name))
        case 4:
            parts.tensors.append(deepcopy(tensor))
        case 5:
            parts.tensors.remove(tensor)
    return put_together(parts)


def many_tensors(random: Random, parts: Parts) -> bytes:
    """Tensors that nobody asked for, all at the same place."""
    first = parts.tensors[0]
    parts.tensors += [
        TensorInfo(b"t%d" % number, [32], 0, first.offset) for number in range(random.choice((10, 20_000)))
    ]
    return put_together(parts)


def sound(random: Random, parts: Parts) -> bytes:
    """Nothing is wrong: the engine must work, so that the others prove something."""
    return put_together(parts)


WAYS: tuple[Callable[[Random, Parts], bytes], ...] = (
    bytes_cut, bytes_cut_head, bytes_flipped_in_head, bytes_flipped_at_start, bytes_flipped_in_tensor_infos,
    bytes_flipped_in_data, bytes_shifted, bytes_overwritten, other_version, absurd_counts, absurd_number,
    number_of_other_kind, key_left_out, key_twice, huge_text, nested_lists, list_of_absurd_length, list_of_other_kind,
    other_vocabulary, other_special_token, other_kind_of_weights, template_bomb, other_alignment, other_tensor,
    many_tensors, sound,
)  # fmt: skip


def damage(way: Callable[[Random, Parts], bytes], random: Random, parts: Parts) -> bytes:
    """Returns a damaged file; `parts` stay as they are."""
    return way(random, Parts(parts.version, list(parts.keys), deepcopy(parts.tensors), parts.data))


def _flip(random: Random, content: bytes, start: int, end: int) -> bytes:
    damaged = bytearray(content)
    for _ in range(random.choice((1, 1, 4, 32, 1000))):
        damaged[random.randrange(start, min(end, len(damaged)))] = random.choice((0, 255, random.randrange(256)))
    return bytes(damaged)


def _put(parts: Parts, key: bytes, value: Value) -> None:
    """Gives a key another value; a key that is not there is added."""
    for index, (other, _) in enumerate(parts.keys):
        if other == key:
            parts.keys[index] = key, value
            return
    parts.keys.append((key, value))


def _absurd_near(random: Random, count: int) -> int:
    return random.choice((*ABSURD, count - 1, count + 1, count * 2))


def _absurd_number(random: Random, kind: int) -> bytes:
    if kind in (6, 12):
        code = "<f" if kind == 6 else "<d"
        return struct.pack(code, random.choice((0.0, -1.0, 1e-30, 1e30, float("nan"), float("inf"), -float("inf"))))
    return random.choice(ABSURD).to_bytes(8, "little")[: SIZES[kind]]
