"""Reads the residual stream of passages: a `ReadResiduals` at work. Pure but for the context that it opens."""

from collections.abc import Callable, Generator
from contextlib import closing

import numpy as np

from core.errors import UserError
from core.inference.batching.job import Loaded
from core.inference.batching.logprobs import N_ROWS_MAX
from core.inference.llama import ResidualContext
from core.inference.request import Adapter, Passage, ReadResiduals, Residuals

OpenResiduals = Callable[[tuple[Adapter, ...]], ResidualContext]


def read_residuals(
    loaded: Loaded, request: ReadResiduals, open_context: OpenResiduals, architecture: str
) -> Generator[None, None, Residuals]:
    """Reads one passage after the other; yields between two.

    Raises:
        UserError: A passage is empty or longer than a batch, or the weights do not show their layers.
    """
    found, counts = [], []
    with closing(open_context(request.adapters)) as context:
        for passage in request.passages:
            yield
            tokens, n_answer = _tokens_of(loaded, passage)
            if len(tokens) > context.n_ctx:
                raise UserError(
                    f"A passage is {len(tokens):,} tokens long, and at most {context.n_ctx:,} can be looked into.",
                    "Shorten it.",
                )
            counts.append(min(max(1, n_answer), N_ROWS_MAX))
            found.append(context.read(tokens, counts[-1]))
    vectors = np.stack(found) if found else np.zeros((0, 0, 0), np.float32)
    return Residuals(vectors, tuple(counts), architecture)


def _tokens_of(loaded: Loaded, passage: Passage) -> tuple[list[int], int]:
    """Returns the tokens of a chat and its answer, and how many of them are the answer's."""
    answer = loaded.vocabulary.tokenize(passage.answer, parse_special=False)
    if passage.messages:
        return [*loaded.prompts.before_answer(passage.messages, passage.answer), *answer], len(answer)
    if not answer:
        raise UserError("A passage has no words.", "Write some.")
    first = [loaded.vocabulary.bos] if loaded.vocabulary.adds_bos else []
    return [*first, *answer], len(answer)
