"""From messages to token ids: the vocabulary, the roles of tokens, and batches of rows of few lengths.

Rows come in few lengths because the network is compiled once per shape. It knows no network and no dialogue.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jinja2
import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from core.characters.prompt import THINK_CLOSE, THINK_OPEN

CONTROL_TOKENS = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
THINK_TOKENS = (THINK_OPEN, THINK_CLOSE)
END = "<|end|>"
TEMPLATE_PATH = Path(__file__).with_name("chat_template.jinja")
TEMPLATE = jinja2.Template(TEMPLATE_PATH.read_text(encoding="utf-8").rstrip("\n"))

BATCH_TOKENS = 4096
ROW_LENGTHS = (192, 256, 320, 384, 448, 512, 640, 768, 1024, 1536, 2048)
SYSTEM, OTHERS, OWN, PADDING, RATED = range(5)
_KINDS = {"system": SYSTEM, "user": OTHERS, "assistant": OWN}
_STUTTERING_ROWS, _STUTTERED_TOKENS = 0.5, 0.04


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation: ids and what each token is, both (n_tokens,). A digit that ends an own turn is `RATED`."""

    ids: list[int]
    kinds: list[int]
    weight: float = 1.0
    """How much it counts beside others."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one length: ids and kinds, both (n_rows, n_tokens) int64, and how much each counts, (n_rows,) float32."""

    ids: np.ndarray
    kinds: np.ndarray
    weights: np.ndarray


def train_vocabulary(texts: Iterator[str], n_vocab: int) -> Tokenizer:
    """Trains a byte-level BPE with the pre-tokenizer that llama.cpp calls `gpt-2`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=n_vocab,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in CONTROL_TOKENS]
        + [AddedToken(token, special=False, normalized=False) for token in THINK_TOKENS],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode_messages(tokenizer: Tokenizer, messages: list[dict[str, str]]) -> Row:
    """Encodes a conversation. The tag that opens a message is never the speaker's own.

    A message with `learned: no` is read, but nothing of it is to be learned. The `weight` of the first message is that
    of the row.
    """
    pieces = [TEMPLATE.render(messages=[message], add_generation_prompt=False) for message in messages]
    row = Row([], [], float(messages[0].get("weight", 1)))
    for message, encoding in zip(messages, tokenizer.encode_batch(pieces, add_special_tokens=False), strict=True):
        kind = _KINDS[message["role"]]
        row.ids.extend(encoding.ids)
        if message.get("learned") == "no":
            row.kinds.extend([PADDING] * len(encoding.ids))
            continue
        row.kinds.extend([OTHERS if kind == OWN else kind] + [kind] * (len(encoding.ids) - 1))
        if kind == OWN and message["content"][-1:].isdigit() and len(encoding.ids) > 1:
            row.kinds[-2] = RATED
    return row


def cut_row(row: Row, n_tokens: int, end_id: int) -> Row:
    """Cuts a row to at most n_tokens, behind the last of its own turns that fits."""
    length = min(n_tokens, len(row.ids))
    while length and not (row.ids[length - 1] == end_id and row.kinds[length - 1] == OWN):
        length -= 1
    return replace(row, ids=row.ids[:length], kinds=row.kinds[:length])


def batch_rows(
    tokenizer: Tokenizer,
    draw: Callable[[], list[dict[str, str]]],
    longest: Callable[[], int],
    stutters: random.Random | None = None,
) -> Iterator[Batch]:
    """Draws conversations for ever, one to a row, and gathers rows of about one length to batches.

    `longest` says how many tokens a row may have by now; with `stutters`, some rows stutter.
    """
    end_id = tokenizer.token_to_id(END)
    waiting: dict[int, list[Row]] = {length: [] for length in ROW_LENGTHS}
    while True:
        row = encode_messages(tokenizer, draw())
        if stutters and stutters.random() < _STUTTERING_ROWS:
            row = stutter(row, stutters)
        length = row_length(len(row.ids), longest())
        row = cut_row(row, length, end_id)
        if not row.ids:
            continue
        waiting[length].append(row)
        if (len(waiting[length]) + 1) * length > BATCH_TOKENS:
            yield _stack(waiting[length], length, end_id)
            waiting[length] = []


def stutter(row: Row, rng: random.Random) -> Row:
    """Says some of its own tokens twice or more; that itself is not to be learned, but to go on after it."""
    told = Row([], [], row.weight)
    for token, kind in zip(row.ids, row.kinds, strict=True):
        n_more = rng.randint(1, 4) if kind == OWN and rng.random() < _STUTTERED_TOKENS else 0
        told.ids.extend([token] * (1 + n_more))
        told.kinds.extend([kind] + [PADDING] * n_more)
    return told


def row_length(n_tokens: int, longest: int) -> int:
    """The shortest row that holds a conversation, or the longest there may be."""
    return next((length for length in ROW_LENGTHS if n_tokens <= length < longest), longest)


def _stack(rows: list[Row], length: int, end_id: int) -> Batch:
    ids = np.full((len(rows), length), end_id, dtype=np.int64)
    kinds = np.full((len(rows), length), PADDING, dtype=np.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = row.ids
        kinds[index, : len(row.kinds)] = row.kinds
    return Batch(ids, kinds, np.array([row.weight for row in rows], dtype=np.float32))
