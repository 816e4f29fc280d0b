"""Embeddings in a real child process: of weights that only embed, and of weights that write."""

from concurrent.futures import CancelledError

import numpy as np
import pytest

from core.errors import UserError
from core.inference.request import CountTokens, Embed, Embedded, Generate, Tokenize
from tests.core.inference.conftest import CHAT, MakeWorker
from tests.random_encoder import N_CTX, N_EMBD, random_encoder

TEXTS = ("the cat sits on the mat .", "the cat sits on a mat .", "dogs")


def embed(worker, *texts: str) -> Embedded:
    found = worker.submit(Embed(texts)).result(60)
    assert isinstance(found, Embedded)
    return found


def test_an_encoder_embeds_and_says_what_it_cannot_do(make_worker: MakeWorker) -> None:
    worker = make_worker(random_encoder())
    found = embed(worker, *TEXTS)
    assert found.vectors.shape == (3, N_EMBD)
    assert found.vectors.dtype == np.float32
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert found.n_tokens == (9, 9, 4)
    assert found.vectors[0] @ found.vectors[1] < 0.999
    assert not worker.info.writes
    with pytest.raises(UserError, match="embeds texts and writes none"):
        worker.submit(Generate("mila", CHAT)).result(60)
    with pytest.raises(UserError, match=f"these weights take {N_CTX}"):
        embed(worker, "cat " * 100)
    assert worker.submit(CountTokens(("the cat",))).result(60).counts == (2,)
    assert worker.submit(Tokenize(("the cat",))).result(60).tokens == ((" the", " cat"),)


def test_neighbours_in_a_batch_change_nothing(make_worker: MakeWorker) -> None:
    worker = make_worker(random_encoder())
    many = [TEXTS[number % 3] for number in range(40)]
    together = embed(worker, *many).vectors
    alone = np.concatenate([embed(worker, text).vectors for text in TEXTS])
    assert together == pytest.approx(np.tile(alone, (14, 1))[:40], abs=1e-5)
    assert embed(worker).vectors.shape == (0, N_EMBD)


def test_a_long_list_can_be_cancelled(make_worker: MakeWorker) -> None:
    worker = make_worker(random_encoder())
    embed(worker, "the cat")
    long = worker.submit(Embed(("the cat sits on the mat .",) * 200_000))
    counted = worker.submit(CountTokens(("the cat",)))
    long.cancel()
    assert counted.result(60).counts == (2,)
    with pytest.raises(CancelledError):
        long.result(60)


def test_weights_that_write_embed_as_well_while_they_write(make_worker: MakeWorker, endless_weights) -> None:
    worker = make_worker(endless_weights)
    alone = worker.submit(Generate("mila", CHAT, max_tokens=60)).result(60)
    writing = worker.submit(Generate("mila", CHAT, max_tokens=60))
    found = embed(worker, "kato mila", "kato mila", "dego ruza bagu")
    assert writing.result(60).text == alone.text
    assert found.vectors[0] == pytest.approx(found.vectors[1], abs=1e-5)
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1, abs=1e-6)
    with pytest.raises(UserError, match="these weights take 2,048"):
        embed(worker, "kato " * 3000)
