"""Takes the vocabulary out of an earlier version of the house weights."""

from pathlib import Path

import gguf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from assets.weights.token_stream import CONTROL_TOKENS, THINK_TOKENS


def read_vocabulary(path: Path) -> Tokenizer:
    """Reads the byte-level BPE of a GGUF file that `export.write_gguf` wrote."""
    reader = gguf.GGUFReader(path)
    tokens, merges = (reader.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges"))
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[tuple(merge.split(" ")) for merge in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens(
        [AddedToken(token, special=True, normalized=False) for token in CONTROL_TOKENS]
        + [AddedToken(token, special=False, normalized=False) for token in THINK_TOKENS]
    )
    return tokenizer
