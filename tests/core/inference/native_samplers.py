"""llama.cpp's own samplers on given logits: the witness for ours."""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as native
import numpy as np

from core.inference.llama import capture_log


def apply_natively(samplers: Sequence[Any], logits: np.ndarray, written: Sequence[int] = ()) -> dict[int, float]:
    """Returns which tokens native samplers leave and their probabilities at temperature 1; frees the samplers."""
    chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
    for sampler in samplers:
        native.llama_sampler_chain_add(chain, sampler)
    for token in written:
        native.llama_sampler_accept(chain, token)
    data = (native.llama_token_data * len(logits))()
    for token, logit in enumerate(logits):
        data[token] = native.llama_token_data(token, logit, 0.0)
    array = native.llama_token_data_array(data, len(logits), -1, False)
    native.llama_sampler_apply(chain, ctypes.byref(array))
    left = [(array.data[place].id, array.data[place].logit) for place in range(array.size)]
    native.llama_sampler_free(chain)
    exponentials = np.exp(np.array([logit for _, logit in left]) - max(logit for _, logit in left))
    probabilities = exponentials / exponentials.sum()
    return {token: float(p) for (token, _), p in zip(left, probabilities, strict=True) if p > 0}


@contextmanager
def native_vocabulary(path: Path) -> Iterator[Any]:
    """Loads the vocabulary of weights alone."""
    capture_log()
    params = native.llama_model_default_params()
    params.vocab_only = True
    model = native.llama_model_load_from_file(str(path).encode(), params)
    yield native.llama_model_get_vocab(model)
    native.llama_model_free(model)
