"""Writes the house weights as a GGUF file: F16 matrices, the vocabulary and the chat template inside.

It knows no training.
"""

import json
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer

from assets.weights.network import NORM_EPSILON, ROPE_BASE, Network
from assets.weights.token_stream import CONTROL_TOKENS, END, TEMPLATE_PATH, THINK_TOKENS

VERSION = "v4"
NAME = f"Tableread house {VERSION}"
LICENCE = "Apache-2.0"
DESCRIPTION = (
    "Small weights trained from scratch for playing authored characters in turns. Trained on Synthetic-Persona-Chat"
    " (CC BY 4.0), CaSiNo (CC BY 4.0), Self-dialogue Corpus (BSD-3-Clause), Standard Ebooks plays and fiction (public"
    " domain, CC0 editions), ChatterBot corpus (BSD-3-Clause), Avalon-NLU (MIT), places of LIGHT (MIT), and a"
    " generated teaching set. Attribution: see MODEL_CARD.md."
)
DATASETS = [
    "synthetic-persona-chat",
    "casino",
    "self-dialogue-corpus",
    "standardebooks-drama",
    "standardebooks-fiction-dialogue",
    "chatterbot-corpus",
    "avalon-nlu",
    "light_rooms",
    f"tableread-teaching-{VERSION}",
]


def write_gguf(network: Network, tokenizer: Tokenizer, path: Path, matrices: type[np.floating] = np.float16) -> None:
    """Writes the file beside its place and then moves it there, so that a reader never sees half of it.

    `matrices` is float16 or float32.
    """
    partial = path.with_suffix(".partial")
    writer = gguf.GGUFWriter(partial, "llama")
    _add_facts(writer, network, matrices)
    _add_vocabulary(writer, tokenizer)
    for name, weight in network.state_dict().items():
        values = weight.detach().numpy() * (network.scale if name == "token_embd.weight" else 1.0)
        writer.add_tensor(name, values.astype(matrices) if values.ndim == 2 else values.astype(np.float32))
    writer.add_tensor("output.weight", network.token_embd.weight.detach().numpy().astype(matrices))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(path)


def _add_facts(writer: gguf.GGUFWriter, network: Network, matrices: type[np.floating]) -> None:
    shape = network.shape
    writer.add_name(NAME)
    writer.add_description(DESCRIPTION)
    writer.add_license(LICENCE)
    writer.add_version(VERSION)
    writer.add_basename("tableread-house")
    writer.add_languages(["en"])
    writer.add_array("general.datasets", DATASETS)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if matrices == np.float16 else gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(shape.n_vocab)
    writer.add_context_length(shape.context_tokens)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.n_layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.n_heads)
    writer.add_head_count_kv(shape.n_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)


def _add_vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    tokens = [tokenizer.id_to_token(index) for index in range(tokenizer.get_vocab_size())]
    end_id = tokenizer.token_to_id(END)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([_token_type(token) for token in tokens])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_bos_token_id(end_id)
    writer.add_eos_token_id(end_id)
    writer.add_eot_token_id(end_id)
    writer.add_pad_token_id(end_id)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(TEMPLATE_PATH.read_text(encoding="utf-8").rstrip("\n"))


def _token_type(token: str) -> gguf.TokenType:
    if token in CONTROL_TOKENS:
        return gguf.TokenType.CONTROL
    return gguf.TokenType.USER_DEFINED if token in THINK_TOKENS else gguf.TokenType.NORMAL
